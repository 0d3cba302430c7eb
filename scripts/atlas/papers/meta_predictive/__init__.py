"""Meta predictive learning of languages in neural circuits (arXiv 2309.04106, Phys. Rev. E 109, 044309): the room.

Symbols: m, pi, Xi parameters of the spike-and-slab law of a weight, mu and v its mean and variance, r(t) beliefs, f
their rates, E prediction errors, F free energy per sample, alpha = M/N training sequences per neuron, clr share of
generated transitions that obey the grammar (correct-letter ratio). Learners: mpl (meta predictive learning), pc (plain
predictive coding, pi = Xi = 0), sas and rnn (the same two networks by back-propagation through time).
"""
