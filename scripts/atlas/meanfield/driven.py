"""Stationary DMFT of (1 + d/dt) x_i = sum_j J_ij phi(x_j) + xi_i in continuous time, with white noise or without.

<xi xi> = 2 D delta(t - t'), J_ij ~ N(0, g^2/N), phi = tanh or erf (`units`). The autocovariance Delta(tau) of x obeys

    Delta'' = Delta - g^2 C(Delta; Delta_0),    Delta'(0+) = -D,    Delta -> 0,

so that energy conservation gives Delta_0:  Delta_0^2 {1 - g^2 R(Delta_0)} = D^2,  R = 2 int_0^{Delta_0} C/Delta_0^2.
With rho = Delta/Delta_0, w = rho^2 and d_m = g^2 a_{2m+1}^2/(Delta_0 (m+1)), T_k = sum_{m>k} d_m (as in `mehler`),

    rho'^2 = rho^2 {(D/Delta_0)^2 + (1 - w) Q(w)},       Q(w) = sum_k T_k w^k,

on the coordinate rho = sech u without drive (du/dtau = sqrt Q) and rho = exp(-u) with drive (du/dtau = the square
root of the brace). Gauss-Legendre panels in u; the residual is the mismatch of the two identities that were not
imposed, 1 - sum_m d_m = (D/Delta_0)^2 and (1 - s^2) Delta(s) - g^2 C_phi(s) = D - s Delta_0 at s = kappa (Laplace
transform of the equation of motion).

Participation ratios at equal times, q(w1) = b L*(w1), b = (g chi)^2, z = 1 - q, p = q/(z + i w2),
C(s) = int_0^inf C(tau) e^{-s tau} dtau, Y = C_x - |L|^2 2D (the recurrent part of C_x):

    (1/N) Tr C C  (phi)  = C_phi C_phi |1 + p|^2
    (1/N) Tr C_x C_x     = C_x C_x (1 + 2 Re p) + Y Y |1 + p|^2
    int dw2/2pi C |1 + p|^2 = C(tau=0) + 2 Re{q C(z)} + |q|^2 Re C(z)/Re z.

The second line extends the dossier's identity (drive 0: C_x C_x (2 - g^4 |S S|^2) |1 + p|^2) to the driven network.

Source: dossier linear-equivalence, Theory 1-3, 6, 10.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from atlas.meanfield.errors import NotConverged, require_gain
from atlas.meanfield.gaussian import Array
from atlas.meanfield.mehler import polynomials
from atlas.meanfield.units import UNITS, Unit

ComplexArray = NDArray[np.complex128]
G_MAX, D_MAX, G_MIN_CHAOS = 20.0, 100.0, 1.0001
TOLERANCE = 1e-8  # largest residual that is accepted
_NODES = 16  # Gauss-Legendre nodes of a panel
_V_MAX, _V_STEP = 7.5, 0.1  # outer frequencies kappa sinh v


@dataclass(frozen=True)
class Stationary:
    """Order parameters of the stationary state; kappa = sqrt(1 - g_chi^2) is the final decay rate of Delta(tau).

    residual: see the module. Without activity (D = 0, g <= 1): delta0 = phi2 = 0, chi = 1.
    """

    g: float
    unit: str
    D: float
    delta0: float
    phi2: float
    chi: float
    g_chi: float
    cubic: float
    residual: float


@dataclass(frozen=True)
class Ratios:
    """pr_phi = PR_phi/N and pr_x = PR_x/N at equal times, nan without activity."""

    pr_phi: float
    pr_x: float
    residual: float


@dataclass(frozen=True)
class Path:
    """The orbit on its nodes: u, weight of du, tau(u), du/dtau, rho; the panels' edges with their tau; p1 and T."""

    edges: Array
    edge_tau: Array
    weight: Array
    tau: Array
    rate: Array
    rho: Array
    driven: bool
    p1: float
    T: Array
    kappa: float


def require_unit(name: str) -> Unit:
    """The unit of a name; ValueError for an unknown one."""
    if name not in UNITS:
        raise ValueError(f"phi: got {name!r}; allowed: {', '.join(UNITS)}")
    return UNITS[name]


def solve_delta0(g: float, unit: Unit, D: float) -> float:
    """Root of Delta_0^2 {1 - g^2 R(Delta_0)} = D^2 by bracketing, relative error about 1e-14; 0 without activity."""
    from scipy.optimize import brentq

    if D == 0.0 and g <= 1.0:
        return 0.0
    high = g * g + math.sqrt(g**4 + D * D)  # from C <= 1
    low = D if D > 0.0 else 0.25 * (g - 1.0)  # from C >= 0; delta0 > (g - 1)/2 for both units near the transition

    def excess(log_delta: float) -> float:
        delta = math.exp(log_delta)
        return 1.0 - g * g * unit.energy_ratio(delta) - (D / delta) ** 2

    if g == 0.0:
        return D
    return math.exp(brentq(excess, math.log(low), math.log(high * (1 + 1e-12)), xtol=1e-15, rtol=1e-14))


def _legendre() -> tuple[Array, Array, Array]:
    """Nodes and weights on [-1, 1] and the matrix of int_{-1}^{x_i} of the interpolant."""
    from numpy.polynomial import legendre

    x, w = legendre.leggauss(_NODES)
    values = legendre.legvander(x, _NODES)
    k = np.arange(1, _NODES)
    rising = np.empty((_NODES, _NODES))
    rising[:, 0] = x + 1.0
    rising[:, 1:] = (values[:, 2:] - values[:, :-2]) / (2 * k + 1)
    return x, w, rising @ ((np.arange(_NODES) + 0.5)[:, None] * values[:, :_NODES].T * w)


def _coordinate(u: Array, driven: bool) -> tuple[Array, Array]:
    """rho(u) and 1 - rho^2, free of cancellation."""
    if driven:
        return np.exp(-u), -np.expm1(-2.0 * u)
    return 1.0 / np.cosh(u), np.tanh(u) ** 2


def _rate(u: Array, driven: bool, p1: float, T: Array) -> Array:
    rho, one_minus_w = _coordinate(u.ravel(), driven)
    q = polynomials(T[None, :], rho * rho)[0]
    result: Array = np.sqrt(p1 + one_minus_w * q if driven else q).reshape(u.shape)
    return result


def _series(g: float, unit: Unit, delta0: float) -> tuple[Array, Array, Array]:
    a2 = unit.squares(delta0)
    d = g * g * a2 / (delta0 * np.arange(1.0, a2.size + 1.0))
    return a2, d, np.append(np.cumsum(d[:0:-1])[::-1], 0.0)


def _path(g: float, D: float, delta0: float, d: Array, T: Array) -> Path:
    driven, p1 = D > 0.0, (D / delta0) ** 2
    if driven:  # the rate varies over u ~ p1 near 0
        start = np.geomspace(1e-3 * min(1.0, p1), 0.04, 24)
        edges = np.concatenate(([0.0], start, np.arange(0.08, 40.0, 0.04)))
    else:
        edges = np.arange(0.0, 36.0, 0.06)
    x, w, rising = _legendre()
    half = 0.5 * np.diff(edges)[:, None]
    u = edges[:-1, None] + half * (1.0 + x)
    rate = _rate(u, driven, p1, T)
    inverse = 1.0 / rate
    edge_tau = np.concatenate(([0.0], np.cumsum((half * inverse) @ w)))
    tau = edge_tau[:-1, None] + half * (inverse @ rising.T)
    kappa = math.sqrt(max(1.0 - float(d[0]), 0.0))
    rho, _ = _coordinate(u, driven)
    flat = ((half * w).ravel(), tau.ravel(), rate.ravel(), rho.ravel())
    return Path(edges, edge_tau, *flat, driven, p1, T, kappa)


@dataclass(frozen=True)
class Solution:
    """The stationary state with its series and orbit (None without activity)."""

    state: Stationary
    a2: Array
    path: Path | None

    def c_phi(self, rho: Array) -> Array:
        """C_phi at correlations rho = Delta/Delta_0."""
        flat = rho.ravel()
        result: Array = (flat * polynomials(self.a2[None, :], flat * flat)[0]).reshape(rho.shape)
        return result


@lru_cache(maxsize=64)
def solve(g: float, phi: str = "tanh", D: float = 0.0) -> Solution:
    """The stationary state at gain 0 <= g <= 20 (without drive: g <= 1 or g >= 1.0001) and 0 <= D <= 100.

    Relative error of the order parameters about 1e-12. Raises ValueError outside, NotConverged if the residual is
    above 1e-8.
    """
    g, unit = require_gain(g, G_MAX), require_unit(phi)
    if not (math.isfinite(D) and 0.0 <= D <= D_MAX):
        raise ValueError(f"D = {D}: the noise must be in [0, {D_MAX:g}]")
    if D == 0.0 and 1.0 < g < G_MIN_CHAOS:
        raise ValueError(f"g = {g}: without drive the gain must be <= 1 or >= {G_MIN_CHAOS}")
    delta0 = solve_delta0(g, unit, D)
    if delta0 == 0.0:
        return Solution(Stationary(g, phi, D, 0.0, 0.0, 1.0, g, 0.0, 0.0), np.zeros(1), None)
    a2, d, tails = _series(g, unit, delta0)
    path = _path(g, D, delta0, d, tails)
    draft = Solution(Stationary(g, phi, D, delta0, 0.0, 0.0, 0.0, 0.0, 0.0), a2, path)
    residual = max(abs(1.0 - float(d[::-1].sum()) - path.p1), _motion_residual(g, D, delta0, draft, path))
    if not residual <= TOLERANCE:
        raise NotConverged(residual, f"stationary state at g = {g}, D = {D}")
    chi = unit.chi(delta0)
    state = Stationary(g, phi, D, delta0, unit.phi2(delta0), chi, g * chi, unit.cubic(delta0), residual)
    return Solution(state, a2, path)


def _motion_residual(g: float, D: float, delta0: float, draft: Solution, path: Path) -> float:
    """Mismatch of (1 - s^2) Delta(s) - g^2 C_phi(s) = D - s Delta_0 at s = kappa, relative to s Delta_0 + D."""
    s = path.kappa
    fields = np.stack((delta0 * path.rho, draft.c_phi(path.rho)))
    delta_s, c_s = laplace(path, fields, np.array([s])).real[:, 0]
    return float(abs((1.0 - s * s) * delta_s - g * g * c_s + s * delta0 - D) / (s * delta0 + D))


def laplace(path: Path, values: Array, s: ArrayLike) -> ComplexArray:
    """int_0^inf f(tau) exp(-s tau) dtau for functions on the nodes, ~ exp(-kappa tau) beyond them; Re s > -kappa.

    values: (nodes,) or (F, nodes), s: (n,); result (n,) or (F, n).
    """
    points = np.asarray(s, dtype=np.complex128)
    terms = np.exp(-np.multiply.outer(path.tau, points))
    end = np.multiply.outer(values[..., -1], np.exp(-points * path.tau[-1]) / (path.kappa + points))
    result: ComplexArray = (path.weight * values / path.rate) @ terms + end
    return result


def correlations(g: float, phi: str, D: float, tau: ArrayLike) -> tuple[Array, Array]:
    """Delta(tau) and C_phi(tau) at lags tau >= 0 (any shape); error below 1e-10 of the value at lag 0.

    Newton on tau(u) with the quadrature of one panel. Raises as `solve`, and ValueError for a negative lag.
    """
    lags = np.array(tau, dtype=np.float64)
    if not (np.all(np.isfinite(lags)) and np.all(lags >= 0.0)):
        raise ValueError("tau: the lags must be finite and >= 0")
    solution = solve(float(g), phi, float(D))
    path = solution.path
    if path is None:
        return np.zeros_like(lags), np.zeros_like(lags)
    flat = lags.ravel()
    place = np.clip(np.searchsorted(path.edge_tau, flat, side="right") - 1, 0, path.edges.size - 2)
    left, width = path.edges[place], np.diff(path.edges)[place]
    u = left + width * np.clip((flat - path.edge_tau[place]) / np.diff(path.edge_tau)[place], 0.0, 1.0)
    x, w, _ = _legendre()
    for _ in range(6):
        half = 0.5 * (u - left)[:, None]
        inside = (half / _rate(left[:, None] + half * (1.0 + x), path.driven, path.p1, path.T)) @ w
        u = np.maximum(u - (path.edge_tau[place] + inside - flat) * _rate(u, path.driven, path.p1, path.T), 0.0)
    rho, _ = _coordinate(np.minimum(u, 700.0), path.driven)
    return (solution.state.delta0 * rho).reshape(lags.shape), solution.c_phi(rho).reshape(lags.shape)


def participation_ratios(g: float, phi: str = "tanh", D: float = 0.0) -> Ratios:
    """PR/N of phi and x for N -> infinity (see the module); relative error about 1e-6. Raises as `solve`."""
    solution = solve(float(g), phi, float(D))
    state, path = solution.state, solution.path
    if path is None:
        return Ratios(math.nan, math.nan, 0.0)
    c_phi, delta = solution.c_phi(path.rho), state.delta0 * path.rho
    rest = delta - D * np.exp(-path.tau)
    v = np.arange(0.0, _V_MAX, _V_STEP)
    omega = path.kappa * np.sinh(v)
    measure = _V_STEP * path.kappa * np.cosh(v) / math.pi
    measure[0] *= 0.5
    q = state.g_chi**2 / (1.0 - 1j * omega)
    z = 1.0 - q
    fields = np.stack((c_phi, delta, rest))
    at_z, at_omega = laplace(path, fields, z), laplace(path, fields, 1j * omega)
    single = 2.0 * (q * at_z).real  # int dw2/2pi C 2 Re p: vanishes at large w1, as does that of C |p|^2
    square = np.abs(q) ** 2 * at_z.real / z.real
    spectra = 2.0 * at_omega.real
    whole_phi = state.phi2**2 + float(measure @ (spectra[0] * (single[0] + square[0])))
    whole_x = state.delta0**2 + float(measure @ (spectra[1] * single[1]))
    whole_x += (state.delta0 - D) ** 2 + float(measure @ (spectra[2] * (single[2] + square[2])))
    return Ratios(state.phi2**2 / whole_phi, state.delta0**2 / whole_x, state.residual)
