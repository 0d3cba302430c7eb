"""Which job goes first: the longest of those that could start, so that no core waits at the end for one long job.

Graham's longest-processing-time rule: on m equal cores the end is at most 4/3 - 1/(3 m) times the best one's, where any
order can take 2 - 1/m times. The order changes no number, only when it is there.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GATHERING = ("compare", "judge")  # they wait for long jobs and free many short ones: at once when they can start
FIRST = 1_000_000


@dataclass(frozen=True)
class Order:
    """Priorities of jobs from measured seconds: (paper, stage, name, scale) → longest job of that task (s)."""

    seconds: Mapping[tuple[str, str, str, str], float]

    @classmethod
    def read(cls, path: Path) -> Order:
        """From a file of measured costs; without a readable one every job is as good as any other."""
        longest: dict[tuple[str, str, str, str], float] = {}
        try:
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    key = (row["paper"], row["stage"], row["name"], row["scale"])
                    longest[key] = max(longest.get(key, 0.0), float(row["seconds"]))
        except (OSError, ValueError, KeyError, TypeError, csv.Error):
            return cls({})
        return cls(longest)

    def priority(self, stage: str, paper: str, name: str, scale: str) -> int:
        """Milliseconds that a job of this task was measured to take, at most FIRST - 1; a simulation or theory that was
        not measured at this scale comes before all that were, and what gathers results before everything."""
        if stage in GATHERING:
            return FIRST + 1
        known = self.seconds.get((paper, stage, name, scale))
        if known is None:
            return 0 if stage == "plot" else FIRST
        return min(int(1000 * known), FIRST - 1)
