"""The published JSON schemas and pages: in step with the typed definition, as strict as it is."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from config_toy import ATLAS_YAML, DEFINITION, PAPER_YAML

from atlas.config.definition import AtlasFile, PaperFile
from atlas.config.schema import documents, known_definitions, paper_page, paper_schema, schema_of
from atlas.config.source import parse_source, read_source

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "workflow" / "schemas"
VALIDATORS = {
    "general": jsonschema.Draft202012Validator(schema_of(PaperFile)),
    "toy": jsonschema.Draft202012Validator(paper_schema(DEFINITION)),
}


def errors(validator: str, text: str) -> list[str]:
    return [error.message for error in VALIDATORS[validator].iter_errors(parse_source(text, "toy").data)]


def test_committed_schemas_are_in_step() -> None:
    made = documents(known_definitions(ROOT / "scripts" / "atlas" / "papers"))
    present = {path.name: path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*")}
    assert sorted(made) == sorted(present), "run scripts/schema.py"
    assert [name for name in made if made[name] != present[name]] == [], "run scripts/schema.py"


def test_check_notices_a_stale_a_missing_and_a_left_over_file(tmp_path: Path) -> None:
    def schema(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "scripts" / "schema.py"), "--folder", str(tmp_path), *options]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    for name, text in documents(known_definitions(ROOT / "scripts" / "atlas" / "papers")).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "config.md").write_text("edited", encoding="utf-8")
    (tmp_path / "paper.schema.json").unlink()
    (tmp_path / "left-over.md").write_text("old", encoding="utf-8")
    stale = schema("--check")
    assert stale.returncode == 1
    assert [line.split(":")[0] for line in stale.stdout.splitlines()] == [
        "config.md",
        "left-over.md",
        "paper.schema.json",
    ]
    assert schema().returncode == 0
    assert schema("--check").returncode == 0
    assert not (tmp_path / "left-over.md").exists()


@pytest.mark.parametrize("validator", sorted(VALIDATORS))
def test_schemas_are_schemas_and_accept_the_valid_config(validator: str) -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATORS[validator].schema)
    assert errors(validator, PAPER_YAML) == []


# (validator, text of the valid config, replacement): all refused by the typed definition too
REFUSED = [
    ("general", "topic: toys", "topics: toys"),
    ("general", "  topic: toys\n", ""),
    ("general", "title: A toy", "title: 3"),
    ("general", "kind: within", "kind: near"),
    ("general", "        tolerance: 0.12\n", ""),
    ("general", "tolerance: 0.12", "tolerance: 0"),
    ("general", "kind: within", "kind: between"),
    ("general", "low: -1, high: 1", "low: -1"),
    ("general", "  A1: {", '  "A/1": {'),
    ("general", "columns: 1", "columns: 3"),
    ("toy", "protocol: stationary, about", "protocol: stationery, about"),
    ("toy", "solver: dmft", "solver: dmtf"),
    ("toy", "    g: 2\n", "    g: fast\n"),
    ("toy", "    g: 2\n", "    g: -1\n"),
    ("toy", "    g: 2\n", "    g: [1, 21]\n"),
    ("toy", "    g: 2\n", "    g: [1, 1]\n"),
    ("toy", "    g: 2\n", "    g: []\n"),
    ("toy", "    g: 2\n", "    g: true\n"),
    ("toy", "    g: 2\n", ""),
    ("toy", "stop: 1.5}", "stop: 1.5, step: 1}"),
    ("toy", "phi: [tanh, erf]", "phi: [tanh, relu]"),
    ("toy", "dt: 0.1}", "dt: [0.1, 0.2]}"),
    ("toy", "n_units: [200]", "n_units: [1.5]"),
    ("toy", "networks: 3, chunk: 4", "networks: 0, chunk: 4"),
    ("toy", "networks: 3, chunk: 4", "networks: 3"),
    ("toy", "points: {g: 5}, t_max", "points: {g: 1}, t_max"),
    ("toy", "times: [0, 5]", "times: []"),
]


@pytest.mark.parametrize(("validator", "old", "new"), REFUSED)
def test_schemas_refuse_what_the_definition_refuses(validator: str, old: str, new: str) -> None:
    assert old in PAPER_YAML
    assert errors(validator, PAPER_YAML.replace(old, new, 1)) != []


def test_schema_of_config_yaml() -> None:
    validator = jsonschema.Draft202012Validator(schema_of(AtlasFile))

    def valid(data: Any) -> bool:
        return bool(validator.is_valid(data))

    assert valid(parse_source(ATLAS_YAML, "toy").data)
    assert valid({"papers": ["toy-paper"]})
    broken_ones: list[dict[str, Any]] = [
        {"scale": "big"},
        {"root_seed": -1},
        {"root_seed": True},
        {"papers": []},
        {"seed": 1},
        {"papers": "x"},
    ]
    for broken in broken_ones:
        assert not valid(broken), broken


def test_committed_configs_fit_their_schemas() -> None:
    pairs = [(ROOT / "config" / "config.yaml", "config")]
    pairs += [(path, path.stem) for path in (ROOT / "config" / "papers").glob("*.yaml")]
    for path, name in pairs:
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(read_source(path, path.name).data)


def test_pages_name_every_parameter_with_unit_and_default() -> None:
    page = paper_page("toy-paper", DEFINITION)
    for row in (
        "`g` | gain of the couplings | 1 | number ≥ 0 and ≤ 20, list or {start, stop} | required | yes |",
        "| numerics | `dt` | time step | tau | number > 0 and ≤ 1 | `0.1` |  |",
        '| numerics | `integrator` | integrator | 1 | one of rk4, euler, or list | `"rk4"` | no |',
        "`starts` | initial states, of the same networks | 1 | whole number ≥ 1, or list | `4` | no |",
    ):
        assert row in page
    general = documents({})["config.md"]
    for word in ("`root_seed`", "`reconstruction`", "| between | low, high |  |", "claims[ ].checks[ ]"):
        assert word in general
