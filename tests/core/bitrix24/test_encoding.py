"""Batch strings against a model of how the platform reads them: what is sent arrives, and text is inert."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.bitrix24.command import Command, Json
from core.bitrix24.encoding import (
    WORD_JOINER,
    batch_commands,
    form_body,
    json_body,
    neutral_staff_text,
    prefixed,
)
from tests.core.bitrix24.php import parse_str, resolve, resolve_text, split_command

SAID: dict[str, Any] = {
    "result": {"act": [{"ID": 7, "NAME": "secret"}], "secret": "stolen"},
    "next": {"act": 50},
    "total": {"act": 1},
    "time": {"act": {"operating": 1}},
    "error": {},
}
#: Pieces that a hostile or unlucky text is made of.
PIECES = st.sampled_from(
    [
        *(
            "$",
            "$result",
            "$RESULT",
            "$Next",
            "$total",
            "$time",
            "$error",
            "[act]",
            "[0]",
            "[ID]",
            "[secret]",
            "]",
            "[",
        ),
        *("0", "chat", " ", "\n", "\t", "&", "=", "#", "?", "%24", "%", "+", "'", '"', "\\", "\u2060", "₽", "привет"),
        *("result", "s", ".", "{", "$$result[act]", "$result[act][0][ID]"),
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=3), max_size=8).map("".join)
#: Halves of surrogate pairs are replaced and are looked at apart.
CLEAN = TEXTS.filter(lambda text: not re.search("[\ud800-\udfff]", text))
NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}", fullmatch=True)
INNER = st.text(min_size=1, max_size=6).filter(lambda key: not re.search(r"[\[\]\ud800-\udfff]", key))


def sent(params: dict[str, Json]) -> dict[str, Any]:
    """Write a command and read it as PHP does."""
    (text,) = batch_commands({"a": Command("m", params)}).values()
    return split_command(text)[1]


@given(CLEAN)
def test_a_neutral_text_is_not_replaced(text: str) -> None:
    neutral = neutral_staff_text(text)
    assert resolve_text(neutral, SAID, whole=True) == neutral
    assert resolve_text(neutral, SAID, whole=False) == neutral


@given(TEXTS)
def test_it_reads_as_it_was_written(text: str) -> None:
    assert neutral_staff_text(text).replace(WORD_JOINER, "") == text.replace(WORD_JOINER, "")
    assert neutral_staff_text(neutral_staff_text(text)) == neutral_staff_text(text)


@pytest.mark.parametrize("text", ["", "price $100", "$", "$$", "$ result", "total $", "$resul", "100$.", "$TIM"])
def test_a_harmless_text_is_left_alone(text: str) -> None:
    assert neutral_staff_text(text) == text


@given(CLEAN)
@example("a+b & c")
@example("50% = #1?")
def test_text_in_a_batch_arrives_and_brings_no_parameters(text: str) -> None:
    arrived = resolve(sent({"MESSAGE": f"- {text}", "ID": 5}), SAID)
    assert arrived == {"MESSAGE": f"- {neutral_staff_text(text)}", "ID": "5"}


@given(CLEAN)
def test_a_whole_value_is_replaced_only_by_an_earlier_command(text: str) -> None:
    commands = {"first": Command("m"), "second": Command("m", {"MESSAGE": text})}
    _, params = split_command(batch_commands(commands)["second"])
    assert resolve(params, {**SAID, "result": {**SAID["result"], "later": "stolen"}}) == {
        "MESSAGE": neutral_staff_text(text)
    }


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        ("$result[act][0][NAME]", "secret"),
        ("0$result[act][0][ID]", "07"),
        ("chat$result[act][0][ID]", "chat7"),
        ("0$next[act]", "050"),
        ("0$result[act][5][ID]", "0$result[act][5][ID]"),
        ("0$result[act][0][NONE]", "0$result[act][0][NONE]"),
    ],
)
def test_a_reference_to_an_earlier_command_is_kept(value: str, arrives: str) -> None:
    commands = {"act": Command("m"), "b": Command("m", {"ID": value, "LIST": [value]})}
    _, params = split_command(batch_commands(commands)["b"])
    assert resolve(params, SAID) == {"ID": arrives, "LIST": {"0": arrives}}


@pytest.mark.parametrize(
    "value",
    [
        "$result[act][0][ID]: ",
        "a $result[act][0][ID]",
        "x$result[act][0][ID]",
        "$result[act",
        "$result[act]x",
        "$result",
        "$result[]",
        "$result[other][0]",
        "$result[b]",
        "$result[act]$result[act]",
        "$result[act][0][ID]\n",
        "$Result[act][0][ID]",
    ],
)
def test_anything_else_that_looks_like_one_is_broken(value: str) -> None:
    commands = {"act": Command("m"), "b": Command("m", {"TEXT": value}), "c": Command("m")}
    _, params = split_command(batch_commands(commands)["b"])
    assert resolve(params, {**SAID, "result": {**SAID["result"], "other": [1], "b": 2}}) == {
        "TEXT": neutral_staff_text(value)
    }


TREES: st.SearchStrategy[Json] = st.recursive(
    CLEAN.map(lambda text: f"- {text}") | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(INNER, inner, max_size=3),
    max_leaves=10,
)


def as_php(value: Json) -> Any:
    """What PHP has after http_build_query and parse_str: text, no nulls, no empty arrays."""
    match value:
        case dict() | list():
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            parts = {neutral_staff_text(str(key)): as_php(item) for key, item in pairs}
            return {key: item for key, item in parts.items() if item is not None} or None
        case bool():
            return "1" if value else "0"
        case None:
            return None
        case str():
            return neutral_staff_text(value)
        case _:
            return str(value)


@given(st.dictionaries(NAMES, TREES, max_size=4))
def test_nested_parameters_arrive(params: dict[str, Json]) -> None:
    assert sent(params) == (as_php(params) or {})


@given(st.dictionaries(NAMES, TREES, max_size=4), st.sampled_from(["r0_", "r17_"]))
def test_a_prefix_changes_keys_and_references_and_nothing_else(params: dict[str, Json], prefix: str) -> None:
    commands = {"act": Command("m"), "b": Command("m", {**params, "REF": "0$result[act][0][ID]"})}
    moved = prefixed(commands, prefix)
    assert list(moved) == [f"{prefix}act", f"{prefix}b"]
    _, plain = split_command(batch_commands(commands)["b"])
    _, renamed = split_command(batch_commands(moved)[f"{prefix}b"])
    assert renamed.pop("REF") == f"0$result[{prefix}act][0][ID]"
    plain.pop("REF")
    assert renamed == plain


def test_another_caller_s_answers_cannot_be_named() -> None:
    spying = {"a": Command("m"), "b": Command("m", {"ID": "$result[r0_a][0]", "X": ["$result[r1_a]"]})}
    together = {**prefixed({"a": Command("m")}, "r0_"), **prefixed(spying, "r1_")}
    _, params = split_command(batch_commands(together)["r1_b"])
    said = {"result": {"r0_a": ["stolen"], "r1_a": "stolen"}, "next": {}, "total": {}, "time": {}, "error": {}}
    assert "stolen" not in json.dumps(resolve(params, said))


def test_a_command_without_parameters_is_its_method() -> None:
    assert batch_commands({"a": Command("profile"), "b": Command("profile", {"X": None})}) == {
        "a": "profile",
        "b": "profile",
    }


def test_fifty_commands_fit_and_one_more_does_not() -> None:
    fifty = {f"c{number}": Command("profile") for number in range(50)}
    assert len(batch_commands(fifty)) == 50
    with pytest.raises(ValueError, match="50"):
        batch_commands({**fifty, "more": Command("profile")})


@pytest.mark.parametrize("key", ["", "0", "1a", "a-b", "a b", "a[0]", "ключ", "a\n"])
def test_a_key_is_a_word(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        batch_commands({key: Command("profile")})


@pytest.mark.parametrize("name", ["", "a.b", "a b", "a[0]", "0", "имя"])
def test_an_outermost_name_is_one_that_php_leaves_alone(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        batch_commands({"a": Command("profile", {name: 1})})


@pytest.mark.parametrize("name", ["", "a]", "[", "a[b]"])
def test_a_nested_name_has_no_brackets(name: str) -> None:
    with pytest.raises(ValueError, match="nested"):
        batch_commands({"a": Command("profile", {"filter": {name: 1}})})


@pytest.mark.parametrize("name", [">=DATE", "!ID", "%TITLE", "=%NAME", "UF_CRM_1", "0", "a.b c", "имя"])
def test_filters_have_signs_in_their_names(name: str) -> None:
    assert sent({"filter": {name: "1"}}) == {"filter": {name: "1"}}


def test_a_name_is_made_inert_like_a_value() -> None:
    assert sent({"filter": {"$result": "1"}}) == {"filter": {"$\u2060result": "1"}}


def test_a_half_of_a_pair_becomes_a_question_mark() -> None:
    assert sent({"TEXT": "a\ud83d b"}) == {"TEXT": "a? b"}
    assert json.loads(json_body({"TEXT": "a\ud83d b 😀"})) == {"TEXT": "a? b 😀"}
    assert parse_qs(form_body({"a": "x\ud83d&b=1"}).decode()) == {"a": ["x?&b=1"]}


@given(st.dictionaries(NAMES, TREES, max_size=4))
def test_a_json_body_keeps_everything(params: dict[str, Json]) -> None:
    assert json.loads(json_body(params)) == params


def test_a_number_that_is_none_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_body({"a": float("nan")})


def test_the_model_replaces_as_documented() -> None:
    """The model itself: values whole and inside, swallowing up to white space, and the parent of what is missing."""
    assert resolve_text("$result[act]", SAID, whole=True) == SAID["result"]["act"]
    assert resolve_text("id $result[act][0][ID]: x", SAID, whole=True) == "id 7 x"
    assert resolve_text("$result[act][0][NONE]", SAID, whole=True) == SAID["result"]["act"][0]
    assert resolve_text("$anything[act]", SAID, whole=True) == "$anything[act]"
    assert parse_str("a.b=1&c[d][]=2") == {"a_b": "1", "c": {"d": {"": "2"}}}
