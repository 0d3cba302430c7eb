"""What a change makes run again: exactly what depends on it, and nothing for a change that means nothing."""

from __future__ import annotations

import pytest
from workflow_sandbox import Sandbox

KERNEL = "scripts/atlas/dynamics/gradient.py"
CONFIG = "config/papers/toy.yaml"
END = {"crate", "page"}
SCAN = {f"toy/simulation/scan/{chunk}" for chunk in range(3)}


def rules(planned: set[tuple[str, str]]) -> set[str]:
    """The rules that would run."""
    return {rule for rule, _ in planned}


def outputs(planned: set[tuple[str, str]], rule: str) -> set[str]:
    """What one rule would make, without suffixes."""
    return {output.partition(".")[0] for each, output in planned if each == rule}


def test_comments_docstrings_and_layout_of_code_mean_nothing(finished: Sandbox) -> None:
    finished.edit(KERNEL, "_CHECK_EVERY = 100", "# a word\n_CHECK_EVERY   =  (100)")
    finished.edit("scripts/atlas/papers/toy/simulation.py", "over units and time.", "over units and over time.")
    finished.edit("scripts/simulate.py", "to raw outcomes.", "to raw, unaveraged outcomes.")
    assert finished.planned() == set()


def test_constant_of_a_kernel_reaches_every_simulation_and_what_stands_on_it(finished: Sandbox) -> None:
    finished.edit(KERNEL, "_CHECK_EVERY = 100", "_CHECK_EVERY = 50")
    planned = finished.planned()
    assert rules(planned) == {"simulate", "compare", "plot", "judge", *END}
    assert outputs(planned, "simulate") == SCAN | {"toy/simulation/descent/0"}


def test_constant_of_a_solver_reaches_theories_only(finished: Sandbox) -> None:
    finished.append("scripts/atlas/meanfield/gradient.py", "ADDED = 1")
    planned = finished.planned()
    assert rules(planned) == {"theory", "compare", "plot", "judge", *END}
    assert outputs(planned, "theory") == {"toy/theory/line", "toy/theory/bath"}


def test_code_that_the_paper_does_not_reach_means_nothing(finished: Sandbox) -> None:
    finished.append("scripts/atlas/papers/kinetic_energy/simulation.py", "ADDED = 1")
    finished.append("scripts/atlas/dynamics/hmc.py", "ADDED = 1")
    assert finished.planned() == set()


def test_style_of_figures_reaches_plots_only(finished: Sandbox) -> None:
    finished.append("scripts/atlas/figures/style.py", "ADDED = 1")
    planned = finished.planned()
    assert rules(planned) == {"plot", *END}
    assert outputs(planned, "plot") == {"toy/figures/F1", "toy/figures/F2"}


@pytest.mark.parametrize(
    ("old", "new", "figure"),
    [
        ("Kinetic energy against g.", "Kinetic energy by gain.", "F1"),
        ("style:\n", "style:\n  figures: {F2: {height_mm: 70}}\n", "F2"),
    ],
)
def test_caption_or_format_of_one_figure_reaches_that_figure(
    finished: Sandbox, old: str, new: str, figure: str
) -> None:
    finished.edit(CONFIG, old, new)
    planned = finished.planned()
    assert rules(planned) == {"plot", *END}
    assert outputs(planned, "plot") == {f"toy/figures/{figure}"}


def test_tolerance_of_a_claim_reaches_the_judge_only(finished: Sandbox) -> None:
    finished.edit(CONFIG, "tolerance: 0.15", "tolerance: 0.16")
    assert rules(finished.planned()) == {"judge", *END}


def test_parameter_of_one_experiment_reaches_what_stands_on_it(finished: Sandbox) -> None:
    finished.edit(CONFIG, "descent: {dt: 0.1}", "descent: {dt: 0.05}")
    planned = finished.planned()
    assert outputs(planned, "simulate") == {"toy/simulation/descent/0"}
    assert outputs(planned, "compare") == {"toy/comparison/heat"}
    assert outputs(planned, "plot") == {"toy/figures/F2"}
    assert rules(planned) == {"simulate", "compare", "plot", "judge", *END}


def test_two_swapped_values_are_noticed(finished: Sandbox) -> None:
    """Snakemake compares parameters as a set of values: as separate ones these two would be the same."""
    finished.edit(CONFIG, "t_transient: 10, t_measure: 40}\n  desk", "t_transient: 40, t_measure: 10}\n  desk")
    assert outputs(finished.planned(), "simulate") == {"toy/simulation/descent/0"}


def test_another_root_seed_reaches_every_job(finished: Sandbox) -> None:
    planned = finished.planned("--config", "scale=smoke", "root_seed=1")
    assert rules(planned) == {"simulate", "theory", "compare", "plot", "judge", *END}
    assert outputs(planned, "simulate") == SCAN | {"toy/simulation/descent/0"}


def test_words_and_resources_mean_nothing(finished: Sandbox) -> None:
    finished.edit(CONFIG, "simulate: {mem_mb: 500, runtime: 5}", "simulate: {mem_mb: 700, runtime: 9}")
    finished.edit(CONFIG, 'about: "Stationary mean-field theory."', 'about: "Theory of the stationary state."')
    finished.edit(CONFIG, "# A toy paper:", "# One toy paper:")
    finished.edit(CONFIG, "g: [0.3, 2.0]}\n  descent", "g: [0.30, 2.00]}\n\n  descent")
    assert finished.planned() == set()


def test_summary_of_the_paper_reaches_the_page_only(finished: Sandbox) -> None:
    finished.edit(CONFIG, "summary: It asks.", "summary: It wonders.")
    assert rules(finished.planned()) == {"page"}


def remove(sandbox: Sandbox, *gone: str) -> None:
    """Delete results."""
    for each in gone:
        (sandbox.results() / each).unlink()


def test_missing_figure_verdict_record_or_crate_is_made_again_and_nothing_before_it(finished: Sandbox) -> None:
    remove(finished, "toy/figures/F1.pdf", "toy/verdicts.record.json", "ro-crate-metadata.json")
    planned = finished.planned()
    assert rules(planned) == {"plot", "judge", *END}
    assert outputs(planned, "plot") == {"toy/figures/F1"}


def test_missing_record_or_outcome_is_made_again(finished: Sandbox) -> None:
    """Snakemake by itself takes a missing file for up to date when what was made from it is there."""
    remove(finished, "toy/simulation/scan/1.record.json", "toy/theory/bath.npz", "toy/comparison/heat.csv")
    planned = finished.planned()
    assert outputs(planned, "simulate") == {"toy/simulation/scan/1"}
    assert outputs(planned, "theory") == {"toy/theory/bath"}
    assert "toy/comparison/heat" in outputs(planned, "compare")
