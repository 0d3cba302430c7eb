"""Closed forms of a spiking neuron and of mode counting, against the dossier's numbers and a plain loop."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import pytest

from atlas.meanfield.mode_counting import levels, recurrent_parameters
from atlas.meanfield.single_neuron import steady_firing


def plain(current: float, dt: str, t_ref: str, steps: int = 4000) -> list[int]:
    """Steps of the spikes by the equations, times in exact fractions."""
    step, pause, last = Fraction(dt), Fraction(t_ref), Fraction(-1)
    leak, U, s, spikes = math.exp(-float(step) / 20.0), 0.0, False, []
    for t in range(steps):
        U = (leak * U + (1 - leak) * current) if t * step > last + pause and not s else 0.0
        s = U >= 1.0
        if s:
            last = t * step
            spikes.append(t)
    return spikes


@pytest.mark.parametrize("current", [1.01, 1.3, 2.0, 5.0, 40.0])
@pytest.mark.parametrize(("dt", "t_ref"), [("0.2", "2"), ("1", "2"), ("0.5", "0"), ("1", "0.5"), ("0.1", "0.3")])
def test_spikes_are_those_of_a_plain_loop(current: float, dt: str, t_ref: str) -> None:
    spikes, found = plain(current, dt, t_ref), steady_firing(current, float(dt), float(t_ref))
    assert found.first_spike_step == spikes[0]
    assert {b - a for a, b in pairwise(spikes)} == {found.steady_interval_steps}
    assert found.rate == pytest.approx(1000.0 / (found.steady_interval_steps * float(dt)))


def test_numbers_of_the_dossier() -> None:
    found = steady_firing(2.0, 0.2, 2.0)
    assert (found.climb_steps, found.first_spike_step, found.steady_interval_steps) == (70, 75, 80)
    assert found.train_sum == pytest.approx(1.0, rel=0.06)  # "about 1"
    assert recurrent_parameters(100, 3) == 603
    assert recurrent_parameters(100, 0) == 10_000
    assert levels(10).lowest == pytest.approx(1.4612, abs=5e-5)
    assert levels(10).uniform == pytest.approx(2.303, abs=5e-4)


@pytest.mark.parametrize("current", [-1.0, 0.0, 1.0])
def test_no_spike_up_to_the_threshold(current: float) -> None:
    found = steady_firing(current, 0.2, 2.0)
    assert found.first_spike_step is found.steady_interval_steps is None
    assert found.rate == 0.0


def test_small_steps_give_the_known_rate() -> None:
    interval = 20.0 * math.log(2.0) + 2.0  # ms: tau_m ln(I/(I - 1)) + t_ref
    assert steady_firing(2.0, 0.001, 2.0).rate == pytest.approx(1000.0 / interval, rel=2e-4)  # one step in 15,000


def test_wrong_questions_are_named() -> None:
    with pytest.raises(ValueError, match="dt: got 0"):
        steady_firing(2.0, 0.0, 2.0)
    with pytest.raises(ValueError, match="classes: got 1"):
        levels(1)
