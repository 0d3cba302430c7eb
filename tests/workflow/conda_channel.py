"""A conda channel on disk, made of the packages that this Python has: what an offline test can solve and install.

    make_channel(folder, ["numpy", "pyyaml"])     linux-64 packages of both, of all that they need, and of Python

Each package is repacked from its installed files with its real name, version and requirements, so that the solver
has something to solve. Not shown by this: that these versions exist on conda-forge.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import json
import re
import sys
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from packaging.requirements import Requirement

SUBDIR = "linux-64"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
LIBRARY = f"lib/python{PYTHON}"
SITE = f"{LIBRARY}/site-packages"
# Parts of the standard library that no job imports.
UNUSED = {"test", "idlelib", "ensurepip", "tkinter", "turtledemo", "lib2to3", "site-packages", "dist-packages"}

Files = dict[str, bytes | Path]


def conda_name(name: str) -> str:
    """A package's name in lower case with dashes."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(names: Iterable[str]) -> dict[str, importlib.metadata.Distribution]:
    """The installed packages of these names and all that they need here, by conda's name."""
    waiting, found = list(names), dict[str, importlib.metadata.Distribution]()
    while waiting:
        name = conda_name(waiting.pop())
        if name not in found:
            found[name] = importlib.metadata.distribution(name)
            waiting += [requirement.name for requirement in requirements(found[name])]
    return found


def requirements(package: importlib.metadata.Distribution) -> list[Requirement]:
    """What a package needs here, without its extras."""
    every = [Requirement(text) for text in package.requires or []]
    return [each for each in every if each.marker is None or each.marker.evaluate({"extra": ""})]


def depends(package: importlib.metadata.Distribution) -> list[str]:
    """The same as conda writes it; `~=` is its own operator there."""
    words = [f"{conda_name(each.name)} {each.specifier}".strip() for each in requirements(package)]
    return [f"python {PYTHON}.*", *words]


def files_of(package: importlib.metadata.Distribution, version: str | None = None) -> Files:
    """Where the files of an installed package go in a prefix; with another version its metadata claims that one."""
    found: Files = {}
    for file in package.files or []:
        if ".." in file.parts or "__pycache__" in file.parts:
            continue
        place, content = str(file), Path(str(file.locate()))
        if version and ".dist-info/" in place:
            place = place.replace(f"-{package.version}.dist-info", f"-{version}.dist-info")
            if file.name == "METADATA":
                text = content.read_text(encoding="utf-8")
                text = text.replace(f"\nVersion: {package.version}\n", f"\nVersion: {version}\n")
                found[f"{SITE}/{place}"] = text.encode()
                continue
        found[f"{SITE}/{place}"] = content
    return found


def files_of_python() -> Files:
    """The running Python without its packages: program, shared library, standard library."""
    base = Path(sys.base_prefix)
    found: Files = {f"bin/python{PYTHON}": (base / "bin" / f"python{PYTHON}").resolve()}
    found["bin/python"] = found[f"bin/python{PYTHON}"]
    found |= {f"lib/{path.name}": path.resolve() for path in base.glob(f"lib/libpython{PYTHON}.so.1.0")}
    for path in standard_library(base / LIBRARY):
        found[str(path.relative_to(base))] = path
    found[f"{SITE}/.keep"] = b""
    return found


def standard_library(folder: Path) -> Iterator[Path]:
    """The files of the standard library that a job may need."""
    for path in sorted(folder.iterdir()):
        if path.name in UNUSED or path.name.startswith(("config-", "__pycache__")):
            continue
        if path.is_file():
            yield path
        else:
            yield from (each for each in sorted(path.rglob("*")) if each.is_file() and "__pycache__" not in each.parts)


def write_package(channel: Path, name: str, version: str, files: Files, depends: list[str]) -> None:
    """One `.tar.bz2` package."""
    build = "0"
    contents = {place: each if isinstance(each, bytes) else each.read_bytes() for place, each in files.items()}
    paths = [
        {
            "_path": place,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(text).hexdigest(),
            "size_in_bytes": len(text),
        }
        for place, text in contents.items()
    ]
    index = {
        "name": name, "version": version, "build": build, "build_number": 0, "subdir": SUBDIR, "depends": depends,
        "arch": "x86_64", "platform": "linux",
    }  # fmt: skip
    info = {"info/index.json": json.dumps(index), "info/paths.json": json.dumps({"paths": paths, "paths_version": 1})}
    target = channel / SUBDIR / f"{name}-{version}-{build}.tar.bz2"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(target, "w:bz2", compresslevel=1) as archive:
        for place, content in [(key, text.encode()) for key, text in info.items()] + list(contents.items()):
            member = tarfile.TarInfo(place)
            member.size, member.mode = len(content), 0o755 if place.startswith("bin/") else 0o644
            archive.addfile(member, io.BytesIO(content))


def make_channel(channel: Path, names: Iterable[str], versions: Iterable[tuple[str, str]] = ()) -> None:
    """Packages of Python, of `names` and all that they need; `versions`: more of them under other versions."""
    version = ".".join(map(str, sys.version_info[:3]))
    write_package(channel, "python", version, files_of_python(), [])
    for name, package in needed(names).items():
        write_package(channel, name, package.version, files_of(package), depends(package))
    for name, other in versions:
        package = importlib.metadata.distribution(name)
        write_package(channel, name, other, files_of(package, other), depends(package))
    (channel / "noarch").mkdir(exist_ok=True)
