"""The driven map and the moments between units against plain numpy twins."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import erf

from atlas.dynamics.covariances import CrossSpectra, PairMoments, Quadruples, draw_quadruples
from atlas.dynamics.driven import DrivenMap
from atlas.dynamics.erf_activation import ERF
from atlas.dynamics.noise import normal


def start(n: int = 12, states: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.standard_normal((n, n)) * 1.5 / math.sqrt(n), rng.standard_normal((n, states))


def test_map_against_a_plain_loop() -> None:
    J, x = start()
    network = DrivenMap(x.copy(), J, 0.5, 0.3, np.random.default_rng(1), ERF)
    network.run(7)
    network.run(6)
    noise = np.random.default_rng(1)
    for _ in range(13):
        phi = erf(math.sqrt(math.pi) * x / 2)
        x = 0.5 * x + 0.5 * J @ phi + math.sqrt(2 * 0.3 * 0.5) * normal(noise, x.shape)
    assert network.x == pytest.approx(x, abs=1e-12)  # rounding of 13 steps


def test_without_drive_no_noise_is_drawn() -> None:
    J, x = start()
    rng = np.random.default_rng(1)
    before = rng.bit_generator.state["state"]
    DrivenMap(x, J, 0.25, 0.0, rng).run(5)
    assert rng.bit_generator.state["state"] == before


def test_uncoupled_units_have_the_variance_of_the_map() -> None:
    """J = 0: <x²> = 2 D dt/(1 - (1 - dt)²); 4e6 samples with a correlation time of 2 steps: error 0.15 %."""
    n, D, dt = 2000, 0.5, 0.5
    x = np.zeros((n, 20), dtype=np.float32)
    network = DrivenMap(x, np.zeros((n, n), dtype=np.float32), dt, D, np.random.default_rng(2))
    network.run(40)
    total = []
    network.run(100, [lambda step, x, phi, v: total.append(float((x**2).mean()))])
    assert np.mean(total) == pytest.approx(2 * D * dt / (1 - (1 - dt) ** 2), rel=0.006)


def test_erf_unit_and_its_slope() -> None:
    x = np.linspace(-4, 4, 101)
    phi, slope = np.empty_like(x), np.empty_like(x)
    ERF.phi(x, phi)
    ERF.dphi(x, phi, slope)
    assert phi == pytest.approx([math.erf(math.sqrt(math.pi) * v / 2) for v in x], abs=1e-15)
    h = 1e-6
    up, down = np.empty_like(x), np.empty_like(x)
    ERF.phi(x + h, up)
    ERF.phi(x - h, down)
    assert slope == pytest.approx((up - down) / (2 * h), abs=1e-9)  # rounding over h


def snapshots(count: int, n: int = 6, states: int = 4) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(5)
    return [(x, np.tanh(x)) for x in rng.standard_normal((count, n, states))]


@pytest.mark.parametrize("count", [3, 300])  # less than one block of columns, and more
def test_pair_moments_against_plain_sums(count: int) -> None:
    shots = snapshots(count)
    moments = PairMoments(("phi", "x", "cross", "cube"))
    for step, (x, phi) in enumerate(shots):
        moments(step, x, phi, x)
    for half, part in enumerate((slice(0, 2), slice(2, 4))):
        pairs = [(x[:, part], phi[:, part]) for x, phi in shots]
        expected = {
            "phi": np.mean([phi @ phi.T / 2 for _, phi in pairs], axis=0),
            "x": np.mean([x @ x.T / 2 for x, _ in pairs], axis=0),
            "cross": np.mean([phi @ x.T / 2 for x, phi in pairs], axis=0),
            "cube": np.mean([phi**3 @ phi.T / 2 for _, phi in pairs], axis=0),
        }
        for name, value in expected.items():
            assert moments.mean(name)[half] == pytest.approx(value, abs=1e-12)


def test_quadruples_against_plain_products() -> None:
    units = np.array([[0, 1, 2, 3], [5, 4, 1, 0]])
    watch = Quadruples(units)
    shots = snapshots(9)
    for step, (x, phi) in enumerate(shots):
        watch(step, x, phi, x)
    for half, part in enumerate((slice(0, 2), slice(2, 4))):
        for q, (i, j, k, m) in enumerate(units):
            values = [(phi[i] * phi[j] * phi[k] * phi[m])[part].mean() for _, phi in shots]
            assert watch.mean[half, q] == pytest.approx(np.mean(values), rel=1e-12)


def test_drawn_quadruples_are_distinct() -> None:
    drawn = draw_quadruples(np.random.default_rng(0), 5, 200)
    assert drawn.shape == (200, 4)
    assert all(len(set(row)) == 4 for row in drawn.tolist())
    with pytest.raises(ValueError, match="at least 4"):
        draw_quadruples(np.random.default_rng(0), 3, 1)


def test_cross_spectra_against_plain_windows() -> None:
    shots, window, harmonics = snapshots(30), 10, (1, 3)
    watch = CrossSpectra(window, harmonics, 2)
    for step, (x, phi) in enumerate(shots):
        watch(step, x, phi, x)
    series = np.array([phi for _, phi in shots])
    t = np.arange(window)
    hann = np.sin(np.pi * t / window) ** 2
    starts = range(0, 30 - window + 1, window // 2)
    for k, harmonic in enumerate(harmonics):
        wave = hann * np.exp(-2j * np.pi * harmonic * t / window)
        for half, part in enumerate((slice(0, 2), slice(2, 4))):
            total = np.zeros((2, 6), dtype=complex)
            for s in starts:
                F = np.einsum("t,tnr->nr", wave, series[s : s + window])[:, part]
                total += F[:2] @ F.conj().T
            expected = total / (len(starts) * 2 * (hann**2).sum())
            assert watch.mean[half, k] == pytest.approx(expected, abs=1e-12)
    assert watch.windows == len(starts)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda J, x: DrivenMap(x, J, 1.5), "dt"),
        (lambda J, x: DrivenMap(x, J, 0.5, 0.3), "generator"),
        (lambda J, x: DrivenMap(x, J, 0.5, -1.0), "D"),
        (lambda J, x: PairMoments(("phi", "psi")), "allowed"),
        (lambda J, x: PairMoments()(0, x[:, :3], x[:, :3], x), "even"),
        (lambda J, x: Quadruples(np.zeros((3, 3), dtype=int)), "Q, 4"),
        (lambda J, x: CrossSpectra(9, (1,), 2), "even"),
        (lambda J, x: CrossSpectra(10, (5,), 2), "harmonics"),
    ],
)
def test_refusals(call: object, match: str) -> None:
    J, x = start()
    with pytest.raises(ValueError, match=match):
        call(J, x)  # type: ignore[operator]
