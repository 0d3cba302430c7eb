"""Formulas in the names of sizes, e.g. "t_max/dt * n_units**2": numbers, names, + - * / ** and brackets, no more."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from functools import cache

_OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class TermError(ValueError):
    """A term that is no formula, or names a size that the task does not have."""


@cache
def _tree(term: str) -> ast.expr:
    try:
        return ast.parse(term, mode="eval").body
    except SyntaxError:
        raise TermError(f"cost term {term!r}: not a formula; allowed: numbers, names of sizes, + - * / **") from None


def value(term: str, sizes: Mapping[str, float]) -> float:
    """The value of a term at given sizes; raises TermError."""

    def of(node: ast.expr) -> float:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        if isinstance(node, ast.Name):
            if node.id not in sizes:
                raise TermError(f"cost term {term!r}: no size {node.id!r}; there are: {', '.join(sizes) or 'none'}")
            return float(sizes[node.id])
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](of(node.left), of(node.right))
        raise TermError(f"cost term {term!r}: not a formula; allowed: numbers, names of sizes, + - * / **")

    return of(_tree(term))


def rates(steps: str, states: str = "1") -> tuple[str, str, str]:
    """The terms of a rate network of n_units neurons: products, elementwise work, calls; each per step."""
    steps = f"({steps})"
    return (f"{steps} * {states} * n_units**2", f"{steps} * {states} * n_units", steps)


def by_names(names: Iterable[str]) -> tuple[str, ...]:
    """Terms of a protocol that declares none: linear in every count and in the sum of all times, per item, and by
    powers 0 to 2 of the number of neurons; a cube of it where nothing else grows."""
    known = list(names)
    times = [name for name in known if name.startswith("t_")]
    counts = [name for name in known if name not in times and name not in ("n_units", "dt")]
    factors = [*([f"({' + '.join(times)})"] if times else []), *counts]
    work = " * ".join(factors) or "1"
    if "n_units" not in known:
        return ("1",) if work == "1" else ("1", work)
    top = "n_units**2" if factors else "n_units**3"
    return (f"{work} * {top}", f"{work} * n_units", "1")
