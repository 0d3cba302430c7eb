"""How long the jobs of an experiment are, and the chunk that brings them to 10 to 60 minutes on one core."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHORT, LONG = 600.0, 3600.0  # seconds: a job of a batch system is best between
TARGET = math.sqrt(SHORT * LONG)


@dataclass(frozen=True)
class Cut:
    """An experiment cut into jobs: items per job, seconds of each job."""

    chunk: int
    jobs: Array

    @property
    def full(self) -> Array:
        """The jobs without a last one of fewer items, which may be short."""
        return self.jobs[:-1] if len(self.jobs) > 1 else self.jobs

    @property
    def fits(self) -> bool:
        """Whether no job is too long, and none too short that could have been put together with another."""
        return bool(self.jobs.max() <= LONG and (len(self.jobs) == 1 or self.full.min() >= SHORT))

    @property
    def distance(self) -> float:
        """How far the jobs are from the target, as the largest factor in logarithm; too long counts first."""
        too_long = 100 * math.log(max(self.jobs.max() / LONG, 1.0))
        return too_long + float(np.abs(np.log(np.maximum(self.full, 1e-9) / TARGET)).max())


def cut(items: Array, chunk: int) -> Cut:
    """Cut items (seconds each, in order) into jobs of `chunk` items."""
    return Cut(chunk, np.add.reduceat(items, np.arange(0, len(items), chunk)))


def proposal(items: Array) -> Cut:
    """The best cut into jobs of about as many items each; the smaller chunk of equals."""
    count = len(items)
    chunks = {-(-count // jobs) for jobs in range(1, count + 1)}
    cuts = [cut(items, chunk) for chunk in sorted(chunks)]
    return min(cuts, key=lambda each: (round(each.distance, 9), each.chunk))
