"""Replica-symmetric theory of the measure exp(-beta E), E(x) = (1/2) |-x + J tanh(x)|^2 + eta |x|^2, at finite beta.

Couplings: Var J_ij = g^2/N, E[J_ij J_ji] = gamma g^2/N. With T = 1/beta and the responses in units of 1/sqrt(beta),
rho = sqrt(beta) r and rho_R = sqrt(beta) R, the effective single site has the density

    w(x) ~ exp{ (qhat - Qhat/2) phi^2 + h phi - m^2/(2 S) - beta eta x^2 },    phi = tanh(x),
    m = x - Gamma phi - xi,   Gamma = g^2 gamma (rho - rho_R),   S = sigma^2/beta = T + g^2 (q - Q),

with Gaussian fields of E xi^2 = g^2 Q, E h^2 = Qhat, E xi h = g^2 gamma rho_R. Saddle point (E: fields, <.>: w):

    q = E<phi^2>       rho   = E<m phi>/S      qhat = (g^2/2) (E<m^2>/S^2 - 1/S)
    Q = E<phi>^2       rho_R = E<m><phi>/S     Qhat = g^2 E<m>^2/S^2

and E/N = T/2 + T^2 qhat/g^2 at eta = 0. Q = rho_R = Qhat = 0 always solves them (the symmetric solution: one integral);
`stability` is the largest multiplier of the iteration for small Q, rho_R, Qhat there (below 1: it is attracting, which
was found at all g for gamma >= 0; above 1 beyond the line for gamma < 0, where the attracting solution has Q, R > 0).

Integrals over x by the trapezoid rule on a symmetric grid (error exp(-c/step) or less, hence the square of that of
every second node, which is what `quadrature` reports), over the fields by Gauss-Hermite nodes. Exit criterion: the
mismatch of all equations, each in its natural unit (q for q and Q, rho for both responses, 1/q for both conjugates),
below 1e-11.

Symbols: q, Q, r, R, qhat, Qhat as in the paper; the paper's rhat - Rhat is sqrt(beta) Gamma.
Source: dossier equilibrium-measure, Theory (replica-symmetric free entropy) and Exact properties.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged, require_gain, require_positive
from atlas.meanfield.fixed_point import FixedPoint, anderson, newton
from atlas.meanfield.null_phase import critical_gain, null_phase, require_symmetry

Array = NDArray[np.float64]

TOLERANCE = 1e-11
_TAIL = 38.0  # exponent below its maximum at which the grid ends (3e-17)
_PER_WIDTH = 0.55  # node distance over the narrowest width of the density
_LARGEST_GRID = 3000  # nodes on either side; more are only asked for by states far from any solution
_FIELD_NODES = 20  # Gauss-Hermite nodes of each field
_SETTLE = 20  # damped steps after which the overlap is the only slow direction
_HALVINGS = 20  # of the overlap; ten lead from q to q/1000
_HALF = np.array([1.0, 0.5, 1.0, 0.5, 1.0, 0.5])  # halves (Q, rho_R, Qhat), which keeps the fields' covariance


@dataclass(frozen=True)
class Model:
    """Gain, symmetry, inverse temperature and ridge of the measure."""

    g: float
    gamma: float
    beta: float
    eta: float = 0.0

    @property
    def temperature(self) -> float:
        return 1.0 / self.beta


@dataclass(frozen=True)
class ReplicaMeasure:
    """Solution at (g, gamma, beta); x2 = E<x^2>, energy = E/N, stability of the symmetric solution: see the module.

    quadrature: relative error of the averages over x (see the module). evaluations: of the saddle-point map.
    """

    g: float
    gamma: float
    beta: float
    q: float
    Q: float
    r: float
    R: float
    qhat: float
    Qhat: float
    x2: float
    energy: float
    stability: float
    residual: float
    quadrature: float
    evaluations: int


# --- the symmetric solution: one integral --------------------------------------------------------------------------


def _half_grid(
    model: Model, S: float, Gamma: float, qhat: float, field: float = 0.0, xi: float = 0.0
) -> tuple[Array, Array, Array]:
    """Grid x, phi, phi' on [-L, L] for fields up to `field` on phi and `xi` on m; step a part of the narrowest width.

    The terms qhat phi^2 and h phi are at most `lift` above their values at 0, and their slopes at most `lift`: the
    density has fallen by exp(-38) where m^2/(2 S) exceeds 38 + lift, and beyond sqrt(2 38 S) + 2 S lift as well.
    """
    least = 1.0 - max(Gamma, 0.0)
    lift = 2.0 * field + max(qhat, 0.0)
    spread = xi + min(math.sqrt(2.0 * S * (_TAIL + lift)), math.sqrt(2.0 * S * _TAIL) + 2.0 * S * lift)
    reach = spread + abs(Gamma)
    if least > 0:
        reach = min(reach, spread / least)
    curvature = max(1.0 + max(-Gamma, 0.0), 1.0) ** 2 / S + 2.0 * max(-qhat, 0.0) + 2.0 * model.beta * model.eta
    step = min(_PER_WIDTH / math.sqrt(curvature), 0.12)
    if not reach < _LARGEST_GRID * step:
        raise ValueError(f"S = {S}, qhat = {qhat}: the density needs more than {2 * _LARGEST_GRID} nodes")
    half = 2 * math.ceil(reach / step / 2.0)
    x: Array = np.linspace(-reach, reach, 2 * half + 1)
    phi = np.tanh(x)
    return x, phi, 1.0 - phi * phi


@dataclass(frozen=True)
class _Averages:
    """Averages of one symmetric site: <phi^2>, <m phi>, <m^2>/S - 1, <x^2>, and the grid's own error."""

    phi2: float
    m_phi: float
    excess: float
    x2: float
    error: float


def _symmetric_site(model: Model, q: float, rho: float, qhat: float) -> _Averages:
    S = model.temperature + model.g**2 * q
    Gamma = model.g**2 * model.gamma * rho
    x, phi, _ = _half_grid(model, S, Gamma, qhat)
    m = x - Gamma * phi
    phi2 = phi * phi
    exponent = qhat * phi2 - m * m / (2.0 * S) - model.beta * model.eta * x * x
    w = np.exp(exponent - exponent.max())
    rows = np.stack([phi2, m * phi, m * m / S, x * x, np.ones_like(x)])
    sums = rows @ w
    coarse = rows[:, ::2] @ w[::2]
    mean, rough = sums[:4] / sums[4], coarse[:4] / coarse[4]
    error = float(np.max(np.abs(mean - rough) / np.maximum(np.abs(mean), 1e-300))) ** 2
    return _Averages(float(mean[0]), float(mean[1]), float(mean[2]) - 1.0, float(mean[3]), error)


def _symmetric_map(model: Model, u: Array) -> Array:
    q, rho, qhat = u
    site = _symmetric_site(model, q, rho, qhat)
    S = model.temperature + model.g**2 * q
    return np.array([site.phi2, site.m_phi / S, model.g**2 * site.excess / (2.0 * S)])


def _symmetric_start(model: Model) -> Array:
    """The null phase where it is one, cut where it diverges; else the static scale, refined by damped steps."""
    if model.g < 0.999 * critical_gain(model.gamma):
        null = null_phase(model.g, model.gamma)
        q = min(model.temperature * null.beta_q, 0.5 * math.sqrt(model.temperature) + 0.5 * model.temperature, 0.9)
        u = np.array([q, null.rho / (1.0 + q), 0.0])
    else:
        u = np.array([0.05, 0.8 / model.g, 0.0])
    for _ in range(60):
        u = 0.5 * u + 0.5 * _symmetric_map(model, u)
    return u


def _symmetric_solution(model: Model) -> tuple[Array, int]:
    """(q, rho, qhat) by Newton in (ln q, rho, q qhat), each of order one."""

    def mismatch(y: Array) -> Array:
        u = np.array([math.exp(min(y[0], 0.0)), y[1], y[2] * math.exp(-min(y[0], 0.0))])
        image = _symmetric_map(model, u)
        return np.array([image[0] / u[0] - 1.0, image[1] - u[1], (image[2] - u[2]) * u[0]])

    u = _symmetric_start(model)
    spent = 60
    residual = math.inf
    for _ in range(6):
        try:
            found = newton(mismatch, np.array([math.log(u[0]), u[1], u[0] * u[2]]), tolerance=TOLERANCE)
        except (NotConverged, np.linalg.LinAlgError, ValueError, OverflowError) as error:
            residual = getattr(error, "residual", math.inf)
            for _ in range(200):
                u = 0.5 * u + 0.5 * _symmetric_map(model, u)
            spent += 260
            continue
        q = math.exp(found.u[0])
        return np.array([q, found.u[1], found.u[2] / q]), spent + found.evaluations
    raise NotConverged(residual, f"symmetric measure at g = {model.g}, gamma = {model.gamma}, beta = {model.beta}")


def _stability(model: Model, q: float, rho: float, qhat: float) -> float:
    """Largest multiplier of (Q, rho_R, Qhat) -> image near 0, from the linear responses of <phi> and <m> to xi, h.

    <phi> = a xi + b h, <m> = c xi + d h with b = <phi^2>, a = <m phi>/S, d = <m phi>, c = <m^2>/S - 1 = excess.
    """
    site = _symmetric_site(model, q, rho, qhat)
    S, g2, gamma = model.temperature + model.g**2 * q, model.g**2, model.gamma
    a, b, c, d = site.m_phi / S, site.phi2, site.excess, site.m_phi
    cross = g2 * gamma
    # m = m0 - xi, so that the response of <m> to xi is <m^2>/S - 1
    rows = [
        [g2 * a * a, 2 * cross * a * b, b * b],
        [g2 * a * c / S, cross * (a * d + b * c) / S, b * d / S],
        [g2 * g2 * c * c / S**2, 2 * g2 * cross * c * d / S**2, g2 * d * d / S**2],
    ]
    return float(np.max(np.abs(np.linalg.eigvals(np.array(rows)))))


# --- the full set ---------------------------------------------------------------------------------------------------


@cache
def _field_nodes(n: int) -> tuple[Array, Array, Array]:
    """Nodes u, v and weights of two independent N(0, 1) fields; one of each mirror pair (u, v), (-u, -v)."""
    z, weight = np.polynomial.hermite_e.hermegauss(n)
    weight = weight / weight.sum()
    u, v = (part.ravel() for part in np.meshgrid(z, z[z > 0], indexing="ij"))
    w = 2.0 * np.outer(weight, weight[z > 0]).ravel()
    keep = w > 1e-17
    return u[keep], v[keep], w[keep]


def saddle_map(model: Model, u: Array, n_nodes: int = _FIELD_NODES) -> Array:
    """One step of the saddle-point equations: u = (q, Q, rho, rho_R, qhat, Qhat) -> image (module's equations).

    Ranges: 0 <= Q < q + T/g^2, Qhat >= 0, (g^2 gamma rho_R)^2 <= g^2 Q Qhat (else the covariance of the fields is cut
    to the nearest admissible one). Deterministic; accuracy of Gauss-Hermite in the fields.
    """
    return _saddle(model, u, n_nodes)[:6]


def _saddle(model: Model, u: Array, n_nodes: int) -> Array:
    """The image and E<x^2>."""
    q, Q, rho, rho_R, qhat, Qhat = (float(value) for value in u)
    g2 = model.g**2
    S = model.temperature + g2 * (q - Q)
    Gamma = g2 * model.gamma * (rho - rho_R)
    U, V, weight = _field_nodes(n_nodes)
    xi = model.g * math.sqrt(Q) * V
    along = model.g * model.gamma * rho_R / math.sqrt(Q) if Q > 0 else 0.0
    h = along * V + math.sqrt(max(Qhat - along**2, 0.0)) * U
    x, phi, _ = _half_grid(model, S, Gamma, qhat - Qhat / 2.0, float(np.max(np.abs(h))), float(np.max(np.abs(xi))))
    m0 = x - Gamma * phi
    phi2 = phi * phi
    own = (qhat - Qhat / 2.0) * phi2 - m0 * m0 / (2.0 * S) - model.beta * model.eta * x * x
    w = np.stack([np.ones_like(h), h, xi / S], axis=1) @ np.stack([own, phi, m0])
    w -= w.max(axis=1, keepdims=True)
    np.exp(w, out=w)
    sums = w @ np.stack([np.ones_like(x), phi, phi2, m0, m0 * m0, m0 * phi, x * x], axis=1)
    one, two, m, mm, m_phi, x2 = (sums[:, 1:] / sums[:, :1]).T
    mean_m = m - xi
    mean_mm = mm - 2.0 * xi * m + xi * xi
    mean_m_phi = m_phi - xi * one
    return np.array(
        [
            weight @ two,
            weight @ one**2,
            weight @ mean_m_phi / S,
            weight @ (mean_m * one) / S,
            g2 / 2.0 * (weight @ mean_mm / S - 1.0) / S,
            g2 * (weight @ mean_m**2) / S**2,
            weight @ x2,
        ]
    )


def _units(u: Array) -> Array:
    """Natural units of the six mismatches."""
    q, rho = abs(u[0]), max(abs(u[2]), 1e-3)
    return np.array([q, q, rho, rho, 1.0 / q, 1.0 / q])


def _admissible(proposal: Array, image: Array, model: Model) -> Array:
    """The proposal, or where its fields have no covariance a tenth of the image's (which always has one)."""
    q, Q, rho, rho_R, _, Qhat = proposal
    sane = np.all(np.isfinite(proposal)) and 0.1 * image[0] < q < 1.0 and abs(rho) < 10.0 * abs(image[2]) + 1.0
    if not sane:
        return image
    cross = (model.g * model.gamma * rho_R) ** 2 <= Q * Qhat
    if 0.0 < Q < q and Qhat > 0.0 and cross:
        return proposal
    small = 0.1 * image
    return np.array([q, min(small[1], 0.5 * q), rho, small[3], proposal[4], small[5]])


def start_with_overlap(model: Model, ratio: float, q: float = 0.05) -> Array:
    """A start with Q/q = R/r = ratio and an admissible Qhat."""
    rho = 0.8 / max(model.g, 0.1)
    Q, rho_R = ratio * q, ratio * rho
    return np.array([q, Q, rho, rho_R, 0.0, 2.0 * (model.g * model.gamma * rho_R) ** 2 / Q + 1.0])


def full_solution(
    g: float, gamma: float, beta: float, *, ratio: float = 0.9, q: float = 0.05, n_nodes: int = _FIELD_NODES
) -> ReplicaMeasure:
    """Solve all six equations from a start with Q/q = R/r = ratio > 0 (a tenth of a second; gamma < -0.6: up to 1.5 s).

    Where the map shrinks the overlap at every level below the start, down to a symmetric solution that attracts, the
    answer is that one, with the overlap that is left (1e-14 q) in the residual; else the solution with overlap, by
    Newton or, where that goes astray, Anderson mixing. Ranges: g > 0, -1 <= gamma <= 1, beta > 0, 0 < ratio < 1;
    ValueError otherwise, NotConverged if the residual of all six equations stays above 1e-11.
    """
    model = _model(g, gamma, beta)
    if not (0.0 < ratio < 1.0 and model.g > 0):
        raise ValueError(f"ratio = {ratio}, g = {g}: the start needs 0 < Q/q < 1 and g > 0")
    found = _from_start(model, start_with_overlap(model, ratio, q), n_nodes)
    x2 = float(_saddle(model, found.u, n_nodes)[6])
    return _result(model, found.u, x2, found.residual, math.nan, found.evaluations)


def replica_solution(g: float, gamma: float = 0.0, *, beta: float) -> ReplicaMeasure:
    """The attracting replica-symmetric solution: the symmetric one where its stability is below 1, else one with Q > 0.

    For gamma >= 0 the symmetric solution is attracting at every gain (milliseconds); for gamma < 0 beyond the line it
    is not (a tenth of a second; more where the branch has to be followed from beta = 100). Ranges and errors as
    `symmetric_solution`.
    """
    own = symmetric_solution(g, gamma, beta=beta)
    if own.stability < 1.0:
        return own
    try:
        state = full_solution(g, gamma, beta)
        if 1e-6 * state.q < state.Q:
            return state
    except NotConverged:
        pass
    return overlapping_solution(g, gamma, beta)


def overlapping_solution(g: float, gamma: float, beta: float) -> ReplicaMeasure:
    """The solution with Q > 0: from the full iteration at beta <= 100, followed to larger beta by Newton.

    NotConverged where there is none (the iteration at small beta loses its overlap) or the branch is lost.
    """
    hot = min(beta, 100.0)
    u = _from_start(_model(g, gamma, hot), start_with_overlap(_model(g, gamma, hot), 0.9), _FIELD_NODES).u
    if u[1] < 1e-6 * u[0]:
        raise NotConverged(math.inf, f"solution with overlap at g = {g}, gamma = {gamma}, beta = {hot:g}")
    stages = max(1, math.ceil(math.log(beta / hot) / math.log(3.0))) if beta > hot else 0
    y, residual, count = _cold(u, hot), 0.0, 0
    for stage in range(1, stages + 1):
        model = _model(g, gamma, hot * (beta / hot) ** (stage / stages))
        found = newton(lambda y, model=model: _cold_mismatch(model, y), y, tolerance=TOLERANCE)  # type: ignore[misc]
        y, residual, count = found.u, found.residual, count + found.evaluations
    model = _model(g, gamma, beta)
    u = _warm(y, beta)
    image = _saddle(model, u, _FIELD_NODES)
    residual = float(np.max(np.abs(image[:6] - u) / _units(u)))
    return _result(model, u, float(image[6]), residual, math.nan, count)


def _cold(u: Array, beta: float) -> Array:
    """(ln q, ln beta (q - Q), rho - rho_R, rho_R, (qhat - Qhat/2)(q - Q), ln Qhat/beta^2): they stay as beta grows."""
    q, Q, rho, rho_R, qhat, Qhat = u
    gap = q - Q
    return np.array(
        [math.log(q), math.log(beta * gap), rho - rho_R, rho_R, (qhat - Qhat / 2) * gap, math.log(Qhat / beta**2)]
    )


def _warm(y: Array, beta: float) -> Array:
    """The inverse of _cold."""
    q, gap, Qhat = math.exp(y[0]), math.exp(y[1]) / beta, math.exp(y[5]) * beta**2
    return np.array([q, q - gap, y[2] + y[3], y[3], y[4] / gap + Qhat / 2, Qhat])


def _cold_mismatch(model: Model, y: Array, n_nodes: int = _FIELD_NODES) -> Array:
    try:
        u = _warm(y, model.beta)
        if not 0.0 < u[1] < u[0]:
            return np.full(6, math.inf)
        return _cold(saddle_map(model, u, n_nodes), model.beta) - y
    except (ValueError, OverflowError):
        return np.full(6, math.inf)


def _from_start(model: Model, start: Array, n_nodes: int) -> FixedPoint:
    """The solution that the map reaches from a start with overlap.

    If the overlap shrinks all the way down and the symmetric solution attracts, that one with an overlap of 1e-14 q;
    else Newton; after a failure Anderson mixing with more and more damped steps in front.
    """
    what = f"replica measure at g = {model.g}, gamma = {model.gamma}, beta = {model.beta}"
    last = NotConverged(math.inf, what)
    try:
        u, count, lost = _walk_down(model, start, n_nodes)
        if lost:
            u, spent = _near_symmetric(model, u)
            return _mix(model, u, n_nodes, 0, what, count + spent)
        return _newton_from(model, u, n_nodes, what, count)
    except (NotConverged, ValueError, FloatingPointError, np.linalg.LinAlgError):
        u, count = start, 0
    for damped in (0, 30, 100, 300):
        try:
            for _ in range(damped):
                u = 0.2 * u + 0.8 * saddle_map(model, u, n_nodes)
            return _mix(model, u, n_nodes, 2 if damped else 25, what, count + damped)
        except NotConverged as error:
            last = error
        except ValueError:  # astray: the mixed state has a density that no grid holds
            u = start
    raise last


def _mix(model: Model, u: Array, n_nodes: int, plain: int, what: str, spent: int) -> FixedPoint:
    found = anderson(
        lambda state: saddle_map(model, state, n_nodes),
        u,
        _units,
        repair=lambda proposal, image: _admissible(proposal, image, model),
        tolerance=TOLERANCE,
        plain=plain,
        limit=90,
        what=what,
    )
    return FixedPoint(found.u, found.residual, found.evaluations + spent)


def _newton_from(model: Model, u: Array, n_nodes: int, what: str, spent: int) -> FixedPoint:
    """Newton from a state with overlap near the solution: in the coordinates that stay as beta grows, to 1e-9 there
    (their logarithms of small differences carry more rounding), then to the tolerance of the module.
    """

    def mismatch(y: Array) -> Array:
        state = _warm(y, model.beta)
        return (saddle_map(model, state, n_nodes) - state) / _units(state)

    near = newton(lambda y: _cold_mismatch(model, y, n_nodes), _cold(u, model.beta), tolerance=1e-9, what=what)
    found = newton(mismatch, near.u, tolerance=TOLERANCE, what=what)
    return FixedPoint(_warm(found.u, model.beta), found.residual, spent + near.evaluations + found.evaluations)


def _walk_down(model: Model, u: Array, n_nodes: int) -> tuple[Array, int, bool]:
    """Follow the slow decay of the overlap by halving (Q, rho_R, Qhat), six damped steps after each halving.

    Returns (state, evaluations, lost): lost when at every overlap down to Q = q/1000 the map makes it smaller still;
    not lost, with the state before that halving, where it makes it larger (a solution with overlap lies above).
    """
    count = _SETTLE
    for _ in range(_SETTLE):
        u = 0.2 * u + 0.8 * saddle_map(model, u, n_nodes)
    for _ in range(_HALVINGS):
        if u[1] <= 1e-3 * u[0]:
            return u, count, True
        lower = u * _HALF
        growth = 1.0
        for _ in range(6):
            image = saddle_map(model, lower, n_nodes)
            growth = image[1] / lower[1]
            lower = 0.2 * lower + 0.8 * image
        count += 6
        if not growth < 1.0:
            return u, count, False
        u = lower
    return u, count, False  # the damped steps win the halvings back: a solution with overlap


def _near_symmetric(model: Model, u: Array) -> tuple[Array, int]:
    """The symmetric solution with the overlap block of u scaled to Q = 1e-14 q; NotConverged where it repels."""
    (q, rho, qhat), spent = _symmetric_solution(model)
    stability = _stability(model, q, rho, qhat)
    if not stability < 1.0:
        raise NotConverged(stability, "symmetric solution, which repels")
    scale = 1e-14 * q / u[1]
    return np.array([q, u[1] * scale, rho, u[3] * scale, qhat, u[5] * scale]), spent


def symmetric_solution(g: float, gamma: float = 0.0, *, beta: float) -> ReplicaMeasure:
    """The solution with Q = R = Qhat = 0 at gain g, symmetry gamma and inverse temperature beta.

    Relative accuracy about 1e-10 (see `residual` and `quadrature`). Ranges: 0 <= g <= 10, -1 <= gamma <= 1, beta > 0
    finite; ValueError otherwise. NotConverged if the residual stays above 1e-11.
    """
    model = _model(g, gamma, beta)
    u, count = _symmetric_solution(model)
    site = _symmetric_site(model, *u)
    gap = np.abs(_symmetric_map(model, u) - u) / np.array([u[0], 1.0, 1.0 / u[0]])
    full = np.array([u[0], 0.0, u[1], 0.0, u[2], 0.0])
    return _result(model, full, site.x2, float(gap.max()), site.error, count)


def _model(g: float, gamma: float, beta: float) -> Model:
    return Model(require_gain(g, 10.0), require_symmetry(gamma), require_positive("beta", beta))


def _result(model: Model, u: Array, x2: float, residual: float, quadrature: float, count: int) -> ReplicaMeasure:
    q, Q, rho, rho_R, qhat, Qhat = (float(value) for value in u)
    T = model.temperature
    excess = _symmetric_site(model, q, rho, qhat).excess if model.g == 0.0 else 0.0
    own = (q, rho, qhat) if 1e-6 * q > Q else tuple(_symmetric_solution(model)[0])
    stability = _stability(model, *own)
    per_g2 = qhat / model.g**2 if model.g > 0.0 else excess / (2.0 * T)
    root = math.sqrt(T)
    return ReplicaMeasure(
        g=model.g, gamma=model.gamma, beta=model.beta, q=q, Q=Q, r=rho * root, R=rho_R * root, qhat=qhat, Qhat=Qhat,
        x2=x2, energy=T / 2.0 + T * T * per_g2, stability=stability, residual=residual,
        quadrature=quadrature, evaluations=count,
    )  # fmt: skip
