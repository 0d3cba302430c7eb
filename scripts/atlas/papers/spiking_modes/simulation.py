"""What is simulated for spiking-modes: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values of this one
network. Streams: `images` (split), `weights` (first ones), `order` (batches and input spikes of training), `trials` (of
training), `answers` (tests). Learners of one replica share all of them: they differ in their recurrent part only.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from atlas.datasets import context_trials, images
from atlas.datasets.spike_trains import bernoulli_trains
from atlas.learning.mode_weights import ModeWeights, drawn, normal
from atlas.learning.spiking_network import Neuron, driven_field, run
from atlas.learning.trial_losses import class_loss, course_loss, peaks
from atlas.learning.trial_network import TrialNetwork, pruned
from atlas.papers.spiking_modes import summaries

Values = dict[str, Any]
Array = np.ndarray[Any, Any]
SPACE = 3  # modes of which places are kept
SMOOTH = 20.0  # of the network that is tested with smooth spikes
TESTED = 100  # trials that are tested at once
EARLY = 0.1  # share of the training after which the controls look
SWITCH_TRIALS = 100


def network(p: Any, streams: Any, inputs: int, outputs: int) -> TrialNetwork:
    """First weights: W_in N(0, win_std²), W_out N(0, 1/N), W_rec of variance 1/N by modes or free."""
    rng = streams("weights")
    W_in = normal(rng, (p.n_units, inputs), p.win_std)
    W_out = normal(rng, (outputs, p.n_units), 1.0 / math.sqrt(p.n_units))
    neuron = Neuron(p.dt, p.t_ref, sharpness=p.sharpness)
    rec = drawn(rng, p.n_units, p.modes)
    return TrialNetwork(W_in, rec, W_out, neuron, rate=p.unit == "rate", lr=p.lr, clip=p.clip)


def early(p: Any) -> int:
    """The batch before which the controls look."""
    return max(1, round(EARLY * p.batches))


def digits(p: Any, streams: Any) -> Values:
    """Classification of images by Bernoulli spikes.

    loss, single (batches,): cross-entropies with two softmaxes and with one; accuracy, early_accuracy (after a tenth of
    the batches); of spiking units pruned_accuracy (prunings,) and `spikes_of_digits`; spectra of modes.
    """
    grey, labels = images.load(p.images).drawn(p.n_train + p.n_test, streams("images"))
    grey = grey.reshape(len(labels), -1)
    net, order = network(p, streams, grey.shape[1], images.CLASSES), streams("order")
    answers = streams("answers")
    tests = [
        (bernoulli_trains(grey[some], p.n_steps, answers).astype(bool), labels[some])
        for some in np.array_split(np.arange(p.n_train, len(labels)), max(1, p.n_test // TESTED))
    ]
    loss, single = np.empty(p.batches), np.empty(p.batches)
    values: Values = {}
    for k in range(p.batches):
        if k == early(p):
            values["early_accuracy"] = accuracy(net, tests)
        some = order.choice(p.n_train, min(p.batch, p.n_train), replace=False)

        def measured(W_out: Array, r: Array, k: int = k, some: Array = some) -> tuple[float, Array, Array]:
            value, single[k], by_out, direct = class_loss(W_out, r, labels[some])
            return value, by_out, direct

        loss[k] = net.learn(bernoulli_trains(grey[some], p.n_steps, order), measured)
    values |= {"loss": loss, "single": single, **summaries.spectrum(net.rec)}
    if net.rate:
        return {**values, "accuracy": accuracy(net, tests), "pruned_accuracy": np.empty(0)}
    return {**values, **answered(net, tests, p), **spikes_of_digits(net, tests, p)}


def accuracy(net: TrialNetwork, tests: Any) -> float:
    """Share of right answers."""
    right = sum(hits(net, net.respond(x.astype(np.float32))[0], labels) for x, labels in tests)
    return right / sum(len(labels) for _, labels in tests)


def hits(net: TrialNetwork, r: Array, labels: Array) -> int:
    """Right answers to the trials of r (T, B, N)."""
    return int(np.sum((peaks(r)[0] @ net.W_out.T).argmax(axis=1) == labels))


def answered(net: TrialNetwork, tests: Any, p: Any) -> Values:
    """accuracy, smooth_accuracy (tested with the smooth spike of sharpness 20), pruned_accuracy (prunings,): shares of
    right answers to the same input spikes, whose fields are taken once.
    """
    W, smooth = net.rec.matrix(), Neuron(p.dt, p.t_ref, sharpness=SMOOTH)
    ways: list[dict[str, Any]] = [{}, {"neuron": smooth}]
    ways += [{"W_rec": pruned(W, share)} for share in np.linspace(0.0, 1.0, p.prunings)]
    right = np.zeros(len(ways))
    for x, labels in tests:
        drive = driven_field(net.W_in, x.astype(np.float32))
        right += [hits(net, net.respond(x, drive=drive, **way)[0], labels) for way in ways]
    shares = right / sum(len(labels) for _, labels in tests)
    return {"accuracy": float(shares[0]), "smooth_accuracy": float(shares[1]), "pruned_accuracy": shares[2:]}


def spikes_of_digits(net: TrialNetwork, tests: Any, p: Any) -> Values:
    """Of the trained network: mean rate (Hz), Fano factors over test images, one image in full, places in mode space.

    places (n, 3): xi_in^T a of test images; digit (n,).
    """
    counts, places, values = [], [], {}
    for k, (x, _labels) in enumerate(tests):
        r, course = net.respond(x.astype(np.float32))
        assert course is not None
        counts.append(course.s[1:].sum(axis=0))
        if isinstance(net.rec, ModeWeights) and p.modes == SPACE:
            places.append(peaks(r)[0] @ net.rec.parameters[0])
        if k == 0:
            values = {**summaries.one_trial(course, p.dt), "input": x[:, 0].astype(np.uint8)}
    every = np.concatenate(counts)
    values |= {"rate": float(every.mean()) * 1000.0 / (p.n_steps * p.dt), **summaries.fano_summary(every)}
    if places:
        values |= {"places": np.concatenate(places), "digit": np.concatenate([labels for _, labels in tests])}
    return values


def context(p: Any, streams: Any) -> Values:
    """Contextual integration.

    loss (batches,): mean squared error in training; mse and decision (share of trials whose mean output in the last
    fifth has the sign of the target) of the tests, also against the target of the other signal; pruned_mse (prunings,);
    output (2, T) and output_spread (2, T) by the sign of the cued signal; spike statistics, spectra, mode space.
    """
    net, rng = network(p, streams, 4, 1), streams("trials")
    loss = np.empty(p.batches)
    for k in range(p.batches):
        trials = context_trials.draw(rng, p.n_steps, p.batch, p.offset, p.switch_share)
        loss[k] = net.learn(trials.x, partial(course_loss, z=trials.target))
    answers = streams("answers")
    test = context_trials.draw(answers, p.n_steps, p.n_test, p.offset)
    r, course = net.respond(test.x)
    assert course is not None
    o = r @ net.W_out[0]
    W = net.rec.matrix()
    shares = np.linspace(0.0, 1.0, p.prunings) if p.prunings else np.empty(0)
    smooth = net.respond(test.x, neuron=Neuron(p.dt, p.t_ref, sharpness=SMOOTH))[0] @ net.W_out[0]
    sides = [test.cued == sign for sign in (-1, 1)]
    values = {
        "loss": loss,
        "mse": mean_square(o - test.target),
        "mse_other": mean_square(o - test.other),
        "smooth_mse": mean_square(smooth - test.target),
        "decision": decided(o, test.target),
        "decision_other": decided(o, test.other),
        "pruned_mse": np.array(
            [mean_square(net.respond(test.x, W_rec=pruned(W, q))[0] @ net.W_out[0] - test.target) for q in shares]
        ),
        "output": np.stack([o[:, side].mean(axis=1) for side in sides]),
        "output_spread": np.stack([o[:, side].std(axis=1) for side in sides]),
        "rate": float(course.s.mean(dtype=np.float64)) * 1000.0 * len(course.s) / (p.n_steps * p.dt),
        "input": test.x[:, 0],
        "shown_target": test.target[:, 0],
        "shown_output": o[:, 0],
        **summaries.fano_summary(course.s[1:].sum(axis=0)),
        **summaries.one_trial(course, p.dt),
        **summaries.spectrum(net.rec),
    }
    return {**values, **(mode_space(net, r, test) if p.modes == SPACE else {}), **switched(net, p, answers)}


def mean_square(gap: Array) -> float:
    """Mean over steps and trials."""
    return float(np.mean(np.square(gap, dtype=np.float64)))


def decided(o: Array, target: Array) -> float:
    """Share of trials whose mean output over the last fifth has the sign of the target's end."""
    late = o[-(len(o) // 5) :].mean(axis=0)
    return float(np.mean(np.sign(late) == target[-1]))


def mode_space(net: TrialNetwork, r: Array, test: context_trials.Trials) -> Values:
    """Places xi_in^T r: mean courses of the four classes (4, T, 3), also along an orthogonal frame of the same space;
    end points (mean over the last five steps) between over total variance, of the four classes and of the contexts
    within each choice, and the choice, or the class itself, told by the nearest class mean; the same for classes that
    are shifted by one trial.
    """
    xi_in = net.rec.parameters[0].astype(np.float64)
    frame = np.linalg.qr(xi_in)[0]
    places = r @ xi_in
    ends = places[-5:].mean(axis=0)
    wrong, wrong_cued = np.roll(test.classes, 1), np.roll(test.cued, 1)
    return {
        "paths": summaries.class_means(places, test.classes, context_trials.CLASSES),
        "straight_paths": summaries.class_means(r @ frame, test.classes, context_trials.CLASSES),
        "ends": ends,
        "ends_class": test.classes,
        "separation": summaries.between_over_total(ends, test.classes),
        "separation_shifted": summaries.between_over_total(ends, wrong),
        "contexts_apart": summaries.between_within(ends, test.classes % 2, test.context),
        "contexts_apart_shifted": summaries.between_within(ends, wrong % 2, np.roll(test.context, 1)),
        "centroid": summaries.nearest_centroid(ends, test.classes, test.cued),
        "centroid_shifted": summaries.nearest_centroid(ends, wrong, wrong_cued),
        "class_centroid": summaries.nearest_centroid(ends, test.classes, test.classes),
        "class_centroid_shifted": summaries.nearest_centroid(ends, wrong, wrong),
    }


def switched(net: TrialNetwork, p: Any, rng: np.random.Generator) -> Values:
    """Tests in which every trial exchanges its contexts: mse, decision; of three modes the mean courses (4, T, 3)."""
    test = context_trials.draw(rng, p.n_steps, SWITCH_TRIALS, p.offset, 1.0)
    r = net.respond(test.x)[0]
    o = r @ net.W_out[0]
    values: Values = {
        "switch_mse": mean_square(o - test.target),
        "switch_decision": decided(o, test.target),
        "switch_input": test.x[:, 0],
        "switch_target": test.target[:, 0],
        "switch_output": o[:, 0],
    }
    if p.modes == SPACE:
        opposed = test.signs[:, 0] != test.signs[:, 1]  # both signals say different things: the choice must turn
        places = (r @ net.rec.parameters[0])[:, opposed]
        values["switch_paths"] = summaries.class_means(places, test.classes[opposed], context_trials.CLASSES)
    return values


def driven(p: Any, streams: Any) -> Values:
    """One unconnected neuron under a constant current from rest, in float64.

    first_spike_step, steady_interval_steps (nan without), rate (spikes per second after the first), train_sum (sum of r
    by spike, once the train has died away).
    """
    x = np.zeros((2 * p.n_steps, 1, 1))
    x[: p.n_steps] = p.current
    course = run(np.ones((1, 1)), np.zeros((1, 1)), x, Neuron(p.dt, p.t_ref))
    spikes = np.flatnonzero(course.s[1 : p.n_steps + 1, 0, 0])
    total = float(course.s.sum())
    intervals = np.diff(spikes)
    interval = float(intervals[-1]) if len(intervals) else np.nan
    return {
        "first_spike_step": float(spikes[0]) if len(spikes) else np.nan,
        "steady_interval_steps": interval,
        "rate": 1000.0 / (interval * p.dt) if len(intervals) else 0.0,
        "train_sum": float(course.r.sum()) / total if total else np.nan,
    }
