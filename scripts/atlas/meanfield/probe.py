"""Franz-Parisi theory of the tanh network: a probe y at a given distance from a reference x*.

    Omega(d) = lim (1/N) E ln ∫ dy exp(-E(y)/T) delta(N d² - |y - x*|²) + (1/2) ln(1/(2 pi T)),  E = (1/2) sum_i v_i²,

replica symmetric, with probe overlaps q_tilde = E<phi²>, Q_tilde = E<phi>², o = E[phi* <phi>], their conjugates, and
the field p of the distance. T = 1/beta_tilde = 0 is allowed. With S = T + g² (q_tilde - Q_tilde), k = g/S, z2 the
reference's own Gaussian, u, w ~ N(0, 1) and kappa² = g² (Q_tilde - o²/q):

    m = (g o/√q) z2 + kappa w,
    weight(y) = exp{ (q_hat - Q_hat/2) phi² + (√Q_hat u + o_hat phi*) phi - (y - m)²/(2 S) + p (y - x*)² },
    Omega = Q_tilde Q_hat/2 - q_tilde q_hat - o o_hat - p d² - (1/2) ln(2 pi S) + E ln ∫ dy weight,  dOmega/dd = -2 d p,
    d² = E<(y - x*)²>,                q_hat = (k²/2) E<(y - m)²> - g k/2,
    Q_hat = k² E<y - m>²,             o_hat = k E[z2 <y>]/√q - k² (o/q) E Var(y).

Two references: `static`, x* = √D z2 with D = T_r + g² <tanh²> at the reference's temperature T_r (q = D/g²), and a list
of given x* (the published zero-temperature iteration). Newton's method on (ln(q_tilde - Q_tilde), o, kappa, q_hat,
√Q_hat, o_hat, p) with the exact Jacobian, continued in d along the tangent. The exit criterion is the residual of the
seven equations, each relative to its own terms.

Symbols of the paper: bt = beta_tilde = 1/T, St = S, conjugates with hats. Sources: dossier m-shape, Theory A2-A3 and B.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.gradient import gradient_equilibrium
from atlas.meanfield.probe_site import site_moments

Array = NDArray[np.float64]

_UPPER = np.array([[0, 1, 2, 3], [1, 4, 5, 6], [2, 5, 7, 8], [3, 6, 8, 9]])  # places of the ten covariances


@dataclass(frozen=True)
class Reference:
    """The law of the reference at one site: x_star and z2 at nodes with weights, q = E phi*².

    x_star, z2, weights: (n,), the half of the line with z2 > 0 (the other half is its mirror image).
    """

    g: float
    temperature: float
    q: float
    x_star: Array
    z2: Array
    weights: Array

    @cached_property
    def x2(self) -> float:
        """E x*²."""
        return float(self.weights @ self.x_star**2)


FINE = (0.2, 0.3, 8.2)  # midpoint rule in z: largest step, largest step in x = √D z, reach
ROUGH = (0.3, 0.5, 6.5)  # for the way to a solution


@lru_cache(maxsize=64)
def static_reference(g: float, temperature: float = 0.0, nodes: tuple[float, float, float] = FINE) -> Reference:
    """x* = √D z2, D = temperature + g² <tanh²(√D z)>: fixed points at temperature 0 (D = 0 for g <= 1 there).

    Midpoint rule with step 0.2, or less where tanh(√D z) needs it (Gauss-Hermite is wrong by per cents at g = 3); what
    lies beyond |z| = 8.2 weighs less than 1e-15. D is solved on the same nodes. ValueError for g or a temperature out
    of range.
    """
    D = gradient_equilibrium(g, temperature).delta_t
    if D == 0.0:
        return Reference(g, temperature, 0.0, np.zeros(1), np.zeros(1), np.ones(1))
    step, in_x, reach = nodes
    h = min(step, in_x / math.sqrt(D))
    z: Array = (np.arange(math.ceil(reach / h), dtype=float) + 0.5) * h
    weights: Array = np.exp(-(z**2) / 2)
    weights /= weights.sum()
    D = _variance_on(z, weights, g, temperature, D)
    return Reference(g, temperature, D / g**2, math.sqrt(D) * z, z, weights)


def _variance_on(z: Array, weights: Array, g: float, temperature: float, D: float) -> float:
    """D = T + g² <tanh²(√D z)> with the averages on these nodes, by Newton's method from the exact D.

    What the probe differs from the reference by is of order d²: the two must not differ by a quadrature error.
    """
    for _ in range(20):
        x = math.sqrt(D) * z
        phi = np.tanh(x)
        excess = D - temperature - g * g * float(weights @ phi**2)
        step = excess / (1.0 - g * g * float(weights @ (phi * (1 - phi**2) * x)) / D)
        D -= step
        if abs(step) <= 1e-15 * D:
            break
    return D


class Probe:
    """The seven equations of a probe of temperature T against a reference, as functions of an unknown vector theta."""

    def __init__(self, reference: Reference, temperature: float, n_gauss: int = 8, n_points: int = 81) -> None:
        self.reference, self.temperature = reference, temperature
        self._n_points = n_points
        self.alone = reference.q == 0.0  # x* = 0: y is symmetric, so that o = Q_tilde = 0 and their conjugates vanish
        nodes, weights = np.polynomial.hermite_e.hermegauss(1 if self.alone else n_gauss)
        weights = weights / weights.sum()
        shape = (reference.z2.size, nodes.size, nodes.size)

        def spread(values: Array, axis: int) -> Array:
            index = [None, None, None]
            index[axis] = slice(None)  # type: ignore[call-overload]
            return np.ascontiguousarray(np.broadcast_to(values[tuple(index)], shape)).ravel()

        self.x, self.z2 = spread(reference.x_star, 0), spread(reference.z2, 0)
        self.u, self.w = spread(nodes, 1), spread(nodes, 2)
        self.weight = spread(reference.weights, 0) * spread(weights, 1) * spread(weights, 2)
        self.phi_star = np.tanh(self.x)
        self.slope = 0.0 if self.alone else reference.g / math.sqrt(reference.q)  # of m in z2, per unit of o
        self.free = np.array([0, 3, 6] if self.alone else range(7))

    def unpack(self, theta: Array) -> tuple[float, float, float, float]:
        """q_tilde - Q_tilde, Q_tilde, S, k of an unknown vector."""
        g, o, kappa = self.reference.g, theta[1], theta[2]
        delta = math.exp(theta[0])
        big = (kappa / g) ** 2 + (0.0 if self.alone else o * o / self.reference.q)
        S = self.temperature + g * g * delta
        return delta, big, S, g / S

    def site(self, theta: Array) -> tuple[Array, Array]:
        """Moments of all sites (n, 15) at an unknown vector, and m (n,)."""
        _, o, kappa, q_hat, r, o_hat, p = theta
        S = self.unpack(theta)[2]
        m = self.slope * o * self.z2 + kappa * self.w
        b = r * self.u + o_hat * self.phi_star
        moments = site_moments(q_hat - r * r / 2, b, m / S - 2 * p * self.x, p - 0.5 / S, self._n_points)
        return moments, m

    def omega(self, theta: Array, moments: Array, m: Array) -> float:
        """The potential at a saddle point (d² is the measured one)."""
        _, o, _, q_hat, r, o_hat, p = theta
        delta, big, S, _ = self.unpack(theta)
        logs = moments[:, 0] - m * m / (2 * S) + p * self.x**2
        d2 = float(self.weight @ (moments[:, 4] - 2 * self.x * moments[:, 3] + self.x**2))
        order = big * r * r / 2 - (delta + big) * q_hat - o * o_hat - p * d2
        return float(order - 0.5 * math.log(2 * math.pi * S) + self.weight @ logs)

    def equations(self, theta: Array, log_d2: float) -> tuple[Array, Array, Array, float]:
        """Residuals (7,), their scales (7,), Jacobian (7, 7), and Omega.

        The conjugate equations are multiplied by S²/g², so that they stay of order one at T = 0 and small d.
        """
        g, q = self.reference.g, self.reference.q or 1.0
        _, o, _, q_hat, r, o_hat, _ = theta
        delta, big, S, _ = self.unpack(theta)
        moments, m = self.site(theta)
        w, phi2, phi, y = self.weight, *moments[:, 1:4].T
        var = moments[:, 12]  # <y²> - <y>² without cancellation
        gap2 = w @ (var + (y - m) ** 2)
        far = w @ (var + (y - self.x) ** 2)
        scale = S * S / (g * g)
        tail = S * self.slope / (g * g) * (w @ (self.z2 * y))
        push = (o / q) * (w @ var)
        values = np.array([
            w @ phi2 - delta - big, w @ phi**2 - big, w @ (self.phi_star * phi) - o,
            2 * q_hat * scale + S - gap2, r * r * scale - w @ (y - m) ** 2,
            o_hat * scale - tail + push, (math.log(far) if far > 0 else -math.inf) - log_d2,
        ])  # fmt: skip
        within = w @ (phi2 - phi**2)
        sizes = np.array([
            delta + abs(within), big + 1e-6, math.sqrt(q * max(big, 1e-6)), S + gap2, w @ (y - m) ** 2 + 1e-3 * gap2,
            abs(tail) + abs(push) + 1e-6 * S, 1.0,
        ])  # fmt: skip
        values[0] -= values[1]  # the difference of the first two: <phi²> - <phi>² against q_tilde - Q_tilde
        jacobian = self._jacobian(theta, moments, m, (delta, S, scale, far))
        jacobian[0] -= jacobian[1]
        return values, sizes, jacobian, self.omega(theta, moments, m)

    def _coefficients(self, theta: Array, m: Array, delta: float, S: float) -> tuple[Array, Array]:
        """Derivatives of (a, b, c, e) of each site with respect to theta, (n, 4, 7), and of m, (n, 7)."""
        r = theta[4]
        n, dS = m.size, self.reference.g**2 * delta
        grad, dm = np.zeros((n, 4, 7)), np.zeros((n, 7))
        dm[:, 1], dm[:, 2] = self.slope * self.z2, self.w
        grad[:, 0, 3], grad[:, 0, 4] = 1.0, -r
        grad[:, 1, 4], grad[:, 1, 5] = self.u, self.phi_star
        grad[:, 2] = dm / S
        grad[:, 2, 0] = -m * dS / S**2
        grad[:, 2, 6] = -2 * self.x
        grad[:, 3, 0], grad[:, 3, 6] = dS / (2 * S * S), 1.0
        return grad, dm

    def _jacobian(self, theta: Array, moments: Array, m: Array, sizes: tuple[float, float, float, float]) -> Array:
        """Exact derivatives of the equations: averages change by their covariances with the statistics."""
        g, q = self.reference.g, self.reference.q or 1.0
        o, kappa, q_hat, r, o_hat = theta[1:6]
        delta, S, scale, far = sizes
        dS = g * g * delta
        grad, dm = self._coefficients(theta, m, delta, S)
        change = moments[:, 5:][:, _UPPER] @ grad  # (n, 4, 7): of <phi²>, <phi>, <y>, <y²>
        y, phi, w, x = moments[:, 3], moments[:, 2], self.weight, self.x
        var, dvar = moments[:, 12], change[:, 3] - 2 * y[:, None] * change[:, 2]
        gap = y - m
        out = np.zeros((7, 7))
        dbig = np.zeros(7)
        dbig[1], dbig[2] = (0.0 if self.alone else 2 * o / q), 2 * kappa / g**2
        out[0] = w @ change[:, 0] - dbig
        out[0, 0] -= delta
        out[1] = 2 * (w * phi) @ change[:, 1] - dbig
        out[2] = (w * self.phi_star) @ change[:, 1]
        out[2, 1] -= 1.0
        dgap2 = 2 * (w * gap) @ (change[:, 2] - dm)
        out[3] = -(w @ dvar) - dgap2
        out[3, 0] += (4 * q_hat * S / (g * g) + 1.0) * dS
        out[3, 3] += 2 * scale
        out[4] = -dgap2
        out[4, 0] += 2 * r * r * S / (g * g) * dS
        out[4, 4] += 2 * r * scale
        out[5] = -(S * self.slope / (g * g)) * ((w * self.z2) @ change[:, 2]) + (o / q) * (w @ dvar)
        out[5, 0] += (2 * o_hat * S - self.slope * (w @ (self.z2 * y))) / (g * g) * dS
        out[5, 1] += (w @ var) / q
        out[5, 5] += scale
        out[6] = (w @ change[:, 3] - 2 * (w * x) @ change[:, 2]) / far
        return out
