"""What today's config says that records should state: slices, seeds, and on which jobs each job stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atlas.config import Atlas, ConfigError, PaperConfig, load_atlas
from atlas.config.grid import Item
from atlas.jobs import config_slice
from atlas.provenance.ledger import Job
from atlas.provenance.record import SUFFIX

STAGES = frozenset({"simulate", "theory", "compare", "plot", "judge"})


@dataclass(frozen=True)
class Expectation:
    """Today's config, asked record by record."""

    atlas: Atlas

    @classmethod
    def load(cls, config_dir: Path, scale: str, overrides: Mapping[str, Any] | None = None) -> Expectation:
        """The config at one scale, of all papers unless ``overrides`` choose; raises ConfigError."""
        return cls(load_atlas(config_dir, {"papers": "all", **(overrides or {}), "scale": scale}))

    @property
    def root_seed(self) -> int:
        """The root of all randomness."""
        return self.atlas.root_seed

    def places(self) -> dict[Job, str]:
        """Every job that leaves a record → its record, relative to results/<scale>."""
        found: dict[Job, str] = {}
        for key, paper in self.atlas.papers.items():
            for name in paper.experiments:
                for chunk in range(paper.experiment(name, self.atlas.scale).chunks):
                    found["simulate", key, name, chunk] = f"{key}/simulation/{name}/{chunk}{SUFFIX}"
            found |= {("theory", key, name, -1): f"{key}/theory/{name}{SUFFIX}" for name in paper.theories}
            found |= {("compare", key, name, -1): f"{key}/comparison/{name}{SUFFIX}" for name in paper.comparisons}
            found |= {("plot", key, name, -1): f"{key}/figures/{name}{SUFFIX}" for name in paper.figures}
            found["judge", key, "", -1] = f"{key}/verdicts{SUFFIX}"
        return found

    def slice_of(self, record: Mapping[str, Any]) -> dict[str, Any] | None:
        """The config slice of a record's job; None when the config has no such job."""
        stage, paper, name, chunk = (record[key] for key in ("stage", "paper", "name", "chunk"))
        if stage not in STAGES or paper not in self.atlas.papers:
            return None
        try:
            return config_slice(self.atlas, stage, paper, name or "", chunk)
        except (ConfigError, IndexError, KeyError):
            return None

    def upstream_of(self, record: Mapping[str, Any]) -> set[Job]:
        """The jobs on which a record's job stands: every chunk, theory and table that the config names."""
        paper = self.atlas.papers.get(record["paper"])
        name = record["name"]
        if paper is None:
            return set()
        if record["stage"] == "compare" and name in paper.comparisons:
            return self._sources(paper, name)
        tables: list[str] = []
        if record["stage"] == "plot" and name in paper.figures:
            tables = list(paper.figures[name].comparisons)
        if record["stage"] == "judge":
            tables = [each for claim in paper.claims for each in claim.comparisons]
        return {("compare", paper.key, table, -1) for table in tables}

    def scopes_of(self, record: Mapping[str, Any]) -> set[str] | None:
        """The seed scopes of a record's work items; None for a job not in the config or without items."""
        if self.slice_of(record) is None or record["stage"] not in {"simulate", "theory"}:
            return None
        paper, name, scale = self.atlas.papers[record["paper"]], record["name"], self.atlas.scale
        if record["stage"] == "theory":
            items = paper.theory(name, scale).items
        else:
            items = paper.experiment(name, scale).chunk(record["chunk"] or 0)
        return {scope for item in items for scope in (item.seed_scope, *network_scope(paper.key, item))}

    def _sources(self, paper: PaperConfig, name: str) -> set[Job]:
        comparison = paper.comparisons[name]
        chunks = {
            ("simulate", paper.key, each, chunk)
            for each in comparison.experiments
            for chunk in range(paper.experiment(each, self.atlas.scale).chunks)
        }
        return chunks | {("theory", paper.key, each, -1) for each in comparison.theories}


def network_scope(paper: str, item: Item) -> tuple[str, ...]:
    """The scope of the couplings of a numbered network, which simulation and theory share; none without a number."""
    values = item.setting.as_dict()
    if "network" not in values or "n_units" not in values:
        return ()
    return (f"{paper}/networks/n_units={values['n_units']}",)
