"""Start the warm process for a run and end it with the run."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from atlas.threads import THREAD_VARIABLES
from atlas.warm import VARIABLE
from atlas.warm.server import SCRIPTS


@contextmanager
def warm_process(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """The environment in which the jobs of a run find a warm process; as it was where there can be none.

    ``environment``: what the run would give to its jobs. Needs handles of processes (Linux). The warm process loads
    its libraries for one thread and ends when this context does, however that comes about: its standard input is a
    pipe from here.
    """
    if not hasattr(os, "pidfd_open"):
        yield environment
        return
    shared = {**environment, **dict.fromkeys(THREAD_VARIABLES, "1")}
    with tempfile.TemporaryDirectory(prefix="atlas-") as folder:
        address = str(Path(folder) / "socket")
        with start(address, shared) as process:
            assert process.stdin is not None
            try:
                yield {**shared, VARIABLE: address}
            finally:
                process.stdin.close()


def start(address: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """The warm process; jobs that come before it is ready wait in the queue of the socket, which is open on return."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen(128)
        return subprocess.Popen(
            [sys.executable, "-m", "atlas.warm.server", str(listener.fileno())],
            cwd=SCRIPTS,
            env=environment,
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
        )
