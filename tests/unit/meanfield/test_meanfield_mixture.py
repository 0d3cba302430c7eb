"""Rates, potential, laws and pair potential of a diffusing mixture: dossier's anchors, closed forms, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield import entropy_law, mixture_potential, mixture_rates, pair_potential
from atlas.meanfield.errors import NotConverged
from atlas.meanfield.gaussian import log_cosh

HERMITE, HERMITE_WEIGHTS = np.polynomial.hermite_e.hermegauss(160)
HERMITE_WEIGHTS = HERMITE_WEIGHTS / HERMITE_WEIGHTS.sum()

# -- rates ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("t", "production", "rate", "tolerance"),
    [
        (0.0, 0.845044, 0.445044, 6e-7),  # half a digit of the dossier's last one
        (0.3, 0.085940, -0.133585, 6e-7),
        (1.0, 0.0029657, -0.051168, 6e-7),
        (2.0, 5.34e-5, -0.0072729, 6e-8),
    ],
)
def test_rates_of_the_dossier(t: float, production: float, rate: float, tolerance: float) -> None:
    found = mixture_rates.rates(1.0, 0.4, t)
    assert found.production == pytest.approx(production, abs=tolerance)
    assert found.rate == pytest.approx(rate, abs=tolerance)


@pytest.mark.parametrize(("mu", "sigma2", "t"), [(1.0, 0.4, 0.3), (2.0, 1.7, 0.1), (0.7, 1.0, 1.2)])
def test_rates_are_the_papers_formulas(mu: float, sigma2: float, t: float) -> None:
    """With E tanh^2 by Gauss-Hermite, in the paper's own arrangement."""
    m = mu * math.exp(-t)
    v = 1.0 - math.exp(-2.0 * t) + sigma2 * math.exp(-2.0 * t)
    average = float(HERMITE_WEIGHTS @ np.tanh(m * (m + math.sqrt(v) * HERMITE) / v) ** 2)
    bracket = m * m / v**2 * (1.0 - average)
    found = mixture_rates.rates(mu, sigma2, t)
    assert found.production == pytest.approx(m * m + v - 2.0 - bracket + 1.0 / v, abs=1e-9)  # that of 160 nodes
    assert found.flux == pytest.approx(m * m + v - 1.0, abs=1e-14)
    assert found.rate == pytest.approx(-1.0 + 1.0 / v - bracket, abs=1e-9)
    assert found.backward_flux == pytest.approx(m * m + v - 3.0 - 2.0 * bracket + 2.0 / v, abs=1e-9)
    assert found.production - found.backward_flux == pytest.approx(-found.rate, abs=1e-14)


def test_late_production_keeps_its_digits() -> None:
    """pi -> e^{-4t} [(1 - sigma2)^2 - 2 (1 - sigma2) mu^2 + mu^4] where differences of 1 would leave noise."""
    t = 8.0
    expected = math.exp(-4.0 * t) * (0.6**2 - 2.0 * 0.6 + 1.0)
    assert mixture_rates.rates(1.0, 0.4, t).production == pytest.approx(expected, rel=1e-5)  # next order e^{-2t}


def test_equilibrium_produces_nothing() -> None:
    found = mixture_rates.rates(0.0, 1.0, 0.4)
    assert (found.production, found.flux, found.rate, found.backward_flux) == (0.0, 0.0, 0.0, 0.0)


def test_mean_squares_of_tanh_and_their_slope() -> None:
    for r in (1e-4, 0.3, 2.0, 30.0):
        square, between, slope = mixture_rates.mean_squares(r)
        odd = float(HERMITE_WEIGHTS @ np.tanh(r + math.sqrt(r) * HERMITE))
        assert square == pytest.approx(odd, abs=1e-4 if r > 10 else 1e-8)  # E tanh = E tanh^2; 160 nodes
        assert square + between == pytest.approx(1.0, abs=1e-14)
        h = 1e-4 * r
        ends = [mixture_rates.mean_squares(r + shift)[0] for shift in (-h, h)]
        assert slope == pytest.approx((ends[1] - ends[0]) / (2.0 * h), rel=1e-6, abs=1e-9)
    assert mixture_rates.mean_squares(1e-9)[0] == pytest.approx(1e-9, rel=1e-8)  # T = r + O(r^2)


def test_late_production_of_matched_order_keeps_its_digits() -> None:
    """The leading order of pi at t = 20, 1e-35, beside terms of 1e-17 that cancel."""
    expected = math.exp(-80.0) * (0.36 - 1.2 + 1.0)
    assert mixture_rates.rates(1.0, 0.4, 20.0).production == pytest.approx(expected, rel=1e-10)


def test_modes_far_apart_are_two_gaussians() -> None:
    """mu = 20, sigma2 = 1e-6: production (1 - v)^2/v + mu^2 of one mode alone, and an entropy larger by ln 2."""
    found = mixture_rates.rates(20.0, 1e-6, 0.0)
    assert found.production == pytest.approx((1.0 - 1e6) ** 2 * 1e-6 + 400.0, rel=1e-12)
    assert found.production - found.flux - found.rate == pytest.approx(0.0, abs=1e-8)  # rounding of 1e6
    one = 0.5 * math.log(2.0 * math.pi * math.e * 1e-6)
    assert mixture_rates.entropy(20.0, 1e-6, 0.0) == pytest.approx(one + math.log(2.0), rel=1e-14)
    assert mixture_rates.production_integral(20.0, 1e-6, 0.0, 50.0).residual < 1e-8


@pytest.mark.parametrize("t", [0.05, 0.3, 0.9])
def test_slopes_of_the_rates_against_differences(t: float) -> None:
    h = 1e-5
    ends = [mixture_rates.rates(1.3, 0.4, t + s) for s in (h, -h)]
    flux, rate = mixture_rates.slope_of_rate(1.3, 0.4, t)
    assert flux == pytest.approx((ends[0].backward_flux - ends[1].backward_flux) / (2.0 * h), abs=1e-7)
    assert rate == pytest.approx((ends[0].rate - ends[1].rate) / (2.0 * h), abs=1e-7)


def test_entropy_of_one_gaussian_and_slope_of_the_entropy() -> None:
    v = 1.0 - 0.5 * math.exp(-0.8)
    assert mixture_rates.entropy(0.0, 0.5, 0.4) == pytest.approx(0.5 * math.log(2.0 * math.pi * math.e * v), abs=1e-13)
    h = 1e-5
    slope = (mixture_rates.entropy(1.0, 0.4, 0.3 + h) - mixture_rates.entropy(1.0, 0.4, 0.3 - h)) / (2.0 * h)
    assert slope == pytest.approx(mixture_rates.rates(1.0, 0.4, 0.3).rate, abs=1e-9)


@pytest.mark.parametrize(("sigma2", "t1", "expected"), [(0.1, 1.0, 0.5103), (1.0, 10.0, 0.1632)])
def test_integrals_of_the_dossier(sigma2: float, t1: float, expected: float) -> None:
    found = mixture_rates.production_integral(1.0, sigma2, 0.0, t1)
    assert found.value == pytest.approx(expected, abs=6e-5)
    assert found.residual < 1e-12


def test_integral_of_one_gaussian_in_closed_form() -> None:
    """mu = 0: int (1 - v)^2/v dt with dv = 2 (1 - v) dt is (v1 - v0 - ln(v1/v0)) / -2."""
    v0, v1 = 0.3, 1.0 - 0.7 * math.exp(-2.0)
    expected = -0.5 * (v1 - v0 - math.log(v1 / v0))
    assert mixture_rates.production_integral(0.0, 0.3, 0.0, 1.0).value == pytest.approx(expected, abs=1e-13)


def test_integral_adds_up_and_refuses_bad_ends() -> None:
    parts = [mixture_rates.production_integral(2.0, 0.01, a, b).value for a, b in ((0.0, 0.1), (0.1, 4.0))]
    assert sum(parts) == pytest.approx(mixture_rates.production_integral(2.0, 0.01, 0.0, 4.0).value, rel=1e-11)
    assert mixture_rates.production_integral(1.0, 1.0, 1.0, 1.0).value == 0.0
    with pytest.raises(ValueError, match="t0 <= t1"):
        mixture_rates.production_integral(1.0, 1.0, 2.0, 1.0)
    with pytest.raises(ValueError, match="sigma2"):
        mixture_rates.rates(1.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="t >= 0"):
        mixture_rates.rates(1.0, 1.0, -0.1)


def test_landmarks_of_the_dossier() -> None:
    found = mixture_rates.landmarks(1.0, 0.4)
    assert found.t_minimum == pytest.approx(0.493, abs=6e-4)
    assert found.minimum == pytest.approx(-0.0912, abs=6e-5)
    assert found.t_zero == pytest.approx(0.2445, abs=6e-5)
    assert found.t_rate_maximum == pytest.approx(0.337, abs=6e-4)
    assert found.rate_maximum == pytest.approx(0.1352, abs=6e-5)
    assert found.t_rate_zero == pytest.approx(0.112, abs=6e-4)
    assert found.residual < 1e-10


def test_landmarks_that_do_not_exist_are_no_numbers() -> None:
    with pytest.raises(NotConverged, match="maximum of the rate"):
        mixture_rates.landmarks(0.0, 3.0)  # one wide Gaussian: v falls from 3 to 1, its entropy falls ever slower


# -- potential -----------------------------------------------------------


def test_speciation_of_the_dossier() -> None:
    for sigma2, expected in ((1.0, 0.346574), (0.4, 0.386485), (0.1, 0.426220)):
        assert mixture_potential.speciation_time(1.0, sigma2) == pytest.approx(expected, abs=6e-7)
    assert mixture_potential.speciation_time(0.4, 1.0) is None
    assert mixture_potential.unstable_time(2.0) is None
    assert mixture_potential.unstable_time(2.25) == pytest.approx(0.5 * math.log(1.25))


def test_potential_and_curvature() -> None:
    x = np.linspace(-2.0, 2.0, 9)
    unit = mixture_potential.potential(x, 1.0, 1.0, 0.5)
    m = math.exp(-0.5)
    assert unit == pytest.approx(0.5 * x * x - 2.0 * np.log(np.cosh(m * x)), abs=1e-14)
    h = 1e-3
    bend = float(mixture_potential.potential(np.array([h]), 1.2, 0.6, 0.2)[0]) * 2.0 / h**2
    assert mixture_potential.curvature(1.2, 0.6, 0.2) == pytest.approx(bend, abs=1e-5)  # truncation h^2
    t = mixture_potential.speciation_time(1.2, 0.6)
    assert t is not None
    assert mixture_potential.curvature(1.2, 0.6, t) == pytest.approx(0.0, abs=1e-14)


def test_phases_on_both_sides_of_their_boundaries() -> None:
    assert mixture_potential.phase(0.7, 1.0) == mixture_potential.NO_BREAKING
    assert mixture_potential.phase(0.71, 1.0) == mixture_potential.BREAKING
    assert mixture_potential.phase(0.0, 1.999) == mixture_potential.NO_BREAKING
    assert mixture_potential.phase(0.0, 2.001) == mixture_potential.UNSTABLE


# -- laws ----------------------------------------------------------------


@pytest.mark.parametrize(("sigma2", "t_max"), [(1.0, 10.0), (0.4, 0.7)])
def test_law_has_the_means_of_the_rates(sigma2: float, t_max: float) -> None:
    found = entropy_law.entropy_law(1.0, sigma2, t_max, 1000)
    total = mixture_rates.production_integral(1.0, sigma2, 0.0, t_max).value
    assert found.mean(found.total) == pytest.approx(total, abs=1e-8)  # weight beyond 8.5 standard deviations
    assert found.mean(found.environment) == pytest.approx(
        mixture_rates.flux_integral(1.0, sigma2, 0.0, t_max), abs=1e-8
    )


def test_theorem_and_caps_on_the_lattice() -> None:
    found = entropy_law.entropy_law(1.0, 1.0, 1.0, 1000)
    assert found.mean(np.exp(-found.total)) == pytest.approx(1.0, abs=1e-9)
    assert found.capped([1e9]) == pytest.approx([1.0], abs=1e-9)
    assert found.capped([0.1])[0] <= 0.1


def test_long_paths_of_unit_width_have_total_ln_cosh() -> None:
    """T -> inf, sigma2 = 1: DS_tot = ln cosh(mu x_0) - mu^2/2, so y <= e^{mu^2/2}, and P(DS_tot < 0) is closed."""
    found = entropy_law.entropy_law(1.0, 1.0, 15.0, 8000)
    assert found.total.min() == pytest.approx(-0.5, abs=1e-4)
    edge = math.acosh(math.exp(0.5))

    def below(x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2.0))

    assert found.negative() == pytest.approx(below(edge - 1.0) - below(-edge - 1.0), abs=1e-3)  # one lattice step


def test_density_of_a_bin_is_its_share() -> None:
    found = entropy_law.entropy_law(1.0, 0.4, 1.0, 2000)
    edges = np.array([-100.0, 0.0, 100.0])
    assert found.density(found.total, edges)[0] * 100.0 == pytest.approx(found.negative(), abs=1e-12)


def test_tail_index_limits_and_direct_tail() -> None:
    assert entropy_law.tail_index(0.1, 20.0) == pytest.approx(1.0 / 0.9, rel=1e-12)  # the ends are independent
    assert math.isinf(entropy_law.tail_index(1.0, 1.0))
    assert entropy_law.tail_index(0.5, 20.0) == pytest.approx(2.0, rel=1e-12)
    with pytest.raises(ValueError, match="t_max"):
        entropy_law.tail_index(0.1, 0.0)
    # mu = 0, T -> inf: ln y = (1 - sigma2) z^2/2 + const, so that P(y > Y) = P(|z| > sqrt(2 ln(Y/Y_0)/(1 - sigma2)))
    found = entropy_law.entropy_law(0.0, 0.2, 20.0, 8000)
    y = np.exp(-found.total)
    share = found.mean((y > 50.0).astype(float))
    reach = math.sqrt(2.0 * math.log(50.0 / math.sqrt(0.2)) / 0.8)
    assert share == pytest.approx(math.erfc(reach / math.sqrt(2.0)), rel=0.02)  # one lattice step


# -- pair potential ------------------------------------------------------


@pytest.mark.parametrize(
    ("t", "q", "expected", "tolerance"),
    [
        (0.42, 0.5, 2.4895, 6e-5),
        (0.42, 2.0, 4.6186, 6e-5),
        (0.42, 6.0, 6.3317, 6e-5),
        (0.015, 1.0, 17.307, 6e-4),
        (0.01, 1.0, 24.662, 6e-4),
    ],
)
def test_pair_potential_of_the_dossier(t: float, q: float, expected: float, tolerance: float) -> None:
    found = pair_potential.at(q, pair_potential.Problem(1.0, 0.1, t))[0]
    assert found == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(("t", "q"), [(0.42, 0.3), (0.42, 3.0), (0.1, 1.0), (2.0, 0.7)])
def test_pair_potential_against_the_definition(t: float, q: float) -> None:
    """Plain sum over both modes and the noise of -ln Z with the Hamiltonian as it is written."""
    sigma2, a, s2, r = 0.1, math.exp(-t), 1.0 - math.exp(-2.0 * t), math.sqrt(q)
    z = np.linspace(-8.0, 8.0, 1001)
    w = np.exp(-0.5 * z * z)
    w /= w.sum()

    def log_p0(x: np.ndarray) -> np.ndarray:
        sides = [-((x - c) ** 2) / (2.0 * sigma2) for c in (1.0, -1.0)]
        return np.logaddexp(*sides) - math.log(2.0) - 0.5 * math.log(2.0 * math.pi * sigma2)

    total = 0.0
    for mode in (1.0, -1.0):
        x = (mode + math.sqrt(sigma2) * z)[:, None]
        state = a * x + math.sqrt(s2) * z[None, :]
        sides = [log_p0(x + shift) - (state - a * (x + shift)) ** 2 / (2.0 * s2) for shift in (r, -r)]
        total -= 0.5 * float(w @ (np.logaddexp(*sides) - math.log(2.0 * r)) @ w)
    assert pair_potential.at(q, pair_potential.Problem(1.0, sigma2, t))[0] == pytest.approx(total, abs=1e-10)


def test_pair_potential_of_one_gaussian() -> None:
    """mu = 0: u is Gaussian of variance q/sigma2 + k^2, and V = ln r + 1 + k^2/2 + q/(2 sigma2) + ln(2 pi sigma2)/2
    - E ln cosh u.
    """
    sigma2, t, q = 0.5, 0.3, 0.9
    k2 = q * math.exp(-2.0 * t) / (1.0 - math.exp(-2.0 * t))
    z = np.linspace(-9.0, 9.0, 4001)
    w = np.exp(-0.5 * z * z)
    mean = float((w / w.sum()) @ log_cosh(math.sqrt(q / sigma2 + k2) * z))
    expected = 0.5 * math.log(q) + 1.0 + 0.5 * (k2 + q / sigma2 + math.log(2.0 * math.pi * sigma2)) - mean
    assert pair_potential.at(q, pair_potential.Problem(0.0, sigma2, t))[0] == pytest.approx(expected, abs=1e-12)


def test_late_pair_potential_forgets_the_shared_state() -> None:
    """t -> inf: V = 1/2 - E ln{[p_0(X' + r) + p_0(X' - r)]/(2 r)}."""
    sigma2, q = 0.4, 1.7
    r = math.sqrt(q)
    z = np.linspace(-9.0, 9.0, 4001)
    w = np.exp(-0.5 * z * z)
    x = 1.0 + math.sqrt(sigma2) * z

    def p0(x: np.ndarray) -> np.ndarray:
        sides = [np.exp(-((x - c) ** 2) / (2.0 * sigma2)) for c in (1.0, -1.0)]
        return 0.5 * (sides[0] + sides[1]) / math.sqrt(2.0 * math.pi * sigma2)

    expected = 0.5 - float((w / w.sum()) @ np.log((p0(x + r) + p0(x - r)) / (2.0 * r)))
    found = pair_potential.at(q, pair_potential.Problem(1.0, sigma2, 25.0))[0]
    assert found == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(("t", "q"), [(0.42, 0.1), (0.42, 2.0), (0.015, 0.2), (0.01, 5.0)])
def test_derivatives_of_the_pair_potential_against_differences(t: float, q: float) -> None:
    p, h = pair_potential.Problem(1.0, 0.1, t), 1e-3 * q
    low, here, high = (pair_potential.at(one, p) for one in (q - h, q, q + h))
    assert here[1] == pytest.approx((high[0] - low[0]) / (2.0 * h), rel=1e-5)  # truncation h^2
    assert here[2] == pytest.approx((high[1] - low[1]) / (2.0 * h), rel=1e-4)


def test_zeros_of_the_dossier_and_what_its_grid_does_to_the_first() -> None:
    """t = 0.01: differences of differences on the dossier's grid of 0.025 vanish at 0.164, the derivative at 0.1544."""
    q = np.concatenate(([0.1, 0.15, 0.2, 0.3], np.linspace(0.4, 8.0, 77)))
    p = pair_potential.Problem(1.0, 0.1, 0.42)
    found = pair_potential.pair_potential(q, p)
    assert pair_potential.zeros(found, p, 1) == pytest.approx([1.466, 3.205], abs=6e-4)
    assert pair_potential.zeros(found, p, 2) == pytest.approx([2.035], abs=6e-4)
    p = pair_potential.Problem(1.0, 0.1, 0.01)
    found = pair_potential.pair_potential(q, p)
    exact = pair_potential.zeros(found, p, 2)
    assert exact[1:] == pytest.approx([0.425, 1.985], abs=1e-3)
    grid = np.arange(0.075, 0.35, 0.025)
    twice = np.gradient(np.gradient(pair_potential.pair_potential(grid, p).potential, grid), grid)
    k = int(np.flatnonzero(twice[1:] * twice[:-1] < 0)[0])
    assert grid[k] - twice[k] * 0.025 / (twice[k + 1] - twice[k]) == pytest.approx(0.164, abs=6e-4)
    assert exact[0] == pytest.approx(0.1544, abs=6e-5)


def test_pair_potential_is_converged_and_refuses_what_it_cannot_resolve() -> None:
    p = pair_potential.Problem(1.0, 0.1, 0.01)
    assert pair_potential.accuracy(p, np.array([0.075, 1.0, 8.0])) < 1e-11  # rounding of values up to 200
    with pytest.raises(ValueError, match="at most"):
        pair_potential.at(8.0, pair_potential.Problem(20.0, 1e-3, 1e-3))
    for bad in ({"sigma2": 0.0}, {"t": 0.0}, {"mu": math.inf}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            pair_potential.Problem(**{"mu": 1.0, "sigma2": 0.1, "t": 0.1, **bad})
    with pytest.raises(ValueError, match="q"):
        pair_potential.at(0.0, p)
