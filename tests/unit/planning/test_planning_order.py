"""The order of jobs: the longest first, what gathers results at once; a bad file of costs orders nothing."""

from itertools import permutations
from pathlib import Path

import pytest

from atlas.planning.order import FIRST, Order

COSTS = """machine,paper,stage,name,protocol,scale,jobs,seconds,overhead,memory_mb,work
m,p,simulate,short,x,desk,2,1.5,0,1,1
m,p,simulate,short,x,desk,1,2.5,0,1,2
m,p,simulate,long,x,desk,2,40,0,1,1
m,p,plot,F1,,desk,1,1.2,0,1,1
"""


@pytest.fixture
def order(tmp_path: Path) -> Order:
    (tmp_path / "costs.csv").write_text(COSTS)
    return Order.read(tmp_path / "costs.csv")


def test_the_longest_job_comes_first(order: Order) -> None:
    tasks = [
        ("compare", "c"),
        ("simulate", "new"),
        ("simulate", "long"),
        ("simulate", "short"),
        ("plot", "F1"),
        ("plot", "F2"),
    ]
    ranks = [order.priority(stage, "p", name, "desk") for stage, name in tasks]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks)
    assert order.priority("simulate", "p", "short", "desk") == 2500  # the longest of its jobs


def test_costs_of_another_scale_say_nothing(order: Order) -> None:
    assert order.priority("simulate", "p", "long", "paper") == FIRST


@pytest.mark.parametrize("text", [None, "", "no table", COSTS.replace("40", "forty"), COSTS.replace("seconds", "time")])
def test_an_unreadable_file_orders_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "costs.csv").write_text(text)
    order = Order.read(tmp_path / "costs.csv")
    assert order.seconds == {}
    assert order.priority("plot", "p", "F1", "desk") == 0


def _end(seconds: tuple[int, ...], cores: int = 2) -> int:
    """When the last job ends, each started on the first free core."""
    free = [0] * cores
    for job in seconds:
        at = free.index(min(free))
        free[at] += job
    return max(free)


def test_jobs_by_priority_keep_the_bound_of_the_rule() -> None:
    """Graham 1969: longest first ends within 4/3 - 1/(3 m) = 7/6 of the best order on two cores; the worst does not."""
    jobs = (3, 3, 2, 2, 2, 7)
    order = Order({("p", "simulate", str(number), "desk"): float(job) for number, job in enumerate(jobs)})
    ranks = [order.priority("simulate", "p", str(number), "desk") for number in range(len(jobs))]
    chosen = tuple(job for _, job in sorted(zip(ranks, jobs, strict=True), reverse=True))
    ends = [_end(each) for each in permutations(jobs)]
    assert _end(chosen) <= 7 / 6 * min(ends) < max(ends)
