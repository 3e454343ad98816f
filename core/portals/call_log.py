"""Every HTTP request to a portal leaves a row: what was asked, how long it took, how it ended."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from contextvars import Context
from typing import Final

from core.bitrix24.calls import RestCall
from core.db import Database, Statement, Value, new_id, to_millis

#: A log that cannot be written must not eat the memory of the process.
_MOST_WAITING: Final = 10_000
_AT_ONCE: Final = 200

_ADD: Final = """
INSERT INTO rest_call (id, portal_id, run_id, at, method, commands, milliseconds, status, error, operating)
VALUES (:id, :portal_id, :run_id, :at, :method, :commands, :milliseconds, :status, :error, :operating)
"""

log = logging.getLogger(__name__)


class CallLog:
    """A `CallSink` that writes behind: a request shared by several runs has a row for each of them.

    The lane of a call is the portal's id. ``flush`` waits until everything told so far is in the database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Statement] = deque(maxlen=_MOST_WAITING)
        self._writer: asyncio.Task[None] | None = None

    def __call__(self, call: RestCall) -> None:
        runs = dict.fromkeys(command.run for command in call.commands) or {None: None}
        self._waiting.extend(_row(call, run) for run in runs)
        if self._writer is None or self._writer.done():
            # It writes for every portal, so it must not be confined to that of whoever happened to wake it.
            self._writer = asyncio.get_running_loop().create_task(
                self._write(), name="rest call log", context=Context()
            )

    async def flush(self) -> None:
        if self._writer is not None:
            await self._writer

    async def _write(self) -> None:
        while self._waiting:
            rows = [self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))]
            # Each for itself, in one commit all the same: the row of a portal just purged must not take others along.
            written = await asyncio.gather(*map(self._database.write, rows), return_exceptions=True)
            lost = [trouble for trouble in written if isinstance(trouble, Exception)]
            if lost:
                log.warning("%d rows of the REST call log are lost: %s", len(lost), type(lost[0]).__name__)


def _row(call: RestCall, run: str | None) -> Statement:
    own = [command for command in call.commands if command.run == run]
    commands = [{"method": command.method, "error": command.error} for command in own]
    params: dict[str, Value] = {
        "id": new_id(),
        "portal_id": call.lane,
        "run_id": run,
        "at": to_millis(call.at),
        "method": call.method,
        "commands": json.dumps(commands, separators=(",", ":")),
        "milliseconds": call.ms,
        "status": call.status or 0,
        "error": call.error or "",
        "operating": sum(command.operating or 0.0 for command in own),
    }
    return Statement(_ADD, params)
