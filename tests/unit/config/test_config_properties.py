"""Any edit of a valid config either loads or is refused by a ConfigError: deletions, renames, junk."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from config_toy import ATLAS_YAML, DEFINITIONS, PAPER_YAML
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from atlas.config import ConfigError, load_atlas
from atlas.config.source import parse_source

VALID = parse_source(PAPER_YAML, "toy").data


def paths(data: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All key paths of plain data."""
    found = [here] if here else []
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, each in inside:
        found += paths(each, (*here, key))
    return found


PATHS = paths(VALID)
DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
WORDS = ["gain-scan", "curve", "agreement", "tanh", "g", "", "all", "{g}", "{", "$", "toy-paper.C1", "<<"]
ACTIONS = ["delete", "rename", "replace", "copy", "append"]
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
edits = st.lists(
    st.tuples(
        st.sampled_from(PATHS),
        st.sampled_from(ACTIONS),
        junk,
        st.sampled_from(PATHS),
    ),
    min_size=1,
    max_size=4,
)


def reach(data: Any, path: tuple[Any, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


def apply(data: Any, path: tuple[Any, ...], action: str, value: Any, other: tuple[Any, ...]) -> None:
    """One edit; does nothing where an earlier edit took the place away."""
    try:
        parent, key = reach(data, path[:-1]), path[-1]
        if action == "delete":
            del parent[key]
        elif action == "rename" and isinstance(parent, dict):
            parent[str(value)] = parent.pop(key)
        elif action == "replace":
            parent[key] = value
        elif action == "copy":
            parent[key] = copy.deepcopy(reach(data, other))
        elif isinstance(parent[key], list):
            parent[key].append(value)
    except (KeyError, IndexError, TypeError):
        return


def refusal(folder: Path, overrides: dict[str, Any]) -> ConfigError | None:
    """The ConfigError of loading, None when it loads; any other exception passes and fails the test."""
    try:
        load_atlas(folder, overrides, DEFINITIONS)
    except ConfigError as error:
        return error
    return None


def check(folder: Path, text: str) -> None:
    (folder / "papers" / "toy-paper.yaml").write_bytes(text.encode("utf-8", "surrogatepass"))
    error = refusal(folder, {})
    if error is not None:
        assert error.problems
        for line in (str(error), *error.problems):
            assert len(line.splitlines()) == 1
            assert line.startswith("config/papers/toy-paper.yaml")
        return
    paper = load_atlas(folder, {}, DEFINITIONS).papers["toy-paper"]  # what loads must also work
    for scale in ("smoke", "desk", "paper"):
        for name in paper.experiments:
            paper.experiment(name, scale).chunk(0)
    for name in paper.figures:
        paper.figure_slice(name, "desk")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("configs") / "config"
    (made / "papers").mkdir(parents=True)
    (made / "config.yaml").write_text(ATLAS_YAML, encoding="utf-8")
    return made


# Derandomised: the same edits in every run. No deadline: it would make the test depend on the machine.
quiet = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)


@quiet
@given(edits=edits)
def test_edited_data_load_or_are_refused(folder: Path, edits: list[tuple[Any, ...]]) -> None:
    data = copy.deepcopy(VALID)
    for edit in edits:
        apply(data, *edit)
    check(folder, yaml.dump(data, Dumper=DUMPER, allow_unicode=True, sort_keys=False))


@quiet
@given(start=st.integers(0, len(PAPER_YAML)), length=st.integers(0, 40), inserted=st.text(max_size=6))
def test_edited_text_loads_or_is_refused(folder: Path, start: int, length: int, inserted: str) -> None:
    check(folder, PAPER_YAML[:start] + inserted + PAPER_YAML[start + length :])


@quiet
@given(overrides=st.dictionaries(st.sampled_from(["scale", "root_seed", "papers", "x"]), junk, max_size=3))
def test_any_override_loads_or_is_refused(folder: Path, overrides: dict[str, Any]) -> None:
    (folder / "papers" / "toy-paper.yaml").write_text(PAPER_YAML, encoding="utf-8")
    error = refusal(folder, overrides)
    assert error is None or len(str(error).splitlines()) == 1
