"""What theory says for toy: one function per solver, one call per point."""

from __future__ import annotations

from typing import Any

from atlas.meanfield.gradient import gradient_equilibrium
from atlas.meanfield.stationary import stationary
from atlas.questions import Answer, Question, number

Values = dict[str, Any]


def dmft(p: Any, streams: Any) -> Values:
    """Stationary mean-field theory: gamma0, delta0."""
    state = stationary(p.g)
    return {"gamma0": state.gamma0, "delta0": state.delta0, "residual": state.residual}


def equilibrium(p: Any, streams: Any) -> Values:
    """Equilibrium of the gradient dynamics: energy, delta."""
    state = gradient_equilibrium(p.g, p.temperature)
    return {"energy": state.energy, "delta": state.delta_t, "residual": state.residual}


def ask_dmft(g: float) -> Answer:
    """The stationary state at gain g."""
    state = stationary(g)
    return Answer({"gamma0": state.gamma0, "delta0": state.delta0}, state.residual)


ASK = {"dmft": Question(ask_dmft, (number("g", "gain of the couplings", low=0.0, high=10.0),))}
