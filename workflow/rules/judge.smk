"""judge: the claims of one paper against its comparison tables, to a verdict for each."""


rule judge:
    input:
        tables_of_claims,
    output:
        verdicts=f"{PAPER}/verdicts.json",
        record=f"{PAPER}/verdicts.record.json",
    log:
        place("logs", "judge/{paper}.log"),
    benchmark:
        place("benchmarks", "judge/{paper}.tsv")
    priority: priority("judge")
    conda:
        "../../envs/judge.yaml"
    threads: resource("judge", "threads")
    resources:
        mem_mb=resource("judge", "mem_mb"),
        runtime=resource("judge", "runtime"),
    params:
        job=identity("judge"),
    message:
        "judge {wildcards.paper}"
    shell:
        "python scripts/judge.py --scale {wildcards.scale} --paper {wildcards.paper}"
        " --root-seed {params.job[root_seed]} --digest {params.job[digest]} --threads {threads}"
        " --inputs {input}"
        " --outputs {output.verdicts} --record {output.record} > {log} 2>&1"
