"""What people may do to a run: stop it, try it again, move its timer, say how an unknown ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from core.clock import Clock
from core.db import Database, Row, Statement, Value, new_id, to_millis
from core.runs.journal import Line, dumped
from core.runs.moment import Moment
from core.texts.text import Text

Start = Literal["step", "start", "reply"]
Decision = Literal["arrived", "send_again", "skip"]
Action = Literal["now", "move", "cancel"]
LateDecision = Literal["run", "skip"]

OPEN: Final = frozenset({"waiting", "running", "retrying", "parked", "unknown", "held"})
#: After the time for which a portal keeps it (core.runs.retention).
FORGOTTEN: Final = Text(
    "Данные запуска уже удалены, повторить его нельзя.", "The data of this run are deleted; it cannot be repeated."
)
RETRYABLE: Final = frozenset({"failed", "quarantined", "cancelled", "skipped", "done", "refused"})


class NoSuchRun(Exception):
    """There is no such run in this portal."""


class NotNow(Exception):
    """The run's state does not allow it; ``text`` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Actor:
    """Who pressed the button."""

    user_id: int
    name: str

    def __str__(self) -> str:
        return self.name or f"#{self.user_id}"


async def cancel(database: Database, portal_id: str, run_id: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Ask that the run stop; the worker that holds it looks before its next call."""
    moment = Moment.of(clock)
    run = await _run(database, portal_id, run_id)
    if run["status"] not in OPEN:
        raise NotNow(Text("Запуск уже закончен.", "The run is over."))
    who = f"{actor}: {reason}"[:300] if reason else str(actor)
    sql = """
    UPDATE run SET cancel_requested = :who, wake_at = {now} + :shift
    WHERE id = :id AND portal_id = :portal_id AND finished_at IS NULL RETURNING id
    """
    line = Line("person", Text("{who}: остановить.", "{who}: stop it.").format(who=actor))
    await _change(
        database,
        portal_id,
        run_id,
        moment,
        line,
        actor,
        "cancel",
        Statement(sql, {"who": who, "shift": moment.shift, "id": run_id, "portal_id": portal_id}, needed=True),
        _chosen(run_id, portal_id, "skip"),
    )


async def retry(
    database: Database,
    portal_id: str,
    run_id: str,
    *,
    start: Start,
    actor: Actor,
    clock: Clock,
) -> None:
    """Go on from the step it stopped at, from the beginning, or only answer the process again.

    Effects that are done are never repeated by the first and the last; from the start the robot looks anew.
    """
    moment = Moment.of(clock)
    run = await _run(database, portal_id, run_id)
    if run["status"] not in RETRYABLE:
        raise NotNow(Text("Запуск ещё идёт.", "The run is still going on."))
    if run["properties"] is None:
        raise NotNow(FORGOTTEN)
    if start == "reply" and not run["workflow_id"]:
        raise NotNow(Text("Этот запуск начали мы сами: отвечать некому.", "We began this run: nobody waits for it."))
    line = Line("person", Text("{who}: повторить.", "{who}: try again.").format(who=actor), {"from": start})
    await _change(
        database, portal_id, run_id, moment, line, actor, f"retry_{start}", *_again(run, portal_id, start, moment)
    )


def _again(run: Row, portal_id: str, start: Start, moment: Moment) -> list[Statement]:
    common: dict[str, Value] = {"id": str(run["id"]), "portal_id": portal_id, "shift": moment.shift}
    if start == "reply":
        values = {
            "id": new_id(),
            "portal_id": portal_id,
            "run_id": str(run["id"]),
            "workflow_id": run["workflow_id"],
            "event_token": run["event_token"],
            "answer": run["output"] or dumped({"result": run["result"], "ok": "N", "reason": ""}),
            "shift": moment.shift,
        }
        return [Statement(_REPLY_AGAIN, values)]
    if start == "start":
        return [Statement(_FROM_START, common, needed=True)]
    return [Statement(_FROM_STEP, common, needed=True)]


_REOPENED = """
    status = 'waiting', result = '', reason = NULL, finished_at = NULL, attempt = 0, mistakes = 0, deaths = 0,
    cancel_requested = '', wake_at = {now} + :shift,
    expires_at = 86400000 + CASE WHEN expires_at > {now} + :shift THEN expires_at ELSE {now} + :shift END
"""
_FROM_STEP: Final = f"""
UPDATE run SET {_REOPENED} WHERE id = :id AND portal_id = :portal_id AND finished_at IS NOT NULL RETURNING id
"""
_FROM_START: Final = f"""
UPDATE run SET step = '', state = '{{}}', acting_from = 0, stage_id = '', {_REOPENED}
WHERE id = :id AND portal_id = :portal_id AND finished_at IS NOT NULL RETURNING id
"""
_REPLY_AGAIN: Final = """
INSERT INTO reply (id, portal_id, run_id, workflow_id, event_token, answer, state, due_at, lease_until, lease_no,
    attempt, sends, sent_at)
VALUES (:id, :portal_id, :run_id, :workflow_id, :event_token, :answer, 'due', {now} + :shift, NULL, 0, 0, 0, NULL)
"""


async def decide(
    database: Database,
    portal_id: str,
    effect_id: str,
    *,
    decision: Decision,
    actor: Actor,
    clock: Clock,
) -> None:
    """Say how an unknown effect ended; the run then goes on."""
    moment = Moment.of(clock)
    sql = "SELECT run_id, state, summary FROM effect WHERE id = :id AND portal_id = :portal_id"
    rows = (await database.write(Statement(sql, {"id": effect_id, "portal_id": portal_id})))[0]
    if not rows:
        raise NoSuchRun
    if rows[0]["state"] != "unknown":
        raise NotNow(Text("Исход этого действия уже известен.", "The outcome of this action is known by now."))
    run_id = str(rows[0]["run_id"])
    state = {"arrived": "confirmed", "send_again": "planned", "skip": "skipped"}[decision]
    said = _DECISIONS[decision].format(who=actor, what=Text.from_json(json.loads(str(rows[0]["summary"]))))
    params: dict[str, Value] = {"id": effect_id, "portal_id": portal_id, "state": state, "shift": moment.shift}
    evidence = dumped({"said_by": str(actor), "user_id": actor.user_id})
    settle = """
    UPDATE effect SET state = :state, evidence = :evidence, checks = 0, prepared_at = NULL,
        settled_at = CASE WHEN CAST(:state AS VARCHAR) = 'planned' THEN NULL ELSE {now} + :shift END
    WHERE id = :id AND portal_id = :portal_id AND state = 'unknown' RETURNING id
    """
    wake = """
    UPDATE run SET wake_at = {now} + :shift, status = 'waiting'
    WHERE id = :id AND portal_id = :portal_id AND lease_until IS NULL AND finished_at IS NULL RETURNING id
    """
    await _change(
        database,
        portal_id,
        run_id,
        moment,
        Line("person", said),
        actor,
        f"decide_{decision}",
        Statement(settle, {**params, "evidence": evidence}, needed=True),
        Statement(wake, {"id": run_id, "portal_id": portal_id, "shift": moment.shift}),
    )


_DECISIONS: Final[Mapping[str, Text]] = {
    "arrived": Text("{who}: «{what}» — произошло.", "{who}: “{what}” did happen."),
    "send_again": Text("{who}: «{what}» — сделать ещё раз.", "{who}: “{what}” — do it again."),
    "skip": Text("{who}: «{what}» — пропустить.", "{who}: “{what}” — skip it."),
}


async def decide_late(
    database: Database, portal_id: str, run_id: str, *, decision: LateDecision, actor: Actor, clock: Clock
) -> None:
    """Do or skip what a run waited for while the service did not work."""
    moment = Moment.of(clock)
    await _run(database, portal_id, run_id)
    sql = """
    UPDATE run SET wake_at = {now} + :shift, status = 'waiting'
    WHERE id = :id AND portal_id = :portal_id AND status = 'held' AND lease_until IS NULL RETURNING id
    """
    params: dict[str, Value] = {"id": run_id, "portal_id": portal_id, "shift": moment.shift}
    await _change(
        database,
        portal_id,
        run_id,
        moment,
        Line("person", _LATE[decision].format(who=actor)),
        actor,
        f"late_{decision}",
        Statement(sql, params, needed=True),
        _chosen(run_id, portal_id, decision),
    )


_LATE: Final[Mapping[LateDecision, Text]] = {
    "run": Text("{who}: выполнить, хотя срок прошёл.", "{who}: do it though its time is over."),
    "skip": Text("{who}: пропустить, потому что срок прошёл.", "{who}: skip it because its time is over."),
}


def _chosen(run_id: str, portal_id: str, choice: LateDecision) -> Statement:
    """Keep what a person chose for a late wait; nothing happens to a run that nobody was asked about."""
    sql = "UPDATE late_wait SET choice = :choice WHERE run_id = :id AND portal_id = :portal_id AND choice = 'ask'"
    return Statement(sql, {"id": run_id, "portal_id": portal_id, "choice": choice})


async def move(
    database: Database,
    portal_id: str,
    run_id: str,
    *,
    action: Action,
    wake_at: datetime | None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Fire a waiting run now or at another moment, or stop it."""
    if action == "cancel":
        await cancel(database, portal_id, run_id, reason="", actor=actor, clock=clock)
        return
    moment = Moment.of(clock)
    await _run(database, portal_id, run_id)
    due = moment.now if action == "now" or wake_at is None else wake_at
    # Whoever fires a timer himself wants it done, however late it is.
    sql = """
    UPDATE run SET wake_at = :due, status = CASE WHEN status = 'held' THEN 'waiting' ELSE status END,
        timer_at = CASE WHEN timer_at IS NULL THEN NULL ELSE CAST(:timer_at AS BIGINT) END
    WHERE id = :id AND portal_id = :portal_id AND wake_at IS NOT NULL AND lease_until IS NULL RETURNING id
    """
    line = Line(
        "person",
        Text("{who}: таймер перенесён.", "{who}: the timer was moved.").format(who=actor),
        {"due": due.isoformat()},
    )
    params: dict[str, Value] = {"due": to_millis(due), "id": run_id, "portal_id": portal_id}
    params["timer_at"] = None if action == "now" else to_millis(due)
    await _change(
        database,
        portal_id,
        run_id,
        moment,
        line,
        actor,
        f"timer_{action}",
        Statement(sql, params, needed=True),
        _chosen(run_id, portal_id, "run"),
    )


async def _run(database: Database, portal_id: str, run_id: str) -> Row:
    sql = """
    SELECT id, status, workflow_id, event_token, output, result, properties FROM run
    WHERE id = :id AND portal_id = :portal_id
    """
    rows = (await database.write(Statement(sql, {"id": run_id, "portal_id": portal_id})))[0]
    if not rows:
        raise NoSuchRun
    return rows[0]


async def _change(
    database: Database,
    portal_id: str,
    run_id: str,
    moment: Moment,
    line: Line,
    actor: Actor,
    action: str,
    *statements: Statement,
) -> None:
    """Do it, log it and audit it in one transaction; raises NotNow when the run moved on meanwhile."""
    audit = Statement(
        _AUDIT,
        {
            "id": new_id(),
            "portal_id": portal_id,
            "at": to_millis(moment.now),
            "actor_id": str(actor.user_id),
            "action": action,
            "object_id": run_id,
        },
    )
    rows = await database.write(*statements, line.statement(portal_id, run_id, moment.now), audit)
    if statements[0].needed and not rows[0]:
        raise NotNow(
            Text("Пока вы решали, запуск изменился; обновите страницу.", "The run changed meanwhile; reload the page.")
        )


_AUDIT: Final = """
INSERT INTO audit (id, portal_id, at, actor_kind, actor_id, action, object_id, detail, outcome)
VALUES (:id, :portal_id, :at, 'user', :actor_id, :action, :object_id, NULL, 'ok')
"""
