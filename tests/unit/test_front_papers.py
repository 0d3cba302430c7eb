"""The repository's front papers agree with each other and name only what exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from atlas.config.definition import Claim

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# The keys of the Citation File Format 1.2.0 that we use, and those that it requires.
CITATION_KEYS = {"abstract", "authors", "cff-version", "keywords", "license", "message", "title", "type", "version"}
REQUIRED = {"authors", "cff-version", "message", "title"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of one language in a page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text(name), flags=re.MULTILINE | re.DOTALL)


def test_citation_and_project_say_the_same() -> None:
    citation: dict[str, Any] = yaml.safe_load(text("CITATION.cff"))
    assert REQUIRED <= set(citation) <= CITATION_KEYS
    assert citation["cff-version"] == "1.2.0"
    assert (citation["title"], citation["version"]) == (PROJECT["name"], PROJECT["version"])
    assert citation["license"] == PROJECT["license"] == "MIT"
    assert citation["authors"] == PROJECT["authors"]
    assert citation["authors"][0]["name"] in text("LICENSE")
    assert text("LICENSE").startswith("MIT License\n")
    assert all(isinstance(citation[key], str) for key in ("version", "message", "title", "cff-version"))


def test_catalog_describes_the_deployment() -> None:
    usage = yaml.safe_load(text(".snakemake-workflow-catalog.yml"))["usage"]
    assert usage["software-stack-deployment"] == {"conda": True}
    assert set(usage["mandatory-flags"]) == {"desc", "flags"}
    assert usage["report"] is ("report(" in text("workflow/rules/plot.smk"))


PAGES = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/planning.md", "docs/environments.md"]


@pytest.mark.parametrize("page", PAGES)
def test_page_names_only_doors_and_files_that_exist(page: str) -> None:
    words = text(page)
    doors = set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.MULTILINE))
    named = re.findall(r"(?:`|^|> )make ([a-z-]+)", words, flags=re.MULTILINE)
    assert set(named) <= doors
    paths = re.findall(r"`((?:scripts|tests|config|workflow|requirements|envs)/[\w./-]*)", words)
    paths += [link for link in re.findall(r"\]\(([^)]+)\)", words) if not link.startswith("http")]
    made = {path for path in paths if "some-key" in path or "some_key" in path or path.startswith("config/papers/")}
    missing = [path for path in paths if path not in made and not (ROOT / path).exists()]
    assert [path for path in missing if "<" not in path] == []


def test_examples_of_the_contributing_page_are_sound() -> None:
    (example,) = blocks("CONTRIBUTING.md", "yaml")
    (claim,) = yaml.safe_load(example)
    assert Claim.model_validate(claim).id == "some-key.C1"
    for code in blocks("CONTRIBUTING.md", "python"):
        compile(code, "CONTRIBUTING.md", "exec")


def test_changelog_has_an_unreleased_section() -> None:
    headings = re.findall(r"^## (.+)$", text("CHANGELOG.md"), flags=re.MULTILINE)
    assert headings[0] == "[Unreleased]"
    kinds = set(re.findall(r"^### (.+)$", text("CHANGELOG.md"), flags=re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
