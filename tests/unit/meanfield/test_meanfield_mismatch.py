"""Mismatch exponent: the dossier's anchors, the other side of the transition, its scaling with the step."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield.mismatch import mismatch_exponent


@pytest.mark.parametrize(("g", "expected"), [(1.2, 50.5), (2.0, 76.1), (4.0, 87.2)])
def test_anchors_of_the_dossier(g: float, expected: float) -> None:
    assert mismatch_exponent(g, 0.01).lambda_mismatch == pytest.approx(expected, abs=0.06)  # the last printed digit


def test_starting_activity() -> None:
    z = np.linspace(-9, 9, 4001)
    w = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    assert mismatch_exponent(2.0, 0.01).q0 == pytest.approx(float(w @ np.tanh(z) ** 2), rel=1e-12)


def test_inverse_proportional_to_the_step_above_and_independent_of_it_below() -> None:
    assert mismatch_exponent(2.0, 0.1).lambda_mismatch * 0.1 == pytest.approx(
        mismatch_exponent(2.0, 0.01).lambda_mismatch * 0.01, rel=1e-12
    )
    assert mismatch_exponent(0.8, 0.1).lambda_mismatch == mismatch_exponent(0.8, 0.01).lambda_mismatch == -(1 - 0.8)
    assert mismatch_exponent(1.0, 0.01).lambda_mismatch == 0.0


def test_strong_chaos_saturates_the_activity() -> None:
    """q -> 1: lambda dt -> ln(1 + 1/√q0) = 0.9531; at g = 10 q = 1 - O(1/g)."""
    limit = math.log(1 + 1 / math.sqrt(0.3942945))
    assert 0 < limit - mismatch_exponent(10.0, 0.01).lambda_mismatch * 0.01 < 0.05


@pytest.mark.parametrize(("g", "dt"), [(-1.0, 0.01), (11.0, 0.01), (2.0, 0.0), (2.0, 1.5)])
def test_bad_arguments_are_refused(g: float, dt: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        mismatch_exponent(g, dt)
