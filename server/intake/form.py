"""Read the forms that Bitrix24 posts: PHP's nesting of keys, strictly.

``a[b][0]=x&a[b][1]=y`` is ``{"a": {"b": ["x", "y"]}}``. What PHP would quietly mend (a duplicate, a broken bracket, a
byte that is no UTF-8) is refused: two readers of one body must never see two different calls.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from server.errors import Bad

Value: TypeAlias = "str | list[Value] | dict[str, Value]"
Form: TypeAlias = "Mapping[str, Value]"

BODY_BYTES: Final = 256 * 1024
FIELDS: Final = 500
#: Names in one key: ``a[b][c]`` has three.
DEPTH: Final = 5
KEY_BYTES: Final = 200
VALUE_BYTES: Final = 64 * 1024
LAST_INDEX: Final = 9999

#: One byte takes at most three characters of the body.
_ESCAPED: Final = 3
_ESCAPE: Final = re.compile(rb"%[0-9A-Fa-f]{2}")
_BYTES: Final = {
    b"%" + (high + low).encode(): bytes([int(high + low, 16)])
    for high in "0123456789abcdefABCDEF"
    for low in "0123456789abcdefABCDEF"
}
#: PHP skips spaces before a nested name, so ``a[ ]`` would be ``a[]`` there and something else here: refused.
_KEY: Final = re.compile(r"([A-Za-z0-9_.\-]+)((?:\[(?! )[^\[\]\x00-\x1f\x7f]*\])*)")
_INDEX: Final = re.compile(r"0|[1-9][0-9]*", re.ASCII)


@dataclass(slots=True)
class _Branch:
    """A map that is still growing; ``next`` is where ``[]`` appends."""

    children: dict[str, _Branch | str] = field(default_factory=dict)
    next: int = 0


def parse(body: bytes, *, depth: int = DEPTH, longest: int = VALUE_BYTES) -> Form:
    """Return the fields of a body; maps whose keys are 0, 1, 2 … are lists, blank values are kept.

    ``longest`` is how many bytes a value may have.

    Raises Bad: 413 ``too_large`` above 256 KB, else 400 ``bad_request``.
    """
    if len(body) > BODY_BYTES:
        raise Bad(413, "too_large")
    root = _Branch()
    fields = 0
    for pair in body.split(b"&"):
        if not pair:
            continue
        fields += 1
        if fields > FIELDS:
            raise _bad()
        key, _, value = pair.partition(b"=")
        _plant(root, _path(_decoded(key, KEY_BYTES), depth), _decoded(value, longest))
    return {name: _settled(child) for name, child in root.children.items()}


def _decoded(raw: bytes, limit: int) -> str:
    if len(raw) > limit * _ESCAPED:
        raise _bad()
    plain = _ESCAPE.sub(_unescape, raw.replace(b"+", b" ")) if b"%" in raw else raw.replace(b"+", b" ")
    if len(plain) > limit:
        raise _bad()
    try:
        return plain.decode("utf-8")
    except UnicodeDecodeError:
        raise _bad() from None


def _unescape(escape: re.Match[bytes]) -> bytes:
    return _BYTES[escape[0]]


def _path(key: str, depth: int) -> list[str]:
    match = _KEY.fullmatch(key)
    if match is None:
        raise _bad()
    name, brackets = match.groups()
    path = [name, *brackets[1:-1].split("][")] if brackets else [name]
    if len(path) > depth or "" in path[:-1]:
        raise _bad()
    return path


def _plant(root: _Branch, path: list[str], value: str) -> None:
    branch = root
    for name in path[:-1]:
        _note_index(branch, name)
        child = branch.children.setdefault(name, _Branch())
        if isinstance(child, str):
            raise _bad()
        branch = child
    name = path[-1] or str(branch.next)
    _note_index(branch, name)
    if name in branch.children:
        raise _bad()
    branch.children[name] = value


def _note_index(branch: _Branch, name: str) -> None:
    if _INDEX.fullmatch(name) is None:
        return
    if len(name) > len(str(LAST_INDEX)):
        raise _bad()
    branch.next = max(branch.next, int(name) + 1)


def _settled(child: _Branch | str) -> Value:
    if isinstance(child, str):
        return child
    children = child.children
    if all(str(index) in children for index in range(len(children))):
        return [_settled(children[str(index)]) for index in range(len(children))]
    return {name: _settled(value) for name, value in children.items()}


def _bad() -> Bad:
    return Bad(400, "bad_request")
