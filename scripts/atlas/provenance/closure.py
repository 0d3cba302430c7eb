"""The code behind a job: which first-party modules it can reach, and one digest of what they say.

The closure of a job starts at its script ``scripts/<stage>.py`` and at the module of the paper's room that
the stage calls (simulate: ``simulation``, theory: ``theory``, compare: ``comparison``, plot: ``figures``,
judge: ``claims``). It follows every import statement, also those inside functions, but not those under ``if
TYPE_CHECKING:``, and takes in the ``__init__`` of each package on the way, since importing ``a.b.c`` runs
``a`` and ``a.b``.

The digest of a module is taken over its syntax tree without comments, docstrings, formatting and line
numbers: a changed constant changes it, a changed comment does not. The tree is written out by this module,
not by ``ast.dump``, so that the digest does not depend on the version of Python.

What it cannot see: imports by a computed name (the room modules, which are imported so, are roots for that
reason) and files that are read as data.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atlas.provenance.digests import sha256_json

PACKAGE = "atlas"
ROOM_MODULES = {
    "simulate": "simulation",
    "theory": "theory",
    "compare": "comparison",
    "plot": "figures",
    "judge": "claims",
}
# Fields of syntax nodes that carry no meaning (load/store follows from the place, u"" equals "").
_SILENT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
_FIELDS: dict[type, tuple[str, ...]] = {}


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


def source_digest(source: str) -> str:
    """SHA-256 of the syntax tree of Python source, without comments and docstrings; raises SyntaxError."""
    return _tree_digest(ast.parse(source))


def _tree_digest(tree: ast.AST) -> str:
    words: list[str] = []
    _write(tree, words)
    return hashlib.sha256("\n".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def _write(node: Any, words: list[str]) -> None:
    """Append the words of one node: class, each field that is present with its value, an end mark."""
    kind = type(node)
    if kind is ast.Constant:
        words.append(f"Constant {type(node.value).__name__} {node.value!r}")
        return
    fields = _FIELDS.get(kind)
    if fields is None:
        fields = _FIELDS[kind] = tuple(name for name in kind._fields if name not in _SILENT)
    words.append(kind.__name__)
    for name in fields:
        value = getattr(node, name, None)
        items = value if isinstance(value, list) else [] if value is None else [value]
        present = [item for item in items if not _says_nothing(item)]
        if present:  # absent fields are left out: newer versions of Python add some that older trees lack
            words.append(name)
            for item in present:
                if isinstance(item, ast.AST):
                    _write(item, words)
                else:
                    words.append(repr(item))
    words.append(")")


def _says_nothing(node: Any) -> bool:
    """``pass``, or a string standing alone as a statement: a docstring, of whatever it stands in."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    return isinstance(node, ast.Pass)


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _import_nodes(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """All import statements below a node except those that only a type checker sees."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
    elif isinstance(node, ast.If) and _is_type_checking(node.test):
        for other in node.orelse:
            yield from _import_nodes(other)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _import_nodes(child)


def _imported_names(tree: ast.AST) -> Iterator[str]:
    """Dotted names that a script imports; ``from a import b`` gives ``a.b``, which need not be a module."""
    for node in _import_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif node.level == 0 and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _package_graph(scripts_dir: Path) -> Any:
    """grimp's graph of the package in ``scripts_dir``, whatever of that name this process has loaded."""
    import grimp
    from grimp.application.config import settings
    from grimp.application.ports.packagefinder import AbstractPackageFinder

    class Here(AbstractPackageFinder):
        def determine_package_directories(self, package_name: str, file_system: Any) -> set[str]:
            return {str(scripts_dir / package_name)}

    usual = settings.PACKAGE_FINDER
    settings.configure(PACKAGE_FINDER=Here())
    try:
        return grimp.build_graph(PACKAGE, exclude_type_checking_imports=True, cache_dir=None)
    except grimp.exceptions.SourceSyntaxError as error:
        raise ClosureError(f"{error.filename}:{error.lineno}: not valid Python") from None
    finally:
        settings.configure(PACKAGE_FINDER=usual)


def _module_files(scripts_dir: Path) -> dict[str, Path]:
    files = {}
    for path in sorted((scripts_dir / PACKAGE).rglob("*.py")):
        parts = path.relative_to(scripts_dir).with_suffix("").parts
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


@dataclass
class CodeGraph:
    """Who imports whom in the package and in the job scripts beside it. Build once, ask many closures.

    Scripts are named ``scripts.<stem>``, so that they are not taken for modules of the package.
    """

    scripts_dir: Path
    files: dict[str, Path]
    imports: dict[str, frozenset[str]]
    _digests: dict[str, str] = field(default_factory=dict)
    _closures: dict[tuple[str, ...], Closure] = field(default_factory=dict)

    @classmethod
    def build(cls, scripts_dir: Path) -> CodeGraph:
        """Read ``scripts_dir/atlas`` and the scripts beside it.

        Raises ClosureError for a missing package, a file that is not Python, or a folder of modules without
        ``__init__.py`` (its modules would be left out of every digest).
        """
        if not (scripts_dir / PACKAGE).is_dir():
            raise ClosureError(f"{scripts_dir}: holds no package {PACKAGE!r}")
        graph = _package_graph(scripts_dir)
        files = _module_files(scripts_dir)
        unseen = sorted(set(files) - graph.modules)
        if unseen:
            raise ClosureError(
                f"{files[unseen[0]]}: not part of the package; is an __init__.py missing above it?"
            )
        imports = {name: frozenset(graph.find_modules_directly_imported_by(name)) for name in files}
        scripts = {f"scripts.{path.stem}": path for path in sorted(scripts_dir.glob("*.py"))}
        return cls(scripts_dir, files | scripts, imports)

    def closure(self, stage: str, room: str | None) -> Closure:
        """The code that a job of ``stage`` for the paper with this ``room`` can reach.

        ``room``: name of the paper's module below ``atlas.papers`` or None for stages of no paper. Raises
        ClosureError for an unknown stage or room.
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
        return self._closures[roots]

    def digest(self, name: str) -> str:
        """SHA-256 of the syntax tree of one module."""
        if name not in self._digests:
            self._digests[name] = _tree_digest(self._parse(name))
        return self._digests[name]

    def _reachable(self, roots: Iterable[str]) -> set[str]:
        waiting, found = list(roots), set[str]()
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            if name not in self.files:
                raise ClosureError(f"no module {name} below {self.scripts_dir}")
            found.add(name)
            waiting += self._imported(name)
            waiting += [above for above in _packages_above(name) if above in self.files]
        return found

    def _imported(self, name: str) -> frozenset[str]:
        if name not in self.imports:  # a script: the graph of the package does not hold it
            found = (self._module_at(imported) for imported in _imported_names(self._parse(name)))
            self.imports[name] = frozenset(module for module in found if module)
        return self.imports[name]

    def _module_at(self, dotted: str) -> str | None:
        """The longest first-party module that a dotted name starts with, of the package or a script."""
        while dotted:
            if dotted in self.files and not dotted.startswith("scripts."):
                return dotted
            if "." not in dotted and f"scripts.{dotted}" in self.files:
                return f"scripts.{dotted}"
            dotted = dotted.rpartition(".")[0]
        return None

    def _parse(self, name: str) -> ast.Module:
        path = self.files[name]
        try:
            return ast.parse(path.read_bytes())
        except (SyntaxError, ValueError) as error:
            raise ClosureError(f"{path}:{getattr(error, 'lineno', 0)}: not valid Python") from None


def _packages_above(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
