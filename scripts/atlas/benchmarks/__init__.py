"""Speed of the kernels against the measured limits of the machine. No result depends on a timing."""
