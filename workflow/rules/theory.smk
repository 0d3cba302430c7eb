"""theory: one theory on the grid of its config, to order parameters and curves."""


rule theory:
    output:
        outcome=f"{PAPER}/theory/{{theory}}.npz",
        record=f"{PAPER}/theory/{{theory}}.record.json",
    log:
        place("logs", "theory/{paper}/{theory}.log"),
    benchmark:
        place("benchmarks", "theory/{paper}/{theory}.tsv")
    priority: priority("theory", "theory")
    conda:
        "../../envs/theory.yaml"
    threads: resource("theory", "threads")
    resources:
        mem_mb=resource("theory", "mem_mb"),
        runtime=resource("theory", "runtime"),
    params:
        job=identity("theory", "theory"),
    message:
        "theory {wildcards.paper}: {wildcards.theory}"
    shell:
        "python scripts/theory.py --scale {wildcards.scale} --paper {wildcards.paper} --name {wildcards.theory}"
        " --root-seed {params.job[root_seed]} --digest {params.job[digest]} --threads {threads}"
        " --outputs {output.outcome} --record {output.record} > {log} 2>&1"
