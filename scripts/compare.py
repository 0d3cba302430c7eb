"""compare: simulation and theory of one comparison, to one tidy table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas.warm.client import run

if TYPE_CHECKING:
    from atlas.jobs import Job


def work(job: Job) -> None:
    """Read the outcomes of the comparison's experiments and theories and write its table."""
    from atlas.files import whole
    from atlas.outcomes import read_outcomes
    from atlas.tables import check_table

    comparison = job.paper.comparisons[job.name]
    sources = {}
    for name in (*comparison.experiments, *comparison.theories):
        files = [path for path in job.inputs if path.parent.name == name or path.stem == name]
        sources[name] = read_outcomes(sorted(files, key=lambda path: path.stem.zfill(9)))
    with job.kernel():
        table = check_table(job.function(job.name)(sources), job.name)
    with whole(job.outputs[0]) as temporary:
        table.to_csv(temporary, index=False, float_format="%.17g", lineterminator="\n")


if __name__ == "__main__":
    run("compare", work)
