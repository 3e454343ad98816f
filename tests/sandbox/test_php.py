"""PHP's casts and forms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.php import array, build_form, is_numeric, parse_form, to_int
from sandbox.wire import Json


@pytest.mark.parametrize(
    ("value", "cast"),
    [
        (None, 0),
        ("", 0),
        ("17", 17),
        ("01763", 1763),  # the guarded reference of openlines.md part 2
        ("0$result[chats][0][CHAT_ID]", 0),
        ("12abc", 12),
        ("abc", 0),
        (" -5", -5),
        (True, 1),
        (3.9, 3),
        ([], 0),
        ({}, 0),
        ([5], 1),  # openlines.md fact 10: a filled array is 1
        ({"error": "x"}, 1),
        (10**30, 2**63 - 1),
        ("-" + "9" * 5000, -(2**63)),
        (1e300, 0),
    ],
)
def test_int_cast(value: Json, cast: int) -> None:
    assert to_int(value) == cast


@pytest.mark.parametrize(
    ("value", "numeric"),
    [
        ("01763", True),
        ("0$result[x]", False),
        ("", False),
        (None, False),
        ([1], False),
        (True, False),
        ("1e3", True),
        (7, True),
    ],
)
def test_is_numeric(value: Json, numeric: bool) -> None:
    assert is_numeric(value) is numeric


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("a=1&b=two+words", {"a": "1", "b": "two words"}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a[]=x&a[]=y", {"a": ["x", "y"]}),
        ("a[0]=x&a[1]=y", {"a": ["x", "y"]}),
        ("a[1]=x", {"a": {"1": "x"}}),
        ("filter[%3EID]=5", {"filter": {">ID": "5"}}),
        ("a=1&a=2", {"a": "2"}),
        ("a", {"a": ""}),
        ("x.y=1", {"x_y": "1"}),
        ("MESSAGE=a+b & c", {"MESSAGE": "a b ", "c": ""}),
    ],
)
def test_reading_a_form(form: str, fields: dict[str, Json]) -> None:
    assert parse_form(form) == fields


@pytest.mark.parametrize(
    ("fields", "form"),
    [
        (
            {"document_id": ["crm", "CCrmDocumentDeal", "DEAL_17"]},
            "document_id%5B0%5D=crm&document_id%5B1%5D=CCrmDocumentDeal&document_id%5B2%5D=DEAL_17",
        ),
        ({"properties": {"who": ["user_7"], "text": ""}}, "properties%5Bwho%5D%5B0%5D=user_7&properties%5Btext%5D="),
        ({"gone": [], "null": None, "kept": ""}, "kept="),
        ({"yes": True, "no": False, "text": "a b&c"}, "yes=1&no=0&text=a+b%26c"),
    ],
)
def test_writing_a_form_as_http_build_query_does(fields: dict[str, Json], form: str) -> None:
    assert build_form(fields) == form


_names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.dictionaries(
        _names,
        _texts | st.lists(_texts, min_size=1, max_size=4) | st.dictionaries(_names, _texts, min_size=1, max_size=4),
    )
)
def test_what_is_written_is_read_again(fields: dict[str, Json]) -> None:
    assert parse_form(build_form(fields)) == fields


def test_an_array_is_a_list_only_when_its_keys_count_up_from_zero() -> None:
    assert array({}) == []
    assert array({"0": "a", "1": "b"}) == ["a", "b"]
    assert array({"1": "a"}) == {"1": "a"}
    assert array({"a": 1}) == {"a": 1}
