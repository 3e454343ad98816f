"""Files that are fetched once: a browser cannot send a session with a link, so the link itself is the proof."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.command import Json
from core.db import Database, Statement, Value, to_millis

#: The browser that asked fetches at once; nobody else should have the time.
LIVES_FOR: Final = timedelta(seconds=60)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)

_OFFER: Final = """
INSERT INTO download (token_hash, portal_id, user_id, body, expires_at)
VALUES (:token_hash, :portal_id, :user_id, :body, :expires_at)
"""
_TAKE: Final = """
DELETE FROM download WHERE token_hash = :token_hash RETURNING portal_id, user_id, body, expires_at
"""
_FORGET: Final = "DELETE FROM download WHERE expires_at < :now"


@dataclass(frozen=True, slots=True)
class Taken:
    """What somebody asked for and now fetches."""

    portal_id: str
    user_id: int
    body: Mapping[str, Json]


async def offer(portal_id: str, user_id: int, database: Database, *, body: Mapping[str, Json], now: datetime) -> str:
    """Keep what is asked for and return the word that fetches it, once and within a minute of real time."""
    token = secrets.token_urlsafe(32)
    params: dict[str, Value] = {
        "token_hash": _hashed(token),
        "portal_id": portal_id,
        "user_id": user_id,
        "body": json.dumps(dict(body), ensure_ascii=False, separators=(",", ":")),
        "expires_at": to_millis(now + LIVES_FOR),
    }
    await database.write(Statement(_FORGET, {"now": to_millis(now)}), Statement(_OFFER, params))
    return token


async def take(token: str, database: Database, *, now: datetime) -> Taken | None:
    """Return what was asked for, the first time only; None for anything else."""
    if _TOKEN.fullmatch(token) is None:
        return None
    rows = (await database.write(Statement(_TAKE, {"token_hash": _hashed(token)})))[0]
    if not rows or int(rows[0]["expires_at"] or 0) < to_millis(now):
        return None
    return Taken(str(rows[0]["portal_id"]), int(rows[0]["user_id"] or 0), json.loads(str(rows[0]["body"])))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
