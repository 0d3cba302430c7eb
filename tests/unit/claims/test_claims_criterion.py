"""Criteria: the decision rule, its monotonicity, its error rates and its refusals."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from atlas.claims.criterion import (
    Above,
    Below,
    Between,
    Criterion,
    Within,
    confidence_half_width,
    criterion_of,
)
from atlas.claims.power import flips, probes, samples_to_decide
from atlas.estimation.estimate import Estimate

NUMBERS = st.floats(-100, 100)
WIDTHS = st.floats(1e-3, 10)
CRITERIA = st.one_of(
    st.builds(Within, NUMBERS, WIDTHS),
    st.builds(lambda low, width: Between(low, low + width), NUMBERS, WIDTHS),
    st.builds(Below, NUMBERS, WIDTHS),
    st.builds(Above, NUMBERS, WIDTHS),
)


def allowed_interval(criterion: Criterion) -> tuple[float, float]:
    """The allowed interval from the config's fields, independent of `distance`."""
    fields = criterion.fields()
    match criterion.kind:
        case "within":
            return fields["expected"] - fields["tolerance"], fields["expected"] + fields["tolerance"]
        case "between":
            return fields["low"], fields["high"]
        case "below":
            return -math.inf, fields["bound"]
        case _:
            return fields["bound"], math.inf


@pytest.mark.parametrize(
    ("criterion", "value", "verdict", "margin"),
    [
        (Within(1.0, 0.5), 1.0, "reproduced", 1.0),
        (Within(1.0, 0.5), 1.5, "reproduced", 0.0),
        (Within(1.0, 0.5), 0.25, "refuted", -0.5),
        (Between(2.0, 4.0), 3.5, "reproduced", 0.5),
        (Between(2.0, 4.0), 4.0, "reproduced", 0.0),
        (Between(2.0, 4.0), 6.0, "refuted", -2.0),
        (Below(-2.0), -3.0, "reproduced", 0.5),
        (Below(-2.0), -1.0, "refuted", -0.5),
        (Above(0.0, 0.1), 0.3, "reproduced", 3.0),
        (Above(4.0), 3.0, "refuted", -0.25),
    ],
)
def test_exact_values_are_decided_by_the_interval(
    criterion: Criterion, value: float, verdict: str, margin: float
) -> None:
    outcome = criterion.judge(Estimate.exact(value))
    assert (outcome.verdict, outcome.half_width) == (verdict, 0.0)
    assert outcome.margin == pytest.approx(margin, abs=1e-12)  # rounding of one subtraction


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(1.3, "reproduced"), (1.45, "inconclusive"), (1.55, "inconclusive"), (1.7, "refuted"), (0.3, "refuted")],
)
def test_error_bar_of_few_networks_widens_by_student(value: float, verdict: str) -> None:
    # t_{0.95, 3} = 2.3534: half-width 0.1177; the normal one would be 0.082
    outcome = Within(1.0, 0.5).judge(Estimate(value, 0.05, count=4))
    assert outcome.verdict == verdict
    assert outcome.half_width == pytest.approx(0.05 * 2.353363, rel=1e-6)


def test_interval_wider_than_the_band_cannot_reproduce() -> None:
    assert Between(0.9, 1.1).judge(Estimate(1.0, 0.2, count=100)).verdict == "inconclusive"


@pytest.mark.parametrize("count", [2, 3.5, 8, 1e9, math.inf])
def test_half_width_agrees_with_the_quantiles(count: float) -> None:
    expected = norm.ppf(0.95) if math.isinf(count) else t.ppf(0.95, count - 1)
    assert confidence_half_width(Estimate(0.0, 2.0, count=count)) == pytest.approx(2 * expected, rel=1e-8)


@pytest.mark.parametrize(
    ("estimate", "reason"),
    [
        (Estimate(math.nan, 0.1), "observed value is nan"),
        (Estimate(math.inf, 0.0), "observed value is inf"),
        (Estimate(1.0, math.nan, count=1), "no error bar: 1 independent samples"),
        (Estimate(1.0, 0.0, count=1), "no error bar"),
        (Estimate(1.0, 0.1, count=math.nan), "no error bar"),
        (Estimate(1.0, math.nan, count=5), "error bar is nan"),
        (Estimate(1.0, math.inf, count=5), "error bar is inf"),
    ],
)
@pytest.mark.parametrize("criterion", [Within(1.0, 0.5), Between(0, 2), Below(5.0), Above(-5.0)])
def test_unusable_numbers_decide_nothing(estimate: Estimate, reason: str, criterion: Criterion) -> None:
    outcome = criterion.judge(estimate)
    assert outcome.verdict == "inconclusive"
    assert outcome.reason.startswith(reason)


@given(CRITERIA, NUMBERS, st.floats(0, 10), st.integers(2, 50))
def test_verdict_is_the_stated_rule(criterion: Criterion, value: float, error: float, count: int) -> None:
    outcome = criterion.judge(Estimate(value, error, count=count))
    low, high = allowed_interval(criterion)
    h = t.ppf(0.95, count - 1) * error
    inside, outside = low <= value - h and value + h <= high, value + h < low or value - h > high
    if min(abs(value + s * h - end) for s in (-1, 1) for end in (low, high)) > 1e-7:  # not a tie of rounding
        expected = "reproduced" if inside else "refuted" if outside else "inconclusive"
        assert outcome.verdict == expected


@given(CRITERIA, NUMBERS, st.floats(0, 10), st.floats(0, 10), st.integers(2, 50))
def test_larger_error_never_makes_another_decision(
    criterion: Criterion, value: float, error: float, more: float, count: int
) -> None:
    before = criterion.judge(Estimate(value, error, count=count))
    after = criterion.judge(Estimate(value, error + more, count=count))
    assert after.verdict in (before.verdict, "inconclusive")
    assert after.margin == before.margin


@given(CRITERIA, NUMBERS, st.floats(0, 10), st.integers(2, 50))
def test_fewer_samples_never_make_another_decision(
    criterion: Criterion, value: float, error: float, count: int
) -> None:
    before = criterion.judge(Estimate(value, error, count=count + 1))
    after = criterion.judge(Estimate(value, error, count=count))
    assert after.verdict in (before.verdict, "inconclusive")


@given(CRITERIA, NUMBERS, st.floats(0, 10), st.integers(2, 50))
def test_sign_of_the_margin_goes_with_the_verdict(criterion: Criterion, value: float, error: float, count: int) -> None:
    outcome = criterion.judge(Estimate(value, error, count=count))
    if outcome.verdict == "reproduced":
        assert outcome.margin >= 0
    if outcome.verdict == "refuted":
        assert outcome.margin < 0
    if error == 0:
        assert outcome.verdict == ("reproduced" if outcome.margin >= 0 else "refuted")


@given(CRITERIA, NUMBERS)
def test_margin_is_measured_in_tolerances(criterion: Criterion, value: float) -> None:
    low, high = allowed_interval(criterion)
    nearest = min(value - low, high - value)
    assert criterion.judge(Estimate.exact(value)).margin * criterion.scale == pytest.approx(nearest, abs=1e-9)


@given(CRITERIA)
def test_every_criterion_flips(criterion: Criterion) -> None:
    assert flips(criterion)


def test_criterion_that_cannot_fail_does_not_flip() -> None:
    class Always(Within):
        def distance(self, value: float) -> float:
            return math.inf

    class Never(Within):
        def distance(self, value: float) -> float:
            return -math.inf

    class HalfOpen(Within):
        def distance(self, value: float) -> float:  # ignores one end
            return self.expected + self.tolerance - value

    assert not any(flips(kind(0.0, 1.0)) for kind in (Always, Never, HalfOpen))


def test_probes_are_a_tenth_of_the_tolerance_from_the_ends() -> None:
    assert probes(Within(2.0, 1.0)) == (pytest.approx((1.1, 2.9)), pytest.approx((0.9, 3.1)))
    assert probes(Between(1.0, 3.0)) == probes(Within(2.0, 1.0))
    assert probes(Below(-2.0)) == (pytest.approx((-2.2,)), pytest.approx((-1.8,)))
    assert probes(Above(1.0, 0.5)) == (pytest.approx((1.05,)), pytest.approx((0.95,)))

    class Other(Criterion):
        kind = "other"
        distance = fields = scale = __str__ = None  # type: ignore[assignment]

    with pytest.raises(TypeError, match="Other"):
        probes(Other())  # type: ignore[abstract]


@pytest.mark.parametrize("criterion", [Within(0.0, 1.0), Between(-1.0, 1.0), Below(1.0)])
@pytest.mark.parametrize("networks", [2, 3, 8])
def test_value_at_the_end_is_decided_wrongly_in_five_percent(criterion: Criterion, networks: int) -> None:
    # the true value lies exactly on the upper end, the scatter is small against the band (the other end is
    # never seen): either decision is wrong, each must come in 5 % of 4000 trials +- 4 binomial s.e. (1.4 %)
    rng = np.random.default_rng(3)
    samples = rng.normal(1.0, 1e-3, (4000, networks))
    errors = samples.std(axis=1, ddof=1) / math.sqrt(networks)
    verdicts = [
        criterion.judge(Estimate(m, e, count=networks)).verdict
        for m, e in zip(samples.mean(axis=1), errors, strict=True)
    ]
    for decision in ("reproduced", "refuted"):
        assert abs(verdicts.count(decision) / 4000 - 0.05) < 0.014


def test_error_bar_as_wide_as_the_band_keeps_the_error_rates() -> None:
    # both ends matter: true value on an end, standard error half the band
    rng = np.random.default_rng(4)
    samples = rng.normal(1.0, 2.0, (4000, 4))
    errors = samples.std(axis=1, ddof=1) / 2
    verdicts = [
        Within(0.0, 1.0).judge(Estimate(m, e, count=4)).verdict
        for m, e in zip(samples.mean(axis=1), errors, strict=True)
    ]
    for decision in ("reproduced", "refuted"):
        assert verdicts.count(decision) / 4000 < 0.05 + 0.014  # 4 binomial s.e.


@pytest.mark.parametrize(
    ("make", "fragment"),
    [
        (lambda: Within(1.0, 0.0), "tolerance: got 0"),
        (lambda: Within(1.0, -0.1), "tolerance: got -0.1"),
        (lambda: Within(1.0, math.inf), "tolerance: got inf"),
        (lambda: Within(math.nan, 0.1), "expected: got nan"),
        (lambda: Between(1.0, 1.0), "high - low: got 0"),
        (lambda: Between(2.0, 1.0), "high - low: got -1"),
        (lambda: Between(-math.inf, 1.0), "low: got -inf"),
        (lambda: Below(0.0), "below: scale: got 0"),
        (lambda: Above(0.0), "above: scale: got 0"),
        (lambda: Above(1.0, 0.0), "scale: got 0"),
        (lambda: Below(math.nan, 1.0), "bound: got nan"),
        (lambda: criterion_of("near", {}), "got 'near'; allowed: within, between, below, above"),
        (lambda: criterion_of("within", {"expected": 1.0}), "tolerance not given"),
        (lambda: criterion_of("between", {"low": None, "high": 1}), "low not given"),
    ],
)
def test_criteria_without_power_are_refused(make, fragment: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="criterion") as refused:
        make()
    assert fragment in str(refused.value)
    assert "\n" not in str(refused.value)


def test_criterion_of_a_config() -> None:
    assert criterion_of("within", {"expected": 1, "tolerance": 2, "low": None}) == Within(1.0, 2.0)
    assert criterion_of("between", {"low": 0, "high": 2}) == Between(0.0, 2.0)
    assert criterion_of("below", {"bound": 2}) == Below(2.0)
    assert criterion_of("above", {"bound": 0, "scale": 3}) == Above(0.0, 3.0)
    for kind in ("within", "between", "below", "above"):
        fields = {"expected": 1, "tolerance": 2, "low": 0, "high": 2, "bound": 2}
        assert criterion_of(kind, fields).kind == kind


@given(CRITERIA, NUMBERS, st.floats(0.01, 10), st.integers(2, 30))
def test_samples_to_decide_is_the_smallest_number_that_decides(
    criterion: Criterion, value: float, scatter: float, count: int
) -> None:
    estimate = Estimate(value, scatter / math.sqrt(count), count=count)
    n = samples_to_decide(criterion, estimate)
    if not n < 10**6:
        return  # practically on the end

    def verdict(samples: float) -> str:
        # the rule allows equality; a relative 1e-9 keeps rounding out
        return criterion.judge(Estimate(value, scatter / math.sqrt(samples) * (1 - 1e-9), count=samples)).verdict

    assert verdict(n) != "inconclusive"
    if n > 2:
        looser = Estimate(value, scatter / math.sqrt(n - 1) * (1 + 1e-9), count=n - 1)
        assert criterion.judge(looser).verdict == "inconclusive"


def test_samples_to_decide_without_an_answer() -> None:
    band = Within(0.0, 1.0)
    assert math.isnan(samples_to_decide(band, Estimate.exact(0.5, 0.1)))
    assert math.isnan(samples_to_decide(band, Estimate(0.5, math.nan, count=1)))
    assert samples_to_decide(band, Estimate(1.0, 0.1, count=4)) == math.inf
