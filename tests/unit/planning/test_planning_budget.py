"""The largest sizes that fit."""

from __future__ import annotations

import pytest

from atlas.planning.budget import BudgetError, Rung, choose, networks_between, parse_budget
from atlas.planning.fitting import Range


def rung(scale: str, networks: int, seconds: float, longest: float = 0.0) -> Rung:
    """A rung whose cost is known exactly."""
    return Rung(scale, networks, Range(seconds, seconds, seconds), longest)


LADDERS = {
    ("p", "simulate", "cheap"): [rung("smoke", 2, 1), rung("desk", 4, 10), rung("paper", 8, 100)],
    ("p", "simulate", "dear"): [rung("smoke", 2, 5), rung("desk", 4, 1000), rung("paper", 8, 9000)],
}


@pytest.mark.parametrize(
    ("text", "seconds"), [("2h", 7200), ("90m", 5400), ("45 min", 2700), ("30s", 30), ("1.5d", 129600)]
)
def test_budget_is_a_time(text: str, seconds: float) -> None:
    """With its unit."""
    assert parse_budget(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "-1h", "0h", "2 weeks", "1e3s"])
def test_budget_that_is_no_time_is_refused(text: str) -> None:
    """In one line with what is allowed."""
    with pytest.raises(BudgetError, match=r"BUDGET: got .*; allowed: a time > 0 such as 45m"):
        parse_budget(text)


@pytest.mark.parametrize(
    ("least", "most", "numbers"), [(2, 16, [2, 4, 8, 16]), (3, 20, [3, 6, 12, 20]), (4, 4, [4]), (8, 4, [8])]
)
def test_networks_are_doubled_up_to_all(least: int, most: int, numbers: list[int]) -> None:
    """The last is the number of the scale itself."""
    assert networks_between(least, most) == numbers


@pytest.mark.parametrize(
    ("budget", "cheap", "dear"),
    [
        (20, "desk", "smoke"),
        (110, "paper", "smoke"),
        (1050, "paper", "smoke"),
        (1200, "paper", "desk"),
        (1e5, "paper", "paper"),
    ],
)
def test_cheapest_steps_come_first(budget: float, cheap: str, dear: str) -> None:
    """On one core with 5 s besides."""
    found = choose(LADDERS, 5.0, budget, 1)
    assert (found.rungs["p", "simulate", "cheap"].scale, found.rungs["p", "simulate", "dear"].scale) == (cheap, dear)
    assert found.wall(1) <= budget


def test_longest_item_keeps_a_core_busy() -> None:
    """100 s of work on four cores, of which one item takes 60: 25 s and three quarters of 60."""
    ladders = {("p", "simulate", "a"): [rung("smoke", 2, 100, 60)]}
    assert choose(ladders, 0.0, 1000, 4).wall(4) == 25 + 45


def test_budget_below_the_smallest_sizes_says_what_they_need() -> None:
    """In one line."""
    with pytest.raises(
        BudgetError, match=r"BUDGET: got 0.00139 h; the smallest sizes \(smoke\) need about 0.0031 h on 1"
    ):
        choose(LADDERS, 5.0, 5.0, 1)
