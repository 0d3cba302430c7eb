"""The warm process: imports the libraries and the Atlas' own code once, then forks for each job that comes in.

A job whose code has changed on disk since then, in any module that was imported, reads all of it anew.

It ends with the run that started it (its standard input is a pipe from there) and takes its jobs along; a job whose
caller ends is ended too. One thread only, so that a fork is safe.

    python -m atlas.warm.server HANDLE        of the socket on which the run listens for its jobs
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import marshal
import os
import runpy
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atlas.warm import COLD, VARIABLE

# What jobs import anyway; one that is missing (a reduced environment) is left out. Imported, not used: an open file
# (a font, say) would be shared with its position by all jobs.
LIBRARIES = (
    "numpy",
    "pydantic.main",
    "yaml",
    "threadpoolctl",
    "packaging.requirements",
    "scipy.fft",
    "scipy.interpolate",
    "scipy.linalg",
    "scipy.optimize",
    "scipy.special",
    "pandas",
    "pandas.io.formats.csvs",
    "matplotlib.figure",
    "matplotlib.font_manager",
    "matplotlib.mathtext",
    "matplotlib.projections",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_pdf",
    "matplotlib.backends.backend_svg",
    "matplotlib.style",
    "PIL.PngImagePlugin",
    "fontTools.subset",
    "numba",
)
# What every job reads of the Atlas itself, down to the parts that each stage begins with.
OWN = (
    "atlas.jobs",
    "atlas.comparing",
    "atlas.config.seeds",
    "atlas.files",
    "atlas.outcomes",
    "atlas.tables",
    "atlas.claims",
    "atlas.figures",
    "atlas.figures.captions",
    "atlas.provenance.record",
)
# Variables that libraries read while they are imported: a job with other values must import them itself.
SWITCHES = ("OPENBLAS_", "OMP_", "MKL_", "BLIS_", "NUMBA_", "NPY_", "GLIBC_", "LD_", "MALLOC_", "PYTHON", "MPL")
SCRIPTS = Path(__file__).resolve().parents[2]
REQUEST = 2**18  # bytes; a job's command line and environment take a few thousand
PATIENCE = 5.0  # seconds for a caller to say what it wants
DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def switches(environment: dict[str, str]) -> dict[str, str]:
    """The part of an environment that decides how libraries are loaded."""
    return {name: value for name, value in environment.items() if name.startswith(SWITCHES)}


def packages_stamp() -> tuple[str, ...]:
    """Names and versions of the packages on disk: they change when one is installed, replaced or removed meanwhile.

    The times of the folders would not do: Python itself writes compiled modules there.
    """
    places = [Path(place) for place in sys.path if place.endswith("site-packages")]
    return tuple(sorted(folder.name for place in places for folder in place.glob("*.dist-info")))


Stamp = tuple[int, int, int]  # of a file: its number, time of its last change (ns), size (bytes)


def file_stamp(path: str) -> Stamp | None:
    """What changes when a file is written or replaced; None when it is gone."""
    try:
        facts = os.stat(path)
    except OSError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def load_own() -> dict[str, Stamp | None]:
    """Import the Atlas' modules; their files with the stamps from before.

    Nothing stays loaded when one has a fault: the job that needs it will say so.
    """
    stamps = {str(path): file_stamp(str(path)) for path in SCRIPTS.rglob("atlas/**/*.py")}
    try:
        for module in OWN:
            importlib.import_module(module)
        with suppress(Exception):  # only saves time
            importlib.import_module("atlas.figures.ahead").prepare()
    except Exception:
        forget_own()
    loaded = [getattr(sys.modules[name], "__file__", None) for name in own_names()]
    return {path: stamps.get(path) for path in loaded if path}


def own_names() -> list[str]:
    """Names of the Atlas' modules that are loaded."""
    return [name for name in sys.modules if name.split(".")[0] == "atlas"]


def forget_own() -> None:
    """The next import reads the code of the Atlas from disk."""
    for name in own_names():
        del sys.modules[name]


def fresh(stamps: dict[str, Stamp | None], script: str) -> bool:
    """Whether the modules loaded here are those that `script` would import from disk now."""
    beside = str(Path(script).parent) + os.sep
    return all(path.startswith(beside) and file_stamp(path) == stamp for path, stamp in stamps.items())


@dataclass
class Caller:
    """One job script that waits: its line, and the process that does its job."""

    line: socket.socket
    child: int
    handle: int  # of the process, readable when it has ended


@dataclass
class Server:
    """The one loop: new callers, callers that went away, jobs that ended, the end of the run."""

    listener: socket.socket
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)
    callers: dict[int, Caller] = field(default_factory=dict)  # by both handles
    environment: dict[str, str] = field(default_factory=lambda: switches(dict(os.environ)))
    stamp: tuple[str, ...] = field(default_factory=packages_stamp)
    code: dict[str, Stamp | None] = field(default_factory=dict)

    def serve(self) -> None:
        """Until standard input ends."""
        self.selector.register(0, selectors.EVENT_READ)
        self.selector.register(self.listener, selectors.EVENT_READ)
        while True:
            for key, _ in self.selector.select():
                if key.fd == 0:
                    self.close()
                    return
                if key.fd == self.listener.fileno():
                    self.accept()
                elif key.fd in self.callers:  # not settled by an event before it
                    self.settle(self.callers[key.fd])

    def accept(self) -> None:
        """Read one request and fork for it."""
        line, _ = self.listener.accept()
        line.settimeout(PATIENCE)
        try:
            message, files, _, _ = socket.recv_fds(line, REQUEST, 3)
            request = marshal.loads(message)
        except (OSError, EOFError, TypeError, ValueError):
            line.close()
            return
        if self.fits(request):
            self.start(line, request, files)
        else:
            with suppress(OSError):
                line.send(COLD.encode())
            line.close()
        for file in files:
            os.close(file)

    def fits(self, request: dict[str, Any]) -> bool:
        """Whether this process would have loaded the same libraries in the same way as the caller."""
        same = request["prefix"] == sys.prefix and switches(request["environment"]) == self.environment
        return same and packages_stamp() == self.stamp

    def start(self, line: socket.socket, request: dict[str, Any], files: list[int]) -> None:
        """Fork; the child never comes back."""
        own = os.getpid()
        child = os.fork()
        if child == 0:
            become(request, files, own, self.code)
        caller = Caller(line, child, os.pidfd_open(child))
        for handle in (line.fileno(), caller.handle):
            self.callers[handle] = caller
            self.selector.register(handle, selectors.EVENT_READ)

    def settle(self, caller: Caller) -> None:
        """Its job has ended, or its caller has: no job outlives who asked for it."""
        done, status = os.waitpid(caller.child, os.WNOHANG)
        if not done:
            os.kill(caller.child, signal.SIGKILL)
            _, status = os.waitpid(caller.child, 0)
        code = os.waitstatus_to_exitcode(status)
        with suppress(OSError):
            caller.line.send(str(code if code >= 0 else 128 - code).encode())
        for handle in (caller.line.fileno(), caller.handle):
            self.selector.unregister(handle)
            del self.callers[handle]
        caller.line.close()
        os.close(caller.handle)

    def close(self) -> None:
        """End what is still at work."""
        for caller in list({id(each): each for each in self.callers.values()}.values()):
            self.settle(caller)


def become(request: dict[str, Any], files: list[int], parent: int, loaded: dict[str, Stamp | None]) -> None:
    """Turn this fork into the job: its files, folder, environment and words; then run its script as Python would."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        for place, file in enumerate(files):
            os.dup2(file, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX") if os.sysconf("SC_OPEN_MAX") > 0 else 4096)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update({name: value for name, value in request["environment"].items() if name != VARIABLE})
        sys.argv = request["words"]
        sys.path[0] = str(Path(sys.argv[0]).parent)
        if not fresh(loaded, sys.argv[0]):
            forget_own()
        runpy.run_path(sys.argv[0], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def main(handle: int) -> None:
    """Import libraries and own code, then serve the callers that have queued up and those to come."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interruption ends the run, and the run ends this process
    with socket.socket(fileno=handle) as listener:
        for library in LIBRARIES:
            with suppress(ImportError):
                importlib.import_module(library)
        code = load_own()
        gc.collect()
        gc.freeze()  # pages that hold only imported code stay shared with the jobs
        Server(listener, code=code).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
