"""A launch for all open dialogs of an item: the run takes the latest, and begins one more for each of the others."""

from __future__ import annotations

import hashlib
from typing import Final

from core.db import Statement, Value, new_id, to_millis
from core.dialogs.activities import SessionRow
from core.dialogs.known import KnownDialog
from core.dialogs.view import DialogView
from core.robots import DialogPick, Input
from core.runs.journal import Line, dumped
from core.runs.moment import Moment
from core.runs.newborn import inserted, taken
from core.runs.progress import Progress
from core.texts.text import Text, plural

#: It answers to nobody: the process gets the answer of the run whose launch it was. The call is one that was proven.
_BEGIN: Final = inserted(
    {
        **taken("robot", "workflow_id", "event_token", "entity_type_id", "item_id", "document", "title", "dry"),
        **taken("expires_at", "created_at", "portal_id"),
        "id": "CAST(:id AS VARCHAR)",
        "origin": "'strong'",
        "stage_id": "CAST(:stage_id AS VARCHAR)",
        "session_id": "CAST(:session_id AS BIGINT)",
        "known": "CAST(:known AS VARCHAR)",
    },
    rest="FROM run WHERE id = :of AND portal_id = :portal_id",
)


async def begin_beside(progress: Progress, given: Input, moment: Moment, dialog: DialogView) -> None:
    """Begin a run for every other open dialog, if the launch is for all of them; harmless to repeat."""
    if getattr(given, "dialog_pick", None) is not DialogPick.ALL_ACTIVE or progress.origin != "strong":
        return
    others = [row for row in dialog.others if row.open]
    for row in others:
        await _begin(progress, row, moment)
    if others:
        count = plural(len(others), ("диалог", "диалога", "диалогов"), ("dialog", "dialogs"))
        progress.tell(Line("decided", _MORE.format(count=count), {"sessions": [row.session_id for row in others]}))


async def _begin(progress: Progress, row: SessionRow, moment: Moment) -> None:
    run, run_id = progress.run, new_id()
    known = KnownDialog(0, row.session_id, row.line_id, row.found_by, user_code=row.user_code)
    properties = {**run.properties, "dialog_pick": DialogPick.LATEST_ACTIVE.value}
    params: dict[str, Value] = {
        "id": run_id,
        "portal_id": run.portal_id,
        "of": run.id,
        "hash": hashlib.sha256(f"beside|{run.id}|{row.session_id}".encode()).hexdigest(),
        "properties": dumped(properties),
        "stage_id": progress.stage_id,
        "session_id": row.session_id,
        "known": dumped(known.as_json()),
        "now": to_millis(moment.now),
    }
    said = Line("accepted", _SAME_CALL, {"beside": run.id, "session": row.session_id})
    await progress.database.write(
        Statement(_BEGIN, params, needed=True), said.statement(run.portal_id, run_id, moment.now)
    )


_SAME_CALL: Final = Text(
    "Тот же вызов робота, другой открытый диалог элемента; процессу отвечает первый запуск.",
    "The same call of the robot, another open dialog of the item; the first run answers the process.",
)
_MORE: Final = Text("Ещё {count} открыто: у каждого свой запуск.", "{count} more are open: each has a run of its own.")
