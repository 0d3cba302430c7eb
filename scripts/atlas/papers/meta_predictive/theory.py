"""What theory says for meta-predictive: one function per solver, one call per point of its grid.

Each returns named values with their error bounds; nothing here knows of a simulation. `ASK` names the theories that one
may ask directly.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from atlas.datasets import text
from atlas.meanfield.letter_chains import markov_perplexities
from atlas.meanfield.ring_language import ring_language
from atlas.meanfield.weight_ensemble import weight_moments as moments_of
from atlas.questions import Answer, Question, number, whole_number

Values = dict[str, Any]


def weight_moments(p: Any, streams: Any) -> Values:
    """Moments of a weight and of the field of fan_in such weights; closed forms, residual 0."""
    return {**asdict(moments_of(p.m, p.pi, p.xi, p.fan_in)), "residual": 0.0}


def grammar(p: Any, streams: Any) -> Values:
    """chance, least_cost, n_sequences of the ring grammar; closed forms."""
    return {**asdict(ring_language(p.letters, p.branches, p.length)), "residual": 0.0}


def chains(p: Any, streams: Any) -> Values:
    """perplexity (max_order + 1,) of Markov models of orders 0, 1, ... on the test sequences of the text."""
    split = text.sequences(p.length, p.n_train, p.n_test)
    found = markov_perplexities(split.train, split.test, len(text.ALPHABET), p.max_order)
    return {"perplexity": found, "residual": 0.0}


def ask_weight_moments(m: float, pi: float, Xi: float, fan_in: int) -> Answer:
    """Mean, second moment and variance of a weight of the spike-and-slab law."""
    found = moments_of(m, pi, Xi, fan_in)
    return Answer({"mean": found.mean, "second_moment": found.second_moment, "variance": found.variance}, 0.0)


ASK = {
    "weight-moments": Question(
        ask_weight_moments,
        (
            number("m", "parameter m: the mean weight times the fan-in", low=-1e6, high=1e6),
            number("pi", "weight of the spike at zero", low=0.0, high=0.99),
            number("Xi", "parameter Xi: variance of the slab times fan-in (1 - pi)", low=0.0, high=1e6),
            whole_number("fan_in", "inputs of a neuron", low=1, high=1_000_000),
        ),
    ),
}
UNASKED = {"grammar": "closed forms: chance = branches/letters, least cost = (length - 1) ln branches"}
