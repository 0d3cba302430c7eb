"""The measure exp(-E(x)/T)/Z of one or two neurons by quadrature, E(x) = |x - J tanh(x)|²/2.

    log_z = ln Z,  x2 = <x x^T>,  energy = <E>,  u_phi = <u tanh(x)^T>, u = x - J tanh(x),
    likelihood  L = -<E>_data/T - ln Z,   gradient  dL/dJ = (1/T) (<u tanh(x)^T>_data - u_phi).

Trapezoid sums on the box |x_i| <= sum_j |J_ij| + 10 √T: |tanh| <= 1, so that beyond it E/T > 50. The integrand is
analytic, the sums converge exponentially; the number of points is doubled until nothing moves. Source: dossier
langevin-machine, Theory and Exact properties d, e.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged, require_positive

Array = NDArray[np.float64]
REACH = 10.0  # standard deviations √T beyond the largest input
FIRST = 32  # points per direction at first
MOST = {1: 1 << 17, 2: 1 << 11}
ROWS = 256  # of the second direction held at once
TOLERANCE = 1e-10


@dataclass(frozen=True)
class Measure:
    """log_z, x2 (n, n), energy, u_phi (n, n); residual: largest change on the last doubling; points per direction."""

    log_z: float
    x2: Array
    energy: float
    u_phi: Array
    residual: float
    points: int


def checked(J: object) -> Array:
    """J as a (1, 1) or (2, 2) matrix; ValueError for another shape or numbers that are not finite."""
    matrix = np.array(J, dtype=float)
    if matrix.shape not in ((1, 1), (2, 2)) or not np.isfinite(matrix).all():
        raise ValueError(f"J: got shape {matrix.shape}; allowed: finite (1, 1) or (2, 2)")
    return matrix


def sums(J: Array, temperature: float, points: int) -> tuple[float, Array, float, Array]:
    """ln Z and the three averages from one trapezoid sum with so many points per direction."""
    reach = np.abs(J).sum(axis=1) + REACH * math.sqrt(temperature)
    axes = [np.linspace(-one, one, points) for one in reach]
    cell = math.prod(2.0 * one / (points - 1) for one in reach)
    n = len(J)
    z, x2, energy, u_phi = 0.0, np.zeros((n, n)), 0.0, np.zeros((n, n))
    for start in range(0, points if n == 2 else 1, ROWS):
        rows = axes[0] if n == 1 else np.repeat(axes[0][start : start + ROWS], points)
        x = rows[None, :] if n == 1 else np.stack([rows, np.tile(axes[1], len(rows) // points)])
        phi = np.tanh(x)
        u = x - J @ phi
        e = 0.5 * np.einsum("ij,ij->j", u, u)
        weight = np.exp(-e / temperature)
        z += float(weight.sum())
        energy += float(weight @ e)
        x2 += (x * weight) @ x.T
        u_phi += (u * weight) @ phi.T
    return math.log(z * cell), x2 / z, energy / z, u_phi / z


def measure(J: object, temperature: float, tolerance: float = TOLERANCE) -> Measure:
    """The averages; NotConverged when they still move by more than the tolerance at the largest number of points."""
    matrix, temperature = checked(J), require_positive("temperature", temperature)
    points = FIRST
    last = flat(sums(matrix, temperature, points))
    while True:
        points *= 2
        found = sums(matrix, temperature, points)
        now = flat(found)
        residual = float(np.max(np.abs(now - last) / np.maximum(1.0, np.abs(now))))
        if residual <= tolerance:
            return Measure(found[0], found[1], found[2], found[3], residual, points)
        if 2 * points > MOST[len(matrix)]:
            raise NotConverged(residual, f"quadrature with {points} points per direction")
        last = now


def flat(found: tuple[float, Array, float, Array]) -> Array:
    """All numbers of a sum in one vector."""
    return np.concatenate([[found[0], found[2]], found[1].ravel(), found[3].ravel()])


def density(J: object, temperature: float, x: Array) -> Array:
    """Marginal density of x_1 at points (n,), the other neuron summed over."""
    matrix = checked(J)
    found = measure(matrix, temperature)
    reach = np.abs(matrix).sum(axis=1) + REACH * math.sqrt(temperature)
    if len(matrix) == 1:
        u = x - matrix[0, 0] * np.tanh(x)
        return np.asarray(np.exp(-0.5 * u * u / temperature - found.log_z))
    other = np.linspace(-reach[1], reach[1], found.points)
    grid = np.stack([np.repeat(x, len(other)), np.tile(other, len(x))])
    u = grid - matrix @ np.tanh(grid)
    weight = np.exp(-0.5 * (u * u).sum(axis=0) / temperature - found.log_z)
    return np.asarray(weight.reshape(len(x), -1).sum(axis=1) * (other[1] - other[0]))


def log_likelihood(J: object, temperature: float, data: Array) -> float:
    """L of data points in rows (P, n)."""
    matrix = checked(J)
    u = data - np.tanh(data) @ matrix.T
    return -0.5 * float(np.mean((u * u).sum(axis=1))) / temperature - measure(matrix, temperature).log_z


def gradient(J: Array, temperature: float, data: Array, points: int | None = None) -> Array:
    """dL/dJ (n, n) by the averages; `points`: with so many per direction instead of until nothing moves."""
    phi = np.tanh(data)
    u = data - phi @ J.T
    model = measure(J, temperature).u_phi if points is None else sums(J, temperature, points)[3]
    return np.asarray((u.T @ phi / len(data) - model) / temperature)


def differences(J: object, temperature: float, data: Array, step: float = 1e-3) -> Array:
    """dL/dJ (n, n) by central differences of L of fourth order in the step."""
    matrix = checked(J)
    found = np.zeros_like(matrix)
    for place in np.ndindex(matrix.shape):
        values = []
        for factor in (-2.0, -1.0, 1.0, 2.0):
            moved = matrix.copy()
            moved[place] += factor * step
            values.append(log_likelihood(moved, temperature, data))
        found[place] = (values[0] - 8.0 * values[1] + 8.0 * values[2] - values[3]) / (12.0 * step)
    return found


def ascent(J: object, temperature: float, data: Array, rate: float, decay: float, updates: int) -> tuple[Array, float]:
    """Couplings (updates + 1, n, n) of J <- (1 - decay) J + rate dL/dJ, and the error of their averages.

    The number of points is the first that `measure` found good enough at the start, the error that of the last step.
    NotConverged when that is above 1e-8.
    """
    matrix = checked(J)
    points = measure(matrix, temperature).points // 2  # those of the last doubling only confirmed them
    course = [matrix]
    for _ in range(updates):
        matrix = (1.0 - decay) * matrix + rate * gradient(matrix, temperature, data, points)
        course.append(matrix)
    residual = float(np.max(np.abs(gradient(matrix, temperature, data, points) - gradient(matrix, temperature, data))))
    if residual > 1e-8:
        raise NotConverged(residual, f"ascent with {points} points per direction")
    return np.array(course), residual
