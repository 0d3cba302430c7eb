"""Synaptic plasticity alters the nature of chaos transition in neural networks (arXiv 2412.15592): the paper's room.

Symbols: x currents, phi = tanh(x), J quenched couplings of variance g²/N, A plastic couplings, driven by
a(x_i) b(x_j)/N with strength k and time constant p (membrane constants), q = <phi²>, M and chi = M/(1 - g² M) response,
g_s(k) the fold. Rules: hebbian, feedback (target 0), homeostatic (threshold theta). Time in membrane constants.
"""
