"""Simulation kernels: random rate networks, their gradient dynamics and samplers.

The state ``x`` is one C-contiguous array of shape (N, R): R states of one coupling matrix ``J`` (N, N), both
float32 or both float64, so that ``J phi(x)`` is one matrix product for all states. Time is in units of the
membrane time constant. Kernels update ``x`` in place and allocate nothing inside a step.

Modules: ``couplings`` (random J, starting states), ``products`` (BLAS without copies), ``activation`` (phi
and phi'), ``schemes`` (explicit Euler and low-storage Runge-Kutta for any flow), ``rate`` (the rate network),
``observers`` (accumulators called at step starts), ``gradient`` (descent of the kinetic energy, Langevin
dynamics), ``hmc`` (Hamiltonian Monte Carlo of exp(-E/T)), ``lyapunov`` (tangent vectors).

This package imports nothing by itself, so that a job depends only on the modules it uses.
"""
