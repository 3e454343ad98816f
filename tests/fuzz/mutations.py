"""Requests made of the corpus by small accidents, and bodies for people's addresses made of anything."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tests.corpus.entries import Entry

_PIECES: Final = (
    *(b"&", b"=", b"[", b"]", b"[]", b"[0]", b"[9999]", b"%", b"%00", b"%0D%0A", b"%FF", b"%ED%A0%80", b"+", b"\x00"),
    *(b"auth[application_token]=", b"auth[member_id]=" + b"a" * 32, b"event_token=", b"document_id[2]=DEAL_1", b"{}"),
    *(b"properties[text]=", "Ω".encode(), b"\xff\xfe", b"'\"><script>", b"A" * 300, b"[a]" * 8, b"&f=1" * 600),
)
_FRAMING: Final = frozenset({"content-length", "transfer-encoding", "connection", "host", "expect", "upgrade"})
_BIG: Final = 10**23
_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, _BIG, 2**31, 2**63, 1e300, "", "x" * 3000, "\u2028", "'\"><script>", "0", "2026-99-99"),
    *("9" * 30, "١٢", "²", "1_000", "Europe/Moscow", "../../etc/passwd", "deal:1", "retry_start", "cancel", "now"),
    *([], ["a"], [[[]]], {}, {"a": {"b": [1]}}, [_BIG], ["9" * 30], {"id": _BIG}, [{"id": _BIG}], [None]),
)
_NAMES: Final = (
    *("action", "ids", "address", "wake_at", "reason", "from", "decision", "name", "value", "timezone", "properties"),
    *("naming_exceptions", "what", "items", "users", "skills", "date", "weekday", "user", "words", "kind", "text"),
    *("phrase", "mode", "enabled", "robot", "density", "zone", "week", "days", "code", "template", "item", "shown"),
    *("access", "log_days", "payload_days", "masking", "year", "holidays", "AUTH_ID", "member_id", "LANG", "values"),
)
_QUERIES: Final = (
    *(f"q=deal:{_BIG}", f"q={_BIG}", f"q=chat:{2**63}", f"q=prop.minutes>{_BIG}", "q=%00", "q=%ED%A0%80", "q=((((("),
    *(f"limit={_BIG}", "limit=-1", "cursor=%27", "sort=;drop", f"period={_BIG}d", "view=causes&q='--", "status=a"),
    *(f"before={_BIG}", "ids=" + ",".join(["a" * 26] * 300), f"line={_BIG}", "robot=%00", "q=a&q=b", ""),
)


def mutated(seeds: Sequence[Entry], chance: random.Random) -> Entry:
    """Return one of the seeds after one to four accidents; how it is framed stays right."""
    entry = chance.choice(seeds)
    body, path = entry.body[:4096], entry.path
    for _ in range(chance.randint(1, 4)):
        body = _accident(body, chance.choice(seeds).body[:4096], chance)
    if chance.random() < 0.2:
        path = f"{path}{chance.choice('/?&%.;')}{chance.choice(('', '%00', '..', 'x' * 50, '%2e%2e/'))}"
    headers = [pair for pair in entry.headers if pair[0].lower() not in _FRAMING]
    if headers and chance.random() < 0.1:
        name, value = headers.pop(chance.randrange(len(headers)))
        headers += [(name, value + chance.choice((" ", ";", ",x", "; charset=x")))] * chance.randint(0, 2)
    return replace(entry, body=body, path=path, headers=tuple(headers), transport="")


def _accident(body: bytes, other: bytes, chance: random.Random) -> bytes:
    at, to = sorted((chance.randint(0, len(body)), chance.randint(0, len(body))))
    match chance.randrange(6):
        case 0:
            return body[:at] + body[to:]
        case 1:
            return body[:to] + body[at:]
        case 2:
            return body[:at] + chance.choice(_PIECES) + body[at:]
        case 3:
            return body[:at] + chance.choice(_PIECES) + body[to:]
        case 4:
            return body[:at] + other[at:]
        case _:
            return body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]


def any_json(chance: random.Random) -> bytes:
    """A body for people's addresses: names that some of them know, with values that hardly any of them means."""
    fields = {chance.choice(_NAMES): chance.choice(_VALUES) for _ in range(chance.randint(1, 5))}
    return json.dumps(fields).encode()


def any_query(chance: random.Random) -> str:
    return chance.choice(_QUERIES)
