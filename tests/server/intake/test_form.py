"""The form parser: what it reads, what it refuses, and that hostile bodies cost little."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import Bad
from server.intake.form import BODY_BYTES, Form, Value, parse

NAMES = st.from_regex(r"[a-zA-Z_][a-zA-Z0-9_]{0,9}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NESTED_NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="[]"), min_size=1, max_size=8
).filter(lambda name: not name.startswith(" "))


def _is_list_in_disguise(value: Mapping[str, object]) -> bool:
    return all(str(index) in value for index in range(len(value)))


def _has_far_index(value: Mapping[str, object]) -> bool:
    return any(name.isascii() and name.isdigit() and len(name) > 4 for name in value)


VALUES = st.recursive(
    TEXTS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=4)
        | st.dictionaries(NESTED_NAMES, inner, min_size=1, max_size=4).filter(
            lambda value: not _is_list_in_disguise(value) and not _has_far_index(value)
        )
    ),
    max_leaves=12,
)
DATA = st.dictionaries(NAMES, VALUES, max_size=5)


def pairs(name: str, value: Value) -> list[tuple[str, str]]:
    """What PHP's http_build_query makes of a value."""
    if isinstance(value, str):
        return [(name, value)]
    children = enumerate(value) if isinstance(value, list) else value.items()
    return [pair for key, child in children for pair in pairs(f"{name}[{key}]", child)]


def http_build_query(data: Form) -> bytes:
    flat = [pair for name, value in data.items() for pair in pairs(name, value)]
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in flat).encode()


def refusal(body: bytes) -> tuple[int, str]:
    with pytest.raises(Bad) as caught:
        parse(body)
    return caught.value.status, caught.value.code


@settings(deadline=None)
@given(DATA)
def test_what_php_builds_is_read_back(data: dict[str, Value]) -> None:
    body = http_build_query(data)
    if any(
        name.count("[") >= 5 or len(name.encode()) > 200
        for name, _ in [p for n, v in data.items() for p in pairs(n, v)]
    ):
        assert refusal(body) == (400, "bad_request")
    else:
        assert parse(body) == data


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text("ab[]=&%+0159 \x00é", max_size=60).map(str.encode))
def test_nothing_but_bad_is_ever_raised(body: bytes) -> None:
    with suppress(Bad):
        parse(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", {}),
        (b"&&&", {}),
        (b"a=1", {"a": "1"}),
        (b"a=", {"a": ""}),
        (b"a", {"a": ""}),
        (b"a=b=c", {"a": "b=c"}),
        (b"a=x+y%20z", {"a": "x y z"}),
        (b"a=%", {"a": "%"}),
        (b"a=%zz%4", {"a": "%zz%4"}),
        (b"a=%d0%9F%D1%80", {"a": "Пр"}),
        ("a=Привет".encode(), {"a": "Привет"}),
        (b"a=%00", {"a": "\x00"}),
        (b"a[0]=x&a[1]=y", {"a": ["x", "y"]}),
        (b"a[1]=y&a[0]=x", {"a": ["x", "y"]}),
        (b"a%5B0%5D=x", {"a": ["x"]}),
        (b"a[1]=x", {"a": {"1": "x"}}),
        (b"a[0]=x&a[2]=y", {"a": {"0": "x", "2": "y"}}),
        (b"a[00]=x", {"a": {"00": "x"}}),
        (b"a[-1]=x", {"a": {"-1": "x"}}),
        (b"a[]=x&a[]=y", {"a": ["x", "y"]}),
        (b"a[3]=x&a[]=y", {"a": {"3": "x", "4": "y"}}),
        (b"a[b][]=x&a[b][]=y", {"a": {"b": ["x", "y"]}}),
        (b"a[%C2%B2]=x", {"a": {"²": "x"}}),
        (b"a[b][c][d][e]=x", {"a": {"b": {"c": {"d": {"e": "x"}}}}}),
        (b"a[9999]=x", {"a": {"9999": "x"}}),
        (b"__class__[__init__]=x", {"__class__": {"__init__": "x"}}),
        (b"document_type[1]=Bitrix%5CCrm", {"document_type": {"1": "Bitrix\\Crm"}}),
    ],
)
def test_reads(body: bytes, expected: Form) -> None:
    assert parse(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        b"=x",
        b"a[b=x",
        b"a]=x",
        b"a[b]c=x",
        b"a[b]]=x",
        b"a[[b]]=x",
        b"[a]=x",
        b"a[][b]=x",
        b"a[][]=x",
        b"a=1&a=2",
        b"a[b]=1&a[b]=2",
        b"a[]=1&a[0]=2",
        b"a=1&a[b]=2",
        b"a[b]=1&a=2",
        b"a[10000]=x",
        b"a[9999]=x&a[]=y",
        b"a[" + b"9" * 150 + b"]=x",
        b"a[b][c][d][e][f]=x",
        b"a b=x",
        b"a[ ]=x",
        b"a[+b]=x",
        b"a%00b=x",
        b"a[%00]=x",
        b"a[%0A]=x",
        "ключ=x".encode(),
        b'{"a": 1}',
        b"\xef\xbb\xbfa=1",
        b"a=\xff",
        b"a=%FF%FE",
        b"a=%C0%AF",
        b"a=%ED%A0%80",
        b"a" * 201 + b"=x",
        b"a=" + b"v" * 65537,
        b"a=" + b"%61" * 65537,
        b"&".join(b"f%d=1" % number for number in range(501)),
    ],
)
def test_refuses(body: bytes) -> None:
    assert refusal(body) == (400, "bad_request")


def test_limits_themselves_are_allowed() -> None:
    assert parse(b"a" * 200 + b"=x")
    assert parse(b"a=" + b"v" * 65536)
    assert len(parse(b"&".join(b"f%d=1" % number for number in range(500)))) == 500
    assert parse(b"&" * BODY_BYTES) == {}
    assert refusal(b"&" * (BODY_BYTES + 1)) == (413, "too_large")


def test_events_may_nest_deeper() -> None:
    assert parse(b"a[b][c][d][e][f]=x", depth=6) == {"a": {"b": {"c": {"d": {"e": {"f": "x"}}}}}}


HOSTILE = [
    b"&" * BODY_BYTES,
    b"=" * BODY_BYTES,
    b"%" * BODY_BYTES,
    b"[" * BODY_BYTES,
    b"&".join(b"a%d=" % number + b"%" * 65000 for number in range(4)),
    b"&".join(b"a%d=" % number + b"%41" * 21000 for number in range(4)),
    b"&".join(b"a%d=" % number + b"%41a" * 15000 for number in range(4)),
    b"&".join(b"a%d[b][c][d][e]=%d" % (number, number) for number in range(500)),
    b"&".join(b"a" + b"[" * 190 + b"%d=1" % number for number in range(500)),
    b"&".join(b"a[b][c][d][]=%d" % number for number in range(500)),
    b"&".join(b"%61" * 60 + b"[" + b"%62" * 100 + b"]%d=1" % number for number in range(400)),
]


@pytest.mark.parametrize("body", HOSTILE)
def test_work_is_bounded_whatever_is_sent(body: bytes) -> None:
    """Counts calls, ours and C's: two events per call, one call per escape and some dozens per field."""
    calls = 0

    def count(*event: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        with suppress(Bad):
            parse(body)
    finally:
        sys.setprofile(None)
    assert calls < 2 * len(body) // 3 + 500 * 200


PHP = "parse_str(stream_get_contents(STDIN), $out); echo json_encode($out, JSON_FORCE_OBJECT);"


@pytest.mark.skipif(shutil.which("php") is None, reason="php is not installed, so there is nothing to compare with")
@settings(max_examples=50, deadline=None)
@given(DATA.filter(bool))
def test_php_reads_the_same(data: dict[str, Value]) -> None:
    body = http_build_query(data)
    try:
        ours = parse(body)
    except Bad:
        return
    php = subprocess.run(["php", "-r", PHP], input=body, capture_output=True, check=True).stdout
    assert json.loads(php) == _as_objects(ours)


def _as_objects(value: object) -> object:
    if isinstance(value, list):
        return {str(index): _as_objects(child) for index, child in enumerate(value)}
    if isinstance(value, Mapping):
        return {name: _as_objects(child) for name, child in value.items()}
    return value
