"""Fermi-Bose machine: local contrastive learning of a layer (arXiv 2404.13631, Sci. China Phys. 68, 210511): the room.

Symbols: boson and fermion pairs have equal and unequal labels; D² is the mean squared distance of two hidden states (of
the tanh unit: (phi_L - phi_R)², up to 4), d_F (`d_f`) the squared distance to which fermions are pushed apart; alpha
pairs per weight, Delta (`delta`) noise of the inputs, m the length of their mean; M, Q, q overlaps of the weights.
"""
