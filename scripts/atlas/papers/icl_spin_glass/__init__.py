"""Spin glass model of in-context learning (arXiv 2408.02288): the room of the paper.

Symbols: D dimension of tokens, N tokens of a prompt, P tasks (one prompt each), W (D+1, D+1) merged query and key of
linear attention with blocks W11 (D, D) and W21 (1, D) that matter and an idle last column, sigma = vec(W) the spins,
J couplings, h fields, lambda_0 strength of the ridge, beta inverse temperature, alpha = P/D². Losses are mean squared
errors without factor 1/2, in units of the variance of the labels.
"""
