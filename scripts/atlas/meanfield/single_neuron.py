"""A leaky integrate-and-fire neuron under a constant current: when it spikes, in whole steps, by closed forms.

From U = 0 with threshold 1 the membrane after k unmasked steps is I (1 - l^k), l = exp(-dt/tau_m), so that it takes

    k = ceil(ln(1 - 1/I)/ln l)   steps for I > 1, and never ends for I <= 1.

The neuron is masked while t dt <= t_last + t_ref (t_last = -1 ms before the first spike): the first spike falls on step
floor((t_ref - 1)/dt) + k (t = 0, 1, ...), the following ones every max(1, floor(t_ref/dt)) + k steps: the step after a
spike resets, masked or not. A spike adds sum_t r_t = dt/(tau_d tau_r (1 - l_r)) dt/(1 - l_d) to the filtered train.
Source: dossier spiking-modes, T3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

BEFORE = Fraction(-1)  # ms


@dataclass(frozen=True)
class SteadyFiring:
    """climb_steps: reset to threshold; first_spike_step: counted from t = 0; steady_interval_steps: between spikes.

    None where there is no spike. rate: spikes per second (0 for none). train_sum: what a spike adds to the sum of r.
    """

    climb_steps: int | None
    first_spike_step: int | None
    steady_interval_steps: int | None
    rate: float
    train_sum: float


def climb(current: float, leak: float) -> int | None:
    """Smallest k with I (1 - l^k) >= 1, None for I <= 1."""
    if current <= 1.0:
        return None
    k = max(1, math.ceil(math.log(1.0 - 1.0 / current) / math.log(leak)))
    while k > 1 and current * (1.0 - leak ** (k - 1)) >= 1.0:  # the logarithm may round up over a tie
        k -= 1
    while current * (1.0 - leak**k) < 1.0:
        k += 1
    return k


def steady_firing(
    current: float, dt: float, t_ref: float, tau_m: float = 20.0, tau_d: float = 30.0, tau_r: float = 2.0
) -> SteadyFiring:
    """Spikes of a neuron under a constant current; times in ms. ValueError for times out of range."""
    for name, value, least in (("dt", dt, 0.0), ("tau_m", tau_m, 0.0), ("tau_d", tau_d, 0.0), ("tau_r", tau_r, 0.0)):
        if not (math.isfinite(value) and value > least):
            raise ValueError(f"{name}: got {value}; allowed: finite number > 0")
    if not (math.isfinite(t_ref) and t_ref >= 0.0 and math.isfinite(current)):
        raise ValueError(f"current, t_ref: got {current}, {t_ref}; allowed: finite numbers, t_ref >= 0")
    kick = dt / (tau_d * tau_r * -math.expm1(-dt / tau_r)) * dt / -math.expm1(-dt / tau_d)
    k = climb(current, math.exp(-dt / tau_m))
    if k is None:
        return SteadyFiring(None, None, None, 0.0, kick)
    step, pause = (Fraction(repr(float(each))) for each in (dt, t_ref))  # as they are written: ties are exact
    masked_first = max(0, math.floor((pause + BEFORE) / step) + 1)
    interval = max(1, math.floor(pause / step)) + k
    return SteadyFiring(k, masked_first + k - 1, interval, 1000.0 / (interval * dt), kick)
