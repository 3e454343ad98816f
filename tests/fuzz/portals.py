"""Mutated requests of the corpus over a real socket: only the words of the contract come back, and soon."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Final

from tests.corpus.entries import Entry
from tests.corpus.service import Service
from tests.corpus.socket_client import Answer, send
from tests.fuzz.mutations import mutated

STATUSES: Final = frozenset({200, 202, 400, 401, 403, 404, 405, 413, 415, 422, 429, 431})
SLOW_SECONDS: Final = 1.0
_OAUTH_AWAY: Final = b"tok_oauth_down"


async def one(service: Service, seeds: Sequence[Entry], chance: random.Random) -> str:
    """Send one request and return what was wrong with the answer, or an empty text; slow is what is slow twice."""
    entry = mutated(seeds, chance)
    answer, took = await _timed(entry, service)
    if took > SLOW_SECONDS:
        _, took = await _timed(entry, service)
    if wrong := "; ".join(_complaints(entry, answer, took)):
        return f"{wrong}: {entry.method} {entry.path!r} {entry.headers!r} {entry.body!r}"
    return ""


async def _timed(entry: Entry, service: Service) -> tuple[Answer, float]:
    began = time.monotonic()
    answer = await send(entry, service.port)
    return answer, time.monotonic() - began


def _complaints(entry: Entry, answer: Answer, took: float) -> list[str]:
    found = []
    if answer.status not in STATUSES and not (answer.status == 503 and _OAUTH_AWAY in entry.body):
        found.append(f"status {answer.status}")
    if took > SLOW_SECONDS:
        found.append(f"{took:.1f} seconds")
    if "location" in answer.headers or any(name.startswith("access-control-") for name in answer.headers):
        found.append("a redirect or a CORS header")
    return found
