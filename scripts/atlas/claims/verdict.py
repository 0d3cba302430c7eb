"""The three verdicts, and how those of checks and controls make the verdict of a claim."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Verdict = Literal["reproduced", "refuted", "inconclusive"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """All reproduced: reproduced; any refuted: refuted; else inconclusive. ValueError without verdicts."""
    given = list(verdicts)
    if not given:
        raise ValueError("combine: got no verdict; allowed: at least one check")
    if "refuted" in given:
        return "refuted"
    return "reproduced" if set(given) == {"reproduced"} else "inconclusive"


def settle(own: Verdict, control: Verdict, witness: Verdict | None = None) -> tuple[Verdict, str]:
    """Verdict of a claim after its controls, and the reason when they overrule it (else an empty string).

    The negative control must be refuted: otherwise the criterion cannot tell right from wrong. The optional
    witness (an input that must pass, for claims that are refuted) must be reproduced: otherwise the
    criterion cannot be passed.
    """
    if control != "refuted":
        return "inconclusive", f"no power: the negative control came out {control}, not refuted"
    if witness is not None and witness != "reproduced":
        return "inconclusive", f"no power: the witness came out {witness}, not reproduced"
    return own, ""
