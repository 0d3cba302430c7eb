"""One check of a claim in words and as a picture: observed, expected, allowed, its control and its witness."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from atlas.claims.wording import allowed, allowed_interval
from atlas.page.interval import Picture, picture
from atlas.page.numbers import as_float, number, with_error


@dataclass(frozen=True)
class TrialView:
    """What a control or witness made of one check: ``observed`` in words, its verdict and its question."""

    kind: str
    observed: str
    verdict: str
    question: str


@dataclass(frozen=True)
class CheckView:
    """One check in words and as a picture."""

    name: str
    verdict: str
    question: str
    unit: str
    observed: str
    half_width: str
    allowed: str
    margin: str
    undecided: str
    tolerance_reason: str
    picture: Picture
    trials: list[TrialView]


def check_view(check: Mapping[str, Any], claim: Mapping[str, Any]) -> CheckView:
    trials = [(kind, _same(claim.get(kind), check["name"])) for kind in ("control", "witness")]
    control = next((trial for kind, trial in trials if kind == "control"), None)
    off = as_float(control["observed"]) if control else math.nan
    observed, half_width = as_float(check["observed"]), as_float(check["half_width"])
    return CheckView(
        name=check["name"],
        verdict=check["verdict"],
        question=question(check),
        unit="" if check.get("unit", "1") in ("", "1") else check["unit"],
        observed=_observed(check),
        half_width=number(half_width, 2) if half_width > 0 else "",
        allowed=allowed(check, number),
        margin=_signed(as_float(check["margin"])),
        undecided=undecided(check) if check["verdict"] == "inconclusive" else "",
        tolerance_reason=_tolerance(check),
        picture=picture(allowed_interval(check), observed, half_width, off, as_float(check.get("expected"))),
        trials=[_trial(kind, trial, check) for kind, trial in trials if trial],
    )


def undecided(check: Mapping[str, Any]) -> str:
    """Why a check is inconclusive: the samples that it would take, or what is wrong with the estimate."""
    needed, given = as_float(check.get("samples_to_decide")), as_float(check.get("count"))
    if math.isfinite(needed):
        return f"about {number(math.ceil(needed), 3)} independent samples would decide; there are {number(given, 3)}"
    if as_float(check["half_width"]) > 0 and math.isfinite(as_float(check["observed"])):
        return "the error bar reaches beyond an end of the allowed interval"
    return str(check.get("reason", ""))


def _tolerance(check: Mapping[str, Any]) -> str:
    what = "Tolerance" if check["kind"] == "within" else "Bound"
    return f"{what}: {check.get('tolerance_reason', '').rstrip('.')}."


def _same(trial: Mapping[str, Any] | None, name: str) -> Mapping[str, Any] | None:
    """The check of this name in a control or witness, when it was fed with another input."""
    checks = trial["checks"] if trial else []
    return next((check for check in checks if check["name"] == name and check["overridden"]), None)


def _trial(kind: str, trial: Mapping[str, Any], own: Mapping[str, Any]) -> TrialView:
    return TrialView(kind, _observed(trial), trial["verdict"], difference(trial, own))


def _observed(check: Mapping[str, Any]) -> str:
    return with_error(as_float(check["observed"]), as_float(check["error"]))


def _signed(margin: float) -> str:
    text = number(margin, 3)
    return f"+{text}" if margin > 0 else text


def question(check: Mapping[str, Any]) -> str:
    """The estimator with its arguments, as a call."""
    return f"{check['estimator']}({_arguments(check['arguments'])})"


def difference(trial: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    """What a control or witness changes in the question of a check."""
    changed = {
        name: value
        for name, value in trial["arguments"].items()
        if name not in own["arguments"] or own["arguments"][name] != value
    }
    if trial["estimator"] != own["estimator"]:
        return f"{trial['estimator']}({_arguments(changed)})"
    return _arguments(changed)


def _arguments(arguments: Mapping[str, Any]) -> str:
    parts = (
        f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in arguments.items()
    )
    return ", ".join(parts)
