"""Kinetic energy in random recurrent neural networks (arXiv 2508.04983): the room of the paper.

Symbols: x currents, phi = tanh(x), J couplings of variance g²/N, v = dx/dt = -x + J phi, delta0 = <x²>,
gamma0 = <v²> = 2E/N (no factor 1/2: the paper's cubic law fixes it), T temperature of the gradient dynamics.
Time is in units of the membrane constant.
"""
