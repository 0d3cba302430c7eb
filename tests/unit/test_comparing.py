"""Averages over networks and the theory's value at a simulated point."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.comparing import average, value
from atlas.outcomes import Outcome, Outcomes

GRID = [Outcome({"g": 0.1 + 0.2, "rule": "hebbian"}, None, {"q": 1.0}), Outcome({"g": 2.0}, None, {"q": 2.0})]


def test_average_is_the_mean_over_networks_with_its_standard_error() -> None:
    rows = Outcomes(Outcome({"g": 1.5}, network, {"q": q}) for network, q in enumerate((1.0, 2.0, 4.0)))
    found = average(rows, "q")
    assert found.mean == pytest.approx(7 / 3, rel=1e-15)
    assert found.error == pytest.approx(math.sqrt(np.var([1, 2, 4], ddof=1) / 3), rel=1e-12)  # s.d./sqrt(3)
    assert found.count == 3


@pytest.mark.parametrize(
    ("axes", "found"),
    [
        ({"g": 0.3}, 1.0),  # 0.1 + 0.2 is not 0.3 in the last bit
        ({"g": 0.3, "rule": "hebbian"}, 1.0),
        ({"g": 0.3, "rule": "feedback"}, None),
        ({"g": 2}, 2.0),
        ({"g": 2.0, "rule": "hebbian"}, None),  # an axis that the point lacks
        ({"g": 2.00001}, None),
    ],
)
def test_value_of_the_theory_at_a_point(axes: dict[str, object], found: float | None) -> None:
    assert value(GRID, "q", **axes) == found
