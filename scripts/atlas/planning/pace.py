"""Snakemake's limit of jobs per second, taken away where nobody asked for it.

With a limit, each look of the scheduler at ready jobs sets a timer for another look, and so does each end of a job:
after n jobs it looks n times a second. On two processors that was a seventh of one after 600 jobs, taken from the
kernels; with 10⁴ jobs on a cluster the login node would do nothing else. (Snakemake 9.27, `JobScheduler.schedule`.)
"""

from __future__ import annotations

from typing import Any

DEFAULT = 100, 1.0  # jobs and seconds of `--max-jobs-per-timespan` when it is not given


def without_rate_limit(workflow: Any) -> None:
    """Before the first job: no limit, unless the one that is set differs from Snakemake's own default.

    workflow: Snakemake's, with its scheduler. A version that names things otherwise keeps its limit.
    """
    settings = getattr(workflow, "scheduling_settings", None)
    limit = getattr(settings, "max_jobs_per_timespan", None)
    scheduler: Any = getattr(workflow, "scheduler", None)
    if limit is not None and (limit.max_jobs, limit.timespan) == DEFAULT and hasattr(scheduler, "job_rate_limiter"):
        scheduler.job_rate_limiter = None
