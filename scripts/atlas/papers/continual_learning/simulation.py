"""What is simulated for continual-learning: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values of this one
perceptron or network. Streams: `teachers`, `patterns` and `patterns2`, `start` (theta), `order` (of the blocks),
`noise`; of layered networks `images`, `permutations`, `weights` and `order`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.datasets import images
from atlas.learning import field_perceptron as fp
from atlas.learning.binary_layers import BinaryNetwork
from atlas.learning.layers import Classifier, accuracy, batches
from atlas.learning.variational_layers import VariationalNetwork

Values = dict[str, Any]
Array = NDArray[np.float64]
CHECKED_EVERY = 50  # epochs of the first task between looks at p1
CHUNK = 500  # steps between looks at whether a relaxation stands still, and of noise held at once
ANNEALING = {"sequential": 1.0, "permuted": 2.0}  # c of beta = 10 tanh(0.1 + c (epoch + 1)/epochs)


def error(p: Any) -> Any:
    """Generalisation error arccos(p)/pi."""
    return np.arccos(np.clip(p, -1.0, 1.0)) / np.pi


def student(p: Any, streams: Any) -> fp.Student:
    """A perceptron with theta ~ N(0, 1)."""
    return fp.Student(streams("start").standard_normal(p.n_units, dtype=np.float32))


def one_teacher(p: Any, streams: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The teacher (1, N) and the signed patterns of the task."""
    teacher = fp.correlated_teachers(streams("teachers"), p.n_units, 1.0)[:1]
    return teacher, fp.signed_patterns(streams("patterns"), teacher[0], max(1, round(p.alpha * p.n_units)))


def kept(epochs: int, count: int) -> NDArray[np.int64]:
    """Numbers of the epochs that are kept, evenly, the first and the last among them."""
    return np.unique(np.rint(np.linspace(0, epochs - 1, min(count, epochs))).astype(np.int64))


def block_size(p: Any, n_patterns: int) -> int:
    """Patterns in a step."""
    return int(p.block) or max(n_patterns // 20, 10)


def learning(p: Any, streams: Any) -> Values:
    """One task: epochs (K,), epsilon_curve and q_star_curve (K,); at the end epsilon, p1, r, q_star."""
    teacher, patterns = one_teacher(p, streams)
    plan = fp.Plan(p.optimiser, p.lr, p.decay, p.gamma, block_size(p, len(patterns)))
    record = student(p, streams).train(patterns, teacher, p.epochs, plan, streams("order"))
    return course(record, p)


def course(record: Array, p: Any) -> Values:
    """The named values of a training's record."""
    at = kept(p.epochs, p.n_kept)
    return {
        "epochs": at + 1.0,
        "epsilon_curve": error(record[at, 0]),
        "q_star_curve": record[at, 2],
        "epsilon": float(error(record[-1, 0])),
        "p1": float(record[-1, 0]),
        "r": float(record[-1, 1]),
        "q_star": float(record[-1, 2]),
    }


def held(p: Any, streams: Any) -> Values:
    """One task with |m|²/N held at q_star by the scale of theta."""
    teacher, patterns = one_teacher(p, streams)
    plan = fp.Plan(p.optimiser, p.lr, p.decay, 0.0, block_size(p, len(patterns)), p.q_star)
    record = student(p, streams).train(patterns, teacher, p.epochs, plan, streams("order"))
    values = course(record, p)
    values["reached"] = values.pop("q_star")
    return values


def relaxation(p: Any, streams: Any) -> Values:
    """Full-batch gradient descent: t_c, the first step at which the error stood still for `window` steps (or n_steps,
    then settled = 0), and the error there.
    """
    teacher, patterns = one_teacher(p, streams)
    plan = fp.Plan("descent", p.lr, 0.0, p.gamma, len(patterns))
    one, order, errors = student(p, streams), streams("order"), np.empty(0)
    while len(errors) < p.n_steps:
        record = one.train(patterns, teacher, min(CHUNK, p.n_steps - len(errors)), plan, order)
        errors = np.concatenate([errors, error(record[:, 0])])
        when = stands_still(errors, p.window, p.still)
        if when is not None:
            return {"t_c": float(when), "settled": 1.0, "epsilon": float(errors[when - 1])}
    return {"t_c": float(p.n_steps), "settled": 0.0, "epsilon": float(errors[-1])}


def stands_still(errors: Array, window: int, still: float) -> int | None:
    """First t >= window with a standard deviation of the last `window` errors below `still`."""
    if len(errors) < window:
        return None
    centred = errors - errors.mean()
    sums = np.concatenate([[0.0], np.cumsum(centred)])
    squares = np.concatenate([[0.0], np.cumsum(centred**2)])
    mean = (sums[window:] - sums[:-window]) / window
    variance = (squares[window:] - squares[:-window]) / window - mean**2
    found = np.flatnonzero(variance < still**2)
    return int(found[0]) + window if len(found) else None


def boltzmann(p: Any, streams: Any) -> Values:
    """Langevin chain of exp(-beta L) over flat m, second half averaged: epsilon (of mean p1), p1, r, q_star."""
    teacher, patterns = one_teacher(p, streams)
    theta, noise = student(p, streams).theta, streams("noise")
    last = noise.standard_normal((1, p.n_units), dtype=np.float32)
    total, count = np.zeros(3), 0
    for start in range(0, p.n_steps, CHUNK):
        steps = min(CHUNK, p.n_steps - start)
        draws = np.concatenate([last, noise.standard_normal((steps, p.n_units), dtype=np.float32)])
        record = np.empty((steps, 3))
        fp.run_langevin(theta, patterns, teacher, draws, p.beta, p.dt, record)
        last = draws[-1:]
        if start >= p.n_steps // 2:
            total += record.sum(axis=0)
            count += steps
    p1, r, q_star = total / count
    return {"epsilon": float(error(p1)), "p1": float(p1), "r": float(r), "q_star": float(q_star)}


def two_tasks(p: Any, streams: Any) -> Values:
    """A first task, then for every r0 and alpha2 a second one from the same first.

    epsilon1, epsilon2 (R, A): errors after the second task; reference_epsilon, reference_q_star: after the first;
    first_epochs (K1,), first_curve (K1,); second_epochs (K2,), second_curve (R, A, 2, K2).
    """
    one = student(p, streams)
    pair = {r0: fp.correlated_teachers(streams("teachers"), p.n_units, r0) for r0 in p.r0}
    first = pair[p.r0[0]][:1]
    patterns = fp.signed_patterns(streams("patterns"), first[0], round(p.alpha1 * p.n_units))
    plan = fp.Plan(p.optimiser1, p.lr1, 0.0, p.gamma1, p.block)
    record = first_task(one, patterns, first, p, plan, streams("order"))
    at = kept(len(record), p.n_kept)
    values: Values = {
        "r0": np.array(p.r0),
        "alpha2": np.array(p.alpha2),
        "reference_epsilon": float(error(record[-1, 0])),
        "reference_q_star": float(record[-1, 2]),
        "first_epochs": at + 1.0,
        "first_curve": error(record[at, 0]),
        "first_total": float(len(record)),
        "second_epochs": kept(p.epochs2, p.n_kept) + 1.0,
    }
    one.next_task()
    curves = np.array([[second_task(one, pair[r0], alpha2, p, streams) for alpha2 in p.alpha2] for r0 in p.r0])
    values["second_curve"] = curves[..., kept(p.epochs2, p.n_kept)]
    values["epsilon1"], values["epsilon2"] = curves[:, :, 0, -1], curves[:, :, 1, -1]
    return values


def first_task(one: fp.Student, patterns: Any, first: Any, p: Any, plan: fp.Plan, order: Any) -> Array:
    """The first task until p1 is enough, at most epochs1: its record."""
    parts: list[Array] = []
    for start in range(0, p.epochs1, CHECKED_EVERY):
        parts.append(one.train(patterns, first, min(CHECKED_EVERY, p.epochs1 - start), plan, order))
        if parts[-1][-1, 0] > p.enough:
            break
    return np.concatenate(parts)


def second_task(one: fp.Student, teachers: Any, alpha2: float, p: Any, streams: Any) -> Array:
    """A second task from the first one's end: errors (2, epochs2). More patterns contain fewer ones."""
    patterns = fp.signed_patterns(streams("patterns2"), teachers[1], max(1, round(alpha2 * p.n_units)))
    other = fp.Student(one.theta.copy())
    other.prior = one.prior
    plan = fp.Plan(p.optimiser2, p.lr2, 0.0, p.gamma, min(p.block, len(patterns)))
    record = other.train(patterns, teachers, p.epochs2, plan, streams("order2"))
    errors: Array = error(record[:, :2].T)
    return errors


def layered(p: Any, streams: Any) -> Values:
    """Several sets of images, one after another: accuracy (epochs, tasks) on their test images after every epoch;
    final, the mean over tasks at the end, and by task.
    """
    tasks = image_tasks(p, streams)
    epochs = p.epochs_sequential if p.scenario == "sequential" else p.epochs_permuted
    network = learner(p, tasks[0].train_x.shape[1], streams)
    order, total, rows = streams("order"), epochs * len(tasks), []
    for number in range(total):
        task = tasks[number // epochs]
        network.anneal(10.0 * float(np.tanh(0.1 + ANNEALING[p.scenario] * (number + 1) / total)))
        for batch in batches(len(task.train_y), p.batch, order):
            network.step(task.train_x[batch], task.train_y[batch])
        rows.append([accuracy(network, each.test_x, each.test_y) for each in tasks])
    table = np.array(rows)
    learned = np.array([table[(index + 1) * epochs - 1, index] for index in range(len(tasks))])
    return {
        "accuracy": table,
        "final": float(table[-1].mean()),
        "learned": float(learned.mean()),
        "forgotten": float((learned - table[-1])[:-1].mean()),
    }


def image_tasks(p: Any, streams: Any) -> list[images.Split]:
    """The tasks of a scenario, with the same split for every learner."""
    draw = streams("images")
    if p.scenario == "sequential":
        return [images.split(images.load(name, p.folder), p.n_train, p.n_test, draw) for name in images.NAMES]
    digits = images.split(images.load("mnist", p.folder), p.n_train, p.n_test, draw)
    moved, pixels = streams("permutations"), digits.train_x.shape[1]
    places = [moved.permutation(pixels) for _ in range(p.n_permutations)]
    return [
        images.Split(digits.train_x[:, place], digits.train_y, digits.test_x[:, place], digits.test_y)
        for place in places
    ]


def learner(p: Any, n_inputs: int, streams: Any) -> Classifier:
    """The network that learns, with first fields or weights of one draw."""
    widths = [n_inputs, p.width, p.width, images.CLASSES]
    lr = p.lr_sequential if p.scenario == "sequential" else p.lr_permuted
    draw = streams("weights")
    if p.learner in ("variational", "without-kl"):
        kl = p.gamma / p.n_train if p.learner == "variational" else 0.0
        return VariationalNetwork(widths, draw, lr=lr, kl=kl, scale=p.scale)
    return BinaryNetwork(widths, draw, lr=lr, meta=p.meta if p.learner == "metaplastic" else 0.0, scale=p.scale)
