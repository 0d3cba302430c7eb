"""The Atlas: from config/papers/*.yaml to every figure and every verdict. The stages stand in workflow/rules."""

import os

from snakemake.utils import min_version

min_version("9.27")


configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"


localrules:
    all,


rule all:
    default_target: True
    input:
        f"results/{ATLAS.scale}/index.html",
        f"results/{ATLAS.scale}/ledger.json",
        f"results/{ATLAS.scale}/ro-crate-metadata.json",
        all_files(),  # one by one: Snakemake misses only what something asks for


include: "workflow/rules/simulate.smk"
include: "workflow/rules/theory.smk"
include: "workflow/rules/compare.smk"
include: "workflow/rules/plot.smk"
include: "workflow/rules/judge.smk"
include: "workflow/rules/crate.smk"
include: "workflow/rules/page.smk"


onstart:
    without_rate_limit(workflow)


onsuccess:
    if "ATLAS_QUIET" not in os.environ:  # scripts/run.py shows the summary itself
        # by the Python of Snakemake: an environment of a rule has no part in it, nor whatever `python` is elsewhere
        shell(
            f"{shlex.quote(sys.executable)} scripts/summary.py --scale {ATLAS.scale} --since {STARTED}"
            f" --cores {workflow.resource_settings.cores or 0}"
        )
