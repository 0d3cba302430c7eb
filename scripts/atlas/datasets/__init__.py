"""Real data sets, read only after their checksums were verified.

Small sets stand in resources/datasets with source and licence; `images` also reads a folder of full-size files.
This package imports nothing by itself.
"""
