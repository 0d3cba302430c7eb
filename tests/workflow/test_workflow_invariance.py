"""What must not change a number: more points, other chunks, more networks, the number of cores, the order of jobs.

All comparisons are bitwise: seeds hang on names and values, never on positions (D0 of the promise of determinism).
"""

from __future__ import annotations

import pytest
from workflow_sandbox import Sandbox

CONFIG = "config/papers/toy.yaml"
SMOKE = "{networks: 2, chunk: 6, n_units: [10, 20], t_transient: 20, t_measure: 10}"


def simulate(sandbox: Sandbox) -> None:
    """Only the simulations."""
    done = sandbox.snakemake("--until", "simulate")
    assert done.returncode == 0, done.stderr


def test_more_points_other_chunks_and_more_networks_leave_every_old_number(finished: Sandbox) -> None:
    before = finished.items("scan")
    finished.edit(CONFIG, "scan: {g: [0.3, 2.0]}", "scan: {g: [2.0, 1.1, 0.3]}")
    finished.edit(CONFIG, SMOKE, SMOKE.replace("networks: 2, chunk: 6", "networks: 3, chunk: 14"))
    simulate(finished)
    after = finished.items("scan")
    assert len(before) == 2 * 2 * 2 * 2  # gains, integrators, sizes, networks
    assert len(after) == 3 * 2 * 2 * 3
    assert {item: after[item] for item in before} == before
    new = [values["gamma0"] for item, values in after.items() if item not in before and "2.0" in item[0]]
    assert len(new) == len(set(new)) == 4  # and new networks are other networks


@pytest.mark.slow
def test_jobs_that_left_the_config_leave_the_ledger_but_not_the_disk(finished: Sandbox) -> None:
    before = finished.items("scan")
    finished.edit(CONFIG, SMOKE, SMOKE.replace("chunk: 6", "chunk: 8"))
    done = finished.run()
    assert done.returncode == 0, done.stderr
    jobs = [job for job in finished.lasting() if job.startswith("simulate toy/scan")]
    assert jobs == ["simulate toy/scan chunk 0", "simulate toy/scan chunk 1"]
    assert finished.planned() == set()
    leftover = finished.results() / "toy" / "simulation" / "scan" / "2.npz"
    assert leftover.is_file()
    leftover.unlink()
    assert finished.items("scan") == before


@pytest.mark.slow
def test_one_core_and_another_order_give_the_same_ledger(finished_once: Sandbox, sandbox: Sandbox) -> None:
    """The last chunk first and the theory before the simulation, all on one core, against two cores and any order."""
    last = ("results/smoke/toy/simulation/scan/2.npz", "results/smoke/toy/theory/line.npz")
    done = sandbox.snakemake(*last, "--cores", "1")
    assert done.returncode == 0, done.stderr
    done = sandbox.run("--cores", "1")
    assert done.returncode == 0, done.stderr
    ours, theirs = sandbox.lasting(), finished_once.lasting()
    assert ours == theirs  # digests of every output, input, config slice, code closure; seed keys
    assert sandbox.ledger()["ledger_digest"] == finished_once.ledger()["ledger_digest"]


@pytest.mark.slow
def test_another_root_seed_changes_every_simulated_number_and_no_theory(finished: Sandbox) -> None:
    before = finished.items("scan")
    theory = (finished.results() / "toy" / "theory" / "line.npz").read_bytes()
    done = finished.run("--root-seed", "1")
    assert done.returncode == 0, done.stderr
    after = finished.items("scan")
    assert after.keys() == before.keys()
    assert all(after[item]["gamma0"] != before[item]["gamma0"] for item in before)
    assert (finished.results() / "toy" / "theory" / "line.npz").read_bytes() == theory


@pytest.mark.slow
def test_jobs_that_start_cold_give_the_same_ledger_as_warm_ones(finished_once: Sandbox, sandbox: Sandbox) -> None:
    """Plain snakemake has no warm process: each job imports its libraries itself."""
    done = sandbox.snakemake()
    assert done.returncode == 0, done.stderr
    assert sandbox.lasting() == finished_once.lasting()
    assert sandbox.ledger()["ledger_digest"] == finished_once.ledger()["ledger_digest"]
