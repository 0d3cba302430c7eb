"""Best-of-several times of several functions, measured side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import thread_time


def side_by_side(
    functions: Mapping[str, Callable[[], object]], *, rounds: int = 7, least_seconds: float = 0.004
) -> dict[str, float]:
    """Seconds per call of each function: the best of ``rounds``, the functions taking turns in every round.

    Processor time of this thread is counted, which on a quiet machine is the wall time of a kernel that uses
    one thread; on a busy one it leaves out the time given to others (not their use of caches and memory).
    Taking turns makes ratios robust against other load and changing clock rates; the minimum is the time
    least disturbed. Short functions are called as often per round as needed to fill ``least_seconds``.
    """
    calls: dict[str, int] = {}
    for name, function in functions.items():
        function()  # caches, lazy imports
        start = thread_time()
        function()
        calls[name] = max(1, round(least_seconds / max(thread_time() - start, 1e-7)))
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            start = thread_time()
            for _ in range(calls[name]):
                function()
            best[name] = min(best[name], (thread_time() - start) / calls[name])
    return best
