"""Parameters of questions: reading, ranges, and the product of comma-separated values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.questions import Answer, Question, QuestionError, array, choice, number, whole_number


def solver(**values: float) -> Answer:
    return Answer(values, 0.0)


@given(st.text(max_size=12))
def test_any_text_is_a_number_in_range_or_a_question_error(text: str) -> None:
    parameter = number("g", "gain", low=0.0, high=10.0, open_low=True)
    try:
        said: float | str = parameter.parse(text)
    except QuestionError as error:
        said = str(error)
    if isinstance(said, str):
        assert "\n" not in said
        assert said.endswith("allowed: a number > 0 and <= 10")
    else:
        assert 0 < said <= 10


@given(st.floats(allow_nan=False))
def test_numbers_are_read_to_the_last_bit(value: float) -> None:
    assert number("x", "any").parse(repr(value)) == value


@pytest.mark.parametrize(
    ("low", "high", "allowed"),
    [
        (0.0, 1.0, "a number >= 0 and <= 1"),
        (0.0, float("inf"), "a number >= 0"),
        (-float("inf"), 1.0, "a number <= 1"),
        (-float("inf"), float("inf"), "a number"),
    ],
)
def test_allowed_range_in_words(low: float, high: float, allowed: str) -> None:
    assert number("x", "any", low=low, high=high).allowed == allowed


def test_ends_of_ranges() -> None:
    assert number("x", "", low=0.0, high=1.0).parse("0") == 0
    assert whole_number("n", "", low=1, high=3).parse("3") == 3
    with pytest.raises(QuestionError):
        number("x", "", low=0.0, open_low=True).parse("0")
    for text in ("0", "4", "2.0", "1_0", "two"):
        with pytest.raises(QuestionError, match="an integer from 1 to 3"):
            whole_number("n", "", low=1, high=3).parse(text)


def test_values_are_the_product_in_the_order_of_the_parameters() -> None:
    question = Question(
        solver, (number("a", ""), choice("kind", "", ["x", "y"], default="x"), number("b", "", default=7.0))
    )
    rows = question.values({"b": "1,2", "a": "5"})
    assert rows == [{"a": 5.0, "kind": "x", "b": 1.0}, {"a": 5.0, "kind": "x", "b": 2.0}]
    assert question.values({"a": "5"}) == [{"a": 5.0, "kind": "x", "b": 7.0}]


def test_default_that_the_solver_works_out_is_passed_as_none() -> None:
    question = Question(solver, (number("g", ""), number("temperature", "", default="gamma0 of g")))
    assert question.values({"g": "1"}) == [{"g": 1.0, "temperature": None}]


def test_commas_inside_a_matrix_do_not_part_it() -> None:
    (row,) = Question(solver, (array("J", ""),)).values({"J": "[[1,2],[3,4]]"})
    assert np.array_equal(row["J"], [[1, 2], [3, 4]])


def test_question_without_parameters_and_unknown_names() -> None:
    assert Question(solver).values({}) == [{}]
    with pytest.raises(QuestionError, match="unknown parameter 'g'; allowed: none"):
        Question(solver).values({"g": "1"})
