"""Planted values for a whole claim: every check must be able to turn the verdict.

The values go through the same judge as the real ones, so this tests the claim's wiring (criteria, control,
witness) as the corpus uses it, without any simulation.
"""

from __future__ import annotations

from collections.abc import Callable

from atlas.claims.judge import ClaimSpec, Question, criterion_of_check, judge_with
from atlas.claims.power import probes
from atlas.claims.verdict import Verdict
from atlas.estimation.estimate import Estimate


def claim_faults(spec: ClaimSpec) -> list[str]:
    """What is wrong with a claim's power, one line each; empty for a sound claim.

    With exact planted values 0.1 tolerances inside or outside:
    1. all checks inside, control outside, witness inside: the claim must come out reproduced;
    2. as 1 with one check outside (each in turn, at each of its ends): refuted;
    3. as 1 with the control inside as well: inconclusive.
    Raises ClaimError or ValueError for a claim that is not well formed.
    """
    criteria = {_name(check): criterion_of_check(check) for check in spec.checks}
    inside = {name: probes(criterion)[0][0] for name, criterion in criteria.items()}
    outside = {name: probes(criterion)[1] for name, criterion in criteria.items()}

    def planted(own: dict[str, float], control: dict[str, float]) -> Callable[[Question], Estimate]:
        values = {"check": own, "control": control, "witness": inside}
        return lambda question: Estimate.exact(values[question.part][question.check])

    wrong = {name: values[0] for name, values in outside.items()}
    faults = _fault("right values", "reproduced", judge_with(spec, planted(inside, wrong)).verdict)
    for name, values in outside.items():
        for value in values:
            verdict = judge_with(spec, _mutant(planted(inside, wrong), name, value)).verdict
            faults += _fault(f"{name} = {value:g}", "refuted", verdict)
    faults += _fault("a control that passes", "inconclusive", judge_with(spec, planted(inside, inside)).verdict)
    return [f"{spec.id}: {fault}" for fault in faults]


def _mutant(observe: Callable[[Question], Estimate], name: str, value: float) -> Callable[[Question], Estimate]:
    """The same values but for one check's own number."""

    def mutated(question: Question) -> Estimate:
        if (question.part, question.check) == ("check", name):
            return Estimate.exact(value)
        return observe(question)

    return mutated


def _fault(what: str, expected: Verdict, verdict: Verdict) -> list[str]:
    return [] if verdict == expected else [f"with {what}: {verdict}, must be {expected}"]


def _name(check: object) -> str:
    return str(check["name"] if isinstance(check, dict) else check.name)  # type: ignore[attr-defined]
