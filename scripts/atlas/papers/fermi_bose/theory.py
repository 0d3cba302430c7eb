"""What theory says for fermi-bose: one function per solver, one call per point of its grid.

Each returns named values; nothing here knows of a simulation. `ASK` names the theories that one may ask directly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from atlas.meanfield.pair_contrast import PairState, solve_pairs
from atlas.meanfield.pair_energy import PairModel
from atlas.questions import Answer, Question, number

Values = dict[str, Any]
STRENGTHS = np.round(np.arange(0.0, 1.01, 0.1), 10)  # of the adversarial push, in units of sqrt(q)
MODEL = ("alpha", "delta", "d_f", "beta", "lambda_w", "lambda_b", "rho_b", "a", "m")


def named(found: PairState) -> Values:
    """The values of a solution."""
    return {
        "M": found.M,
        "Q": found.Q,
        "q": found.q,
        "eps_train": found.eps_train,
        "eps_test": found.eps_test,
        "d2_boson": found.d2_boson,
        "d2_fermion": found.d2_fermion,
        "accuracy": found.accuracy,
        "free_entropy": found.free_entropy,
    }


def replica(p: Any, streams: Any) -> Values:
    """Order parameters, errors, distances; accuracies under a push along the weights, by strength."""
    found = solve_pairs(PairModel(**{name: getattr(p, name) for name in MODEL}))
    return {
        **named(found),
        "accuracy_printed": found.accuracy_printed,
        "adversarial_area": found.adversarial_area(),
        "strengths": STRENGTHS,
        "adversarial_accuracy": np.array([found.adversarial_accuracy(each) for each in STRENGTHS]),
        "adversarial_error": np.array([found.adversarial_error(each) for each in STRENGTHS]),
        "residual": found.residual,
    }


def pair_energy(p: Any, streams: Any) -> Values:
    """Energies of a boson and of a fermion pair against D², with the ramp rounded (tanh unit) and sharp (layers)."""
    d2 = np.linspace(0.0, 1.0, p.n_points)
    model = PairModel(alpha=1.0, delta=1.0, d_f=p.d_f, lambda_b=p.lambda_b, a=p.a)
    return {
        "d2": d2,
        "boson": model.energy(d2, True),
        "fermion": model.energy(d2, False),
        "fermion_sharp": 0.5 * np.maximum(p.d_f - d2, 0.0),
        "residual": 0.0,
    }


def ask_replica(
    alpha: float,
    Delta: float,
    d_F: float,
    beta: float,
    lambda_w: float,
    lambda_B: float,
    rho_B: float,
    a: float,
    m: float,
) -> Answer:
    """The replica-symmetric solution with M > 0; distances are those of fresh pairs."""
    found = solve_pairs(PairModel(alpha, Delta, d_F, beta, lambda_w, lambda_B, rho_B, a, m))
    names = {"d2_boson": "D2_boson", "d2_fermion": "D2_fermion"}
    return Answer({names.get(name, name): each for name, each in named(found).items()}, found.residual)


ASK = {
    "replica": Question(
        ask_replica,
        (
            number("alpha", "pairs per weight", low=0.0, high=20.0, open_low=True),
            number("Delta", "noise of the inputs", low=0.1, high=5.0),
            number("d_F", "squared distance to which fermion pairs are pushed apart", low=0.0, high=20.0),
            number("beta", "inverse temperature", low=0.0, high=300.0, open_low=True, default=50.0),
            number("lambda_w", "weight of |w|²/2 in the energy", low=1e-3, high=100.0, default=0.05),
            number("lambda_B", "weight of the boson energy", low=0.0, high=6.0, default=1.0),
            number("rho_B", "share of boson pairs", low=0.0, high=1.0, default=0.5),
            number("a", "rounding of the fermion ramp", low=1e-4, high=10.0, default=0.01),
            number("m", "length of the inputs' mean", low=0.0, high=10.0, default=1.0),
        ),
    ),
}
UNASKED: dict[str, str] = {}
