"""A warm process that starts the jobs of one run: it has imported the libraries once and forks for each job.

Only other people's libraries are kept warm; the code of the Atlas is imported anew by every job, so that a job is what
the files on disk say. A job that meets no warm process, or one with other switches, starts cold: slower, same bytes.
"""

VARIABLE = "ATLAS_WARM"
"""Name of the environment variable that leads a job to the warm process of its run."""

COLD = "cold"
"""The answer of a warm process that does not fit its caller."""
