"""Equations: the small TeX becomes well-formed MathML, and everything else is refused in one line."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.page.mathml import MathError, mathml


def drawn(tex: str) -> str:
    """Tags and texts of an equation in short, without the outermost element and rows."""
    text = re.sub(r" [a-z]+=\"[^\"]*\"", "", mathml(tex))
    return text.removeprefix("<math>").removesuffix("</math>").replace("<mrow>", "").replace("</mrow>", "")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("x_i", "<msub><mi>x</mi><mi>i</mi></msub>"),
        ("x^2_{ij}", "<msubsup><mi>x</mi><mi>i</mi><mi>j</mi><mn>2</mn></msubsup>"),
        (r"\frac12", None),
        (r"\frac{1}{N}", "<mfrac><mn>1</mn><mi>N</mi></mfrac>"),
        (r"\sum_j J", "<munder><mo>∑</mo><mi>j</mi></munder><mi>J</mi>"),
        (r"\int_0 x", "<msub><mo>∫</mo><mn>0</mn></msub><mi>x</mi>"),
        (r"\Delta''", "<msup><mi>Δ</mi><mo>″</mo></msup>"),
        (r"\dot x", "<mover><mi>x</mi><mo>˙</mo></mover>"),
        (r"\tanh x - 1.5", "<mi>tanh</mi><mspace></mspace><mi>x</mi><mo>−</mo><mn>1.5</mn>"),
        (r"\text{a < b}", "<mtext>a\u00a0&lt;\u00a0b</mtext>"),
        ("a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        (r"\left[ x \right]", "<mo>[</mo><mi>x</mi><mo>]</mo>"),
    ],
)
def test_small_tex_becomes_mathml(tex: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(MathError, match="ends too early"):  # 12 is one number: braces are needed
            mathml(tex)
    else:
        assert drawn(tex) == expected


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\unknown", r"\\unknown is not known"),
        ("{x", "expected"),
        ("x}", "expected"),
        ("x_i_j", "two subscripts"),
        (r"\left( x", "expected"),
        (r"\left x \right)", "no bracket"),
        ("x^", "ends too early"),
        ("§", "is not known"),
    ],
)
def test_everything_else_is_refused(tex: str, said: str) -> None:
    with pytest.raises(MathError, match=said) as caught:
        mathml(tex)
    assert "\n" not in str(caught.value)


@given(st.text(alphabet=r"\{}^_'x1 +<&>()abfrcsqt,|", max_size=30))
def test_never_anything_but_well_formed_or_refused(tex: str) -> None:
    try:
        text = mathml(tex)
    except MathError:
        return
    root = ElementTree.fromstring(text)
    wanted = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "msqrt": 1}
    for element in root.iter():
        if element.tag in wanted:
            assert len(element) == wanted[element.tag]
