"""What a worker changes about a run that it holds, and how that is saved under the fence of the lease."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Self

from core.bitrix24.command import Json
from core.bitrix24.wire import as_str
from core.db import Database, Statement, Value, new_id, to_millis
from core.robots.outcomes import Watch
from core.runs.journal import Line, dumped
from core.runs.record import RunRecord, status_for
from core.runs.statements import CHARGE, KEEP, LEASE, REPLY, SAVE
from core.texts.text import Text


class LeaseLost(Exception):
    """Another worker took the run over; whatever this one knows is void."""


@dataclass(slots=True)
class Progress:
    """A run in the hands of its worker; nothing of it is true before a save."""

    run: RunRecord
    database: Database
    step: str
    state: Mapping[str, Json]
    acting_from: int
    origin: str
    dry: bool
    answered: bool
    title: str
    stage_id: str
    chat_id: int
    session_id: int
    known: Mapping[str, Json]
    attempt: int
    mistakes: int
    #: The moment that people count on, when the run comes to rest until then; otherwise there is none.
    timer_at: datetime | None = None
    watch: Watch | None = None
    #: The dialog as this step saw it: what it saw needs not wake the run again.
    seen: Watch | None = None
    lines: list[Line] = field(default_factory=list)
    #: When the run wants to be woken, once it was given back.
    wake_at: datetime | None = None

    @classmethod
    def of(cls, run: RunRecord, database: Database) -> Self:
        return cls(
            run=run,
            database=database,
            step=run.step,
            state=run.state,
            acting_from=run.acting_from,
            origin=run.origin,
            dry=run.dry,
            answered=run.answered,
            title=run.title,
            stage_id=run.stage_id,
            chat_id=run.chat_id,
            session_id=run.session_id,
            known=run.known,
            attempt=run.attempt,
            mistakes=run.mistakes,
        )

    def tell(self, line: Line) -> None:
        """Add a line to the log; it is kept with the next save."""
        self.lines.append(line)

    async def keep(self, now: datetime, *, lease: timedelta | None = None, also: Iterable[Statement] = ()) -> None:
        """Save and go on holding the run; raises LeaseLost."""
        params = self._params("running", wake_at=self.run.wake_at)
        params["lease"] = int(lease.total_seconds() * 1000) if lease else LEASE
        await self._write(Statement(KEEP, params, needed=True, key="id"), now, also)

    async def charge(self) -> None:
        """Count the death of this process in advance, if the run has one already; raises LeaseLost."""
        if not self.run.deaths:
            return
        key: dict[str, Value] = {"id": self.run.id, "lease_no": self.run.lease_no}
        [rows] = await self.database.write(Statement(CHARGE, key))
        if not rows:
            raise LeaseLost(self.run.id)
        self.run = replace(self.run, deaths=self.run.deaths + 1)

    async def rest(
        self, now: datetime, *, wake_at: datetime | None, status: str = "waiting", also: Iterable[Statement] = ()
    ) -> None:
        """Save and give the run back until ``wake_at`` (None: until somebody wakes it); raises LeaseLost."""
        await self._write(Statement(SAVE, self._params(status, wake_at=wake_at), needed=True, key="id"), now, also)
        self.wake_at = wake_at

    async def finish(
        self, now: datetime, *, result: str, reason: Text, answer: Mapping[str, Json], status: str | None = None
    ) -> None:
        """End the run, owing the process ``answer`` unless it was answered before; raises LeaseLost."""
        also = [] if self.answered else [self.reply(now, answer)]
        self.answered = True
        params = self._params(status or status_for(result), wake_at=None)
        params |= {
            "result": result,
            "reason": dumped(reason.as_json()),
            "output": dumped(dict(answer)),
            "watch_chat_id": None,
            "watch_user_code": "",
            "finished_at": to_millis(now),
        }
        await self._write(Statement(SAVE, params, needed=True, key="id"), now, also)

    def reply(self, now: datetime, answer: Mapping[str, Json]) -> Statement:
        return Statement(
            REPLY,
            {
                "id": new_id(),
                "portal_id": self.run.portal_id,
                "run_id": self.run.id,
                "workflow_id": self.run.workflow_id,
                "event_token": self.run.event_token,
                "answer": dumped(dict(answer)),
                "due_at": to_millis(now),
            },
        )

    async def _write(self, save: Statement, now: datetime, also: Iterable[Statement]) -> None:
        lines = [line.statement(self.run.portal_id, self.run.id, now) for line in self.lines]
        rows = await self.database.write(save, *also, *lines)
        if not rows[0]:
            raise LeaseLost(self.run.id)
        self.lines.clear()

    def _params(self, status: str, *, wake_at: datetime | None) -> dict[str, Value]:
        return {
            "id": self.run.id,
            "lease_no": self.run.lease_no,
            "status": status,
            "step": self.step,
            "state": dumped(dict(self.state)),
            "acting_from": self.acting_from,
            "origin": self.origin,
            "dry": self.dry,
            "answered": self.answered,
            "title": self.title[:300],
            "stage_id": self.stage_id,
            "chat_id": self.chat_id,
            "session_id": self.session_id,
            "known": dumped(dict(self.known)),
            "watch_chat_id": self.watch.chat_id if self.watch else None,
            "watch_message_id": self.watch.message_id if self.watch else 0,
            "watch_user_code": as_str(self.known.get("user_code")) if self.watch else "",
            "result": "",
            "reason": None,
            "output": None,
            "wake_at": to_millis(wake_at) if wake_at else None,
            "timer_at": to_millis(self.timer_at) if self.timer_at else None,
            "attempt": self.attempt,
            "mistakes": self.mistakes,
            "deaths": self.run.deaths if status == "running" else 0,
            "finished_at": None,
        }


def whole_seconds(at: datetime) -> datetime:
    """Round a due time up to a whole second, so that a bell never rings before it."""
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)
