"""Errors and argument checks shared by the mean-field solvers."""

from __future__ import annotations

import math


class NotConverged(RuntimeError):  # noqa: N818  (the name says what happened, as the solvers' answers do)
    """A solver stopped before its residual reached the tolerance; no number is returned.

    Attributes: `residual`, the residual at which it stopped.
    """

    def __init__(self, residual: float, what: str = "solver") -> None:
        super().__init__(f"{what} did not converge: residual {residual:.3g}")
        self.residual = float(residual)


def require_gain(g: float, maximum: float = math.inf) -> float:
    """The gain g as a float; ValueError unless it is finite, >= 0 and <= maximum."""
    g = float(g)
    if not (math.isfinite(g) and 0.0 <= g <= maximum):
        limit = "finite and >= 0" if math.isinf(maximum) else f"in [0, {maximum:g}]"
        raise ValueError(f"g = {g}: the gain must be {limit}")
    return g


def require_positive(name: str, value: float) -> float:
    """The value as a float; ValueError unless it is finite and > 0."""
    value = float(value)
    if not (math.isfinite(value) and value > 0.0):
        raise ValueError(f"{name} = {value}: must be finite and > 0")
    return value
