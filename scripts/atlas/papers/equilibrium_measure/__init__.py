"""Equilibrium measure of a non-equilibrium network (arXiv 2401.10009): the room of the paper.

Symbols: x currents, phi = tanh(x), J couplings of variance g²/N and E[J_ij J_ji] = gamma g²/N, f = -x + J phi, measure
exp(-beta E) with E = |f|²/2, T = 1/beta; order parameters q, Q (fluctuation; one state, two states), r, R (response),
qhat, Qhat (conjugates); rho = sqrt(beta) r. Transition line g (1 + gamma) = 1. Time in units of the membrane constant.
"""
