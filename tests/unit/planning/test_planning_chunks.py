"""Jobs of 10 to 60 minutes."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.planning.chunks import LONG, SHORT, cut, proposal


def test_cut_sums_items_in_their_order() -> None:
    """As the jobs of a task are made: items k * chunk to (k + 1) * chunk."""
    jobs = cut(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), 2).jobs
    assert jobs.tolist() == [3.0, 7.0, 5.0]


@pytest.mark.parametrize(
    ("items", "chunk", "fits"),
    [
        ([1200.0] * 4, 1, True),
        ([1200.0] * 4, 4, False),  # 80 min
        ([60.0] * 40, 2, False),  # 2 min each, where more could be put together
        ([60.0] * 40, 40, True),
        ([5.0] * 10, 10, True),  # all there is: one short job
        ([5.0] * 10, 5, False),
        ([700.0] * 5, 2, True),  # the last job is a rest
        ([4000.0], 1, False),
    ],
)
def test_fit_of_a_cut(items: list[float], chunk: int, fits: bool) -> None:
    """By hand."""
    assert cut(np.array(items), chunk).fits is fits


@pytest.mark.parametrize("seconds", [0.5, 7.0, 60.0, 400.0, 900.0, 3000.0])
@pytest.mark.parametrize("count", [1, 7, 40, 997])
def test_proposal_fits_wherever_anything_does(seconds: float, count: int) -> None:
    """Equal items: every chunk is tried by brute force."""
    items = np.full(count, seconds)
    found = proposal(items)
    possible = any(cut(items, chunk).fits for chunk in range(1, count + 1))
    assert found.fits or not possible
    assert found.jobs.max() <= LONG or found.chunk == 1


def test_proposal_does_not_leave_a_rest() -> None:
    """40 items of 38 s: 25 min are a job, and one of 38 items would leave two behind."""
    jobs = proposal(np.full(40, 38.0)).jobs
    assert jobs.max() / jobs.min() < 1.1


def test_proposal_keeps_unlike_items_below_the_limit() -> None:
    """Large networks behind small ones, 1 to 16 min: too long counts more than too short."""
    items = np.repeat([60.0, 240.0, 960.0], 10)
    found = proposal(items)
    assert found.jobs.max() <= LONG
    assert found.jobs.max() >= SHORT


def test_item_that_is_too_long_stays_alone() -> None:
    """No chunk below one item."""
    assert proposal(np.full(6, 5000.0)).chunk == 1
