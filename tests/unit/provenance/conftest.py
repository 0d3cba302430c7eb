"""The fixture of the provenance tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from provenance_corpus import Corpus


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    """A complete, sound corpus."""
    return Corpus(tmp_path).run()
