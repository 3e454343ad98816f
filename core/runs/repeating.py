"""Answers that Bitrix24 took while the process goes on waiting: they are sent again, and at last a person is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.documents import Item
from core.db import Database, Row, Statement, Value, from_millis, to_millis, whole
from core.dialogs.item import name_of
from core.portals.lane import Lane
from core.robots import AnyRobot
from core.runs.journal import Line
from core.runs.learning import Skew
from core.runs.moment import Moment
from core.runs.processes import PAGE, Process
from core.runs.telling import tell
from core.runs.unheard import MOST_REPEATS, Verdict, verdict
from core.texts.text import Text, as_text, plural

_BUSY_FOR: Final = timedelta(minutes=5)

_DUE: Final = """
SELECT reply.id, reply.run_id, reply.workflow_id, reply.first_sent_at, reply.sends, reply.repeats, mine.robot,
    mine.entity_type_id, mine.item_id, mine.expires_at,
    EXISTS (
        SELECT 1 FROM run beside
        WHERE beside.portal_id = mine.portal_id AND beside.entity_type_id = mine.entity_type_id
          AND beside.item_id = mine.item_id AND beside.workflow_id = mine.workflow_id AND beside.id <> mine.id
    ) AS has_others
FROM reply JOIN run mine ON mine.id = reply.run_id
WHERE reply.portal_id = :portal_id AND reply.look_at IS NOT NULL AND reply.look_at <= :now
  AND reply.state = 'settled' AND reply.first_sent_at IS NOT NULL
ORDER BY reply.look_at LIMIT :most
"""
_LOOKED: Final = """
UPDATE reply SET look_at = :look_at WHERE id = :id AND state = 'settled' RETURNING id
"""
_AGAIN: Final = """
UPDATE reply SET state = 'due', due_at = :now, look_at = NULL, repeats = repeats + 1
WHERE id = :id AND state = 'settled' RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer that was sent and is to be looked after."""

    id: str
    run_id: str
    workflow_id: str
    robot: str
    item: Item | None
    first_sent_at: datetime
    expires_at: datetime
    sends: int
    repeats: int
    has_others: bool

    @classmethod
    def from_row(cls, row: Row) -> Sent:
        item_id = whole(row["item_id"])
        return cls(
            id=str(row["id"]),
            run_id=str(row["run_id"]),
            workflow_id=str(row["workflow_id"]),
            robot=str(row["robot"]),
            item=Item(whole(row["entity_type_id"]), item_id) if item_id else None,
            first_sent_at=from_millis(whole(row["first_sent_at"])),
            expires_at=from_millis(whole(row["expires_at"])),
            sends=whole(row["sends"]),
            repeats=whole(row["repeats"]),
            has_others=bool(row["has_others"]),
        )


async def due(database: Database, portal_id: str, *, now: datetime) -> list[Sent]:
    """Return the answers whose process it is time to look at, at most a page."""
    params: dict[str, Value] = {"portal_id": portal_id, "now": to_millis(now), "most": PAGE}
    [rows] = await database.read(Statement(_DUE, params))
    return [Sent.from_row(row) for row in rows]


async def look_after(
    sent: Sequence[Sent],
    living: Mapping[str, Process],
    lane: Lane,
    database: Database,
    *,
    moment: Moment,
    skew: Skew,
    robots: Mapping[str, AnyRobot],
) -> bool:
    """Send again what was not heard; ``living`` are their processes that are not over. True: something is due now."""
    is_due = False
    for answer in sent:
        judged = verdict(
            living.get(answer.workflow_id),
            sent_at=skew.there(answer.first_sent_at),
            too_late_at=skew.there(answer.expires_at),
            repeats=answer.repeats,
            has_others=answer.has_others,
            now=skew.there(moment.now),
        )
        if judged == "deaf":
            await _tell(answer, lane, database, moment, robots)
        await database.write(*_statements(answer, judged, lane.portal.id, moment))
        is_due = is_due or judged in {"again", "deaf"}
    return is_due


def _statements(answer: Sent, judged: Verdict, portal_id: str, moment: Moment) -> list[Statement]:
    key: dict[str, Value] = {"id": answer.id}
    if judged == "again":
        change = Statement(_AGAIN, {**key, "now": to_millis(moment.now)}, needed=True)
    else:
        look_at = to_millis(moment.now + _BUSY_FOR) if judged == "busy" else None
        change = Statement(_LOOKED, {**key, "look_at": look_at}, needed=True)
    text = _said(answer, judged)
    lines = [Line("answered", text).statement(portal_id, answer.run_id, moment.now)] if text else []
    return [change, *lines]


def _said(answer: Sent, judged: Verdict) -> Text | None:
    """The line of the log; what was heard the first time needs none."""
    match judged:
        case "again":
            return _AGAIN_WORDS.format(number=answer.repeats + 1, most=MOST_REPEATS)
        case "deaf":
            return _DEAF
        case "over" | "moved":
            return _HEARD if answer.repeats else None
        case "busy":
            return None


async def _tell(answer: Sent, lane: Lane, database: Database, moment: Moment, robots: Mapping[str, AnyRobot]) -> None:
    robot = robots[answer.robot].name if answer.robot in robots else as_text(answer.robot)
    item = name_of(answer.item) if answer.item else Text("", "")
    text = _TOLD.format(robot=robot, item=item, sends=plural(answer.sends, _TIMES_RU, _TIMES_EN))
    await tell(lane, database, text, name=f"deaf|{answer.id}", moment=moment, item=answer.item)


_AGAIN_WORDS: Final = Text(
    "Процесс всё ещё ждёт, хотя ответ отправлен: отправляем снова, {number} из {most}.",
    "The process still waits although the answer was sent: sending it again, {number} of {most}.",
)
_HEARD: Final = Text("Процесс больше не ждёт нашего ответа.", "The process waits for our answer no more.")
_DEAF: Final = Text(
    "Процесс так и не услышал ответа; сообщаем администратору.",
    "The process has not heard the answer; the administrator is told.",
)
_TOLD: Final = Text(
    "Процесс не слышит ответа: робот «{robot}» ({item}) закончил работу и ответил {sends}, а процесс в Битрикс24 "
    "всё ждёт. Откройте карточку и остановите процесс вручную или переведите её на другую стадию.",
    "A process does not hear the answer: the robot “{robot}” ({item}) has finished and answered {sends}, and the "
    "process in Bitrix24 still waits. Open the card and stop the process by hand, or move the card to another stage.",
)
_TIMES_RU: Final = ("раз", "раза", "раз")
_TIMES_EN: Final = ("time", "times")
