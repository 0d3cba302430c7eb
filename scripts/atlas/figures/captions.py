"""The text under a figure, from plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from atlas.figures.errors import FigureError

SHOWN = 6  # values of a list written out; longer ones become "first to last (n values)"
NOTHING = "none"
USUAL = "standard error over networks"
UNSEEN = "Reconstruction target: the published figure was not seen."


def caption(spec: Mapping[str, Any], setting: Mapping[str, Any]) -> str:
    """Caption of a figure as plain text (one paragraph; nothing is escaped).

    spec: `title` (required); optional `caption` (a sentence), `theory` (what the lines are), `simulation`
        (what the markers are; "none" counts as left out), `error_bars` (what they mean; default: the standard
        error over networks, unless the text on the markers names it), `reconstruction` (True: the published
        figure was not seen). In each text but the title `{name}` stands for a parameter or size.
    setting: optional `parameters` and `sizes` (name -> number, text or list of them), `scale`, and
        `error_bars` (False: the figure has none, as `Canvas.has_error_bars` tells).

    Raises FigureError for a missing title or an unknown `{name}`.
    """
    if not str(spec.get("title") or "").strip():
        raise FigureError("caption: got no title; allowed: a title in one line")
    parameters, sizes = dict(setting.get("parameters") or {}), dict(setting.get("sizes") or {})
    parts = [_sentence(str(spec["title"]))]
    if spec.get("caption"):
        parts.append(_sentence(_filled(str(spec["caption"]), {**sizes, **parameters})))
    listed = [f"{name} = {written(value)}" for name, value in [*parameters.items(), *sizes.items()]]
    if listed:
        parts.append(f"Parameters: {', '.join(listed)}.")
    parts += _meaning(spec, {**sizes, **parameters}, setting.get("error_bars") is not False)
    if setting.get("scale"):
        parts.append(f"Scale: {setting['scale']}.")
    if spec.get("reconstruction"):
        parts.append(UNSEEN)
    return " ".join(parts)


def _meaning(spec: Mapping[str, Any], values: Mapping[str, Any], has_bars: bool) -> list[str]:
    """What lines, markers and error bars stand for."""
    said = {
        name: _filled(str(spec[name]), values).strip().rstrip(".")
        for name in ("theory", "simulation", "error_bars")
        if str(spec.get(name) or NOTHING).strip(" .").lower() != NOTHING
    }
    shown = [f"Lines: {said['theory']}"] if "theory" in said else []
    if "simulation" in said:
        shown.append(f"{'markers' if shown else 'Markers'}: {said['simulation']}")
    parts = [f"{'; '.join(shown)}."] if shown else []
    if "simulation" in said:
        bars = said.get("error_bars") or _usual_bars(said["simulation"], has_bars)
        parts += [f"Error bars: {bars}."] if bars else []
    return parts


def _usual_bars(simulation: str, has_bars: bool) -> str:
    """The corpus' error bars, unless there are none or the text on the markers has said it."""
    said = any(word in simulation.lower() for word in ("standard error", "standard deviation"))
    return USUAL if has_bars and not said else ""


def _filled(template: str, values: Mapping[str, Any]) -> str:
    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            allowed = ", ".join(sorted(values)) or "none, there are no parameters"
            raise FigureError(f"caption: got unknown name {{{name}}}; allowed: {allowed}")
        return written(values[name])

    # not after a letter, "_" or "^": those are the braces of a formula
    return re.sub(r"(?<![\w^])\{([A-Za-z_]\w*)\}", value, template)


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def written(value: Any) -> str:
    """A number, text, flag or list of them as a reader expects it: 0.1, 5000, "0.8 to 1.5 (80 values)"."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, int | float):
        return f"{value:.6g}" if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        if len(value) > SHOWN:
            return f"{written(value[0])} to {written(value[-1])} ({len(value)} values)"
        return ", ".join(written(one) for one in value)
    return str(value)
