"""Does a paper come out the same whatever the number of cores, the order, the chunks, the kernels of the machine?

``workspace``   a copy of the pipeline in a folder of its own
``probe``       what a process computes with the C library, NumPy and BLAS: whether a switch switches anything
``switches``    the things that are switched, and what is promised for each
``deviations``  two runs stage by stage: bitwise equal, or by how much they deviate
``matrix``      all switches against one reference run, as a table
"""
