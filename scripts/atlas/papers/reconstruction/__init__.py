"""Network reconstruction may not mean dynamics prediction (arXiv 2409.04240): the room of the paper.

Symbols: x currents, phi = tanh(x), J couplings of the teacher (variance g²/N, no self-coupling), W those of the
student, eta relative size of the error of couplings, d = <(x - y)²> distance of two networks' states, delta0 = <x²>
in the stationary state. Time is in units of the membrane constant.
"""
