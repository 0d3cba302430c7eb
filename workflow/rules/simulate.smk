"""simulate: one chunk of one experiment, to raw outcomes."""


rule simulate:
    output:
        outcome=f"{PAPER}/simulation/{{experiment}}/{{chunk}}.npz",
        record=f"{PAPER}/simulation/{{experiment}}/{{chunk}}.record.json",
    log:
        place("logs", "simulate/{paper}/{experiment}.{chunk}.log"),
    benchmark:
        place("benchmarks", "simulate/{paper}/{experiment}.{chunk}.tsv")
    priority: priority("simulate", "experiment")
    conda:
        "../../envs/simulate.yaml"
    threads: resource("simulate", "threads")
    resources:
        mem_mb=resource("simulate", "mem_mb"),
        runtime=resource("simulate", "runtime"),
    params:
        job=identity("simulate", "experiment"),
    message:
        "simulate {wildcards.paper}: {wildcards.experiment}, chunk {wildcards.chunk}"
    shell:
        "python scripts/simulate.py --scale {wildcards.scale} --paper {wildcards.paper} --name {wildcards.experiment} --chunk {wildcards.chunk}"
        " --root-seed {params.job[root_seed]} --digest {params.job[digest]} --threads {threads}"
        " --outputs {output.outcome} --record {output.record} > {log} 2>&1"
