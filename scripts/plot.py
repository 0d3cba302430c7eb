"""plot: one figure of one paper from the tables of its comparisons: SVG, PDF, PNG and the plotted numbers as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from atlas.warm.client import run

if TYPE_CHECKING:
    from atlas.jobs import Job

CAPTIONED = ("n_units", "networks", "n_states", "snapshots", "n_chains")  # sizes that a caption names


def work(job: Job) -> None:
    """Draw the figure and write it with its caption."""
    from atlas.figures.captions import caption
    from atlas.files import write_text
    from atlas.tables import read_tables

    figure = job.paper.figures[job.name]
    tables = read_tables(job.inputs, figure.comparisons)
    canvas = job.function(job.name)(tables, job.paper.style.of(job.name))
    stem = job.outputs[0].with_suffix("")
    canvas.save(stem)
    setting = job.paper.figure_setting(job.name, job.atlas.scale)
    shown = {
        "parameters": {name: setting[name] for name in ("g", "temperature") if name in setting},
        "sizes": {name: setting[name] for name in CAPTIONED if name in setting},
        "scale": job.atlas.scale,
        "error_bars": canvas.has_error_bars(),
    }
    write_text(stem.with_suffix(".caption.txt"), caption(figure.model_dump(), shown) + "\n")


if __name__ == "__main__":
    run("plot", work)
