"""The lists of phrases that a portal's administrators put in the place of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, get_args

from sqlmodel import select

from core.db import Database, Statement, Value, to_millis
from core.dialogs.lexicon import SHIPPED, Lexicon, Phrases
from core.portals.tables import LexiconRow

Kind = Literal["gratitude", "confirmations", "promises"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
LONGEST: Final = 20_000
MOST_PHRASES: Final = 1000

_PUT: Final = """
INSERT INTO lexicon (portal_id, kind, words, updated_at, updated_by) VALUES (:portal_id, :kind, :words, :at, :user_id)
ON CONFLICT (portal_id, kind) DO UPDATE
SET words = excluded.words, updated_at = excluded.updated_at, updated_by = excluded.updated_by
"""
_CLEAR: Final = "DELETE FROM lexicon WHERE portal_id = :portal_id AND kind = :kind"


class BadLexicon(ValueError):
    """A list that has no phrase in it, or too many."""


async def own_lists(portal_id: str, database: Database) -> dict[str, str]:
    """Return what administrators typed, by the kind of the list."""
    async with database.session() as session:
        rows = await session.exec(select(LexiconRow).where(LexiconRow.portal_id == portal_id))
        return {row.kind: row.words for row in rows}


def lexicon_of(lists: Mapping[str, str]) -> Lexicon:
    """Return our lexicon with these lists in place of ours."""
    return _lexicon(*(lists.get(kind, "") for kind in KINDS))


@lru_cache(maxsize=256)
def _lexicon(gratitude: str, confirmations: str, promises: str) -> Lexicon:
    if not (gratitude or confirmations or promises):
        return SHIPPED
    return SHIPPED.with_lists(gratitude=gratitude, confirmations=confirmations, promises=promises)


def check_list(words: str) -> str:
    """Return a list as it is kept, blank for none; raises BadLexicon."""
    if len(words) > LONGEST:
        raise BadLexicon("Too long.")
    phrases = Phrases.read(words).all
    if words.strip() and not 0 < len(phrases) <= MOST_PHRASES:
        raise BadLexicon("No phrases, or too many.")
    return words.strip()


async def put_list(portal_id: str, database: Database, kind: Kind, words: str, *, user_id: int, at: datetime) -> None:
    """Keep a list; a blank one takes the portal back to ours."""
    if not words:
        await database.write(Statement(_CLEAR, {"portal_id": portal_id, "kind": kind}))
        return
    params: dict[str, Value] = {
        "portal_id": portal_id,
        "kind": kind,
        "words": words,
        "at": to_millis(at),
        "user_id": user_id,
    }
    await database.write(Statement(_PUT, params))
