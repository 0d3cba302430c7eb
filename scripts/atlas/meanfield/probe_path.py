"""Solving for the probe at given distances: Newton's method, continued in the distance.

The way starts near the distance R of an independent configuration (0.9 R or 1.1 R at first), where order parameters
follow from overlaps of correlated Gaussians, and goes outwards; the start and the way use a coarse quadrature, the
answer the fine one. The unknowns are scaled with S so that they stay of order one down to the thermal scale (s = 1
below R, -1 above):

    ( ln(q_tilde - Q_tilde),  g² (q - s o)/S,  kappa/√S,  q_hat S,  √Q_hat √S,  o_hat S,  p S ).

The residual is the largest of the seven equations' residuals, each relative to its own terms. At d = R itself the
solution is known: p = o = Q_tilde = 0, Omega = 0.

A distance that the way does not reach is answered by a state with `converged` false and the residual at which Newton's
method stopped, never by a number that looks like a solution.

Source: dossier m-shape, Theory A3, A7, B, Numerics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.gradient import gradient_equilibrium
from atlas.meanfield.probe import ROUGH, Probe, Reference, static_reference

Array = NDArray[np.float64]

TOLERANCE = 1e-9  # of the residual; the quadrature itself is good to 1e-8 or better
COARSE = (4, 41)  # Gauss-Hermite nodes and points of y on the way
NEAR = 1e-6  # residual that is enough on the way
ROUNDS = 12  # Newton steps at one distance
WIDEST, NARROWEST = (0.35, 1.0), 1e-4  # steps in ln d: the second, where the first way gets stuck on a fold
AT_MAXIMUM = 1e-6  # relative distance to R within which the known solution is returned
ATTEMPTS = 100  # steps of the way towards one distance
STARTS = (0.1, 0.05, 0.2, 0.02)  # relative distances to R, tried in this order


@dataclass(frozen=True)
class ProbeState:
    """The probe at rms distance d: Omega, derivative = dOmega/dd = -2 d p, order parameters and conjugates.

    residual: largest of the relative residuals; converged: residual <= TOLERANCE. Numbers of a state that has not
    converged are nan.
    """

    d: float
    omega: float
    derivative: float
    p: float
    q_tilde: float
    Q_tilde: float
    o: float
    q_hat: float
    Q_hat: float
    o_hat: float
    residual: float
    converged: bool


@dataclass(frozen=True)
class _Point:
    """Scaled unknowns at ln d² with their residual, the tangent d scaled/d ln d², and Omega."""

    log_d2: float
    scaled: Array
    tangent: Array
    residual: float
    omega: float


class Chart:
    """Scaled unknowns against theta, on one side of R (side = 1 below, -1 above)."""

    def __init__(self, probe: Probe, side: int) -> None:
        self.probe, self.side = probe, side
        self._g2, self._q = probe.reference.g**2, probe.reference.q

    def theta(self, scaled: Array) -> Array:
        """theta of the scaled unknowns."""
        s, gap, kappa, q_hat, r, o_hat, p = scaled
        S = self.probe.temperature + self._g2 * math.exp(s)
        o = 0.0 if self.probe.alone else self.side * (self._q - gap * S / self._g2)
        return np.array([s, o, kappa * math.sqrt(S), q_hat / S, r / math.sqrt(S), o_hat / S, p / S])

    def scaled(self, theta: Array) -> Array:
        """The scaled unknowns of theta."""
        s, o, kappa, q_hat, r, o_hat, p = theta
        S = self.probe.temperature + self._g2 * math.exp(s)
        gap = 0.0 if self.probe.alone else self._g2 * (self._q - self.side * o) / S
        return np.array([s, gap, kappa / math.sqrt(S), q_hat * S, r * math.sqrt(S), o_hat * S, p * S])

    def slopes(self, scaled: Array) -> Array:
        """d theta/d scaled, (7, 7): diagonal but for the first column."""
        delta = math.exp(scaled[0])
        S = self.probe.temperature + self._g2 * delta
        dS, root = self._g2 * delta, math.sqrt(S)
        out = np.diag([1.0, -self.side * S / self._g2, root, 1 / S, 1 / root, 1 / S, 1 / S])
        powers = np.array([0.0, 1.0, 0.5, -1.0, -0.5, -1.0, -1.0])
        out[:, 0] += np.diag(out) * scaled * powers * dS / S
        return out

    def newton(self, scaled: Array, log_d2: float, rounds: int = ROUNDS, enough: float = 0.01 * TOLERANCE) -> _Point:
        """Newton's method at one distance from a start; the best point seen (its residual says how good it is).

        Ends where the residual is `enough`, where it has grown a hundredfold from below 1e-2, or where it is within the
        tolerance and rounding keeps it from falling.
        """
        free, best = self.probe.free, None
        for _ in range(rounds):
            if not self._allowed(scaled):
                break
            values, sizes, jacobian, omega = self.probe.equations(self.theta(scaled), log_d2)
            residual = float(np.abs(values / sizes)[free].max())
            steps = self._steps(scaled, values, jacobian)
            if steps is None or not math.isfinite(residual):
                break
            last = best.residual if best else math.inf
            if residual < last:
                best = _Point(log_d2, scaled, steps[1], residual, omega)
            lost = residual > 100 * last and last < 1e-2
            if residual <= enough or lost or (last <= TOLERANCE and residual > last / 4):
                break
            scaled = scaled + steps[0] / max(1.0, abs(steps[0][0]) / 0.7)  # ln(q_tilde - Q_tilde): at most 0.7
        return best or _Point(log_d2, scaled, np.zeros(7), math.inf, math.nan)

    def _steps(self, scaled: Array, values: Array, jacobian: Array) -> Array | None:
        """Newton's step and the tangent, (2, 7); None where the Jacobian is singular."""
        free = self.probe.free
        square = (jacobian @ self.slopes(scaled))[np.ix_(free, free)]
        out = np.zeros((2, 7))
        try:
            out[:, free] = np.linalg.solve(square, np.stack([-values[free], np.eye(7)[6][free]], axis=1)).T
        except np.linalg.LinAlgError:
            return None
        return out

    def _allowed(self, scaled: Array) -> bool:
        """Whether the one-site weight has an integral, p S < 1/2, and no number has run away."""
        return bool(np.isfinite(scaled).all() and abs(scaled[0]) < 50 and scaled[6] < 0.5)


def start(probe: Probe, ratio: float) -> Array:
    """A first theta at d = ratio R, near 1: overlaps of Gaussians of the correlation that the distance gives.

    Without a reference (x* = 0): q_tilde of the unconstrained probe, T/(1 - g²), to leading order in T.
    """
    g, q = probe.reference.g, probe.reference.q
    if probe.alone:
        return np.array([math.log(probe.temperature / abs(1 - g * g)), 0, 0, 0, 0, 0, 0], float)
    c = 1 - ratio**2
    o = 0.96 * q * c
    kappa = 0.3 * g * math.sqrt(q * abs(c))
    big = (kappa / g) ** 2 + o * o / q
    return np.array([math.log(q - big), o, kappa, 0.0, 0.1 * math.sqrt(abs(c)), 0.0, 0.0])


class Way:
    """The coarse way outwards from R on one side, remembered, so that many distances cost one way."""

    def __init__(self, coarse: Probe, side: int, R: float, widest: float) -> None:
        self.chart, self.widest = Chart(coarse, side), widest
        for offset in STARTS:
            ratio = 1 - side * offset
            theta = start(coarse, ratio)
            if coarse.alone:  # the mean square of the unconstrained probe
                first = math.log(float(coarse.weight @ coarse.site(theta)[0][:, 4]))
            else:
                first = 2 * math.log(R * ratio)
            self.points = [self.chart.newton(self.chart.scaled(theta), first, 40, NEAR)]
            if coarse.alone or self.points[0].residual <= NEAR:
                break

    def to(self, log_d2: float) -> _Point:
        """The point at ln d², or the last that was reached before the way got stuck."""
        here = min(self.points, key=lambda point: abs(point.log_d2 - log_d2))
        step, failed = 2 * self.widest, False
        for _ in range(ATTEMPTS):
            arrived = math.isclose(here.log_d2, log_d2, abs_tol=1e-12)
            if arrived or here.residual > NEAR or abs(step) < 2 * NARROWEST:
                break
            move = float(np.clip(log_d2 - here.log_d2, -step, step))
            found = self.chart.newton(self._ahead(here, move), here.log_d2 + move, 8, NEAR)
            if found.residual <= NEAR and abs(found.scaled[0] - here.scaled[0]) < 2.5:
                self.points.append(found)
                here, step, failed = found, step if failed else min(1.5 * step, 2 * self.widest), False
            else:
                step, failed = min(step, abs(move)) / 2, True
        return here

    def _ahead(self, here: _Point, move: float) -> Array:
        """Where the way goes on: the cubic through `here` and the nearest point not too near, by their tangents."""
        others = [point for point in self.points if abs(point.log_d2 - here.log_d2) >= abs(move) / 2]
        if not others:
            return here.scaled + move * here.tangent
        back = min(others, key=lambda point: abs(point.log_d2 - here.log_d2))
        h = back.log_d2 - here.log_d2
        t = move / h
        return (
            (1 + 2 * t) * (1 - t) ** 2 * here.scaled + t * t * (3 - 2 * t) * back.scaled
            + h * t * (1 - t) ** 2 * here.tangent + h * t * t * (t - 1) * back.tangent
        )  # fmt: skip


class LocalEntropy:
    """Omega(d) for one reference and one probe temperature; ways are kept, so that a curve costs little more.

    reference, temperature: as `Probe`; rough: the same law on fewer nodes, for the way.
    """

    def __init__(self, reference: Reference, temperature: float, rough: Reference | None = None) -> None:
        self.reference, self.temperature = reference, temperature
        self._fine = Probe(reference, temperature)
        self._coarse = Probe(rough or reference, temperature, *COARSE)
        self._free = gradient_equilibrium(reference.g, temperature)
        self._ways: dict[tuple[int, float], Way] = {}

    @classmethod
    def static(cls, g: float, temperature: float, reference_temperature: float = 0.0) -> LocalEntropy:
        """The probe of the fixed points (reference temperature 0) or of an equilibrium state."""
        g = require_gain(g)
        if not (math.isfinite(temperature) and temperature >= 0.0):
            raise ValueError(f"temperature = {temperature}: must be finite and >= 0")
        reference = static_reference(g, reference_temperature)
        if reference.q == 0.0 and temperature == 0.0:
            raise ValueError(
                f"g = {g}: at temperature 0 and g <= 1 the only state is the origin; beta_tilde must be finite"
            )
        if reference.q == 0.0 and g == 1.0:
            raise ValueError(
                "g = 1: the reference is the origin and its thermal radius has no leading order; g != 1 allowed"
            )
        return cls(reference, temperature, static_reference(g, reference_temperature, ROUGH))

    @property
    def independent_distance(self) -> float:
        """R = √(E x*² + D_T) with D_T the variance of an unconstrained probe: the maximum of Omega, Omega(R) = 0.

        √(2 D) for a static reference at the probe's temperature; √D_T for g < 1, where x* = 0.
        """
        return math.sqrt(self.reference.x2 + self._free.delta_t)

    def at(self, d: float) -> ProbeState:
        """The probe at rms distance d > 0 (ValueError otherwise)."""
        if not (math.isfinite(d) and d > 0.0):
            raise ValueError(f"d = {d}: the rms distance must be finite and > 0")
        R = self.independent_distance
        if not self._fine.alone and abs(d / R - 1) < AT_MAXIMUM:
            return ProbeState(d, 0.0, 0.0, 0.0, self._free.phi2, *(0.0,) * 5, 0.0, True)
        log_d2 = 2 * math.log(d)
        side = 1 if self._fine.alone or d < R else -1
        for widest in WIDEST:
            if (side, widest) not in self._ways:
                self._ways[side, widest] = Way(self._coarse, side, R, widest)
            way = self._ways[side, widest]
            here = way.to(log_d2)
            if math.isclose(here.log_d2, log_d2, abs_tol=1e-12):
                break
        else:
            return self._failed(d, way.chart.newton(here.scaled, log_d2, 8).residual)
        chart = Chart(self._fine, side)
        point = chart.newton(here.scaled, log_d2)
        if not point.residual <= TOLERANCE:
            return self._failed(d, point.residual)
        return self._state(d, chart.theta(point.scaled), point)

    def curve(self, distances: Sequence[float] | Array) -> list[ProbeState]:
        """The probe at several distances, in their order."""
        return [self.at(float(d)) for d in distances]

    def _state(self, d: float, theta: Array, point: _Point) -> ProbeState:
        _, o, _, q_hat, r, o_hat, p = (float(value) for value in theta)
        delta, big, _, _ = self._fine.unpack(theta)
        return ProbeState(
            d, point.omega, -2 * d * p, p, float(delta + big), float(big), o, q_hat, r * r, o_hat, point.residual, True
        )  # fmt: skip

    @staticmethod
    def _failed(d: float, residual: float) -> ProbeState:
        return ProbeState(d, *(math.nan,) * 9, max(residual, 10 * TOLERANCE), False)


def require_converged(state: ProbeState) -> ProbeState:
    """The state itself; raises NotConverged when it has not converged."""
    if not state.converged:
        raise NotConverged(state.residual, f"probe at d = {state.d:g}")
    return state
