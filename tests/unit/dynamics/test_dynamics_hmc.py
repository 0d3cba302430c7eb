"""Leapfrog: reversible, volume preserving, second order. Sampler: exact laws by quadrature."""

import numpy as np
import pytest

from atlas.dynamics.couplings import gaussian_couplings, gaussian_states
from atlas.dynamics.gradient import GradientFlow, energy
from atlas.dynamics.hmc import leapfrog, sample
from atlas.dynamics.observers import Moments, Traces


def network(n: int, r: int, g: float = 1.2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(31)
    J = gaussian_couplings(rng, n, g, dtype=np.float64)
    x, p = (gaussian_states(rng, n, r, dtype=np.float64) for _ in range(2))
    return J, x, p


def flow_at(J: np.ndarray, x: np.ndarray) -> GradientFlow:
    flow = GradientFlow(J, x)
    flow.add(x, 0.0)
    return flow


def test_leapfrog_is_reversible() -> None:
    J, x, p = network(40, 6)
    start, momenta = x.copy(), p.copy()
    flow = flow_at(J, x)
    leapfrog(flow, x, p, 0.2, 50)
    assert np.abs(x - start).max() > 0.1  # it moved
    np.negative(p, out=p)
    leapfrog(flow, x, p, 0.2, 50)
    np.testing.assert_allclose(x, start, rtol=0, atol=1e-10)  # rounding 1e-16 times the growth along 100 steps
    np.testing.assert_allclose(-p, momenta, rtol=0, atol=1e-10)


def test_leapfrog_preserves_volume() -> None:
    n, h = 2, 1e-5
    J, x, p = network(n, 1)
    columns = 2 * (2 * n)  # one state per shifted coordinate of (x, p)
    z = np.repeat(np.concatenate([x, p]), columns, axis=1)
    for k in range(2 * n):
        z[k, 2 * k] += h
        z[k, 2 * k + 1] -= h
    x, p = np.ascontiguousarray(z[:n]), np.ascontiguousarray(z[n:])
    leapfrog(flow_at(J, x), x, p, 0.3, 7)
    out = np.concatenate([x, p])
    jacobian = (out[:, 0::2] - out[:, 1::2]) / (2 * h)
    assert np.abs(jacobian - np.eye(2 * n)).max() > 0.1  # not the identity map
    assert np.linalg.det(jacobian) == pytest.approx(1, abs=1e-7)  # h^2 = 1e-10 and rounding 1e-11 times minors


def test_leapfrog_conserves_energy_at_second_order() -> None:
    J, start, momenta = network(30, 5)
    errors = []
    for n_steps in (20, 40, 80):
        x, p = start.copy(), momenta.copy()
        leapfrog(flow_at(J, x), x, p, 2.0 / n_steps, n_steps)
        before = energy(start, J) + 0.5 * (momenta**2).sum(axis=0)
        errors.append(np.abs(energy(x, J) + 0.5 * (p**2).sum(axis=0) - before).max())
    observed = np.log2(np.array(errors[:-1]) / errors[1:])
    np.testing.assert_allclose(observed, 2, rtol=0, atol=0.3)  # leading order; step * frequency up to 0.2


@pytest.mark.parametrize("step", [0.5, 1.6])
def test_quadratic_energy_has_equipartition_at_any_step(step: float) -> None:
    # J = 0: x ~ N(0, T) exactly, E/N = T/2; step 1.6 is far from the limit of small steps (limit 2)
    temperature, n, chains = 0.25, 5, 400
    J, x = np.zeros((n, n)), np.random.default_rng(0).standard_normal((n, chains))
    moments = Moments()
    result = sample(
        x, J, temperature, np.random.default_rng(1), step=step, n_leapfrog=3, n_burn=100, n_samples=150,
        jitter=0.1, observe=[moments],
    )  # fmt: skip
    assert 0.2 < result.acceptance.mean() < 0.999
    # 2000 entries x 150 draws, correlation time below 5 draws: 6e4 squares, s.e. 0.6 %; 4 of them
    assert moments.x2.mean() == pytest.approx(temperature, rel=0.024)
    assert 2 * result.energy.mean() / n == pytest.approx(temperature, rel=0.024)
    # fourth moment 3 T^2: s.e. sqrt(96/9)/sqrt(6e4) = 1.3 %
    assert moments.x4.mean() == pytest.approx(3 * temperature**2, rel=0.053)


def test_two_coupled_units_follow_the_density_by_quadrature() -> None:
    J, temperature, chains = np.array([[0.3, -1.8], [0.9, 0.2]]), 0.4, 1000
    grid = np.linspace(-9, 9, 601)
    a, b = np.meshgrid(grid, grid, indexing="ij")
    states = np.stack([a.ravel(), b.ravel()])
    weight = np.exp(-energy(states, J) / temperature)
    weight /= weight.sum()
    expected = [
        (weight * states[0] ** 2).sum(),
        (weight * states[1] ** 2).sum(),
        (weight * states[0] * states[1]).sum(),
    ]
    x, trace = np.random.default_rng(0).standard_normal((2, chains)), Traces()
    result = sample(
        x, J, temperature, np.random.default_rng(2), step=0.35, n_leapfrog=8, n_burn=60, n_samples=100,
        observe=[trace],
    )  # fmt: skip
    y = trace.values
    per_chain = np.stack([(y[:, 0] ** 2).mean(0), (y[:, 1] ** 2).mean(0), (y[:, 0] * y[:, 1]).mean(0)])
    error = per_chain.std(axis=1, ddof=1) / np.sqrt(chains)  # chains are independent
    assert np.all(error < 0.03 * np.abs(expected[:2]).max())  # the test has power
    np.testing.assert_array_less(np.abs(per_chain.mean(axis=1) - expected), 4 * error)
    assert 0.5 < result.acceptance.mean() < 1
    # E from the samples and E reported are the same numbers up to rounding
    last = energy(x, J)
    np.testing.assert_allclose(result.energy[-1], last, rtol=1e-12)


def test_rejected_chains_keep_their_state_and_others_move() -> None:
    J, x, _ = network(30, 10)
    x[:, 3] *= 40  # far out in the linear region, where this step is unstable: the proposal is rejected
    start = x.copy()
    J *= 3
    result = sample(x, J, 0.1, np.random.default_rng(1), step=0.02, n_leapfrog=400, n_burn=0, n_samples=1, jitter=0.0)
    moved = result.acceptance > 0
    np.testing.assert_array_equal(x[:, ~moved], start[:, ~moved])
    assert np.all(np.any(x[:, moved] != start[:, moved], axis=0))
    assert np.all(np.isnan(result.burn_acceptance))


def test_non_finite_proposals_are_rejected_and_leave_no_trace() -> None:
    J, x, _ = network(20, 4)
    start = x.copy()
    with np.errstate(all="ignore"):
        result = sample(x, J, 0.1, np.random.default_rng(1), step=50.0, n_leapfrog=400, n_burn=3, n_samples=2)
    np.testing.assert_array_equal(x, start)
    assert np.all(result.acceptance == 0)
    assert np.all(np.isfinite(result.energy))


def test_observers_see_the_kept_state_with_its_velocity() -> None:
    J, x, _ = network(20, 12)
    seen = []
    result = sample(
        x, J, 0.2, np.random.default_rng(4), step=0.8, n_leapfrog=6, n_burn=5, n_samples=4, every=2,
        observe=[lambda k, x, phi, v: seen.append((k, x.copy(), phi.copy(), v.copy()))],
    )  # fmt: skip
    assert 0 < result.acceptance.mean() < 1  # some were rejected, so the last proposal is not the state
    assert [k for k, *_ in seen] == [0, 1, 2, 3]
    for _, state, phi, v in seen:
        np.testing.assert_allclose(phi, np.tanh(state), rtol=0, atol=1e-15)
        np.testing.assert_allclose(v, -state + J @ np.tanh(state), rtol=0, atol=1e-13)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_same_seed_same_bits(dtype: type) -> None:
    results = []
    for _ in range(2):
        rng = np.random.default_rng(6)
        J, x = gaussian_couplings(rng, 50, 1.2, dtype=dtype), gaussian_states(rng, 50, 6, dtype=dtype)
        sample(x, J, 0.05, rng, step=0.4, n_leapfrog=5, n_burn=5, n_samples=5)
        results.append(x.tobytes())
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"temperature": 0.0}, "temperature"), ({"step": -0.1}, "step"), ({"jitter": 1.0}, "jitter"),
     ({"n_leapfrog": 0}, "n_leapfrog"), ({"n_burn": -1}, "n_burn"), ({"n_samples": -1}, "n_samples"),
     ({"every": 0}, "every")],
)  # fmt: skip
def test_bad_arguments_are_named(change: dict, field: str) -> None:
    J, x, _ = network(5, 1)
    arguments = {"temperature": 0.1, "step": 0.1, "n_leapfrog": 1, "n_burn": 0, "n_samples": 1, **change}
    with pytest.raises(ValueError, match=f"^{field}: got .*; allowed: "):
        sample(x, J, rng=np.random.default_rng(0), **arguments)


@pytest.mark.slow
def test_equipartition_of_the_random_network() -> None:
    # dossier equilibrium-measure: N = 200, beta = 100, g = 0.8: 2 beta E/N = 1.0045(100), q = 0.0250(2)
    energies, phi2 = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        J, x = gaussian_couplings(rng, 200, 0.8), gaussian_states(rng, 200, 12)
        moments = Moments()
        result = sample(
            x, J, 0.01, rng, step=0.45, n_leapfrog=20, n_burn=200, n_samples=100, every=2, observe=[moments]
        )
        energies.append(2 * result.energy.mean() / 200 / 0.01)
        phi2.append(moments.phi2.mean())
    # E/N = T/2 holds for every network up to 1/N; the claim's own tolerance is 2 %
    assert np.mean(energies) == pytest.approx(1, abs=0.02)
    # theory q = 0.02438 (N to infinity); finite size 0.0250(2) and scatter between 4 networks about 2 %
    assert np.mean(phi2) == pytest.approx(0.02438, rel=0.06)
