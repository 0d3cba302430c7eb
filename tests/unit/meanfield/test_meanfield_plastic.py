"""Static theory, annealed potential, canonical measure and sampled DMFT of plastic networks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

from atlas.meanfield import plastic_annealed as counting
from atlas.meanfield import plastic_measure as canonical
from atlas.meanfield import plastic_paths as paths
from atlas.meanfield import plastic_static as static
from atlas.meanfield.correlation import correlation
from atlas.meanfield.errors import NotConverged
from atlas.meanfield.gaussian import tanh_averages
from atlas.meanfield.stationary import delta_static, stationary

FOLDS = [
    (1.1, 0.9958, 0.089), (1.2, 0.9805, 0.209), (1.4, 0.8745, 0.609), (1.5, 0.7079, 0.732), (1.6, 0.5386, 0.749),
    (1.75, 0.3142, 0.767), (2.0, 0.0170, 0.790),
]  # fmt: skip
ROOTS = [
    ("hebbian", 0.0, 1.1, [(0.09318, 1.010)]),
    ("hebbian", 0.0, 1.5, [(0.35260, 1.139)]),
    ("hebbian", 0.5, 1.1, [(0.16157, 1.032)]),
    ("hebbian", 0.5, 2.0, [(0.64916, 1.747)]),
    ("hebbian", 1.0, 1.05, [(0.28955, 1.116)]),
    ("hebbian", 1.0, 1.1, [(0.39644, 1.237)]),
    ("hebbian", 1.5, 0.8, [(0.51312, 1.723), (0.82769, 0.101)]),
    ("hebbian", 1.5, 0.9, [(0.24281, 1.091), (0.85928, 0.078)]),
    ("hebbian", 1.5, 1.1, [(0.89383, 0.065)]),
    ("hebbian", -1.0, 1.5, [(0.21916, 1.046)]),
    ("feedback", 1.0, 1.1, [(0.04901, 1.003)]),
    ("homeostatic", 1.0, 1.02, [(0.02405, None)]),
    ("homeostatic", 1.0, 1.5, [(0.32090, None)]),
    ("hebbian", 0.9, 0.95, []),
]  # fmt: skip


@pytest.mark.parametrize(("k", "g", "q"), FOLDS)
def test_folds_of_the_dossier(k: float, g: float, q: float) -> None:
    found = static.fold(static.rule_of("hebbian", k))
    assert found.g_fold == pytest.approx(g, abs=6e-5)  # its last printed digit
    assert found.q_fold == pytest.approx(q, abs=6e-4)
    assert found.residual < 1e-5


def test_no_fold_up_to_the_tricritical_strength_and_none_beyond_self_sustained_activity() -> None:
    for k in (0.5, 1.0):
        assert static.fold(static.rule_of("hebbian", k)).g_fold == 1.0
    found = static.fold(static.rule_of("hebbian", 2.05))
    x = brentq(lambda y: y - 2.05 * math.tanh(y) ** 3, 1.5, 5.0)  # larger root of x = k tanh³ x
    assert (found.g_fold, found.q_fold) == (0.0, pytest.approx(math.tanh(x) ** 2, abs=1e-9))


def test_threshold_of_self_sustained_activity() -> None:
    """At g = 0 it exists for k >= min x/tanh³ x (dossier: 2.0170 at x = 1.419)."""
    least = minimize_scalar(
        lambda x: x / math.tanh(x) ** 3, bounds=(0.5, 4.0), method="bounded", options={"xatol": 1e-9}
    )
    assert (least.fun, least.x) == (pytest.approx(2.0170, abs=5e-5), pytest.approx(1.419, abs=5e-4))
    assert static.fold(static.rule_of("hebbian", least.fun - 1e-3)).g_fold > 0.0
    assert static.fold(static.rule_of("hebbian", least.fun + 1e-3)).g_fold == 0.0


@pytest.mark.parametrize(("rule", "k", "g", "expected"), ROOTS)
def test_roots_of_the_dossier(rule: str, k: float, g: float, expected: list) -> None:
    found = static.roots(g, static.rule_of(rule, k))
    assert len(found) == len(expected)
    for root, (q, g2m) in zip(found, expected, strict=True):
        assert root.q == pytest.approx(q, abs=1.1e-5)  # its last printed digit
        assert root.residual < 1e-11
        if g2m is not None:
            assert root.g2M == pytest.approx(g2m, abs=6e-4)


@pytest.mark.parametrize("g", [1.001, 1.05, 1.5, 3.0])
def test_without_plasticity_the_root_is_the_static_line(g: float) -> None:
    root = static.roots(g, static.rule_of("hebbian", 0.0))[0]
    averages = tanh_averages(delta_static(g))
    assert root.q == pytest.approx(averages.phi2, rel=1e-9)
    assert root.g2M == pytest.approx(g * g * averages.dphi2, rel=1e-9)


def plain_average(rule: static.Rule, q: float, s: float) -> tuple[float, float]:
    """E phi² and M by a plain trapezoid over v with the monotone iteration from above (dossier, Numerics)."""
    v = np.linspace(0.0, 9.0, 20001)
    x = s * v + q * (abs(rule.a1) + abs(rule.a3)) + 1.0
    for _ in range(4000):
        before, x = x, s * v + q * rule.drive(np.tanh(x))
        if np.abs(x - before).max() <= 1e-14:
            break
    weight = np.exp(-0.5 * v * v)
    weight[0] *= 0.5
    phi = np.tanh(x)
    slope = ((1 - phi**2) / (1 - q * rule.slope(phi))) ** 2
    return float(weight @ phi**2 / weight.sum()), float(weight @ slope / weight.sum())


@pytest.mark.parametrize(("k", "g", "which"), [(0.5, 1.3, 0), (1.5, 0.9, 1), (2.0, 0.3, 1)])
def test_averages_against_a_plain_trapezoid(k: float, g: float, which: int) -> None:
    rule = static.rule_of("hebbian", k)
    root = static.roots(g, rule)[which]
    phi2, m = plain_average(rule, root.q, g * math.sqrt(root.q))
    assert phi2 == pytest.approx(root.q, abs=1e-6)  # trapezoid at a finite slope at v = 0: h²/12
    assert g * g * m == pytest.approx(root.g2M, rel=1e-5)


@pytest.mark.parametrize(
    ("rule", "k", "a1"), [("hebbian", 0.6, 0.6), ("feedback", 1.0, -1.0), ("homeostatic", 2.0, 0.5)]
)
def test_normal_form_at_the_onset(rule: str, k: float, a1: float) -> None:
    """(S3): g² - 1 = q (2 - 2 a1) + O(q²), from two small q extrapolated."""
    q = np.array([1e-3, 5e-4])
    slope = (static.branch(static.rule_of(rule, k), q) ** 2 - 1.0) / q
    assert 2 * slope[1] - slope[0] == pytest.approx(
        static.slope_at_onset(a1, 0.0), abs=1e-4
    )  # O(q²), its coefficient below 200


def test_multiplicity_of_a_neuron_takes_the_active_branch() -> None:
    rule = static.rule_of("hebbian", 2.0)
    x, v, weight = static._nodes(rule, 0.9, 0.3)
    assert np.all(v > 0)
    assert x.min() >= brentq(lambda y: y - 1.8 * math.tanh(y), 0.5, 3.0) - 1e-9
    assert weight.sum() == pytest.approx(1.0, abs=1e-12)  # the whole Gaussian is covered


def test_silent_response_does_not_know_the_strength() -> None:
    assert static.susceptibility(0.0, 0.7, static.rule_of("hebbian", 1.7)) == 1.0


def test_refusals_of_the_static_theory() -> None:
    for wrong in (("oja", 1.0), ("hebbian", math.nan), ("hebbian", 21.0)):
        with pytest.raises(ValueError, match=r"rule =|k ="):
            static.rule_of(*wrong)
    with pytest.raises(ValueError, match="gain"):
        static.roots(-1.0, static.rule_of("hebbian", 1.0))


@pytest.mark.parametrize("g", [1.1, 1.5])
def test_annealed_potential_without_plasticity_peaks_at_the_static_activity(g: float) -> None:
    found = counting.peak(g, 0.0)
    assert found.sigma_max == pytest.approx(0.0, abs=1e-9)
    assert found.q_at_max == pytest.approx(tanh_averages(delta_static(g)).phi2, abs=1e-6)


def test_annealed_potential_at_small_activity_and_its_crossing() -> None:
    """Sigma = -(r - 1 - ln r)/2 + r k q + O(q²), r = 1/g²; k = 0.5 crosses zero near g = 0.86 (dossier)."""
    for g, k in ((0.8, 0.5), (0.9, 1.0)):
        q = np.array([2e-4, 1e-4])
        rise = (np.array([counting.annealed(value, g, k).sigma for value in q]) - counting.small_q(g)) / q
        assert 2 * rise[1] - rise[0] - (2 * _rise_without(g, q[1]) - _rise_without(g, q[0])) == pytest.approx(
            k / g**2, rel=1e-3
        )
    assert counting.peak(0.84, 0.5).sigma_max < 0.0 < counting.peak(0.88, 0.5).sigma_max


def _rise_without(g: float, q: float) -> float:
    return (counting.annealed(q, g, 0.0).sigma - counting.small_q(g)) / q


def test_canonical_measure_of_the_dossier() -> None:
    found = canonical.measure(0.8, 0.5, 2.0)
    assert (found.q, found.qhat) == (pytest.approx(0.4275, abs=6e-5), pytest.approx(0.388, abs=6e-4))
    assert found.energy == pytest.approx(0.2586, abs=6e-5)
    assert found.stability < 1.0


@pytest.mark.parametrize(("g", "beta"), [(0.5, 1.0), (1.5, 3.0)])
def test_without_plasticity_the_energy_is_half_the_temperature(g: float, beta: float) -> None:
    found = canonical.measure(g, 0.0, beta)
    assert found.energy == pytest.approx(0.5 / beta, rel=1e-10)
    assert found.qhat == pytest.approx(0.0, abs=1e-10)
    assert found.q == pytest.approx(tanh_averages((1 + beta * g * g * found.q) / beta).phi2, rel=1e-9)


def test_without_couplings_the_measure_is_a_single_neuron_with_its_mean_field() -> None:
    """g = 0: E = N sum of r²/2 with r = x - k q phi; by direct minimisation of the free energy over q."""
    k, beta = 0.5, 2.0
    x = np.linspace(-9, 9, 20001)
    phi = np.tanh(x)

    def equations(q: float) -> float:
        weight = lambda qhat: np.exp(qhat * phi**2 - beta * (x - k * q * phi) ** 2 / 2)  # noqa: E731

        def mean(qhat: float, f: np.ndarray) -> float:
            return float(weight(qhat) @ f / weight(qhat).sum())

        qhat = brentq(lambda h: mean(h, phi**2) - q, -50, 50)
        return qhat - beta * k * mean(qhat, phi * (x - k * q * phi))

    assert canonical.measure(0.0, k, beta).q == pytest.approx(brentq(equations, 0.05, 0.9), abs=1e-9)


SMALL = paths.Sampling(batches=2, paths=16, dt=0.2)


def test_sampled_theory_without_plasticity_is_exact() -> None:
    found = paths.sampled(1.5, 0.0, 2.5, np.random.default_rng(0), SMALL)
    state = stationary(1.5)
    assert found.phi2 == pytest.approx(state.phi2, abs=1e-4)  # residual 1e-5 and the period
    assert found.gamma0 == pytest.approx(state.gamma0, abs=2e-4)
    lags = found.tau <= 20.0
    assert found.c_phi[lags] == pytest.approx(correlation(1.5, found.tau[lags]).c_phi, abs=1e-3)  # period 102.4


def test_sampled_theory_follows_its_seed_and_its_own_paths() -> None:
    found = [paths.sampled(1.5, 0.3, 2.5, np.random.default_rng(seed), SMALL) for seed in (1, 1, 2)]
    assert np.array_equal(found[0].c_phi, found[1].c_phi)
    assert not np.array_equal(found[0].c_phi, found[2].c_phi)
    assert all(one.residual <= 1e-5 for one in found)


def test_sampled_theory_solves_the_stochastic_equation() -> None:
    """The same equation by plain time stepping with the C that was found gives back <phi²>."""
    g, k, p, dt, n, m = 1.5, 0.4, 2.5, 0.1, 1024, 400
    found = paths.sampled(g, k, p, np.random.default_rng(3), paths.Sampling(batches=2, paths=64, dt=dt))
    c = np.concatenate([found.c_phi, [found.c_phi[-1]], found.c_phi[:0:-1]])
    z = np.fft.rfft(np.random.default_rng(4).standard_normal((m, n)), axis=1)
    eta = np.fft.irfft(z * np.sqrt(np.maximum(np.fft.rfft(g * g * c).real, 0.0)), n, axis=1)
    memory = (np.exp(-found.tau / p) / p * dt * found.c_phi)[:200]
    memory[0] *= 0.5
    past, x, seen = np.zeros((m, 200)), np.zeros(m), []
    for step in range(2 * n):  # the second period is stationary
        phi = np.tanh(x)
        past = np.concatenate([phi[:, None], past[:, :-1]], axis=1)
        x = x + dt * (-x + 0.5 * (eta[:, step % n] + eta[:, (step + 1) % n]) + k * past @ memory)
        if step >= n:
            seen.append((phi**2).mean())
    assert np.mean(seen) == pytest.approx(found.phi2, abs=0.02)  # error over 400 paths 0.005, Euler step 0.01


def test_sampled_theory_says_when_it_did_not_converge() -> None:
    with pytest.raises(NotConverged):
        paths.sampled(1.5, 0.5, 2.5, np.random.default_rng(0), paths.Sampling(2, 8, 0.4, limit=2))
    assert paths.sampled(0.9, 0.5, 2.5, np.random.default_rng(0), SMALL).phi2 == 0.0
