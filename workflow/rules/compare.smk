"""compare: simulation and theory of one comparison, to one tidy table."""


rule compare:
    input:
        sources,
    output:
        table=f"{PAPER}/comparison/{{comparison}}.csv",
        record=f"{PAPER}/comparison/{{comparison}}.record.json",
    log:
        place("logs", "compare/{paper}/{comparison}.log"),
    benchmark:
        place("benchmarks", "compare/{paper}/{comparison}.tsv")
    priority: priority("compare", "comparison")
    conda:
        "../../envs/compare.yaml"
    threads: resource("compare", "threads")
    resources:
        mem_mb=resource("compare", "mem_mb"),
        runtime=resource("compare", "runtime"),
    params:
        job=identity("compare", "comparison"),
    message:
        "compare {wildcards.paper}: {wildcards.comparison}"
    shell:
        "python scripts/compare.py --scale {wildcards.scale} --paper {wildcards.paper} --name {wildcards.comparison}"
        " --root-seed {params.job[root_seed]} --digest {params.job[digest]} --threads {threads}"
        " --inputs {input}"
        " --outputs {output.table} --record {output.record} > {log} 2>&1"
