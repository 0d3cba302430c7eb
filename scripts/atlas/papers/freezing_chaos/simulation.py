"""What is simulated for freezing-chaos: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values: plain
averages of this one network. Averages over networks, and every theory, come later and elsewhere.
Streams: `couplings` draws J, `states` the initial states, `tangents` tangent vectors, `bins` and `spikes` the latency
experiment. Every run of the pure gradient flow asserts that its energy does not rise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.dynamics import couplings, gradient, observers, regulated, spectra
from atlas.dynamics.dale import excitatory_inhibitory_couplings
from atlas.dynamics.logistic import logistic
from atlas.dynamics.schemes import Observer, evolve, steps
from atlas.learning.readout import held_out_score, ridge, score

Values = dict[str, Any]
SHOWN_EVERY = 0.5  # tau between shown states
SINE_VARIANCE = 0.5


def network(p: Any, streams: Any, n_states: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Couplings J (N, N) without self-couplings and states x (N, n_states), N(0, 1), of one network."""
    J = couplings.gaussian_couplings(streams("couplings"), p.n_units, p.g, self_coupling=False, dtype=dtype)
    return J, couplings.gaussian_states(streams("states"), p.n_units, n_states, dtype=dtype)


def uniform_state(p: Any, streams: Any, dtype: str) -> np.ndarray:
    """x(0) (N, 1), uniform in (-1, 1): the published start of traces."""
    return streams("states").uniform(-1.0, 1.0, (p.n_units, 1)).astype(dtype)


def dale_couplings(p: Any, streams: Any, dtype: str) -> np.ndarray:
    """Sparse excitatory-inhibitory couplings J (N, N)."""
    return excitatory_inhibitory_couplings(
        streams("couplings"), p.n_units, f=p.f, mu_e=p.mu_e, mu_i=p.mu_i, sigma_e=p.sigma, sigma_i=p.sigma,
        alpha=p.alpha, dtype=dtype,
    )  # fmt: skip


class Spread:
    """Temporal standard deviation of each neuron's x, averaged over neurons (observer)."""

    def __init__(self) -> None:
        self.count = 0
        self.sums: np.ndarray | None = None

    def __call__(self, step: int, x: np.ndarray, phi: np.ndarray, v: np.ndarray) -> None:
        y = x.astype(float)
        moments = np.stack([y, y * y])
        self.sums = moments if self.sums is None else self.sums + moments
        self.count += 1

    @property
    def mean(self) -> float:
        """Mean over neurons and states; nan before the first call."""
        if self.sums is None:
            return float("nan")
        first, second = self.sums / self.count
        return float(np.sqrt(np.maximum(second - first**2, 0.0)).mean())


def three_stages(p: Any, J: np.ndarray, x: np.ndarray, shown: list[int]) -> Values:
    """Rate network, gradient flow, rate network: traces and energies in time, and averages of each stage.

    times (T,), x (T, n_shown), energy (T,) = E/N. Per stage: late_energy (mean E/N over the late share),
    end_energy, spread (mean over neurons of the temporal s.d. of x_i over the late share), phi2 at the end.
    """
    times, traces, energies, rows = [], [], [], []
    for stage, gamma in enumerate((0.0, 1.0, 0.0)):
        dt = p.dt_gradient if gamma else p.dt
        total, every = steps(p.t_stage, dt), max(1, steps(SHOWN_EVERY, dt))
        shown_x, series, late = observers.Traces(shown), observers.Series(), Spread()
        watch: list[Observer] = [
            shown_x,
            series,
            observers.thinned(late, every, start=steps(p.t_stage * (1 - p.late_share), dt)),
        ]
        regulated.integrate(x, J, gamma, dt, total, observe=watch, every=every, require_descent=gamma == 1.0)
        energy = series.v2[:, 0] / 2
        of_late = series.steps * dt >= p.t_stage * (1 - p.late_share) - 1e-9
        times.append(stage * p.t_stage + series.steps * dt)
        traces.append(np.asarray(shown_x.values[:, :, 0], float))
        energies.append(energy)
        rows.append([energy[of_late].mean(), gradient.energy(x, J)[0] / p.n_units, late.mean, np.mean(np.tanh(x) ** 2)])
    late_energy, end_energy, spread, phi2 = np.array(rows, float).T
    return {
        "times": np.concatenate(times), "x": np.concatenate(traces), "energy": np.concatenate(energies),
        "late_energy": late_energy, "end_energy": end_energy, "spread": spread, "phi2": phi2,
    }  # fmt: skip


def stages(p: Any, streams: Any) -> Values:
    """The three stages of a Gaussian network (see three_stages)."""
    J = network(p, streams, 1, "float32")[0]
    return three_stages(p, J, uniform_state(p, streams, "float32"), list(range(p.n_shown)))


def dale_stages(p: Any, streams: Any) -> Values:
    """The three stages of an excitatory-inhibitory network; shown: half excitatory, half inhibitory neurons."""
    J = dale_couplings(p, streams, "float32")
    half = p.n_shown // 2
    shown = [*range(half), *range(p.n_units - half, p.n_units)]
    return three_stages(p, J, uniform_state(p, streams, "float32"), shown)


def tangent(p: Any, streams: Any) -> Values:
    """Largest Lyapunov exponent of the regulated flow from x(0) ~ N(0, 1), over the run after `discard`.

    length of the run; exponent; energy = late mean of E/N, phi2 = late mean of <phi²>; end_energy, end_phi2: at the
    end; in time, mean over states: times (B,), local (B,) growth rate of block, energy_t (B,), phi2_t (B,).
    """
    J, x = network(p, streams, p.n_states, "float32")
    block = max(1, steps(1.0, p.dt))
    n_blocks = max(2, steps(p.t_max, block * p.dt))
    series = observers.Series()
    found = regulated.lyapunov(
        x, J, p.gamma, p.dt, n_blocks, streams("tangents"),
        block=block, method=p.integrator, observe=[series], require_descent=p.gamma == 1.0,
    )  # fmt: skip
    first = int(p.discard * n_blocks)
    return {
        "length": n_blocks * block * p.dt,
        "exponent": found.local[first:].mean(),
        "energy": series.v2[first:].mean() / 2,
        "phi2": series.phi2[first:].mean(),
        "end_energy": gradient.energy(x, J).mean() / p.n_units,
        "end_phi2": np.mean(np.tanh(x) ** 2),
        "times": series.steps * p.dt,
        "local": found.local[:, :, 0].mean(axis=1),
        "energy_t": series.v2.mean(axis=1) / 2,
        "phi2_t": series.phi2.mean(axis=1),
    }


def jacobians(p: Any, streams: Any) -> Values:
    """Jacobians of both dynamics at the end of a gradient stage that follows a stage of the rate network.

    vanilla_re, vanilla_im (N,): eigenvalues of -I + J D; gradient (N,): of K; largest_vanilla (Re), largest_gradient;
    asymmetry max|K - K^T|, asymmetry_vanilla; difference: K against finite differences of the force (relative, worst of
    four directions), difference_published: the same with J x in place of J phi in the diagonal term (public code);
    phi2, dphi2 = <phi'²>; radius = largest distance of a vanilla eigenvalue from -1, energy = E/N; length of
    the descent.
    """
    J, x = network(p, streams, 1, "float64")
    regulated.integrate(x, J, 0.0, p.dt, steps(p.t_vanilla, p.dt))
    regulated.integrate(x, J, 1.0, p.dt_gradient, steps(p.t_gradient, p.dt_gradient), require_descent=True)
    y = x[:, 0]
    A, K = spectra.jacobian(y, J, 0.0), spectra.jacobian(y, J, 1.0)
    vanilla, descent = np.linalg.eigvals(A), np.linalg.eigvalsh((K + K.T) / 2)
    directions = streams("tangents").standard_normal((p.n_units, 4))
    measured = force_differences(y, J, directions, p.separation)
    phi = np.tanh(y)
    dphi = 1 - phi**2
    published = K - np.diag(-2 * phi * dphi * (J.T @ (J @ (y - phi))))
    return {
        "vanilla_re": vanilla.real, "vanilla_im": vanilla.imag, "gradient": descent,
        "largest_vanilla": vanilla.real.max(), "largest_gradient": descent.max(), "smallest_gradient": descent.min(),
        "asymmetry": np.abs(K - K.T).max(), "asymmetry_vanilla": np.abs(A - A.T).max(),
        "difference": relative_error(K @ directions, measured),
        "difference_published": relative_error(published @ directions, measured),
        "phi2": np.mean(phi**2), "dphi2": np.mean(dphi**2),
        "radius": np.abs(vanilla + 1).max(), "energy": gradient.energy(x, J)[0] / p.n_units, "length": p.t_gradient,
    }  # fmt: skip


def force_differences(y: np.ndarray, J: np.ndarray, directions: np.ndarray, h: float) -> np.ndarray:
    """Central differences of -grad E along each column of directions."""
    ahead, behind = (gradient.force(np.ascontiguousarray(y[:, None] + s * h * directions), J) for s in (1, -1))
    return np.asarray((ahead - behind) / (2 * h))


def relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    """Largest |found - expected|/|expected| over the columns."""
    return float((np.linalg.norm(found - expected, axis=0) / np.linalg.norm(expected, axis=0)).max())


def force_check(p: Any, streams: Any) -> Values:
    """The regulated force at gamma = 1 against central differences of E at random states, and two wrong forces.

    correct, untransposed (J in place of J^T), without_slope (phi' forgotten): largest relative error over the states.
    """
    J, x = network(p, streams, p.n_states, "float64")
    flow = regulated.RegulatedFlow(J, x, 1.0)
    flow.add(x, 0.0)
    F, slope = flow.velocity, 1 - flow.phi**2
    expected = np.empty_like(x)
    for i in range(p.n_units):
        shift = np.zeros_like(x)
        shift[i] = p.separation
        expected[i] = -(gradient.energy(x + shift, J) - gradient.energy(x - shift, J)) / (2 * p.separation)
    return {
        "correct": relative_error(flow.q, expected),
        "untransposed": relative_error(F - slope * (J @ F), expected),
        "without_slope": relative_error(F - J.T @ F, expected),
    }


def descent(p: Any, streams: Any) -> Values:
    """E at every step of explicit Euler in double precision from N(0, 1): the largest relative rise in one step.

    times (K,) and energy (K,) = E/N thinned. Not asserted here: the rises are the result.
    """
    J, x = network(p, streams, 1, "float64")
    series = observers.Series()
    regulated.integrate(x, J, p.gamma, p.dt, steps(p.t_max, p.dt) + 1, method="euler", observe=[series])
    energy = series.v2[:, 0] / 2
    every = max(1, steps(SHOWN_EVERY, p.dt))
    return {
        "largest_rise": (np.diff(energy) / energy[:-1]).max(),
        "share_rising": np.mean(np.diff(energy) > 0),
        "times": series.steps[::every] * p.dt,
        "energy": energy[::every],
    }


def readout(p: Any, streams: Any) -> Values:
    """Recall and prediction of a sine that drives all neurons, by a linear read-out of the states.

    tau (K,) in kept states: -tau_max ... tau_max; held_out, in_sample (K,): scores of a ridge read-out trained on
    the shifted sine over the first part of the kept steps; public (K,): the public script's score, trained
    on the current sine and compared with the shifted one over the same steps.
    """
    J, x = network(p, streams, 1, "float64")
    states = driven_states(p, J, x)
    drive = np.sin(2 * np.pi * np.arange(p.n_steps) / p.period)
    tau = np.arange(-p.tau_max, p.tau_max + 1)
    targets = np.sin(2 * np.pi * (np.arange(p.n_steps)[:, None] + tau) / p.period)
    kept, kept_targets = states[p.n_discard :], targets[p.n_discard :]
    n_train = int(p.train_share * len(kept))
    held_out, in_sample = held_out_score(kept, kept_targets, n_train, p.relative_penalty, SINE_VARIANCE)
    fit = states @ ridge(states, drive[:, None], p.relative_penalty * p.n_steps)
    return {
        "tau": tau.astype(float), "held_out": held_out, "in_sample": in_sample,
        "public": score(fit, targets, SINE_VARIANCE), "phi2": np.mean(np.tanh(kept) ** 2),
    }  # fmt: skip


def driven_states(p: Any, J: np.ndarray, x: np.ndarray) -> np.ndarray:
    """States (n_steps, N) at times n dt, n = 0, 1, ..., of the regulated flow driven by s(n) = sin(2 pi n/period)."""
    flow = regulated.RegulatedFlow(J, x, p.gamma)
    states = np.empty((p.n_steps, p.n_units))
    for n in range(p.n_steps):
        states[n] = x[:, 0]
        for part in range(p.substeps):
            flow.drive = float(np.sin(2 * np.pi * (n + part / p.substeps) / p.period))
            evolve(flow, x, p.dt / p.substeps, 1, method="euler")
    return states


def latency(p: Any, streams: Any) -> Values:
    """Latency of the first spike after stimulation, by frequency (columns: one state per frequency, one network).

    Each neuron gets `pulse` added to x in f of the bins (one step each), chosen anew per neuron and frequency, then one
    common pulse; then at each step it fires with probability phi(x). Latency: the first such step, at most `cap`.
    frequency (K,), median (K,), mean (K,), skewness (K,), kurtosis (K,) (excess) over neurons; rate (K,) = mean phi at
    the first free step.
    """
    frequency = np.unique(np.linspace(1, p.bins, p.n_frequencies).round().astype(int))
    J = dale_couplings(p, streams, "float64")
    x = streams("states").uniform(-1.0, 1.0, (p.n_units, len(frequency)))
    flow = regulated.RegulatedFlow(J, x, p.gamma, logistic(p.r_max))
    bins, spikes = streams("bins"), streams("spikes")
    rank = bins.permuted(np.tile(np.arange(p.bins), (p.n_units * len(frequency), 1)), axis=1)
    rank = rank.reshape(p.n_units, len(frequency), p.bins)
    for bin_ in range(p.bins):
        evolve(flow, x, p.dt, 1, method="euler")
        x += p.pulse * (rank[:, :, bin_] < frequency)
    evolve(flow, x, p.dt, 1, method="euler")
    x += p.pulse
    first = np.zeros(x.shape)
    rate = np.zeros(len(frequency))
    for step in range(1, p.cap + 1):
        evolve(flow, x, p.dt, 1, method="euler")
        fires = p.r_max / (1 + np.exp(-x)) > spikes.random(x.shape)
        first[(first == 0) & fires] = step
        if step == 1:
            rate = (p.r_max / (1 + np.exp(-x))).mean(axis=0)
        if first.all():
            break
    first[first == 0] = p.cap
    scaled = (first - first.mean(axis=0)) / first.std(axis=0)
    return {
        "frequency": frequency.astype(float), "median": np.median(first, axis=0), "mean": first.mean(axis=0),
        "skewness": (scaled**3).mean(axis=0), "kurtosis": (scaled**4).mean(axis=0) - 3, "rate": rate,
    }  # fmt: skip


def overlap(p: Any, streams: Any) -> Values:
    """Two states a small distance apart, after a transient of the rate network, under the regulated dynamics.

    times (T,), distance (T,) = |x - y|/√N, overlap (T,) = x·y/(|x||y|).
    """
    J, x = network(p, streams, 1, "float64")
    regulated.integrate(x, J, 0.0, p.dt, steps(p.t_transient, p.dt))
    apart = streams("tangents").standard_normal(x.shape)
    pair = np.ascontiguousarray(np.hstack([x, x + p.separation * apart / np.sqrt(np.mean(apart**2))]))
    every, kept = max(1, steps(SHOWN_EVERY, p.dt)), observers.Traces()
    watch = p.gamma == 1.0
    total = steps(p.t_max, p.dt) + 1
    regulated.integrate(pair, J, p.gamma, p.dt, total, observe=[kept], every=every, require_descent=watch)
    a, b = kept.values[:, :, 0], kept.values[:, :, 1]
    cosine = (a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return {"times": kept.steps * p.dt, "distance": np.sqrt(((a - b) ** 2).mean(axis=1)), "overlap": cosine}


def silence_spectrum(p: Any, streams: Any) -> Values:
    """s_min2: smallest squared singular value of I - J."""
    J = couplings.gaussian_couplings(streams("couplings"), p.n_units, p.g, dtype="float64")
    return {"s_min2": spectra.smallest_singular_value_squared(np.eye(p.n_units) - J)}


def dale_eigenvalues(p: Any, streams: Any) -> Values:
    """Eigenvalues re, im (N,) of the excitatory-inhibitory couplings, radius of their disk, and the outlier.

    The outlier is the eigenvalue of largest modulus, with the sign of its real part.
    """
    values = np.linalg.eigvals(dale_couplings(p, streams, "float64"))
    far = values[np.argmax(np.abs(values))]
    return {"re": values.real, "im": values.imag, "radius": spectra.disk_radius(values), "outlier": far.real}
