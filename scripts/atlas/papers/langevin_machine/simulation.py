"""What is simulated for langevin-machine: few neurons, machines that learn pictures, and what they generate.

One function per protocol, one call per (point, network); each returns plain averages of its one network. Streams:
`images` (order of the pictures), `couplings` (J at first), `chains` and `noise` (starts and noise of the persistent
chains), `batches`, `starts` and `generation` (of generated samples), `before` (noise of the couplings before learning),
`walkers`, `walk` and `still` (of the chains that are followed), `rest` (of the persistent chains after learning),
`places` (pixels that are exchanged), `corruption` and `denoising`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.dynamics.gradient import Langevin
from atlas.dynamics.noisy_states import noisy_rate
from atlas.dynamics.quantile_langevin import QuantileLangevin
from atlas.dynamics.schemes import steps
from atlas.estimation import samples
from atlas.learning import langevin_machine as lm
from atlas.papers.langevin_machine.machines import (
    Floats,
    Pictures,
    denoised,
    generated,
    learned,
    pictures_of,
    starts,
    train_on,
    walk,
)

Values = dict[str, Any]
BINS = np.round(np.linspace(-8.0, 8.0, 161), 10)
KEPT = 100  # updates of which the couplings of few neurons are kept
PER_DECADE = 24  # steps of generation that are observed
NAMED = (30, 100, 300, 1000, 3000)  # observed besides
FRAME = 100  # steps between two frames of a followed chain
REST = 20  # frames of the persistent chains once the couplings stand still
TRACE = 10  # steps between two kept states of a neuron
PCA_DATA = 400  # pictures that the components are fitted on
FALL = 60  # steps of denoising that are judged
ROW = 6  # pictures of each kind that are kept of a machine with P pictures


class Averages:
    """Observer: sums of x x^T, u phi^T and |u|²/2 over states, and counts of x_1, from the call on which it starts."""

    def __init__(self, n: int, start: int) -> None:
        self._start, self._count = start, 0
        self._x2, self._u_phi, self._energy = np.zeros((n, n)), np.zeros((n, n)), 0.0
        self._density = np.zeros(len(BINS) - 1)

    def __call__(self, step: int, x: Floats, phi: Floats, v: Floats) -> None:
        if step < self._start:
            return
        self._count += x.shape[1]
        self._x2 += x @ x.T
        self._u_phi -= v @ phi.T
        self._energy += 0.5 * float(np.sum(v * v))
        self._density += np.histogram(x[0], BINS)[0]

    def values(self) -> Values:
        """The averages over all states seen; the density of x_1 in its bins."""
        n = self._count
        return {
            "x2": self._x2 / n,
            "u_phi": self._u_phi / n,
            "energy": self._energy / n,
            "edges": BINS,
            "density": self._density / (n * np.diff(BINS)),
        }


def few_units(p: Any, streams: Any) -> Values:
    """x2 (n, n), energy, u_phi (n, n), density of x_1 (bins,) of one or two neurons in the stationary state."""
    n = 1 if len(p.J) == 1 else 2
    J = np.array(p.J, dtype=np.float64).reshape(n, n)
    x = streams("starts").standard_normal((n, p.n_chains))
    burn, total = steps(p.t_burn, p.dt), steps(p.t_burn + p.t_measure, p.dt)
    seen = Averages(n, burn)
    every = max(1, steps(p.t_between, p.dt))
    if p.feedback:
        Langevin(x, J, p.temperature, p.dt, streams("noise"), method=p.method).run(total, observe=[seen], every=every)
    else:
        noisy_rate(x, J, p.temperature, p.dt, total, streams("noise"), observe=[seen], every=every)
    return seen.values()


def few_learning(p: Any, streams: Any) -> Values:
    """kept (K,), J (K, 2, 2): couplings by update; data_statistic (2, 2): <u phi^T> of the data at the first ones;

    first_gradient (2, 2): (data - chains)/T with long chains at the first couplings.
    """
    data = np.array(p.data, dtype=np.float64).reshape(-1, 2)
    J = np.array(p.J, dtype=np.float64).reshape(2, 2)
    phi = np.tanh(data)
    statistic = lm.statistic(data, phi, J)
    x = streams("chains").standard_normal((2, p.n_chains))
    seen = Averages(2, steps(10.0, p.dt))
    total = steps(10.0 + p.t_measure, p.dt)
    Langevin(x, J, p.temperature, p.dt, streams("first"), method="euler-maruyama").run(total, observe=[seen], every=10)
    first = (statistic - seen.values()["u_phi"]) / p.temperature
    machine = lm.Machine(J, x, p.temperature, p.dt, streams("noise"), rate=p.rate, decay=p.decay)
    kept = np.unique(np.rint(np.linspace(0, p.updates, KEPT + 1)).astype(int))
    course = [J.copy()]
    for update in range(1, p.updates + 1):
        machine.update(data, phi, p.n_t)
        if update in kept:
            course.append(J.copy())
    return {"kept": kept, "J": np.array(course), "data_statistic": statistic, "first_gradient": first}


def machine(p: Any, streams: Any) -> Values:
    """A machine that learns and generates. K (updates,); of the couplings asymmetry (also before learning, of what was
    learned, and of the symmetric stiffness (I - J)^T (I - J)), spectral_radius, diagonal; rule_asymmetry: of
    <u phi^T> of the data under the first couplings; moment_asymmetry: of <phi phi^T>. chains_match: covariances of the
    persistent chains, as they go on, beside those of the data; _shuffled: of data whose pixels have exchanged places.

    Generation: steps (S,), energy, m2, nn, positive (S,); match and virial at the end; before_*: by the couplings
    before learning; self_nn of the data. Followed chains: see `exploration`.
    """
    data = pictures_of(p, streams, p.n_train)
    first = learned(p, streams, data.x.shape[1])
    trained, k_norm = train_on(p, streams, data.x, first)
    J, reference = trained.J, np.tanh(data.x)
    persistent = np.tanh(walk(J, trained.x, p.temperature, p.dt, streams("rest"), REST, FRAME)).reshape(-1, len(J))
    stops = observed(p.n_steps)
    places = streams("places").permutation(len(J))
    values: Values = {
        "K": k_norm,
        "asymmetry": lm.asymmetry(J),
        "asymmetry_before": lm.asymmetry(first),
        "asymmetry_change": lm.asymmetry(J - first),
        "asymmetry_stiffness": lm.asymmetry(stiffness(J)),
        "rule_asymmetry": lm.asymmetry(lm.statistic(data.x, reference, first)),
        "moment_asymmetry": lm.asymmetry(reference.T @ reference),
        "chains_match": samples.covariance_match(persistent, reference),
        "chains_match_shuffled": samples.covariance_match(persistent, reference[:, places]),
        "spectral_radius": float(np.abs(np.linalg.eigvals(J.astype(np.float64))).max()),
        "diagonal": float(np.diag(J).mean()),
        "data_energy": float(lm.energy_per_unit(data.x, J).mean()),
        "self_nn": samples.self_nearest(reference),
        "steps": stops.astype(float),
    }
    for name, couplings, stream in (("", J, "generation"), ("before_", first, "before")):
        x = starts(streams("starts"), len(J), p.n_generated)
        course = generated(p, couplings, x, streams(stream), stops, reference)
        values |= {f"{name}{quantity}": course[:, column] for column, quantity in enumerate(GENERATED)}
        values[f"{name}match"] = samples.covariance_match(np.tanh(x.T), reference)
        values[f"{name}virial"] = virial(x, couplings, p.temperature)
    return {**values, **exploration(p, streams, J, data)}


GENERATED = ("energy", "m2", "nn", "positive")


def observed(n_steps: int) -> np.ndarray:
    """Steps at which generation is observed: evenly in the logarithm from 1 on, and some that claims name."""
    count = int(np.log10(n_steps) * PER_DECADE) + 1
    found = np.rint(np.geomspace(1, n_steps, count)).astype(int)
    return np.unique(np.concatenate([found, [one for one in NAMED if one <= n_steps]]))


def stiffness(J: Floats) -> np.ndarray:
    """(I - J)^T (I - J), the symmetric matrix of the energy at x = 0."""
    residual = np.eye(len(J)) - J.astype(np.float64)
    return np.asarray(residual.T @ residual)


def virial(x: Floats, J: Floats, temperature: float) -> float:
    """<sum_i x_i dE/dx_i>/(N T) of states x (N, R): 1 for exp(-E/T), more by the bias of Euler's step."""
    wide, couplings = x.astype(np.float64), J.astype(np.float64)
    phi = np.tanh(wide)
    u = wide - couplings @ phi
    slope = u - (1.0 - phi * phi) * (couplings.T @ u)
    return float(np.mean(np.sum(wide * slope, axis=0)) / (len(J) * temperature))


def exploration(p: Any, streams: Any, J: Floats, data: Pictures) -> Values:
    """Chains followed from N(0, 1), nearest training picture every 100 steps after turning to the data's side.

    visited (F,): class by frame of the first chain; occupancy (classes,) and least_share: mean shares, mean over
    chains of the smallest; switches, flips: mean numbers; walk_nn: mean distance to that picture; the same with
    `still_` without noise, a quarter as long.
    """
    values: Values = {}
    for name, temperature, length in (("", p.temperature, p.explore_steps), ("still_", 0.0, p.explore_steps // 4)):
        x = starts(streams("walkers"), len(J), p.explorers)
        frames = walk(J, x, temperature, p.dt, streams("walk"), length // FRAME, FRAME)
        phi = np.tanh(np.asarray(frames, dtype=np.float64))
        reference = np.tanh(data.x)
        distance, nearest = samples.aligned_nearest(phi.reshape(-1, len(J)), reference)
        labels = data.labels[nearest].reshape(phi.shape[:2])
        sides = samples.side(phi.reshape(-1, len(J)), reference.mean(axis=0)).reshape(phi.shape[:2])
        shares = np.array([[np.mean(one == label) for label in p.classes] for one in labels.T])
        values |= {
            f"{name}occupancy": shares.mean(axis=0),
            f"{name}least_share": float(shares.min(axis=1).mean()),
            f"{name}switches": float(np.mean([samples.switches(one) for one in labels.T])),
            f"{name}flips": float(np.mean([samples.switches(one) for one in sides.T])),
            f"{name}walk_nn": float(distance.mean()),
            f"{name}visited": labels[:, 0].astype(float),
        }
    return values


def memory(p: Any, streams: Any) -> Values:
    """A machine that learned P pictures. nn_train, nn_held: median distances of generated samples to training and as
    many held-out pictures, up to the sign; rho: median of their ratio; energy_train, energy_held (E/N).

    denoising: falling (D,) rms error of the activity of corrupted held-out pictures by step; before_falling: by the
    couplings before learning; fall, before_fall: share lost after 60 steps. shown_*: pictures (ROW, N).
    """
    held = 2 * p.P + p.n_denoised
    data = pictures_of(p, streams, max(held, 2 * p.P + 2))
    train, other, clean = data.x[: p.P], data.x[p.P : 2 * p.P], data.x[-p.n_denoised :]
    first = learned(p, streams, data.x.shape[1])
    trained, _ = train_on(p, streams, train, first)
    x = starts(streams("starts"), len(first), p.n_generated)
    QuantileLangevin(x, trained.J, p.temperature, p.dt, streams("generation")).run(p.n_steps)
    phi = np.tanh(x.T)
    near, which = samples.either_nearest(phi, np.tanh(train))
    far, _ = samples.either_nearest(phi, np.tanh(other))
    turned = phi * samples.side(phi, np.tanh(train).mean(axis=0))[:, None]
    noisy = clean + np.float32(p.corruption) * streams("corruption").standard_normal(clean.shape, dtype=np.float32)
    stops = np.arange(0, 2 * FALL + 1, 5)
    falling, pictures = denoised(p, trained.J, clean, noisy, streams("denoising"), stops, FALL)
    before, _ = denoised(p, first, clean, noisy, streams("denoising"), stops, FALL)
    at = int(np.flatnonzero(stops == FALL)[0])
    return {
        "rho": float(np.median(near / far)),
        "nn_train": float(np.median(near)),
        "nn_held": float(np.median(far)),
        "energy_train": float(lm.energy_per_unit(train, trained.J).mean()),
        "energy_held": float(lm.energy_per_unit(other, trained.J).mean()),
        "denoising_steps": stops.astype(float),
        "falling": falling,
        "before_falling": before,
        "fall": 1.0 - falling[at] / falling[0],
        "before_fall": 1.0 - before[at] / before[0],
        "shown_generated": turned[:ROW],
        "shown_nearest": np.tanh(train)[which[:ROW]],
        "shown_clean": np.tanh(clean[:ROW]),
        "shown_noisy": np.tanh(noisy[:ROW]),
        "shown_denoised": pictures[:ROW],
    }


def painting(p: Any, streams: Any) -> Values:
    """Pictures of a machine: data (n_shown, N), by step shown_<step> (n_shown, N), not turned; nearest: training
    pictures nearest to the last ones (with their sign).

    The first chain: projected (F, 3) on the components of 400 pictures, turned to the data's side, its classes; frames;
    cloud (400, 3), cloud_labels; explained (3,): shares of the variance; trace_time, trace: state of the
    unit. nn (shown,), energy (shown,), K (updates,).
    """
    data = pictures_of(p, streams, p.n_train)
    first = learned(p, streams, data.x.shape[1])
    trained, k_norm = train_on(p, streams, data.x, first)
    J, reference = trained.J, np.tanh(data.x).astype(np.float64)
    x = starts(streams("starts"), len(J), p.n_shown)
    chains = QuantileLangevin(x, J, p.temperature, p.dt, streams("generation"))
    values: Values = {"K": k_norm, "data": reference[: p.n_shown], "self_nn": samples.self_nearest(reference)}
    states, nn, energy = [], [], []
    for stop in p.shown:
        states += followed(chains, stop, p.first)
        phi = np.tanh(x.T).astype(np.float64)
        values[f"shown_{stop}"] = phi
        distance, which = samples.aligned_nearest(phi, reference)
        nn.append(float(distance.mean()))
        energy.append(float(lm.energy_per_unit(x.T, J).mean()))
    turned = samples.side(phi, reference.mean(axis=0))
    values |= {"nearest": reference[which] * turned[:, None], "nn": np.array(nn), "energy": np.array(energy)}
    return {**values, **trajectory(p, np.array(states), reference, data.labels)}


def followed(chains: QuantileLangevin, stop: int, first: int) -> list[Floats]:
    """States of the first chain every TRACE steps up to `stop`, from step `first` on."""
    states = []
    while chains.step < stop:
        chains.run(min(TRACE, stop - chains.step))
        if chains.step >= first:
            states.append(chains.x[:, 0].copy())
    return states


def trajectory(p: Any, states: Floats, reference: np.ndarray, labels: np.ndarray) -> Values:
    """The followed chain: its neuron, its way through the components of the data, its nearest classes."""
    some = reference[:PCA_DATA]
    found = samples.components(some, 3)
    phi = np.tanh(np.asarray(states[:: FRAME // TRACE], dtype=np.float64))
    phi = phi * samples.side(phi, reference.mean(axis=0))[:, None]
    _, nearest = samples.aligned_nearest(phi, reference)
    return {
        "cloud": found.of(some),
        "cloud_labels": labels[:PCA_DATA].astype(float),
        "explained": found.of(some).var(axis=0) / some.var(axis=0).sum(),
        "projected": found.of(phi),
        "frames": p.first + FRAME * np.arange(len(phi), dtype=float),
        "visited": labels[nearest].astype(float),
        "trace_time": p.dt * TRACE * np.arange(len(states)),
        "trace": states[:, p.unit].astype(np.float64),
    }
