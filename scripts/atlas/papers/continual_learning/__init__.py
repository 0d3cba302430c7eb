"""Statistical mechanics of continual learning (arXiv 2212.02846, Phys. Rev. E 108, 014309): the paper's room.

Symbols: w binary weights with fields theta, m = tanh(theta) their means, W^t the teacher of task t, r0 = W^1.W^2/N,
alpha_t patterns of task t per weight, q = m^a.m^b/N, r = m.W/N, q* = |m|²/N, p_t = sign(theta).W^t/N and
epsilon_t = arccos(p_t)/pi the generalisation error, gamma the weight of the KL divergence from the weights before the
task, beta the inverse temperature of the replica theory.
"""
