"""A caption taken apart again, so that the page can tell theory and simulation apart at a glance."""

from __future__ import annotations

import re
from dataclasses import dataclass

PARTS = re.compile(
    r"(?P<said>.*?)(?:\s*(?P<parameters>Parameters: .*?\.))?"
    r"(?:\s*(?:Lines: (?P<theory>.*?)(?:; markers: (?P<simulation>.*?))?|Markers: (?P<alone>.*?))\.)?"
    r"(?P<rest>(?:\s*Error bars: .*?\.)?(?:\s*Scale: \w+\.)?(?:\s*Reconstruction target: .*)?)"
)


@dataclass(frozen=True)
class CaptionView:
    """What a figure shows, what its lines and markers are, and the small print; empty where it says nothing."""

    said: str
    theory: str
    simulation: str
    small: str


def caption_view(caption: str, title: str) -> CaptionView:
    """The parts of a caption as `atlas.figures.captions` writes it, without the title; whole when it is another text."""
    text = caption.removeprefix(f"{title.rstrip('.')}.").strip() if caption.startswith(title.rstrip(".")) else caption
    match = PARTS.fullmatch(text)
    if match is None:
        return CaptionView(text, "", "", "")
    found = {name: (words or "").strip() for name, words in match.groupdict().items()}
    small = " ".join(part for part in (found["parameters"], found["rest"]) if part)
    return CaptionView(found["said"], found["theory"], found["simulation"] or found["alone"], small)
