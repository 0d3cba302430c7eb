"""Formulas of costs: their values, what they refuse, and those that follow from the names of sizes."""

from __future__ import annotations

import pytest

from atlas.planning.terms import TermError, by_names, rates, value


def test_value_follows_the_rules_of_arithmetic() -> None:
    """Against plain Python."""
    sizes = {"n_units": 30.0, "t_max": 20.0, "dt": 0.1}
    assert value("t_max/dt * n_units**2 + 3 - 1", sizes) == 20.0 / 0.1 * 30.0**2 + 2
    assert value("(t_max + 4)/dt", sizes) == pytest.approx(240.0, rel=1e-15)  # one rounding


@pytest.mark.parametrize(
    ("term", "reason"),
    [
        ("n_units *", "not a formula"),
        ("__import__('os')", "not a formula"),
        ("n_units if n_units else 1", "not a formula"),
        ("-n_units", "not a formula"),
        ("'a'", "not a formula"),
        ("n_networks", "no size 'n_networks'; there are: n_units"),
    ],
)
def test_what_is_no_formula_is_refused(term: str, reason: str) -> None:
    """Nothing is evaluated but arithmetic on sizes."""
    with pytest.raises(TermError, match="cost term") as error:
        value(term, {"n_units": 2.0})
    assert reason in str(error.value)


def test_rates_are_products_elementwise_work_and_calls() -> None:
    """Per step: N² and N for every state, and one call."""
    sizes = {"n_units": 100.0, "n_states": 3.0, "t_max": 10.0, "dt": 0.5}
    assert [value(term, sizes) for term in rates("t_max/dt", "n_states")] == [20 * 3 * 100**2, 20 * 3 * 100, 20]


@pytest.mark.parametrize(
    ("names", "doubled", "factors"),
    [
        (["n_units", "t_transient", "t_measure"], "n_units", (4, 2, 1)),
        (["n_units", "t_transient", "n_states"], "n_states", (2, 2, 1)),
        (["n_units"], "n_units", (8, 2, 1)),
        (["n_points"], "n_points", (1, 2)),
        ([], "", (1,)),
    ],
)
def test_terms_by_names_grow_as_the_names_say(names: list[str], doubled: str, factors: tuple[float, ...]) -> None:
    """What the terms of a protocol without a declaration become when one size is doubled."""
    sizes = dict.fromkeys(names, 3.0)
    more = {**sizes, doubled: 6.0} if doubled else sizes
    assert tuple(value(term, more) / value(term, sizes) for term in by_names(names)) == factors
