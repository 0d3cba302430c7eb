"""Linear equivalence of nonlinear recurrent neural networks (arXiv 2604.23489): the room of the paper.

Symbols: x preactivations, phi = phi(x) activities (tanh or erf), J couplings of variance g²/N, D strength of the white
drive (<xi xi> = 2 D delta), S(w) = chi L(w) mean response, chi = <phi'>, L transfer factor, C_ij = <phi_i phi_j> for
one network, c_zeta = C_phi (1 - g²|S|²) spectrum of the independent noise of the equivalent linear network,
r = phi - chi x residual. Time is in units of the membrane constant.

Theory and simulation speak of the same network through `networks`, which draws its couplings by name and number.
"""
