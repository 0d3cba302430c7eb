"""What is simulated for fermi-bose: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values of this one
sample or network. Streams: `pairs`, `fresh` (pairs that were not learned), `start` (weights), `noise`; of layers
`images`, `frequencies` (which class is frequent), `weights`, `order` (of the batches), `white` (noise of an attack).
All networks of an item share images, first weights, batches and noise.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from atlas.datasets import images
from atlas.datasets.class_split import class_split, unequal_counts
from atlas.dynamics import contrasted_pairs as cp
from atlas.dynamics.pair_cavity import cavity as cavity_equations
from atlas.learning import contrastive as con
from atlas.learning.attacks import accuracies_under, area, gradient_sign

Values = dict[str, Any]
Array = NDArray[np.float64]
CHAINS = 2  # of the same pairs and start: their means give q without bias
STARTS = (slice(0, CHAINS), slice(CHAINS, 2 * CHAINS))  # columns of the wide and of the narrow start
CAVITY = ("M", "Q", "q", "eps_test", "accuracy", "d2_boson", "d2_fermion")
SNAPSHOTS = 20  # of a chain, for energies
AREA = 0.3  # largest strength of an attack in the area of the claims


def disorder(p: Any, streams: Any) -> tuple[cp.Pairs, cp.Pairs, cp.Energies]:
    """The pairs that are learned, fresh ones, and their energies."""
    kind = {"rho_b": p.rho_b, "m": p.m, "delta": p.delta}
    learned = cp.draw_pairs(streams("pairs"), max(2, round(p.alpha * p.n_units)), p.n_units, **kind)
    fresh = cp.draw_pairs(streams("fresh"), p.n_fresh, p.n_units, **kind)
    return learned, fresh, cp.Energies(p.d_f, p.lambda_b, p.a)


def fresh_values(fresh: cp.Pairs, energies: cp.Energies, w: Any) -> Values:
    """eps_test, share of right signs, and D² of both classes over fresh pairs, mean over the columns of w."""
    left, right = cp.fields(fresh, w.astype(np.float32))
    d2 = (left - right) ** 2
    signs = np.sign(np.concatenate([left, right]))
    found = {
        "eps_test": float(energies.of(left, right, fresh.same[:, None]).mean()),
        "accuracy": float(np.mean(signs == fresh.labels[:, None])),
    }
    for name, chosen in (("d2_boson", fresh.same), ("d2_fermion", ~fresh.same)):
        found[name] = float(d2[chosen].mean()) if chosen.any() else np.nan
    return found


def langevin(p: Any, streams: Any) -> Values:
    """Chains of the Gibbs measure from a wide and from a narrow start, side by side on the same pairs: M, Q, q,
    eps_train; eps_test and the rest over fresh pairs.

    Each value is the mean over the two starts; `<value>_gap` is that from the wide start minus that from the narrow
    one, 0 in equilibrium: chains that do not forget their start bracket it.
    """
    learned, fresh, energies = disorder(p, streams)
    spread = np.repeat(np.array([p.wide, p.narrow], np.float32), CHAINS)
    w = 0.5 + spread * streams("start").standard_normal((p.n_units, len(spread)), dtype=np.float32)
    first = int(p.burn_in * p.n_steps)
    every = max(1, (p.n_steps - first) // SNAPSHOTS)
    total, square, count = np.zeros(w.shape), np.zeros(len(spread)), 0
    rows: list[list[Values]] = []

    def observe(step: int, state: Any) -> None:
        nonlocal total, square, count
        if step < first:
            return
        total += state
        square += np.mean(state * state, axis=0, dtype=np.float64)
        count += 1
        if count % every == 0:
            rows.append([snapshot(learned, fresh, energies, state[:, chains]) for chains in STARTS])

    cp.langevin(
        learned, energies, w, streams("noise"), beta=p.beta, lambda_w=p.lambda_w, friction=critical(p.lambda_w),
        dt=p.dt, n_steps=p.n_steps, observe=observe,
    )  # fmt: skip
    found = [of_start(total[:, chains] / count, square[chains] / count) for chains in STARTS]
    for start, values in enumerate(found):
        values |= {name: float(np.mean([row[start][name] for row in rows])) for name in rows[0][start]}
    wide, narrow = found
    return {
        **{name: 0.5 * (wide[name] + narrow[name]) for name in wide},
        **{f"{name}_gap": wide[name] - narrow[name] for name in wide},
    }


def critical(lambda_w: float) -> float:
    """Friction at which a weight that no pair holds, of stiffness lambda_w, is forgotten fastest."""
    return 2.0 * math.sqrt(lambda_w)


def of_start(mean: Array, square: Array) -> Values:
    """M, Q and q of the chains of one start from the means of w (N, CHAINS) and of w² (CHAINS,) over time."""
    return {"M": float(mean.mean()), "Q": float(square.mean()), "q": float(np.mean(mean[:, 0] * mean[:, 1]))}


def snapshot(learned: cp.Pairs, fresh: cp.Pairs, energies: cp.Energies, w: Any) -> Values:
    """eps_train and the values over fresh pairs of some chains at one time."""
    return {"eps_train": float(cp.mean_energy(learned, energies, w).mean()), **fresh_values(fresh, energies, w)}


def cavity(p: Any, streams: Any) -> Values:
    """One sample: M, Q, q of the marginals, eps_test and D² over fresh pairs for weights drawn from them.

    settled: 1 where M and Q stood still over the second half of the steps, whose means they are; other values are nan
    where they did not.
    """
    learned, fresh, energies = disorder(p, streams)
    start = 0.5 + 0.1 * streams("start").standard_normal(p.n_units)
    found = cavity_equations(
        learned, energies, start, beta=p.beta, lambda_w=p.lambda_w, damping=p.damping, tolerance=p.tolerance,
        max_steps=p.max_steps,
    )  # fmt: skip
    if not found.wobble <= p.still:
        return {"settled": 0.0, "mismatch": found.change, **dict.fromkeys(CAVITY, np.nan)}
    drawn = found.mean + np.sqrt(found.variance) * streams("noise").standard_normal((16, p.n_units))
    mean, size = found.late().mean(axis=0)
    values = {"M": float(mean), "Q": float(size), "q": float(size - found.variance.mean())}
    return {"settled": 1.0, "mismatch": found.change, **values, **fresh_values(fresh, energies, drawn.T)}


def split_of(p: Any, streams: Any, imbalance: float) -> images.Split:
    """Training and test images of an item."""
    order = streams("frequencies").permutation(images.CLASSES)
    counts = unequal_counts(images.CLASSES * p.per_class, imbalance, order)
    return class_split(images.load(p.dataset, p.folder), counts, p.n_test, streams("images"))


def contrastive_layer(p: Any, streams: Any, data: images.Split, start: con.TwoLayers, d_f: float) -> Any:
    """A copy of `start` with its first layer trained, and the distances of every batch."""
    model = start.copy()
    course = con.train_contrastive(
        model, data.train_x, data.train_y, streams("order"), d_f=d_f, penalty=p.penalty, lr=p.lr, epochs=p.epochs,
        batch=p.batch,
    )  # fmt: skip
    return model, course


def read_out(p: Any, streams: Any, data: images.Split, model: con.TwoLayers, **after: Any) -> None:
    """Train the second layer."""
    con.train_readout(
        model, data.train_x, data.train_y, streams("readout-order"), lr=p.lr_readout, epochs=p.readout_epochs,
        batch=p.batch, **after,
    )  # fmt: skip


def backprop(p: Any, streams: Any, data: images.Split, model: con.TwoLayers, **after: Any) -> None:
    """Train both layers by backpropagation."""
    con.train_backprop(
        model, data.train_x, data.train_y, streams("readout-order"), lr=p.lr_readout, epochs=p.readout_epochs,
        batch=p.batch, **after,
    )  # fmt: skip


def last_epoch(course: list[con.Distances], epochs: int) -> tuple[float, float]:
    """Mean D² over the boson and over the fermion pairs of the last epoch."""
    last = course[-(len(course) // epochs) :]
    boson = sum(each.boson for each in last) / max(1, sum(each.n_boson for each in last))
    fermion = sum(each.fermion for each in last) / max(1, sum(each.n_fermion for each in last))
    return boson, fermion


def tested(p: Any, data: images.Split, model: con.TwoLayers, white: Any) -> Values:
    """Accuracies on training and test images, under both attacks (S,), and areas under them."""
    values: Values = {
        "accuracy": model.accuracy(data.test_x, data.test_y),
        "train_accuracy": model.accuracy(data.train_x, data.train_y),
    }
    sign = gradient_sign(model, data.test_x, data.test_y)
    for name, direction in (("fgsm", sign), ("white", white)):
        values[name] = accuracies_under(model, data.test_x, data.test_y, direction, p.strengths)
        values[f"{name}_area"] = area(p.strengths, values[name], AREA)
    return values


def layers(p: Any, streams: Any) -> Values:
    """For every d_F (K,) and for backpropagation (`mlp_…`): accuracies, attacks, areas; d_boson, d_fermion (K,)."""
    data = split_of(p, streams, p.imbalance)
    start = con.TwoLayers.drawn(streams("weights"), data.train_x.shape[1], p.n_hidden, images.CLASSES)
    white = streams("white").standard_normal(data.test_x.shape, dtype=np.float32)
    rows = []
    for d_f in p.d_f:
        model, course = contrastive_layer(p, streams, data, start, d_f)
        read_out(p, streams, data, model)
        boson, fermion = last_epoch(course, p.epochs)
        rows.append({"d_boson": boson, "d_fermion": fermion, **tested(p, data, model, white)})
    mlp = start.copy()
    backprop(p, streams, data, mlp)
    return {
        "d_f": np.array(p.d_f),
        "strengths": np.array(p.strengths),
        **{name: np.array([row[name] for row in rows]) for name in rows[0]},
        **{f"mlp_{name}": each for name, each in tested(p, data, mlp, white).items()},
    }


def course(p: Any, streams: Any) -> Values:
    """Training accuracy by epoch (K, E) and of backpropagation (E,); boson and fermion distances by batch (K, T), as
    means over all pairs; hidden states of test images in the plane of their largest variance, for the first weights,
    the last d_F and backpropagation: plane (3, n, 2), classes (n,).
    """
    data = split_of(p, streams, 1.0)
    start = con.TwoLayers.drawn(streams("weights"), data.train_x.shape[1], p.n_hidden, images.CLASSES)
    curves, distances, model = [], [], start
    for d_f in p.d_f:
        model, by_batch = contrastive_layer(p, streams, data, start, d_f)
        curve: list[float] = []
        read_out(p, streams, data, model, after_epoch=follow(model, data, curve))
        curves.append(curve)
        pairs = [max(1, each.n_boson + each.n_fermion) for each in by_batch]
        distances.append(
            [[each.boson / n, each.fermion / n] for each, n in zip(by_batch, pairs, strict=True)],
        )
    mlp_curve: list[float] = []
    mlp = start.copy()
    backprop(p, streams, data, mlp, after_epoch=follow(mlp, data, mlp_curve))
    chosen = np.isin(data.test_y, p.shown)
    by_pairs = np.array(distances)
    return {
        "d_f": np.array(p.d_f),
        "train_curve": np.array(curves),
        "mlp_curve": np.array(mlp_curve),
        "boson": by_pairs[:, :, 0],
        "fermion": by_pairs[:, :, 1],
        "plane": np.stack([plane(con.hidden(data.test_x[chosen], each.W)) for each in (start, model, mlp)]),
        "classes": data.test_y[chosen].astype(float),
    }


def follow(model: con.TwoLayers, data: images.Split, curve: list[float]) -> Any:
    """What keeps the training accuracy after each epoch."""
    return lambda: curve.append(model.accuracy(data.train_x, data.train_y))


def plane(r: Any) -> Array:
    """Coordinates (n, 2) along the two directions of largest variance, scaled so that distance² is D²; signs fixed."""
    centred = r.astype(np.float64) - r.mean(axis=0)
    u, size, _ = np.linalg.svd(centred, full_matrices=False)
    coordinates = u[:, :2] * size[:2] / np.sqrt(r.shape[1])
    heavy = np.abs(coordinates).argmax(axis=0)
    return np.asarray(coordinates * np.sign(coordinates[heavy, [0, 1]]))
