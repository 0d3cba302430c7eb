"""Explain: the chain behind one file or claim, down to seed keys, functions, modules and config lines."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from atlas.provenance.chain import Chain
from atlas.provenance.closure import PACKAGE, ROOM_MODULES, CodeGraph
from atlas.provenance.config_lines import Key, config_lines, job_keys
from atlas.provenance.record import record_path, relative_path

SHOWN_FACTS = ("manager", "libc", "processor", "numpy", "threadpools", "threads", "kernels", "host")


class ExplainError(ValueError):
    """No job made what was asked about."""


def explain(question: str, chain: Chain, code: CodeGraph | None = None) -> dict[str, Any]:
    """The chain behind a file (an output, by path), a claim (by id) or a figure (paper/name), ready for JSON.

    Keys: ``question``; ``claim`` (its verdict, when a claim was asked about) with its config lines;
    ``roots``: names of the jobs that made it; ``jobs``: name → {stage, record, function, config (file, key,
    lines, text), root_seed, seed_keys, code, environment, packages, started, ended, outputs, inputs: [{file,
    sha256, made_by}]} for these jobs and all on which they stand. ``code`` finds the lines of functions.
    Raises ExplainError for an unknown question.
    """
    claims = {claim["id"]: (place, claim) for place, claim in _all_claims(chain)}
    answer: dict[str, Any] = {"question": question}
    if question in claims:
        judge, claim = claims[question]
        paper = chain.records[judge]["paper"]
        tables = {chain.maker(file) for file in chain.evidence(judge, claim)} or {
            chain.maker(file) for file in chain.records[judge]["inputs"]
        }
        roots = [judge, *sorted(table for table in tables if table)]
        lines = config_lines(chain.root, paper, [("claims", question)])
        answer["claim"] = {**claim, "config": [asdict(block) for block in lines]}
        places = sorted({judge, *chain.upstream(roots[1:])})
    else:
        roots = [_place(question, chain, list(claims))]
        places = chain.upstream(roots)
    answer["roots"] = [chain.name(place) for place in roots]
    answer["jobs"] = {chain.name(place): _job(place, chain, code, question) for place in places}
    return answer


def _all_claims(chain: Chain) -> list[tuple[str, dict[str, Any]]]:
    judges = [place for place, record in sorted(chain.records.items()) if record["stage"] == "judge"]
    return [(place, claim) for place in judges for claim in chain.claims(place)]


def _place(question: str, chain: Chain, claims: list[str]) -> str:
    """The record of the job that made what was asked about."""
    for place, record in chain.records.items():
        if record["stage"] == "plot" and question == f"{record['paper']}/{record['name']}":
            return place
    path = Path(question).resolve()
    if path.is_relative_to(chain.root):
        file = relative_path(path, chain.root)
        beside = relative_path(record_path(path), chain.root)
        found = chain.maker(file) or next((place for place in (file, beside) if place in chain.records), None)
        if found:
            return found
    some = ", ".join(claims[:3]) or "none here"
    raise ExplainError(f"{question}: no job made such a file; claims are, e.g., {some}")


def _job(place: str, chain: Chain, code: CodeGraph | None, question: str) -> dict[str, Any]:
    record = chain.records[place]
    environment = record.get("environment", {})
    keys: list[Key] = job_keys(record)
    if record["stage"] == "judge" and any(claim["id"] == question for claim in chain.claims(place)):
        keys = [("claims", question)]
    blocks = config_lines(chain.root, record["paper"], keys) if record["paper"] else []
    job: dict[str, Any] = {
        "stage": record["stage"],
        "paper": record["paper"],
        "name": record["name"],
        "chunk": record["chunk"],
        "record": place,
        "function": function_of(record, code) if code else None,
        "config": [asdict(block) for block in blocks],
        "config_digest": record["config_digest"],
        "root_seed": record["root_seed"],
        "seed_keys": record["seed_keys"],
        "code": record["code"],
        "python": environment.get("python"),
        **{key: environment[key] for key in SHOWN_FACTS if key in environment},
        "packages": record.get("packages"),
        **{key: record[key] for key in ("started", "ended", "kernel_seconds", "peak_memory_mb") if key in record},
        "outputs": record["outputs"],
        "inputs": [
            {"file": file, "sha256": digest, "made_by": _maker_name(file, chain)}
            for file, digest in record["inputs"].items()
        ],
    }
    return {key: value for key, value in job.items() if value is not None}


def _maker_name(file: str, chain: Chain) -> str | None:
    maker = chain.maker(file)
    return chain.name(maker) if maker else None


def function_of(record: Mapping[str, Any], code: CodeGraph) -> str | None:
    """Where the function of the paper's room that did the job stands today: ``path:line name``.

    The function has the name of the protocol or solver (simulate, theory) or of the task (compare, plot),
    dashes made underscores; it is looked for in the room's modules of the job's closure. None when there is
    no such function.
    """
    stage, name = record["stage"], record["name"]
    if stage in {"simulate", "theory"}:
        name = record["config"].get("protocol") or record["config"].get("solver") or name
    if stage not in ROOM_MODULES or not name or not record["paper"]:
        return None
    room = f"{PACKAGE}.papers.{record['paper'].replace('-', '_')}"
    first = f"{room}.{ROOM_MODULES[stage]}"
    modules = [
        first,
        *(module for module in record["code"]["modules"] if module.startswith(f"{room}.") and module != first),
    ]
    for module in modules:
        path = code.files.get(module)
        line = _line_of(path, name.replace("-", "_")) if path else None
        if path and line:
            return f"{path.relative_to(code.scripts_dir.parent).as_posix()}:{line} {name.replace('-', '_')}"
    return None


def _line_of(path: Path, function: str) -> int | None:
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == function:
            return node.lineno
    return None
