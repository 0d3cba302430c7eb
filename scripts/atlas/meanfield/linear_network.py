"""Covariances of the linear network phi = S (J phi) + zeta that shares its couplings with a nonlinear one.

With the mean response S(w) = chi L(w) and independent noise of spectrum c_zeta per unit, A = (1 - S J)^{-1}:

    C(w)   = c_zeta A A^dagger                                                       the linear equivalence
    C_x(w) = |L|^2 [J C J^T + C_xi (1 + S J A + (S J A)^dagger)]                     of the preactivations, drive C_xi
    C_naive = |S|^2 J C_naive J^T + c_zeta 1                                         naive Gaussian closure (wrong)
    C       = |S|^2 J C J^T + c_zeta [1 + S J A + (S J A)^dagger]                    the closure with its emergent drive

Sums over frequencies with weights f(w) (equal times: 1/n on the n frequencies of a map; a window's line shape for
cross-spectra) through J = V diag(lambda) V^{-1}, M = V^{-1} V^{-dagger}: sum_w f C = V (M o K) V^dagger with

    K_ab = sum_w f c_zeta/[(1 - S lambda_a)(1 - S lambda_b)^*]
    K_ab = sum_w f c_zeta/(1 - |S|^2 lambda_a lambda_b^*)                    (naive).

Source: dossier linear-equivalence, Theory 4-8.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.gaussian import Array

ComplexArray = NDArray[np.complex128]
TOLERANCE = 1e-8  # of V diag(lambda) V^{-1} against J, relative


@dataclass(frozen=True)
class LinearNetwork:
    """Couplings J (N, N) with eigenvalues (N,), V and V^{-1} (N, N); residual: of V lambda V^{-1} against J."""

    J: Array
    eigenvalues: ComplexArray
    V: ComplexArray
    inverse: ComplexArray
    residual: float

    @cached_property
    def metric(self) -> ComplexArray:
        """M = V^{-1} V^{-dagger}."""
        result: ComplexArray = self.inverse @ self.inverse.conj().T
        return result

    def scaled(self, factor: float) -> LinearNetwork:
        """The network with couplings factor J, which has the same eigenvectors."""
        network = LinearNetwork(factor * self.J, factor * self.eigenvalues, self.V, self.inverse, self.residual)
        network.__dict__["metric"] = self.metric
        return network

    def _sandwich(self, kernel: ComplexArray, rows: int | None) -> ComplexArray:
        result: ComplexArray = (self.V[:rows] @ (self.metric * kernel)) @ self.V.conj().T
        return result

    def covariance(self, response: ComplexArray, weights: Array, rows: int | None = None) -> ComplexArray:
        """sum_w weights A A^dagger, the first `rows` rows; response S and weights f c_zeta: (n,)."""
        u: ComplexArray = 1.0 / (1.0 - self.eigenvalues[:, None] * response)
        return self._sandwich((u * weights) @ np.conj(u.T), rows)

    def naive_covariance(self, response: ComplexArray, weights: Array, rows: int | None = None) -> ComplexArray:
        """sum_w weights sum_n |S|^{2n} J^n J^{nT}, the naive closure; arguments as for `covariance`."""
        products = np.multiply.outer(self.eigenvalues, self.eigenvalues.conj())
        kernel = np.zeros_like(products)
        for power, weight in zip(np.abs(response) ** 2, weights, strict=True):
            kernel += weight / (1.0 - power * products)
        return self._sandwich(kernel, rows)

    def field_covariance(
        self, transfer: ComplexArray, response: ComplexArray, noise: Array, drive: float, weights: Array
    ) -> Array:
        """sum_w weights C_x of the preactivations, real part (equal times: w >= 0 suffices, with doubled weights).

        transfer L, response S, noise c_zeta, weights f: (n,); drive: C_xi, the same at every frequency.
        """
        power = weights * np.abs(transfer) ** 2
        u: ComplexArray = self.eigenvalues[:, None] / (1.0 - self.eigenvalues[:, None] * response)
        recurrent = self._sandwich((u * (power * noise)) @ u.conj().T, None).real
        if drive == 0.0:
            return recurrent
        through = (self.V * (u @ (power * drive * response))) @ self.inverse
        result: Array = recurrent + (through + through.conj().T).real
        result[np.diag_indices_from(result)] += drive * float(power.sum())
        return result

    def growth(self, transfer_gain: float, dt: float) -> float:
        """Largest |1 - dt + dt chi lambda| of the map (dt = 0: largest Re chi lambda); below 1 it is stable."""
        values = transfer_gain * self.eigenvalues
        return float(np.abs(1.0 - dt + dt * values).max() if dt else values.real.max())


def linear_network(J: Array) -> LinearNetwork:
    """Diagonalise couplings J (N, N), real.

    Raises ValueError unless J is a square matrix, NotConverged if V lambda V^{-1} misses J by more than 1e-8.
    """
    if J.ndim != 2 or J.shape[0] != J.shape[1]:
        raise ValueError(f"J: got shape {J.shape}; allowed: a square matrix")
    eigenvalues, V = np.linalg.eig(np.asarray(J, dtype=np.float64))
    V = V.astype(np.complex128)
    inverse = np.linalg.inv(V)
    scale = float(np.linalg.norm(J)) or 1.0
    residual = float(np.linalg.norm((V * eigenvalues) @ inverse - J)) / scale
    if not residual <= TOLERANCE:
        raise NotConverged(residual, "eigenvectors of J")
    return LinearNetwork(J, eigenvalues.astype(np.complex128), V, inverse, residual)


def propagator(J: Array, response: complex) -> ComplexArray:
    """A = (1 - S J)^{-1} at one frequency."""
    result: ComplexArray = np.linalg.inv(np.eye(len(J)) - response * J).astype(np.complex128)
    return result


@dataclass(frozen=True)
class Closure:
    """Iterated closures at one frequency, as relative (Frobenius) distances to c_zeta A A^dagger.

    restored: with the emergent drive; naive: without; iterations; residual: last relative change of the iteration.
    """

    restored: float
    naive: float
    iterations: int
    residual: float


def closure_distances(J: Array, response: complex, *, tolerance: float = 1e-14, max_iterations: int = 5000) -> Closure:
    """Iterate C <- |S|^2 J C J^T + X to convergence with X = 1 + S J A + h.c. and with X = 1 (c_zeta = 1).

    Raises ValueError where the iteration diverges (|S| times the spectral radius of J >= 1), NotConverged if the
    relative change is not below the tolerance in time.
    """
    power = abs(response) ** 2
    radius = float(np.abs(np.linalg.eigvals(J)).max())
    if power * radius**2 >= 1.0:
        raise ValueError(f"closure: got |S| rho(J) = {math.sqrt(power) * radius:.4g}; allowed: below 1")
    A = propagator(J, response)
    exact = A @ A.conj().T
    through = response * (J @ A)
    identity = np.eye(len(J), dtype=np.complex128)
    norm = float(np.linalg.norm(exact))
    distances, worst, longest = [], 0.0, 0
    for source in (identity + through + through.conj().T, identity):
        C, change, count = source.copy(), math.inf, 0
        while change > tolerance and count < max_iterations:
            new = power * (J @ C @ J.T) + source
            change, C, count = float(np.linalg.norm(new - C)) / norm, new, count + 1
        if not change <= tolerance:
            raise NotConverged(change, "closure")
        distances.append(float(np.linalg.norm(C - exact)) / norm)
        worst, longest = max(worst, change), max(longest, count)
    return Closure(distances[0], distances[1], longest, worst)


@dataclass(frozen=True)
class PairTraces:
    """(1/N) Tr C(w1) C(w2) for one random J with C_phi = 1 (phi) and with C_x = 1 (x, no drive), and their limits."""

    trace_phi: float
    trace_phi_theory: float
    trace_x: float
    trace_x_theory: float
    residual: float


def pair_traces(J: Array, g: float, a: complex, b: complex) -> PairTraces:
    """The pair traces at responses S(w1) = a, S(w2) = b with |a|, |b| < 1/g:

        phi: C = (1 - g^2 |S|^2) A A^dagger,        limit 1/|1 - g^2 a^* b|^2
        x:   C_x = J C J^T/g^2,                     limit (2 - g^4 |a b|^2)/|1 - g^2 a^* b|^2.

    The deviation of one J is O(1/sqrt N) and grows as 1/(1 - g^2 |S|^2). residual: of (1 - S J) A = 1.
    Raises ValueError for |a| or |b| >= 1/g.
    """
    n_units, scale, residual = len(J), 1.0, 0.0
    roots, fields = [], []
    probe = np.cos(np.arange(n_units))  # any vector: the residual of the inverse is seen on it
    for response in (a, b):
        margin = 1.0 - g * g * abs(response) ** 2
        if not margin > 0.0:
            raise ValueError(f"response {response}: g |S| must be below 1")
        A = propagator(J, response)
        image = A @ probe
        residual = max(residual, float(np.abs(image - response * (J @ image) - probe).max()))
        scale *= margin
        roots.append(A)
        fields.append((A - np.eye(n_units)) / response if response else J.astype(np.complex128))  # J A
    denominator = abs(1.0 - g * g * np.conj(a) * b) ** 2
    # Tr (A A^dagger)(B B^dagger) = |A^dagger B|^2 (Frobenius)
    trace_phi, trace_x = (
        scale * float(np.linalg.norm(first.conj().T @ second) ** 2) / n_units for first, second in (roots, fields)
    )
    return PairTraces(
        trace_phi=trace_phi,
        trace_phi_theory=1.0 / denominator,
        trace_x=trace_x / g**4 if g > 0.0 else 0.0,
        trace_x_theory=(2.0 - g**4 * abs(a * b) ** 2) / denominator,
        residual=residual,
    )
