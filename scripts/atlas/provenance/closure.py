"""The code behind a job: which first-party modules it can reach, and one digest of what they say.

The closure of a job starts at its script ``scripts/<stage>.py`` and at the module of the paper's room that
the stage calls (simulate: ``simulation``, theory: ``theory``, compare: ``comparison``, plot: ``figures``,
judge: ``claims``). It follows every import statement, also those inside functions, but not those under ``if
TYPE_CHECKING:``, and takes in the ``__init__`` of each package on the way, since importing ``a.b.c`` runs
``a`` and ``a.b``.

The digest of a module reads its meaning, not its looks: see ``facts``.

What it cannot see: imports by a computed name (the room modules, which are imported so, are roots for that
reason) and files that are read as data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from atlas.provenance.digests import sha256_json
from atlas.provenance.facts import Facts, FactStore

PACKAGE = "atlas"
ROOM_MODULES = {
    "simulate": "simulation",
    "theory": "theory",
    "compare": "comparison",
    "plot": "figures",
    "judge": "claims",
}


class ClosureError(ValueError):
    """A module that a job needs is missing, unreadable or not Python."""


@dataclass(frozen=True)
class Closure:
    """``modules``: name → SHA-256 of its syntax tree, sorted by name; ``digest``: SHA-256 of that table."""

    modules: dict[str, str]
    digest: str

    @classmethod
    def of(cls, modules: dict[str, str]) -> Closure:
        """The closure with this table of modules."""
        table = dict(sorted(modules.items()))
        return cls(table, sha256_json(table))


def _module_files(scripts_dir: Path) -> dict[str, Path]:
    files = {}
    for path in sorted((scripts_dir / PACKAGE).rglob("*.py")):
        parts = path.relative_to(scripts_dir).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


@dataclass
class CodeGraph:
    """Who imports whom in the package and in the job scripts beside it. Build once, ask many closures.

    Scripts are named ``scripts.<stem>``, so that they are not taken for modules of the package. Only files that
    a closure reaches are read.
    """

    scripts_dir: Path
    files: dict[str, Path]
    store: FactStore = field(default_factory=FactStore)
    _facts: dict[str, Facts] = field(default_factory=dict)
    _closures: dict[tuple[str, ...], Closure] = field(default_factory=dict)

    @classmethod
    def build(cls, scripts_dir: Path, store: Path | None = None) -> CodeGraph:
        """The modules below ``scripts_dir/atlas`` and the scripts beside it.

        ``store``: a file that keeps facts of sources between processes; None reads every source anew, as the
        audit must. Raises ClosureError for a missing package, or a folder of modules without ``__init__.py``
        (another importer would not take it for a part of the package).
        """
        if not (scripts_dir / PACKAGE).is_dir():
            raise ClosureError(f"{scripts_dir}: holds no package {PACKAGE!r}")
        files = _module_files(scripts_dir)
        for name, path in files.items():
            if not all(above in files for above in _packages_above(name)):
                raise ClosureError(f"{path}: not part of the package; is an __init__.py missing above it?")
        scripts = {f"scripts.{path.stem}": path for path in sorted(scripts_dir.glob("*.py"))}
        return cls(scripts_dir, files | scripts, FactStore.open(store))

    def closure(self, stage: str, room: str | None) -> Closure:
        """The code that a job of ``stage`` for the paper with this ``room`` can reach.

        ``room``: name of the paper's module below ``atlas.papers`` or None for stages of no paper. Raises
        ClosureError for an unknown stage or room, or a reached file that is not Python.
        """
        roots = [f"scripts.{stage}"]
        if room is not None:
            if stage not in ROOM_MODULES:
                raise ClosureError(
                    f"stage {stage!r} has no module in a paper's room; allowed: {', '.join(ROOM_MODULES)}"
                )
            roots.append(f"{PACKAGE}.papers.{room}.{ROOM_MODULES[stage]}")
        return self.closure_of(*roots)

    def closure_of(self, *roots: str) -> Closure:
        """The closure of given modules (``atlas.x.y``) and scripts (``scripts.x``)."""
        if roots not in self._closures:
            names = self._reachable(roots)
            self._closures[roots] = Closure.of({name: self.digest(name) for name in names})
            self.store.save()
        return self._closures[roots]

    def digest(self, name: str) -> str:
        """SHA-256 of the syntax tree of one module."""
        return self._facts_of(name).digest

    def imported(self, name: str) -> frozenset[str]:
        """First-party modules and scripts that one module names in its imports, without the packages above."""
        found = (self._module_at(self._absolute(name, each)) for each in self._facts_of(name).imports)
        return frozenset(module for module in found if module)

    def _reachable(self, roots: Iterable[str]) -> set[str]:
        waiting, found = list(roots), set[str]()
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            if name not in self.files:
                raise ClosureError(f"no module {name} below {self.scripts_dir}")
            found.add(name)
            waiting += self.imported(name)
            waiting += [above for above in _packages_above(name) if above in self.files]
        return found

    def _facts_of(self, name: str) -> Facts:
        if name not in self._facts:
            path = self.files[name]
            try:
                self._facts[name] = self.store.of(path.read_bytes())
            except (SyntaxError, ValueError) as error:
                raise ClosureError(f"{path}:{getattr(error, 'lineno', 0)}: not valid Python") from None
        return self._facts[name]

    def _absolute(self, name: str, imported: str) -> str:
        """An imported name without leading dots, which count from the package of the importing module."""
        bare = imported.lstrip(".")
        levels = len(imported) - len(bare)
        if levels == 0:
            return bare
        parts = name.split(".")
        above = levels - (self.files[name].name == "__init__.py")
        return ".".join([*parts[: len(parts) - above], bare])

    def _module_at(self, dotted: str) -> str | None:
        """The longest first-party module that a dotted name starts with, of the package or a script."""
        while dotted:
            if dotted in self.files and not dotted.startswith("scripts."):
                return dotted
            if "." not in dotted and f"scripts.{dotted}" in self.files:
                return f"scripts.{dotted}"
            dotted = dotted.rpartition(".")[0]
        return None


def _packages_above(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
