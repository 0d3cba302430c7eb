"""What no single key shows: names that must exist, ids that must be unique, fields that fit the kind."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from atlas.config.definition import CRITERIA, CRITERION_FIELDS, Claim, PaperFile, Trial
from atlas.config.errors import KeyPath, Problem, got, show, show_number, unknown


def cross_problems(paper: PaperFile, file_key: str) -> Iterator[Problem]:
    """Every inconsistency between the parts of a paper's file."""
    if paper.paper.key != file_key:
        yield Problem(("paper", "key"), got(paper.paper.key, f"{file_key}, the name of the file"))
    for name in paper.theories:
        if name in paper.experiments:
            yield Problem(("theories", name), "is the name of an experiment too; allowed: each name once")
    yield from _comparisons(paper)
    yield from _figures(paper)
    yield from _claims(paper, file_key)
    yield from _explorations(paper)


def _names(path: KeyPath, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Problem]:
    known, seen = list(known), set()
    for number, name in enumerate(names):
        if name not in known:
            yield Problem((*path, number), unknown(what, name, known))
        elif name in seen:
            yield Problem((*path, number), f"names {show(name)} twice; allowed: each once")
        seen.add(name)


def _comparisons(paper: PaperFile) -> Iterator[Problem]:
    for name, comparison in paper.comparisons.items():
        path = ("comparisons", name)
        yield from _names((*path, "experiments"), "experiment", comparison.experiments, paper.experiments)
        yield from _names((*path, "theories"), "theory", comparison.theories, paper.theories)
        if not comparison.experiments and not comparison.theories:
            yield Problem(path, "names nothing; needed: experiments, theories or both")


def _figures(paper: PaperFile) -> Iterator[Problem]:
    for name, figure in paper.figures.items():
        yield from _names(("figures", name, "comparisons"), "comparison", figure.comparisons, paper.comparisons)
    for name in paper.style.figures:
        if name not in paper.figures:
            yield Problem(("style", "figures", name), unknown("figure", name, paper.figures))


def _explorations(paper: PaperFile) -> Iterator[Problem]:
    for name, exploration in paper.explorations.items():
        path = ("explorations", name)
        if exploration.comparison not in paper.comparisons:
            wrong = unknown("comparison", exploration.comparison, paper.comparisons)
            yield Problem((*path, "comparison"), wrong)
        for column in exploration.start:
            if column not in exploration.sliders:
                yield Problem((*path, "start"), unknown("slider", column, exploration.sliders))
        for axis in ("x_range", "y_range"):
            ends = getattr(exploration, axis)
            if ends is not None and ends[0] >= ends[1]:
                yield Problem((*path, axis), got(ends, "range with low below high"))
        for column in (*exploration.sliders, *exploration.where):
            if column == exploration.x or (column in exploration.sliders and column in exploration.where):
                yield Problem(path, f"names the column {show(column)} twice; allowed: once, in x, sliders or where")


def _claims(paper: PaperFile, file_key: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, claim in enumerate(paper.claims):
        path: KeyPath = ("claims", number)
        if claim.id in seen:
            yield Problem((*path, "id"), f"duplicate id {show(claim.id)}; allowed: each id once")
        seen.add(claim.id)
        if claim.id.split(".")[0] != file_key:
            yield Problem((*path, "id"), got(claim.id, f"an id that begins with {file_key}."))
        yield from _names((*path, "comparisons"), "comparison", claim.comparisons, paper.comparisons)
        yield from _checks(claim, path)
        yield from _trial(claim, claim.control, (*path, "control"))
        if claim.witness is not None:
            yield from _trial(claim, claim.witness, (*path, "witness"))


def _checks(claim: Claim, path: KeyPath) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, check in enumerate(claim.checks):
        here = (*path, "checks", number)
        if check.name in seen:
            yield Problem((*here, "name"), f"duplicate name {show(check.name)}; allowed: each name once in a claim")
        seen.add(check.name)
        yield from _arguments(check.arguments, (*here, "arguments"))
        needed, optional = CRITERIA[check.kind]
        for name in CRITERION_FIELDS:
            value = getattr(check, name)
            if name in needed and value is None:
                yield Problem((*here, name), f"is missing; kind {check.kind} needs {' and '.join(needed)}")
            elif value is not None and name not in needed + optional:
                words = ", ".join(needed + optional)
                yield Problem((*here, name), f"does not go with kind {check.kind}; allowed: {words}")
        if check.kind == "between" and check.low is not None and check.high is not None and check.low >= check.high:
            yield Problem((*here, "low"), got(check.low, f"number below high ({show_number(check.high)})"))
        if check.kind in ("below", "above") and check.bound == 0 and check.scale is None:
            yield Problem((*here, "scale"), "is missing; a bound of 0 needs the unit of its margin")


def _trial(claim: Claim, trial: Trial, path: KeyPath) -> Iterator[Problem]:
    checks = {check.name: check for check in claim.checks}
    for name, override in trial.overrides.items():
        here = (*path, "overrides", name)
        if name not in checks:
            yield Problem(here, unknown("check", name, checks))
            continue
        yield from _arguments(override.arguments, (*here, "arguments"))
        own = checks[name]
        same_input = json.dumps({**own.arguments, **override.arguments}, sort_keys=True) == json.dumps(
            own.arguments, sort_keys=True
        )
        if override.estimator in (None, own.estimator) and same_input:
            yield Problem(here, "changes nothing; needed: another estimator or other arguments")


def _arguments(value: Any, path: KeyPath) -> Iterator[Problem]:
    """Arguments may be any plain data, but every number has to be finite."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _arguments(each, (*path, key))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _arguments(each, (*path, number))
    elif isinstance(value, float) and not math.isfinite(value):
        yield Problem(path, got(value, "finite number"))
