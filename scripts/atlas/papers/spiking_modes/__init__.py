"""Spiking mode-based neural networks (arXiv 2310.14621): the room.

Symbols: N units, n inputs, P modes of the recurrent weights W = xi_in diag(lambda) xi_out^T, U membrane, s spikes, r
filtered spike trains, m refractory mask, a = max_t r, tau importance of a mode. Learners: SMNN (spiking, modes), SNN
(spiking, free weights: modes = 0), MDL (rates, modes), RNN (rates, free weights).
"""
