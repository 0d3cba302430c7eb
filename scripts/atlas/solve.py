"""The command line of scripts/solve.py: find the question, read its parameters, print one JSON object per answer."""

from __future__ import annotations

import importlib
import json
import math
import sys
import time
from pathlib import Path
from typing import Any

from atlas.questions import REQUIRED, Answer, Question, QuestionError

USAGE = "usage: solve.py <paper> <theory> name=value … | solve.py --list [<paper>]"
ROOMS = Path(__file__).parent / "papers"


def papers() -> list[str]:
    """Keys of the papers whose room has a theory."""
    return sorted(path.parent.name.replace("_", "-") for path in ROOMS.glob("*/theory.py"))


def questions(paper: str) -> dict[str, Question]:
    """The questions of a paper; QuestionError for an unknown one."""
    if paper not in papers():
        raise QuestionError(f"unknown paper {paper!r}; allowed: {', '.join(papers())}")
    room = importlib.import_module(f"atlas.papers.{paper.replace('-', '_')}.theory")
    return dict(room.ASK)


def listing(names: list[str]) -> str:
    """Papers, theories, parameters with defaults and units, as text."""
    lines = []
    for paper in names or papers():
        for theory, question in questions(paper).items():
            about = (question.solve.__doc__ or "").strip().splitlines()[0]
            lines.append(f"{paper} {theory}: {about}")
            for p in question.parameters:
                default = "required" if p.default is REQUIRED else f"default {p.default}"
                lines.append(f"    {p.name} [{p.unit}]: {p.about}; {p.allowed}; {default}")
    return "\n".join(lines)


def plain(value: Any) -> Any:
    """The value in JSON types; a number that is not finite becomes null."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def forget() -> None:
    """Empty the solvers' caches of earlier answers, so that the next one is timed honestly."""
    for name, module in list(sys.modules.items()):
        if name.startswith("atlas."):
            for member in vars(module).values():
                if callable(getattr(member, "cache_clear", None)):
                    member.cache_clear()


def ask(question: Question, values: dict[str, Any]) -> tuple[Answer, float]:
    """The answer and the seconds that the solver took (a first call loads and compiles what it needs)."""
    question.solve(**values)
    forget()
    start = time.perf_counter()
    answer = question.solve(**values)
    return answer, time.perf_counter() - start


def answer_line(paper: str, theory: str, question: Question, values: dict[str, Any]) -> tuple[str, int]:
    """One JSON object and its exit code: 0, or 3 where the solver did not converge."""
    from atlas.meanfield.errors import NotConverged

    head = {"paper": paper, "theory": theory, "parameters": values}
    try:
        answer, seconds = ask(question, values)
    except NotConverged as error:
        return json.dumps(plain({**head, "converged": False, "residual": error.residual})), 3
    except ValueError as error:
        raise QuestionError(str(error)) from None
    tail = {"quantities": dict(answer.quantities), "residual": answer.residual, "seconds": seconds}
    if not answer.converged:
        tail["converged"] = False
    return json.dumps(plain({**head, **tail})), 0 if answer.converged else 3


def run(words: list[str]) -> int:
    """Answer the question that the words ask."""
    if words and words[0] == "--list":
        print(listing(words[1:2]))
        return 0
    if words and words[0] in ("-h", "--help"):
        print(f"{USAGE}\n\n{listing([])}")
        return 0
    if len(words) < 2 or words[0].startswith("-"):
        raise QuestionError(USAGE)
    paper, theory, *pairs = words
    known = questions(paper)
    if theory not in known:
        raise QuestionError(f"unknown theory {theory!r} of {paper}; allowed: {', '.join(known)}")
    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not name:
            raise QuestionError(f"got {pair!r}; allowed: name=value")
        if name in given:
            raise QuestionError(f"{name} is given twice; allowed: once (several values with commas)")
        given[name] = text
    worst = 0
    for values in known[theory].values(given):
        line, code = answer_line(paper, theory, known[theory], values)
        print(line, flush=True)
        worst = max(worst, code)
    return worst


def main(words: list[str]) -> int:
    """Exit code 0; 2 with one line on stderr for a bad question; 3 where a solver did not converge."""
    try:
        return run(words)
    except QuestionError as error:
        print(f"solve: {error}", file=sys.stderr)
        return 2
