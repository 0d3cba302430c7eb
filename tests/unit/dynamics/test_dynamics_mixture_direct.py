"""Direct properties of the mixture against Gaussian closed forms and exact identities."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.dynamics import mixture_direct
from atlas.dynamics.mixture_diffusion import Mixture


@pytest.mark.parametrize("t", [0.0, 0.2, 1.5])
def test_currents_of_one_gaussian(t: float) -> None:
    """mu = 0: production (1 - v)^2/v, fluxes v - 1 and (1 - 2/v)(v - 1)."""
    found = mixture_direct.currents(Mixture.of(0.0, 0.3), t, 2001)
    v = 1.0 - 0.7 * math.exp(-2.0 * t)
    production = (1.0 - v) ** 2 / v
    for direction, flux in (("forward", v - 1.0), ("backward", (1.0 - 2.0 / v) * (v - 1.0))):
        expected = (production, flux, production - flux)
        assert found[direction] == pytest.approx(expected, abs=1e-12)  # the lattice sum is exact to rounding


@pytest.mark.parametrize(("mu", "sigma2", "t"), [(1.0, 1.0, 0.35), (0.4, 1.0, 0.05), (4.0, 2.25, 1.0), (1.0, 0.1, 0.2)])
def test_partition_function_is_the_noised_density(mu: float, sigma2: float, t: float) -> None:
    """Z(x) = sqrt(2 pi s^2) p(x, t), the convolution of p_0 with the noise."""
    mixture = Mixture.of(mu, sigma2)
    x = np.linspace(-4.0, 4.0, 9)
    expected = mixture.log_density(x[None, :], t) + 0.5 * math.log(2.0 * math.pi * (1.0 - math.exp(-2.0 * t)))
    assert mixture_direct.log_partition(mixture, x, t, 4001) == pytest.approx(expected, abs=1e-11)


@pytest.mark.parametrize(
    ("mu", "sigma", "phase"),
    [
        (1.0, 0.8, mixture_direct.BREAKING),
        (0.4, 1.0, mixture_direct.NO_BREAKING),
        (4.0, 1.5, mixture_direct.UNSTABLE),
        (0.7, 1.0, mixture_direct.NO_BREAKING),  # 0.7^2 = 0.49 < 1/2
        (0.715, 1.0, mixture_direct.BREAKING),  # 0.511 > 1/2
        (0.5, 1.38, mixture_direct.BREAKING),  # wells far out, just below sigma^2 = 2
    ],
)
def test_landscape_at_points_whose_phase_is_known(mu: float, sigma: float, phase: int) -> None:
    assert mixture_direct.landscape(Mixture.of(mu, sigma * sigma), 0.0) == phase


def test_speciation_at_unit_width_and_without_breaking() -> None:
    assert mixture_direct.speciation(Mixture.of(1.0, 1.0)) == pytest.approx(0.5 * math.log(2.0), abs=1e-12)
    assert math.isnan(mixture_direct.speciation(Mixture.of(0.4, 1.0)))


def test_slope_at_zero_against_a_difference() -> None:
    mixture, h = Mixture.of(1.3, 0.5), 1e-5
    x = np.array([[-h, h]])
    drift = (2.0 * mixture.score(x, 0.3) + x)[0]
    found = mixture_direct.slope_at_zero(mixture, 0.3)
    assert found == pytest.approx((drift[1] - drift[0]) / (2.0 * h), abs=1e-8)  # truncation h^2


def test_pair_sum_against_its_definition() -> None:
    mixture, t, q = Mixture.of(1.0, 0.4), 0.3, 0.8
    rng = np.random.default_rng(1)
    data, state = rng.normal(size=5), rng.normal(size=5)
    s2 = 1.0 - math.exp(-0.6)

    def plain(x: float, state: float) -> float:
        sides = [math.exp(-((x - c) ** 2) / 0.8) for c in (1.0, -1.0)]
        p0 = 0.5 * sum(sides) / math.sqrt(0.8 * math.pi)
        return math.exp(-((state - math.exp(-0.3) * x) ** 2) / (2.0 * s2)) * p0

    r = math.sqrt(q)
    expected = [math.log((plain(x + r, y) + plain(x - r, y)) / (2.0 * r)) for x, y in zip(data, state, strict=True)]
    assert mixture_direct.log_pair(mixture, data, state, t, q) == pytest.approx(expected, rel=1e-12)
