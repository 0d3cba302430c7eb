"""The crate: valid by the community's validator, complete, and the same bytes for the same run."""

from __future__ import annotations

import json
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from provenance_corpus import Corpus, write_tree
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests_cache import CachedSession
from urllib3 import HTTPResponse

from atlas.provenance.crate import CRATE, build_crate
from atlas.provenance.digests import sha256_file
from atlas.provenance.ledger import collect

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def write(corpus: Corpus) -> Path:
    """The crate written as the run does."""
    path = corpus.results / CRATE
    path.write_text(json.dumps(build_crate(corpus.results, collect(corpus.results), corpus.root)))
    return path


@pytest.fixture
def crated(corpus: Corpus) -> Path:
    paper = "paper:\n  key: toy-paper\n  title: A toy\n  source: none\n"
    write_tree(corpus.root, {"Snakefile": "rule all:\n", "config/papers/toy-paper.yaml": paper})
    return write(corpus)


def entities(path: Path) -> dict[str, dict[str, Any]]:
    return {entity["@id"]: entity for entity in json.loads(path.read_text())["@graph"]}


class LocalContext(BaseAdapter):
    """Answers every request with the copy of the RO-Crate context inside the rocrate package; no network.

    The copy is of context 1.3, which has every term of 1.1; those of Bioschemas moved since, here back.
    """

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        response = Response()
        response.status_code = 200
        response.url, response.request = request.url or "", request
        response.headers["Content-Type"] = "application/ld+json"
        body = files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
        for term in (b"ComputationalWorkflow", b"FormalParameter"):
            body = body.replace(b"https://bioschemas.org/terms/" + term, b"https://bioschemas.org/" + term)
        response.raw = HTTPResponse(body=BytesIO(body), status=200, preload_content=False)
        return response

    def close(self) -> None:
        pass


def offline_cache(folder: Path) -> Path:
    """An HTTP cache of the validator that holds the one context which it needs."""
    session = CachedSession(cache_name=str(folder / "http"), backend="sqlite", expire_after=-1)
    session.mount("https://", LocalContext())
    assert session.get(CONTEXT).json()["@context"]["File"]
    session.close()
    return folder / "http"


def issues(crate: Path, cache: Path) -> list[str]:
    """What the validator finds against the profile at the required level, without network."""
    from rocrate_validator import services
    from rocrate_validator.models import Severity, ValidationSettings

    settings = ValidationSettings(
        rocrate_uri=str(crate.parent),  # type: ignore[arg-type]
        profile_identifier="provenance-run-crate",
        requirement_severity=Severity.REQUIRED,
        offline=True,
        cache_path=cache,
    )
    found = services.validate(settings).get_issues(Severity.REQUIRED)
    return [f"{issue.check.identifier}: {issue.message}" for issue in found]


def test_crate_is_valid_at_the_required_level(crated: Path, tmp_path: Path) -> None:
    assert issues(crated, offline_cache(tmp_path)) == []


@pytest.mark.slow
def test_crate_without_the_tool_of_a_job_is_refused_by_the_same_validator(crated: Path, tmp_path: Path) -> None:
    crate = json.loads(crated.read_text())
    for entity in crate["@graph"]:
        if entity["@id"] == "#job/theory/toy-paper/dmft":
            entity.pop("instrument")
    crated.write_text(json.dumps(crate))
    assert any("instrument" in issue for issue in issues(crated, offline_cache(tmp_path)))


def test_crate_tells_every_job_with_inputs_outputs_and_times(crated: Path, corpus: Corpus) -> None:
    found = entities(crated)
    actions = [entity for entity in found.values() if entity["@type"] == "CreateAction" and entity["@id"] != "#run"]
    assert len(actions) == 8
    action = found["#job/compare/toy-paper/gain"]
    assert action["instrument"] == {"@id": "source/scripts/compare.py"}
    assert {"@id": "toy-paper/simulation/scan/1.npz"} in action["object"]
    assert action["result"] == {"@id": "toy-paper/comparison/gain.csv"}
    assert action["startTime"] == "2023-11-14T22:13:20.000+00:00"  # 1.7e9 s after 1970
    table = corpus.paper / "comparison/gain.csv"
    assert found["toy-paper/comparison/gain.csv"]["sha256"] == sha256_file(table)


def test_crate_holds_claims_with_verdict_and_evidence(crated: Path) -> None:
    found = entities(crated)
    review = found["#verdict/toy-paper.C2"]
    assert review["reviewRating"] == {"@id": "#rating/refuted"}
    assert review["isBasedOn"] == {"@id": "toy-paper/comparison/flat.csv"}
    assert found["#claim/toy-paper.C2"]["text"] == "It is flat."
    assert found["#paper/toy-paper"]["name"] == "A toy"


LICENCE = "https://spdx.org/licenses/MIT"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "The repository states no licence."),
        ({"LICENSE": "words\n"}, {"@id": "source/LICENSE"}),
        ({"LICENSE": "words\n", "pyproject.toml": '[project]\nlicense = "MIT"\n'}, {"@id": LICENCE}),
        (
            {"LICENSE": "words\n", "pyproject.toml": '[project]\nlicense = { file = "LICENSE" }\n'},
            {"@id": "source/LICENSE"},
        ),
        ({"LICENSE": "words\n", "pyproject.toml": "[project\n"}, {"@id": "source/LICENSE"}),
    ],
    ids=["none", "file", "named", "other form", "unreadable"],
)
def test_crate_names_the_licence(crated: Path, corpus: Corpus, files: dict[str, str], expected: Any) -> None:
    write_tree(corpus.root, files)
    found = entities(write(corpus))
    assert found["./"]["license"] == expected
    assert (LICENCE in found) == (expected == {"@id": LICENCE})


def test_crate_with_a_named_licence_is_valid_and_tells_where_its_text_stands(
    crated: Path, corpus: Corpus, tmp_path: Path
) -> None:
    write_tree(corpus.root, {"LICENSE": "words\n", "pyproject.toml": '[project]\nlicense = "MIT"\n'})
    path = write(corpus)
    licence = entities(path)[LICENCE]
    assert (licence["name"], licence["description"]) == ("MIT", "SPDX identifier MIT; text: source/LICENSE")
    assert issues(path, offline_cache(tmp_path)) == []


def test_crate_references_only_what_it_holds(crated: Path) -> None:
    found = entities(crated)

    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            return {value["@id"]} if set(value) == {"@id"} else {r for v in value.values() for r in references(v)}
        return {r for v in value for r in references(v)} if isinstance(value, list) else set()

    outside = {name for entity in found.values() for name in references(entity)} - set(found)
    assert all(name.startswith("https://") for name in outside)
    local = [name for name, entity in found.items() if "File" in entity["@type"]]
    assert len(local) > 20
    assert all((crated.parent / name).is_file() for name in local)


def test_crate_is_the_same_bytes_for_the_same_run(crated: Path, corpus: Corpus) -> None:
    before = crated.read_bytes()
    write(corpus)
    assert crated.read_bytes() == before
    assert corpus.verify().sound  # the copied source is no orphan
