"""The committed expectation of verdicts: round trip, differences, refusals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.claims.expectation import (
    ExpectationError,
    Expected,
    claim_order,
    differences,
    parse_expectation,
    render_expectation,
)
from atlas.claims.verdict import VERDICTS

TEXT = 'claim,verdict,why\na.C2,reproduced,\na.C10,refuted,"needs N, not more time"\n'


def test_expectation_is_read() -> None:
    assert parse_expectation(TEXT) == {
        "a.C2": Expected("reproduced", ""),
        "a.C10": Expected("refuted", "needs N, not more time"),
    }


@given(
    st.dictionaries(
        st.from_regex(r"[a-z-]{1,8}\.C[0-9]{1,2}[ab]?", fullmatch=True),
        st.builds(Expected, st.sampled_from(VERDICTS), st.text(st.characters(exclude_categories=["C"]))),
    )
)
def test_what_is_written_is_read_back(expected: dict[str, Expected]) -> None:
    verdicts = {claim: row.verdict for claim, row in expected.items()}
    assert parse_expectation(render_expectation(verdicts, expected)) == expected
    assert differences(expected, verdicts) == []


def test_differences_are_named_in_order() -> None:
    expected = parse_expectation(TEXT)
    lines = differences(expected, {"a.C10": "reproduced", "b.C1": "inconclusive"})
    assert lines == [
        "a.C2: missing: expected reproduced, not in this run",
        "a.C10: changed: expected refuted (needs N, not more time), now reproduced",
        "b.C1: unknown: inconclusive in this run, not in the expectation",
    ]


def test_reason_is_kept_only_while_the_verdict_stands() -> None:
    expected = parse_expectation(TEXT)
    assert render_expectation({"a.C10": "refuted", "a.C2": "refuted"}, expected) == (
        'claim,verdict,why\na.C2,refuted,\na.C10,refuted,"needs N, not more time"\n'
    )
    assert render_expectation({"a.C10": "reproduced"}, expected).endswith("a.C10,reproduced,\n")


def test_claims_are_ordered_by_number() -> None:
    claims = ["b.C1", "a.C10", "a.C8b", "a.C2", "a.C8a"]
    assert sorted(claims, key=claim_order) == ["a.C2", "a.C8a", "a.C8b", "a.C10", "b.C1"]


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("", "line 1: got header ''"),
        ("claim,verdict\n", "line 1: got header 'claim,verdict'"),
        (TEXT + "a.C3,passed,\n", "line 4: a.C3: got 'passed'; allowed: reproduced, refuted, inconclusive"),
        (TEXT + "a.C2,refuted,\n", "line 4: a.C2: named twice"),
        (TEXT + "a.C3,refuted\n", "line 4: got 2 fields"),
    ],
)
def test_broken_tables_are_refused(text: str, fragment: str) -> None:
    with pytest.raises(ExpectationError) as refused:
        parse_expectation(text)
    assert fragment in str(refused.value)


def test_unknown_verdict_is_not_written() -> None:
    with pytest.raises(ExpectationError, match=r"a\.C1: got 'maybe'"):
        render_expectation({"a.C1": "maybe"})
