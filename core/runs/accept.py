"""A robot call becomes a run: one INSERT, one commit, and only then the 200."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final, Literal

from core import tracing
from core.bitrix24.documents import Item, UnsupportedDocument
from core.crash import crashpoint
from core.db import Database, Statement, Value, new_id, to_millis
from core.portals.calls import RobotCall
from core.portals.info import PortalInfo
from core.portals.keyring import Vault
from core.robots import AnyRobot, Robot
from core.runs.journal import Line, dumped
from core.runs.statements import ACCEPT, REPLY
from core.texts.text import Text, language_for

Accepted = Literal["accepted", "duplicate", "rejected"]

#: How long a run may live whose robot this release does not know; what knows it may come later.
_UNKNOWN_LIFE: Final = timedelta(days=Robot.lifetime_days)

#: A call is due at once, also by a clock that is a little behind ours: else it would wait for a sweep.
_SKEW: Final = timedelta(seconds=1)


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
    run_id, vault = new_id(), portal.vault
    statements = [Statement(ACCEPT, _row(run_id, vault, call, item, robot, problem, now), needed=True, key="id")]
    if problem is not None:
        statements.append(Line("ended", problem, {"result": "failed"}).statement(vault.portal_id, run_id, now))
        statements.append(_reply(run_id, vault, call, problem.said_in(language_for(portal.language)), now))
    code = robot.code if robot else "unknown"
    with tracing.span(f"accept {code}", run=run_id, begins=True, portal=portal.id, robot=code) as span:
        rows = await database.write(*statements)
        crashpoint("after_accept")
        status = _status(is_new=bool(rows[0]), is_wrong=problem is not None)
        span.note("accepted", status)
    return status


def _status(*, is_new: bool, is_wrong: bool) -> Accepted:
    if not is_new:
        return "duplicate"
    return "rejected" if is_wrong else "accepted"


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


def _row(
    run_id: str,
    vault: Vault,
    call: RobotCall,
    item: Item | None,
    robot: AnyRobot | None,
    problem: Text | None,
    now: datetime,
) -> dict[str, Value]:
    token = call.event_token.reveal().encode()
    return {
        "id": run_id,
        "portal_id": vault.portal_id,
        "robot": call.code,
        "workflow_id": call.workflow_id,
        "event_token_hash": hashlib.sha256(token).hexdigest(),
        "event_token": vault.seal(call.event_token, "run.event_token"),
        "entity_type_id": item.entity_type_id if item else 0,
        "item_id": item.id if item else 0,
        "document": call.document[2][:200],
        "properties": dumped(dict(call.properties)),
        "status": "rejected" if problem else "waiting",
        "result": "failed" if problem else "",
        "reason": dumped(problem.as_json()) if problem else None,
        "dry": False,
        "answered": problem is not None,
        "wake_at": None if problem else to_millis(now - _SKEW),
        "expires_at": to_millis(now + _lifetime(call, robot)),
        "created_at": to_millis(now),
        "finished_at": to_millis(now) if problem else None,
    }


def _lifetime(call: RobotCall, robot: AnyRobot | None) -> timedelta:
    """The robot's own maximum, or the template's timeout when that is shorter."""
    most = timedelta(days=robot.lifetime_days) if robot else _UNKNOWN_LIFE
    return min(most, timedelta(seconds=call.timeout_seconds)) if call.timeout_seconds else most


def _reply(run_id: str, vault: Vault, call: RobotCall, reason: str, now: datetime) -> Statement:
    answer = {"result": "failed", "ok": "N", "reason": reason}
    return Statement(
        REPLY,
        {
            "id": new_id(),
            "portal_id": vault.portal_id,
            "run_id": run_id,
            "workflow_id": call.workflow_id,
            "event_token": vault.seal(call.event_token, "run.event_token"),
            "answer": dumped(answer),
            "due_at": to_millis(now),
        },
    )
