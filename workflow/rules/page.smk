"""page: the corpus at a glance, one static page that opens from disk."""


rule page:
    input:
        ledger=rules.crate.output.ledger,
        verdicts=all_verdicts(),
        captions=all_captions(),
    output:
        page="results/{scale}/index.html",
    log:
        "results/{scale}/logs/page/page.log",
    benchmark:
        "results/{scale}/benchmarks/page/page.tsv"
    conda:
        "../../envs/page.yaml"
    params:
        job={
            "papers": sorted(ATLAS.papers),
            "meta": [
                slice_digest(paper.meta.model_dump())
                for _, paper in sorted(ATLAS.papers.items())
            ],
            "code": closure("page", None),
        },
    message:
        "page: {output.page}"
    shell:
        "python scripts/page.py --results results/{wildcards.scale} --papers {params.job[papers]}"
        " --output {output.page} > {log} 2>&1"
