"""Learning rules and read-outs, by hand: closed forms and gradients in plain numpy.

Modules: ``readout`` (linear read-out of a reservoir by ridge regression, scored on held-out time), ``adam`` (the
optimiser), ``next_step`` (couplings from time series by next-step prediction).
This package imports nothing by itself.
"""
