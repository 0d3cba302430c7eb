"""Determinism: the comparison of two runs sees what it must, switches switch, theories keep their digits under them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from audit_drill import flip, job
from workflow_sandbox import CHECKOUT, Sandbox

from atlas.determinism.deviations import StageDeviation, deviation, deviations, items
from atlas.determinism.matrix import Row, markdown
from atlas.determinism.probe import probe
from atlas.determinism.switches import all_switches, halve_chunks, two_threads
from atlas.determinism.tables import scaled_deviation
from atlas.determinism.workspace import Workspace
from atlas.outcomes import read_outcomes, write_outcomes


@pytest.mark.parametrize(
    ("a", "b", "size"),
    [
        ([1.0, 2.0], [1.0, 2.0], 0.0),
        ([1.0, 2.0], [1.5, 2.0], 0.25),  # 0.5 of the largest, 2
        ([0.0, 0.0], [0.0, -0.0], 0.0),  # other bytes, same numbers
        ([0.0], [1.0], np.inf),
        ([1.0, np.nan], [1.0, np.nan], 0.0),
        ([1.0, np.nan], [1.0, 2.0], np.inf),
        ([1.0], [1.0, 2.0], np.inf),
        (["a"], ["b"], np.inf),
    ],
)
def test_deviation_of_two_arrays(a: list[Any], b: list[Any], size: float) -> None:
    assert deviation(np.array(a), np.array(b)) == size


def test_deviation_of_tables_is_told_on_the_scale_of_each_quantity(tmp_path: Path) -> None:
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text("quantity,g,theory,theory_error,z\nq,1,0.0,1e-9,\nq,2,2.0,1e-9,\nr,1,1e-3,0,\n")
    other.write_text("quantity,g,theory,theory_error,z\nq,1,1e-12,1e-7,3\nq,2,2.0,1e-9,\nr,1,1e-3,0,\n")
    assert scaled_deviation(one, other) == (pytest.approx(5e-13, rel=1e-12), "one: theory of q")
    assert scaled_deviation(one, one) == (0.0, "")
    other.write_text("quantity,g,theory,theory_error,z\nq,1,,1e-7,3\nq,2,2.0,1e-9,\nr,1,1e-3,0,\n")
    assert scaled_deviation(one, other)[0] == np.inf  # a number that is no longer there
    other.write_text("quantity,g,theory,theory_error,z\ns,1,0.0,1e-9,\nq,2,2.0,1e-9,\nr,1,1e-3,0,\n")
    assert scaled_deviation(one, other) == (np.inf, "one: other rows")


def spaces(finished: Sandbox, tmp_path: Path) -> tuple[Workspace, Workspace, Sandbox]:
    other = finished.copy(tmp_path / "other")
    return Workspace(finished.root, "toy", "smoke"), Workspace(other.root, "toy", "smoke"), other


def test_deviations_are_zero_for_copies_and_name_what_was_changed(finished: Sandbox, tmp_path: Path) -> None:
    one, two, other = spaces(finished, tmp_path)
    assert [each.words for each in deviations(one, two)] == ["bitwise"] * 5
    # 4 of scan's 16 items in its last chunk; one value of one item moves by a relative 1e-6.
    path = other.results() / "toy/simulation/scan/2.npz"
    rows = list(read_outcomes([path]))
    changed = dict(rows[0].values) | {"gamma0": rows[0].values["gamma0"] * (1 + 1e-6)}
    write_outcomes(path, [type(rows[0])(rows[0].point, rows[0].replica, changed), *rows[1:]])
    simulate = deviations(one, two)[0]
    assert (simulate.compared, simulate.unlike) == (48, 1)  # 24 items of two values
    every = [value for key, value in items(one, "simulate").items() if key[0] == "scan" and key[3] == "gamma0"]
    moved = 1e-6 * rows[0].values["gamma0"] / np.max(np.abs(every))  # told relative to the largest of the task
    assert simulate.relative == pytest.approx(moved, rel=1e-6)  # one rounding of a relative 1e-16
    assert "gamma0" in simulate.worst
    # The same through the pipeline: the table moves by less than its error bar, no verdict changes.
    job(other, "comparison/energy")
    _, _, compare, plot, judge = deviations(one, two)
    assert (compare.compared, compare.unlike, plot.unlike, judge.unlike) == (2, 1, 0, 0)
    flip(other.results() / "toy/figures/F1.pdf")  # the drawing alone
    plot = deviations(one, two)[3]
    assert (plot.unlike, plot.relative) == (1, 0.0)
    verdicts = other.results() / "toy/verdicts.json"
    verdicts.write_text(verdicts.read_text().replace('"verdict": "reproduced"', '"verdict": "refuted"', 1))
    judge = deviations(one, two)[4]
    assert judge.unlike == 1
    assert "→" in judge.worst


def test_deviations_see_missing_tasks(finished: Sandbox, tmp_path: Path) -> None:
    one, two, other = spaces(finished, tmp_path)
    (other.results() / "toy/theory/line.npz").unlink()
    (other.results() / "toy/comparison/heat.csv").unlink()
    shutil.rmtree(other.results() / "toy/simulation/descent")
    found = deviations(one, two)
    assert [each.relative for each in found[:3]] == [np.inf] * 3
    assert deviations(two, one)[1].relative == np.inf  # also when the reference lacks it


def test_chunks_of_other_sizes_are_the_same_items(finished: Sandbox) -> None:
    place = Workspace(finished.root, "toy", "smoke")
    rows = read_outcomes(sorted((finished.results() / "toy/simulation/scan").glob("*.npz")))
    before = items(place, "simulate")
    shutil.rmtree(finished.results() / "toy/simulation/scan")
    folder = finished.results() / "toy/simulation/scan"
    for chunk in range(0, len(rows), 5):
        write_outcomes(folder / f"{chunk // 5}.npz", list(rows)[chunk : chunk + 5])
    after = items(place, "simulate")
    assert before.keys() == after.keys()
    assert all(deviation(before[key], after[key]) == 0 for key in before)


def test_config_switches_change_resources_and_chunks_alone(finished: Sandbox) -> None:
    config = yaml.safe_load((finished.root / "config/papers/toy.yaml").read_text())
    place = Workspace(finished.root, "toy", "smoke")
    place.change(two_threads)
    assert finished.planned() == set()  # threads are no part of what a job depends on
    place.change(halve_chunks)
    changed = yaml.safe_load((finished.root / "config/papers/toy.yaml").read_text())
    assert changed["resources"]["simulate"] == {"mem_mb": 500, "runtime": 5, "threads": 2}
    assert changed["resources"]["judge"] == {"threads": 2}
    assert {name: block["chunk"] for name, block in changed["sizes"]["smoke"].items()} == {"scan": 3, "descent": 4}
    changed["resources"], changed["sizes"] = config["resources"], config["sizes"]
    assert changed == config


def test_promises() -> None:
    same = [StageDeviation(stage, 3, 0, 0.0, None, "") for stage in ("simulate", "judge")]
    moved = [StageDeviation("simulate", 3, 1, 1e-9, None, "x"), same[1]]
    flipped = [same[0], StageDeviation("judge", 3, 1, 0.0, None, "a.C1: reproduced → refuted")]

    def row(bitwise: bool, stages: list[StageDeviation], failure: str = "") -> Row:
        return Row("name", "about", bitwise, "", tuple(stages), failure)

    kept = [row(True, same), row(False, same), row(False, moved), row(False, [], "cannot run")]
    broken = [row(True, moved), row(True, flipped), row(False, flipped), row(True, [], "failed")]
    assert [each.kept for each in kept + broken] == [True] * 4 + [False] * 4
    text = markdown(kept + broken, "toy", "smoke")
    assert text.count("BROKEN") == 4
    assert "a.C1: reproduced → refuted" in text


@pytest.mark.skipif(sys.platform != "linux" or os.uname().machine != "x86_64", reason="switches of x86 Linux")
def test_kernel_switches_switch_what_they_say() -> None:
    usual = probe({})
    assert usual is not None
    assert probe({}) == usual
    by_name = {switch.name: probe(switch.env) for switch in all_switches() if switch.env}
    # Every x86-64 processor can run the oldest kernels; a machine on which they are the usual ones is not expected.
    oldest = by_name["blas-prescott"]
    assert oldest is not None
    assert {name for name in usual if oldest[name] != usual[name]} == {"blas"}
    if "numpy-simd" in by_name:
        without = by_name["numpy-simd"]
        assert without is not None
        assert without["numpy"] != usual["numpy"]
        assert without["libm"] == usual["libm"]


# Digits promised for theory numbers whatever the kernels: nine, of the largest value of each array.
DIGITS = 1e-9
# Sample paths are drawn through square roots of spectra that vanish: rounding 1e-16 becomes 1e-8; six digits.
DIGITS_OF_PATHS = 1e-6
# Residuals are rounding themselves; they must stay as small as a converged solver leaves them.
RESIDUAL = 1e-12


def solve_all(place: Workspace, theories: list[str], env: dict[str, str]) -> None:
    """Every theory job of the workspace by its script."""
    for name in theories:
        out = place.folder / "theory" / f"{name}.npz"
        words = ["--scale", place.scale, "--paper", place.paper, "--name", name, "--root-seed", "1"]
        words += ["--outputs", str(out), "--record", str(out.with_suffix(".record.json"))]
        call = [sys.executable, "scripts/theory.py", *words]
        done = subprocess.run(
            call, cwd=place.root, env=Sandbox.environment(env), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


def deviates(key: tuple[Any, ...], a: np.ndarray, b: np.ndarray) -> bool:
    """Whether a value deviates by more than is promised for it."""
    task, name = key[0], key[3]
    if name == "residual":
        return bool(np.max(np.abs(a - b)) > RESIDUAL)
    return deviation(a, b) > (DIGITS_OF_PATHS if task == "sample-paths" else DIGITS)


@pytest.mark.slow
def test_theory_numbers_keep_their_digits_under_all_kernels(tmp_path: Path) -> None:
    paper = "kinetic-energy"
    config = yaml.safe_load((CHECKOUT / f"config/papers/{paper}.yaml").read_text())
    theories = list(config["theories"])
    reference = Workspace.at(tmp_path / "reference", CHECKOUT, paper, "smoke")
    solve_all(reference, theories, {})
    usual = items(reference, "theory")
    assert {key[0] for key in usual} == set(theories)
    tried = 0
    for switch in all_switches():
        if not switch.env or probe(switch.env) in (None, probe({})):
            continue  # kernels that this machine cannot run, or runs anyway
        place = Workspace.at(tmp_path / switch.name, CHECKOUT, paper, "smoke")
        solve_all(place, theories, switch.env)
        found = items(place, "theory")
        assert found.keys() == usual.keys()
        assert [(switch.name, key) for key in usual if deviates(key, usual[key], found[key])] == []
        tried += 1
    assert tried >= 3


@pytest.mark.slow
def test_matrix_of_the_toy_keeps_every_promise(sandbox: Sandbox) -> None:
    words = (sys.executable, "scripts/determinism.py", "--paper", "toy", "--switches", "cores", "order", "libc")
    done = sandbox.call(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (sandbox.root / "results/determinism.toy.smoke.json").is_file()
    text = (sandbox.root / "results/determinism.toy.smoke.md").read_text()
    assert text.count("bitwise kept") == 2
    assert text.count("verdicts kept") == 1
    assert "| another order |" in text
    assert not sandbox.results().exists()
