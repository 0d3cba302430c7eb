"""What theory says for spiking-modes: one function per solver, called per point of its grid.

Each returns named values with their error bounds; nothing here knows of a simulation. `ASK` names the theories that
one may ask directly, with their parameters (see scripts/solve.py); `UNASKED` says of the others why not.
"""

from __future__ import annotations

from typing import Any

from atlas.questions import Question

Values = dict[str, Any]


def solve(p: Any, streams: Any) -> Values:
    """TODO: the order parameters that it returns, each with its equation."""
    raise NotImplementedError("theory.solve is not written: solve the paper's equations with atlas.meanfield")


ASK: dict[str, Question] = {}
UNASKED: dict[str, str] = {}
