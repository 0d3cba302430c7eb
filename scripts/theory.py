"""theory: one theory of one paper on the grid of its config, to order parameters and curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas.warm.client import run

if TYPE_CHECKING:
    from atlas.jobs import Job


def work(job: Job) -> None:
    """Call the theory's solver at each point of the grid."""
    from atlas.outcomes import Outcome, write_outcomes

    task = job.paper.theory(job.name, job.atlas.scale)
    solver = job.function(task.protocol)
    rows = []
    for item in job.progress(task.items, len(task.items)):
        streams = job.streams(item.seed_scope)
        with job.kernel():
            values = solver(item.setting, streams)
        rows.append(Outcome(item.point, None, values))
        job.seed_keys += streams.keys
    write_outcomes(job.outputs[0], rows)


if __name__ == "__main__":
    run("theory", work)
