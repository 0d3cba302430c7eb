"""Config slices: the part of a config that a job depends on, as plain JSON, and its digest."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any


def plain(value: Any) -> Any:
    """A value in JSON types only: tuples become lists, infinities the texts "inf" and "-inf"."""
    if isinstance(value, float) and math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def canonical(data: dict[str, Any]) -> str:
    """The one JSON text of a slice: sorted keys, no spaces, ASCII; raises ValueError for nan or infinity."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def slice_digest(data: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of a config slice."""
    return hashlib.sha256(canonical(data).encode("ascii")).hexdigest()
