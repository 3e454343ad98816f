"""A run for a dialog that the service itself found to be seen by nobody (S4-13)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from core.bitrix24.command import Json
from core.db import Database
from core.portals.lane import Lane
from core.runs.beginning import Beginning, begin
from core.runs.desk import guard_name
from core.runs.journal import Line
from core.runs.moment import Moment
from core.runs.rescue import RescueOrphan
from core.runs.sighting import Orphan
from core.texts.text import Text

_FOUND: Final = Text("Дежурный сам нашёл этот диалог. {why}", "Dezhurny itself found this dialog. {why}")


async def start(orphan: Orphan, lane: Lane, database: Database, moment: Moment) -> bool:
    """Begin a run for a dialog that nobody sees; False when one was begun before, or another run sees to it.

    One run for each wait of a client and each operator who let him wait. A run that waits for the end of a shift hands
    the dialog over itself, unless it only waits to give it back.
    """
    episode, item, known = orphan.episode, orphan.item, orphan.known
    beginning = Beginning(
        name=f"orphan|{episode.session_id}|{episode.message_id}|{orphan.owner_id}",
        robot=RescueOrphan.code,
        properties=_properties(orphan),
        item=item,
        known=known,
        guard=guard_name("reassign_shift_end", f"chat {known.chat_id}", dry=False),
        lives_for=timedelta(days=RescueOrphan.lifetime_days),
    )
    said = Line("accepted", _FOUND.format(why=orphan.why), {"document": item.document})
    return await begin(beginning, lane, database, moment=moment, said=said) is not None


def _properties(orphan: Orphan) -> dict[str, Json]:
    """The card may move meanwhile, by our own trigger or by hand: the client waits all the same."""
    return {"pool": [*orphan.pool], "minutes": str(orphan.minutes), "stop_on_stage": "N"}
