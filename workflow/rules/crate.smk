"""crate: the records of all jobs, to one ledger and one research object crate of the run."""


rule crate:
    input:
        records=all_records(),
        verdicts=all_verdicts(),
    output:
        ledger="results/{scale}/ledger.json",
        crate="results/{scale}/ro-crate-metadata.json",
    log:
        "results/{scale}/logs/crate/crate.log",
    benchmark:
        "results/{scale}/benchmarks/crate/crate.tsv"
    conda:
        "../../envs/crate.yaml"
    params:
        job={"papers": sorted(ATLAS.papers), "code": closure("crate", None)},
    message:
        "crate: the ledger of {wildcards.scale}"
    shell:
        "python scripts/crate.py --results results/{wildcards.scale} --papers {params.job[papers]}"
        " --ledger {output.ledger} --crate {output.crate} > {log} 2>&1"
