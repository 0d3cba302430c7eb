"""A warm process that starts the jobs of one run: it has imported the libraries once and forks for each job.

The Atlas' own code is kept warm as long as its files on disk are those that were loaded; after any change a job reads
all of it anew. A job that meets no warm process, or one with other switches, starts cold: slower, same bytes.
"""

VARIABLE = "ATLAS_WARM"
"""Name of the environment variable that leads a job to the warm process of its run."""

COLD = "cold"
"""The answer of a warm process that does not fit its caller."""
