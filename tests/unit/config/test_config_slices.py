"""A slice holds exactly what its job depends on: edits elsewhere leave its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest

from atlas.config import PaperConfig, slice_digest

# An edit of the toy's file and the slices (desk scale) that it may change, by prefix.
EDITS: list[tuple[tuple[str, str], tuple[str, ...]]] = [
    (("    g: 2\n", "    g: 2.5\n"), ("simulate one-gain", "task one-gain", "caption A1")),
    (
        ("dt: 0.1}\n  one", "dt: 0.2}\n  one"),
        ("simulate gain-scan", "task gain-scan", "caption F2a", "caption A1"),
    ),
    (("g: {start: 0.5, stop: 4, spacing: log}", "g: {start: 0.5, stop: 4}"), ("task curve",)),
    (("about: kinetic energy against gain", "about: other words"), ()),
    (("about: the line", "about: other words"), ()),
    (("about: markers on the line", "about: other words"), ()),
    (("mem_mb: 3000", "mem_mb: 4000"), ()),
    (("height_mm: 70", "height_mm: 80"), ("figure F2a", "caption F2a")),
    (("  columns: 1\n", "  columns: 2\n"), ("figure A1", "caption A1")),
    (("caption: Both.", "caption: Two."), ("figure A1", "caption A1")),
    (("tolerance: 0.12", "tolerance: 0.1"), ("judge",)),
    (("reason: sign", "reason: the sign"), ("judge",)),
    (("cause: none", "cause: steps"), ("judge",)),
    (
        ("{experiments: [one-gain], theories: [curve]}", "{theories: [curve]}"),
        ("comparison agreement", "caption A1"),
    ),
    (("solver: dmft", "solver: other"), ("task curve", "comparison")),
    # sizes of another scale
    (("n_units: 50, networks: 2", "n_units: 60, networks: 2"), ()),
    (("n_units: 10000, networks: 50", "n_units: 20000, networks: 50"), ()),
    (("title: A toy", "title: Another"), ()),
]


def slices(paper: PaperConfig) -> dict[str, str]:
    """The digests of all slices at desk scale."""
    found = {"judge": paper.judge_slice()}
    for name in paper.experiments:
        task = paper.experiment(name, "desk")
        found |= {f"simulate {name} {k}": task.chunk_slice(k, 7) for k in range(task.chunks)}
        found[f"task {name}"] = task.slice()
    found |= {f"task {name}": paper.theory(name, "desk").slice() for name in paper.theories}
    found |= {f"comparison {name}": paper.comparison_slice(name) for name in paper.comparisons}
    found |= {f"figure {name}": paper.figure_slice(name) for name in paper.figures}
    found |= {f"caption {name}": paper.figure_slice(name, "desk") for name in paper.figures}
    return {name: slice_digest(each) for name, each in found.items()}


@pytest.mark.parametrize(("edit", "touched"), EDITS, ids=[str(n) for n in range(len(EDITS))])
def test_an_edit_changes_only_the_slices_of_its_jobs(
    edited: Callable[..., PaperConfig],
    edit: tuple[str, str],
    touched: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import config_toy

    monkeypatch.setitem(config_toy.DEFINITION.SOLVERS, "other", config_toy.DEFINITION.SOLVERS["dmft"])
    before, after = slices(edited()), slices(edited(edit))
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert {name for name in changed if not name.startswith(touched)} == set() if touched else changed == set()
    for prefix in touched:
        assert any(name.startswith(prefix) for name in changed), prefix


def rows(paper: PaperConfig, name: str = "gain-scan") -> dict[str, str]:
    """Seed scope and method of each work item → its digest as a chunk of its own."""
    task = paper.experiment(name, "desk")
    return {
        f"{item.seed_scope} {item.point['integrator']}": slice_digest({**item.point, **vars(item.setting)})
        for item in task.items
    }


@pytest.mark.parametrize(
    "edit",
    [
        ("n_units: [200], networks: 3, chunk: 4", "n_units: [200], networks: 3, chunk: 7"),
        ("n_units: [200], networks: 3, chunk: 4", "n_units: [200], networks: 5, chunk: 4"),
        ("n_units: [200], networks: 3, chunk: 4", "n_units: [400, 200], networks: 3, chunk: 4"),
        ("n_units: [200], networks: 3, chunk: 4", "chunk: 4, networks: 3, n_units: 200"),
        ("points: {g: 5}, t_max", "points: {g: 9}, t_max"),
        ("integrator: [rk4, euler]", "integrator: [euler, rk4]"),
        ("    g: {start: 0.8, stop: 1.5}\n", "    phi: [erf, tanh]\n    g: {start: 0.8, stop: 1.5}\n"),
    ],
)
def test_more_points_or_networks_or_other_chunks_leave_the_items(
    edited: Callable[..., PaperConfig], edit: tuple[str, str]
) -> None:
    before, after = rows(edited()), rows(edited(edit))
    assert before.items() <= after.items()


def test_chunk_size_leaves_the_task_slice_and_the_rows_in_order(edited: Callable[..., PaperConfig]) -> None:
    one = edited().experiment("gain-scan", "desk")
    two = edited(("networks: 3, chunk: 4", "networks: 3, chunk: 9")).experiment("gain-scan", "desk")
    assert slice_digest(one.slice()) == slice_digest(two.slice())
    for task in (one, two):
        assert [row for k in range(task.chunks) for row in task.chunk_slice(k, 7)["items"]] == one.slice()["items"]


def test_slices_do_not_name_the_scale_and_equal_sizes_give_equal_slices(
    edited: Callable[..., PaperConfig],
) -> None:
    paper = edited(
        ("curve: {points: {g: 3}}", "curve: {points: {g: 5}}"),
        (
            "one-gain: {n_units: 50, networks: 2, chunk: 8}",
            "one-gain: {n_units: 200, networks: 3, chunk: 8, times: [0, 5]}",
        ),
    )
    assert paper.theory("curve", "smoke").slice() == paper.theory("curve", "desk").slice()
    smoke, desk = (paper.experiment("one-gain", scale).chunk_slice(0, 7) for scale in ("smoke", "desk"))
    assert smoke == desk


def test_root_seed_is_in_the_slices_of_simulations(edited: Callable[..., PaperConfig]) -> None:
    task = edited().experiment("gain-scan", "desk")
    assert slice_digest(task.chunk_slice(0, 7)) != slice_digest(task.chunk_slice(0, 8))
    assert task.chunk_slice(0, 8)["root_seed"] == 8


def test_another_chunk_is_another_slice(edited: Callable[..., PaperConfig]) -> None:
    task = edited().experiment("gain-scan", "desk")
    assert len({slice_digest(task.chunk_slice(k, 7)) for k in range(task.chunks)}) == task.chunks


def test_slices_are_json_and_the_digest_is_that_of_the_canonical_text(
    edited: Callable[..., PaperConfig],
) -> None:
    paper = edited()
    for each in (
        paper.experiment("gain-scan", "desk").chunk_slice(0, 7),
        paper.theory("curve", "desk").slice(),
        paper.figure_slice("F2a", "desk"),
        paper.judge_slice(),
    ):
        text = json.dumps(each, sort_keys=True, separators=(",", ":"), allow_nan=False)
        assert json.loads(text) == each
        assert slice_digest(each) == hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(ValueError, match="JSON"):
        slice_digest({"x": float("nan")})


def test_a_caller_cannot_change_a_later_slice(edited: Callable[..., PaperConfig]) -> None:
    task = edited().experiment("gain-scan", "desk")
    task.chunk_slice(0, 7)["root_seed"] = 99
    task.chunk_slice(0, 7)["protocol"] = "other"
    assert task.chunk_slice(0, 7)["root_seed"] == 7
    assert task.chunk_slice(0, 7)["protocol"] == "stationary"
