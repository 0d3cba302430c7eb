"""Where every number comes from: digests of code, data, config and environment, and questions to them.

``digests``      SHA-256 of files and of JSON values
``facts``        of one source file: digest of its meaning, imported names; kept by its content
``closure``      which first-party modules a job can reach, and one digest of their meaning
``environment``  the live process: packages against the lock, processor, BLAS, C library, threads
``record``       what one job writes beside its outputs
``ledger``       all records of one scale in one file
``chain``        records as a graph of files: who made what from what, and what hangs on it
``expectation``  what today's config says the records should state
``verification`` every digest derived again from disk, without running a job
``explanation``  the chain behind one figure or claim, down to seeds, modules and config lines
``difference``   two runs or two figures: same, drawn otherwise, or other numbers
``crate``        the run as a Workflow Run RO-Crate

This file imports nothing, so that a job's code closure holds only what the job uses.
"""
