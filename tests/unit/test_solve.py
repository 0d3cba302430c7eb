"""Asking a theory a question: names, ranges, exit codes, and that every answer is one line of strict JSON."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from atlas import solve
from atlas.meanfield.errors import NotConverged
from atlas.questions import Answer, Question, array, choice, number, whole_number

ROOT = Path(__file__).resolve().parents[2]
Captured = pytest.CaptureFixture[str]

# The names that a reader of the papers relies on: theory → parameters, quantities.
NAMES = {
    "dmft": (
        ["g"],
        [
            "delta0",
            "phi2",
            "gamma0",
            "delta_static",
            "dphi_mean",
            "kappa",
            "lyapunov_max",
            "half_life",
            "pr_phi",
            "pr_x",
        ],
    ),
    "gradient": (["g", "temperature"], ["temperature", "delta_t", "phi2", "energy"]),
}


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is not JSON")


def answers(capsys: Captured, *words: str, code: int = 0) -> list[dict[str, Any]]:
    """The JSON objects on standard output, one a line; nothing may stand on standard error."""
    assert solve.main(list(words)) == code
    said = capsys.readouterr()
    assert said.err == ""
    return [json.loads(line, parse_constant=refuse) for line in said.out.splitlines()]


def complaint(capsys: Captured, *words: str) -> str:
    """The one line on standard error of a bad question, which prints no answer."""
    assert solve.main(list(words)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.startswith("solve: ")
    return said.err.removeprefix("solve: ").rstrip("\n")


@pytest.mark.parametrize("theory", list(NAMES))
def test_names_of_kinetic_energy(capsys: Captured, theory: str) -> None:
    (answer,) = answers(capsys, "kinetic-energy", theory, "g=1.5")
    parameters, quantities = NAMES[theory]
    assert list(answer) == ["paper", "theory", "parameters", "quantities", "residual", "seconds"]
    assert (answer["paper"], answer["theory"]) == ("kinetic-energy", theory)
    assert sorted(answer["parameters"]) == sorted(parameters)
    assert sorted(answer["quantities"]) == sorted(quantities)
    assert 0 <= answer["residual"] < 1e-9  # the solvers' stated accuracy
    assert answer["seconds"] > 0


def test_default_temperature_is_the_kinetic_energy(capsys: Captured) -> None:
    (state,) = answers(capsys, "kinetic-energy", "dmft", "g=1.5")
    (bath,) = answers(capsys, "kinetic-energy", "gradient", "g=1.5")
    assert bath["quantities"]["temperature"] == state["quantities"]["gamma0"]
    assert bath["quantities"]["energy"] == state["quantities"]["gamma0"] / 2  # E/N = T/2


def test_commas_give_one_line_each_in_the_order_given(capsys: Captured) -> None:
    words = ("kinetic-energy", "gradient", "temperature=0.2, 0.1", "g=2,1")
    found = [
        (one["parameters"]["g"], one["parameters"]["temperature"], one["quantities"]["energy"])
        for one in answers(capsys, *words)
    ]
    assert found == [(2, 0.2, 0.1), (2, 0.1, 0.05), (1, 0.2, 0.1), (1, 0.1, 0.05)]


@pytest.mark.parametrize("g", ["0", "0.5", "1"])
def test_what_is_not_defined_below_the_transition_is_null(capsys: Captured, g: str) -> None:
    (answer,) = answers(capsys, "kinetic-energy", "dmft", f"g={g}")
    quantities = answer["quantities"]
    assert quantities["gamma0"] == quantities["delta0"] == 0
    assert quantities["half_life"] is None
    assert quantities["lyapunov_max"] == float(g) - 1  # the fixed point x = 0: eigenvalues of J fill |z| < g


ALLOWED = "allowed: a number >= 0 and <= 10"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["nope", "dmft", "g=1"], "unknown paper 'nope'; allowed: "),
        (["../papers", "dmft", "g=1"], "unknown paper '../papers'; allowed: "),
        (["kinetic-energy", "nope", "g=1"], "unknown theory 'nope' of kinetic-energy; allowed: dmft, gradient"),
        (["kinetic-energy", "dmft"], f"g is missing; {ALLOWED}"),
        (["kinetic-energy", "dmft", "h=1"], "unknown parameter 'h'; allowed: g"),
        (["kinetic-energy", "dmft", "g=x"], f"g: got 'x'; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g="], f"g: got ''; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g=1,"], f"g: got ''; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g=1,-1"], f"g: got '-1'; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g=10.5"], f"g: got '10.5'; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g=nan"], f"g: got 'nan'; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g=1e400"], f"g: got '1e400'; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g=1_0"], f"g: got '1_0'; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g=1\n2"], f"g: got '1\\n2'; {ALLOWED}"),
        (["kinetic-energy", "dmft", "g"], "got 'g'; allowed: name=value"),
        (["kinetic-energy", "dmft", "=2"], "got '=2'; allowed: name=value"),
        (["kinetic-energy", "dmft", "g=1", "g=2"], "g is given twice; allowed: once (several values with commas)"),
        (["kinetic-energy", "gradient", "g=1", "temperature=-1"], "temperature: got '-1'; allowed: a number >= 0"),
        (["kinetic-energy", "gradient", "g=1", "temperature=inf"], "temperature = inf: must be finite and >= 0"),
        (["kinetic-energy"], solve.USAGE),
        ([], solve.USAGE),
        (["--lost"], solve.USAGE),
        (["--list", "nope"], "unknown paper 'nope'; allowed: "),
    ],
)
def test_bad_question_gets_one_line(capsys: Captured, words: list[str], line: str) -> None:
    said = complaint(capsys, *words)
    assert said == line or (line.endswith(" ") and said.startswith(line) and "kinetic-energy" in said)


def test_list_shows_theories_parameters_units_and_defaults(capsys: Captured) -> None:
    assert solve.main(["--list", "kinetic-energy"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines if not line.startswith(" ")] == [
        f"kinetic-energy {theory}" for theory in NAMES
    ]
    assert "    g [1]: gain of the couplings; a number >= 0 and <= 10; required" in lines
    assert "    temperature [2 E/N]: temperature of exp(-E/T); a number >= 0; default gamma0 of g" in lines


def test_help_shows_usage_and_list(capsys: Captured) -> None:
    assert solve.main(["--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(solve.USAGE)
    assert "kinetic-energy dmft" in said


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A made-up paper in place of the rooms; the list gets the values of every call of its solvers."""
    calls: list[dict[str, Any]] = []

    def stubborn(x: float) -> Answer:
        calls.append({"x": x})
        if x > 1:
            raise NotConverged(0.25, "x")
        return Answer({"square": x * x, "none": math.nan, "pair": [1.0, math.inf]}, math.nan, converged=x < 1)

    def every(n: int, kind: str, J: Any) -> Answer:
        calls.append({"n": n, "kind": kind, "J": J})
        return Answer({"trace": J.trace(), "J": J}, 0.0)

    made = {
        "stubborn": Question(stubborn, (number("x", "a number"),)),
        "every": Question(
            every,
            (
                whole_number("n", "how many", low=1, high=9, default=3),
                choice("kind", "which", ["tanh", "erf"], default="tanh"),
                array("J", "a matrix"),
            ),
        ),
    }
    monkeypatch.setattr(solve, "questions", lambda paper: made)
    return calls


def test_not_converged_says_so_with_its_residual_and_exit_code_3(capsys: Captured, asked: list[dict[str, Any]]) -> None:
    found = answers(capsys, "made-up", "stubborn", "x=0.5,1,2", code=3)
    assert [one.get("converged", True) for one in found] == [True, False, False]
    assert "quantities" not in found[2]  # no number is printed as if it were one
    assert found[2]["residual"] == 0.25
    assert found[0]["quantities"] == {"square": 0.25, "none": None, "pair": [1.0, None]}
    assert found[0]["residual"] is None
    assert [call["x"] for call in asked] == [0.5, 0.5, 1, 1, 2]  # once to warm up, once on the clock


def test_matrices_words_and_defaults(capsys: Captured, asked: list[dict[str, Any]]) -> None:
    (answer,) = answers(capsys, "made-up", "every", "J=[[1.2,-0.9],[2.1,0.3]]")
    assert answer["parameters"] == {"n": 3, "kind": "tanh", "J": [[1.2, -0.9], [2.1, 0.3]]}
    assert answer["quantities"]["trace"] == 1.5
    found = answers(capsys, "made-up", "every", "J=[[1]]", "kind=erf,tanh", "n=1")
    assert [one["parameters"]["kind"] for one in found] == ["erf", "tanh"]


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("n=0", "n: got '0'; allowed: an integer from 1 to 9"),
        ("n=1.5", "n: got '1.5'; allowed: an integer from 1 to 9"),
        ("kind=relu", "kind: got 'relu'; allowed: tanh, erf"),
        ("J=[[1,", "J: got '[[1,'; allowed: a list or matrix of numbers as JSON"),
        ("J=[1,[2]]", "J: got '[1,[2]]'; allowed: a list or matrix of numbers as JSON"),
        ("J=[NaN]", "J: got '[NaN]'; allowed: a list or matrix of numbers as JSON"),
        ('J={"a":1}', "J: got '{\"a\":1}'; allowed: a list or matrix of numbers as JSON"),
    ],
)
def test_bad_value_of_every_kind_gets_one_line(
    capsys: Captured, asked: list[dict[str, Any]], word: str, line: str
) -> None:
    given = [word] if word.startswith("J=") else [word, "J=[[1]]"]
    assert complaint(capsys, "made-up", "every", *given) == line
    assert asked == []


def test_script_passes_the_answer_and_the_exit_code_on(tmp_path: Path) -> None:
    """From any folder; the rest of this file calls the same function without a process."""
    words = [sys.executable, str(ROOT / "scripts" / "solve.py"), "kinetic-energy", "gradient", "temperature=0.2"]
    done = subprocess.run([*words, "g=1"], cwd=tmp_path, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["quantities"]["energy"] == 0.1
    done = subprocess.run(words, cwd=tmp_path, text=True, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"solve: g is missing; {ALLOWED}\n"
