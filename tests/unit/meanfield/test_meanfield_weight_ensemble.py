"""Moments of spike-and-slab weights, the ring language, Markov models of letters: limits and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from atlas.meanfield.letter_chains import markov_perplexities
from atlas.meanfield.ring_language import ring_language
from atlas.meanfield.weight_ensemble import weight_moments


def test_weight_without_spike_is_gaussian() -> None:
    found = weight_moments(2.0, 0.0, 0.5, 10)
    assert (found.mean, found.variance) == pytest.approx((0.2, 0.05))
    assert found.second_moment == pytest.approx(0.09)
    assert found.field_excess == pytest.approx(0.0, abs=1e-12)


def test_certain_weight_has_no_variance() -> None:
    found = weight_moments(3.0, 0.0, 0.0, 7)
    assert found.variance == 0.0
    assert math.isnan(found.field_excess)


def test_weight_of_spike_and_one_value_is_bernoulli() -> None:
    # Xi = 0: w = m/(N(1-pi)) with probability 1 - pi; excess kurtosis of a Bernoulli variable (1 - 6pq)/(pq)
    m, pi, n = 3.0, 0.3, 5
    found, size = weight_moments(m, pi, 0.0, n), m / (n * 0.7)
    assert found.variance == pytest.approx(0.21 * size**2)
    assert found.second_moment == pytest.approx(0.7 * size**2)
    assert found.field_excess == pytest.approx((1.0 - 6.0 * 0.21) / 0.21 / n)


def test_moments_by_quadrature() -> None:
    m, pi, xi, n = 2.5, 0.4, 0.7, 3
    z, w = np.polynomial.hermite_e.hermegauss(20)
    slab = m / (n * (1 - pi)) + math.sqrt(xi / (n * (1 - pi))) * z

    def mean(power: int, centre: float = 0.0) -> float:
        return float(pi * (-centre) ** power + (1 - pi) * np.sum(w * (slab - centre) ** power) / w.sum())

    found = weight_moments(m, pi, xi, n)
    assert found.mean == pytest.approx(mean(1))
    assert found.second_moment == pytest.approx(mean(2))
    assert found.variance == pytest.approx(mean(2, found.mean))
    assert found.field_excess == pytest.approx((mean(4, found.mean) / found.variance**2 - 3.0) / n)


def test_excess_vanishes_with_the_fan_in() -> None:
    assert abs(weight_moments(3.0, 0.3, 0.5, 10_000).field_excess) < 1e-3


def test_wrong_laws_are_refused() -> None:
    for bad in ((1.0, 1.0, 0.0, 3), (1.0, 0.1, -1.0, 3), (1.0, 0.1, 0.0, 0), (math.inf, 0.1, 0.0, 3)):
        with pytest.raises(ValueError, match="allowed: finite"):
            weight_moments(*bad)


def test_ring_language() -> None:
    found = ring_language(26, 2, 11)
    assert found.chance == pytest.approx(2 / 26)
    assert found.least_cost == pytest.approx(10 * math.log(2))
    assert found.n_sequences == 26_624
    with pytest.raises(ValueError, match="allowed"):
        ring_language(2, 3, 11)


def test_unigram_perplexity_by_hand() -> None:
    train, test = np.array([[0, 0, 1, 0]]), np.array([[0, 1, 0]])
    # counts of the letters 1 .. 3: two 0, one 1; strength 2 over two letters: (n + 1)/5
    assert markov_perplexities(train, test, 2, 0)[0] == pytest.approx(math.exp(-0.5 * math.log(2 / 5 * 3 / 5)))


def test_chain_that_repeats_is_learned_by_one_letter_before() -> None:
    words = np.tile(np.arange(4), 6)[None, :].repeat(50, axis=0)
    zero, one, two = markov_perplexities(words, words, 4, 2)
    assert zero == pytest.approx(4.0, rel=0.01)
    assert one == pytest.approx(1.0, abs=0.02)
    assert two == pytest.approx(1.0, abs=0.02)


def test_letters_without_memory_gain_nothing() -> None:
    words = np.random.default_rng(0).integers(0, 3, (4000, 11))
    zero, one = markov_perplexities(words[:3000], words[3000:], 3, 1)
    assert zero == pytest.approx(3.0, rel=1e-3)
    assert one == pytest.approx(3.0, rel=2e-3)


def test_wrong_letters_are_refused() -> None:
    words = np.array([[0, 5]])
    with pytest.raises(ValueError, match="outside of 0"):
        markov_perplexities(words, words, 5, 0)
    with pytest.raises(ValueError, match="allowed: length"):
        markov_perplexities(words[:, :1], words, 6, 0)
