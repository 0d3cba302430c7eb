"""The code closure: what changes its digest, what does not, and which modules it holds."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from provenance_corpus import write_tree

from atlas.provenance.closure import Closure, ClosureError, CodeGraph
from atlas.provenance.facts import source_digest

TREE = {
    "simulate.py": "from atlas.jobs import run\nimport beside\n",
    "page.py": "def work():\n    from atlas.drawing import line\n    return line\n",
    "beside.py": "X = 1\n",
    "atlas/__init__.py": "VERSION = 1\n",
    "atlas/jobs.py": "import json\n\n\ndef run():\n    from atlas.seeds import draw\n    return draw\n",
    "atlas/seeds.py": "draw = 1\n",
    "atlas/drawing.py": "line = 2\n",
    "atlas/typed.py": "kind = 3\n",
    "atlas/unused.py": "import atlas.drawing\n",
    "atlas/numbers/__init__.py": "from . import tables\n",
    "atlas/numbers/tables.py": "TABLE = (1, 2)\n",
    "atlas/numbers/deep/__init__.py": "",
    "atlas/numbers/deep/kernel.py": "STEP = 0.1\n",
    "atlas/papers/__init__.py": "",
    "atlas/papers/a_b/__init__.py": "",
    "atlas/papers/a_b/simulation.py": (
        "from typing import TYPE_CHECKING\nimport atlas.numbers.deep.kernel as k\n"
        "if TYPE_CHECKING:\n    from atlas.typed import kind\n"
    ),
}
REACHED = {
    "scripts.simulate",
    "scripts.beside",
    "atlas",
    "atlas.jobs",
    "atlas.seeds",  # imported inside a function
    "atlas.numbers",  # runs because atlas.numbers.deep.kernel is imported
    "atlas.numbers.tables",  # imported by that __init__
    "atlas.numbers.deep",
    "atlas.numbers.deep.kernel",
    "atlas.papers",
    "atlas.papers.a_b",
    "atlas.papers.a_b.simulation",
}


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "scripts", TREE)


def simulate(scripts: Path) -> Closure:
    return CodeGraph.build(scripts).closure("simulate", "a_b")


def test_closure_holds_lazy_imports_and_packages_but_no_typing_imports(scripts: Path) -> None:
    assert set(simulate(scripts).modules) == REACHED
    assert set(CodeGraph.build(scripts).closure("page", None).modules) == {
        "scripts.page",
        "atlas",
        "atlas.drawing",
    }


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("atlas/seeds.py", "# a comment\ndraw = 1  # another\n"),
        ("atlas/seeds.py", '"""A docstring."""\n\ndraw = 1\n'),
        ("atlas/seeds.py", "draw = (\n    1\n)\n"),
        ("atlas/drawing.py", "line = 3\n"),  # not reached
        ("atlas/typed.py", "kind = 4\n"),  # reached by a type checker only
        ("atlas/new.py", "x = 1\n"),
    ],
)
def test_closure_digest_keeps(scripts: Path, file: str, text: str) -> None:
    before = simulate(scripts)
    write_tree(scripts, {file: text})
    assert simulate(scripts) == before


@pytest.mark.parametrize(
    ("file", "text", "module"),
    [
        ("atlas/numbers/deep/kernel.py", "STEP = 0.2\n", "atlas.numbers.deep.kernel"),
        ("atlas/numbers/__init__.py", "from . import tables\nX = 1\n", "atlas.numbers"),
        ("atlas/seeds.py", "draw = 1.0\n", "atlas.seeds"),
        ("beside.py", "X = 2\n", "scripts.beside"),
        ("simulate.py", "from atlas.jobs import run\nimport beside\nrun()\n", "scripts.simulate"),
    ],
)
def test_closure_digest_changes_by_the_edited_module_alone(scripts: Path, file: str, text: str, module: str) -> None:
    before = simulate(scripts)
    write_tree(scripts, {file: text})
    after = simulate(scripts)
    assert after.digest != before.digest
    assert {name for name in REACHED if after.modules[name] != before.modules[name]} == {module}
    page = CodeGraph.build(scripts).closure("page", None)
    write_tree(scripts, {file: TREE[file]})
    assert CodeGraph.build(scripts).closure("page", None) == page


def test_closure_new_import_brings_its_module_in(scripts: Path) -> None:
    write_tree(scripts, {"atlas/seeds.py": "def draw():\n    import atlas.drawing\n"})
    assert set(simulate(scripts).modules) == REACHED | {"atlas.drawing"}


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("def f():\n    '''doc'''\n    return 1", "def f(): return 1", True),
        ("class A:\n    x: int = 1\n    '''about x'''", "class A:\n    x: int = 1", True),
        ("class A:\n    '''doc'''", "class A:\n    pass", True),
        ("x = 'text'", 'x = "text"', True),
        ("x = 1", "x = 1.0", False),
        ("x = 1", "x = True", False),
        ("x = 'a'", "x = b'a'", False),
        ("x = a - (b - c)", "x = a - b - c", False),
        ("f(a, b)", "f(b, a)", False),
        ("f(a)\nf('x')", "f(a)\n", False),
        ("def f(a, b=1): pass", "def f(a, *, b=1): pass", False),
        ("if a:\n    f()\ng()", "if a:\n    f()\n    g()", False),
        ("global_ = [1, 2]", "global_ = [[1], 2]", False),
        ("x = [a, [b]]", "x = [[a, b]]", False),
        ("x = None", "x = ...", False),
        ("x = {**a}", "x = {a: a}", False),
    ],
)
def test_source_digest_reads_meaning_not_looks(one: str, other: str, equal: bool) -> None:
    assert (source_digest(one) == source_digest(other)) is equal


def test_source_digest_tells_apart_what_ast_dump_tells_apart() -> None:
    # Independent twin: over all expressions of a real package, as many digests as different ast.dump texts.
    sources = [path.read_text() for path in sorted((Path(ast.__file__).parent / "json").glob("*.py"))]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source)) if isinstance(node, ast.expr)]
    texts = {f"x[{ast.unparse(node)}]" for node in nodes if not isinstance(node, ast.Starred | ast.FormattedValue)}
    dumps = {ast.dump(ast.parse(text)) for text in texts}
    assert len(dumps) > 500
    assert len({source_digest(text) for text in texts}) == len(dumps)


def test_closure_covers_what_an_interpreter_really_loads() -> None:
    # Independent twin: import in a fresh process; everything first-party it loads must be in the closure.
    scripts = Path(__file__).resolve().parents[3] / "scripts"
    code = "import sys, atlas.provenance.record; print(*[m for m in sys.modules if m.split('.')[0] == 'atlas'])"
    run = subprocess.run([sys.executable, "-c", code], cwd=scripts, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    closure = CodeGraph.build(scripts).closure_of("atlas.provenance.record")
    assert {"atlas", "atlas.provenance.record", "atlas.provenance.digests"} <= loaded <= set(closure.modules)


def test_closure_of_another_tree_does_not_need_its_package_importable(scripts: Path) -> None:
    # The real package is loaded in this process; the graph must still be that of the given folder.
    assert "atlas.numbers.tables" in CodeGraph.build(scripts).files
    assert "atlas.provenance" not in CodeGraph.build(scripts).files


@pytest.mark.parametrize(
    ("files", "fragment"),
    [
        ({"atlas/seeds.py": "def f(:\n"}, "seeds.py:1: not valid Python"),
        ({"simulate.py": "def f(:\n"}, "simulate.py:1: not valid Python"),
        ({"atlas/lost/inner.py": "X = 1\n"}, "__init__.py missing"),
    ],
)
def test_closure_refuses_broken_trees_in_one_line(scripts: Path, files: dict[str, str], fragment: str) -> None:
    write_tree(scripts, files)
    with pytest.raises(ClosureError) as caught:
        simulate(scripts)
    assert fragment in str(caught.value)
    assert "\n" not in str(caught.value)


def test_closure_refuses_unknown_stage_room_and_folder(scripts: Path, tmp_path: Path) -> None:
    graph = CodeGraph.build(scripts)
    with pytest.raises(ClosureError, match=r"no module atlas\.papers\.other\.simulation"):
        graph.closure("simulate", "other")
    with pytest.raises(ClosureError, match=r"no module scripts\.paint"):
        graph.closure("paint", None)
    with pytest.raises(ClosureError, match="has no module in a paper's room"):
        graph.closure("page", "a_b")
    with pytest.raises(ClosureError, match="holds no package"):
        CodeGraph.build(tmp_path / "nothing")


def grimp_imports(scripts: Path) -> dict[str, set[str]]:
    """Independent twin: grimp's graph of the tree, built in a fresh process (grimp imports by name)."""
    code = (
        "import json, grimp; g = grimp.build_graph('atlas', exclude_type_checking_imports=True, cache_dir=None);"
        "print(json.dumps({m: sorted(g.find_modules_directly_imported_by(m)) for m in g.modules}))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=scripts, capture_output=True, text=True, check=True)
    return {name: set(found) for name, found in json.loads(run.stdout).items()}


TRAPS = {
    "atlas/numbers/deep/kernel.py": (
        "from .. import tables\nfrom ...seeds import draw\nfrom . import other as o\nfrom .other import *\n"
        "import atlas.drawing as d, atlas.unused\nfrom atlas import jobs, VERSION\n"
        "try:\n    import atlas.typed\nexcept ImportError:\n    import numpy\n"
        "class A:\n    def f(self):\n        from atlas.papers.a_b.simulation import k\n"
    ),
    "atlas/numbers/deep/other.py": (
        "import typing\nif typing.TYPE_CHECKING:\n    import atlas.jobs\nelse:\n    import atlas.unused\n"
    ),
    "atlas/numbers/deep/__init__.py": "from .kernel import STEP\nfrom . import other\n",
}


def test_closure_imports_are_those_of_grimp(scripts: Path) -> None:
    write_tree(scripts, TRAPS)
    for tree in (scripts, Path(__file__).resolve().parents[3] / "scripts"):
        graph, twin = CodeGraph.build(tree), grimp_imports(tree)
        assert {name for name in graph.files if not name.startswith("scripts.")} == set(twin)
        for name in twin:
            assert graph.imported(name) == twin[name], name


AUDIT_ONLY = ("audit", "chain", "checks", "crate", "difference", "explanation", "rendering", "verification")


@pytest.mark.parametrize("stage", ["simulate", "theory", "compare", "plot", "judge"])
def test_closure_of_a_job_holds_no_module_of_the_audit(stage: str) -> None:
    # A change of how the audit speaks must not run a simulation again.
    graph = CodeGraph.build(Path(__file__).resolve().parents[3] / "scripts")
    rooms = {name.split(".")[2] for name in graph.files if name.startswith("atlas.papers.") and name.count(".") > 2}
    assert "kinetic_energy" in rooms
    for room in rooms:
        modules = graph.closure(stage, room).modules
        assert not [name for name in AUDIT_ONLY if f"atlas.provenance.{name}" in modules]
