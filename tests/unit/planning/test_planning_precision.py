"""Which claims measured error bars leave open when other numbers of networks are run."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from atlas.config.definition import Check, Claim, Comparison, Trial
from atlas.planning import precision
from atlas.planning.precision import Precision

ROOT = Path(__file__).resolve().parents[3]


def check(**more: Any) -> Check:
    """|observed - 1| <= 0.1, of the experiments in the arguments."""
    fields: dict[str, Any] = {"name": "level", "estimator": "simulated_value", "kind": "within", "expected": 1.0}
    return Check(**{**fields, "tolerance": 0.1, "reason": "a test", **more})


def paper(one: Check) -> Any:
    """A paper with one claim on a comparison of two experiments."""
    trial = Trial(about="wrong", overrides={"level": {}})
    claim = Claim(id="p.C1", sentence="s", where="w", comparisons=["both"], checks=[one], control=trial)
    comparisons = {"both": Comparison(experiments=["few", "many"])}
    return SimpleNamespace(key="p", claims=[claim], comparisons=comparisons)


def row(error: float, count: float = 10.0, observed: float = 1.0, power: str = "") -> Precision:
    """What was measured at desk scale."""
    return Precision("p.C1", "level", "desk", observed, error, count, power)


def doubts(one: Check, measured: Precision, planned: dict[str, tuple[str, int]]) -> list[precision.Doubt]:
    """Ten networks of either experiment were measured."""
    return precision.doubts(paper(one), [measured], planned.__getitem__, lambda name, scale: 10)


AS_MEASURED = {"few": ("desk", 10), "many": ("desk", 10)}


def test_claim_that_was_decided_stays_decided_with_as_many_networks() -> None:
    """0.04 is half of what decides: t(0.95, 9) * 0.04 = 0.073 < 0.1."""
    assert doubts(check(), row(0.04), AS_MEASURED) == []


def test_fewer_networks_leave_it_open_and_say_how_many_decide() -> None:
    """A quarter of the networks doubles the error, and fewer degrees of freedom widen it more."""
    (found,) = doubts(check(), row(0.04), {"few": ("desk", 3), "many": ("desk", 10)})
    assert (found.claim, found.check) == ("p.C1", "level")
    assert 1 < found.more < 10 / 3  # as many networks as were measured do decide


def test_only_the_experiments_that_the_arguments_name_count() -> None:
    """The other one of the comparison may be small."""
    planned = {"few": ("desk", 3), "many": ("desk", 10)}
    assert doubts(check(arguments={"set": "many"}), row(0.04), planned) == []
    assert doubts(check(arguments={"set": "few"}), row(0.04), planned) != []


def test_more_networks_decide_an_open_claim() -> None:
    """Errors fall as 1/sqrt(networks): 0.12 becomes 0.04 with nine times as many."""
    assert doubts(check(), row(0.12), AS_MEASURED)
    assert doubts(check(), row(0.12), {"few": ("paper", 90), "many": ("paper", 90)}) == []


def test_number_without_statistics_does_not_change() -> None:
    """A bound of a solver is what it is, with any number of networks."""
    assert doubts(check(), row(0.02, math.inf), {"few": ("desk", 2), "many": ("desk", 2)}) == []


def test_control_without_power_is_told() -> None:
    """No number of networks is promised to help."""
    (found,) = doubts(check(), row(0.001, power="its control is inconclusive"), AS_MEASURED)
    assert str(found) == "p.C1 (its control is inconclusive)"


def test_sizes_below_the_measured_ones_take_their_own_errors() -> None:
    """A plan at smoke sizes is not judged by the error bars of desk; where none was measured nothing is said."""
    planned = {"few": ("smoke", 10), "many": ("desk", 10)}
    assert doubts(check(), row(0.5), planned) == []
    smoke = Precision("p.C1", "level", "smoke", 1.0, 0.5, 10.0, "")
    assert precision.doubts(paper(check()), [row(0.001), smoke], planned.__getitem__, lambda name, scale: 10)


def test_rows_are_read_as_they_were_written() -> None:
    """Through the text of the file, infinite counts too."""
    rows = [row(0.25), row(0.125, math.inf)]
    assert precision.parse(precision.render(rows)) == rows


def test_committed_error_bars_give_the_committed_verdicts() -> None:
    """With the networks of desk every claim whose verdict is inconclusive, and no other, is in doubt."""
    from atlas.config import load_atlas
    from atlas.planning.door import at_scale, networks_at

    atlas = load_atlas(ROOT / "config", {"scale": "desk", "papers": "all"})
    rows = precision.parse((ROOT / precision.FILE).read_text())
    chosen = at_scale(atlas)
    text = (ROOT / "config" / "verdicts.desk.csv").read_text()
    verdicts = dict(line.split(",")[:2] for line in text.splitlines()[1:])
    measured = {each.claim for each in rows if each.scale == "desk"}
    for key, config in atlas.papers.items():
        found = precision.doubts(
            config,
            rows,
            lambda name, key=key: chosen[key, "simulate", name],  # type: ignore[misc]
            lambda name, scale, config=config: networks_at(config, name, scale),  # type: ignore[misc]
        )
        known = {claim.id for claim in config.claims} & measured
        expected = {each for each in known if verdicts[each] == "inconclusive"}
        assert {doubt.claim for doubt in found} == expected, f"{precision.FILE} is older: `make costs` after a desk run"
