"""What theory says for continual-learning: one function per solver, one call per point of its grid.

Each returns named values; nothing here knows of a simulation. `ASK` names the theories that one may ask directly;
`UNASKED` says of the others why not.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from atlas.meanfield import first_task as one
from atlas.meanfield import imposed_length
from atlas.meanfield import second_task as two
from atlas.meanfield.errors import NotConverged
from atlas.questions import Answer, Parameter, Question, choice, number

Values = dict[str, Any]
LONGEST = 0.985  # q* up to which an imposed length is solved: beyond it the measure is one point


@lru_cache(maxsize=16)
def reference(alpha: float, beta: float, kl: bool) -> one.FirstTask:
    """The first task that a second one continues."""
    return one.first_task(alpha, beta, kl)


def named(found: one.FirstTask) -> Values:
    """The values of a saddle point."""
    return {
        "q": found.overlaps.q,
        "r": found.overlaps.r,
        "q_star": found.overlaps.q_star,
        "p1": found.p1,
        "epsilon": found.epsilon,
        "residual": found.residual,
    }


def first_task(p: Any, streams: Any) -> Values:
    """One task: q, r, q_star, p1, epsilon."""
    return named(one.first_task(p.alpha, p.beta, p.kl, p.branch))


def windowed(p: Any, streams: Any) -> Values:
    """One task with the inner Gaussian cut at |x| <= window."""
    return named(one.first_task(p.alpha, p.beta, False, p.branch, window=p.window))


def curve(p: Any, streams: Any) -> Values:
    """All saddle points along the curve, alpha (n,) and q, r, q_star, epsilon (n,); where its branches end.

    alpha_up, epsilon_up: end of the branch of small overlaps; alpha_down, epsilon_down: of large ones (nan: none within
    the angle).
    """
    points = one.followed(p.beta, p.kl, np.linspace(0.0, p.angle, p.n_points), p.alpha_start)
    ends = one.spinodals(p.beta, p.kl, points)
    return {
        "alpha": np.array([point.alpha for point in points]),
        "q": np.array([point.overlaps.q for point in points]),
        "r": np.array([point.overlaps.r for point in points]),
        "q_star": np.array([point.overlaps.q_star for point in points]),
        "epsilon": np.array([point.epsilon for point in points]),
        "alpha_up": ends.alpha_up,
        "epsilon_up": ends.epsilon_up,
        "alpha_down": ends.alpha_down,
        "epsilon_down": ends.epsilon_down,
        "residual": ends.residual,
    }


def imposed(p: Any, streams: Any) -> Values:
    """Error against the imposed q*: q_star (n,), epsilon (n,), p1 (n,); nan where the solver did not converge."""
    q_star = np.concatenate(
        [np.linspace(0.05, LONGEST - 0.05, p.n_points - 3), np.linspace(LONGEST - 0.04, LONGEST, 3)]
    )
    p1, residual, start = [], 0.0, imposed_length.START
    for value in q_star:
        try:
            found = imposed_length.imposed(p.alpha, p.beta, float(value), start)
        except NotConverged:
            p1.append(math.nan)
            continue
        p1.append(found.p1)
        start, residual = found.overlaps.s[1:], max(residual, found.residual)
    epsilon = [math.nan if math.isnan(value) else one.error_of(value) for value in p1]
    return {"q_star": q_star, "p1": np.array(p1), "epsilon": np.array(epsilon), "residual": residual}


def second_task(p: Any, streams: Any) -> Values:
    """A second task: epsilon1, epsilon2, p1, p2, q, r, q_star."""
    first = reference(p.alpha1, p.beta, p.kl)
    found = two.second_task(first, p.alpha2, p.r0, p.gamma, p.beta)
    return {
        "epsilon1": found.epsilon1,
        "epsilon2": found.epsilon2,
        "p1": found.p1,
        "p2": found.p2,
        "q": found.overlaps.q,
        "r": found.overlaps.r,
        "q_star": found.overlaps.q_star,
        "residual": found.residual,
    }


def ask_first_task(alpha: float, beta: float, kl: bool, branch: str) -> Answer:
    """The saddle point of one task from small (low) or large (high) overlaps; beyond a branch's end the other one."""
    values = named(one.first_task(alpha, beta, kl, branch))
    return Answer({name: values[name] for name in ("q", "r", "q_star", "p1", "epsilon")}, values["residual"])


def ask_second_task(alpha1: float, alpha2: float, r0: float, gamma: float, beta: float) -> Answer:
    """The saddle point of a second task after a first one without prior, at the same inverse temperature."""
    found = two.second_task(one.first_task(alpha1, beta), alpha2, r0, gamma, beta)
    overlaps = found.overlaps
    quantities = {
        "q": overlaps.q,
        "r": overlaps.r,
        "q_star": overlaps.q_star,
        "p1": found.p1,
        "p2": found.p2,
        "epsilon1": found.epsilon1,
        "epsilon2": found.epsilon2,
    }
    return Answer(quantities, found.residual)


def truth(name: str, about: str, default: bool) -> Parameter:
    """A parameter that is true or false."""

    def read(text: str) -> bool:
        if text.lower() not in ("true", "false"):
            raise ValueError
        return text.lower() == "true"

    return Parameter(name, about, "-", read, "true, false", default)


BETA = "inverse temperature"
ASK = {
    "first-task": Question(
        ask_first_task,
        (
            number("alpha", "patterns per weight", low=0.0, high=20.0, open_low=True),
            number("beta", BETA, low=0.0, high=1e4, open_low=True),
            truth("kl", "whether the KL divergence from the uniform prior counts", False),
            choice("branch", "start: small or large overlaps", one.BRANCHES, "low"),
        ),
    ),
    "second-task": Question(
        ask_second_task,
        (
            number("alpha1", "patterns of the first task per weight", low=0.0, high=20.0, open_low=True, default=2.0),
            number("alpha2", "patterns of the second task per weight", low=0.0, high=20.0),
            number("r0", "correlation of the teachers", low=-1.0, high=1.0),
            number("gamma", "weight of the KL divergence", low=0.0, high=100.0, default=1.0),
            number("beta", BETA, low=0.0, high=1e4, open_low=True, default=20.0),
        ),
    ),
}
UNASKED = {"windowed": "first-task answers it without the cut, which is an error of other quadratures"}
