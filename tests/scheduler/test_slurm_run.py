"""A run through a real Slurm: the same ledger as on this machine's cores, with what the configs ask for."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from slurm_cluster import Cluster
from slurm_runs import FAST, jobs_of, outputs, run
from workflow_sandbox import CHECKOUT, JOBS, Sandbox

# The two that take least at smoke scale: 31 and 27 jobs, 22 and 48 s in kernels.
PAPERS = ("linear-equivalence", "reconstruction")


def test_toy_through_slurm_gives_the_ledger_of_a_local_run(idle: Cluster, sandbox: Sandbox, local: Sandbox) -> None:
    done = run(sandbox)
    assert done.returncode == 0, done.stdout + done.stderr
    assert sandbox.lasting() == local.lasting()
    assert sandbox.ledger()["ledger_digest"] == local.ledger()["ledger_digest"]
    assert "through the batch system" in done.stdout
    jobs = jobs_of(idle, sandbox)
    assert {job["state"] for job in jobs} == {"COMPLETED"}
    # 4 chunks, 2 theories; tables, figures and verdicts of the paper; ledger and page
    assert len(jobs) == 8
    chunk = next(job for job in jobs if job["comment"].startswith("rule_simulate"))
    assert (chunk["memory"], chunk["cores"], chunk["limit"]) == ("500M", "1", "5:00")
    group = next(job for job in jobs if "paper" in job["comment"])
    # 2 comparisons, 2 figures, judge: one after another, so that one core and the memory of one are enough
    assert (group["memory"], group["cores"], group["limit"]) == ("2000M", "1", "2:30:00")
    again = run(sandbox)
    assert again.returncode == 0, again.stderr
    assert "nothing was out of date: no job ran" in again.stdout
    assert len(jobs_of(idle, sandbox)) == len(jobs)


def test_plain_snakemake_with_the_profile_does_the_same(idle: Cluster, sandbox: Sandbox, local: Sandbox) -> None:
    """Partitions are chosen by their limits, chunks are tasks of one array."""
    (sandbox.root / "mine.yaml").write_text("partitions: {short: {max_runtime: 20}, main: {max_runtime: 10d}}\n")
    options = ("--slurm-status-command", "squeue", "--slurm-partition-config", "mine.yaml")
    words = ("--profile", "workflow/profiles/slurm", *FAST, *options, "--slurm-array-jobs", "simulate")
    table = "results/smoke/toy/comparison/energy.csv"
    done = sandbox.call(sys.executable, "-m", "snakemake", *words, table, "--config", "scale=smoke")
    assert done.returncode == 0, done.stderr
    assert "page: results/smoke/index.html" in done.stdout  # the summary needs no number of cores
    made = outputs(sandbox)
    assert made == {job: outputs(local)[job] for job in made}
    jobs = jobs_of(idle, sandbox)
    chunks = [job for job in jobs if job["comment"].startswith("rule_simulate")]
    assert {job["partition"] for job in chunks} == {"short"}
    assert len(chunks) == 3
    assert len({job["number"].split("_")[0] for job in chunks}) == 1
    assert {job["partition"] for job in jobs if job not in chunks} == {"main"}
    assert len(jobs) == len(chunks) + 2


@pytest.fixture
def two_papers(tmp_path: Path) -> Sandbox:
    """The checkout with two papers of the corpus and no toy."""
    sandbox = Sandbox.fresh(tmp_path / "papers")
    (sandbox.root / "config" / "papers" / "toy.yaml").unlink()
    shutil.rmtree(sandbox.root / "scripts" / "atlas" / "papers" / "toy")
    for key in PAPERS:
        shutil.copy2(CHECKOUT / "config" / "papers" / f"{key}.yaml", sandbox.root / "config" / "papers")
    return sandbox


def test_smoke_corpus_of_two_papers_gives_the_ledger_of_a_local_run(idle: Cluster, two_papers: Sandbox) -> None:
    """Chunks and theories are grouped here, eight to a Slurm job: the smoke scale's take a second each."""
    groups = ("--groups", "simulate=few", "theory=few", "compare=paper", "plot=paper", "judge=paper", "crate=corpus")
    done = run(two_papers, *groups, "page=corpus", "--group-components", "few=8")
    assert done.returncode == 0, done.stdout + done.stderr
    through_slurm = two_papers.lasting()
    assert {job["state"] for job in jobs_of(idle, two_papers)} == {"COMPLETED"}
    for place in ("results", ".snakemake"):
        shutil.rmtree(two_papers.root / place)
    (two_papers.root / "results").mkdir()
    done = two_papers.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert two_papers.lasting() == through_slurm
    assert len(through_slurm) > 2 * JOBS
