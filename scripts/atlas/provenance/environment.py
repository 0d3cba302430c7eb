"""The live process: what it runs on and with which packages, and whether those are the locked ones.

Only facts that were found are stated; what a platform does not tell is left out. No name of a user and no
path enters the record, so that it can be published.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

from atlas.provenance.digests import sha256_file
from atlas.threads import THREAD_VARIABLES

# Switches that choose other kernels, hence other last digits, on the same processor.
KERNEL_VARIABLES = ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "NUMBA_CPU_NAME", "GLIBC_TUNABLES")
# Feature levels of the x86-64 psABI by the flag names of /proc/cpuinfo; each level includes those before it.
_X86_LEVELS = (
    ("x86-64-v2", {"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"}),
    ("x86-64-v3", {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"}),
    ("x86-64-v4", {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
)


class LockError(ValueError):
    """The lock cannot be read."""


def environment() -> dict[str, Any]:
    """The record of this process, ready for JSON.

    Keys (each only when known): ``python`` {implementation, version}, ``manager`` (venv, conda or system),
    ``system``, ``libc`` {name, version}, ``processor`` {model, class, count}, ``numpy`` {version, simd},
    ``threadpools`` (BLAS and OpenMP as threadpoolctl sees them: user_api, internal_api, version,
    architecture, threading_layer, num_threads), ``threads`` and ``kernels`` (the variables that are set),
    ``host``. NumPy and the thread pools are those this process has loaded: a job that never used them does
    not name them.
    """
    facts = {
        "python": {"implementation": platform.python_implementation(), "version": platform.python_version()},
        "manager": manager(),
        "system": {"name": platform.system(), "release": platform.release(), "machine": platform.machine()},
        "libc": _libc(),
        "processor": processor(),
        "numpy": _numpy(),
        "threadpools": _threadpools(),
        "threads": {name: os.environ[name] for name in THREAD_VARIABLES if name in os.environ},
        "kernels": {name: os.environ[name] for name in KERNEL_VARIABLES if name in os.environ},
        "host": platform.node(),
    }
    return {key: value for key, value in facts.items() if value or key == "threads"}


def manager() -> str:
    """Who made the environment of this Python: ``conda``, ``venv`` or ``system``."""
    if (Path(sys.prefix) / "conda-meta").is_dir():
        return "conda"
    return "venv" if sys.prefix != sys.base_prefix else "system"


def processor() -> dict[str, Any]:
    """Model, class and count of the logical processors this process may use.

    ``class`` is the instruction level on which compiled kernels choose their path: x86-64-v1 … v4 on x86,
    else the machine name.
    """
    facts = _cpuinfo()
    flags = set((facts.get("flags") or facts.get("Features") or "").split())
    level = platform.machine()
    if flags and level.lower() in {"x86_64", "amd64"}:
        level = "x86-64-v1"
        for name, needed in _X86_LEVELS:
            if not needed <= flags:
                break
            level = name
    found: dict[str, Any] = {"class": level}
    model = facts.get("model name") or platform.processor()
    if model:
        found["model"] = model
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    if count:
        found["count"] = count
    return found


@cache
def _cpuinfo() -> dict[str, str]:
    """The lines of the first processor in /proc/cpuinfo; empty where there is none."""
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n", 1)[0]
    except OSError:
        return {}
    pairs = (line.partition(":") for line in first.splitlines() if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}


def _libc() -> dict[str, str]:
    name, version = platform.libc_ver()
    return {key: value for key, value in (("name", name), ("version", version)) if value}


def _numpy() -> dict[str, Any]:
    """Version of the loaded NumPy and the SIMD features that it found, by its own names."""
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return {}
    facts: dict[str, Any] = {"version": numpy.__version__}
    core = sys.modules.get("numpy._core._multiarray_umath") or sys.modules.get("numpy.core._multiarray_umath")
    features = getattr(core, "__cpu_features__", None)
    if features is not None:
        facts["simd"] = sorted(name for name, found in features.items() if found)
    return facts


def _threadpools() -> list[dict[str, Any]]:
    """The loaded BLAS and OpenMP libraries, each by its kernels and threads, without the path of its file."""
    from threadpoolctl import threadpool_info

    pools = [
        {key: value for key, value in pool.items() if key not in {"filepath", "prefix"}} for pool in threadpool_info()
    ]
    known = [{key: value for key, value in sorted(pool.items()) if value is not None} for pool in pools]
    return sorted(known, key=repr)


def peak_memory_mb() -> float | None:
    """Largest resident memory of this process and its finished children, in MiB; None where unknown."""
    try:
        import resource
    except ImportError:
        return None
    largest = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return round(largest / unit, 1)


def read_lock(path: Path) -> dict[str, str]:
    """Versions by normalised package name of a lock in pip's requirements format.

    Lines whose marker does not hold here are left out. Raises LockError when the file cannot be read or a
    line pins no exact version.
    """
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LockError(f"{path}: cannot be read ({type(error).__name__})") from None
    pins: dict[str, str] = {}
    for line in _requirement_lines(text):
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            raise LockError(f"{path}: got {line!r}; allowed: name==version with hashes and a marker") from None
        exact = [part.version for part in requirement.specifier if part.operator in {"==", "==="}]
        if len(exact) != 1 or exact[0].endswith("*"):
            raise LockError(f"{path}: got {line!r}; allowed: one exact version (name==version)")
        if requirement.marker is None or requirement.marker.evaluate():
            pins[canonicalize_name(requirement.name)] = exact[0]
    return pins


def _requirement_lines(text: str) -> list[str]:
    """The requirements of a lock, without continuation marks, comments, hashes and options."""
    lines = re.sub(r"\\\s*\n", " ", text).splitlines()
    bare = (re.sub(r"(^|\s)#.*$", "", line) for line in lines)
    bare = (re.sub(r"\s--hash[=\s]\S+", "", line).strip() for line in bare)
    return [line for line in bare if line and not line.startswith("-")]


@cache
def installed_packages() -> dict[str, str]:
    """Versions by normalised name of the packages on the path of this Python; the first found counts.

    Read from the names of the metadata folders (name-version.dist-info), which is fifty times faster than
    parsing the metadata; it is parsed only where a folder's name states no version.
    """
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    for place in map(Path, sys.path):
        for folder in sorted([*place.glob("*.dist-info"), *place.glob("*.egg-info")]):
            name, _, rest = folder.stem.partition("-")
            version = rest.partition("-py")[0] or _version_inside(folder)
            if version:
                found.setdefault(canonicalize_name(name), version)
    return found


def _version_inside(folder: Path) -> str | None:
    return importlib.metadata.PathDistribution(folder).metadata["Version"]


def compare_with_lock(lock_path: Path) -> dict[str, Any]:
    """Live packages against the lock: {status, lock, compared, differences}.

    ``status`` is ``locked`` or ``drifted``; ``lock`` the SHA-256 of the lock file; ``compared`` how many of
    its packages apply and were found; ``differences`` a list of {package, locked, live}, where ``live`` is
    None for a package that is missing. In a conda environment, which holds only what its stage needs, missing
    packages do not count. Packages beyond the lock (test tools) do not count. Raises LockError.
    """
    from packaging.version import InvalidVersion, Version

    def same(one: str, other: str) -> bool:
        try:
            return Version(one) == Version(other)
        except InvalidVersion:
            return one == other

    pins, live = read_lock(lock_path), installed_packages()
    partial = manager() == "conda"
    differences = [
        {"package": name, "locked": version, "live": live.get(name)}
        for name, version in sorted(pins.items())
        if (name not in live and not partial) or (name in live and not same(live[name], version))
    ]
    return {
        "status": "drifted" if differences else "locked",
        "lock": sha256_file(lock_path),
        "compared": sum(name in live for name in pins),
        "differences": differences,
    }
