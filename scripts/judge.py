"""judge: the claims of one paper against the tables of its comparisons: a verdict for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas.warm.client import run

if TYPE_CHECKING:
    from atlas.jobs import Job


def work(job: Job) -> None:
    """Judge each claim with its negative control and write verdicts.json."""
    import json

    from atlas.claims.judge import ClaimError, judge_claim
    from atlas.files import write_text
    from atlas.jobs import JobError
    from atlas.tables import read_tables

    names = sorted({name for claim in job.paper.claims for name in claim.comparisons})
    tables = read_tables(job.inputs, names)
    try:
        verdicts = [judge_claim(claim, job.room.ESTIMATORS, tables).to_dict() for claim in job.paper.claims]
    except ClaimError as error:
        raise JobError(str(error)) from error
    head = {"paper": job.paper.key, "scale": job.atlas.scale, "root_seed": job.atlas.root_seed}
    write_text(job.outputs[0], json.dumps({**head, "claims": verdicts}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    run("judge", work)
