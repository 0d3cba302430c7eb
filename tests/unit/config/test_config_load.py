"""What a valid config gives: papers, tasks, work items, chunks, settings, styles, resources."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from config_toy import DEFINITIONS

from atlas.config import ConfigError, PaperConfig, Setting, Task, load_atlas

ROOT = Path(__file__).parents[3]


def gain_scan(paper: PaperConfig, scale: str = "desk") -> Task:
    return paper.experiment("gain-scan", scale)


def test_atlas_has_scale_seed_and_sorted_papers(config_dir: Path) -> None:
    text = (config_dir / "papers" / "toy-paper.yaml").read_text(encoding="utf-8")
    (config_dir / "papers" / "another.yaml").write_text(text.replace("toy-paper", "another"), encoding="utf-8")
    both = {**DEFINITIONS, "another": DEFINITIONS["toy-paper"]}
    atlas = load_atlas(config_dir, {}, both)
    assert (atlas.scale, atlas.root_seed, list(atlas.papers)) == ("desk", 7, ["another", "toy-paper"])
    paper = atlas.papers["toy-paper"]
    assert (paper.key, paper.room, paper.meta.title) == ("toy-paper", "toy_paper", "A toy")
    assert paper.path == config_dir / "papers" / "toy-paper.yaml"
    assert list(paper.experiments) == ["gain-scan", "one-gain"]
    assert paper.figures["A1"].comparisons == ["agreement", "energy-vs-gain"]
    assert [claim.id for claim in paper.claims] == ["toy-paper.C1", "toy-paper.C2"]


@pytest.mark.parametrize("papers", ["all", ["toy-paper"], "toy-paper", " toy-paper , toy-paper", ("toy-paper",), None])
def test_overrides_come_before_the_file(config_dir: Path, papers: object) -> None:
    atlas = load_atlas(config_dir, {"scale": "smoke", "root_seed": 11, "papers": papers}, DEFINITIONS)
    assert (atlas.scale, atlas.root_seed, list(atlas.papers)) == ("smoke", 11, ["toy-paper"])


def test_only_selected_papers_are_read(config_dir: Path) -> None:
    (config_dir / "papers" / "broken.yaml").write_text("nonsense", encoding="utf-8")
    assert list(load_atlas(config_dir, {"papers": "toy-paper"}, DEFINITIONS).papers) == ["toy-paper"]
    with pytest.raises(ConfigError, match=r"broken\.yaml"):
        load_atlas(config_dir, {}, DEFINITIONS)


def test_grid_is_the_product_in_declared_order_with_replicas_innermost(
    edited: Callable[..., PaperConfig],
) -> None:
    task = gain_scan(edited())
    assert task.protocol == "stationary"
    # 5 gains x 1 phi x 2 integrators x 1 size x 1 number of starts x 3 networks
    assert len(task.items) == task.size == 30
    assert list(task.items[0].point) == ["g", "phi", "integrator", "n_units", "starts"]
    # numpy-free arithmetic of the range 0.8 ... 1.5 in 5 points: steps of 0.175
    assert [item.point["g"] for item in task.items[::6]] == [0.8, 0.975, 1.15, 1.325, 1.5]
    assert [(item.point["integrator"], item.replica) for item in task.items[:6]] == [
        (integrator, replica) for integrator in ("rk4", "euler") for replica in range(3)
    ]


def test_chunks_cut_the_items_without_loss_or_repeat(edited: Callable[..., PaperConfig]) -> None:
    task = gain_scan(edited())
    assert task.chunks == 8  # ceil(30 / 4)
    pieces = [task.chunk(k) for k in range(task.chunks)]
    assert [len(piece) for piece in pieces] == [4] * 7 + [2]
    assert tuple(item for piece in pieces for item in piece) == task.items
    for outside in (-1, 8):
        with pytest.raises(IndexError):
            task.chunk(outside)


def test_theory_has_one_chunk_and_no_replica(edited: Callable[..., PaperConfig]) -> None:
    task = edited().theory("curve", "desk")
    assert task.chunks == 1
    assert task.chunk(0) == task.items
    assert {item.replica for item in task.items} == {None}
    # log range 0.5 ... 4 in 5 points: factors 8**(1/4), rounded to 12 digits, the ends exact
    expected = [0.5, *(float(f"{0.5 * 8 ** (i / 4):.12g}") for i in (1, 2, 3)), 4.0]
    assert [item.point["g"] for item in task.items] == expected


def test_setting_resolves_every_parameter(edited: Callable[..., PaperConfig]) -> None:
    setting = gain_scan(edited()).items[0].setting
    assert setting.as_dict() == {
        "g": 0.8,
        "phi": "tanh",
        "temperature": None,
        "integrator": "rk4",
        "dt": 0.1,
        "n_units": 200,
        "starts": 4,
        "t_max": 100.0,
        "times": (1.0, 2.0),
    }
    assert isinstance(setting.n_units, int)
    assert isinstance(setting.t_max, float)
    assert edited().theory("curve", "desk").items[0].setting.beta == float("inf")


def test_settings_are_immutable_comparable_picklable() -> None:
    setting = Setting({"g": 1.5, "n_units": 10})
    for again in (pickle.loads(pickle.dumps(setting)), copy.deepcopy(setting)):
        assert again == setting
        assert hash(again) == hash(setting)
    assert setting != Setting({"g": 1.5, "n_units": 11})
    with pytest.raises(AttributeError, match="immutable"):
        setting.g = 2.0
    with pytest.raises(AttributeError, match="no parameter 'gain'"):
        _ = setting.gain
    assert repr(setting) == "Setting(g=1.5, n_units=10)"


def test_items_are_picklable(edited: Callable[..., PaperConfig]) -> None:
    items = gain_scan(edited()).items
    assert pickle.loads(pickle.dumps(items)) == items


def test_unknown_names_and_scales_are_said_so(edited: Callable[..., PaperConfig]) -> None:
    paper = edited()
    for call, words in (
        (
            lambda: paper.experiment("gain-scam", "desk"),
            'unknown experiment "gain-scam"; did you mean gain-scan?',
        ),
        (lambda: paper.theory("gain-scan", "desk"), 'unknown theory "gain-scan"'),
        (lambda: paper.experiment("gain-scan", "dsk"), 'unknown scale "dsk"; did you mean desk?'),
        (lambda: paper.comparison_slice("x"), 'unknown comparison "x"'),
        (lambda: paper.figure_slice("F9"), 'unknown figure "F9"'),
    ):
        with pytest.raises(ConfigError) as caught:
            call()
        assert words in str(caught.value)


def test_style_and_resources_fall_back_to_the_defaults(edited: Callable[..., PaperConfig]) -> None:
    paper = edited()
    assert (paper.style.of("F2a").columns, paper.style.of("F2a").height_mm) == (2, 70)
    assert (paper.style.of("A1").columns, paper.style.of("A1").height_mm) == (1, 60)
    simulate = paper.resources.of("simulate")
    assert (simulate.mem_mb, simulate.runtime, simulate.threads) == (3000, 20, 1)
    assert paper.resources.of("plot").mem_mb == 2000


def test_figure_setting_gathers_the_values_of_the_experiments(edited: Callable[..., PaperConfig]) -> None:
    setting = edited().figure_setting("A1", "desk")
    assert setting["g"] == [
        2.0,
        0.8,
        0.975,
        1.15,
        1.325,
        1.5,
    ]  # one-gain, then gain-scan; the theory's grid not
    assert setting["beta"] == ["inf"]  # only the theory has it
    assert setting["networks"] == [3]


def test_lines_of_keys_are_known(edited: Callable[..., PaperConfig]) -> None:
    paper = edited()
    lines = paper.path.read_text(encoding="utf-8").splitlines()
    assert lines[(paper.line("physics", "one-gain") or 0) - 1] == "  one-gain:"
    assert "toy-paper.C2" in lines[(paper.line("claims", 1) or 0) - 1]
    assert paper.line("nothing") is None


def test_numbers_follow_yaml_1_2(edited: Callable[..., PaperConfig]) -> None:
    task = edited(("dt: 0.1}", "dt: 1e-2}")).experiment("gain-scan", "desk")
    assert task.constants["dt"] == 0.01
    paper = edited(("title: A toy", "title: no"))
    assert paper.meta.title == "no"


def test_loading_imports_neither_numpy_nor_plotting() -> None:
    code = "import sys, atlas.config; print([m for m in ('numpy', 'pandas', 'matplotlib') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize("path", sorted((ROOT / "config" / "papers").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_committed_paper_loads_at_every_scale(path: Path) -> None:
    atlas = load_atlas(ROOT / "config", {"papers": path.stem})
    paper = atlas.papers[path.stem]
    for scale in ("smoke", "desk", "paper"):
        for name in paper.experiments:
            assert paper.experiment(name, scale).chunks >= 1
        for name in paper.theories:
            assert paper.theory(name, scale).size >= 1
