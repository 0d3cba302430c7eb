"""Hamiltonian Monte Carlo of P(x) ~ exp(-E(x)/T), E the kinetic energy, for R independent chains at once.

Momenta p ~ N(0, T), H = E(x) + |p|^2/2, trajectories of dx/dt = p, dp/dt = -grad E by the leapfrog method,
accepted with probability min(1, exp(-(H' - H)/T)): exact for any step. The dynamics does not know T, so one
step serves all temperatures: in units where momenta have unit variance and the potential is E/T the step is
step * sqrt(1/T). Stable for step * (1 + g) < 2; about 0.45 is a good step for g near 1 (0.045 at T = 0.01 in
the other units). Sources: dossier equilibrium-measure, Numerics; dossier m-shape, Numerics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.dynamics.activation import TANH, Activation
from atlas.dynamics.gradient import GradientFlow, half_square
from atlas.dynamics.noise import fill_normal
from atlas.dynamics.products import add_scaled
from atlas.dynamics.schemes import Flow, Observer

Array = NDArray[np.floating[Any]]
Array64 = NDArray[np.float64]


@dataclass(frozen=True)
class HMCResult:
    """What a run of R chains reports beside its observers.

    acceptance, burn_acceptance (R,): accepted share of the proposals while sampling and before (nan if none).
    energy (n_samples, R): E of the sampled states. Low acceptance means a step too large, not a wrong result.
    """

    acceptance: Array64
    burn_acceptance: Array64
    energy: Array64


def leapfrog(flow: Flow, x: Array, p: Array, step: float, n_steps: int) -> None:
    """n_steps leapfrog steps of dx/dt = p, dp/dt = f(x), in place; x, p (N, R).

    Second order in ``step``, time-reversible (negating p and repeating returns to the start up to rounding)
    and volume preserving. Needs flow.q = f(x) on entry (call flow.add(x, 0)) and leaves it so.
    """
    for _ in range(n_steps):
        add_scaled(p, step / 2, flow.q)
        add_scaled(x, step, p)
        flow.add(x, 0.0)
        add_scaled(p, step / 2, flow.q)


def sample(
    x: Array,
    J: Array,
    temperature: float,
    rng: np.random.Generator,
    *,
    step: float,
    n_leapfrog: int,
    n_burn: int,
    n_samples: int,
    every: int = 1,
    jitter: float = 0.1,
    observe: Sequence[Observer] = (),
    activation: Activation = TANH,
) -> HMCResult:
    """Run n_burn trajectories, then n_samples * every, and observe every ``every``-th state of the R chains.

    x (N, R): starting states, advanced in place to the last states; start from N(0, 1), not from 0 (all moves
    from there are rejected for long). J (N, N) of the same dtype. Each trajectory takes n_leapfrog steps of
    length step * (1 + jitter u), u uniform in (-1, 1), drawn once for all chains (jitter breaks resonances).
    Observers are called as observer(k, x, phi, v), k = 0 ... n_samples - 1, v = -x + J phi(x), E = |v|^2/2.
    Cost: 2 (n_leapfrog + 1) products per trajectory, 2 more per observation.

    Ranges: temperature > 0, step > 0, n_leapfrog, every >= 1, n_burn, n_samples >= 0, 0 <= jitter < 1;
    ValueError otherwise. A proposal with non-finite energy is rejected.
    """
    _check(temperature, step, jitter)
    for name, value, least in (
        ("n_leapfrog", n_leapfrog, 1), ("every", every, 1), ("n_burn", n_burn, 0), ("n_samples", n_samples, 0)
    ):  # fmt: skip
        if value < least:
            raise ValueError(f"{name}: got {value}; allowed: integer >= {least}")
    chains = _Chains(GradientFlow(J, x, activation), x, temperature, rng)

    def run(count: int) -> Array64:
        accepted = np.zeros(x.shape[1])
        for _ in range(count):
            accepted += chains.move(step * (1 + jitter * rng.uniform(-1, 1)), n_leapfrog)
        return accepted

    burn = run(n_burn)
    total = np.zeros(x.shape[1])
    energies = np.empty((n_samples, x.shape[1]))
    for k in range(n_samples):
        total += run(every)
        chains.flow.add(x, 0.0)  # the buffers hold the last proposal, which may have been rejected
        energies[k] = chains.flow.energy()
        for observer in observe:
            observer(k, x, chains.flow.phi, chains.flow.velocity)
    return HMCResult(_share(total, n_samples * every), _share(burn, n_burn), energies)


def _share(accepted: Array64, proposals: int) -> Array64:
    return accepted / proposals if proposals else np.full_like(accepted, np.nan)


class _Chains:
    """R chains at x (changed in place) with the buffers of one trajectory."""

    def __init__(self, flow: GradientFlow, x: Array, temperature: float, rng: np.random.Generator) -> None:
        self.flow, self.x, self._temperature, self._rng = flow, x, temperature, rng
        self._p, self._start = np.empty_like(x), np.empty_like(x)

    def move(self, step: float, n_leapfrog: int) -> NDArray[np.bool_]:
        """One trajectory and its accept/reject decision for each chain; returns which chains moved (R,)."""
        x, p = self.x, self._p
        fill_normal(self._rng, p)
        np.multiply(p, math.sqrt(self._temperature), out=p)
        np.copyto(self._start, x)
        self.flow.add(x, 0.0)
        before = self.flow.energy() + half_square(p)
        with np.errstate(over="ignore", invalid="ignore"):
            leapfrog(self.flow, x, p, step, n_leapfrog)
            after = self.flow.energy() + half_square(p)
            # log of a uniform number in (0, 1]; a comparison with nan is False, so such a proposal is
            # rejected
            threshold = np.log1p(-self._rng.random(x.shape[1])) * self._temperature
            accepted = before - after >= threshold
        np.copyto(x, self._start, where=~accepted)
        return accepted


def _check(temperature: float, step: float, jitter: float) -> None:
    if not (math.isfinite(temperature) and temperature > 0):
        raise ValueError(f"temperature: got {temperature}; allowed: finite number > 0")
    if not (math.isfinite(step) and step > 0):
        raise ValueError(f"step: got {step}; allowed: finite number > 0")
    if not 0 <= jitter < 1:
        raise ValueError(f"jitter: got {jitter}; allowed: 0 <= jitter < 1")
