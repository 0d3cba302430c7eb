"""A perceptron of binary weights trained in the space of their fields theta, by a hand-written gradient.

Q(w) = prod exp(theta_i w_i)/(2 cosh theta_i), m = tanh theta, S = sum(1 - m²). With signed patterns xi = y x the margin
t = xi.m/sqrt(S) is that of a Gaussian preactivation, and

    L(theta) = -sum_mu ln Phi(t_mu) + gamma sum_i KL_i,
    KL_i = (theta_i - theta'_i) m_i - ln cosh theta_i + ln cosh theta'_i                     (theta': the prior)
    dL/dtheta_i = -(1 - m_i²) [ sum_mu R_mu xi_mu,i/sqrt(S) + m_i sum_mu R_mu t_mu/S - gamma (theta_i - theta'_i) ]

R = phi(t)/Phi(t). A step on a block of b of the P patterns takes the sum over the block and gamma b/P of the KL term.
Steps: momentum (v <- 0.9 v + grad, theta <- theta - lr v), descent (the same without inertia) or Adam (0.9, 0.999)
with decoupled decay, theta <- theta - lr (adam + decay theta). Blocks are fixed slices of the (independent) patterns in
an order given per epoch. The sums over patterns are matrix-vector products; tanh is a rational function of theta/8 and
three doublings (m errs by 1e-10, 1 - m² by a relative 3e-8 at |theta| <= 12, beyond which both stay), so that the
compiler can use wide registers without fastmath.

Source: dossier continual-learning, Model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
Order = NDArray[np.int64]
OPTIMISERS = {"momentum": 0, "adam": 1, "descent": 2}
TAIL = -25.0  # margin under which phi/Phi is its asymptotic series
LARGEST = 12.0  # |theta| above which m counts as 1


@njit(cache=True, error_model="numpy")
def magnetise(theta, m, rest):  # type: ignore[no-untyped-def]
    """m = tanh theta and rest = 1 - m², in place; returns sum(rest)."""
    one = theta.dtype.type(1.0)
    two = theta.dtype.type(2.0)
    eighth = theta.dtype.type(0.125)
    top = theta.dtype.type(1.5)  # LARGEST/8
    a1, a2, a3 = theta.dtype.type(135135.0), theta.dtype.type(17325.0), theta.dtype.type(378.0)
    b2, b3, b4 = theta.dtype.type(62370.0), theta.dtype.type(3150.0), theta.dtype.type(28.0)
    for i in range(theta.size):
        y = min(max(theta[i] * eighth, -top), top)
        y2 = y * y
        t = y * (a1 + y2 * (a2 + y2 * (a3 + y2))) / (a1 + y2 * (b2 + y2 * (b3 + y2 * b4)))
        v = one - t * t
        t, v = two * t / (two - v), (v / (two - v)) * (v / (two - v))
        t, v = two * t / (two - v), (v / (two - v)) * (v / (two - v))
        t, v = two * t / (two - v), (v / (two - v)) * (v / (two - v))
        m[i] = t
        rest[i] = v
    total = 0.0
    for i in range(theta.size):
        total += rest[i]
    return total


@njit(cache=True)
def hazard(t):  # type: ignore[no-untyped-def]
    """R = phi(t)/Phi(t)."""
    if t < TAIL:
        return -t - 1.0 / t
    return math.sqrt(2.0 / math.pi) * math.exp(-0.5 * t * t) / math.erfc(-t * math.sqrt(0.5))


@njit(cache=True)
def likelihood_gradient(patterns, m, rest, total, pull, force):  # type: ignore[no-untyped-def]
    """Gradient of -sum ln Phi over a block without its factor -(1 - m²), into `pull`; returns sum R t / S."""
    scale = 1.0 / math.sqrt(total)
    margins = np.dot(patterns, m)
    moment = 0.0
    for mu in range(margins.size):
        t = margins[mu] * scale
        R = hazard(t)
        force[mu] = R * scale
        moment += R * t
    pull[:] = np.dot(force[: margins.size], patterns)
    return moment / total


@njit(cache=True)
def momentum_step(theta, grad, velocity, inertia, lr):  # type: ignore[no-untyped-def]
    for i in range(theta.size):
        velocity[i] = inertia * velocity[i] + grad[i]
        theta[i] -= lr * velocity[i]


@njit(cache=True, error_model="numpy")
def adam_step(theta, grad, first, second, lr, decay, steps):  # type: ignore[no-untyped-def]
    kind = theta.dtype.type
    rate = kind(lr / (1.0 - 0.9**steps))
    norm = kind(1.0 / math.sqrt(1.0 - 0.999**steps))
    shrink = kind(1.0 - lr * decay)
    b1, c1, b2, c2, eps = kind(0.9), kind(0.1), kind(0.999), kind(0.001), kind(1e-8)
    for i in range(theta.size):
        g = grad[i]
        first[i] = b1 * first[i] + c1 * g
        second[i] = b2 * second[i] + c2 * g * g
        theta[i] = shrink * theta[i] - rate * first[i] / (norm * math.sqrt(second[i]) + eps)


@njit(cache=True)
def hold_length(theta, m, rest, q_star):  # type: ignore[no-untyped-def]
    """One Newton step of the scale of theta towards |m|²/N = q_star."""
    length, slope = 0.0, 0.0
    for i in range(theta.size):
        length += m[i] * m[i]
        slope += 2.0 * m[i] * theta[i] * rest[i]
    if slope > 0.0:
        step = min(0.1, max(-0.1, (q_star * theta.size - length) / slope))
        for i in range(theta.size):
            theta[i] *= theta.dtype.type(1.0 + step)


@njit(cache=True, error_model="numpy")
def overlaps(theta, m, teachers, out):  # type: ignore[no-untyped-def]
    """out: sign overlap with each teacher, then r with the first teacher, then |m|²/N."""
    n = theta.size
    for k in range(teachers.shape[0]):
        agree = 0
        for i in range(n):
            agree += 1 if (theta[i] > 0.0) == (teachers[k, i] > 0.0) else -1
        out[k] = agree / n
    along, length = 0.0, 0.0
    for i in range(n):
        along += m[i] * teachers[0, i]
        length += m[i] * m[i]
    out[teachers.shape[0]] = along / n
    out[teachers.shape[0] + 1] = length / n


@njit(cache=True, error_model="numpy")
def run_epochs(theta, memory, prior, patterns, teachers, order, block, plan, steps, record):  # type: ignore[no-untyped-def]
    """Epochs in place; order (epochs, blocks), plan (optimiser, lr, decay, gamma, q_star), record (epochs, columns)."""
    optimiser, lr, decay, gamma, q_star = plan
    n, n_patterns = theta.size, patterns.shape[0]
    m, rest, grad, pull = np.empty_like(theta), np.empty_like(theta), np.empty_like(theta), np.empty_like(theta)
    force = np.empty(block, theta.dtype)
    for epoch in range(order.shape[0]):
        for k in range(order.shape[1]):
            start = order[epoch, k] * block
            stop = min(start + block, n_patterns)
            total = magnetise(theta, m, rest)
            moment = theta.dtype.type(likelihood_gradient(patterns[start:stop], m, rest, total, pull, force))
            weight = theta.dtype.type(gamma * (stop - start) / n_patterns)
            for i in range(n):
                grad[i] = -rest[i] * (pull[i] + moment * m[i] - weight * (theta[i] - prior[i]))
            steps += 1
            if optimiser == 0:
                momentum_step(theta, grad, memory[0], theta.dtype.type(0.9), theta.dtype.type(lr))
            elif optimiser == 2:
                momentum_step(theta, grad, memory[0], theta.dtype.type(0.0), theta.dtype.type(lr))
            else:
                adam_step(theta, grad, memory[0], memory[1], lr, decay, steps)
            if q_star > 0.0:
                hold_length(theta, m, rest, q_star)
        magnetise(theta, m, rest)
        overlaps(theta, m, teachers, record[epoch])
    return steps


@njit(cache=True)
def run_langevin(theta, patterns, teachers, noise, beta, dt, record):  # type: ignore[no-untyped-def]
    """Langevin steps of exp(-beta L) over flat m (in theta: plus sum ln(1 - m²)); noise (steps + 1, N) standard normal.

    theta <- theta - dt grad U + sqrt(dt/2) (xi_k + xi_{k+1}) (Leimkuhler and Matthews: averages of order dt²).
    """
    n = theta.size
    m, rest, pull = np.empty_like(theta), np.empty_like(theta), np.empty_like(theta)
    force = np.empty(patterns.shape[0], theta.dtype)
    kick = theta.dtype.type(math.sqrt(0.5 * dt))
    rate, cold, two = theta.dtype.type(dt), theta.dtype.type(beta), theta.dtype.type(2.0)
    for step in range(noise.shape[0] - 1):
        total = magnetise(theta, m, rest)
        moment = theta.dtype.type(likelihood_gradient(patterns, m, rest, total, pull, force))
        for i in range(n):
            slope = -cold * rest[i] * (pull[i] + moment * m[i]) + two * m[i]
            theta[i] += -rate * slope + kick * (noise[step, i] + noise[step + 1, i])
        overlaps(theta, m, teachers, record[step])


@dataclass(frozen=True)
class Plan:
    """How to train. gamma: weight of the KL term; q_star > 0: |m|²/N is held there; block: patterns in a step."""

    optimiser: str = "adam"
    lr: float = 5e-3
    decay: float = 0.0
    gamma: float = 0.0
    block: int = 32
    q_star: float = 0.0

    def __post_init__(self) -> None:
        if self.optimiser not in OPTIMISERS:
            raise ValueError(f"optimiser: got {self.optimiser!r}; allowed: {', '.join(OPTIMISERS)}")
        for name, fine, allowed in (
            ("lr", self.lr > 0, "> 0"),
            ("block", self.block >= 1, ">= 1"),
            ("q_star", 0 <= self.q_star < 1, "0 <= q_star < 1"),
        ):
            if not fine:
                raise ValueError(f"{name}: got {getattr(self, name)}; allowed: {allowed}")

    def numbers(self) -> tuple[int, float, float, float, float]:
        """The plan as the kernel takes it."""
        return OPTIMISERS[self.optimiser], self.lr, self.decay, self.gamma, self.q_star


@dataclass
class Student:
    """Fields of one perceptron, its optimiser's memory, and the prior of the KL term (theta', 0: uniform)."""

    theta: Array
    prior: Array = field(init=False)
    memory: Array = field(init=False)
    steps: int = 0

    def __post_init__(self) -> None:
        self.prior = np.zeros_like(self.theta)
        self.memory = np.zeros((2, self.theta.size), self.theta.dtype)

    def next_task(self) -> None:
        """The fields reached so far become the prior; the optimiser forgets."""
        self.prior = self.theta.copy()
        self.memory[:] = 0.0
        self.steps = 0

    def train(
        self, patterns: Array, teachers: Array, epochs: int, plan: Plan, rng: np.random.Generator
    ) -> NDArray[np.float64]:
        """Epochs on signed patterns (P, N). Returns (epochs, teachers + 2): sign overlap with each teacher,
        r = m.W/N with the first, |m|²/N, after each epoch.
        """
        blocks = -(-patterns.shape[0] // plan.block)
        order: Order = rng.permuted(np.tile(np.arange(blocks), (epochs, 1)), axis=1)
        record = np.empty((epochs, teachers.shape[0] + 2))
        block = min(plan.block, patterns.shape[0])
        self.steps = run_epochs(
            self.theta, self.memory, self.prior, patterns, teachers, order, block, plan.numbers(), self.steps, record
        )
        return record


def correlated_teachers(rng: np.random.Generator, n: int, r0: float) -> NDArray[np.float32]:
    """Two binary teachers (2, n), equal in each entry with probability (1 + r0)/2."""
    first = rng.choice(np.array([-1.0, 1.0], np.float32), n)
    same = rng.random(n) < 0.5 * (1.0 + r0)
    return np.stack([first, np.where(same, first, -first)])


def signed_patterns(rng: np.random.Generator, teacher: Array, count: int) -> NDArray[np.float32]:
    """Patterns y x (count, n), x binary and independent, y = sign(W.x), an exact tie counts as +1."""
    x = (2 * rng.integers(0, 2, (count, teacher.size), dtype=np.int8) - 1).astype(np.float32)
    y = np.where(x @ teacher >= 0.0, np.float32(1.0), np.float32(-1.0))
    signed: NDArray[np.float32] = x * y[:, None]
    return signed
