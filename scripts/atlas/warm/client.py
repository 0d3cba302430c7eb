"""The door of every job script: hand the job to the warm process of this run, or do it here.

Nothing heavy is imported before it is known that the job stays here.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from atlas.warm import COLD, VARIABLE

if TYPE_CHECKING:
    from atlas.jobs import Job


def run(stage: str, work: Callable[[Job], None]) -> None:
    """Do one job, warm where possible; ends the process with the job's exit code when it was done elsewhere."""
    code = hand_over(sys.argv)
    if code is not None:
        sys.exit(code)
    from atlas.jobs import run as run_here

    run_here(stage, work)


def hand_over(words: list[str]) -> int | str | None:
    """Exit code of the job that the warm process did for us, a word on its death, or None: do it here.

    ``words``: the command line, the script first. Jobs of several threads stay here: libraries that are loaded already
    would not obey.
    """
    address = os.environ.get(VARIABLE)
    if not address or not single_threaded(words):
        return None
    request = {
        "words": [str(Path(words[0]).resolve()), *words[1:]],
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "prefix": sys.prefix,
    }
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
        try:
            line.connect(address)
            socket.send_fds(line, [json.dumps(request).encode()], [0, 1, 2])
        except OSError:
            return None
        try:
            answer = line.recv(64).decode()
        except ConnectionError:
            answer = ""
    if answer == COLD:
        return None
    return int(answer) if answer else f"{Path(words[0]).stem}: the run that started this job has ended"


def single_threaded(words: list[str]) -> bool:
    """Whether the command line asks for one thread, as it does where it does not say."""
    if "--threads" not in words[:-1]:
        return True
    return words[words.index("--threads") + 1] == "1"
