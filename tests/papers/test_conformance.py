"""What every paper of the corpus owes the house. Whoever lacks something is told in one line what to do next.

A new paper (`make paper`) is valid and fails here until it is written; CONTRIBUTING.md has the order of the steps.
"""

from __future__ import annotations

import functools
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import pytest

from atlas.claims.expectation import Expected, parse_expectation
from atlas.claims.judge import criterion_of_check
from atlas.claims.mutation import claim_faults
from atlas.claims.power import flips
from atlas.config import Atlas, ConfigError, PaperConfig, load_atlas
from atlas.config.parameters import SPLIT_FIELDS, declared
from atlas.questions import Question
from atlas.scaffold.names import function_of
from atlas.scaffold.skeleton import ROOM, places

ROOT = Path(__file__).resolve().parents[2]
KEYS = sorted(path.stem for path in (ROOT / "config" / "papers").glob("*.yaml"))
EXPECTED = "config/verdicts.desk.csv"
UNSAID = "TODO:"


def load(key: str) -> Atlas | ConfigError:
    """One paper by itself, so that a broken config hides no other paper's faults."""
    try:
        return load_atlas(ROOT / "config", {"papers": [key]})
    except ConfigError as error:
        return error


LOADED = {key: load(key) for key in KEYS}
PAPERS = {key: found.papers[key] for key, found in LOADED.items() if isinstance(found, Atlas)}
CLAIMS = [claim for paper in PAPERS.values() for claim in paper.claims]


def owes(line: str) -> NoReturn:
    """Fail with one line."""
    pytest.fail(" ".join(line.split()), pytrace=False)


def room(paper: PaperConfig, module: str) -> ModuleType:
    """A module of a paper's room."""
    try:
        return importlib.import_module(f"atlas.papers.{paper.room}.{module}")
    except Exception as error:
        owes(f"{paper.key}: {places(paper.key)[1]}/{module}.py cannot be imported: {error!r}")


def is_written(function: Any) -> bool:
    """False for a function that only says that it is not written."""
    while isinstance(function, functools.partial):
        function = function.func
    return "NotImplementedError" not in getattr(function, "__code__", is_written.__code__).co_names


def own_files(key: str) -> list[Path]:
    """The files of a paper: config, modules of the room, test of the room."""
    config, folder, test = places(key)
    return [config, *(folder / f"{module}.py" for module in ROOM), test]


@pytest.mark.parametrize("key", KEYS)
def test_config_is_sound(key: str) -> None:
    if isinstance(LOADED[key], ConfigError):
        owes(str(LOADED[key]))


@pytest.mark.parametrize(
    "path", [path for key in KEYS for path in own_files(key)], ids=lambda path: path.as_posix().replace("_", "-")
)
def test_file_is_there_and_leaves_nothing_unsaid(path: Path) -> None:
    if not (ROOT / path).is_file():
        owes(f"{path} is missing; `make paper KEY=…` makes one for a new paper, take its shape")
    lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
    unsaid = [(number, line) for number, line in enumerate(lines, start=1) if UNSAID in line]
    if unsaid:
        number, line = unsaid[0]
        more = f" (and {len(unsaid) - 1} more)" if len(unsaid) > 1 else ""
        owes(f"{path}:{number}: {line.strip()}{more}")


@pytest.mark.parametrize("key", KEYS)
def test_room_is_tested(key: str) -> None:
    path = places(key)[2]
    if not (ROOT / path).is_file() or not re.search(r"^def test_", (ROOT / path).read_text(encoding="utf-8"), re.M):
        owes(f"{path}: has no test; needed: protocols against plain twins, solvers against closed forms and limits")


def functions() -> Iterator[tuple[PaperConfig, str, str, str]]:
    """(paper, module, function, what the config asks it for)."""
    for paper in PAPERS.values():
        wanted = [("simulation", each.protocol, f"experiments.{name}") for name, each in paper.experiments.items()]
        wanted += [("theory", each.solver, f"theories.{name}") for name, each in paper.theories.items()]
        wanted += [("comparison", name, f"comparisons.{name}") for name in paper.comparisons]
        wanted += [("figures", name, f"figures.{name}") for name in paper.figures]
        asked = {(module, function_of(name)): asker for module, name, asker in reversed(wanted)}
        yield from ((paper, *where, asker) for where, asker in asked.items())


@pytest.mark.parametrize(
    ("paper", "module", "function", "asker"),
    [pytest.param(*row, id=f"{row[0].key}-{row[1]}.{row[2]}") for row in functions()],
)
def test_function_that_the_config_names_is_written(paper: PaperConfig, module: str, function: str, asker: str) -> None:
    found = getattr(room(paper, module), function, None)
    where = f"{places(paper.key)[1]}/{module}.py"
    if not callable(found):
        owes(f"{where}: has no function {function}; {asker} of {places(paper.key)[0]} asks for it")
    if not is_written(found):
        owes(f"{where}: {function} is not written; {asker} of {places(paper.key)[0]} asks for it")


@pytest.mark.parametrize(
    ("paper", "kind", "name"),
    [
        pytest.param(paper, kind, name, id=f"{key}-{name}")
        for key, paper in PAPERS.items()
        for kind in ("experiments", "theories", "comparisons")
        for name in getattr(paper, kind)
    ],
)
def test_nothing_is_computed_for_nothing(paper: PaperConfig, kind: str, name: str) -> None:
    """Every experiment and theory feeds a comparison, every comparison a figure, a claim or an exploration."""
    users = (
        paper.comparisons if kind != "comparisons" else {**paper.figures, **{each.id: each for each in paper.claims}}
    )
    wanted = "a comparison" if kind != "comparisons" else "a figure, a claim or an exploration"
    moved = [each.comparison for each in paper.explorations.values()] if kind == "comparisons" else []
    if name not in moved and not any(name in getattr(user, kind) for user in users.values()):
        owes(f"{places(paper.key)[0]}: {kind}.{name} is used by nothing; needed: {wanted} that names it, or drop it")


@pytest.mark.parametrize("key", PAPERS)
def test_paper_draws_and_claims(key: str) -> None:
    for kind in ("figures", "claims"):
        if not getattr(PAPERS[key], kind):
            owes(f"{places(key)[0]}: {kind} is empty; needed: at least one")


def point_solvers(paper: PaperConfig) -> set[str]:
    """Solvers of the config whose answer at a point has no size: one can ask them for a number."""
    solvers = room(paper, "parameters").SOLVERS
    used = {theory.solver for theory in paper.theories.values()}
    return {name for name in used if not set(declared(solvers[name].sizes)) - set(SPLIT_FIELDS)}


@pytest.mark.parametrize("paper", PAPERS.values(), ids=list(PAPERS))
def test_point_solver_can_be_asked_or_says_why_not(paper: PaperConfig) -> None:
    theory, where = room(paper, "theory"), f"{places(paper.key)[1]}/theory.py"
    asked, unasked = getattr(theory, "ASK", {}), getattr(theory, "UNASKED", {})
    for name in sorted(point_solvers(paper) - set(asked) - set(unasked)):
        owes(f"{where}: solver {name} has no entry in ASK; needed: a Question, or the reason for none in UNASKED")
    for name, why in unasked.items():
        if name in asked or name not in point_solvers(paper) or not why.strip():
            owes(f"{where}: UNASKED names {name}; allowed: a point solver without entry in ASK, with a reason")


@pytest.mark.parametrize("paper", PAPERS.values(), ids=list(PAPERS))
def test_questions_are_answered(paper: PaperConfig) -> None:
    questions = getattr(room(paper, "theory"), "ASK", {})
    where = f"{places(paper.key)[1]}/theory.py"
    if not questions:
        owes(f"{where}: ASK is empty; needed: at least one Question that scripts/solve.py answers")
    for name, question in questions.items():
        if not isinstance(question, Question) or not question.solve.__doc__ or not is_written(question.solve):
            owes(f"{where}: ASK {name}: needed: a Question whose function is written and says what it answers")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_claim_gives_a_reason_for_its_tolerance(claim: Any) -> None:
    for check in claim.checks:
        if UNSAID in check.reason or len(check.reason.split()) < 3:
            owes(f"{claim.id} {check.name}: reason: needed: why this tolerance: standard error, size, discretisation")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_control_of_claim_feeds_a_wrong_input_to_every_check(claim: Any) -> None:
    if UNSAID in json.dumps(claim.control.model_dump()):
        owes(f"{claim.id}: control: needed: a wrong input for every check, and what is wrong with it")
    for check in claim.checks:
        if check.name not in claim.control.overrides:
            owes(f"{claim.id} {check.name}: the control overrides it not; needed: a wrong input for every check")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_claim_can_fail(claim: Any) -> None:
    """Planted values just inside are reproduced, just outside refuted, and a control that passes spoils the claim."""
    assert claim_faults(claim) == []
    assert all(flips(criterion_of_check(check)) for check in claim.checks)


@pytest.mark.parametrize("paper", PAPERS.values(), ids=list(PAPERS))
def test_estimators_of_claims_exist(paper: PaperConfig) -> None:
    estimators = room(paper, "claims").ESTIMATORS
    for claim in paper.claims:
        trials = [trial for trial in (claim.control, claim.witness) if trial]
        named = [check.estimator for check in claim.checks]
        named += [each.estimator for trial in trials for each in trial.overrides.values() if each.estimator]
        for name in named:
            if name not in estimators or not is_written(estimators[name]):
                owes(f"{claim.id}: estimator {name} is not in ESTIMATORS of {places(paper.key)[1]}/claims.py")


@functools.cache
def expected_verdicts() -> dict[str, Expected]:
    """The committed expectation at desk scale."""
    return parse_expectation((ROOT / EXPECTED).read_text(encoding="utf-8"))


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_claim_has_an_expected_verdict(claim: Any) -> None:
    if claim.id not in expected_verdicts():
        owes(f"{EXPECTED}: {claim.id} has no row; run desk, read the evidence, then scripts/expect.py --write")


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_refuted_or_open_claim_says_why(claim: Any) -> None:
    expected = expected_verdicts().get(claim.id)
    if expected and expected.verdict != "reproduced" and not expected.why.strip():
        owes(f"{EXPECTED}: {claim.id} is expected {expected.verdict}; needed: why, in its third column")


def test_no_expected_verdict_is_left_over() -> None:
    broken = set(KEYS) - set(PAPERS)
    known = {claim.id for claim in CLAIMS}
    left = [name for name in expected_verdicts() if name not in known and name.rpartition(".")[0] not in broken]
    if left:
        owes(f"{EXPECTED}: {', '.join(left)}: no claim of any config; drop the rows")


@pytest.fixture(scope="module")
def planned() -> set[str]:
    """Every file that the workflow can make at smoke scale, below results/smoke; nothing is run."""
    words = ["--summary", "--nolock", "--cores", "1", "--config", "scale=smoke", f"papers={','.join(PAPERS)}"]
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *words], cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {line.split("\t")[0].removeprefix("results/smoke/") for line in done.stdout.splitlines()[1:]}


@pytest.mark.parametrize("paper", PAPERS.values(), ids=list(PAPERS))
def test_workflow_makes_every_figure_and_the_verdicts(paper: PaperConfig, planned: set[str]) -> None:
    figures = [f"figures/{name}.{suffix}" for name in paper.figures for suffix in ("svg", "pdf", "png", "csv")]
    for name in (*figures, "verdicts.json"):
        assert f"{paper.key}/{name}" in planned
