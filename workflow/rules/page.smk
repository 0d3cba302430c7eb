"""page: the corpus at a glance, one static site that opens from disk."""


rule page:
    input:
        ledger=rules.crate.output.ledger,
        verdicts=all_verdicts(),
        captions=all_captions(),
        explored=all_explored(),
        stored=stored_files(Path("results"), Path("config")),
    output:
        page="results/{scale}/index.html",
        site=[f"results/{{scale}}/{file}" for file in site_files(sorted(ATLAS.papers))],
    log:
        "results/{scale}/logs/page/page.log",
    benchmark:
        "results/{scale}/benchmarks/page/page.tsv"
    conda:
        "../../envs/page.yaml"
    params:
        job={
            "papers": sorted(ATLAS.papers),
            "shown": [
                slice_digest(paper.page_slice())
                for _, paper in sorted(ATLAS.papers.items())
            ],
            "code": closure("page", None),
        },
    message:
        "page: {output.page}"
    shell:
        "python scripts/page.py --results results/{wildcards.scale} --papers {params.job[papers]}"
        " --output {output.page} > {log} 2>&1"
