"""Predictive coding in a recurrent network over time: belief inference and local gradients as products of matrices.

Beliefs r(t), t = 0 .. T-1 (none before), are predicted from the rates f(r(t-1)) and inputs x(t), outputs from f(r(t)):

    h(t) = mu_rec f(r(t-1)) + mu_in x(t) + eps1(t) D(t),      D² = v_rec f(r(t-1))² + v_in x(t)²
    o(t) = mu_out f(r(t)) + eps2(t) D_out(t),                 D_out² = v_out f(r(t))²,     y = softmax(o)
    E(t) = r(t) - h(t),   E_out(t) = target - y(t),   F = 1/2 sum E² - sum ln y_target       (per sample)
    -dF/dr(t) = -E(t) + f'(r(t)) { mu_rec^T E(t+1) + f(r(t)) v_rec^T [E eps1/D](t+1)
                                   + mu_out^T E_out(t) + f(r(t)) v_out^T [E_out eps2/D_out](t) }

(moments of the layers: `spike_slab`). All times and samples are rows of one matrix, row t B + b; the recurrent layer
stands above the outputs in one matrix of N + K rows, so that a step of inference is four products; their results are
worked on in one pass each. Without noise (plain predictive coding) two products are left. f: relu or tanh. Targets may
start at a time `first_target` (a label for the whole series: the last time).

Source: dossier meta-predictive, M2, T1, T2 (in the published scripts the read-out's part of the belief gradient is
dropped for t < T by a line break; here it is whole).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from atlas.dynamics.noise import normal
from atlas.learning.spike_slab import SpikeSlabLayer

Array = NDArray[np.floating[Any]]
Labels = NDArray[np.int64]
Rate = Literal["relu", "tanh"]
GUARD = 1e-9  # added to D, which is 0 where all inputs are silent
DIVERGED = 1e4  # 1/2 sum E² over a batch at which inference stops


@njit(cache=True, error_model="numpy")
def noisy_errors(r, Z, S, drive, spread, eps, guard, batch, n):  # type: ignore[no-untyped-def]
    """E(t+1) over the products mu f in Z[:, :n], E eps/D over those of v f² in S[:, :n], by row; the last rows 0."""
    zero = r.dtype.type(0.0)
    rows = r.shape[0] - batch
    for row in range(rows):
        after = row + batch
        for i in range(n):
            D = np.sqrt(S[row, i] + spread[after, i]) + guard
            e = r[after, i] - Z[row, i] - drive[after, i] - eps[after, i] * D
            Z[row, i] = e
            S[row, i] = e * eps[after, i] / D
    for row in range(rows, r.shape[0]):
        for i in range(n):
            Z[row, i] = zero
            S[row, i] = zero


@njit(cache=True)
def plain_errors(r, Z, drive, batch, n):  # type: ignore[no-untyped-def]
    """E(t+1) over the products mu f in Z[:, :n]; the last rows 0."""
    zero = r.dtype.type(0.0)
    rows = r.shape[0] - batch
    for row in range(rows):
        after = row + batch
        for i in range(n):
            Z[row, i] = r[after, i] - Z[row, i] - drive[after, i]
    for row in range(rows, r.shape[0]):
        for i in range(n):
            Z[row, i] = zero


@njit(cache=True)
def noisy_descent(r, f, relu, Z, G, H, first, eta, batch):  # type: ignore[no-untyped-def]
    """r <- r + eta (-E + f' (G + f H)) with G = mu^T errors and H = v^T (E eps/D); E(0) stands in `first`.

    f' = 1 or 0 for relu, else 1 - f^2 of tanh.
    """
    one, zero = r.dtype.type(1.0), r.dtype.type(0.0)
    n = r.shape[1]
    for row in range(r.shape[0]):
        if row < batch:
            for i in range(n):
                rate = f[row, i]
                slope = (one if r[row, i] > zero else zero) if relu else one - rate * rate
                r[row, i] -= eta * (first[row, i] - slope * (G[row, i] + rate * H[row, i]))
        else:
            for i in range(n):
                rate = f[row, i]
                slope = (one if r[row, i] > zero else zero) if relu else one - rate * rate
                r[row, i] -= eta * (Z[row - batch, i] - slope * (G[row, i] + rate * H[row, i]))


@njit(cache=True)
def plain_descent(r, f, relu, Z, G, first, eta, batch):  # type: ignore[no-untyped-def]
    """r <- r + eta (-E + f' G)."""
    one, zero = r.dtype.type(1.0), r.dtype.type(0.0)
    n = r.shape[1]
    for row in range(r.shape[0]):
        if row < batch:
            for i in range(n):
                slope = (one if r[row, i] > zero else zero) if relu else one - f[row, i] * f[row, i]
                r[row, i] -= eta * (first[row, i] - slope * G[row, i])
        else:
            for i in range(n):
                slope = (one if r[row, i] > zero else zero) if relu else one - f[row, i] * f[row, i]
                r[row, i] -= eta * (Z[row - batch, i] - slope * G[row, i])


@njit(cache=True)
def shifted_outputs(Z, S, eps, guard, start, n, o, D):  # type: ignore[no-untyped-def]
    """o + eps D of the rows from `start` on, less the largest of each row (S of no rows: no noise); D too."""
    noisy = S.shape[0] > 0
    for row in range(o.shape[0]):
        largest = -np.inf
        for k in range(o.shape[1]):
            value = Z[start + row, n + k]
            if noisy:
                D[row, k] = np.sqrt(S[start + row, n + k]) + guard
                value = value + eps[row, k] * D[row, k]
            o[row, k] = value
            largest = max(largest, value)
        for k in range(o.shape[1]):
            o[row, k] -= largest


@njit(cache=True, error_model="numpy")
def output_errors(o, total, targets, Z, S, eps, D, start, n):  # type: ignore[no-untyped-def]
    """E_out = target - o/total (and E_out eps/D) over the outputs' columns, 0 where there is no target."""
    noisy = S.shape[0] > 0
    one, zero = o.dtype.type(1.0), o.dtype.type(0.0)
    for row in range(start):
        for k in range(n, Z.shape[1]):
            Z[row, k] = zero
            if noisy:
                S[row, k] = zero
    for row in range(o.shape[0]):
        for k in range(o.shape[1]):
            e = -(o[row, k] / total[row])
            e = e + one if targets[row] == k else e
            Z[start + row, n + k] = e
            if noisy:
                S[start + row, n + k] = e * eps[row, k] / D[row, k]


@dataclass
class Noise:
    """eps1 (T B, N) and eps2 (rows with a target, K) of one batch; None: no noise."""

    hidden: Array
    output: Array


@dataclass
class Errors:
    """Errors at given beliefs: Z = [E(t+1) | E_out(t)] and S = [E eps/D(t+1) | E_out eps/D_out(t)] (T B, N + K), the
    same of time 0 in `first` and `first_noisy` (B, N), rates f (T B, N), free energy per sample and its cross-entropy.
    """

    Z: Array
    S: Array | None
    first: Array
    first_noisy: Array | None
    f: Array
    energy: float
    cross_entropy: float


class Space:
    """Memory of repeated passes over rows of one batch: rates and their squares (rows, N), products with the weights
    Z, S (rows, N + K) and with the errors G, H (rows, N); outputs and D of the rows with a target; the errors of the
    first time, with D and eps D (B, N).
    """

    def __init__(self, rows: int, batch: int, n: int, outputs: int, target_rows: int, noisy: bool, dtype: Any) -> None:
        self.f, self.G = np.empty((rows, n), dtype), np.empty((rows, n), dtype)
        self.Z = np.empty((rows, n + outputs), dtype)
        noisy_rows = rows if noisy else 0
        self.square, self.H = np.empty((noisy_rows, n), dtype), np.empty((noisy_rows, n), dtype)
        self.S = np.empty((noisy_rows, n + outputs), dtype)
        self.o, self.D = np.empty((target_rows, outputs), dtype), np.empty((target_rows, outputs), dtype)
        noisy_batch = batch if noisy else 0
        self.first, self.first_noisy = np.empty((batch, n), dtype), np.empty((noisy_batch, n), dtype)
        self.first_D, self.kick = (np.empty((noisy_batch, n), dtype) for _ in range(2))


class PredictiveNetwork:
    """Layers into (N, N_in), rec (N, N), out (K, N) with one noise for all; f: relu or tanh."""

    def __init__(self, layers: tuple[SpikeSlabLayer, SpikeSlabLayer, SpikeSlabLayer], rate: Rate = "relu") -> None:
        self.into, self.rec, self.out = layers
        self.rate = rate
        self.n, self.outputs = self.rec.m.shape[0], self.out.m.shape[0]
        if len({layer.noisy for layer in layers}) != 1:
            raise ValueError("layers: got some with noise and some without; allowed: all or none")
        self.noisy = self.rec.noisy
        self.dtype = self.rec.m.dtype.type
        self.refresh()

    @property
    def layers(self) -> tuple[SpikeSlabLayer, SpikeSlabLayer, SpikeSlabLayer]:
        return self.into, self.rec, self.out

    def refresh(self) -> None:
        """Moments of the present parameters: mu_in, v_in, and those of rec above out."""
        self.mu_in = self.into.mean()
        self.mu = np.concatenate([self.rec.mean(), self.out.mean()])
        if self.noisy:
            self.v_in = self.into.variance()
            self.v = np.concatenate([self.rec.variance(), self.out.variance()])

    def noise(self, rng: np.random.Generator, rows: int, target_rows: int) -> Noise | None:
        """Standard normals of a batch of T B rows."""
        hidden, output = self.normals(rng, rows, self.n), self.normals(rng, target_rows, self.outputs)
        return None if hidden is None or output is None else Noise(hidden, output)

    def normals(self, rng: np.random.Generator, rows: int, width: int) -> Array | None:
        """Standard normals (rows, width); None, and nothing drawn, without noise."""
        if not self.noisy:
            return None
        return np.asarray(normal(rng, (rows, width), np.float32).astype(self.dtype, copy=False))

    def activate(self, r: Array, out: Array | None = None) -> Array:
        """f(r), into `out` if given."""
        return np.asarray(np.maximum(r, self.dtype(0.0), out=out) if self.rate == "relu" else np.tanh(r, out=out))

    def slope(self, r: Array, f: Array) -> Array:
        """f'(r); 0 at r = 0 for relu."""
        return (r > 0).astype(self.dtype) if self.rate == "relu" else 1 - f * f

    def step_forward(self, f: Array | None, x: Array, eps: Array | None) -> Array:
        """h of one time (B, N) from the rates before it (None: nothing before) and its inputs (B, N_in)."""
        h = x @ self.mu_in.T
        if f is not None:
            h += f @ self.mu[: self.n].T
        if eps is not None:
            spread = (x * x) @ self.v_in.T
            if f is not None:
                spread += (f * f) @ self.v[: self.n].T
            h += eps * np.sqrt(spread)
        return h

    def answer(self, f: Array, eps: Array | None) -> Array:
        """o (rows, K) from rates."""
        o = f @ self.mu[self.n :].T
        if eps is not None:
            o += eps * np.sqrt((f * f) @ self.v[self.n :].T)
        return o

    def forward(self, x: Array, noise: Noise | None) -> Array:
        """The pass that predicts: r (T, B, N) = h along x (T, B, N_in)."""
        T, batch, _ = x.shape
        r = np.empty((T, batch, self.n), self.dtype)
        f = None
        for t in range(T):
            eps = None if noise is None else noise.hidden[t * batch : (t + 1) * batch]
            r[t] = self.step_forward(f, x[t], eps)
            f = self.activate(r[t])
        return r

    def drive(self, x: Array) -> tuple[Array, Array | None]:
        """mu_in x and v_in x² (T B, N): they do not change in inference."""
        flat = x.reshape(-1, x.shape[2])
        return flat @ self.mu_in.T, (flat * flat) @ self.v_in.T if self.noisy else None

    def space(self, rows: int, batch: int, target_rows: int) -> Space:
        """Memory for `errors` of so many rows, of batches and with targets."""
        return Space(rows, batch, self.n, self.outputs, target_rows, self.noisy, self.dtype)

    def errors(
        self,
        r: Array,
        driven: tuple[Array, Array | None],
        noise: Noise | None,
        targets: Labels,
        batch: int,
        space: Space | None = None,
    ) -> Errors:
        """All errors at beliefs r (T B, N); targets: labels of the last len(targets) rows. What is found stands in
        `space` if one is given, until its next use.
        """
        drive, spread = driven
        space = space or self.space(len(r), batch, len(targets))
        f, Z, S, n = space.f, space.Z, None, self.n
        self.activate(r, out=f)
        np.matmul(f, self.mu.T, out=Z)
        first, first_noisy = np.subtract(r[:batch], drive[:batch], out=space.first), None
        if noise is None or spread is None:
            plain_errors(r, Z, drive, batch, n)
        else:
            S = space.S
            np.multiply(f, f, out=space.square)
            np.matmul(space.square, self.v.T, out=S)
            D, eps, first_noisy = np.sqrt(spread[:batch], out=space.first_D), noise.hidden[:batch], space.first_noisy
            D += self.dtype(GUARD)
            first -= np.multiply(eps, D, out=space.kick)
            np.divide(np.multiply(first, eps, out=first_noisy), D, out=first_noisy)
            noisy_errors(r, Z, S, drive, spread, noise.hidden, self.dtype(GUARD), batch, n)
        loss = self._output_errors(space, noise, targets)
        hidden = 0.5 * (float(np.vdot(first, first)) + float(np.einsum("ij,ij->", Z[:, :n], Z[:, :n])))
        return Errors(Z, S, first, first_noisy, f, (hidden + loss) / batch, loss / batch)

    def _output_errors(self, space: Space, noise: Noise | None, targets: Labels) -> float:
        """E_out and E_out eps/D_out over the outputs' columns, 0 where there is no target; the summed cross-entropy."""
        Z, S, o, D, n = space.Z, space.S, space.o, space.D, self.n
        start = len(Z) - len(targets)
        eps = D if noise is None else noise.output  # D stands for nothing where there is no noise
        shifted_outputs(Z, S, eps, self.dtype(GUARD), start, n, o, D)
        right = o[np.arange(len(targets)), targets]
        np.exp(o, out=o)
        total = o.sum(axis=1)
        output_errors(o, total, targets, Z, S, eps, D, start, n)
        return float(np.sum(np.log(total) - right))

    def infer(
        self, x: Array, targets: Labels, noise: Noise | None, eta: float, n_steps: int
    ) -> tuple[Array, float, bool]:
        """Beliefs (T B, N) after n_steps of r <- r - eta dF/dr from the pass that predicts, F per sample before the
        last step, and whether inference diverged: it stops, with the beliefs of that step, where 1/2 sum E² over the
        batch exceeds 1e4.
        """
        batch, relu = x.shape[1], self.rate == "relu"
        r = self.forward(x, noise).reshape(-1, self.n)
        driven, rate, energy = self.drive(x), self.dtype(eta), np.nan
        space = self.space(len(r), batch, len(targets))
        for _ in range(n_steps):
            found = self.errors(r, driven, noise, targets, batch, space)
            energy = found.energy
            if not (energy - found.cross_entropy) * batch <= DIVERGED:
                return r, energy, True
            np.matmul(found.Z, self.mu, out=space.G)
            if found.S is None:
                plain_descent(r, found.f, relu, found.Z, space.G, found.first, rate, batch)
            else:
                np.matmul(found.S, self.v, out=space.H)
                noisy_descent(r, found.f, relu, found.Z, space.G, space.H, found.first, rate, batch)
        return r, energy, False

    def learn(self, x: Array, found: Errors, rates: tuple[float, float], decay: float) -> None:
        """One step of Adam on all layers from errors at inferred beliefs."""
        grads = self.products(x, found)
        for layer, (A, B) in zip(self.layers, grads, strict=True):
            layer.step(A, B, rates, decay)
        self.refresh()

    def products(self, x: Array, found: Errors) -> list[tuple[Array, Array | None]]:
        """A and B of the layers in, rec, out, divided by the batch."""
        batch, n = x.shape[1], self.n
        flat, scale = x.reshape(-1, x.shape[2]), self.dtype(1.0 / batch)

        def of(Z: Array, first: Array, inputs: Array, f: Array) -> tuple[Array, Array, Array]:
            into = first.T @ inputs[:batch] + Z[:-batch, :n].T @ inputs[batch:]
            stacked = Z.T @ f
            return into * scale, stacked[:n] * scale, stacked[n:] * scale

        A = of(found.Z, found.first, flat, found.f)
        if found.S is None or found.first_noisy is None:
            return [(each, None) for each in A]
        B = of(found.S, found.first_noisy, flat * flat, found.f * found.f)
        return list(zip(A, B, strict=True))


@dataclass(frozen=True)
class Inference:
    """How beliefs and parameters move: eta and number of steps of inference; rates of m, and of pi and Xi; decay.

    fresh: new noise for the step of the parameters (as in the published scripts of digits and letters); otherwise that
    of inference.
    """

    eta: float
    n_steps: int
    rates: tuple[float, float]
    decay: float = 0.0
    fresh: bool = True


def train_batch(
    network: PredictiveNetwork, x: Array, targets: Labels, how: Inference, rng: np.random.Generator
) -> tuple[float, bool]:
    """Inference and one step of learning on a batch x (T, B, N_in); F per sample at the end of inference, and whether
    inference diverged.
    """
    rows, batch = x.shape[0] * x.shape[1], x.shape[1]
    noise = network.noise(rng, rows, len(targets))
    r, energy, diverged = network.infer(x, targets, noise, how.eta, how.n_steps)
    if how.fresh:
        noise = network.noise(rng, rows, len(targets))
    network.learn(x, network.errors(r, network.drive(x), noise, targets, batch), how.rates, how.decay)
    return energy, diverged
