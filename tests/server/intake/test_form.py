"""The form parser: what it reads, what it refuses, and that hostile bodies cost little."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from random import Random
from time import process_time
from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import Bad
from server.intake.form import BODY_BYTES, Form, Value, parse
from tests.servers import missing

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
def test_the_largest_body_takes_less_than_50_milliseconds(body: bytes) -> None:
    """Of this process' own time, and of several tries the quickest: the machine may have other things to do."""
    took = []
    for _ in range(5):
        began = process_time()
        with suppress(Bad):
            parse(body)
        took.append(process_time() - began)
    assert min(took) < 0.05


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


#: Reads bodies, each after its length on a line of its own, and writes what PHP makes of each.
PHP = """
ini_set('max_input_vars', '100000');
while (($length = fgets(STDIN)) !== false) {
    $body = '';
    while (strlen($body) < (int)$length) { $body .= fread(STDIN, (int)$length - strlen($body)); }
    $out = [];
    parse_str($body, $out);
    echo json_encode($out, JSON_FORCE_OBJECT | JSON_THROW_ON_ERROR), "\\n";
}
"""
BODIES = 10_000
LETTERS = "abzАяё0129 _.-+&=%;[]\\\"'<>/?\U0001f600\u2028\x00\n"


def random_text(chance: Random, most: int = 12) -> str:
    return "".join(chance.choices(LETTERS, k=chance.randint(0, most)))


def random_value(chance: Random, depth: int) -> Value:
    """Texts, lists and maps, as deep as a form may be."""
    kind = chance.random()
    if depth == 0 or kind < 0.5:
        return random_text(chance)
    count = chance.randint(1, 4)
    if kind < 0.75:
        return [random_value(chance, depth - 1) for _ in range(count)]
    return {random_name(chance): random_value(chance, depth - 1) for _ in range(count)}


def random_name(chance: Random) -> str:
    """What PHP takes for a nested name as it is: no brackets, no control characters, no space before it."""
    name = "".join(letter for letter in random_text(chance, 8) if letter not in "[]\x00\n").lstrip()
    return name if name and not _has_far_index({name: ""}) else chance.choice(("0", "1", "7", "00", "-1", "9999", "ID"))


def random_body(chance: Random) -> bytes:
    names = chance.sample(["workflow_id", "code", "document_id", "properties", "auth", "ts", "event_token", "data"], 4)
    return http_build_query({name: random_value(chance, 3) for name in names})


def test_php_reads_ten_thousand_bodies_the_same() -> None:
    if shutil.which("php") is None:
        missing("PHP")
    chance = Random(20)
    bodies = [random_body(chance) for _ in range(BODIES)]
    told = b"".join(b"%d\n%s" % (len(body), body) for body in bodies)
    php = subprocess.run(["php", "-r", PHP], input=told, capture_output=True, check=True).stdout.splitlines()
    assert len(php) == BODIES
    for body, said in zip(bodies, php, strict=True):
        assert json.loads(said) == _as_objects(parse(body)), body


def _as_objects(value: object) -> object:
    if isinstance(value, list):
        return {str(index): _as_objects(child) for index, child in enumerate(value)}
    if isinstance(value, Mapping):
        return {name: _as_objects(child) for name, child in value.items()}
    return value
