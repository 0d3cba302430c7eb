"""The plan of the real papers: their terms, their jobs at paper scale, and the door."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from atlas.config import Atlas, load_atlas
from atlas.config.definition import SCALES
from atlas.planning import door, measured
from atlas.planning.fitting import Range
from atlas.planning.measured import Measured
from atlas.planning.model import CostModel, peak_of, row_of
from atlas.planning.plan import plan_paper, warnings
from atlas.planning.work import Work, signatures, tasks_of

ROOT = Path(__file__).resolve().parents[3]
ATLAS = load_atlas(ROOT / "config", {"scale": "paper", "papers": "all"})


@pytest.fixture(scope="module")
def model() -> CostModel:
    """The committed costs."""
    return CostModel(ATLAS, measured.parse((ROOT / measured.FILE).read_text(), str(measured.FILE)))


@pytest.mark.parametrize("key", ATLAS.papers)
def test_terms_are_defined_and_positive_at_every_scale(key: str) -> None:
    """Every protocol and solver has terms in the names of its own sizes, and some work at every scale."""
    costs = CostModel(ATLAS, []).costs(key)
    for scale in SCALES:
        for (stage, name), task in tasks_of(ATLAS.papers[key], scale).items():
            own = costs[stage, task.protocol]
            work = Work.of(signatures(task, own.names))
            assert (row_of(own.time, work) >= 0).all(), name
            assert row_of(own.time, work).max() > 0, name
            assert (peak_of(own.memory, work) > 0).all(), name


@pytest.mark.parametrize("key", ATLAS.papers)
def test_declared_terms_are_of_protocols_that_exist(key: str) -> None:
    """A renamed protocol takes its terms along."""
    import importlib

    try:
        cost = importlib.import_module(f"atlas.papers.{ATLAS.papers[key].room}.cost")
    except ModuleNotFoundError:
        pytest.skip(f"{key} declares no terms of its own")
    known = set(CostModel(ATLAS, []).costs(key))
    for name in [*cost.TIME, *getattr(cost, "MEMORY", {})]:
        assert name in known or any(name == protocol for _, protocol in known), name


@pytest.mark.parametrize("key", ATLAS.papers)
def test_jobs_of_paper_scale_take_10_to_60_minutes(key: str, model: CostModel) -> None:
    """By the committed costs, wherever a chunk can do it; the estimate itself is uncertain by its range."""
    plan = plan_paper(ATLAS.papers[key], "paper", model)
    for task in plan.tasks:
        if task.stage == "simulate":
            assert task.cut.fits or task.cut.distance <= 1.2 * task.best.distance + 0.2, (
                f"{key}/{task.name}: chunk {task.cut.chunk}, better {task.best.chunk}"
            )


def synthetic(atlas: Atlas, key: str, left_out: str, rng: np.random.Generator) -> tuple[CostModel, dict[str, float]]:
    """Rows of all scales but one from coefficients drawn for each task; the true seconds of the scale left out."""
    costs, rows, truth = CostModel(atlas, []).costs(key), [], {}
    tasks = {scale: tasks_of(atlas.papers[key], scale) for scale in SCALES}
    for (stage, name), first in tasks[SCALES[0]].items():
        own = costs[stage, first.protocol]
        works = {scale: Work.of(signatures(tasks[scale][stage, name], own.names)) for scale in SCALES}
        desk = row_of(own.time, works["desk"])
        shares = rng.dirichlet(np.ones(len(desk)))  # of the terms in the time at desk scale, in all 100 s
        coefficients = 100.0 * shares / np.where(desk > 0, desk, 1.0)
        for scale, work in works.items():
            seconds = float(row_of(own.time, work) @ coefficients)
            if scale == left_out:
                truth[name] = seconds
            else:
                noisy = seconds * rng.uniform(0.95, 1.05)
                rows.append(Measured("m", key, stage, name, first.protocol, scale, 1, noisy, 0.0, 100.0, work))
    return CostModel(atlas, rows), truth


@pytest.mark.parametrize("left_out", SCALES)
@pytest.mark.parametrize("key", ATLAS.papers)
def test_scale_that_was_left_out_is_predicted(key: str, left_out: str) -> None:
    """Every task of every paper with synthetic costs: the truth lies in the range of each; the sum of paper scale,
    from smoke and desk, is within a factor 3."""
    known, truth = synthetic(ATLAS, key, left_out, np.random.default_rng(5))
    total = Range(0.0, 0.0, 0.0)
    for task in plan_paper(ATLAS.papers[key], left_out, known).tasks:
        assert task.seconds.low * 0.999 <= truth[task.name] <= task.seconds.high * 1.001, task.name
        total += task.seconds
    if left_out == "paper":
        assert 1 / 3 < total.middle / sum(truth.values()) < 3


def test_memory_is_that_of_any_job_and_what_its_couplings_need(model: CostModel) -> None:
    """A run whose jobs all hold 100 MB, and 8 bytes for each coupling beyond; another run with 60 MB."""
    paper = ATLAS.papers["reconstruction"]
    rows = []
    for scale, base in (("smoke", 60.0), ("desk", 100.0)):
        for name, networks in (("mismatch", 0.0), ("classical", 1.0)):
            task = paper.experiment(name, scale)
            costs = model.costs(paper.key)["simulate", task.protocol]
            work = Work.of(signatures(task, costs.names))
            memory = base + networks * 8e-6 * float(peak_of(("n_units**2",), work)[0])
            rows.append(Measured("m", paper.key, "simulate", name, task.protocol, scale, 1, 9.0, 0.0, memory, work))
    plan = plan_paper(paper, "paper", CostModel(ATLAS, rows))
    (found,) = [task.memory_mb for task in plan.tasks if task.name == "classical"]
    n_units = paper.experiment("classical", "paper").items[0].setting.n_units
    needed = 100 + 8e-6 * n_units**2
    assert found.low <= needed <= found.high
    assert found.middle == pytest.approx(needed, rel=0.3)  # the range is a factor 1.5 on what is beyond any job


def test_task_that_was_never_measured_is_named_not_guessed(model: CostModel) -> None:
    """Its cost is not counted."""
    rows = [row for row in model.rows if row.name != "arc"]
    plan = plan_paper(ATLAS.papers["kinetic-energy"], "paper", CostModel(ATLAS, rows))
    already = plan_paper(ATLAS.papers["kinetic-energy"], "paper", model).missing  # new since the last `make costs`
    assert sorted(plan.missing) == sorted(["arc", *already])
    assert "arc" not in already
    assert "arc" not in {task.name for task in plan.tasks}


def test_needs_beyond_the_config_are_warned_of(model: CostModel) -> None:
    """A job that takes longer or needs more memory than its stage asks for."""
    huge = [
        Measured(**{**row.__dict__, "seconds": row.seconds * 1e4, "memory_mb": 1e5})
        for row in model.rows
        if row.name == "arc"
    ]
    found = warnings(plan_paper(ATLAS.papers["kinetic-energy"], "paper", CostModel(ATLAS, huge)))
    assert any(re.search(r"arc: a job takes .* h, resources.simulate.runtime is \d+ min", line) for line in found)
    assert any(re.search(r"arc: a job needs about \d+ MB, resources.simulate.mem_mb is \d+", line) for line in found)


def test_door_without_any_measurement_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In one line."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text((ROOT / "config" / "config.yaml").read_text())
    (tmp_path / "config" / "papers").symlink_to(ROOT / "config" / "papers")
    assert door.main(tmp_path, []) == 2
    assert capsys.readouterr().err == (
        "plan: no measured run: `make figures SCALE=smoke` first, or restore config/costs.csv\n"
    )


def test_door_prints_the_plan_of_a_fresh_clone(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a run on this machine: papers, hours, and the machine that was measured."""
    assert door.main(ROOT, ["--papers", "kinetic-energy,reconstruction"]) == 0
    said = capsys.readouterr().out
    for word in ("kinetic-energy", "reconstruction", "core hours", "all", "measured on: "):
        assert word in said
    assert "never measured" not in said


def test_door_proposes_sizes_for_a_budget(capsys: pytest.CaptureFixture[str]) -> None:
    """More time, more core hours."""
    hours = []
    for time in ("20m", "3h"):
        assert door.main(ROOT, ["--papers", "reconstruction", "--budget", time, "--cores", "2"]) == 0
        said = capsys.readouterr().out
        (line,) = [line for line in said.splitlines() if "all, with those below" in line]
        hours.append(float(re.findall(r"[\d.]+", line)[0]))
        assert "claim" in said
    assert 0 < hours[0] < 2 / 3 < hours[1] < 6


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--scale", "huge"], "plan: command line: scale: "),
        (["--papers", "nothing"], "plan: config/papers: unknown paper"),
        (["--budget", "soon"], "plan: BUDGET: got 'soon'; allowed"),
        (["--budget", "2h", "--cores", "none"], "plan: CORES: got 'none'; allowed"),
        (["--budget", "1s"], "plan: BUDGET: got "),
    ],
)
def test_door_refuses_in_one_line(words: list[str], reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, nothing on standard output."""
    assert door.main(ROOT, ["--papers", "reconstruction", *words]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    (line,) = told.err.splitlines()
    assert line.startswith(reason)
