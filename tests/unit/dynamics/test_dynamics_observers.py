"""Observers against plain numpy on recorded arrays."""

import numpy as np
import pytest

from atlas.dynamics.observers import (
    Histogram,
    MeanActivity,
    Moments,
    Series,
    Traces,
    autocovariance,
    mean_square,
    thinned,
)

# float32 sums of N = 200 numbers: relative rounding N eps = 1.2e-5 at worst
TOLERANCE = {np.float32: 2e-5, np.float64: 1e-13}


def recorded(dtype: type, length: int = 12) -> np.ndarray:
    return np.random.default_rng(2).standard_normal((length, 3, 200, 5)).astype(dtype)


def feed(observer, record: np.ndarray) -> None:
    for step, (x, phi, v) in enumerate(record):
        observer(step, x, phi, v)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_moments_are_time_means_per_state(dtype: type) -> None:
    record, moments = recorded(dtype), Moments()
    feed(moments, record)
    x, phi, v = record.astype(np.float64).transpose(1, 0, 2, 3)
    rel = TOLERANCE[dtype]
    np.testing.assert_allclose(moments.x2, (x**2).mean(axis=(0, 1)), rtol=rel)
    np.testing.assert_allclose(moments.x4, (x**4).mean(axis=(0, 1)), rtol=rel)
    np.testing.assert_allclose(moments.phi2, (phi**2).mean(axis=(0, 1)), rtol=rel)
    np.testing.assert_allclose(moments.v2, (v**2).mean(axis=(0, 1)), rtol=rel)
    np.testing.assert_allclose(moments.speed, np.sqrt((v**2).mean(axis=1)).mean(axis=0), rtol=rel)
    assert moments.count == len(record)


def test_time_sums_are_kept_in_double_precision() -> None:
    moments = Moments()
    x = np.full((4, 1), 0.1, np.float32)
    for step in range(20000):
        moments(step, x, x, x)
    # a float32 running sum would be off by about 1e-4 after 20000 terms
    assert moments.x2[0] == pytest.approx(float(np.float32(0.1) ** 2), rel=1e-7)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_series_keeps_every_observed_step(dtype: type) -> None:
    record, series = recorded(dtype), Series()
    feed(thinned(series, 4, start=3), record)
    np.testing.assert_array_equal(series.steps, [3, 7, 11])
    x, phi, v = record[3::4].astype(np.float64).transpose(1, 0, 2, 3)
    for field, values in (("x2", x), ("phi2", phi), ("v2", v)):
        got = getattr(series, field)
        np.testing.assert_allclose(got, (values**2).mean(axis=1), rtol=TOLERANCE[dtype])
    assert series.v2.shape == (3, 5)


def test_mean_activity() -> None:
    record, mean = recorded(np.float32), MeanActivity()
    feed(mean, record)
    # the sum is in float64, so only the inputs are rounded
    np.testing.assert_allclose(mean.mean, record[:, 1].astype(np.float64).mean(axis=0), rtol=0, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_histogram_counts_like_numpy(dtype: type) -> None:
    # values at quarter points of the bins, so that rounding cannot move them across an edge
    rng = np.random.default_rng(1)
    x = (rng.integers(-60, 60, (300, 4)) * 0.1 + 0.025).astype(dtype)
    histogram = Histogram(-3.0, 3.0, 60)
    histogram(0, x, x, x)
    histogram(1, x[:100].copy(), x, x)
    for r in range(4):
        column = np.concatenate([x[:, r], x[:100, r]]).astype(np.float64)
        np.testing.assert_array_equal(histogram.counts[r], np.histogram(column, histogram.edges)[0])
        assert histogram.below[r] == (column < -3).sum()
        assert histogram.above[r] == (column >= 3).sum()
    assert histogram.edges[0] == -3
    assert histogram.edges[-1] == 3


def test_histogram_takes_huge_values_as_outside() -> None:
    histogram = Histogram(-1.0, 1.0, 4)
    x = np.array([[1e30], [-1e30], [0.1]], np.float32)
    histogram(0, x, x, x)
    assert (histogram.below[0], histogram.above[0], histogram.counts[0].sum()) == (1, 1, 1)


@pytest.mark.parametrize(("field", "position"), [("x", 0), ("phi", 1), ("v", 2)])
def test_traces_copy_the_chosen_units(field: str, position: int) -> None:
    record = recorded(np.float32)
    some, everything = Traces([3, 150], field), Traces(field=field)
    reused = np.empty_like(record[0])  # integrators reuse their buffers: an observer must copy
    for step, fields in enumerate(record):
        reused[:] = fields
        some(step, *reused)
        everything(step, *reused)
    np.testing.assert_array_equal(some.values, record[:, position][:, [3, 150]])
    np.testing.assert_array_equal(everything.values, record[:, position])
    np.testing.assert_array_equal(some.steps, np.arange(len(record)))


@pytest.mark.parametrize("centred", [False, True])
@pytest.mark.parametrize("length", [1, 2, 37])
def test_autocovariance_equals_direct_sums(centred: bool, length: int) -> None:
    values = np.random.default_rng(4).standard_normal((length, 6, 3)) + 0.5
    y = values - values.mean(axis=0) if centred else values
    direct = np.stack([(y[: length - k] * y[k:]).sum(axis=(0, 1)) / ((length - k) * 6) for k in range(length)])
    got = autocovariance(values, length, centred=centred)
    np.testing.assert_allclose(got, direct, rtol=0, atol=1e-12)  # FFT rounding times the length


def test_autocovariance_of_a_cosine() -> None:
    # phases over a full turn: the average over units of cos(w t + a) cos(w (t+k) + a) is cos(w k)/2 exactly
    t, phases = np.arange(50)[:, None, None], 2 * np.pi * np.arange(8)[None, :, None] / 8
    values = np.cos(0.3 * t + phases)
    np.testing.assert_allclose(autocovariance(values, 20)[:, 0], np.cos(0.3 * np.arange(20)) / 2, rtol=0, atol=1e-13)


def test_mean_square_is_per_state() -> None:
    np.testing.assert_array_equal(mean_square(np.array([[1.0, 2.0], [3.0, 4.0]])), [5.0, 10.0])


def test_before_any_observation_means_are_nan_and_counts_zero() -> None:
    assert np.all(np.isnan(Moments().v2))
    assert np.all(np.isnan(MeanActivity().mean))
    assert Histogram(0, 1, 2).counts.sum() == 0
    assert Series().v2.size == 0
    assert Traces().values.size == 0


def test_bad_arguments_are_named() -> None:
    with pytest.raises(ValueError, match=r"^n_bins: got 0; allowed"):
        Histogram(0, 1, 0)
    with pytest.raises(ValueError, match=r"^low, high: got 1, 1; allowed"):
        Histogram(1, 1, 3)
    with pytest.raises(ValueError, match=r"^field: got 'y'; allowed"):
        Traces(field="y")
    with pytest.raises(ValueError, match=r"^every: got 0; allowed"):
        thinned(Moments(), 0)
    for n_lags in (0, 6):
        with pytest.raises(ValueError, match=f"^n_lags: got {n_lags}; allowed: 1 .. 5"):
            autocovariance(np.ones((5, 1, 1)), n_lags)
