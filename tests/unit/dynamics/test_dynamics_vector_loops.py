"""Kernels that divide in a loop leave out the test for a zero divisor: with it no loop becomes vector instructions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import atlas

ROOMS = [Path(atlas.__file__).parent / room for room in ("dynamics", "learning")]
FILES = sorted(path for room in ROOMS for path in room.glob("*.py"))


def slow_kernels(source: str) -> Iterator[str]:
    """Names of compiled functions with a division inside a loop that raise where the divisor is zero."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef):
            continue
        compiled = [ast.unparse(each) for each in node.decorator_list if "njit" in ast.unparse(each)]
        loops = [each for each in ast.walk(node) if isinstance(each, ast.For | ast.While)]
        divides = any(isinstance(each, ast.Div) for loop in loops for each in ast.walk(loop))
        if compiled and divides and "error_model='numpy'" not in compiled[0]:
            yield node.name


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_no_kernel_tests_its_divisors(path: Path) -> None:
    assert list(slow_kernels(path.read_text(encoding="utf-8"))) == []


def test_a_kernel_that_tests_them_is_found() -> None:
    body = "def halve(x):\n    for i in range(len(x)):\n        x[i] /= 2.0\n"
    assert list(slow_kernels("@njit(cache=True)\n" + body)) == ["halve"]
    assert list(slow_kernels("@njit(cache=True, error_model='numpy')\n" + body)) == []
    assert list(slow_kernels(body)) == []
