"""Rules of synaptic plasticity as pairs of factors: A_ij is driven by a(x_i) b(x_j)/N.

Both factors are polynomials in phi = tanh(x), with an optional frozen target f_i of the receiving neuron:

    a(x_i) = f_i + a1 phi_i + a3 phi_i^3,      b(x_j) = b1 phi_j + b3 phi_j^3.

    hebbian       a = k phi                        b = phi      k < 0: anti-Hebbian
    feedback      a = k (f - phi)                  b = phi      f ~ N(0, spread^2), spread 0: negative feedback
    homeostatic   a = k phi (theta^2 - phi^2)      b = phi      raises weak activity, lowers strong activity

Another pair is another entry of `PAIRS`. Source: dossier neuron-synapse, Model, equation 2 and Rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """Coefficients (a1, a3) of the receiving factor, (b1, b3) of the sending one, scale of the frozen target."""

    post: tuple[float, float]
    pre: tuple[float, float] = (1.0, 0.0)
    target: float = 0.0


def _hebbian(k: float, theta: float, spread: float) -> Pair:
    return Pair((k, 0.0))


def _feedback(k: float, theta: float, spread: float) -> Pair:
    return Pair((-k, 0.0), target=k * spread)


def _homeostatic(k: float, theta: float, spread: float) -> Pair:
    return Pair((k * theta * theta, -k))


PAIRS: dict[str, Callable[[float, float, float], Pair]] = {
    "hebbian": _hebbian,
    "feedback": _feedback,
    "homeostatic": _homeostatic,
}


def pair_of(rule: str, k: float, theta: float = 0.5, spread: float = 0.0) -> Pair:
    """The pair of a rule of strength k; ValueError for a rule that `PAIRS` does not have."""
    if rule not in PAIRS:
        raise ValueError(f"rule: got {rule!r}; allowed: {', '.join(PAIRS)}")
    return PAIRS[rule](k, theta, spread)
