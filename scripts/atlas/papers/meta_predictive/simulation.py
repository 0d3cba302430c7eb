"""What is simulated for meta-predictive: one function per protocol, one call per (point, network).

A protocol gets the resolved parameters `p` and the random streams of its work item and returns named values of this one
network. Streams: `images` (split), `sequences` (of letters), `weights` (first parameters), `order` (of batches, and the
noise in training), `answers` (noise of tests), `drawn` (networks drawn from the laws of the weights). Learners of one
item share all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from atlas.datasets import image_rows, images, ring_grammar
from atlas.datasets import text as messages
from atlas.learning import predictive_coding as pc
from atlas.learning import recurrent_backprop
from atlas.learning.free_running import LOST, activity_growth, drawn_network, first_answers, run_freely
from atlas.learning.layers import batches, softmax
from atlas.learning.spike_slab import SpikeSlabLayer, reservoir_start, uniform_start
from atlas.papers.meta_predictive import summaries

Values = dict[str, Any]
Array = np.ndarray[Any, Any]
SHOWN = (0, 12)  # letters whose answers are kept: a and m
ANSWER_DRAWS = 200
NEVER = 1e-30  # a free energy that is not finite stays so; nothing is taken of 0


def network(start: Any, rate: pc.Rate, noisy: bool, convention: Any = "field") -> pc.PredictiveNetwork:
    """A network from first parameters of its three layers."""
    into, rec, out = (SpikeSlabLayer(*each, noisy=noisy, convention=convention) for each in start)
    return pc.PredictiveNetwork((into, rec, out), rate)


def schedule(p: Any, epoch: int) -> pc.Inference:
    """How an epoch is learned: rates halved every `halving` epochs."""
    factor = 0.5 ** (epoch // p.halving)
    return pc.Inference(p.eta, p.n_inference, (p.lr * factor, p.lr_law * factor), p.decay, p.fresh)


def rows(p: Any, streams: Any) -> Values:
    """Images by rows: by epoch accuracy on test images, F per sample (mean over batches) and the laws of the weights.

    accuracy, energy (epochs,); laws (epochs + 1, 3, 3), from before the first; final; roughness, the standard deviation
    of the steps of the accuracy over the second half; relative_variance, relative_variance_before (3,).
    """
    train, test = image_rows.split_rows(images.load(p.images), p.n_train, p.n_test, streams("images"))
    widths = (train.x.shape[2], p.n_units, images.CLASSES)
    net = network(reservoir_start(streams("weights"), widths, p.pi_high, p.xi_high), "relu", p.learner == "mpl")
    order, answers = streams("order"), streams("answers")
    accuracy, energy, laws = [], [], [summaries.laws(net)]
    before = summaries.relative_variance(net)
    for epoch in range(p.epochs):
        how, found = schedule(p, epoch), []
        for some in batches(p.n_train, p.batch, order):
            found.append(pc.train_batch(net, train.x[:, some], train.labels[some], how, order)[0])
        energy.append(float(np.mean(found)))
        accuracy.append(tested(net, test, answers))
        laws.append(summaries.laws(net))
    curve = np.array(accuracy)
    late = np.diff(curve[len(curve) // 2 :])
    return {
        "accuracy": curve,
        "energy": np.array(energy),
        "laws": np.array(laws),
        "final": float(curve[-1]),
        "roughness": float(late.std()) if late.size > 1 else np.nan,
        "relative_variance_before": before,
        "relative_variance": summaries.relative_variance(net),
    }


def tested(net: pc.PredictiveNetwork, test: image_rows.RowSeries, rng: np.random.Generator) -> float:
    """Share of right answers, with one draw of the noise."""
    T, count, _ = test.x.shape
    r = net.forward(test.x, net.noise(rng, T * count, count))
    scores = net.answer(net.activate(r[-1]), net.normals(rng, count, net.outputs))
    return float(np.mean(scores.argmax(axis=1) == test.labels))


def ring(p: Any, streams: Any) -> Values:
    """Letters on a ring: F by epoch, correct-letter ratio before and after training and by length, strings and answers.

    energy (epochs,); laws (epochs + 1, 3, 3); diverged (epochs,), share of batches whose inference did; clr, clr_before
    (26 repeats strings of 10 transitions); lengths, clr_by_length, and lost_by_length, share of strings whose activity
    overflowed; growth, factor of the activity per letter over the first ten; answers (2, 26) to single letters;
    strings_before, strings_after (2, 11) of two drawn networks; histograms; relative_variance.
    """
    words = ring_grammar.draw(streams("sequences"), max(1, round(p.alpha * p.n_units)), p.length)
    n = ring_grammar.LETTERS
    net = network(reservoir_start(streams("weights"), (n, p.n_units, n), p.pi_high, p.xi_high), "relu", True)
    order, answers, drawn = streams("order"), streams("answers"), streams("drawn")
    values: Values = {
        "clr_before": correct(net, p.repeats, answers),
        "strings_before": strings(net, drawn),
    }
    energy, laws, diverged = [], [summaries.laws(net)], []
    for epoch in range(p.epochs):
        how = schedule(p, epoch)
        found = [pc.train_batch(net, *some, how, order) for some in letter_batches(words, p.batch, n, order)]
        energy.append(float(np.mean([each for each, _ in found])))
        diverged.append(float(np.mean([each for _, each in found])))
        laws.append(summaries.laws(net))
    lengths = np.unique(np.geomspace(10, p.longest, 1 + round(np.log10(p.longest / 10))).round().astype(int))
    found_by_length = by_length(net, lengths, p.repeats, answers)
    return {
        **values,
        "energy": np.array(energy),
        "laws": np.array(laws),
        "diverged": np.array(diverged),
        "clr": float(found_by_length["clr_by_length"][0]),  # strings of ten letters
        **found_by_length,
        "growth": activity_growth(net, np.arange(n), 10, answers),
        "answers": first_answers(net, np.array(SHOWN), ANSWER_DRAWS, answers),
        "strings_after": strings(net, drawn),
        "relative_variance": summaries.relative_variance(net),
        **summaries.histograms(net),
    }


def letter_batches(
    words: Array, size: int, n_letters: int, order: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Inputs (T, B, letters) as one-hot rows and the letters that follow them (T B,), in a random order."""
    one_hot = np.eye(n_letters, dtype=np.float32)
    for some in batches(len(words), size, order):
        chosen = words[some].T
        yield one_hot[chosen[:-1]], chosen[1:].ravel()


def correct(net: pc.PredictiveNetwork, repeats: int, rng: np.random.Generator, length: int = 10) -> float:
    """Share of generated transitions that obey the grammar, over `repeats` strings from each letter."""
    return written(net, repeats, rng, length)[0]


def written(net: pc.PredictiveNetwork, repeats: int, rng: np.random.Generator, length: int) -> tuple[float, float]:
    """Share of transitions that obey the grammar, and share of strings whose activity overflowed."""
    words = run_freely(net, np.tile(np.arange(ring_grammar.LETTERS), repeats), length, rng)
    return float(ring_grammar.obeyed(words).mean()), float(np.mean(words[:, -1] == LOST))


def by_length(net: pc.PredictiveNetwork, lengths: Array, repeats: int, rng: np.random.Generator) -> Values:
    """Correct-letter ratio and share of lost strings by length; as many strings as make about equal numbers of
    transitions, at least one from each letter.
    """
    found = [written(net, max(1, repeats * 10 // int(length)), rng, int(length)) for length in lengths]
    clr, lost = np.array(found).T
    return {"lengths": lengths, "clr_by_length": clr, "lost_by_length": lost}


def strings(net: pc.PredictiveNetwork, rng: np.random.Generator) -> Array:
    """Strings (2, 11) from the letters a and m, each by a network drawn from the laws of the weights."""
    return np.concatenate([run_freely(drawn_network(net, rng), np.array([first]), 10, rng) for first in SHOWN])


def text(p: Any, streams: Any) -> Values:
    """A real text: by epoch perplexity and accuracy on test sequences, from before the first; histograms at the end."""
    split = messages.sequences(p.length, p.n_train, p.n_test)
    n, noisy = len(messages.ALPHABET), p.learner in ("mpl", "sas")
    start = uniform_start(streams("weights"), (n, p.n_units, n), p.xi_start)
    net = network(start, "tanh", noisy, "slab")
    order, answers = streams("order"), streams("answers")
    perplexity, accuracy = (list(each) for each in zip(read(net, split.test, answers), strict=True))
    for epoch in range(p.epochs):
        how = schedule(p, epoch)
        for x, targets in letter_batches(split.train, p.batch, n, order):
            if p.learner in ("mpl", "pc"):
                pc.train_batch(net, x, targets, how, order)
            else:
                recurrent_backprop.train_batch(net, x, targets, how.rates, order)
        for kept, new in zip((perplexity, accuracy), read(net, split.test, answers), strict=True):
            kept.append(new)
    return {
        "perplexity": np.array(perplexity),
        "accuracy": np.array(accuracy),
        "laws": summaries.laws(net),
        "relative_variance": summaries.relative_variance(net),
        **summaries.histograms(net),
    }


def read(net: pc.PredictiveNetwork, words: Array, rng: np.random.Generator) -> tuple[float, float]:
    """Perplexity and share of right guesses over the letters of sequences, with one draw of the noise."""
    x = np.eye(net.outputs, dtype=np.float32)[words[:, :-1].T]
    T, count, _ = x.shape
    f = net.activate(net.forward(x, net.noise(rng, T * count, 0))).reshape(-1, net.n)
    targets = words[:, 1:].T.ravel()
    given = softmax(net.answer(f, net.normals(rng, len(f), net.outputs)).astype(np.float64))
    right = given[np.arange(len(targets)), targets]
    return float(np.exp(-np.mean(np.log(np.maximum(right, NEVER))))), float(np.mean(given.argmax(axis=1) == targets))


def ensemble(p: Any, streams: Any) -> Values:
    """Fields of fan_in weights drawn from one law, unit rates: mean, variance, excess kurtosis of n_fields draws."""
    rng, found = streams("drawn"), []
    for start in range(0, p.n_fields, p.block):
        shape = (min(p.block, p.n_fields - start), p.fan_in)
        m, pi, xi = (np.full(shape, value) for value in (p.m, p.pi, p.xi))
        found.append(SpikeSlabLayer(m, pi, xi).sample(rng).sum(axis=1))
    h = np.concatenate(found)
    centred = h - h.mean()
    second = float(np.mean(centred**2))
    return {
        "field_mean": float(h.mean()),
        "field_variance": second,
        "field_excess": float(np.mean(centred**4)) / second**2 - 3.0,
    }
