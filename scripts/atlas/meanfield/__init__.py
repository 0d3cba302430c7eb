"""Theory: Gaussian averages and dynamical mean-field solvers, cut by subject.

gaussian     nodes, averages of the tanh family, Hermite coefficients
stationary   Delta_0, Gamma_0, kappa and the static line of the tanh network
mehler       the correlation functions as polynomials of the correlation; the orbit rho = sech u
correlation  Delta(tau), C_phi(tau), Gamma(tau), half-life
potential    V(Delta; Delta_0)
lyapunov     maximal Lyapunov exponent
dimension    participation ratios
gradient     equilibrium of the gradient dynamics of the kinetic energy
expansion    series at the transition
discrete     the explicit Euler map, solved as a map
paths        sample paths of the single-site process

Each room's functions are imported from their module, so that a caller loads only what it uses.
"""

from __future__ import annotations

from atlas.meanfield.errors import NotConverged

__all__ = ["NotConverged"]
