"""Machines that learn pictures: data, first couplings, training, generation, walks, denoising; float32 throughout.

Chains stand in columns (N, R), pictures in rows (P, N).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.datasets import images, pictures
from atlas.dynamics.couplings import gaussian_couplings
from atlas.dynamics.quantile_langevin import QuantileLangevin
from atlas.estimation import samples
from atlas.learning import langevin_machine as lm

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Pictures:
    """x (P, N) float32 states in [-1, 1] and labels (P,)."""

    x: NDArray[np.float32]
    labels: NDArray[np.int64]


@lru_cache(maxsize=4)
def all_pictures(name: str, folder: str, classes: tuple[int, ...], crop: int, side: int) -> pictures.States:
    """All pictures of some classes as states."""
    return pictures.states(images.load(name, folder), classes, crop, side)


def pictures_of(p: Any, streams: Any, count: int) -> Pictures:
    """The first `count` pictures in the order that `images` draws; DataError when the set has fewer."""
    whole = all_pictures(p.data, p.folder, tuple(p.classes), p.crop, p.side)
    if count > len(whole.labels):
        raise images.DataError(f"pictures: got {count} wanted; allowed: at most {len(whole.labels)} of these classes")
    chosen = streams("images").permutation(len(whole.labels))[:count]
    return Pictures(whole.x[chosen].astype(np.float32), whole.labels[chosen])


def learned(p: Any, streams: Any, n_units: int) -> NDArray[np.float32]:
    """The couplings before learning: N(0, g²/N) without self-coupling."""
    J = gaussian_couplings(streams("couplings"), n_units, p.g, self_coupling=False, dtype="float32")
    return np.ascontiguousarray(J, dtype=np.float32)


def starts(rng: np.random.Generator, n_units: int, count: int) -> NDArray[np.float32]:
    """States N(0, 1), (N, count)."""
    return rng.standard_normal((n_units, count), dtype=np.float32)


def train_on(p: Any, streams: Any, data: Floats, first: Floats) -> tuple[lm.Machine, np.ndarray]:
    """The machine after all updates from the first couplings (which stay as they are), and K by update."""
    x, J, noise = starts(streams("chains"), len(first), p.n_chains), first.copy(), streams("noise")
    chains = QuantileLangevin(x, J, p.temperature, p.dt, noise)
    machine = lm.Machine(J, x, p.temperature, p.dt, noise, rate=p.rate, decay=p.decay, chains=chains)
    k_norm = lm.train(
        machine, data, streams("batches"),
        batch=p.batch, updates=p.updates, n_steps=p.n_t, replacement=p.replacement,
    )  # fmt: skip
    return machine, k_norm


def generated(
    p: Any, J: Floats, x: Floats, rng: np.random.Generator, stops: np.ndarray, reference: Floats
) -> NDArray[np.float64]:
    """Rows (stops, 4): energy per unit, m2, nn and share on the data's side, as x goes on to the last stop."""
    moments, mean = samples.second_moments(reference), reference.mean(axis=0)
    chains, rows = QuantileLangevin(x, J, p.temperature, p.dt, rng), []
    for stop in stops:
        chains.run(int(stop) - chains.step)
        phi = np.tanh(x.T)
        distance, _ = samples.aligned_nearest(phi, reference)
        positive = samples.side(phi, mean) > 0
        energy = lm.energy_per_unit(x.T, J).mean()
        rows.append([energy, samples.moment_distance(phi, moments), distance.mean(), positive.mean()])
    return np.array(rows)


def walk(
    J: Floats, x: Floats, temperature: float, dt: float, rng: np.random.Generator, frames: int, every: int
) -> Floats:
    """States (frames, R, N) after every so many steps."""
    chains, kept = QuantileLangevin(x, J, temperature, dt, rng), []
    for _ in range(frames):
        chains.run(every)
        kept.append(x.T.copy())
    return np.array(kept)


def denoised(
    p: Any, J: Floats, clean: Floats, noisy: Floats, rng: np.random.Generator, stops: np.ndarray, shown: int
) -> tuple[NDArray[np.float64], Floats]:
    """Rms difference of the activities from the clean ones at the stops (mean over pictures), activities at `shown`."""
    x = np.ascontiguousarray(noisy.T)
    chains, course, kept = QuantileLangevin(x, J, p.temperature, p.dt, rng), [], np.tanh(noisy)
    for stop in stops:
        chains.run(int(stop) - chains.step)
        phi = np.tanh(x.T)
        course.append(float(np.sqrt(np.mean(np.square(phi - np.tanh(clean), dtype=np.float64), axis=1)).mean()))
        if stop == shown:
            kept = phi
    return np.array(course), kept
