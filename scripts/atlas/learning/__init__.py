"""Learning rules and read-outs, by hand: closed forms and gradients in plain numpy.

Modules: ``readout`` (linear read-out of a reservoir by ridge regression, scored on held-out time).
This package imports nothing by itself.
"""
