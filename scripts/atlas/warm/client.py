"""The door of every job script: hand the job to the warm process of this run, or do it here.

Nothing is imported before it is known that the job stays here but what Python has built in: `socket`, `json` and
`pathlib` would take longer than all else that a job does on this side.
"""

from __future__ import annotations

import _socket as socket
import array
import marshal
import os
import sys
from collections.abc import Callable
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
        "words": [os.path.realpath(words[0]), *words[1:]],
        "folder": os.getcwd(),
        "environment": dict(os.environ),
        "prefix": sys.prefix,
    }
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        line.connect(address)
        files = array.array("i", [0, 1, 2])
        line.sendmsg([marshal.dumps(request)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])
    except OSError:
        line.close()
        return None
    try:
        answer = line.recv(64).decode()
    except ConnectionError:
        answer = ""
    line.close()
    if answer == COLD:
        return None
    stage = os.path.splitext(os.path.basename(words[0]))[0]
    return int(answer) if answer else f"{stage}: the run that started this job has ended"


def single_threaded(words: list[str]) -> bool:
    """Whether the command line asks for one thread, as it does where it does not say."""
    if "--threads" not in words[:-1]:
        return True
    return words[words.index("--threads") + 1] == "1"
