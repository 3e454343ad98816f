"""Give processes the answers we owe them; ``true`` of ``bizproc.event.send`` is never taken for proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.calls import current_run
from core.bitrix24.client import CommandOutcome
from core.bitrix24.command import Command, Json
from core.bitrix24.errors import BitrixError, Revoked, Suspended, TryLater
from core.bitrix24.outcome import Outcome
from core.bitrix24.wire import as_list
from core.crash import crashpoint
from core.db import Database, Row, Statement, to_millis
from core.portals.lane import Lane, LaneClosed, Lanes
from core.runs.journal import Line
from core.runs.moment import Moment
from core.runs.sampling import Samples
from core.runs.statements import SAVE_REPLY
from core.runs.unheard import MOST_REPEATS, PAUSES
from core.texts.text import Text

#: A lost answer leaves a process hanging, and a second one changes nothing (decisions.md 5).
REPEAT_AFTER: Final = timedelta(seconds=60)
_LONGEST_PAUSE: Final = timedelta(minutes=10)

SENT: Final = Text(
    "Ответ процессу отправлен; Битрикс24 не подтверждает доставку, повторим через минуту.",
    "The answer to the process was sent; Bitrix24 does not confirm delivery, it will be repeated in a minute.",
)
REPEATED: Final = Text("Ответ процессу отправлен ещё раз.", "The answer to the process was sent once more.")
GONE: Final = Text(
    "Процесс уже завершён: ждать нашего ответа некому.", "The process is over: nobody waits for our answer."
)
OVER: Final = Text(
    "Ответ процессу отправлен ещё раз; процесс больше не ждёт, он закончился.",
    "The answer to the process was sent once more; the process waits no longer, it has ended.",
)
REFUSED: Final = Text(
    "Битрикс24 не принял ответ: этот вызов выдан не порталом.",
    "Bitrix24 did not take the answer: the call was not minted by the portal.",
)


@dataclass(frozen=True, slots=True)
class ReplyRecord:
    """One claimed answer."""

    id: str
    portal_id: str
    run_id: str
    workflow_id: str
    event_token: bytes
    answer: dict[str, Json]
    lease_no: int
    attempt: int
    sends: int
    repeats: int

    @classmethod
    def from_row(cls, row: Row) -> ReplyRecord:
        token = row["event_token"]
        return cls(
            id=str(row["id"]),
            portal_id=str(row["portal_id"]),
            run_id=str(row["run_id"]),
            workflow_id=str(row["workflow_id"]),
            event_token=bytes(token) if isinstance(token, bytes | memoryview) else b"",
            answer=json.loads(str(row["answer"])),
            lease_no=int(row["lease_no"] or 0),
            attempt=int(row["attempt"] or 0),
            sends=int(row["sends"] or 0),
            repeats=int(row["repeats"] or 0),
        )


async def deliver(reply: ReplyRecord, database: Database, lanes: Lanes, moment: Moment, *, samples: Samples) -> None:
    """Send one answer, or repeat it unless the process is seen to be gone."""
    token = current_run.set(reply.run_id)
    try:
        lane = await lanes.lane(reply.portal_id)
        crashpoint("before_reply")
        if reply.sends == 0:
            await samples.take(lane, reply.workflow_id, moment.now)
        outcomes = await lane.write(_commands(reply, lane), halt=False)
        crashpoint("after_reply")
    except LaneClosed:
        lanes.changed(reply.portal_id)
        await _save(database, reply, moment, state="due", due_at=moment.now)
        return
    except (Suspended, Revoked) as closed:
        await lanes.suspend(reply.portal_id, closed)
        await _save(database, reply, moment, state="due", due_at=moment.now)
        return
    except TryLater as trouble:
        await _save(database, reply, moment, state="due", due_at=moment.now + _pause(reply, trouble))
        return
    except BitrixError:
        await _save(database, reply, moment, state="refused", due_at=None, line=Line("answered", REFUSED))
        return
    finally:
        current_run.reset(token)
    await _judge(database, reply, moment, outcomes)


def _commands(reply: ReplyRecord, lane: Lane) -> dict[str, Command]:
    """The repeat of a send looks in the same request whether the process is still there.

    The answer holds texts of people, so it is the first command and nobody else's request (security.md T-14).
    """
    event_token = lane.portal.vault.open(reply.event_token, "run.event_token").reveal()
    send = Command("bizproc.event.send", {"EVENT_TOKEN": event_token, "RETURN_VALUES": reply.answer})
    if reply.sends == 0:
        return {"send": send}
    process = Command("bizproc.workflow.instances", {"FILTER": {"ID": reply.workflow_id}, "SELECT": ["ID"]})
    return {"send": send, "process": process}


async def _judge(
    database: Database, reply: ReplyRecord, moment: Moment, outcomes: Mapping[str, CommandOutcome]
) -> None:
    sent = outcomes["send"]
    code = (sent.answer.error or "") if sent.answer is not None and not sent.answer.ok else None
    match sent.outcome:
        case Outcome.CONFIRMED if reply.sends == 0:
            due_at = moment.now + REPEAT_AFTER
            await _save(database, reply, moment, state="sent", due_at=due_at, line=Line("answered", SENT), sent=True)
        case Outcome.CONFIRMED:
            lives = _lives(outcomes.get("process"))
            line = Line("answered", OVER if lives is False else REPEATED)
            look_at = moment.now + PAUSES[min(reply.repeats, MOST_REPEATS)] if lives else None
            await _save(database, reply, moment, state="settled", due_at=None, line=line, sent=True, look_at=look_at)
        case Outcome.BUSINESS if code == "404":
            await _save(database, reply, moment, state="gone", due_at=None, line=Line("answered", GONE))
        case Outcome.BUSINESS if code == "423":
            await _save(database, reply, moment, state="due", due_at=moment.now + _pause(reply, None))
        case Outcome.BUSINESS:
            await _save(database, reply, moment, state="refused", due_at=None, line=Line("answered", REFUSED))
        case _:
            await _save(database, reply, moment, state="due", due_at=moment.now + _pause(reply, None))


def _lives(process: CommandOutcome | None) -> bool | None:
    """Whether the process is still there; None when the portal does not show it."""
    if process is None or process.answer is None or not process.answer.ok:
        return None
    return bool(as_list(process.answer.result))


def _pause(reply: ReplyRecord, trouble: TryLater | None) -> timedelta:
    if trouble is not None and trouble.after is not None:
        return trouble.after
    return min(timedelta(seconds=2.0 ** min(reply.attempt, 10)), _LONGEST_PAUSE)


async def _save(
    database: Database,
    reply: ReplyRecord,
    moment: Moment,
    *,
    state: str,
    due_at: datetime | None,
    line: Line | None = None,
    sent: bool = False,
    look_at: datetime | None = None,
) -> None:
    save = Statement(
        SAVE_REPLY,
        {
            "id": reply.id,
            "lease_no": reply.lease_no,
            "state": state,
            "due_at": to_millis(due_at) if due_at else None,
            "sends": reply.sends + sent,
            "sent_at": to_millis(moment.now) if sent else None,
            "look_at": to_millis(look_at) if look_at else None,
            "attempt": 0 if sent else reply.attempt,
        },
        needed=True,
        key="id",
    )
    lines = [line.statement(reply.portal_id, reply.run_id, moment.now)] if line else []
    await database.write(save, *lines)
