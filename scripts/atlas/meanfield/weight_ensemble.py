"""Exact moments of a spike-and-slab weight, and of the sum of independent weights that a neuron sees.

    P(w) = pi delta(w) + (1 - pi) N(w; c, s²),   c = m/(N(1-pi)),  s² = Xi/(N(1-pi)),  N the fan-in
    <w> = m/N,   <w²> = m²/(N²(1-pi)) + Xi/N,   <w^k> = (1 - pi) <(c + s z)^k>

A field h, the sum of N of them (unit rates), has mean N <w>, variance N var(w) and (cumulants add up) the excess
kurtosis kappa_4(w)/(N var(w)²): it vanishes with the fan-in, which is the central limit behind the mean-field
prediction. Source: dossier meta-predictive, M1, T3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class WeightMoments:
    """Moments of one weight, and of the field of `fan_in` such weights with unit rates; excess nan without variance."""

    mean: float
    second_moment: float
    variance: float
    field_mean: float
    field_variance: float
    field_excess: float


def weight_moments(m: float, pi: float, xi: float, fan_in: int) -> WeightMoments:
    """Moments from the parameters of the law; ValueError unless 0 <= pi < 1, xi >= 0, fan_in >= 1, m finite."""
    if not (math.isfinite(m) and 0.0 <= pi < 1.0 and 0.0 <= xi < math.inf and fan_in >= 1):
        raise ValueError(f"m, pi, Xi, fan_in: got {m}, {pi}, {xi}, {fan_in}; allowed: finite, [0, 1), >= 0, >= 1")
    n, active = float(fan_in), 1.0 - pi
    mean = m / n
    second = m * m / (n * n * active) + xi / n
    variance = m * m * pi / (n * n * active) + xi / n
    # cumulants about the mean of the mixture: the spike sits at -mean, the slab around d
    d, slab = m / (n * active) - mean, xi / (n * active)
    fourth = pi * mean**4 + active * (d**4 + 6.0 * d * d * slab + 3.0 * slab * slab)
    excess = (fourth - 3.0 * variance**2) / (n * variance**2) if variance > 0.0 else math.nan
    return WeightMoments(mean, second, variance, n * mean, n * variance, excess)
