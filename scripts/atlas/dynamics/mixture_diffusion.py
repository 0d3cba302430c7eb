"""Forward (noising) and backward (generating) Langevin trajectories of a mixture of two Gaussians, with entropies.

Data: p_0 = N(mu, sigma2 I)/2 + N(-mu, sigma2 I)/2 in R^d, temperature 1, time in inverse rates of the
Ornstein-Uhlenbeck process.

    forward     dX = -X dt + sqrt(2) dW,  X_0 ~ p_0:  marginal p(., t) a mixture with means +- mu e^{-t} and variance
                v = 1 - e^{-2t} + sigma2 e^{-2t}
    backward    dX = [2 grad ln p(X, T - s) + X] ds + sqrt(2) dW,  X_0 ~ p(., T)
    frozen      dX = [2 grad ln p(X, t) + X] ds + sqrt(2) dW at fixed t: overdamped motion in the potential U(., t)

Euler-Maruyama: weak order 1 in dt. Along a path with increments dX_k from X_k and drift f,

    environment   sum_k dX_k . f((X_k + X_{k+1})/2, s_k + dt/2)      midpoint (Stratonovich), what the paper means
    left          sum_k dX_k . f(X_k, s_k)                           left end (Ito), the wrong sum for an entropy

For f = -X the first is (|X_0|^2 - |X_T|^2)/2 exactly, also at finite dt. States are arrays (d, n) of n paths. Source:
dossier diffusion-physics, Model and Theory 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atlas.dynamics.noise import normal

Array = NDArray[np.float64]
Drift = Callable[[Array, float], Array]
Observer = Callable[[int, Array, Array], None]


@dataclass(frozen=True)
class Mixture:
    """p_0 and its marginals under the forward process; mu (d,), sigma2 > 0."""

    mu: Array
    sigma2: float

    @classmethod
    def of(cls, mu: ArrayLike, sigma2: float) -> Mixture:
        """A mixture from a mean (a number for d = 1); ValueError unless sigma2 > 0."""
        if not sigma2 > 0:
            raise ValueError(f"sigma2: got {sigma2}; allowed: a number > 0")
        return cls(np.atleast_1d(np.asarray(mu, dtype=float)), float(sigma2))

    def mean(self, t: float) -> Array:
        """Mean of the positive component at time t, (d,)."""
        return np.asarray(self.mu * math.exp(-t))

    def variance(self, t: float) -> float:
        """Variance per direction of a component at time t."""
        return -math.expm1(-2.0 * t) + self.sigma2 * math.exp(-2.0 * t)

    def draw(self, n: int, t: float, rng: np.random.Generator) -> Array:
        """n independent states of p(., t), (d, n)."""
        sign = 2.0 * rng.integers(0, 2, n) - 1.0
        noise = rng.standard_normal((self.mu.size, n))
        return np.asarray(self.mean(t)[:, None] * sign + math.sqrt(self.variance(t)) * noise)

    def log_density(self, x: Array, t: float) -> Array:
        """ln p(x, t) of states (d, n): the logarithm of the sum of both Gaussians, (n,)."""
        m, v = self.mean(t)[:, None], self.variance(t)
        plus, minus = (-0.5 / v * ((x - side) ** 2).sum(axis=0) for side in (m, -m))
        return np.asarray(np.logaddexp(plus, minus) - math.log(2.0) - 0.5 * self.mu.size * math.log(2.0 * math.pi * v))

    def score(self, x: NDArray[Any], t: float) -> NDArray[Any]:
        """grad ln p(x, t) = [m tanh(m.x/v) - x]/v of states (d, n), real or complex."""
        m, v = self.mean(t), self.variance(t)
        turn = m @ x
        turn /= v
        np.tanh(turn, out=turn)
        pull = m[:, None] * turn
        pull -= x
        pull /= v
        return pull

    def potential(self, x: Array, t: float) -> Array:
        """U(x, t) = -2 ln p(x, t) - |x|^2/2 of states (d, n), whose slope is minus the backward drift; (n,)."""
        return np.asarray(-2.0 * self.log_density(x, t) - 0.5 * (x**2).sum(axis=0))


def noising(x: Array, s: float) -> Array:
    """Drift of the forward process."""
    return -x


def generating(mixture: Mixture, t_max: float) -> Drift:
    """Drift of the backward process from t_max down to 0, at generation time s."""

    def drift(x: Array, s: float) -> Array:
        pull = mixture.score(x, max(t_max - s, 0.0))
        pull *= 2.0
        pull += x
        return pull

    return drift


def frozen(mixture: Mixture, t: float) -> Drift:
    """Drift of the backward process held at the time t of the forward process."""
    held = generating(mixture, t)
    return lambda x, s: held(x, 0.0)


def integrate(
    x: Array,
    drift: Drift,
    dt: float,
    n_steps: int,
    rng: np.random.Generator,
    *,
    left: bool = False,
    entropy: bool = True,
    observe: Observer | None = None,
) -> tuple[Array, Array]:
    """Euler-Maruyama of n paths, x (d, n) in place; returns the sums `environment` and `left` of the module, (n,).

    left: whether the left-end sum is taken (else it is 0). entropy: whether the midpoint sum is. observe(k, x,
    environment) is called after step k = 1 ... n_steps and at k = 0 with the start.
    """
    environment, left_sum = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    spread = math.sqrt(2.0 * dt)
    if observe is not None:
        observe(0, x, environment)
    for k in range(n_steps):
        force = drift(x, k * dt)
        step = normal(rng, x.shape)
        step *= spread
        step += dt * force
        if left:
            left_sum += (step * force).sum(axis=0)
        if entropy:
            environment += (step * drift(x + 0.5 * step, (k + 0.5) * dt)).sum(axis=0)
        x += step
        if observe is not None:
            observe(k + 1, x, environment)
    return environment, left_sum
