"""Judging whole claims: combination of checks, controls and witnesses, records, errors, planted faults."""

import json
import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.claims.judge import ClaimError, judge_claim
from atlas.claims.mutation import claim_faults
from atlas.claims.verdict import VERDICTS, Verdict, combine, settle
from atlas.estimation.estimate import Estimate

TABLES = {"agreement": object()}
VERDICT = st.sampled_from(VERDICTS)


def value(tables: Any, x: float, error: float = 0.0, count: float = math.inf) -> Estimate:
    assert tables is TABLES  # handed over untouched
    return Estimate(x, error, count=count)


def failing(tables: Any, **arguments: Any) -> Estimate:
    raise KeyError("no column\n'g'")


ESTIMATORS = {
    "value": value,
    "doubled": lambda tables, x: value(tables, 2 * x),
    "failing": failing,
    "number": lambda tables, x: x,
    "unknown": lambda tables, x=math.nan: value(tables, x),
}


def check(name: str, x: float = 1.0, **fields: Any) -> dict[str, Any]:
    """A check of x within 0.1 of 1, with other fields given."""
    base = {
        "name": name,
        "estimator": "value",
        "arguments": {"x": x},
        "kind": "within",
        "expected": 1.0,
        "tolerance": 0.1,
        "reason": "known to a tenth",
        "unit": "1",
    }
    return {**base, **fields}


def claim(*checks: dict[str, Any], **fields: Any) -> Any:
    first = checks[0]["name"]
    base = {
        "id": "toy.C1",
        "sentence": "x is one",
        "where": "abstract",
        "checks": [SimpleNamespace(**c) for c in checks],
        "control": {"about": "another x", "overrides": {first: {"arguments": {"x": 3.0}}}},
        "evidence": ["agreement"],
    }
    return SimpleNamespace(**{**base, **fields})


def judged(spec: Any) -> Any:
    return judge_claim(spec, ESTIMATORS, TABLES)


@given(st.lists(VERDICT, min_size=1))
def test_combination_of_checks(verdicts: list[Verdict]) -> None:
    assert (combine(verdicts) == "refuted") == ("refuted" in verdicts)
    assert (combine(verdicts) == "reproduced") == (set(verdicts) == {"reproduced"})


def test_no_checks_make_no_verdict() -> None:
    with pytest.raises(ValueError, match="no verdict"):
        combine([])


@given(VERDICT, VERDICT, st.one_of(st.none(), VERDICT))
def test_only_controls_that_work_leave_the_verdict(own: Verdict, control: Verdict, witness: Verdict | None) -> None:
    verdict, reason = settle(own, control, witness)
    if control == "refuted" and witness in (None, "reproduced"):
        assert (verdict, reason) == (own, "")
    else:
        assert verdict == "inconclusive"
        assert "no power" in reason


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ((1.0, 1.05), "reproduced"),
        ((1.0, 1.2), "refuted"),
        ((math.nan, 1.0), "inconclusive"),
        ((math.nan, 1.2), "refuted"),
    ],
)
def test_verdict_of_two_checks(values: tuple[float, float], verdict: str) -> None:
    result = judged(claim(check("a", values[0]), check("b", values[1])))
    assert result.verdict == result.own == verdict


def test_control_that_passes_takes_the_verdict_away() -> None:
    result = judged(claim(check("a"), control={"about": "", "overrides": {"a": {"arguments": {"x": 1.01}}}}))
    assert (result.verdict, result.own, result.control.verdict) == (
        "inconclusive",
        "reproduced",
        "reproduced",
    )
    assert "negative control came out reproduced" in result.reason


def test_control_that_cannot_tell_takes_the_verdict_away() -> None:
    override = {"arguments": {"x": 1.2, "error": 0.5, "count": 4}}
    result = judged(claim(check("a"), control={"about": "", "overrides": {"a": override}}))
    assert result.verdict == result.control.verdict == "inconclusive"


def test_refutation_elsewhere_lends_the_control_no_power() -> None:
    # b fails by itself; the control's own wrong input (a = 1.01) passes
    spec = claim(check("a"), check("b", 5.0), control={"about": "", "overrides": {"a": {"arguments": {"x": 1.01}}}})
    result = judged(spec)
    assert (result.own, result.control.verdict, result.verdict) == ("refuted", "reproduced", "inconclusive")
    assert [c.overridden for c in result.control.checks] == [True, False]


def test_override_may_name_another_estimator_and_merges_arguments() -> None:
    control = {"about": "twice", "overrides": {"a": SimpleNamespace(estimator="doubled", arguments=None)}}
    result = judged(claim(check("a"), control=control))
    assert result.verdict == "reproduced"
    assert result.control.checks[0].outcome.observed.mean == 2.0
    wide = check("a", arguments={"x": 1.0, "error": 0.01, "count": 5})
    kept = judged(claim(wide)).control.checks[0].question
    assert kept.arguments == {"x": 3.0, "error": 0.01, "count": 5}


def test_witness_must_pass_in_all_checks() -> None:
    good = {"about": "a case that holds", "overrides": {"a": {"arguments": {"x": 1.0}}}}
    bad = {"about": "still wrong", "overrides": {"a": {"arguments": {"x": 1.5}}}}
    assert judged(claim(check("a", 2.0), witness=good)).verdict == "refuted"
    result = judged(claim(check("a", 2.0), witness=bad))
    assert result.verdict == "inconclusive"
    assert "witness came out refuted" in result.reason
    # a check that the witness leaves alone counts too
    assert judged(claim(check("a", 2.0), check("b", 2.0), witness=good)).verdict == "inconclusive"


def test_checks_that_are_not_overridden_are_not_asked_again() -> None:
    calls: list[float] = []

    def counted(tables: Any, x: float) -> Estimate:
        calls.append(x)
        return Estimate.exact(x)

    spec = claim(check("a"), check("b", 1.01))
    judge_claim(spec, {"value": counted}, TABLES)
    assert calls == [1.0, 1.01, 3.0]


def test_record_holds_what_an_auditor_needs() -> None:
    spec = claim(
        check("a", arguments={"x": 1.3, "error": 0.01, "count": 4}),
        check("b", kind="below", bound=2.0, scale=0.5),
        check("c", kind="between", low=0.0, high=4.0),
        cause="the step",
        witness={"about": "right", "overrides": {"a": {"arguments": {"x": 1.0}}}},
    )
    record = judged(spec).to_dict()
    json.dumps(record, allow_nan=False)  # strict JSON
    assert (record["id"], record["where"], record["evidence"]) == ("toy.C1", "abstract", ["agreement"])
    assert (record["verdict"], record["cause"]) == ("refuted", "the step")
    first, second, third = record["checks"]
    expected = {
        "name": "a",
        "estimator": "value",
        "arguments": {"x": 1.3, "error": 0.01, "count": 4},
        "kind": "within",
        "unit": "1",
        "observed": 1.3,
        "error": 0.01,
        "count": 4.0,
        "expected": 1.0,
        "tolerance": 0.1,
        "tolerance_reason": "known to a tenth",
        "verdict": "refuted",
        "overridden": False,
    }
    assert {name: first[name] for name in expected} == expected
    assert first["margin"] == pytest.approx(-2.0)
    assert first["half_width"] == pytest.approx(0.02353363, rel=1e-6)  # t_{0.95,3} * 0.01
    assert (second["bound"], second["tolerance"], second["margin"]) == (2.0, 0.5, 2.0)
    assert (third["low"], third["high"], third["tolerance"], third["margin"]) == (0.0, 4.0, 2.0, 0.5)
    assert second["count"] == "inf"
    assert record["control"]["verdict"] == "refuted"
    assert record["control"]["checks"][0]["observed"] == 3.0
    assert record["witness"]["about"] == "right"
    assert "1.300 ± 0.010" in record["reason"]
    assert "within 0.1 of 1" in record["reason"]


def test_nan_and_no_witness_are_json_too() -> None:
    record = judged(claim(check("a", estimator="unknown", arguments={}))).to_dict()
    json.dumps(record, allow_nan=False)
    assert (record["checks"][0]["observed"], record["witness"], record["cause"]) == ("nan", None, "")


def test_cause_is_only_said_of_a_refuted_claim() -> None:
    assert judged(claim(check("a"), cause="the step")).to_dict()["cause"] == ""


def test_comparisons_of_a_config_are_the_evidence() -> None:
    spec = claim(check("a"), comparisons=["curve"])
    del spec.evidence
    assert judged(spec).evidence == ("curve",)


@pytest.mark.parametrize(
    ("spec", "fragment"),
    [
        (claim(check("a", estimator="absent")), "check a: estimator absent: unknown; allowed: doubled"),
        (claim(check("a", estimator="failing")), "check a: estimator failing failed: KeyError:"),
        (claim(check("a", estimator="number")), "check a: estimator number: returned float"),
        (claim(check("a", arguments={"y": 1})), "failed: TypeError"),
        (claim(check("a", tolerance=0.0)), "check a: ValueError: criterion within: tolerance: got 0"),
        (claim(check("a", kind="about")), "check a: ValueError: criterion kind: got 'about'"),
        (claim(check("a"), check("a")), "checks: got ['a', 'a']"),
        (claim(check("a"), control=None), "control: not given"),
        (claim(check("a"), control={"about": "", "overrides": {}}), "control: overrides nothing"),
        (claim(check("a"), control={"about": "", "overrides": {"b": {}}}), "control: overrides ['b']"),
        (claim(check("a"), control={"about": "", "overrides": {"a": {}}}), "override changes nothing"),
        (
            claim(check("a"), control={"about": "", "overrides": {"a": {"estimator": "failing"}}}),
            "control a: estimator failing failed",
        ),
        (claim(check("a"), witness={"about": "", "overrides": {"z": {}}}), "witness: overrides ['z']"),
    ],
)
def test_claims_that_cannot_be_judged_say_so_in_one_line(spec: Any, fragment: str) -> None:
    with pytest.raises(ClaimError) as refused:
        judged(spec)
    message = str(refused.value)
    assert message.startswith("toy.C1: ")
    assert fragment in message
    assert "\n" not in message


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "between", "low": 0.0, "high": 1.0},
        {"kind": "below", "bound": 1.0},
        {"kind": "above", "bound": 0.0, "scale": 2.0},
    ],
)
def test_sound_claims_have_no_faults(fields: dict[str, Any]) -> None:
    spec = claim(check("a", **fields), check("b"), check("c", **fields))
    assert claim_faults(spec) == []
    witness = {"about": "", "overrides": {"b": {"arguments": {"x": 2}}, "a": {"arguments": {"x": 2}}}}
    assert claim_faults(claim(check("a", **fields), check("b"), witness=witness)) == []


def test_claim_faults_name_what_cannot_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    from atlas.claims.criterion import Within

    monkeypatch.setattr(Within, "distance", lambda self, value: 1.0)  # a criterion that always passes
    faults = claim_faults(claim(check("a")))
    assert any("a = 1.11" in fault or "a = 1.1" in fault for fault in faults)
    assert all(fault.startswith("toy.C1: with ") for fault in faults)
