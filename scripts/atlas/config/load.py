"""Loading the configs: one call from files to checked papers, tasks and slices."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from atlas.config.crosscheck import cross_problems
from atlas.config.definition import (
    SCALES,
    AtlasFile,
    Claim,
    Comparison,
    Experiment,
    Exploration,
    Figure,
    Meta,
    PaperFile,
    Resources,
    Style,
    Theory,
    placeholders,
)
from atlas.config.errors import ConfigError, Problem, unknown
from atlas.config.grid import Task
from atlas.config.slices import plain
from atlas.config.source import Source, read_source
from atlas.config.tasks import make_tasks
from atlas.config.validation import validate

OVERRIDES = "command line"


class PaperConfig:
    """The checked config of one paper, with its tasks at every scale and the slices its jobs depend on."""

    def __init__(self, file: PaperFile, tasks: Mapping[tuple[str, str], Task], path: Path, source: Source) -> None:
        self._file = file
        self._tasks = dict(tasks)
        self._source = source
        self.path = path

    @property
    def key(self) -> str:
        """The paper's key, `kinetic-energy`."""
        return self._file.paper.key

    @property
    def room(self) -> str:
        """The name of its package under atlas.papers, `kinetic_energy`."""
        return room_of(self.key)

    @property
    def meta(self) -> Meta:
        """Title, authors, source, topic, summary."""
        return self._file.paper

    @property
    def experiments(self) -> dict[str, Experiment]:
        """What is simulated, by name."""
        return self._file.experiments

    @property
    def theories(self) -> dict[str, Theory]:
        """What is solved, by name."""
        return self._file.theories

    @property
    def comparisons(self) -> dict[str, Comparison]:
        """What meets what, by name."""
        return self._file.comparisons

    @property
    def figures(self) -> dict[str, Figure]:
        """What is drawn, by name."""
        return self._file.figures

    @property
    def claims(self) -> list[Claim]:
        """What is judged."""
        return self._file.claims

    @property
    def explorations(self) -> dict[str, Exploration]:
        """What a reader can move on the page, by name."""
        return self._file.explorations

    @property
    def style(self) -> Style:
        """Format of the figures; `style.of(figure)` is complete."""
        return self._file.style

    @property
    def resources(self) -> Resources:
        """Memory, time and threads; `resources.of(stage)`."""
        return self._file.resources

    def experiment(self, name: str, scale: str) -> Task:
        """The task of one experiment at one scale; raises ConfigError for an unknown name or scale."""
        return self._task("experiment", name, scale, self.experiments)

    def theory(self, name: str, scale: str) -> Task:
        """The task of one theory at one scale; raises ConfigError for an unknown name or scale."""
        return self._task("theory", name, scale, self.theories)

    def _task(self, what: str, name: str, scale: str, known: Mapping[str, Any]) -> Task:
        self._known(what, name, known)
        if scale not in SCALES:
            raise ConfigError([f"{self._source.name}: {unknown('scale', scale, SCALES)}"])
        return self._tasks[name, scale]

    def line(self, *path: str | int) -> int | None:
        """The line of the file in which a key stands, e.g. line("physics", "gain-scan", "g")."""
        return self._source.line(path)

    def figure_setting(self, name: str, scale: str) -> dict[str, list[Any]]:
        """For a caption: the distinct values (JSON types) of each parameter over a figure's experiments.

        Parameters that only its theories have come from the theories.
        """
        self._known("figure", name, self.figures)
        comparisons = [self.comparisons[each] for each in self.figures[name].comparisons]
        experiments = dict.fromkeys(each for comparison in comparisons for each in comparison.experiments)
        theories = dict.fromkeys(each for comparison in comparisons for each in comparison.theories)
        simulated = _distinct(self.experiment(each, scale) for each in experiments)
        return _distinct(self.theory(each, scale) for each in theories) | simulated

    def _known(self, what: str, name: str, known: Mapping[str, Any]) -> None:
        if name not in known:
            raise ConfigError([f"{self._source.name}: {unknown(what, name, known)}"])

    def comparison_slice(self, name: str) -> dict[str, Any]:
        """What of the config a compare job depends on besides its inputs: which tasks, which protocols."""
        self._known("comparison", name, self.comparisons)
        comparison = self.comparisons[name]
        return {
            "paper": self.key,
            "comparison": name,
            "experiments": {each: self.experiments[each].protocol for each in comparison.experiments},
            "theories": {each: self.theories[each].solver for each in comparison.theories},
        }

    def figure_slice(self, name: str, scale: str | None = None) -> dict[str, Any]:
        """What of the config a plot job depends on besides its input files: the figure's words and format.

        With a scale also the values that a caption may name.
        """
        self._known("figure", name, self.figures)
        figure = self.figures[name].model_dump(mode="json")
        style = self.style.of(name).model_dump(mode="json")
        head = {"paper": self.key, "figure": name, **figure, "style": style, "source": self.meta.source}
        return head if scale is None else {**head, "setting": self.figure_setting(name, scale)}

    def page_slice(self) -> dict[str, Any]:
        """What the page shows of the config besides the results."""
        return self._file.model_dump(include={"paper", "explorations"})

    def judge_slice(self) -> dict[str, Any]:
        """What of the config the judge job depends on besides its input files: the claims, word for word."""
        return {"paper": self.key, "claims": self._claims_slice}

    @cached_property
    def _claims_slice(self) -> list[dict[str, Any]]:
        return [claim.model_dump(mode="json", exclude_none=True) for claim in self.claims]


def _distinct(tasks: Iterable[Task]) -> dict[str, list[Any]]:
    """The distinct values of each parameter over several tasks, in order of appearance."""
    found: dict[str, list[Any]] = {}
    for task in tasks:
        here = {axis.name: list(axis.values) for axis in task.axes}
        here |= {each: [value] for each, value in task.constants.items()}
        here |= {"networks": [task.networks]} if task.networks is not None else {}
        for each, values in here.items():
            known = found.setdefault(each, [])
            known.extend(value for value in plain(values) if value not in known)
    return found


@dataclass(frozen=True)
class Atlas:
    """The configs of one run: its scale, its root seed and the papers it makes, sorted by key."""

    scale: str
    root_seed: int
    papers: dict[str, PaperConfig]


def room_of(key: str) -> str:
    """The package name of a paper: dashes become underscores."""
    return key.replace("-", "_")


def load_atlas(
    config_dir: Path, overrides: Mapping[str, Any] | None = None, definitions: Mapping[str, Any] | None = None
) -> Atlas:
    """Read and check config.yaml and the selected papers.

    Parameters
    ----------
    config_dir : the folder of config.yaml and papers/<key>.yaml
    overrides : scale, root_seed, papers (a list, "all", or keys with commas) in place of those of
        config.yaml; None counts as not given
    definitions : for each paper's key an object with PROTOCOLS and SOLVERS; by default the module
        atlas.papers.<room>.parameters

    Raises ConfigError, in one line each, for anything that cannot be used.
    """
    config_dir = Path(config_dir)
    file = _atlas_file(config_dir, overrides or {})
    known = sorted(path.stem for path in (config_dir / "papers").glob("*.yaml"))
    if not known:
        raise ConfigError([f"{config_dir.name}/papers: has no paper; needed: <key>.yaml"])
    selected = known if file.papers == "all" else sorted(set(file.papers))
    for key in selected:
        if key not in known:
            raise ConfigError([f"{config_dir.name}/papers: {unknown('paper', key, known)}"])
    papers = {key: load_paper(config_dir, key, definitions) for key in selected}
    return Atlas(file.scale, file.root_seed, papers)


def _atlas_file(config_dir: Path, overrides: Mapping[str, Any]) -> AtlasFile:
    source = read_source(config_dir / "config.yaml", f"{config_dir.name}/config.yaml")
    problems: list[Problem] = []
    file = validate(AtlasFile, source.data, (), problems)
    if file is None:
        raise source.error(problems)
    given = {key: value for key, value in overrides.items() if value is not None}
    merged = validate(AtlasFile, {**source.data, **_with_list(given)}, (), problems)
    if merged is None:
        raise Source(OVERRIDES).error(problems)
    return merged


def _with_list(data: Mapping[str, Any]) -> dict[str, Any]:
    """`papers: a, b` as a list; "all" stays."""
    papers = data.get("papers")
    if isinstance(papers, str) and papers != "all":
        return {**data, "papers": [key.strip() for key in papers.split(",") if key.strip()]}
    if isinstance(papers, tuple):
        return {**data, "papers": list(papers)}
    return dict(data)


def load_paper(config_dir: Path, key: str, definitions: Mapping[str, Any] | None = None) -> PaperConfig:
    """Read and check one paper's file; raises ConfigError."""
    path = config_dir / "papers" / f"{key}.yaml"
    source = read_source(path, f"{config_dir.name}/papers/{key}.yaml")
    problems: list[Problem] = []
    file = validate(PaperFile, source.data, (), problems)
    if file is None:
        raise source.error(problems)
    problems += cross_problems(file, key)
    definition = _definition(key, source, definitions)
    tasks = make_tasks(file, definition.PROTOCOLS, definition.SOLVERS, problems)
    if not problems:
        problems += _caption_problems(file, tasks)
    if problems:
        raise source.error(problems)
    return PaperConfig(file, tasks, path, source)


def _definition(key: str, source: Source, definitions: Mapping[str, Any] | None) -> Any:
    """The module that declares the paper's parameters."""
    if definitions is not None:
        if key not in definitions:
            raise ConfigError([f"{source.name}: paper.key: {unknown('paper', key, definitions)}"])
        return definitions[key]
    module = f"atlas.papers.{room_of(key)}.parameters"
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise ConfigError([f"{source.name}: paper.key: the paper has no room; needed: module {module}"]) from None


def _caption_problems(file: PaperFile, tasks: Mapping[tuple[str, str], Task]) -> list[Problem]:
    """Placeholders of captions that name no parameter of the tasks behind the figure."""
    problems = []
    for name, figure in file.figures.items():
        comparisons = [file.comparisons[each] for each in figure.comparisons]
        names = {each for comparison in comparisons for each in (*comparison.experiments, *comparison.theories)}
        known = sorted({each for task in names for each in tasks[task, "desk"].order} | {"networks", "scale"})
        for each in placeholders(figure.caption):
            if each not in known:
                problems.append(Problem(("figures", name, "caption"), unknown("placeholder", each, known)))
    return problems
