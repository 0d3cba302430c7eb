"""Which keys, figures and claims a new paper can have; every refusal is one line: what, the value, what is allowed.

A name becomes a file, a folder of results, a Python module or function: what any of them cannot carry is refused.
"""

from __future__ import annotations

import keyword
import re

from atlas.config.definition import CLAIM_ID, FIGURE_NAME, NAME
from atlas.config.errors import got

LONGEST, LONGEST_PART = 32, 16  # characters of a key, and of a figure or claim: lines of the room stay within 120
# Names that mean something else where a key would stand: config.yaml's `papers: all`, folders of results/<scale>,
# documents of workflow/schemas.
TAKEN = ("all", "benchmarks", "config", "logs", "paper", "source")

KEY_ALLOWED = f"lower-case words joined by dashes, at most {LONGEST} characters"
FIGURES_ALLOWED = f"letters and digits after a letter, as F2a, at most {LONGEST_PART}"
CLAIMS_ALLOWED = f"letters and digits, as C1, at most {LONGEST_PART}"


class ScaffoldError(ValueError):
    """A paper that cannot be made, in one line."""


def function_of(name: str) -> str:
    """The function of the room that the pipeline calls for a name of the config."""
    return name.replace("-", "_").lower()


def check_key(key: str) -> str:
    """The key itself; ScaffoldError when it is missing or cannot be the name of a paper."""
    if not key:
        raise ScaffoldError(f"KEY is missing; needed: make paper KEY=some-key ({KEY_ALLOWED})")
    if not re.fullmatch(NAME, key) or len(key) > LONGEST:
        raise ScaffoldError(f"KEY: {got(key, KEY_ALLOWED)}")
    if key in TAKEN or keyword.iskeyword(key):
        raise ScaffoldError(f"KEY: {got(key, 'a name that nothing else has, as some-key')}")
    return key


def check_title(title: str) -> str:
    """The title on one line; ScaffoldError for characters that do not print."""
    if not title.isprintable():
        raise ScaffoldError(f"TITLE: {got(title, 'one line of printable characters')}")
    return title.strip()


def figure_names(text: str) -> list[str]:
    """The figures of a list with commas; ScaffoldError for one that has no function's name, or comes twice."""
    names = _split(text)
    for name in names:
        word = function_of(name)
        usable = re.fullmatch(FIGURE_NAME, name) and word.isidentifier() and not keyword.iskeyword(word)
        if not usable or len(name) > LONGEST_PART:
            raise ScaffoldError(f"FIGURES: {got(name, FIGURES_ALLOWED)}")
    _once("FIGURES", names, [function_of(name) for name in names])
    return names


def claim_labels(key: str, text: str) -> list[str]:
    """The claims of a list with commas, without the key; ScaffoldError for one that makes no id, or comes twice."""
    labels = _split(text)
    for label in labels:
        if not re.fullmatch(CLAIM_ID, f"{key}.{label}") or len(label) > LONGEST_PART:
            raise ScaffoldError(f"CLAIMS: {got(label, CLAIMS_ALLOWED)}")
    _once("CLAIMS", labels, labels)
    return labels


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _once(what: str, names: list[str], words: list[str]) -> None:
    for number, name in enumerate(names):
        if words[number] in words[:number]:
            raise ScaffoldError(f"{what}: names {name} twice; allowed: each once")
