"""A headless Chromium for the tests, and what it saw of a page: console, errors, requests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).with_name("chromium.sh")
NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 120_000  # ms; a machine under load may be slow, a test must not fail for it


class NoBrowserError(Exception):
    """Why there is no browser here."""


def chromium() -> str:
    """The program; installed from Debian where one is root; raises NoBrowserError with the reason."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NoBrowserError("no Chromium, and no root with apt-get to install it")
    done = subprocess.run([str(SCRIPT)], capture_output=True, text=True, check=False)
    found = shutil.which("chromium")
    if done.returncode or not found:
        raise NoBrowserError(f"Chromium could not be installed: {' '.join(done.stderr.split())[-300:]}")
    return found


@dataclass
class Seen:
    """What a page said and asked for."""

    console: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Any, file: Path, width: int = 1300, height: int = 900, anchor: str = "") -> Iterator[Any]:
    """A page opened from disk; ``page.seen`` tells what it did."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(PATIENCE)
    seen = page.seen = Seen()
    page.on("console", lambda message: seen.console.append(message.text))
    page.on("pageerror", lambda error: seen.console.append(str(error)))
    page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    page.on("requestfailed", lambda request: seen.missing.append(request.url))
    page.on(
        "request",
        lambda request: seen.outside.append(request.url) if not request.url.startswith(("file:", "data:")) else None,
    )
    try:
        page.goto(file.resolve().as_uri() + anchor)
        yield page
    finally:
        page.close()
