"""What theory says for langevin-machine: one function per solver, one call per point of its grid.

Each returns named values; nothing here knows of a simulation. `ASK` names the theories that one may ask directly.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from atlas.meanfield import few_units
from atlas.questions import REQUIRED, Answer, Parameter, Question, number

Values = dict[str, Any]
POINTS = 241  # of a density
SHOWN = 6.0  # largest |x| of it
LARGEST = 20.0  # of a coupling that may be asked for


def matrix(J: Any) -> np.ndarray:
    """Couplings, row by row, as a matrix; ValueError unless there are one or four."""
    side = {1: 1, 4: 2}.get(len(J))
    if side is None:
        raise ValueError(f"J: got {len(J)} numbers; allowed: 1 or 4")
    return np.array(J, dtype=float).reshape(side, side)


def quadrature(p: Any, streams: Any) -> Values:
    """log_z, x2 (n, n), energy, u_phi (n, n), residual; x, density (POINTS,): marginal of the first neuron."""
    J = matrix(p.J)
    found = few_units.measure(J, p.temperature)
    x = np.linspace(-SHOWN, SHOWN, POINTS)
    return {
        "log_z": found.log_z,
        "x2": found.x2,
        "energy": found.energy,
        "u_phi": found.u_phi,
        "x": x,
        "density": few_units.density(J, p.temperature, x),
        "residual": found.residual,
    }


def ascent(p: Any, streams: Any) -> Values:
    """J (updates + 1, 2, 2) along the exact gradient; at the first couplings log_likelihood, differences (2, 2) of it,

    and u_phi (2, 2) of the measure; last_log_likelihood; residual.
    """
    J, data = matrix(p.J), np.array(p.data, dtype=float).reshape(-1, 2)
    course, residual = few_units.ascent(J, p.temperature, data, p.rate, p.decay, p.updates)
    return {
        "J": course,
        "temperature": p.temperature,
        "differences": few_units.differences(J, p.temperature, data),
        "u_phi": few_units.measure(J, p.temperature).u_phi,
        "log_likelihood": few_units.log_likelihood(J, p.temperature, data),
        "last_log_likelihood": few_units.log_likelihood(course[-1], p.temperature, data),
        "residual": residual,
    }


def ask_quadrature(J: np.ndarray, temperature: float) -> Answer:
    """ln Z, second moments <x x^T>, mean energy and <u phi^T>, u = x - J tanh(x), of one or two neurons."""
    found = few_units.measure(J, temperature)
    quantities = {
        "log_z": found.log_z,
        "x2": found.x2.tolist(),
        "energy": found.energy,
        "u_phi": found.u_phi.tolist(),
    }
    return Answer(quantities, found.residual)


def couplings() -> Parameter:
    """A 1 x 1 or 2 x 2 matrix of numbers up to 20 in size, given as JSON."""

    def read(text: str) -> np.ndarray:
        try:
            found = few_units.checked(json.loads(text))
        except TypeError as error:
            raise ValueError from error
        if np.abs(found).max() > LARGEST:
            raise ValueError
        return found

    allowed = f"a 1 x 1 or 2 x 2 matrix as JSON, entries up to {LARGEST:g} in size"
    return Parameter("J", "couplings", "1", read, allowed, REQUIRED, sweep=False)


ASK = {
    "quadrature": Question(
        ask_quadrature,
        (couplings(), number("temperature", "temperature T", low=0.01, high=100.0)),
    ),
}
