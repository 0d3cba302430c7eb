"""Random streams: pinned numbers, an independent twin, and what a seed scope holds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pytest

from atlas.config import PaperConfig, Streams


def twin(root_seed: int, key: str) -> np.random.Generator:
    """The definition again, from hashlib and numpy only."""
    words = np.frombuffer(hashlib.sha256(key.encode()).digest(), dtype=">u4").astype(int).tolist()
    return np.random.Generator(np.random.Philox(np.random.SeedSequence(root_seed, spawn_key=tuple(words))))


SCOPE = "kinetic-energy/gain-scan/g=1.5,n_units=2000/0"
# Pins across versions of numpy and of this room: computed once by `twin`, never to change.
PINNED = {
    (20250807, "couplings"): [11024456711033886038, 4404755660823039605, 4018580577965280699],
    (20250807, "starts"): [18345050563757463712, 8186667073574713800, 5245326435313319990],
    (0, "couplings"): [1621495150189587200, 100023180103036058, 2811917110393795633],
}


@pytest.mark.parametrize(("root_seed", "name"), PINNED)
def test_streams_give_the_pinned_numbers(root_seed: int, name: str) -> None:
    stream = Streams(root_seed, SCOPE)(name)
    assert stream.integers(0, 2**64, 3, dtype=np.uint64).tolist() == PINNED[root_seed, name]


@pytest.mark.parametrize("name", ["couplings", "noise", "Rauschen ξ"])
@pytest.mark.parametrize("root_seed", [0, 1, 20250807, 2**63 - 1])
def test_streams_agree_with_their_twin(root_seed: int, name: str) -> None:
    ours = Streams(root_seed, SCOPE)(name).standard_normal(5)
    assert ours.tolist() == twin(root_seed, f"{SCOPE}/{name}").standard_normal(5).tolist()


def test_a_stream_depends_on_nothing_but_its_name() -> None:
    one, two = Streams(1, "a/b/g=1.0/0"), Streams(1, "a/b/g=1.0/0")
    one("noise").random(1000)
    assert one("couplings").random() == two("couplings").random()
    assert one("couplings").random() == two("couplings").random()
    assert one.keys == ["a/b/g=1.0/0/noise", "a/b/g=1.0/0/couplings"]
    assert two.keys == ["a/b/g=1.0/0/couplings"]


def test_other_names_seeds_and_scopes_give_other_numbers() -> None:
    first = [
        Streams(seed, scope)(name).random()
        for seed in (0, 1)
        for scope in ("a/b/g=1.0/0", "a/b/g=1.0/1", "a/b/g=1.5/0", "a/c/g=1.0/0")
        for name in ("couplings", "starts")
    ]
    assert len(set(first)) == 16


@pytest.mark.parametrize(
    ("seed", "scope", "name"),
    [(-1, "a", "b"), (True, "a", "b"), (1.0, "a", "b"), (1, "", "b"), (1, "a", ""), (1, "a", "b/c")],
)
def test_useless_seeds_and_names_are_refused(seed: int, scope: str, name: str) -> None:
    with pytest.raises(ValueError, match="allowed"):
        Streams(seed, scope)(name)


def test_scope_holds_seeded_axes_of_physics_and_sizes_by_name(edited: Callable[..., PaperConfig]) -> None:
    item = edited().experiment("gain-scan", "desk").items[1]
    # not integrator (numerics), not starts (declared seeded=False), not t_max or times (no axes)
    assert item.seed_scope == "toy-paper/gain-scan/g=0.8,n_units=200,phi='tanh'/1"
    assert edited().theory("curve", "desk").items[0].seed_scope == "toy-paper/curve/g=0.5"


def test_two_methods_share_their_random_numbers(edited: Callable[..., PaperConfig]) -> None:
    items = edited().experiment("gain-scan", "desk").items
    scopes = {
        integrator: [item.seed_scope for item in items if item.point["integrator"] == integrator]
        for integrator in ("rk4", "euler")
    }
    assert scopes["rk4"] == scopes["euler"]


def test_scopes_of_different_work_differ(edited: Callable[..., PaperConfig]) -> None:
    paper = edited()
    scopes = [item.seed_scope for name in paper.experiments for item in paper.experiment(name, "smoke").items]
    # every scope appears for each integrator (2 in gain-scan, 1 in one-gain), and no more often
    assert len(set(scopes)) == 3 * 2 * 2 + 2 * 2
    assert len(scopes) == 3 * 2 * 2 * 2 + 2 * 2


@pytest.mark.parametrize(
    "edit",
    [
        ("    g: 2\n", "    g: [2]\n"),
        ("    g: 2\n", "    g: 2.0\n"),
        ("    g: 2\n", "    g: [3, 2]\n"),
        ("    g: 2\n    phi: [tanh, erf]\n", "    phi: [erf, tanh]\n    g: 2e0\n"),
        ("n_units: 200, networks: 3, chunk: 8", "chunk: 1, networks: 9, n_units: [100, 200]"),
        ("  one-gain: {}", "  one-gain: {integrator: euler, dt: 0.5}"),
    ],
)
def test_ways_of_writing_change_no_seed(edited: Callable[..., PaperConfig], edit: tuple[str, str]) -> None:
    before = {item.seed_scope for item in edited().experiment("one-gain", "desk").items}
    after = {item.seed_scope for item in edited(edit).experiment("one-gain", "desk").items}
    assert before <= after
