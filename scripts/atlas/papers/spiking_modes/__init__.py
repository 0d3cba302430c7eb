"""The room of spiking-modes.

TODO: symbols, units and conventions of the paper, and where they differ from the shared rooms.
"""
