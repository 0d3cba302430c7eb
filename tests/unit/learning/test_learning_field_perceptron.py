"""Field-space training of a binary perceptron: kernels against plain numpy twins, gradients against differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import log_ndtr

from atlas.learning import field_perceptron as fp


def loss(theta: np.ndarray, patterns: np.ndarray, gamma: float, prior: np.ndarray) -> float:
    """The loss of the module's docstring, written plainly."""
    m = np.tanh(theta)
    t = patterns @ m / math.sqrt((1 - m * m).sum())
    kl = (theta - prior) * m - np.log(np.cosh(theta)) + np.log(np.cosh(prior))
    return float(-log_ndtr(t).sum() + gamma * kl.sum())


def gradient(
    theta: np.ndarray, patterns: np.ndarray, gamma: float, prior: np.ndarray, block: float = 1.0
) -> np.ndarray:
    """Its gradient in closed form, plain numpy; gamma counts `block` times."""
    m = np.tanh(theta)
    rest = 1 - m * m
    S = rest.sum()
    t = patterns @ m / math.sqrt(S)
    R = np.exp(-t * t / 2) / math.sqrt(2 * math.pi) / np.exp(log_ndtr(t))
    return -rest * (R @ patterns / math.sqrt(S) + m * (R @ t) / S - gamma * block * (theta - prior))


@pytest.fixture
def small() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    teachers = fp.correlated_teachers(rng, 20, 0.3).astype(float)
    return (
        rng.standard_normal(20),
        rng.standard_normal(20),
        fp.signed_patterns(rng, teachers[0], 30).astype(float),
        teachers,
    )


def test_magnetisations_are_hyperbolic_tangents() -> None:
    theta = np.linspace(-11.9, 11.9, 4001)
    m, rest = np.empty_like(theta), np.empty_like(theta)
    total = fp.magnetise(theta, m, rest)
    assert m == pytest.approx(np.tanh(theta), abs=1e-9)  # the continued fraction ends there
    assert rest == pytest.approx(1 / np.cosh(theta) ** 2, rel=1e-7)
    assert total == pytest.approx(rest.sum())


@pytest.mark.parametrize("t", [-60.0, -24.0, -3.0, 0.0, 2.0, 9.0])
def test_hazard(t: float) -> None:
    expected = math.exp(-t * t / 2 - 0.5 * math.log(2 * math.pi) - log_ndtr(t))
    assert fp.hazard(t) == pytest.approx(expected, rel=3e-5)  # asymptotic series below -25: 2/t^4


def test_gradient_against_finite_differences(small: tuple[np.ndarray, ...]) -> None:
    theta, prior, patterns, _ = small
    found = gradient(theta, patterns, 0.7, prior)
    for i in range(0, 20, 3):
        step = np.zeros(20)
        step[i] = 1e-5
        slope = (loss(theta + step, patterns, 0.7, prior) - loss(theta - step, patterns, 0.7, prior)) / 2e-5
        assert found[i] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def twin(theta: np.ndarray, prior: np.ndarray, patterns: np.ndarray, plan: fp.Plan, order: np.ndarray) -> np.ndarray:
    """Training in plain numpy."""
    theta, first, second, steps = theta.copy(), np.zeros(20), np.zeros(20), 0
    for row in order:
        for k in row:
            part = patterns[k * plan.block : (k + 1) * plan.block]
            grad = gradient(theta, part, plan.gamma, prior, len(part) / len(patterns))
            steps += 1
            if plan.optimiser == "adam":
                first = 0.9 * first + 0.1 * grad
                second = 0.999 * second + 0.001 * grad**2
                move = first / (1 - 0.9**steps) / (np.sqrt(second / (1 - 0.999**steps)) + 1e-8)
                theta = theta - plan.lr * (move + plan.decay * theta)
            else:
                first = (0.9 if plan.optimiser == "momentum" else 0.0) * first + grad
                theta = theta - plan.lr * first
    return theta


@pytest.mark.parametrize("optimiser", ["momentum", "adam", "descent"])
def test_training_equals_a_plain_loop(small: tuple[np.ndarray, ...], optimiser: str) -> None:
    theta, prior, patterns, teachers = small
    plan = fp.Plan(optimiser, lr=0.01, decay=0.1 if optimiser == "adam" else 0.0, gamma=0.5, block=8)
    student = fp.Student(theta.copy())
    student.prior = prior
    record = student.train(patterns, teachers, 5, plan, np.random.default_rng(3))
    order = np.random.default_rng(3).permuted(np.tile(np.arange(4), (5, 1)), axis=1)
    assert student.theta == pytest.approx(twin(theta, prior, patterns, plan, order), abs=1e-8)
    assert record[-1, :2] == pytest.approx(np.sign(student.theta) @ teachers.T / 20)
    m = np.tanh(student.theta)
    assert record[-1, 2:] == pytest.approx([m @ teachers[0] / 20, m @ m / 20], abs=1e-9)


def test_training_goes_down_and_next_task_keeps_the_fields(small: tuple[np.ndarray, ...]) -> None:
    theta, _, patterns, teachers = small
    student = fp.Student(theta.copy())
    student.train(patterns, teachers, 50, fp.Plan(lr=0.02, block=30), np.random.default_rng(0))
    assert loss(student.theta, patterns, 0.0, theta) < loss(theta, patterns, 0.0, theta)
    student.next_task()
    assert np.array_equal(student.prior, student.theta)
    assert not student.memory.any()


def test_length_is_held(small: tuple[np.ndarray, ...]) -> None:
    theta, _, patterns, teachers = small
    student = fp.Student(theta.copy())
    plan = fp.Plan("momentum", lr=0.001, block=30, q_star=0.7)
    record = student.train(patterns, teachers, 300, plan, np.random.default_rng(0))
    assert record[-1, 3] == pytest.approx(0.7, abs=0.01)  # one Newton step of the scale per update


def test_langevin_samples_a_flat_measure_without_patterns() -> None:
    """Infinite temperature: m uniform in [-1, 1], <m²> = 1/3."""
    rng = np.random.default_rng(1)
    theta = rng.standard_normal(200)
    teachers = fp.correlated_teachers(rng, 200, 1.0)[:1].astype(float)
    patterns = fp.signed_patterns(rng, teachers[0], 5).astype(float)
    record = np.empty((4000, 3))
    fp.run_langevin(theta, patterns, teachers, rng.standard_normal((4001, 200)), 0.0, 0.02, record)
    assert record[1000:, 2].mean() == pytest.approx(1 / 3, abs=0.01)  # 200 sites, some sixty independent times


def test_teachers_and_patterns() -> None:
    rng = np.random.default_rng(2)
    teachers = fp.correlated_teachers(rng, 20000, 0.5)
    assert float(teachers[0] @ teachers[1]) / 20000 == pytest.approx(0.5, abs=0.03)  # five standard deviations
    patterns = fp.signed_patterns(rng, teachers[0], 10)
    assert set(np.unique(patterns)) == {-1.0, 1.0}
    assert (patterns @ teachers[0] >= 0).all()


@pytest.mark.parametrize("wrong", [{"optimiser": "sgd"}, {"lr": 0.0}, {"block": 0}, {"q_star": 1.0}])
def test_wrong_plan_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="allowed"):
        fp.Plan(**wrong)  # type: ignore[arg-type]
