"""What one source file says: a digest of its meaning and the names it imports, remembered by its content.

The digest of a file is taken over its syntax tree without comments, docstrings, formatting and line numbers:
a changed constant changes it, a changed comment does not. The tree is written out by this module, not by
``ast.dump``, so that the digest does not depend on the version of Python.

Facts depend on the bytes of the file alone, so that they can be kept under the SHA-256 of those bytes. The
store is a convenience of the jobs: the audit derives everything again without it.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atlas.files import write_text
from atlas.provenance.digests import sha256_file

# Where jobs keep facts, below the repository. Not a scale's folder, not in git.
STORE = Path("results/.cache/code-facts.json")
MOST_FILES = 5000  # versions of files that the store keeps, the newest
# Fields of syntax nodes that carry no meaning (load/store follows from the place, u"" equals "").
_SILENT = frozenset({"ctx", "kind", "type_comment", "type_ignores"})
# Fields that hold statements, or what holds statements itself (handlers of try, cases of match).
_STATEMENTS = ("body", "handlers", "orelse", "finalbody", "cases")
_FIELDS: dict[type, tuple[str, ...]] = {}


@dataclass(frozen=True)
class Facts:
    """``digest``: SHA-256 of the syntax tree; ``imports``: dotted names as written, sorted.

    ``from a import b`` gives ``a.b``, which need not be a module; a relative import keeps its leading dots.
    """

    digest: str
    imports: tuple[str, ...]


def facts_of(source: bytes | str) -> Facts:
    """The facts of Python source; raises SyntaxError or ValueError."""
    tree = ast.parse(source)
    return Facts(_tree_digest(tree), tuple(sorted(set(_imported_names(tree)))))


def source_digest(source: bytes | str) -> str:
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


def import_nodes(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """All import statements below a node except those that only a type checker sees.

    Imports are statements: only fields that hold statements are walked, which are a small part of a tree.
    """
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
        return
    hidden = isinstance(node, ast.If) and _is_type_checking(node.test)
    for name in _STATEMENTS[1:] if hidden else _STATEMENTS:
        for child in getattr(node, name, ()):
            yield from import_nodes(child)


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _imported_names(tree: ast.AST) -> Iterator[str]:
    for node in import_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            base = f"{node.module}." if node.module else ""
            yield from ("." * node.level + base + alias.name for alias in node.names)


@dataclass
class FactStore:
    """Facts by the SHA-256 of a file's bytes, kept in ``path`` (None: only in memory).

    The file is used only when it states the key of this module: this version of Python and this module's own
    text. A file that is missing, damaged or of another key is ignored and written anew.
    """

    path: Path | None = None
    known: dict[str, Facts] = field(default_factory=dict)
    grown: bool = False

    @classmethod
    def open(cls, path: Path | None) -> FactStore:
        """The store kept in ``path``, empty where it cannot be used."""
        if path is None:
            return cls()
        try:
            kept = json.loads(path.read_bytes())
            if kept["key"] != store_key():
                return cls(path)
            return cls(
                path,
                {sha: Facts(str(digest), tuple(imports)) for sha, (digest, *imports) in kept["facts"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls(path)

    def of(self, source: bytes) -> Facts:
        """The facts of a file's bytes; raises SyntaxError or ValueError."""
        sha = hashlib.sha256(source).hexdigest()
        if sha not in self.known:
            self.known[sha] = facts_of(source)
            self.grown = True
        return self.known[sha]

    def save(self) -> None:
        """Write what was learnt; a store that cannot be written is no error."""
        if self.path is None or not self.grown:
            return
        newest = list(self.known.items())[-MOST_FILES:]
        kept = {"key": store_key(), "facts": {sha: [each.digest, *each.imports] for sha, each in newest}}
        try:
            write_text(self.path, json.dumps(kept, separators=(",", ":")) + "\n")
            self.grown = False
        except OSError:
            return


def store_key() -> str:
    """What the facts depend on besides a file's bytes: the version of Python and the text of this module."""
    return f"Python {sys.version_info.major}.{sys.version_info.minor} {sha256_file(Path(__file__))}"
