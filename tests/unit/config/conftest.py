"""A folder with the toy's valid configs, and a loader of edited copies of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from config_toy import ATLAS_YAML, DEFINITIONS, PAPER_YAML

from atlas.config import PaperConfig, load_atlas


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "papers").mkdir(parents=True)
    (folder / "config.yaml").write_text(ATLAS_YAML, encoding="utf-8")
    (folder / "papers" / "toy-paper.yaml").write_text(PAPER_YAML, encoding="utf-8")
    return folder


@pytest.fixture
def edited(config_dir: Path) -> Callable[..., PaperConfig]:
    """Load the toy after replacing texts (each must be there) in its file."""

    def load(*edits: tuple[str, str]) -> PaperConfig:
        text = PAPER_YAML
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new, 1)
        (config_dir / "papers" / "toy-paper.yaml").write_text(text, encoding="utf-8")
        return load_atlas(config_dir, {}, DEFINITIONS).papers["toy-paper"]

    return load
