"""Arrays that are used again: a step that takes its memory from a shelf allocates in its first call only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Shelf:
    """Arrays by name. One belongs to whoever asked for it last: what stands in it holds until the next step."""

    def __init__(self) -> None:
        self._arrays: dict[str, NDArray[Any]] = {}

    def array(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """The array of this name as the last step left it; zeros where there is none of this shape and type."""
        kept = self._arrays.get(name)
        if kept is None or kept.shape != shape or kept.dtype != dtype:
            kept = self._arrays[name] = np.zeros(shape, dtype)
        return kept

    def cleared(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """The array of this name, all zeros."""
        kept = self.array(name, shape, dtype)
        kept.fill(0)
        return kept
