"""How commands are written for the wire: JSON bodies, forms, and the strings of a batch.

Inside a batch the portal replaces ``$result[key][field]`` (also ``next``, ``total``, ``time``, ``error``) in every
parameter, whoever wrote it. Here a reference is only what stands alone in a value as ``$result[key]…``,
``0$result[key]…`` or ``chat$result[key]…`` and names an earlier command; every other one is made inert.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from core.bitrix24.command import Command, Json

BATCH_LIMIT: Final = 50
WORD_JOINER: Final = "\u2060"

_LOADED: Final = re.compile(r"\$(?=(?:result|next|total|time|error))", re.IGNORECASE)
_REFERENCE: Final = re.compile(
    r"((?:0|chat)?\$(?:result|next|total|time|error)\[)([A-Za-z_]\w*)(\](?:\[[^\[\]\s]*\])*)", re.ASCII
)
_KEY: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_METHOD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]*", re.ASCII)


def neutral_staff_text(text: str) -> str:
    """Break what the portal would replace, so that a text for staff may share a batch.

    An invisible U+2060 is put behind the ``$``; other text is left as it is.
    """
    return _LOADED.sub(f"${WORD_JOINER}", text)


def json_body(params: Mapping[str, Json]) -> bytes:
    """Write a JSON body; halves of surrogate pairs become ``?``, for PHP drops the whole body over one."""
    return json.dumps(params, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


def form_body(fields: Mapping[str, str]) -> bytes:
    """Write a flat form, as the OAuth host takes it."""
    return urlencode(fields, errors="replace").encode("ascii")


def checked_method(method: str) -> str:
    """Return the method's name; raises ValueError when it cannot be one, because it becomes part of an address."""
    if not _METHOD.fullmatch(method):
        raise ValueError("A method's name is made of Latin letters, digits, dots and underscores.")
    return method


def batch_commands(commands: Mapping[str, Command]) -> dict[str, str]:
    """Write the ``cmd`` of a batch in the order given.

    Raises ValueError for more than 50 commands and for keys that are not words.
    """
    if len(commands) > BATCH_LIMIT:
        raise ValueError(f"A batch holds {BATCH_LIMIT} commands at most.")
    earlier: dict[str, str] = {}
    written: dict[str, str] = {}
    for key, command in commands.items():
        if not _KEY.fullmatch(key):
            raise ValueError("The key of a command is a word of Latin letters, digits and underscores.")
        written[key] = batch_command(command, earlier)
        earlier[key] = key
    return written


def prefixed(commands: Mapping[str, Command], prefix: str) -> dict[str, Command]:
    """Put a prefix before the keys of one caller's commands, in their references too.

    What refers to anything but an earlier command of the same caller is made inert.
    """
    names: dict[str, str] = {}
    moved: dict[str, Command] = {}
    for key, command in commands.items():
        params = {name: _renamed(value, names) for name, value in command.params.items()}
        moved[prefix + key] = Command(command.method, params)
        names[key] = prefix + key
    return moved


def batch_command(command: Command, known: Mapping[str, str]) -> str:
    """Write one command as ``method?query``, nested as PHP's http_build_query does it.

    ``known`` maps the keys that references may name to the names these commands bear in the batch.
    Nulls and empty lists are left out, as PHP does.
    """
    pairs = [
        f"{quote(name, safe='', errors='replace')}={quote(value, safe='', errors='replace')}"
        for name, value in _flat(command.params, known)
    ]
    method = checked_method(command.method)
    return f"{method}?{'&'.join(pairs)}" if pairs else method


def _flat(params: Mapping[str, Json], known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in params.items():
        if not _KEY.fullmatch(key):
            # PHP turns dots and spaces of an outermost name into underscores.
            raise ValueError("The name of a parameter is a word of Latin letters, digits and underscores.")
        yield from _nested(key, value, known)


def _nested(name: str, value: Json, known: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    match value:
        case None:
            return
        case dict():
            for key, item in value.items():
                yield from _nested(f"{name}[{_inner(key)}]", item, known)
        case list():
            for number, item in enumerate(value):
                yield from _nested(f"{name}[{number}]", item, known)
        case bool():
            yield name, "1" if value else "0"
        case str():
            yield name, _referring(value, known)
        case int() | float():
            yield name, str(value)


def _renamed(value: Json, names: Mapping[str, str]) -> Json:
    match value:
        case dict():
            return {key: _renamed(item, names) for key, item in value.items()}
        case list():
            return [_renamed(item, names) for item in value]
        case str():
            return _referring(value, names)
        case _:
            return value


def _inner(key: str) -> str:
    if not key or "[" in key or "]" in key:
        raise ValueError("The name of a nested parameter is not empty and has no brackets.")
    return neutral_staff_text(key)


def _referring(value: str, known: Mapping[str, str]) -> str:
    reference = _REFERENCE.fullmatch(value)
    if reference is None or reference[2] not in known:
        return neutral_staff_text(value)
    return f"{reference[1]}{known[reference[2]]}{reference[3]}"
