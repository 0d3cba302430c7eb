"""No step of learning allocates: what it needs is made with the network or in its first step."""

from __future__ import annotations

import numpy as np
import pytest

from atlas.benchmarks.learning import ROOMS
from atlas.benchmarks.timing import allocated
from atlas.learning.shelf import Shelf


@pytest.mark.parametrize("room", range(len(ROOMS)), ids=[room.__name__ for room, _ in ROOMS])
def test_steps_allocate_nothing(room: int) -> None:
    make, sizes = ROOMS[room]
    group = make(*sizes[0])
    assert group.state > 50_000  # far above what is not counted
    for kernel in group.kernels:
        assert allocated(kernel.run) == 0, kernel.name


def test_a_shelf_keeps_an_array_until_its_shape_or_type_changes() -> None:
    shelf = Shelf()
    first = shelf.array("x", (2, 3), np.float32)
    assert not first.any()
    first[:] = 1.0
    assert shelf.array("x", (2, 3), np.float32) is first
    other = shelf.array("x", (3, 2), np.float32)
    assert other.shape == (3, 2)
    assert not other.any()
    assert shelf.array("y", (3, 2), np.float32) is not other
    assert shelf.array("x", (3, 2), np.float64).dtype == np.float64
