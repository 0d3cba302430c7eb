"""plot: one figure from the tables of its comparisons, in three formats with the plotted numbers and a caption."""


rule plot:
    input:
        tables_of_figure,
    output:
        svg=report(
            f"{PAPER}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category="{paper}",
            labels=label_of_figure,
        ),
        pdf=f"{PAPER}/figures/{{figure}}.pdf",
        png=f"{PAPER}/figures/{{figure}}.png",
        csv=f"{PAPER}/figures/{{figure}}.csv",
        caption=f"{PAPER}/figures/{{figure}}.caption.txt",
        record=f"{PAPER}/figures/{{figure}}.record.json",
    log:
        place("logs", "plot/{paper}/{figure}.log"),
    benchmark:
        place("benchmarks", "plot/{paper}/{figure}.tsv")
    priority: priority("plot", "figure")
    conda:
        "../../envs/plot.yaml"
    threads: resource("plot", "threads")
    resources:
        mem_mb=resource("plot", "mem_mb"),
        runtime=resource("plot", "runtime"),
    params:
        job=identity("plot", "figure"),
    message:
        "plot {wildcards.paper}: {wildcards.figure}"
    shell:
        "python scripts/plot.py --scale {wildcards.scale} --paper {wildcards.paper} --name {wildcards.figure}"
        " --root-seed {params.job[root_seed]} --digest {params.job[digest]} --threads {threads}"
        " --inputs {input}"
        " --outputs {output.svg} {output.pdf} {output.png} {output.csv} {output.caption}"
        " --record {output.record} > {log} 2>&1"
