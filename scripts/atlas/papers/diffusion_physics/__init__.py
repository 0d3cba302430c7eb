"""Nonequilibrium physics of generative diffusion models (arXiv 2405.11932): the room of the paper.

Symbols: X state, mu and sigma2 mean and variance of the two Gaussian modes of the data, m = mu e^{-t} and
v = 1 - e^{-2t} + sigma2 e^{-2t} those at time t of the forward (noising) process, s = T - t time of the backward
(generating) one; U potential of the generating drift; DS, DS_E, DS_tot entropy of the system, of the environment and in
total along a path; pi, phi, S' production, flux and rate of the entropy; t_S speciation, t_USB end of the unbounded
potential; V(q, t) Franz-Parisi potential. Time in inverse rates of the Ornstein-Uhlenbeck process, temperature 1.
"""
