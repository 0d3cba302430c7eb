"""One run of the pipeline: everything is made, a second run makes nothing, options choose what is made."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from workflow_sandbox import JOBS, Sandbox

FORMATS = ("svg", "pdf", "png", "csv", "caption.txt", "record.json")
# The jobs of the toy by rule; their logs and benchmarks are named so.
NAMES = {
    "simulate": {"toy/scan.0", "toy/scan.1", "toy/scan.2", "toy/descent.0"},
    "theory": {"toy/line", "toy/bath"},
    "compare": {"toy/energy", "toy/heat"},
    "plot": {"toy/F1", "toy/F2"},
    "judge": {"toy"},
    "crate": {"crate"},
    "page": {"page"},
}


def files(folder: Path, suffix: str) -> dict[str, set[str]]:
    """Rule → names of the files in its folder, without the suffix."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            rule, _, name = path.relative_to(folder).as_posix().partition("/")
            assert name.endswith(suffix), path
            found.setdefault(rule, set()).add(name.removesuffix(suffix))
    return found


def test_run_makes_figures_verdicts_records_ledger_and_page(finished_once: Sandbox) -> None:
    results = finished_once.results()
    for figure in ("F1", "F2"):
        for each in FORMATS:
            assert (results / "toy" / "figures" / f"{figure}.{each}").stat().st_size > 0
        numbers = pd.read_csv(results / "toy" / "figures" / f"{figure}.csv")
        assert set(numbers["kind"]) == {"theory", "simulation"}
    assert set(finished_once.verdicts()) == {"toy.C1", "toy.C2"}
    ledger = finished_once.ledger()
    assert len(list(results.rglob("*.record.json"))) == JOBS - 2  # all but crate and page
    assert ledger["jobs"] == len(ledger["records"]) == JOBS - 2
    page = (results / "index.html").read_text(encoding="utf-8")
    assert "A toy network" in page
    assert "toy.C2" in page
    crate = json.loads((results / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    assert any(entity["@id"].endswith("F1.svg") for entity in crate["@graph"])


def test_every_job_logs_and_is_benchmarked_under_the_name_of_its_rule(finished_once: Sandbox) -> None:
    assert files(finished_once.results() / "logs", ".log") == NAMES
    assert files(finished_once.results() / "benchmarks", ".tsv") == NAMES


def test_kinetic_energy_below_the_transition_and_equipartition_come_out(finished_once: Sandbox) -> None:
    """The toy is no mock: at g = 0.3 the energy decays as exp(-2 (1 - 0.3) t), and <v²>/2 = T/2 holds at any N."""
    assert finished_once.verdicts() == {"toy.C1": "reproduced", "toy.C2": "reproduced"}


def test_second_run_makes_nothing_says_so_and_shows_what_is_there(finished: Sandbox) -> None:
    before = {path: path.stat().st_mtime_ns for path in finished.results().rglob("*") if path.is_file()}
    done = finished.run()
    assert done.returncode == 0, done.stderr
    for word in ("figures/F1.svg", "toy.C1", "reproduced", "kernel s", "results/smoke/index.html"):
        assert word in done.stdout
    assert "nothing was out of date: no job ran" in done.stdout
    assert before == {path: path.stat().st_mtime_ns for path in finished.results().rglob("*") if path.is_file()}
    assert finished.planned() == set()


def test_plan_agrees_with_dry_run(sandbox: Sandbox) -> None:
    """The table that `planned` reads names as many jobs as a dry run would do, and run.py shows the same."""
    done = sandbox.run("--dry-run")
    assert done.returncode == 0, done.stderr
    counts = dict(line.split() for line in done.stdout.splitlines() if len(line.split()) == 2 and line[:1].isalpha())
    assert counts["total"] == str(JOBS + 1)  # and the rule all
    outputs = sandbox.planned()
    assert {rule for rule, _ in outputs} == set(NAMES)
    assert sum(output.endswith("record.json") for _, output in outputs) == JOBS - 2
    assert not (sandbox.results() / "toy").exists()


def test_plain_snakemake_uses_its_own_environment_whatever_python_is_on_the_path(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("python", "python3"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\necho another python >&2\nexit 97\n")
        (tmp_path / "bin" / name).chmod(0o755)
    snakemake = str(Path(sys.executable).with_name("snakemake"))
    words = ("--cores", "2", "results/smoke/toy/theory/bath.npz", "--config", "scale=smoke")
    done = sandbox.call(snakemake, *words, env={"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stderr
    assert (sandbox.results() / "toy" / "theory" / "bath.record.json").is_file()


def test_a_target_is_made_alone(sandbox: Sandbox) -> None:
    done = sandbox.run("results/smoke/toy/theory/bath.npz")
    assert done.returncode == 0, done.stderr
    made = [path.name for path in (sandbox.results() / "toy").rglob("*.npz")]
    assert made == ["bath.npz"]


def test_papers_and_scale_choose_what_is_planned(finished: Sandbox) -> None:
    finished.add_paper("second")
    assert finished.planned("--config", "scale=smoke", "papers=toy") == set()
    planned = finished.planned("--config", "scale=smoke", "papers=toy,second")
    assert {output.split("/")[0] for rule, output in planned if rule not in ("crate", "page")} == {"second"}
    assert {"crate", "page"} < {rule for rule, _ in planned}
    desk = finished.planned("--config", "scale=desk", "papers=second", scale="desk")
    assert all(not output.startswith("results/") for _, output in desk)
    # 2 gains x 2 integrators x 2 sizes x 3 networks = 24 items in chunks of 12
    chunks = {output for rule, output in desk if rule == "simulate" and "/scan/" in output and output.endswith("npz")}
    assert chunks == {"second/simulation/scan/0.npz", "second/simulation/scan/1.npz"}


@pytest.mark.slow
def test_two_papers_run_together_and_one_can_be_run_again_alone(finished: Sandbox) -> None:
    finished.add_paper("second")
    assert finished.run().returncode == 0
    assert finished.ledger()["jobs"] == 2 * (JOBS - 2)
    # same physics under other names: other seeds, hence other numbers; the theory has no seed and is the same
    tables = [pd.read_csv(finished.results() / paper / "comparison" / "energy.csv") for paper in ("toy", "second")]
    assert (tables[0]["theory"] == tables[1]["theory"]).all()
    assert (tables[0]["simulation"] != tables[1]["simulation"]).all()
    done = finished.run("--papers", "toy")
    assert done.returncode == 0, done.stderr
    assert {record["paper"] for record in finished.ledger()["records"]} == {"toy"}


def test_snakemake_makes_its_own_report_with_captions_and_titles(finished: Sandbox) -> None:
    report = finished.root / "report.html"
    done = finished.snakemake("--report", str(report))
    assert done.returncode == 0, done.stdout + done.stderr
    text = report.read_text(encoding="utf-8")
    figures = yaml.safe_load((finished.root / "config/papers/toy.yaml").read_text(encoding="utf-8"))["figures"]
    for figure in figures.values():
        assert text.count(figure["title"]) >= 2  # in the list and in its caption
