"""Neural Langevin machine (arXiv 2506.23546): the paper's room.

Symbols: x state, phi = tanh(x) activity, u = x - J phi residual, E = |u|²/2 kinetic energy, T temperature, k learning
rate, lambda decay; chains are persistent. m2: distance of the second moments of phi from the data's; NN: rms distance
to the nearest datum; rho: NN to the training set over NN to held-out data; K: mean square of the difference between
the statistics u phi^T of chains and data. E(-x) = E(x): every metric is even in phi or turns samples to the data's
side first. A state or a picture is an activity, in [-1, 1].
"""
