"""How many networks bring every standard error to a third of its tolerance, and which checks are told apart."""

from __future__ import annotations

import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from atlas.config.definition import Check, Claim, Comparison, Trial
from atlas.planning import sizes_door
from atlas.planning.precision import Precision, experiments_behind
from atlas.planning.sizes import FAR, SHARE, Measure, Now, Size, Sizes, sizes_of

ROOT = Path(__file__).resolve().parents[3]
WITHIN = {"kind": "within", "expected": 1.0, "tolerance": 0.3}
ABOVE = {"kind": "above", "bound": 1.0, "scale": 0.3}


def check(name: str = "level", of: str = "both", estimator: str = "simulated_value", **criterion: Any) -> Check:
    """|observed - 1| <= 0.3, of the experiment that is named, or of both."""
    fields = {"name": name, "estimator": estimator, "arguments": {"set": of}, "reason": "a test"}
    return Check(**{**fields, **(criterion or WITHIN)})


def paper(*checks: Check) -> Any:
    """A paper with one claim on a comparison of two experiments."""
    trial = Trial(about="wrong", overrides={checks[0].name: {}})
    claim = Claim(id="p.C1", sentence="s", where="w", comparisons=["all"], checks=list(checks), control=trial)
    return SimpleNamespace(key="p", claims=[claim], comparisons={"all": Comparison(experiments=["cheap", "dear"])})


def row(error: float, name: str = "level", observed: float = 1.0, count: float = 10.0, power: str = "") -> Precision:
    """What was measured."""
    return Precision("p.C1", name, "desk", observed, error, count, power)


NOW = {"cheap": Now(10, 20.0), "dear": Now(20, 100.0)}


def asked(checks: list[Check], rows: list[Precision], now: dict[str, Now] = NOW, **more: Any) -> Sizes:
    """The sizes of a paper with these checks."""
    return sizes_of(paper(*checks), rows, now, **more)


def networks(found: Sizes) -> dict[str, int]:
    """Needed networks by experiment."""
    return {size.name: size.networks for size in found.sizes}


def kinds(found: Sizes) -> dict[str, str]:
    """The kind of each check."""
    return {each.row.check: kind for each, kind in found.standings}


def test_error_of_two_thirds_takes_four_times_the_networks_and_three_times_the_seconds_more() -> None:
    """0.2 of 0.3: (3 * 2/3)² = 4, exactly, though 0.2/0.3 is rounded."""
    found = asked([check(of="cheap")], [row(0.2)])
    assert kinds(found) == {"level": "more"}
    (size,) = found.more
    assert (size.name, size.networks, size.check, size.seconds) == ("cheap", 40, "p.C1.level", pytest.approx(60.0))
    assert found.fewer == []


def test_networks_are_rounded_up() -> None:
    """(3 * 0.35)² * 10 = 11.025."""
    assert networks(asked([check(of="cheap")], [row(0.35 * 0.3)])) == {"cheap": 12}


@pytest.mark.parametrize(
    ("criterion", "needed"),
    [
        ({"kind": "within", "expected": 1.0, "tolerance": 0.3}, 40),
        ({"kind": "between", "low": 0.7, "high": 1.3}, 40),
        ({"kind": "above", "bound": 0.9, "scale": 0.3}, 40),
        ({"kind": "below", "bound": 1.2}, math.ceil(10 * (3 * 0.2 / 1.2) ** 2)),  # |bound| is the unit
    ],
)
def test_tolerance_of_each_kind(criterion: dict[str, Any], needed: int) -> None:
    """Half the width of an interval, the unit of a one-sided margin. The last one keeps its networks: it is open."""
    found = asked([check(of="cheap", **criterion)], [row(0.2)])
    assert networks(found) == {"cheap": max(needed, 10)}
    assert kinds(found)["level"] == ("more" if needed > 10 else "fine")


def test_all_experiments_behind_a_check_grow_alike() -> None:
    """Whose part of the variance it is, is not known."""
    assert networks(asked([check()], [row(0.2)])) == {"cheap": 40, "dear": 80}


def test_worst_check_of_an_experiment_asks() -> None:
    """The other needs less, and is not named."""
    checks = [check("a", "cheap"), check("b", "cheap"), check("c", "dear")]
    found = asked(checks, [row(0.12, "a"), row(0.2, "b"), row(0.11, "c")])
    assert {size.name: (size.networks, size.check) for size in found.more} == {
        "cheap": (40, "p.C1.b"),
        "dear": (25, "p.C1.c"),
    }
    assert [size.name for size in found.more] == ["cheap", "dear"]  # 60 s, then 25 s


def test_experiment_of_one_network_has_no_scatter_over_networks() -> None:
    """It is left out beside another, and grows where it is alone."""
    single = {"cheap": Now(1, 20.0), "dear": Now(20, 100.0)}
    assert networks(asked([check()], [row(0.2)], single)) == {"dear": 80}
    assert networks(asked([check(of="cheap")], [row(0.2)], single)) == {"cheap": 4}


def test_sum_of_variances_stays_below_a_third_for_any_shares() -> None:
    """Two experiments, one check of both and one of the dear one alone that lets it shrink less: any split of the
    variance of the first check between them."""
    rows = [row(0.03, "a"), row(0.06, "b")]
    found = asked([check("a"), check("b", "dear")], rows, {"cheap": Now(100, 1.0), "dear": Now(100, 1.0)})
    needed = networks(found)
    assert needed["cheap"] < needed["dear"] < 100
    for share in np.linspace(0, 1, 11):
        variance = 0.03**2 * (share * 100 / needed["cheap"] + (1 - share) * 100 / needed["dear"])
        assert math.sqrt(variance) <= 0.3 * SHARE


def test_one_sided_check_far_from_its_bound_needs_no_more() -> None:
    """0.2 of a unit 0.3, ten samples: h = 1.833 * 0.2; three of them are 1.1."""
    beyond, near = 1.0 + 1.0 * 1.11, 1.0 + 1.0 * 1.09
    one = check(of="cheap", **ABOVE)
    assert kinds(asked([one], [row(0.2, observed=beyond)])) == {"level": "without"}
    assert asked([one], [row(0.2, observed=beyond)]).more == []
    assert kinds(asked([one], [row(0.2, observed=near)])) == {"level": "more"}
    assert kinds(asked([one], [row(0.2, observed=2.0 - beyond)])) == {"level": "without"}  # refuted, as far


def test_two_sided_check_far_from_its_bounds_still_needs_its_precision() -> None:
    """Its tolerance is one."""
    assert kinds(asked([check(of="cheap")], [row(0.2, observed=9.0)])) == {"level": "more"}


@pytest.mark.parametrize(("error", "kind"), [(0.54, "more"), (0.56, "apart")])
def test_more_than_thirty_times_as_many_networks_are_for_a_person(error: float, kind: str) -> None:
    """(3 * 0.54/0.3)² = 29.2, with 0.56 31.4; the networks stay."""
    found = asked([check(of="cheap")], [row(error)], {"cheap": Now(10, 0.1), "dear": Now(20, 0.1)})
    assert kinds(found) == {"level": kind}
    assert networks(found) == {"cheap": 292 if kind == "more" else 10}


def test_more_seconds_than_allowed_are_for_a_person() -> None:
    """60 core seconds of the cheap one and 300 of the dear one, together."""
    assert kinds(asked([check()], [row(0.2)], seconds=361.0)) == {"level": "more"}
    assert kinds(asked([check()], [row(0.2)], seconds=359.0)) == {"level": "apart"}


def test_check_that_is_apart_leaves_others_their_wish() -> None:
    """The networks that can be had are asked for."""
    found = asked([check("a", "cheap"), check("b", "cheap")], [row(9.0, "a"), row(0.2, "b")])
    assert kinds(found) == {"a": "apart", "b": "more"}
    assert [(size.networks, size.check) for size in found.more] == [(40, "p.C1.b")]


@pytest.mark.parametrize("count", [math.inf, 1.0])
def test_error_that_networks_do_not_change_is_for_a_person(count: float) -> None:
    """A bound of a solver; a value without error bar, whatever its error."""
    found = asked([check(of="cheap")], [row(0.2, count=count)])
    assert kinds(found) == {"level": "apart"}
    assert found.more == []
    assert not found.of("apart")[0].helped


def test_number_without_scatter_asks_for_no_networks() -> None:
    """A bound of a solver beside a sampled number: only the latter keeps networks. Alone, nothing asks for any."""
    solver = check("a", "cheap", "theory_value")
    found = asked([solver, check("b", "cheap")], [row(0.01, "a", count=math.inf), row(0.05, "b")])
    assert [(size.check, size.networks < 10) for size in found.fewer] == [("p.C1.b", True)]
    alone = asked([solver], [row(0.01, "a", count=math.inf)])
    assert alone.sizes == []
    assert alone.without_check(NOW) == list(NOW.values())


def test_experiment_called_like_the_comparison_is_not_behind_a_check_of_another() -> None:
    of = {"comparison": "all", "source": "dear"}
    one = Check(**{**check().model_dump(exclude_unset=True), "arguments": of})
    same_name = paper(one)
    same_name.comparisons = {"all": Comparison(experiments=["all", "dear"])}
    assert experiments_behind(same_name, same_name.claims[0], one) == ["dear"]


def test_number_of_simulations_without_scatter_keeps_their_networks() -> None:
    """The end of a confidence interval from ranks has no error of its own, and moves when networks go."""
    found = asked([check("a", "cheap"), check("b", "cheap")], [row(0.0, "a", count=math.inf), row(0.05, "b")])
    assert found.fewer == []
    assert networks(found) == {"cheap": 10}


def fewest(of: Measure) -> tuple[float, float]:
    """Error over tolerance and half-widths at the fewest networks."""
    return of.ratio / math.sqrt(of.fewest), of.distance(of.fewest)


def test_fewer_networks_leave_room_for_other_draws() -> None:
    """A hundred networks with an error of 0.02, in the middle of the tolerance: two half-widths fit into it."""
    found = asked([check(of="cheap")], [row(0.02, count=100.0)], {"cheap": Now(100, 50.0)})
    (size,) = found.fewer
    clear = [n for n in range(4, 100) if 2 * student.ppf(0.95, n - 1) * 0.02 * 10 / math.sqrt(n) <= 0.3]
    assert size.networks == min(clear) > 100 * (3 * 0.02 / 0.3) ** 2
    assert size.seconds == pytest.approx(50 * (size.networks / 100 - 1))
    assert found.more == []


def test_fewer_networks_keep_a_one_sided_error_below_a_third_of_its_unit() -> None:
    """Its value lies 2.5 half-widths above the bound when the error is a third of its unit: room alone would allow
    fewer."""
    networks_left = 50
    bound_error = 0.1 * math.sqrt(networks_left / 100)  # a third of 0.3 with half of the networks
    observed = 1.0 + 2.5 * float(student.ppf(0.95, networks_left - 1)) * 0.1
    found = asked(
        [check(of="cheap", **ABOVE)], [row(bound_error, observed=observed, count=100.0)], {"cheap": Now(100, 1)}
    )
    assert networks(found) == {"cheap": networks_left}


def test_fewer_networks_leave_a_decided_check_decided() -> None:
    """0.02 below its end a check needs two half-widths of that, not of the tolerance."""
    (found,) = (asked([check(of="cheap")], [row(0.004, observed=1.28, count=100.0)]).standings,)
    measure, kind = found[0]
    assert kind == "fine"
    error, distance = fewest(measure)
    assert distance == pytest.approx(2.0, rel=1e-3)
    assert error < 0.5 * SHARE


def test_decided_without_stays_as_far_with_fewer() -> None:
    """Three half-widths, at fewer degrees of freedom too."""
    found = asked([check(of="cheap", **ABOVE)], [row(0.2, observed=6.0, count=50.0)], {"cheap": Now(50, 1.0)})
    measure, kind = found.standings[0]
    assert kind == "without"
    assert fewest(measure)[1] == pytest.approx(FAR, rel=1e-3)
    assert 4 <= found.fewer[0].networks < 15


@pytest.mark.parametrize(
    ("measured", "reason"),
    [
        (row(0.01, observed=1.299), "open: within half a half-width of its end"),
        (row(0.01, power="its control is inconclusive"), "its control is open"),
        (row(0.0), "no scatter at all"),
        (row(1e-15), "no scatter but rounding"),
        (row(0.01, count=1.0), "no error bar"),
        (row(0.095), "below a third, without room"),
        (row(9.0), "a person decides"),
    ],
)
def test_check_that_keeps_all_networks(measured: Precision, reason: str) -> None:
    """Beside another that would do with a few."""
    other = row(0.001, "other", count=1000.0)
    found = asked([check(of="cheap"), check("other", "cheap")], [measured, other])
    assert networks(found) == {"cheap": 10}, reason


def test_check_that_was_not_measured_keeps_its_networks_and_is_named() -> None:
    """Those of the other experiment may be fewer."""
    checks = [check("a", "cheap"), check("b", "dear"), check("new", "cheap")]
    found = asked(checks, [row(0.001, "a"), row(0.001, "b", count=20.0)])
    assert networks(found) == {"cheap": 10, "dear": 4}
    assert found.unmeasured == ["p.C1.new"]


def test_never_fewer_than_four_networks_nor_more_because_of_it() -> None:
    """An experiment that has three keeps them."""
    few = {"cheap": Now(3, 1.0), "dear": Now(20, 1.0)}
    found = asked([check("a", "cheap"), check("b", "dear")], [row(0.001, "a"), row(0.001, "b", count=20.0)], few)
    assert networks(found) == {"cheap": 3, "dear": 4}
    assert [(size.name, size.check) for size in found.fewer] == [("dear", "no fewer than that")]


def test_experiment_without_measured_time_is_asked_for_all_the_same() -> None:
    """Its seconds are not guessed."""
    found = asked([check()], [row(0.2)], {"cheap": Now(10, math.nan), "dear": Now(20, 100.0)})
    assert networks(found) == {"cheap": 40, "dear": 80}
    assert [size.name for size in found.more] == ["dear", "cheap"]
    lines = sizes_door.sentences([found], {"p": {"cheap": Now(10, math.nan), "dear": Now(20, 100.0)}})
    assert "to add: 300 core seconds in 2 experiments" in lines
    assert "time never measured, not counted: p/cheap" in lines


def test_seconds_of_fewer_networks_are_negative() -> None:
    """Half of the networks, half of the time."""
    assert Size("cheap", NOW["cheap"], 5, "p.C1.level", 0.1).seconds == -10.0


def wrong(first: int, ratio: float, leave_out: bool, rng: np.random.Generator) -> float:
    """Share of checks with their true value at the bound that end as reproduced, when the networks are enlarged once.

    The draws of the first networks are kept, as a run keeps them; leave_out: not enlarged where FAR from the bound.
    """
    runs, scatter = 100_000, ratio * math.sqrt(first)
    draws = rng.normal(0, scatter, (runs, first))
    mean, variance = draws.mean(axis=1), draws.var(axis=1, ddof=1)
    error = np.sqrt(variance / first)
    far = (np.abs(mean) >= FAR * student.ppf(0.95, first - 1) * error) & leave_out
    whole = np.where((error > SHARE) & ~far, np.ceil(first * (error / SHARE) ** 2), first)
    more = whole - first
    other = rng.normal(size=runs) * scatter / np.sqrt(np.maximum(more, 1))
    squares = (first - 1) * variance + np.where(
        more > 0, scatter**2 * rng.chisquare(np.maximum(more - 1, 1e-9)) + first * more / whole * (mean - other) ** 2, 0
    )
    final = np.where(more > 0, (first * mean + more * other) / whole, mean)
    return float((final >= student.ppf(0.95, whole - 1) * np.sqrt(squares / (whole - 1) / whole)).mean())


@pytest.mark.parametrize(("first", "most"), [(3, 0.08), (4, 0.073), (8, 0.065), (16, 0.06)])
@pytest.mark.parametrize("ratio", [0.3, 0.5, 1.0, 2.0])
def test_wrong_verdicts_at_the_bound_stay_rare(first: int, most: float, ratio: float) -> None:
    """The numbers of docs/planning.md: 5 % become at most 8 % by choosing from the errors, and leaving out what is
    decided without adds at most 0.2 % (the same draws; standard error of the first 0.1 %)."""
    with_all = wrong(first, ratio, False, np.random.default_rng(1))
    with_far = wrong(first, ratio, True, np.random.default_rng(1))
    assert with_all <= most
    assert with_far - with_all <= 0.002


def test_door_says_what_the_real_sizes_ask_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Checks of each kind, whatever their present numbers; nothing is written."""
    before = {path: path.read_bytes() for path in (ROOT / "config").rglob("*") if path.is_file()}
    assert sizes_door.main(ROOT, []) == 0
    said = capsys.readouterr().out
    total, more, without, apart = map(
        int,
        re.search(  # type: ignore[union-attr]
            r"(\d+) above a third .*: (\d+) by more networks, (\d+) decided without, (\d+) for a person", said
        ).groups(),
    )
    assert total == more + without + apart > 0
    assert re.search(r"^to add: \d+ core seconds in \d+ experiments", said, flags=re.MULTILINE)
    assert re.search(r"^to save: \d+ core seconds in \d+ experiments", said, flags=re.MULTILINE)
    assert "meta-predictive.C7.length-independence" in said  # 0.06 of 0.01: no number of networks
    assert "kinetic-energy.C2.slope" in said  # the error of a solver
    assert "reconstruction.C3.growth" in said  # 177 ± 12, above 10
    assert before == {path: path.read_bytes() for path in (ROOT / "config").rglob("*") if path.is_file()}


def test_door_of_one_paper_speaks_of_it_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Checks and experiments of others are not counted; more time for a check moves it to the first table."""
    assert sizes_door.main(ROOT, ["--papers", "kinetic-energy", "--budget", "20m"]) == 0
    said = capsys.readouterr().out
    assert "kinetic-energy.C2.slope" in said
    assert "meta-predictive" not in said
    assert "1200 core seconds for one check" in said


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--scale", "huge"], "sizes: command line: scale: "),
        (["--papers", "nothing"], "sizes: config/papers: unknown paper"),
        (["--budget", "soon"], "sizes: BUDGET: got 'soon'; allowed"),
    ],
)
def test_door_refuses_in_one_line(words: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, nothing on standard output."""
    assert sizes_door.main(ROOT, ["--papers", "reconstruction", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert line.startswith(reason)


def test_door_without_error_bars_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text((ROOT / "config" / "config.yaml").read_text())
    (tmp_path / "config" / "papers").symlink_to(ROOT / "config" / "papers")
    assert sizes_door.main(tmp_path, []) == 2
    assert capsys.readouterr().err == (
        "sizes: no error bars measured at scale desk: `make figures SCALE=desk` and `make costs` first\n"
    )
