"""Estimates: printing, exact records, first-order propagation against Monte Carlo and closed forms."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.estimation.estimate import Estimate, effective_dof, propagate

FINITE = st.floats(-1e9, 1e9)
POSITIVE = st.floats(1e-9, 1e9)


@pytest.mark.parametrize(
    ("mean", "error", "text"),
    [
        (0.12791, 0.0012, "0.1279 ± 0.0012"),
        (0.12791, 0.0062, "0.128 ± 0.006"),
        (2.5436e-6, 1.2e-8, "(2.544 ± 0.012)e-06"),
        (1e9, 3e7, "(1.00 ± 0.03)e+09"),
        (56789, 1234, "56800 ± 1200"),
        (-0.0001, 0.3, "0.0 ± 0.3"),
        (0.5, 0.0099, "0.500 ± 0.010"),
        (1.5, 0.0, "1.5"),
        (math.nan, 1.0, "nan ± 1"),
        (1.0, math.nan, "1 ± nan"),
        (-0.0, 5e-324, "(0 ± 5)e-324"),
        (1.0, 3e-17, "1 ± 3e-17"),
        (1e300, 1e299, "(1.00 ± 0.10)e+300"),
    ],
)
def test_prints_value_and_error_to_the_same_place(mean: float, error: float, text: str) -> None:
    assert str(Estimate(mean, error)) == text


@given(FINITE, POSITIVE)
def test_printing_loses_less_than_the_error(mean: float, error: float) -> None:
    text = str(Estimate(mean, error))
    body, _, exponent = text.partition(")e")
    shown, shown_error = (float(part) * 10 ** float(exponent or 0) for part in body.strip("(").split(" ± "))
    # the value is rounded to a place of at most the error, the error itself to one digit of 2..9 (25 %)
    assert abs(shown - mean) <= 0.5 * error * (1 + 1e-6) + 1e-9 * abs(mean)
    assert shown_error == pytest.approx(error, rel=0.26)


@given(
    st.floats(),
    st.one_of(POSITIVE, st.just(math.inf), st.just(math.nan)),
    st.one_of(st.integers(0, 10**6), st.just(math.inf)),
)
def test_record_survives_strict_json(mean: float, error: float, count: float) -> None:
    estimate = Estimate(mean, error, variance=error, count=count)
    text = json.dumps(estimate.to_dict(), allow_nan=False)  # refuses nan and infinity as numbers
    back = Estimate.from_dict(json.loads(text))
    assert np.array_equal(
        [back.mean, back.error, back.variance, back.count, back.correlation_time],
        [estimate.mean, estimate.error, estimate.variance, estimate.count, estimate.correlation_time],
        equal_nan=True,
    )


def test_record_refuses_unknown_fields() -> None:
    with pytest.raises(ValueError, match="sigma"):
        Estimate.from_dict({"mean": 1.0, "error": 0.1, "sigma": 2.0})


@pytest.mark.parametrize("field", ["error", "variance", "count"])
def test_negative_error_variance_or_count_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        Estimate(**{"mean": 1.0, "error": 0.1, field: -1.0})


def test_exact_value_has_infinite_count_and_no_scatter() -> None:
    theory = Estimate.exact(2.5, 1e-9)
    assert (theory.error, theory.variance, theory.count, theory.dof) == (1e-9, 0.0, math.inf, math.inf)


def test_difference_sum_and_scaling_are_exact() -> None:
    a, b = Estimate(5.0, 0.3, 0.9, 10), Estimate(2.0, 0.4, 1.6, 10)
    assert (a - b).mean == 3.0
    assert (a - b).error == pytest.approx(0.5, rel=1e-15)  # 3-4-5 triangle; rounding only
    assert (a + b).variance == pytest.approx(2.5, rel=1e-15)
    assert (1 - a).mean == -4.0
    assert (a - 1).error == a.error
    scaled = Estimate(5.0, 0.3, 0.9, 10, correlation_time=2.0).scaled(-2)
    assert (scaled.mean, scaled.error, scaled.variance) == pytest.approx((-10, 0.6, 3.6), rel=1e-15)
    assert (scaled.dof, scaled.correlation_time) == (9, 2)
    assert (a * -2.0).error == 0.6


@pytest.mark.parametrize(
    ("combine", "function"),
    [
        (lambda a, b: a / b, lambda a, b: a / b),
        (lambda a, b: a - b, lambda a, b: a - b),
        (lambda a, b: a * b, lambda a, b: a * b),
        (lambda a, b: 2 / b + a * 0, lambda a, b: 2 / b),
        (
            lambda a, b: propagate(lambda x, y: np.sqrt(x) * np.exp(y), a, b),
            lambda a, b: np.sqrt(a) * np.exp(b),
        ),
    ],
    ids=["ratio", "difference", "product", "inverse", "numerical"],
)
def test_propagated_error_agrees_with_monte_carlo(combine, function) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(7)
    a, b = Estimate(2.0, 0.04), Estimate(-3.0, 0.05)
    sampled = function(rng.normal(2.0, 0.04, 200_000), rng.normal(-3.0, 0.05, 200_000))
    # sampling error of a standard deviation 1/sqrt(4e5) = 0.16 %, second order of the slopes 0.05^2 = 0.25 %:
    # 4 sigma
    assert combine(a, b).error == pytest.approx(sampled.std(), rel=0.009)
    # 4 standard errors of the sampled mean, and the second-order bias of half a relative error squared
    assert combine(a, b).mean == pytest.approx(sampled.mean(), abs=4 * sampled.std() / 447, rel=2e-3)


def test_propagation_holds_exact_inputs_fixed() -> None:
    calls: list[float] = []

    def quotient(a: float, b: float) -> float:
        calls.append(b)
        return a / b

    result = propagate(quotient, Estimate(6.0, 0.1, count=5), Estimate.exact(2.0))
    assert set(calls) == {2.0}
    assert result.error == pytest.approx(0.05, rel=1e-12)  # rounding of a central difference
    assert result.dof == pytest.approx(4.0)


def test_unknown_error_stays_unknown() -> None:
    single = Estimate(1.0, math.nan, count=1)
    for result in (single - 1.0, single / 2.0, propagate(lambda a: a**2, single)):
        assert math.isnan(result.error)
        assert result.mean in (0.0, 0.5, 1.0)


def test_effective_degrees_of_freedom_of_welch_and_satterthwaite() -> None:
    # equal errors of n samples each: nu = 2 (n - 1); one part alone: its own nu; exact parts add none
    assert effective_dof([0.5, 0.5], [7, 7]) == pytest.approx(14)
    assert effective_dof([0.5, 0.0], [7, 2]) == pytest.approx(7)
    assert effective_dof([0.5, 0.5], [7, math.inf]) == pytest.approx(28)  # (1)^2 / (0.25/7)
    assert effective_dof([0.5, 0.1], [math.inf, math.inf]) == math.inf
    assert effective_dof([0.0, 0.0], [3, math.inf]) == 3
    assert effective_dof([0.5, 0.1], [0, 5]) == 0
    assert effective_dof([0.5, 0.0], [7, 0]) == pytest.approx(7)
    assert math.isnan(effective_dof([math.nan, 0.1], [3, 5]))


def test_difference_of_small_samples_covers_with_its_student_interval() -> None:
    from scipy.special import stdtrit

    rng = np.random.default_rng(11)
    trials, n, m = 2000, 4, 9
    a, b = rng.normal(0, 3.0, (trials, n)), rng.normal(0, 1.0, (trials, m))
    inside = 0
    for x, y in zip(a, b, strict=True):
        d = Estimate(x.mean(), x.std(ddof=1) / 2, count=n) - Estimate(y.mean(), y.std(ddof=1) / 3, count=m)
        inside += abs(d.mean) <= stdtrit(d.dof, 0.975) * d.error
    # 95 % +- 4 binomial standard errors (2 %); a normal interval would cover about 88 %
    assert abs(inside / trials - 0.95) < 0.02


def test_z_score() -> None:
    assert Estimate(1.2, 0.1).z_score(1.0) == pytest.approx(2.0)
    assert Estimate(1.5, 0.3).z_score(Estimate(1.0, 0.4)) == pytest.approx(1.0)
    assert Estimate.exact(1.0).z_score(1.0) == 0.0
    assert Estimate.exact(0.5).z_score(1.0) == -math.inf
    assert math.isnan(Estimate(1.0, math.nan).z_score(1.0))
