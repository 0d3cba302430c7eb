"""Best-of-several times of several functions, measured side by side, what a step allocates, how much Python calls."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable, Mapping
from time import thread_time

INTERPRETER = 4096  # bytes: numbers, views and frames of Python, which no array of a step is


def seconds(function: Callable[[], object]) -> float:
    """Processor time of this thread in one call."""
    start = thread_time()
    function()
    return thread_time() - start


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
        once = seconds(function)  # caches, lazy imports
        if once < 10 * least_seconds:  # the best of two: a disturbed call would make the rounds too short
            once = min(seconds(function) for _ in range(2))
        calls[name] = max(1, round(least_seconds / max(once, 1e-7)))
    best = dict.fromkeys(functions, float("inf"))
    for _ in range(rounds):
        for name, function in functions.items():
            start = thread_time()
            for _ in range(calls[name]):
                function()
            best[name] = min(best[name], (thread_time() - start) / calls[name])
    return best


def peak(function: Callable[[], object]) -> int:
    """Largest number of bytes that a call holds at once beyond those held before (Python's and numpy's own)."""
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        function()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()


def allocated(run: Callable[[int], object]) -> int:
    """Bytes that steps hold beyond what the call itself needs: peak of run(3) less that of run(0); 0 below 4 kB."""
    run(1)  # caches, lazy imports
    more = peak(lambda: run(3)) - peak(lambda: run(0))
    return more if more > INTERPRETER else 0


def calls(function: Callable[[], object]) -> int:
    """Calls of Python's and of C's functions that Python makes in one call: the same on every machine."""
    count = 0

    def seen(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count - 1  # the call that ends the counting
