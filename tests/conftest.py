"""What all tests share: one thread per process, as jobs have; one profile of hypothesis, without deadlines and with the
same examples in every run; and the marker of the tests that start whole runs of the workflow.
"""

import os

import pytest
from hypothesis import settings

from atlas.threads import THREAD_VARIABLES

for (
    variable
) in THREAD_VARIABLES:  # before numpy is imported: two test workers with two threads each get in each other's way
    os.environ.setdefault(variable, "1")

settings.register_profile("atlas", deadline=None, derandomize=True)
settings.load_profile("atlas")

WHOLE_RUNS = {"sandbox", "finished_once", "smoke_run", "scaffolded", "toy"}  # fixtures that are checkouts to run in


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever has a checkout to run in starts runs: seconds each, most of them Snakemake's."""
    for item in items:
        if WHOLE_RUNS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.workflow)
