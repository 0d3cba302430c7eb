"""Dynamical mean-field theory of neurons with plastic synapses, by sampling the effective neuron.

    dx/dt = -x + eta + int_0^inf ds K(s) C(s) a(x(t-s)),    K(s) = exp(-s/p)/p,    a = k phi (hebbian),
    <eta(t) eta(t')> = g^2 C(t - t'),    C(s) = <phi(t) phi(t-s)>,                                      (D1)

in the stationary state. Paths are periodic in time (period long against the correlation time), so that (D1) is a fixed
point in Fourier space, without time stepping,

    x = F^-1[ (eta^ + k (K C)^ phi(x)^)/(1 + i w) ],    eta^ = sqrt(g^2 C^) z^.

The share of the noise alone, y = F^-1[eta^/(1 + i w)], is Gaussian and its correlation of phi is known (Mehler series);
only the difference is sampled,

    C' = C_phi[y] exactly + mean over paths of ( phi(x) phi(x) - phi(y) phi(y) ),

so that k = 0 is the theory of Sompolinsky, Crisanti and Sommers without sampling error. The normal numbers z^ are drawn
once: the equations for paths and C together are deterministic and solved by Anderson mixing until max |C' - C| is
below 1e-5, else NotConverged. Independent batches, each with its own z^ and its own solution, give the standard errors.
For k q > 1 a neuron is bistable by itself and the iteration over its path need not converge.

Source: dossier neuron-synapse, Theory T5; Numerics. Clark and Abbott, arXiv 2302.08985.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from atlas.meanfield.errors import NotConverged, require_gain, require_positive
from atlas.meanfield.gaussian import Array, tanh_odd_coefficients
from atlas.meanfield.mehler import polynomials
from atlas.meanfield.stationary import G_CRITICAL, stationary

PERIOD = 102.4  # membrane constants
_TOLERANCE = 1e-5
_PATH_TOLERANCE = 1e-6
_MEMORY, _PLAIN = 7, 4  # of Anderson mixing


@dataclass(frozen=True)
class SampledDMFT:
    """C(tau) with standard errors over batches, phi2 = C(0), <v^2>; residual: largest |C' - C| of all batches."""

    tau: Array
    c_phi: Array
    c_phi_error: Array
    phi2: float
    phi2_error: float
    gamma0: float
    gamma0_error: float
    residual: float


@dataclass(frozen=True)
class Sampling:
    """Batches, paths in each, time step, largest number of iterations, period."""

    batches: int = 8
    paths: int = 128
    dt: float = 0.1
    limit: int = 80
    period: float = PERIOD

    @property
    def n_times(self) -> int:
        """Even number of times in a period."""
        return 2 * round(0.5 * self.period / self.dt)


def sampled(g: float, k: float, p: float, rng: np.random.Generator, sampling: Sampling | None = None) -> SampledDMFT:
    """The stationary state at gain g > 1, Hebbian strength k and synaptic time p (membrane constants).

    Discretisation error: trapezoid rule of the memory, relative dt^2/(12 p^2) (1e-4 at dt = 0.1, p = 2.5). For g <= 1
    the silent state is returned (all zero). ValueError out of range; NotConverged as in the module.
    """
    g, p = require_gain(g, 10.0), require_positive("p", p)
    how = sampling or Sampling()
    if how.batches < 2 or how.paths < 1 or not 0.0 < how.dt <= 0.5 * how.period:
        raise ValueError(
            f"sampling = {how}: needed are 2 batches or more, a path or more, dt > 0 below half the period"
        )
    tau: Array = np.arange(how.n_times // 2, dtype=np.float64) * how.dt
    if g <= G_CRITICAL:
        zero = np.zeros_like(tau)
        return SampledDMFT(tau, zero, zero, 0.0, 0.0, 0.0, 0.0, 0.0)
    solved = [_Batch(g, k, p, rng, how).solve() for _ in range(how.batches)]
    curves = np.array([c[: tau.size] for c, _, _ in solved])
    energies = np.array([energy for _, energy, _ in solved])
    error = curves.std(axis=0, ddof=1) / math.sqrt(how.batches)
    return SampledDMFT(
        tau, curves.mean(axis=0), error, float(curves[:, 0].mean()), float(error[0]), float(energies.mean()),
        float(energies.std(ddof=1)) / math.sqrt(how.batches), max(residual for _, _, residual in solved),
    )  # fmt: skip


class _Batch:
    """One set of normal numbers and the equations that they make deterministic."""

    def __init__(self, g: float, k: float, p: float, rng: np.random.Generator, how: Sampling) -> None:
        n = how.n_times
        self.g, self.k, self.n, self.limit = g, k, n, how.limit
        self.what = f"sampled mean-field theory at g = {g}, k = {k}, p = {p}"
        self.z = np.fft.rfft(rng.standard_normal((how.paths if k else 1, n)), axis=1)
        self.w = 2.0 * np.pi * np.fft.rfftfreq(n, how.dt)
        self.low_pass = 1.0 / (1.0 + 1j * self.w)
        self.times = how.dt * np.arange(n)
        self.kernel = np.exp(-self.times / p) / p * how.dt
        self.kernel[0] *= 0.5
        self.phi: np.ndarray | None = None  # F[phi(x)] of the last iteration

    def solve(self) -> tuple[Array, float, float]:
        """C on the circle, <v^2>, residual."""
        c, residual = self._start(), math.inf
        images: list[Array] = []
        gaps: list[Array] = []
        for count in range(self.limit):
            image = self._image(c)
            gap = image - c
            residual = float(np.max(np.abs(gap)))
            if residual <= _TOLERANCE:
                return image, self._speed(image), residual
            images, gaps = [*images[1 - _MEMORY :], image], [*gaps[1 - _MEMORY :], gap]
            if count < _PLAIN:
                c = c + 0.5 * gap
            else:
                weights, *_ = np.linalg.lstsq(np.diff(np.array(gaps), axis=0).T, gap, rcond=1e-8)
                c = image - np.diff(np.array(images), axis=0).T @ weights
                c = 0.5 * (c + np.roll(c[::-1], 1))
        raise NotConverged(residual, self.what)

    def _start(self) -> Array:
        """A correlation of the size and width that the network has without plasticity."""
        state = stationary(self.g)
        lag = np.minimum(self.times, self.times[-1] + self.times[1] - self.times)
        start: Array = state.phi2 / np.cosh(np.minimum(state.kappa * lag, 300.0))
        return start

    def _image(self, c: Array) -> Array:
        """C' of the module."""
        power = np.maximum(np.fft.rfft(self.g**2 * c).real, 0.0)
        delta = np.fft.irfft(power * np.abs(self.low_pass) ** 2, self.n)
        a2 = tanh_odd_coefficients(float(delta[0])) ** 2
        rho = delta / delta[0]
        exact: Array = rho * polynomials(a2[None, :], rho * rho)[0]
        if self.k == 0.0:
            return exact
        noise = self.z * (np.sqrt(power) * self.low_pass)
        alone = np.fft.rfft(np.tanh(np.fft.irfft(noise, self.n, axis=1)), axis=1)
        self._paths(noise, c, alone)
        phi = self.phi if self.phi is not None else alone
        sampled_part = (phi.real**2 + phi.imag**2 - alone.real**2 - alone.imag**2).mean(axis=0)
        return exact + np.fft.irfft(sampled_part, self.n) / self.n

    def _paths(self, noise: np.ndarray, c: Array, alone: np.ndarray) -> None:
        """Iterate x = y + filter * phi(x) for given C, from the paths before; NotConverged is left to C's residual."""
        memory = self.k * np.fft.rfft(self.kernel * c) * self.low_pass
        phi = alone if self.phi is None else self.phi
        before: Array | None = None
        for _ in range(12):
            x = np.fft.irfft(noise + memory * phi, self.n, axis=1)
            phi = np.fft.rfft(np.tanh(x), axis=1)
            if before is not None and float(np.max(np.abs(x - before))) <= _PATH_TOLERANCE:
                break
            before = x
        self.phi = phi

    def _speed(self, c: Array) -> float:
        """<v^2>: of the Gaussian share exactly for k = 0, else of the paths."""
        power = np.maximum(np.fft.rfft(self.g**2 * c).real, 0.0)
        if self.k == 0.0 or self.phi is None:
            spectrum = power * np.abs(self.w * self.low_pass) ** 2
            return float(np.fft.irfft(spectrum, self.n)[0])
        memory = self.k * np.fft.rfft(self.kernel * c)
        own = np.abs((self.z * np.sqrt(power) + memory * self.phi) * (self.w * self.low_pass)) ** 2
        return float(np.fft.irfft(own.mean(axis=0), self.n)[0]) / self.n
