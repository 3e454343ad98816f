"""JSON that people's browsers send us, read strictly."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final, NoReturn

from starlette.datastructures import Headers
from starlette.requests import Request

from core.bitrix24.command import Json
from server.errors import Bad
from server.ui.queries import bad_request

DEPTH: Final = 8


async def json_object(request: Request) -> dict[str, Json]:
    """Return the object in the body.

    Raises Bad: 415 for another type or any encoding, 400 for what is no JSON object in UTF-8.
    """
    check_json_type(request.headers)
    body = await request.body()
    value = read_json(body.decode("utf-8") if _is_utf8(body) else "")
    if not isinstance(value, dict):
        raise bad_request()
    return value


def check_json_type(headers: Headers) -> None:
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise Bad(415, "unsupported_encoding")
    given = headers.getlist("content-type")
    kind, _, parameters = (given[0] if len(given) == 1 else "").partition(";")
    if kind.strip().lower() != "application/json" or parameters.strip().lower() not in {"", "charset=utf-8"}:
        raise Bad(415, "unsupported_media_type")


def read_json(text: str, *, depth: int = DEPTH) -> Json:
    """Parse strictly: no duplicate names, no NaN, no greater depth, no text that a database refuses."""
    try:
        value: Json = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise bad_request() from None
    _check(value, depth)
    return value


def _unique(pairs: Iterable[tuple[str, Json]]) -> dict[str, Json]:
    pairs = list(pairs)
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name twice")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _check(value: Json, depth: int) -> None:
    if depth == 0:
        raise bad_request()
    match value:
        case str():
            _check_text(value)
        case list():
            for item in value:
                _check(item, depth - 1)
        case dict():
            for name, item in value.items():
                _check_text(name)
                _check(item, depth - 1)


def _check_text(text: str) -> None:
    """PostgreSQL takes no NUL and UTF-8 no half of a pair."""
    if "\x00" in text or any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise bad_request()


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
