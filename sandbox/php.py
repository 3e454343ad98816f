"""What PHP makes of values and forms: casts, ``parse_str``, ``http_build_query``, arrays that are lists or maps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote_plus, unquote_plus

from sandbox.wire import Json, Params

_NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_LEADING = re.compile(r"\s*([+-]?\d+)", re.ASCII)
_BRACKET = re.compile(r"\[([^\]]*)\]")

#: An array while it is being read: PHP keeps order and keys, lists are only maps with keys 0, 1, 2 …
_Array = dict[str, Json]
_INT_MAX = 2**63 - 1
#: Digits enough to be past every number of 64 bits, and few enough for Python to read.
_LONGEST_INT = 40


def to_int(value: Json) -> int:
    """Cast as ``(int)`` does: a filled array is 1, an empty one 0, a text its leading number (openlines.md fact 10).

    Texts and numbers that 64 bits do not hold end at their bounds.
    """
    match value:
        case None:
            return 0
        case int():
            return min(max(int(value), -_INT_MAX - 1), _INT_MAX)
        case float():
            return int(value) if abs(value) < _INT_MAX else 0
        case str():
            found = _LEADING.match(value)
            return to_int(int(found[1][:_LONGEST_INT])) if found else 0
        case _:
            return 1 if value else 0


def to_text(value: Json) -> str:
    """Cast as ``(string)`` does; an array becomes the word ``Array``."""
    match value:
        case None | False:
            return ""
        case True:
            return "1"
        case str():
            return value
        case int() | float():
            return str(value)
        case _:
            return "Array"


def is_numeric(value: Json) -> bool:
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and _NUMBER.fullmatch(value) is not None


def is_array(value: Json) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str))


def values_of(value: Json) -> list[Json]:
    """Return the values of an array, whether it came as a list or as a map; a scalar is an array of one."""
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return list(value)
    return [] if value is None or value == "" else [value]


def array(items: Mapping[str, Json]) -> Json:
    """Return what ``json_encode`` makes of an associative array: a list when its keys count up from 0."""
    if all(key == str(index) for index, key in enumerate(items)):
        return list(items.values())
    return dict(items)


def parse_form(text: str) -> Params:
    """Read a query string or form body as ``parse_str`` does, nesting by brackets."""
    fields: _Array = {}
    for pair in text.split("&"):
        if not pair:
            continue
        name, _, value = pair.partition("=")
        _put(fields, unquote_plus(name), unquote_plus(value))
    return {name: _settled(value) for name, value in fields.items()}


def _put(fields: _Array, name: str, value: str) -> None:
    root, bracket, rest = name.partition("[")
    root = root.lstrip(" ").replace(".", "_").replace(" ", "_")
    path = [root, *_BRACKET.findall(bracket + rest)]
    here = fields
    for key, following in zip(path, [*path[1:], None], strict=True):
        slot = str(len(here)) if key == "" else key
        if following is None:
            here[slot] = value
            return
        deeper = here.get(slot)
        if not isinstance(deeper, dict):
            deeper = here[slot] = {}
        here = deeper


def _settled(value: Json) -> Json:
    if not isinstance(value, Mapping):
        return value
    return array({key: _settled(item) for key, item in value.items()})


def build_form(fields: Mapping[str, Json]) -> str:
    """Write a form as ``http_build_query`` does: empty arrays and nulls vanish, blank values stay (platform.md 2.3)."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in _flat(fields))


def _flat(fields: Mapping[str, Json], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in fields.items():
        name = f"{prefix}[{key}]" if prefix else key
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        elif isinstance(value, Sequence) and not isinstance(value, str):
            yield from _flat({str(index): item for index, item in enumerate(value)}, name)
        elif value is not None:
            yield name, "0" if value is False else to_text(value)
