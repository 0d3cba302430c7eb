"""The verdict of one claim: its checks, its negative control and its witness.

Every check names an estimator and its arguments; the number it returns is decided by the check's criterion.
The negative control repeats the checks with a deliberately wrong input (an override of estimator or
arguments for some checks; the others keep their own number). It counts as refuted only through a check that
was overridden, so that a claim which fails elsewhere does not lend it power. The optional witness, of the
same shape, is an input that must pass in all checks.

The specification is duck-typed (`ClaimSpec`, `CheckSpec`): attributes or mappings both serve. Nothing is
read or written; the tables are handed to the estimators untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from atlas.claims.criterion import Criterion, Outcome, criterion_of
from atlas.claims.power import samples_to_decide
from atlas.claims.verdict import Verdict, combine, settle
from atlas.estimation.estimate import Estimate, json_number

Estimator = Callable[..., Estimate]
CRITERION_FIELDS = ("expected", "tolerance", "low", "high", "bound", "scale")


class ClaimError(RuntimeError):
    """A claim that cannot be judged: one line with the claim's id, the check and what is wrong."""


class CheckSpec(Protocol):
    """One check: the number `estimator(tables, **arguments)` against a criterion.

    Further fields by kind: within(expected, tolerance), between(low, high), below/above(bound[, scale]);
    `reason`: why this tolerance; `unit`: optional.
    """

    @property
    def name(self) -> str: ...
    @property
    def estimator(self) -> str: ...
    @property
    def arguments(self) -> Mapping[str, Any]: ...
    @property
    def kind(self) -> str: ...
    @property
    def reason(self) -> str: ...


class ControlSpec(Protocol):
    """`about`: what is wrong with the input; `overrides`: check name -> {estimator?, arguments?}.

    The arguments are merged over the check's own.
    """

    @property
    def about(self) -> str: ...
    @property
    def overrides(self) -> Mapping[str, Any]: ...


class ClaimSpec(Protocol):
    """A claim. Optional: `witness` (as control), `cause` (if refuted), `evidence` or `comparisons`."""

    @property
    def id(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def where(self) -> str: ...
    @property
    def checks(self) -> Sequence[Any]: ...
    @property
    def control(self) -> Any: ...


@dataclass(frozen=True)
class Question:
    """One number that is asked for: part is "check", "control" or "witness"."""

    claim: str
    part: str
    check: str
    estimator: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.claim}: {self.part} {self.check}: estimator {self.estimator}"


@dataclass(frozen=True)
class CheckVerdict:
    """A question, its criterion and the outcome."""

    question: Question
    criterion: Criterion
    outcome: Outcome
    tolerance_reason: str
    unit: str
    overridden: bool = False

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; numbers that are not finite as strings. `tolerance` is the unit of the margin."""
        outcome, numbers = self.outcome, self.criterion.fields()
        observed = outcome.observed
        return {
            "name": self.question.check,
            "estimator": self.question.estimator,
            "arguments": self.question.arguments,
            "overridden": self.overridden,
            "kind": self.criterion.kind,
            "unit": self.unit,
            "observed": json_number(observed.mean),
            "error": json_number(observed.error),
            "count": json_number(observed.count),
            "half_width": json_number(outcome.half_width),
            **{name: value for name, value in numbers.items() if name != "scale"},
            "tolerance": self.criterion.scale,
            "tolerance_reason": self.tolerance_reason,
            "margin": json_number(outcome.margin),
            "verdict": outcome.verdict,
            "reason": outcome.reason,
            "samples_to_decide": json_number(samples_to_decide(self.criterion, observed)),
        }


@dataclass(frozen=True)
class ControlVerdict:
    """A control or witness: its verdict and all its checks, the overridden ones marked."""

    about: str
    verdict: Verdict
    checks: tuple[CheckVerdict, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "verdict": self.verdict,
            "checks": [check.to_dict() for check in self.checks],
        }


@dataclass(frozen=True)
class ClaimVerdict:
    """The record of a judged claim; `own` is the verdict before control and witness were heard."""

    id: str
    sentence: str
    where: str
    verdict: Verdict
    own: Verdict
    reason: str
    cause: str
    checks: tuple[CheckVerdict, ...]
    control: ControlVerdict
    witness: ControlVerdict | None
    evidence: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready record (strict JSON: no nan or infinity as numbers)."""
        return {
            "id": self.id,
            "sentence": self.sentence,
            "where": self.where,
            "verdict": self.verdict,
            "verdict_of_checks": self.own,
            "reason": self.reason,
            "cause": self.cause,
            "checks": [check.to_dict() for check in self.checks],
            "control": self.control.to_dict(),
            "witness": None if self.witness is None else self.witness.to_dict(),
            "evidence": list(self.evidence),
        }


def judge_claim(spec: ClaimSpec, estimators: Mapping[str, Estimator], tables: Mapping[str, Any]) -> ClaimVerdict:
    """Verdict of a claim; every estimator is called as estimator(tables, **arguments) -> Estimate.

    Raises ClaimError (one line: claim, check, what) for an unknown estimator, an estimator that raises or
    returns something else, a criterion or control that is not well formed.
    """

    def observe(question: Question) -> Estimate:
        if question.estimator not in estimators:
            raise ClaimError(f"{question}: unknown; allowed: {', '.join(sorted(estimators))}")
        try:
            answer = estimators[question.estimator](tables, **question.arguments)
        except Exception as error:
            raise ClaimError(f"{question} failed: {_one_line(error)}") from error
        if not isinstance(answer, Estimate):
            raise ClaimError(f"{question}: returned {type(answer).__name__}; allowed: Estimate")
        return answer

    return judge_with(spec, observe)


def judge_with(spec: ClaimSpec, observe: Callable[[Question], Estimate]) -> ClaimVerdict:
    """Verdict of a claim whose numbers come from `observe`: `judge_claim` without the table of estimators."""
    checks = _own_checks(spec, observe)
    own = combine(check.outcome.verdict for check in checks)
    control_spec, witness_spec = _get(spec, "control"), _get(spec, "witness")
    if control_spec is None:
        raise ClaimError(f"{spec.id}: control: not given; every claim needs a negative control")
    control = _control("control", spec.id, control_spec, checks, observe)
    witness = None if witness_spec is None else _control("witness", spec.id, witness_spec, checks, observe)
    verdict, overruled = settle(own, control.verdict, witness.verdict if witness else None)
    cause = _get(spec, "cause") or ""
    return ClaimVerdict(
        id=spec.id,
        sentence=spec.sentence,
        where=spec.where,
        verdict=verdict,
        own=own,
        reason=f"{overruled} ({_reason(own, checks)})" if overruled else _reason(own, checks),
        cause=cause if verdict == "refuted" else "",
        checks=checks,
        control=control,
        witness=witness,
        evidence=tuple(_get(spec, "evidence") or _get(spec, "comparisons") or ()),
    )


def criterion_of_check(check: Any) -> Criterion:
    """The criterion of a check's fields. Raises ValueError as `criterion.criterion_of`."""
    return criterion_of(_get(check, "kind"), {name: _get(check, name) for name in CRITERION_FIELDS})


def _own_checks(spec: ClaimSpec, observe: Callable[[Question], Estimate]) -> tuple[CheckVerdict, ...]:
    names = [_get(check, "name") for check in spec.checks]
    if not names or len(set(names)) < len(names):
        raise ClaimError(f"{spec.id}: checks: got {names}; allowed: at least one, with distinct names")
    return tuple(_own_check(spec.id, check, observe) for check in spec.checks)


def _own_check(claim: str, check: Any, observe: Callable[[Question], Estimate]) -> CheckVerdict:
    arguments = dict(_get(check, "arguments") or {})
    question = Question(claim, "check", _get(check, "name"), _get(check, "estimator"), arguments)
    try:
        criterion = criterion_of_check(check)
    except ValueError as error:
        raise ClaimError(f"{claim}: check {question.check}: {_one_line(error)}") from error
    reason, unit = _get(check, "reason") or "", _get(check, "unit") or ""
    return CheckVerdict(question, criterion, criterion.judge(observe(question)), reason, unit)


def _control(
    part: str, claim: str, spec: Any, checks: Sequence[CheckVerdict], observe: Callable[[Question], Estimate]
) -> ControlVerdict:
    """A control (verdict of its overridden checks) or a witness (verdict of all checks)."""
    overrides = dict(_get(spec, "overrides") or {})
    unknown = sorted(set(overrides) - {check.question.check for check in checks})
    if unknown or not overrides:
        known = ", ".join(check.question.check for check in checks)
        raise ClaimError(f"{claim}: {part}: overrides {unknown or 'nothing'}; allowed: one or more of {known}")
    redone = tuple(_overridden(part, check, overrides.get(check.question.check), observe) for check in checks)
    counting = [check for check in redone if check.overridden or part == "witness"]
    return ControlVerdict(_get(spec, "about") or "", combine(check.outcome.verdict for check in counting), redone)


def _overridden(part: str, check: CheckVerdict, override: Any, observe: Callable[[Question], Estimate]) -> CheckVerdict:
    """The check with another input; without an override the check as it is."""
    if override is None:
        return check
    own = check.question
    arguments = {**own.arguments, **(_get(override, "arguments") or {})}
    question = Question(own.claim, part, own.check, _get(override, "estimator") or own.estimator, arguments)
    if (question.estimator, question.arguments) == (own.estimator, own.arguments):
        raise ClaimError(f"{question}: the override changes nothing; allowed: another estimator or other arguments")
    outcome = check.criterion.judge(observe(question))
    return CheckVerdict(question, check.criterion, outcome, check.tolerance_reason, check.unit, overridden=True)


def _reason(own: Verdict, checks: Sequence[CheckVerdict]) -> str:
    """The checks that made the verdict, in words; for a reproduced claim the closest one."""
    if own == "reproduced":
        closest = min(checks, key=lambda check: check.outcome.margin)
        return f"{closest.question.check}: {closest.outcome.reason} (smallest margin of {len(checks)})"
    deciding = [check for check in checks if check.outcome.verdict == own]
    return "; ".join(f"{check.question.check}: {check.outcome.reason}" for check in deciding)


def _get(spec: Any, name: str) -> Any:
    """A field of a specification given as an object or as a mapping; None if absent."""
    return spec.get(name) if isinstance(spec, Mapping) else getattr(spec, name, None)


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())
