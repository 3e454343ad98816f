"""Whatever names somebody in the runs of one item is taken away at once, when that is asked for.

What remains says that a robot worked and how it ended: ids, statuses, moments. Runs that still go on need what they
know; they are stopped first, or erased when they are over.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import null, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from core.bitrix24.documents import Item
from core.db import Database
from core.portals.audit import audit
from core.runs.tables import EffectRow, Run, RunEvent
from core.texts.text import Text

_TAKEN: Final = Text("Данные удалены по просьбе.", "The data were erased on request.").as_json()
_NO_WORDS: Final = Text("", "").as_json()
#: Parts of an effect that hold words of people; the others are ids and moments.
_WORDS: Final = frozenset({"title", "seen_title", "text", "name", "description"})


class Erased(NamedTuple):
    """How many runs were erased, and how many are not over yet."""

    runs: int
    left: int


async def erase(database: Database, portal_id: str, item: Item, *, at: datetime) -> Erased:
    """Erase the runs of an item that are over; may be repeated. Raises DatabaseAway."""
    mine = (
        col(Run.portal_id) == portal_id,
        col(Run.entity_type_id) == item.entity_type_id,
        col(Run.item_id) == item.id,
    )
    async with database.session() as session:
        found = (await session.exec(select(Run.id, Run.finished_at).where(*mine))).all()
        over = [run_id for run_id, finished_at in found if finished_at is not None]
        await _empty(session, over)
    done = Erased(len(over), len(found) - len(over))
    await audit(
        portal_id,
        database,
        action="erase",
        at=at,
        actor=("operator", ""),
        object_id=item.document,
        detail={"runs": done.runs, "left": done.left},
    )
    return done


async def _empty(session: AsyncSession, ids: list[str]) -> None:
    empty: dict[str, Any] = dict.fromkeys(("properties", "state", "output", "known"), null())
    empty |= {"title": "", "watch_user_code": "", "reason": _TAKEN}
    await session.exec(update(Run).where(col(Run.id).in_(ids)).values(**empty))
    await session.exec(update(RunEvent).where(col(RunEvent.run_id).in_(ids)).values(text=_NO_WORDS, data=null()))
    for effect in await session.exec(select(EffectRow).where(col(EffectRow.run_id).in_(ids))):
        body = effect.body if isinstance(effect.body, dict) else {}
        effect.body = {name: "" if name in _WORDS else value for name, value in body.items()}
        effect.texts, effect.evidence, effect.summary = None, None, _NO_WORDS
        session.add(effect)
