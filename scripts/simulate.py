"""simulate: one chunk of one experiment of one paper, to raw outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas.warm.client import run

if TYPE_CHECKING:
    from atlas.jobs import Job


def work(job: Job) -> None:
    """Run the experiment's protocol on each (point, network) of the chunk."""
    from atlas.outcomes import Outcome, write_outcomes

    task = job.paper.experiment(job.name, job.atlas.scale)
    protocol = job.function(task.protocol)
    items = task.chunk(job.chunk or 0)
    rows = []
    for item in job.progress(items, len(items)):
        streams = job.streams(item.seed_scope)
        with job.kernel():
            values = protocol(item.setting, streams)
        rows.append(Outcome(item.point, item.replica, values))
        job.seed_keys += streams.keys
    write_outcomes(job.outputs[0], rows)


if __name__ == "__main__":
    run("simulate", work)
