"""The run of one scale as a Workflow Run RO-Crate (profile Provenance Run Crate 0.5).

The crate's root is results/<scale>. Since a crate must hold its workflow, the code, configs and lock are
copied to ``source/`` in it. Entities: the workflow with one step and one tool (job script) per stage; one
CreateAction per job, with instrument, objects (inputs, config, root seed, digests of config slice and code),
results, start and end; one ControlAction per job for its step, one OrganizeAction of Snakemake for the whole;
all files with their SHA-256; each paper, each claim, and a ClaimReview with its verdict and evidence. Facts
that no record states are left out. The crate depends on records, verdicts and code alone: the same run gives
the same bytes.
"""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from atlas.provenance.chain import Chain
from atlas.provenance.environment import LockError, read_lock
from atlas.provenance.ledger import job_name, job_of
from atlas.provenance.record import LOCK, SUFFIX

CRATE = "ro-crate-metadata.json"
SOURCE = "source"
SNAPSHOT = (
    "Snakefile",
    "LICENSE*",
    "CITATION.cff",
    "README.md",
    "pyproject.toml",
    "workflow/**/*",
    "scripts/**/*.py",
    "config/**/*.yaml",
    "requirements/runtime.lock",
    "envs/*.yaml",
)
STAGES = ("simulate", "theory", "compare", "plot", "judge")
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/ro/wfrun/provenance/0.5": "Provenance Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
FORMATS = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".json": "application/json",
    ".lock": "text/plain",
    ".npz": "application/zip",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".yaml": "application/yaml",
}
COMPLETED = "http://schema.org/CompletedActionStatus"
MENTIONED = ("CreateAction", "OrganizeAction", "ClaimReview")
SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
LANGUAGE = "https://w3id.org/workflowhub/workflow-ro-crate#snakemake"
Entity = dict[str, Any]


def build_crate(results: Path, ledger: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """The crate of a run as JSON-LD, to be written to ``results``/ro-crate-metadata.json.

    ``results``: results/<scale> in the repository ``root``; ``ledger``: its records (see ``ledger.collect``).
    Copies the source into ``results``/source on the way. Raises ValueError for a ledger without records.
    """
    results, root = results.resolve(), root.resolve()
    if not ledger["records"]:
        raise ValueError(f"{results}: the ledger holds no record of any job")
    chain = Chain.of({_place(record): record for record in ledger["records"]}, root)
    outside = {file for record in ledger["records"] for file in record["inputs"] if file not in chain.makers}
    copy_source(root, results / SOURCE, sorted(outside))
    return crate(chain, results)


def _place(record: Mapping[str, Any]) -> str:
    """The path of a record, below the repository: beside its outputs (``F1.svg``, ``F1.caption.txt``)."""
    output = Path(next(iter(record["outputs"])))
    return output.with_name(output.name.partition(".")[0] + SUFFIX).as_posix()


def copy_source(root: Path, target: Path, more: Iterable[str] = ()) -> None:
    """Copy code, configs, lock, and further files of the repository, replacing an earlier copy as a whole."""
    fresh = target.with_name(f".{target.name}.part")
    shutil.rmtree(fresh, ignore_errors=True)
    files = {path for pattern in SNAPSHOT for path in root.glob(pattern) if path.is_file()}
    files |= {root / file for file in more if (root / file).is_file()}
    for path in sorted(files):
        copy = fresh / path.relative_to(root)
        if "__pycache__" not in copy.parts:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def crate(chain: Chain, results: Path) -> dict[str, Any]:
    """The crate's JSON-LD; ``results`` must hold the copied source."""
    jobs = sorted(chain.records.values(), key=job_of)
    places = {job_of(record): place for place, record in chain.records.items()}
    names = _Names(chain.root, results)
    graph: list[Entity] = [_descriptor(), *_profiles(), _language(), *_workflow(jobs), _engine(chain.root)]
    graph += [entity for record in jobs for entity in _job(record, places[job_of(record)], names)]
    graph += _run(jobs, names)
    for record in jobs:
        if record["stage"] == "judge":
            graph += _claims(chain, places[job_of(record)], names)
    graph += _papers(results, sorted({record["paper"] for record in jobs if record["paper"]}))
    graph += _files(chain, results, names)
    graph += _licences(results)
    known = {entity["@id"]: entity for entity in reversed(graph)}
    mentions = [_ref(name) for name, entity in sorted(known.items()) if entity["@type"] in MENTIONED]
    data = [_ref(name) for name, entity in sorted(known.items()) if "File" in _types(entity)]
    ordered = [_root(results, jobs, data, mentions), *(known[name] for name in sorted(known))]
    return {
        "@context": "https://w3id.org/ro/crate/1.1/context",
        "@graph": [_compact(each) for each in ordered],
    }


class _Names:
    """Identifiers in the crate for files of the repository: below results/<scale> or in the copied source."""

    def __init__(self, root: Path, results: Path) -> None:
        self.prefix = results.relative_to(root).as_posix() + "/"

    def file(self, path: str) -> str:
        inside = path.startswith(self.prefix)
        return quote(path.removeprefix(self.prefix) if inside else f"{SOURCE}/{path}")


def _ref(name: str) -> Entity:
    return {"@id": name}


def _compact(entity: Entity) -> Entity:
    """An entity in compact form: lists of one as that one, without empty lists."""
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in entity.items()
        if value != []
    }


def _types(entity: Entity) -> list[str]:
    kind = entity["@type"]
    return kind if isinstance(kind, list) else [kind]


def _descriptor() -> Entity:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": _ref("./"),
        "conformsTo": [
            _ref("https://w3id.org/ro/crate/1.1"),
            _ref("https://w3id.org/workflowhub/workflow-ro-crate/1.0"),
        ],
    }


def _root(results: Path, jobs: list[Mapping[str, Any]], data: list[Entity], mentions: list[Entity]) -> Entity:
    papers = sorted({record["paper"] for record in jobs if record["paper"]})
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Atlas run at scale {results.name}",
        "description": f"Simulations, theories, figures, verdicts of {', '.join(papers)}; their provenance.",
        "datePublished": max(record["ended"] for record in jobs),
        "license": _license(results),
        "conformsTo": [_ref(profile) for profile in PROFILES],
        "mainEntity": _ref(f"{SOURCE}/Snakefile"),
        "hasPart": data,
        "mentions": mentions,
    }


def _licences(results: Path) -> list[Entity]:
    """The licence that pyproject.toml names, an SPDX identifier, as an entity; none where it names none."""
    path = results / SOURCE / "pyproject.toml"
    try:
        name = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["license"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    if not isinstance(name, str) or not SPDX.fullmatch(name):
        return []
    texts = [f"{SOURCE}/{file.name}" for file in sorted((results / SOURCE).glob("LICENSE*"))]
    words = f"SPDX identifier {name}" + (f"; text: {', '.join(texts)}" if texts else "")
    address = f"https://spdx.org/licenses/{name}"
    return [{"@id": address, "@type": "CreativeWork", "name": name, "description": words}]


def _license(results: Path) -> Any:
    """The named licence, else the licence file; where there is neither, that fact in words (the profile asks)."""
    files = [f"{SOURCE}/{file.name}" for file in sorted((results / SOURCE).glob("LICENSE*"))]
    names = [entity["@id"] for entity in _licences(results)] + files
    return _ref(names[0]) if names else "The repository states no licence."


def _profiles() -> list[Entity]:
    return [
        {"@id": name, "@type": "CreativeWork", "name": title, "version": name.rpartition("/")[2]}
        for name, title in PROFILES.items()
    ]


def _language() -> Entity:
    return {
        "@id": LANGUAGE,
        "@type": "ComputerLanguage",
        "name": "Snakemake",
        "url": _ref("https://snakemake.readthedocs.io"),
        "identifier": _ref("https://doi.org/10.1093/bioinformatics/bts480"),
    }


def _workflow(jobs: list[Mapping[str, Any]]) -> Iterator[Entity]:
    """The workflow, its steps and their tools, for the stages that ran."""
    stages = [stage for stage in STAGES if any(record["stage"] == stage for record in jobs)]
    yield {
        "@id": f"{SOURCE}/Snakefile",
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "name": "Atlas workflow",
        "programmingLanguage": _ref(LANGUAGE),
        "hasPart": [_ref(_tool(stage)) for stage in stages],
        "step": [_ref(f"#step/{stage}") for stage in stages],
    }
    for position, stage in enumerate(stages, start=1):
        yield {
            "@id": f"#step/{stage}",
            "@type": "HowToStep",
            "name": stage,
            "position": str(position),
            "workExample": _ref(_tool(stage)),
        }
        yield {
            "@id": _tool(stage),
            "@type": ["File", "SoftwareSourceCode"],
            "name": f"{stage}.py",
            "encodingFormat": FORMATS[".py"],
        }


def _tool(stage: str) -> str:
    return f"{SOURCE}/scripts/{stage}.py"


def _engine(root: Path) -> Entity:
    engine: Entity = {"@id": "#snakemake", "@type": "SoftwareApplication", "name": "Snakemake"}
    try:
        version = read_lock(root / LOCK).get("snakemake")
    except LockError:
        version = None
    return engine | ({"softwareVersion": version} if version else {})


def _job_id(record: Mapping[str, Any]) -> str:
    stage, paper, name, chunk = job_of(record)
    parts = [stage, paper, name, str(chunk) if chunk >= 0 else ""]
    return "#job/" + quote("/".join(part for part in parts if part))


def _job(record: Mapping[str, Any], place: str, names: _Names) -> Iterator[Entity]:
    """The action of one job, the action that controlled it, and the values it depended on."""
    action = _job_id(record)
    values = [
        ("seed", "root seed", str(record["root_seed"])),
        ("config", "SHA-256 of the config slice", record["config_digest"]),
        ("code", "SHA-256 of the code closure", record["code"]["digest"]),
    ]
    objects = [names.file(file) for file in record["inputs"]]
    if record["paper"]:
        objects.append(f"{SOURCE}/config/papers/{record['paper']}.yaml")
    objects += [f"#{kind}/{value}" for kind, _, value in values]
    yield {
        "@id": action,
        "@type": "CreateAction",
        "name": job_name(job_of(record)),
        "instrument": _ref(_tool(record["stage"])),
        "object": [_ref(name) for name in objects],
        "result": [_ref(names.file(file)) for file in record["outputs"]],
        "startTime": record["started"],
        "endTime": record["ended"],
        "actionStatus": COMPLETED,
        "subjectOf": _ref(names.file(place)),
    }
    yield {
        "@id": action.replace("#job/", "#control/"),
        "@type": "ControlAction",
        "name": f"orchestrate {job_name(job_of(record))}",
        "instrument": _ref(f"#step/{record['stage']}"),
        "object": _ref(action),
    }
    for kind, title, value in values:
        yield {"@id": f"#{kind}/{value}", "@type": "PropertyValue", "name": title, "value": value}


def _run(jobs: list[Mapping[str, Any]], names: _Names) -> Iterator[Entity]:
    """The run of the whole workflow, and Snakemake's organising of it."""
    start, end = min(record["started"] for record in jobs), max(record["ended"] for record in jobs)
    times = {"startTime": start, "endTime": end, "actionStatus": COMPLETED}
    configs = sorted({f"{SOURCE}/config/papers/{record['paper']}.yaml" for record in jobs if record["paper"]})
    last = [file for record in jobs if record["stage"] in {"plot", "judge"} for file in record["outputs"]]
    yield {
        "@id": "#run",
        "@type": "CreateAction",
        "name": "run of the Atlas workflow",
        "instrument": _ref(f"{SOURCE}/Snakefile"),
        "object": [_ref(name) for name in (*configs, f"{SOURCE}/{LOCK.as_posix()}")],
        "result": [_ref(names.file(file)) for file in last],
        **times,
    }
    yield {
        "@id": "#execution",
        "@type": "OrganizeAction",
        "name": "execution by Snakemake",
        "instrument": _ref("#snakemake"),
        "object": [_ref(_job_id(record).replace("#job/", "#control/")) for record in jobs],
        "result": _ref("#run"),
        **times,
    }


def _claims(chain: Chain, judge: str, names: _Names) -> Iterator[Entity]:
    """Each claim, and the review that holds its verdict and evidence."""
    record = chain.records[judge]
    verdicts = [names.file(file) for file in record["outputs"]]
    for claim in chain.claims(judge):
        name = quote(claim["id"])
        yield {
            "@id": f"#claim/{name}",
            "@type": "Claim",
            "name": claim["id"],
            "text": claim.get("sentence", ""),
            "appearance": _ref(f"#paper/{record['paper']}"),
        }
        verdict = str(claim.get("verdict"))
        review: Entity = {
            "@id": f"#verdict/{name}",
            "@type": "ClaimReview",
            "name": f"{claim['id']}: {verdict}",
            "claimReviewed": claim.get("sentence", ""),
            "itemReviewed": _ref(f"#claim/{name}"),
            "reviewRating": _ref(f"#rating/{verdict}"),
            "isBasedOn": [_ref(names.file(file)) for file in sorted(chain.evidence(judge, claim))],
            "isPartOf": [_ref(file) for file in verdicts],
        }
        yield review | ({"reviewBody": claim["reason"]} if claim.get("reason") else {})
        yield {"@id": f"#rating/{verdict}", "@type": "Rating", "name": verdict, "alternateName": verdict}


def _papers(results: Path, papers: list[str]) -> Iterator[Entity]:
    """Each paper as its config describes it."""
    import yaml

    for key in papers:
        path = results / SOURCE / "config" / "papers" / f"{key}.yaml"
        entity: Entity = {"@id": f"#paper/{key}", "@type": "ScholarlyArticle", "name": key}
        try:
            meta = yaml.safe_load(path.read_text(encoding="utf-8"))["paper"]
            facts = {
                "name": meta.get("title"),
                "identifier": meta.get("source"),
                "abstract": meta.get("summary"),
            }
            entity |= {name: value.strip() for name, value in facts.items() if value}
        except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError):
            pass
        yield entity


def _files(chain: Chain, results: Path, names: _Names) -> Iterator[Entity]:
    """All outputs with the SHA-256 that their jobs recorded, the records, and the copied source."""
    for place, record in chain.records.items():
        for file, digest in record["outputs"].items():
            yield _file(names.file(file), chain.root / file) | {"sha256": digest}
        yield _file(names.file(place), chain.root / place)
    for path in sorted((results / SOURCE).rglob("*")):
        if path.is_file():
            yield _file(quote(path.relative_to(results).as_posix()), path)


def _file(name: str, path: Path) -> Entity:
    entity: Entity = {"@id": name, "@type": "File", "name": path.name}
    if path.suffix in FORMATS:
        entity["encodingFormat"] = FORMATS[path.suffix]
    if path.is_file():
        entity["contentSize"] = str(path.stat().st_size)
    return entity
