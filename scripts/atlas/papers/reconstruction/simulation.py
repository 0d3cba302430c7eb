"""What is simulated for reconstruction: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values: plain
averages of this one network. Averages over networks, and every theory, come later and elsewhere.
Streams: `couplings` draws J, `error` the copy's J', `states` the starts x_i(0) ~ N(0, 1) (of the free runs),
`data` those of the training set, `weights` the student's start, `batches` the order of the data, `shuffle` the
rearranged error, `tangents` the tangent vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.dynamics import couplings, lyapunov, rate, replicas
from atlas.dynamics.schemes import steps
from atlas.learning import next_step
from atlas.learning.adam import Adam

Values = dict[str, Any]
PREDICTED_EVERY = 0.1  # tau between observations of the free runs
N_SHOWN = 8  # neurons whose activity is kept


def network(p: Any, streams: Any, n_states: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Couplings J (N, N) without self-coupling and starts x (N, n_states) of one network."""
    J = couplings.gaussian_couplings(streams("couplings"), p.n_units, p.g, self_coupling=False, dtype=dtype)
    return J, couplings.gaussian_states(streams("states"), p.n_units, n_states, dtype=dtype)


def training_data(p: Any, J: np.ndarray, streams: Any) -> next_step.ChunkRecorder:
    """The first n_points of each trajectory of the teacher, transient included, cut into chunks."""
    x = couplings.gaussian_states(streams("data"), p.n_units, p.n_trajectories, dtype="float64")
    chunks = p.n_points // p.chunk_length
    recorder = next_step.ChunkRecorder(p.n_units, p.n_trajectories, chunks, p.chunk_length, p.dt, p.precision)
    rate.integrate(x, J, p.dt, chunks * p.chunk_length, method="euler", observe=[recorder])
    return recorder


def student(p: Any, streams: Any) -> Values:
    """A student trained by Adam on the teacher's series, and its free runs.

    error, weight_distance: by epoch (the latter from before the first); correlation of all entries of W and J; eta,
    the effective mismatch; pairs_J, pairs_W: n_pairs entries at equal distances, worst_J, worst_W: the 1 % with the
    largest error, thinned; directions, direction_error: eigenvalues of the data's <phi phi^T> and the mean squared
    error of W along them. Free runs from new starts: see `free_runs`.
    """
    J, starts = network(p, streams, p.n_starts, "float64")
    data = training_data(p, J, streams)
    W = streams("weights").random((p.n_units, p.n_units)).astype(p.precision)
    untrained = W.astype(np.float64)
    history = next_step.train(
        W, data.phi, data.push, p.dt, Adam(W, p.learning_rate), streams("batches"),
        epochs=p.epochs, batch=p.batch, target=J,
    )  # fmt: skip
    learned = W.astype(np.float64)
    directions, direction_error = next_step.error_by_direction(learned - J, data.phi)
    return {
        "error": history.error,
        "weight_distance": history.weight_distance,
        "correlation": float(np.corrcoef(learned.ravel(), J.ravel())[0, 1]),
        "correlation_untrained": float(np.corrcoef(untrained.ravel(), J.ravel())[0, 1]),
        "eta": next_step.effective_mismatch(learned, J, p.g),
        "directions": directions,
        "direction_error": direction_error,
        **pairs(J, learned, p.n_pairs),
        **free_runs(p, starts, J, learned, untrained, streams),
    }


def pairs(J: np.ndarray, W: np.ndarray, n_pairs: int) -> Values:
    """n_pairs entries (J, W) at equal distances in the matrix, and of the 1 % of largest error."""
    true, found = J.ravel(), W.ravel()
    spread = np.linspace(0, true.size - 1, min(n_pairs, true.size)).astype(int)
    worst = np.argsort(np.abs(found - true), kind="stable")[-max(2, true.size // 100) :]
    worst = worst[np.linspace(0, worst.size - 1, min(n_pairs, worst.size)).astype(int)]
    return {
        "pairs_J": true[spread],
        "pairs_W": found[spread],
        "worst_J": true[worst],
        "worst_W": found[worst],
    }


def free_runs(
    p: Any, starts: np.ndarray, J: np.ndarray, learned: np.ndarray, untrained: np.ndarray, streams: Any
) -> Values:
    """Distance to the teacher's free run, averaged over new starts, of three sets of couplings:

    the learned ones, the same before training, and J with the learned error rearranged at random (entries permuted,
    signs drawn): an error of the same size without structure. times, variance (of the teacher), distance_learned,
    distance_untrained, distance_shuffled (T,); x_true, x_learned (T, 8): neurons from the first start.
    """
    rng = streams("shuffle")
    error = rng.permutation((learned - J).ravel()) * (2.0 * rng.integers(0, 2, J.size) - 1.0)
    networks = [J, learned, untrained, J + error.reshape(J.shape)]
    every = max(1, steps(PREDICTED_EVERY, p.dt))
    run = replicas.side_by_side(starts, networks, p.dt, steps(p.t_predict, p.dt), every=every, n_shown=N_SHOWN)
    named = zip(("learned", "untrained", "shuffled"), run.distance, strict=True)
    return {
        "times": run.times,
        "variance": run.variance.mean(axis=1),
        **{f"distance_{name}": distance.mean(axis=1) for name, distance in named},
        "x_true": run.shown[0],
        "x_learned": run.shown[1],
    }


def copies(p: Any, streams: Any) -> Values:
    """A network beside its imperfect copy from the same starts: times, distance, variance (T,), means over starts."""
    J, x = network(p, streams, p.n_states, p.precision)
    J2 = replicas.imperfect_copy(streams("error"), J, p.g, p.eta)
    every = max(1, steps(p.t_between, p.dt))
    run = replicas.side_by_side(x, [J, J2], p.dt, steps(p.t_max, p.dt), every=every)
    return {"times": run.times, "distance": run.distance[0].mean(axis=1), "variance": run.variance.mean(axis=1)}


def classical(p: Any, streams: Any) -> Values:
    """exponent: the maximal Lyapunov exponent by a tangent vector, mean over starts."""
    J, x = network(p, streams, p.n_states, p.precision)
    rate.integrate(x, J, p.dt, steps(p.t_transient, p.dt), method=p.integrator)
    block = max(1, steps(2.0, p.dt))
    n_blocks = max(1, steps(p.t_measure, block * p.dt))
    n_align = max(1, steps(p.t_transient, block * p.dt) // 2)
    found = lyapunov.lyapunov(
        x, J, p.dt, n_blocks, streams("tangents"), block=block, n_align=n_align, method=p.integrator
    )
    return {"exponent": found.exponents.mean()}


def mismatch(p: Any, streams: Any) -> Values:
    """exponent, per unit time and per_step: growth of the distance to a copy that is put back after every step."""
    J, x = network(p, streams, p.n_states, p.precision)
    J2 = replicas.imperfect_copy(streams("error"), J, p.g, p.eta)
    found = replicas.mismatch_exponent(x, J, J2, p.dt, steps(p.t_transient, p.dt), steps(p.t_measure, p.dt))
    return {"exponent": found.mean(), "per_step": found.mean() * p.dt}
