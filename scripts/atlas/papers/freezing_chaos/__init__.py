"""Freezing chaos without synaptic plasticity (arXiv 2503.08069): the room of the paper.

Symbols: x currents, phi = tanh(x), J couplings, F = -x + J phi the velocity of the rate network, E = |F|²/2 its
kinetic energy (with the factor 1/2: gamma0 of kinetic-energy is 2E/N), gamma the regulation between the rate network
(0) and the gradient flow of E (1), q = <phi²>. Time is in units of the membrane constant.
"""
