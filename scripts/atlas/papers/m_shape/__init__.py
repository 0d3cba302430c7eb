"""How high dimensional neural dynamics are confined in phase space (arXiv 2410.19348): the room of the paper.

Symbols: v = -x + J phi(x), phi = tanh, J_ij ~ N(0, g²/N), E = (1/2) sum_i v_i²; x* the reference, y the probe at rms
distance d, |y - x*|² = N d² (part A; part B of the dossier and its figures use d² instead), beta_tilde = 1/T the
probe's inverse temperature, p its distance field, Omega = s - (1/2) ln(2 pi/beta_tilde) the local entropy, D the
variance of a fixed point, R = √(2 D) the distance of two independent ones, l(g) = (1/N) ln |det(1 - J phi')|.
"""
