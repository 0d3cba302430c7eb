"""A single tanh unit that draws equal pairs together and pushes unequal ones apart: replica-symmetric solution.

Weights w in R^N, inputs x = y m/N + (Delta/sqrt(N)) xi, y = +-1; alpha N pairs (L, R), a share rho_B of equal labels,
the rest of unequal ones; energies H as in `pair_energy`; measure exp(-beta sum H - beta lambda_w |w|²/2). Order
parameters M = mean <w>, Q = mean <w²>, q = mean <w>², V = Q - q, with hats; A = Qhat + qhat + beta lambda_w:

    M = Mhat/A,   q = (Mhat² + qhat)/A²,   V = 1/A
    z_s = y_s m M + Delta (sqrt(q) t_s + sqrt(V) tau_s);   <.> over tau_L, tau_R with e^{-beta H}/Z, [.] over t, labels
    Mhat = -alpha beta m [y_L <H_L> + y_R <H_R>],   qhat = alpha beta² Delta² [<H_L>² + <H_R>²]
    Qhat = (alpha beta Delta/sqrt(V)) [<H_L tau_L> + <H_R tau_R>],   H_s = dH/dz_s
    Phi = Qhat Q/2 + qhat q/2 - Mhat M - ln(A)/2 + (Mhat² + qhat)/(2A) + alpha [ln Z]

(z_L, z_R) -> (y z_R, y z_L), y = y_L y_R, leaves each class as it is: L and R give the same terms, the label's sign
drops out, and two classes remain. Z(t_L, t_R) changes abruptly where a pair gives up one of its fields for the
other's side, over a width of Delta² V divided by the shift; the step of t follows it, and half the step moves the
order parameters by less than 1e-4 at the dossier's points (tests).

Unknowns u = (M, ln q, ln V): damped turns of the equations on a coarse rule, then half turns and Newton on the final
rule (`settling`). The residual, max |turn(u) - u| on the final rule, is the exit criterion.

Source: dossier fermi-bose, M3 and T2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from atlas.meanfield.errors import NotConverged
from atlas.meanfield.pair_energy import Grid, PairModel, gaussian_rows, grid_of
from atlas.meanfield.settling import settled

Array = NDArray[np.float64]
TOLERANCE = 1e-8
REACH = 5.5  # standard deviations of the outer Gaussian
FIELD_REACH = 7.5  # standard deviations of a field
WIDE, WIDE_STEP = 0.3, 0.7  # beyond this inner width the ramp is not smoothed: a finer grid of z
OUTER_STEP = 0.7  # of the outer grid in units of Delta² V
LEAST_STEP = 0.012  # of t: at most 920 nodes
SMALL = 1e-4  # of M
LEAST_Q = 1e-10  # a smaller q counts as this one: few pairs leave q = 0, and ln q would fall for ever
ROUNDS = 4
COARSE = 0.35  # refinement of the rule for the first turns
LEAST_TURNS, MOST_TURNS = 10, 60  # on the coarse rule
ENOUGH = 0.01  # mismatch at which they end
LONGEST = 0.4  # largest move of one of them
OLD = 0.15  # change of an unknown after which a rule is made anew
LIMIT = 150  # turns on the final rule


@dataclass(frozen=True)
class Rule:
    """The grid of z and the nodes t of the outer Gaussian with their weights (sum 1)."""

    grid: Grid
    t: Array
    weights: Array


@dataclass(frozen=True)
class Hats:
    """Conjugate order parameters."""

    m_hat: float
    q_hat: float
    big_q_hat: float


def unpacked(u: Array) -> tuple[float, float, float]:
    """M, q, V of the unknowns."""
    return float(u[0]), math.exp(float(u[1])), math.exp(float(u[2]))


def rule_at(model: PairModel, u: Array, refine: float = 1.0) -> Rule:
    """A rule that serves order parameters near u."""
    mean, q, rest = unpacked(u)
    reach = model.m * abs(mean) + FIELD_REACH * model.delta * math.sqrt(q + rest) + 0.5
    inner, outer = model.delta * math.sqrt(rest), model.delta * math.sqrt(q)
    finest = model.z_step * (WIDE_STEP if inner > WIDE else 1.0)
    grid = grid_of(model, 1.05 * reach, min(finest, 0.4 * inner) / max(refine, 0.7))
    spacing = max(LEAST_STEP, min(0.1, OUTER_STEP * inner * inner / outer)) / refine
    count = math.ceil(REACH / spacing)
    t: Array = np.arange(-count, count + 1, dtype=np.float64) * spacing
    weights = np.exp(-0.5 * t * t)
    return Rule(grid, t, weights / weights.sum())


def hats(model: PairModel, u: Array, rule: Rule) -> Hats:
    """The conjugate order parameters at u: L and R give equal terms, hence the factor 2."""
    mean, q, rest = unpacked(u)
    inner, spread = model.delta * math.sqrt(rest), model.delta * math.sqrt(q) * rule.t
    slope = square = tilt = 0.0
    left = gaussian_rows(rule.grid, model.m * mean + spread, inner, model.band)
    for sign, share in model.classes():
        table = rule.grid.tables[sign]
        right = left if sign > 0 else gaussian_rows(rule.grid, spread - model.m * mean, inner, model.band)
        norm = left.times(right.into(table.weight))
        forced = right.into(table.weighted_force)
        force = left.times(forced) / norm
        slope += share * float(rule.weights @ force @ rule.weights)
        square += share * float(rule.weights @ (force * force) @ rule.weights)
        tilt += share * float(rule.weights @ (left.times(forced, tau=True) / norm) @ rule.weights)
    strength = 2.0 * model.alpha * model.beta
    return Hats(
        -strength * model.m * slope,
        strength * model.beta * model.delta**2 * square,
        strength * model.delta / math.sqrt(rest) * tilt,
    )


def curvature(model: PairModel, found: Hats) -> float:
    """A = Qhat + qhat + beta lambda_w; NotConverged where it is not positive."""
    value = found.big_q_hat + found.q_hat + model.beta * model.lambda_w
    if not (math.isfinite(value) and value > 0.0):
        raise NotConverged(math.inf, "pair contrast (A <= 0)")
    return value


def turn(model: PairModel, u: Array, rule: Rule) -> Array:
    """One turn of the equations."""
    found = hats(model, u, rule)
    big_a = curvature(model, found)
    q = (found.m_hat**2 + found.q_hat) / big_a**2
    return np.array([found.m_hat / big_a, math.log(max(q, LEAST_Q)), -math.log(big_a)])


def first_turns(model: PairModel, u: Array) -> Array:
    """Damped turns on a coarse rule, which follows u: half turns, shorter ones where the mismatch grows."""
    built, mixing, before = u, 0.5, math.inf
    rule = rule_at(model, built, COARSE)
    for count in range(MOST_TURNS):
        if float(np.max(np.abs(u - built))) > OLD:
            built = u
            rule = rule_at(model, built, COARSE)
        gap = turn(model, u, rule) - u
        size = float(np.max(np.abs(gap)))
        if size < ENOUGH and count >= LEAST_TURNS:
            break
        if size > before:
            mixing = max(0.05, 0.6 * mixing)
        before = size
        u = u + gap * min(mixing, LONGEST / size)
    return u


def normal_share(x: float) -> float:
    """Share of a standard normal variable below x."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@dataclass(frozen=True)
class PairState:
    """A replica-symmetric solution. residual: largest mismatch of M, ln q, ln V.

    eps_train = [<H>]; eps_test, d2_boson, d2_fermion: means of H and D² over fresh pairs, z_s ~ N(y_s m M, Delta² Q);
    d2_boson_train, d2_fermion_train: [<D²>] (nan for a class that does not occur).
    """

    model: PairModel
    M: float
    q: float
    V: float
    hats: Hats
    free_entropy: float
    eps_train: float
    eps_test: float
    d2_boson: float
    d2_fermion: float
    d2_boson_train: float
    d2_fermion_train: float
    residual: float

    @property
    def Q(self) -> float:  # noqa: N802 (the symbol of the paper)
        return self.q + self.V

    @property
    def accuracy(self) -> float:
        """P(y z > 0), z ~ N(y m M, Delta² Q)."""
        return normal_share(self.model.m * self.M / (self.model.delta * math.sqrt(self.Q)))

    @property
    def accuracy_printed(self) -> float:
        """The same with 2 for sqrt(2) in the error function, as in the public code."""
        return normal_share(self.model.m * self.M / (self.model.delta * math.sqrt(2.0 * self.Q)))

    def adversarial_accuracy(self, strength: float) -> float:
        """P(y z > strength sqrt(q)), z ~ N(y m M, Delta² q): inputs pushed along the mean weights."""
        return normal_share((self.model.m * self.M / math.sqrt(self.q) - strength) / self.model.delta)

    def adversarial_area(self) -> float:
        """0.1 times the sum of the adversarial accuracies at strengths 0.1, 0.2, ... 1.0."""
        return 0.1 * sum(self.adversarial_accuracy(0.1 * k) for k in range(1, 11))

    def adversarial_error(self, strength: float) -> float:
        """E (1 - tanh(y z - strength sqrt(q)))²/2, z ~ N(y m M, Delta² q)."""
        t = np.arange(-8.0, 8.0001, 0.02)
        weights = np.exp(-0.5 * t * t)
        field = self.model.m * self.M + math.sqrt(self.q) * (self.model.delta * t - strength)
        return float(0.5 * weights @ (1.0 - np.tanh(field)) ** 2 / weights.sum())


def solve_pairs(
    model: PairModel, start: tuple[float, float, float] = (0.7, 0.8, 0.2), refine: float = 1.0
) -> PairState:
    """The solution that is reached from (M, q, V), M > 0; NotConverged when the residual stays above 1e-8.

    refine: factor on the density of all nodes. M = 0 always solves the equations: it is returned only where a small M
    shrinks in a turn, so that half turns lead there too.
    """
    u = np.array([start[0], math.log(start[1]), math.log(start[2])])
    for _ in range(ROUNDS):
        u = first_turns(model, u)
        rule = rule_at(model, u, refine)
        found = settled(partial(turn, model, rule=rule), u, tolerance=TOLERANCE, limit=LIMIT, what="pair contrast")
        found[0] = abs(found[0])  # M -> -M is a symmetry
        if found[0] > SMALL or turn(model, found + np.array([SMALL, 0.0, 0.0]), rule)[0] < found[0] + SMALL:
            return measured(model, found, rule)
    raise NotConverged(math.inf, "pair contrast (M = 0 alone, which is not stable)")


def free_entropy(model: PairModel, u: Array, found: Hats, log_norm: float) -> float:
    """Phi at order parameters u and conjugates; stationary in all of them at a solution."""
    mean, q, rest = unpacked(u)
    big_a = curvature(model, found)
    value = 0.5 * (found.big_q_hat * (q + rest) + found.q_hat * q) - found.m_hat * mean
    value += (found.m_hat**2 + found.q_hat) / (2.0 * big_a) - 0.5 * math.log(big_a)
    return value + model.alpha * log_norm


def averaged(model: PairModel, u: Array, rule: Rule) -> tuple[float, float, dict[float, float]]:
    """[ln Z], [<H>] and [<D²>] by class."""
    mean, q, rest = unpacked(u)
    inner, spread = model.delta * math.sqrt(rest), model.delta * math.sqrt(q) * rule.t
    left = gaussian_rows(rule.grid, model.m * mean + spread, inner, model.band)
    log_norm = train = 0.0
    distances = {}
    for sign, share in model.classes():
        table = rule.grid.tables[sign]
        right = left if sign > 0 else gaussian_rows(rule.grid, spread - model.m * mean, inner, model.band)
        norm = left.times(right.into(table.weight))
        log_norm += share * float(rule.weights @ np.log(norm) @ rule.weights - model.beta * table.least)
        energy = left.times(right.into(table.weight * table.energy)) / norm
        train += share * float(rule.weights @ energy @ rule.weights)
        distance = left.times(right.into(table.weight * table.distance2)) / norm
        distances[sign] = float(rule.weights @ distance @ rule.weights)
    return log_norm, train, distances


def measured(model: PairModel, u: Array, rule: Rule) -> PairState:
    """Everything that a solution says."""
    mean, q, rest = unpacked(u)
    found = hats(model, u, rule)
    log_norm, train, distances = averaged(model, u, rule)
    fresh, test = {}, 0.0
    for sign, share in model.classes():
        table, means = rule.grid.tables[sign], np.array([1.0, sign]) * model.m * mean
        rows = gaussian_rows(rule.grid, means, model.delta * math.sqrt(q + rest)).values
        test += share * float(rows[0] @ table.energy @ rows[1])
        fresh[sign] = float(rows[0] @ table.distance2 @ rows[1])
    return PairState(
        model=model,
        M=mean,
        q=q,
        V=rest,
        hats=found,
        free_entropy=free_entropy(model, u, found, log_norm),
        eps_train=train,
        eps_test=test,
        d2_boson=fresh.get(1.0, math.nan),
        d2_fermion=fresh.get(-1.0, math.nan),
        d2_boson_train=distances.get(1.0, math.nan),
        d2_fermion_train=distances.get(-1.0, math.nan),
        residual=float(np.max(np.abs(turn(model, u, rule) - u))),
    )
