"""A robot call becomes a run: one INSERT, one commit, and only then the 200."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from core import tracing
from core.bitrix24.documents import Item, UnsupportedDocument
from core.crash import crashpoint
from core.db import Database, Row, Statement, Value, new_id, to_millis
from core.portals.calls import RobotCall
from core.portals.info import PortalInfo
from core.robots import AnyRobot, Robot
from core.runs.beginning import hash_of, instead_of
from core.runs.journal import Line, dumped
from core.runs.launch_words import CAME_LATE
from core.runs.launches import came_late
from core.runs.statements import ACCEPT, REPLY
from core.texts.text import Text, language_for

Accepted = Literal["accepted", "duplicate", "rejected"]

#: How long a run may live whose robot this release does not know; what knows it may come later.
_UNKNOWN_LIFE: Final = timedelta(days=Robot.lifetime_days)

#: A call is due at once, also by a clock that is a little behind ours: else it would wait for a sweep.
_SKEW: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Over:
    """A launch that is over with its acceptance: its process is only answered."""

    status: str
    result: str
    why: Text


async def accept(
    database: Database, portal: PortalInfo, call: RobotCall, *, robot: AnyRobot | None, now: datetime
) -> Accepted:
    """Store the launch durably and say what became of it.

    A launch that cannot work is stored too, with the reason, and its process is answered. Raises DatabaseAway;
    nothing is stored then.
    """
    item, problem = _item(call)
    if robot is not None and problem is None:
        problem = robot.check(call.properties)
    run = _Acceptance(new_id(), portal, call, item, robot, now)
    code = robot.code if robot else "unknown"
    with tracing.span(f"accept {code}", run=run.id, begins=True, portal=portal.id, robot=code) as span:
        if problem is not None:
            rows = await database.write(*run.over(_Over("rejected", "failed", problem)))
        else:
            rows = await _begun(database, portal.id, run)
        crashpoint("after_accept")
        status = _status(is_new=bool(rows[0]), is_wrong=problem is not None)
        span.note("accepted", status)
    return status


def _status(*, is_new: bool, is_wrong: bool) -> Accepted:
    if not is_new:
        return "duplicate"
    return "rejected" if is_wrong else "accepted"


async def _begun(database: Database, portal_id: str, run: _Acceptance) -> list[list[Row]]:
    """Begin the run, unless one was begun in its place while the call was on its way: then its process is answered."""
    rows = await database.write(run.begun())
    if rows[0] or not await came_late(database, portal_id, run.call):
        return rows
    return await database.write(*run.over(_Over("skipped", "skipped_duplicate", CAME_LATE)))


def _item(call: RobotCall) -> tuple[Item | None, Text | None]:
    try:
        return call.item(), None
    except UnsupportedDocument:
        return None, Text(
            "Робот стоит на элементе, у которого нет диалога с клиентом: подходят лиды, сделки, контакты, компании "
            "и смарт-процессы.",
            "The robot stands on an item that has no client dialog: leads, deals, contacts, companies and smart "
            "processes will do.",
        )


@dataclass(frozen=True, slots=True)
class _Acceptance:
    """The launch that a call becomes."""

    id: str
    portal: PortalInfo
    call: RobotCall
    item: Item | None
    robot: AnyRobot | None
    now: datetime

    def begun(self) -> Statement:
        return Statement(ACCEPT, self._row(None), needed=True, key="id")

    def over(self, over: _Over) -> list[Statement]:
        """It is over: with its last line in the log, and the answer that its process gets."""
        said = Line("ended", over.why, {"result": over.result})
        return [
            Statement(ACCEPT, self._row(over), needed=True, key="id"),
            said.statement(self.portal.id, self.id, self.now),
            self._reply(over),
        ]

    def _row(self, over: _Over | None) -> dict[str, Value]:
        call, item, vault = self.call, self.item, self.portal.vault
        token = call.event_token.reveal().encode()
        return {
            "id": self.id,
            "portal_id": vault.portal_id,
            "robot": call.code,
            "workflow_id": call.workflow_id,
            "instead": hash_of(instead_of(call.workflow_id)),
            "event_token_hash": hashlib.sha256(token).hexdigest(),
            "event_token": vault.seal(call.event_token, "run.event_token"),
            "entity_type_id": item.entity_type_id if item else 0,
            "item_id": item.id if item else 0,
            "document": call.document[2][:200],
            "properties": dumped(dict(call.properties)),
            "status": over.status if over else "waiting",
            "result": over.result if over else "",
            "reason": dumped(over.why.as_json()) if over else None,
            "dry": False,
            "answered": over is not None,
            "wake_at": None if over else to_millis(self.now - _SKEW),
            "expires_at": to_millis(self.now + _lifetime(call, self.robot)),
            "created_at": to_millis(self.now),
            "finished_at": to_millis(self.now) if over else None,
        }

    def _reply(self, over: _Over) -> Statement:
        reason = over.why.said_in(language_for(self.portal.language))
        answer = {"result": over.result, "ok": "N", "reason": reason}
        return Statement(
            REPLY,
            {
                "id": new_id(),
                "portal_id": self.portal.id,
                "run_id": self.id,
                "workflow_id": self.call.workflow_id,
                "event_token": self.portal.vault.seal(self.call.event_token, "run.event_token"),
                "answer": dumped(answer),
                "due_at": to_millis(self.now),
            },
        )


def _lifetime(call: RobotCall, robot: AnyRobot | None) -> timedelta:
    """The robot's own maximum, or the template's timeout when that is shorter."""
    most = timedelta(days=robot.lifetime_days) if robot else _UNKNOWN_LIFE
    return min(most, timedelta(seconds=call.timeout_seconds)) if call.timeout_seconds else most
