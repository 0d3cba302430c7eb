"""What theory says for spiking-modes: one function per solver, one call per point of its grid.

Each returns named values with their error bounds; nothing here knows of a simulation. `ASK` names the theories that one
may ask directly.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from atlas.meanfield import mode_counting
from atlas.meanfield.single_neuron import steady_firing
from atlas.questions import Answer, Question, number, whole_number

Values = dict[str, Any]


def single_neuron(p: Any, streams: Any) -> Values:
    """first_spike_step, steady_interval_steps (nan without spikes), rate, train_sum; closed forms, residual 0."""
    found = steady_firing(p.current, p.dt, p.t_ref)
    steps = (found.first_spike_step, found.steady_interval_steps)
    first, interval = (np.nan if each is None else float(each) for each in steps)
    return {
        "first_spike_step": first,
        "steady_interval_steps": interval,
        "rate": found.rate,
        "train_sum": found.train_sum,
        "residual": 0.0,
    }


def parameters(p: Any, streams: Any) -> Values:
    """recurrent (by modes) and full numbers of recurrent weights."""
    recurrent, full = (mode_counting.recurrent_parameters(p.n_units, modes) for modes in (p.modes, 0))
    return {"recurrent": recurrent, "full": full, "residual": 0.0}


def levels(p: Any, streams: Any) -> Values:
    """lowest, uniform, highest of the cross-entropy with two softmaxes; silent_mse; closed forms, residual 0."""
    return {**asdict(mode_counting.levels(p.classes)), "residual": 0.0}


def ask_single_neuron(current: float, dt: float, t_ref: float) -> Answer:
    """When a neuron under a constant current spikes, in steps."""
    found = steady_firing(current, dt, t_ref)
    quantities = {
        "first_spike_step": found.first_spike_step,
        "steady_interval_steps": found.steady_interval_steps,
    }
    return Answer(quantities, 0.0)


def ask_parameters(n_units: int, modes: int) -> Answer:
    """Recurrent numbers of a network of modes, and of one with free weights."""
    return Answer(
        {
            "recurrent_parameters": mode_counting.recurrent_parameters(n_units, modes),
            "full_parameters": mode_counting.recurrent_parameters(n_units, 0),
        },
        0.0,
    )


ASK = {
    "single-neuron": Question(
        ask_single_neuron,
        (
            number("current", "constant current, in units of the threshold", low=-1e6, high=1e6),
            number("dt", "time step", unit="ms", low=0.0, high=10.0, open_low=True, default=0.2),
            number("t_ref", "refractory time", unit="ms", low=0.0, high=1000.0, default=2.0),
        ),
    ),
    "parameters": Question(
        ask_parameters,
        (
            whole_number("n_units", "units N", low=1, high=1_000_000),
            whole_number("modes", "modes P", low=1, high=1_000_000),
        ),
    ),
}
UNASKED = {"levels": "closed forms: ln(e + K - 1) - 1, ln K, ln(e + K - 1), and 1/2"}
