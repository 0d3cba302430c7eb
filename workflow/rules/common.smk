"""What the rules share: the validated config, the identity of a job, the files that a job needs. No science here."""

import gc
import shlex
import sys
import time
from functools import cache
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake_interface_executor_plugins.settings import DeploymentMethod

sys.path.insert(0, str(Path(workflow.basedir) / "scripts"))

from atlas.config import ConfigError, load_atlas, slice_digest
from atlas.jobs import config_slice
from atlas.page.site import site_files, stored_files
from atlas.planning.order import Order
from atlas.planning.pace import without_rate_limit
from atlas.provenance.closure import CodeGraph
from atlas.provenance.facts import STORE

# Hundreds of jobs with their files are made and kept: looking for cycles among them costs a tenth of a dry run.
gc.set_threshold(50_000, 20, 100)

STARTED = time.time()
try:
    ATLAS = load_atlas(Path("config"), config)
except ConfigError as error:
    raise WorkflowError(str(error)) from None

PAPER = "results/{scale}/{paper}"
FORMATS = ["svg", "pdf", "png", "csv", "caption.txt"]
# Without conda every rule runs in the environment that runs Snakemake itself, activated or not.
if DeploymentMethod.CONDA not in workflow.deployment_settings.deployment_method:
    shell.prefix(f"export PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH; ")

CODE = CodeGraph.build(
    Path(workflow.basedir) / "scripts", Path(workflow.basedir) / STORE
)
ORDER = Order.read(Path("config/costs.csv"))


def names(kind):
    """Pattern of the names of one kind in the chosen papers: another name finds no rule."""
    return "|".join(
        sorted(
            {name for paper in ATLAS.papers.values() for name in getattr(paper, kind)}
        )
    )


wildcard_constraints:
    scale=ATLAS.scale,
    paper="|".join(ATLAS.papers),
    experiment=names("experiments"),
    theory=names("theories"),
    comparison=names("comparisons"),
    figure=names("figures"),
    chunk=r"\d+",


def place(kind, folder):
    """Where a stage logs or is benchmarked: one folder per rule, one file per job."""
    return f"results/{{scale}}/{kind}/{folder}"


def identity(stage, name=None):
    """The one parameter of a job: its config slice, that slice's digest, and the digest of the code that it reaches.

    Snakemake compares parameters as an unnamed set, so that everything must be in one value.
    """

    def of(wildcards):
        paper = ATLAS.papers[wildcards.paper]
        task = getattr(wildcards, name) if name else ""
        chunk = int(wildcards.chunk) if stage == "simulate" else None
        config = config_slice(ATLAS, stage, paper.key, task, chunk)
        return {
            "code": closure(stage, paper.room),
            "config": config,
            "digest": slice_digest(config),
            "root_seed": ATLAS.root_seed,
        }

    return of


@cache
def closure(stage, room):
    """Digest of the first-party code that a job of this stage and paper can reach."""
    return CODE.closure(stage, room).digest


def resource(stage, key):
    """A resource of a stage as the paper's config asks for it; a job that is tried again gets more memory and time."""

    def of(wildcards, attempt):
        asked = getattr(ATLAS.papers[wildcards.paper].resources.of(stage), key)
        return asked if key == "threads" else asked * attempt

    return of


def priority(stage, name=None):
    """Long jobs first, by the measured costs."""

    def of(wildcards):
        task = getattr(wildcards, name) if name else ""
        return ORDER.priority(stage, wildcards.paper, task, ATLAS.scale)

    return of


def sources(wildcards):
    """Outcomes that a comparison reads: every chunk of its experiments, and its theories."""
    paper = ATLAS.papers[wildcards.paper]
    comparison = paper.comparisons[wildcards.comparison]
    here = PAPER.format(**wildcards)
    chunks = [
        f"{here}/simulation/{name}/{chunk}.npz"
        for name in comparison.experiments
        for chunk in range(paper.experiment(name, ATLAS.scale).chunks)
    ]
    return chunks + [f"{here}/theory/{name}.npz" for name in comparison.theories]


def tables_of_figure(wildcards):
    """Comparison tables that a figure draws."""
    names = ATLAS.papers[wildcards.paper].figures[wildcards.figure].comparisons
    return [f"{PAPER.format(**wildcards)}/comparison/{name}.csv" for name in names]


def label_of_figure(wildcards):
    """What the report's list says of a figure."""
    figure = ATLAS.papers[wildcards.paper].figures[wildcards.figure]
    return {"figure": wildcards.figure, "shows": figure.title}


def tables_of_claims(wildcards):
    """Comparison tables that the paper's claims rest on."""
    names = sorted(
        {
            name
            for claim in ATLAS.papers[wildcards.paper].claims
            for name in claim.comparisons
        }
    )
    return [f"{PAPER.format(**wildcards)}/comparison/{name}.csv" for name in names]


def all_products():
    """What the jobs of the chosen papers make: path without suffix → suffixes; each has a record besides."""
    products = {}
    for key, paper in ATLAS.papers.items():
        here = f"results/{ATLAS.scale}/{key}"
        for name in paper.experiments:
            chunks = paper.experiment(name, ATLAS.scale).chunks
            products |= {
                f"{here}/simulation/{name}/{chunk}": ["npz"] for chunk in range(chunks)
            }
        products |= {f"{here}/theory/{name}": ["npz"] for name in paper.theories}
        products |= {f"{here}/comparison/{name}": ["csv"] for name in paper.comparisons}
        products |= {f"{here}/figures/{name}": FORMATS for name in paper.figures}
        products[f"{here}/verdicts"] = ["json"]
    return products


def all_files():
    """Every file that the jobs of the chosen papers make."""
    return [
        f"{stem}.{suffix}"
        for stem, suffixes in all_products().items()
        for suffix in suffixes
    ] + all_records()


def all_records():
    """The record of every job of the chosen papers."""
    return [f"{stem}.record.json" for stem in all_products()]


def all_captions():
    """The caption of every figure of the chosen papers."""
    return [
        f"results/{ATLAS.scale}/{key}/figures/{name}.caption.txt"
        for key, paper in ATLAS.papers.items()
        for name in paper.figures
    ]


def all_verdicts():
    """The verdicts of the chosen papers."""
    return [f"results/{ATLAS.scale}/{key}/verdicts.json" for key in ATLAS.papers]


def all_explored():
    """The tables through which a reader can move on the page."""
    return sorted(
        {
            f"results/{ATLAS.scale}/{key}/comparison/{each.comparison}.csv"
            for key, paper in ATLAS.papers.items()
            for each in paper.explorations.values()
        }
    )
