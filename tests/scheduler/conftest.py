"""One real Slurm for the session, and what the tests of the marker `slurm` share with those of the workflow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow"))

from slurm_cluster import Cluster, daemons, lacking, slurm
from workflow_sandbox import Sandbox

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever stands in this folder needs Slurm."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slurm)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The Slurm of this session; its daemons end with it."""
    reason = lacking()
    if reason:
        pytest.skip(reason)
    assert not daemons(), "a Slurm is at work on this machine already"
    with ExitStack() as stack:
        try:
            found = stack.enter_context(slurm(tmp_path_factory.mktemp("slurm")))
        except TimeoutError as fault:  # a machine that lets no daemon bind, or see its node
            pytest.skip(f"no Slurm can be started here: {fault}")
        yield found
    assert not daemons(), "the tests left daemons behind"


@pytest.fixture
def idle(cluster: Cluster) -> Iterator[Cluster]:
    """The same with an empty queue, before and after a test, and a node that takes jobs."""
    cluster.empty()
    cluster.take_back_node()  # a test before may have failed between a power cut and this
    yield cluster
    cluster.empty()


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    """The checkout with the toy as its only paper; nothing has run in it."""
    return Sandbox.fresh(tmp_path / "sandbox")


@pytest.fixture(scope="session")
def local(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """The toy, done by the cores of this machine: what a run through Slurm must repeat. READ ONLY."""
    sandbox = Sandbox.fresh(tmp_path_factory.mktemp("local") / "sandbox")
    done = sandbox.run()
    assert done.returncode == 0, done.stdout + done.stderr
    return sandbox
