"""The typed definition of the config files: every key, its type, its default and what it means.

`config/config.yaml` is an `AtlasFile`, `config/papers/<key>.yaml` a `PaperFile`. The blocks physics,
numerics and sizes hold the parameters that the paper's room declares (`atlas.config.parameters`); they are
checked against those there.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

SCALES = ("smoke", "desk", "paper")
STAGES = ("simulate", "theory", "compare", "plot", "judge")
# Patterns of names, with the words that say them: names become file names, function names and wildcards.
NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
FIGURE_NAME = r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$"
CLAIM_ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*\.[A-Za-z0-9]+$"
IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_]*$"
PATTERN_WORDS = {
    NAME: "lower-case words joined by dashes",
    FIGURE_NAME: "letters and digits, joined by dashes",
    CLAIM_ID: "<paper key>.<letters and digits>",
    IDENTIFIER: "the name of a function",
}

Text = Annotated[str, StringConstraints(min_length=1)]
Name = Annotated[str, StringConstraints(pattern=NAME)]
FigureName = Annotated[str, StringConstraints(pattern=FIGURE_NAME)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Range = Annotated[list[Number], Field(min_length=2, max_length=2)]
Columns = Literal[1, 2]
Height = Annotated[float, Field(ge=20, le=240)]
Blocks = dict[str, dict[str, Any]]


class Part(BaseModel):
    """A part of a config file: immutable, no unknown keys, no silent conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Equation(Part):
    """One main equation of the paper, as the page shows it."""

    about: Text = Field(description="what it says, a few words")
    tex: Text = Field(description="the equation in the small TeX that the page knows (atlas.page.mathml)")
    kind: Literal["model", "theory"] = Field(description="model: what is simulated; theory: what is solved")


class Meta(Part):
    """What the paper is."""

    key: Name = Field(description="the paper's key: name of this file, of its room and of its results")
    title: Text = Field(description="title")
    authors: Text = Field(description="authors")
    source: Text = Field(description="where it stands: arXiv number and version, journal")
    topic: Text = Field(description="a few words: the group it stands in on the page")
    summary: Text = Field(description="three sentences: question, method, finding")
    equations: list[Equation] = Field(
        default=[], description="its main equations, in our notation; the page shows them"
    )


class Experiment(Part):
    """What is simulated."""

    protocol: Name = Field(description="the protocol of the paper's simulation module")
    about: str = Field(default="", description="one line: what it measures")


class Theory(Part):
    """What is solved."""

    solver: Name = Field(description="the solver of the paper's theory module")
    about: str = Field(default="", description="one line: what it computes")


class Comparison(Part):
    """Which simulations meet which theories in one table."""

    experiments: list[Name] = Field(default=[], description="experiments whose outcomes it reads")
    theories: list[Name] = Field(default=[], description="theories whose curves it reads")
    about: str = Field(default="", description="one line: what meets what")


class Figure(Part):
    """One figure, drawn from the tables of comparisons."""

    comparisons: list[Name] = Field(min_length=1, description="comparisons whose tables it draws")
    title: Text = Field(description="what it shows, a few words")
    caption: Text = Field(description="the caption; {name} stands for the values of a parameter")
    simulation: str = Field(default="", description="what the markers are")
    theory: str = Field(default="", description="what the lines are")
    reconstruction: bool = Field(default=False, description="true when the published figure could not be seen")


class Exploration(Part):
    """Curves of one table that the page lets a reader move through with sliders; nothing is computed for it."""

    comparison: Name = Field(description="the comparison whose table holds the curves")
    title: Text = Field(description="what it shows, a few words")
    about: Text = Field(description="the caption: what moves with what")
    quantities: dict[Identifier, Text] = Field(min_length=1, description="quantities of the table, with their words")
    x: Identifier = Field(description="the column along which the curves run")
    x_label: Text = Field(description="words for it, with its unit")
    y_label: Text = Field(description="words for the quantities, with their unit")
    sliders: dict[Identifier, Text] = Field(min_length=1, description="columns that the reader moves, with their words")
    where: dict[Identifier, str | Number] = Field(default={}, description="columns that are held at one value")
    start: dict[Identifier, str | Number] = Field(default={}, description="where sliders stand at first")
    x_range: Range | None = Field(default=None, description="[low, high] of the axis; without it all that there is")
    y_range: Range | None = Field(default=None, description="[low, high] of the axis; without it all that there is")
    log: Literal["", "x", "y", "xy"] = Field(default="", description="which axes are logarithmic")
    ordered: bool = Field(
        default=False, description="true: joined in the table's order, for curves that turn back in x"
    )


class Override(Part):
    """What a control or witness feeds to one check instead of the check's own input."""

    estimator: Identifier | None = Field(default=None, description="another estimator")
    arguments: dict[str, Any] = Field(default={}, description="merged over the check's own arguments")


class Trial(Part):
    """The criteria of a claim with another input: the negative control must fail, the witness must pass."""

    about: Text = Field(description="what is wrong with this input (control), or why it must pass (witness)")
    overrides: dict[str, Override] = Field(min_length=1, description="by the name of the check")


# Which fields a kind of criterion needs, and which it may have.
CRITERIA: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "within": (("expected", "tolerance"), ()),
    "between": (("low", "high"), ()),
    "below": (("bound",), ("scale",)),
    "above": (("bound",), ("scale",)),
}
CRITERION_FIELDS = ("expected", "tolerance", "low", "high", "bound", "scale")


class Check(Part):
    """One criterion of a claim: an estimator and what its value has to be."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"kind": {"const": kind}}},
                    "then": {
                        "required": list(needed),
                        "properties": {
                            **{name: {"type": "number"} for name in needed},
                            **{name: {"type": "null"} for name in CRITERION_FIELDS if name not in needed + optional},
                        },
                    },
                }
                for kind, (needed, optional) in CRITERIA.items()
            ]
        }
    )

    name: Text = Field(description="short name, unique in the claim")
    estimator: Identifier = Field(description="an estimator of the paper's claims module")
    arguments: dict[str, Any] = Field(default={}, description="arguments of the estimator")
    kind: Literal["within", "between", "below", "above"] = Field(
        description="within: |observed − expected| ≤ tolerance; between: low ≤ observed ≤ high; "
        "below: observed ≤ bound; above: observed ≥ bound"
    )
    expected: Number | None = Field(default=None, description="of `within`")
    tolerance: Positive | None = Field(default=None, description="of `within`, > 0")
    low: Number | None = Field(default=None, description="of `between`")
    high: Number | None = Field(default=None, description="of `between`, above low")
    bound: Number | None = Field(default=None, description="of `below` and `above`")
    scale: Positive | None = Field(
        None, description="of `below` and `above`: the unit of the margin; without it |bound|"
    )
    reason: Text = Field(description="why this tolerance or bound: standard error, finite size, discretisation")
    unit: Text = Field(default="1", description="unit of the observed value")


class Claim(Part):
    """A statement of the paper with criteria that can fail."""

    id: Annotated[str, StringConstraints(pattern=CLAIM_ID)] = Field(description="<paper key>.<number>")
    sentence: Text = Field(description="what is claimed")
    where: Text = Field(description="where the paper makes it: abstract, section, figure")
    comparisons: list[Name] = Field(min_length=1, description="the evidence: comparisons whose tables it reads")
    checks: list[Check] = Field(min_length=1, description="all must hold for the claim to be reproduced")
    control: Trial = Field(description="negative control: a wrong input that must be refuted")
    witness: Trial | None = Field(default=None, description="positive control: an input that must be reproduced")
    cause: str | None = Field(default=None, description="the likely cause when refuted")

    @property
    def evidence(self) -> list[str]:
        """The comparisons whose tables the claim's estimators read."""
        return list(self.comparisons)


class StageResources(Part):
    """What one job of a stage needs."""

    mem_mb: int = Field(default=2000, ge=1, le=10_000_000, description="memory in MB")
    runtime: int = Field(default=30, ge=1, le=1_000_000, description="time limit in minutes")
    threads: int = Field(default=1, ge=1, le=1024, description="threads of BLAS and numba")


class Resources(Part):
    """What the jobs of each stage need; the profile of a cluster may say otherwise."""

    simulate: StageResources = Field(default=StageResources(), description="one chunk of an experiment")
    theory: StageResources = Field(default=StageResources(), description="one theory")
    compare: StageResources = Field(default=StageResources(), description="one comparison")
    plot: StageResources = Field(default=StageResources(), description="one figure")
    judge: StageResources = Field(default=StageResources(), description="the claims")

    def of(self, stage: str) -> StageResources:
        """The resources of one stage; raises AttributeError for an unknown one."""
        resources: StageResources = getattr(self, stage)
        return resources


class FigureStyle(Part):
    """Format of one figure where it differs from the paper's."""

    columns: Columns | None = Field(default=None, description="width in journal columns")
    height_mm: Height | None = Field(default=None, description="height in mm")


class Style(Part):
    """Format of the figures: changes drawings, never numbers."""

    columns: Columns = Field(default=1, description="width in journal columns: 1 (86 mm) or 2 (178 mm)")
    height_mm: Height = Field(default=60.0, description="height in mm")
    figures: dict[str, FigureStyle] = Field(default={}, description="by figure, what differs")

    def of(self, figure: str) -> FigureStyle:
        """The complete format of one figure."""
        own = self.figures.get(figure, FigureStyle())
        return FigureStyle(columns=own.columns or self.columns, height_mm=own.height_mm or self.height_mm)


class Sizes(Part):
    """Sizes per scale; a scale changes sizes, replicas and grids, never the physics."""

    smoke: Blocks = Field(description="minutes for the whole corpus")
    desk: Blocks = Field(description="two cores, up to an hour for the whole corpus")
    paper: Blocks = Field(description="the paper's own sizes, for a cluster")

    def of(self, scale: str) -> Blocks:
        """The sizes of one scale, by task."""
        blocks: Blocks = getattr(self, scale)
        return blocks


class PaperFile(Part):
    """config/papers/<key>.yaml: everything about one paper."""

    paper: Meta = Field(description="what the paper is")
    experiments: dict[Name, Experiment] = Field(default={}, description="what is simulated")
    theories: dict[Name, Theory] = Field(default={}, description="what is solved")
    comparisons: dict[Name, Comparison] = Field(min_length=1, description="which simulations meet which theories")
    figures: dict[FigureName, Figure] = Field(default={}, description="what is drawn")
    claims: list[Claim] = Field(default=[], description="what is judged")
    explorations: dict[Name, Exploration] = Field(default={}, description="what a reader can move on the page")
    physics: Blocks = Field(default={}, description="per experiment and theory: parameters of the model")
    numerics: Blocks = Field(default={}, description="per experiment and theory: parameters of the method")
    sizes: Sizes = Field(description="per scale, then per experiment and theory: sizes and numbers of points")
    resources: Resources = Field(default=Resources(), description="per stage: memory, time, threads")
    style: Style = Field(default=Style(), description="format of the figures")


class AtlasFile(Part):
    """config/config.yaml: what one run of the Atlas makes."""

    scale: Literal["smoke", "desk", "paper"] = Field(default="desk", description="smoke, desk or paper")
    root_seed: int = Field(20250807, ge=0, lt=2**63, description="the one number from which all random streams follow")
    papers: Annotated[list[Name], Field(min_length=1)] | Literal["all"] = Field(
        "all", description="all, or a list of keys"
    )


def described_pattern(pattern: str) -> str:
    """A pattern of names in words."""
    return PATTERN_WORDS.get(pattern, f"text of the form {pattern}")


PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def placeholders(caption: str) -> list[str]:
    """The {name}s of a caption in order; braces inside $…$ are mathematics, not placeholders."""
    outside = "".join(caption.split("$")[::2])
    return list(dict.fromkeys(PLACEHOLDER.findall(outside)))
