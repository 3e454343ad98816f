"""A run that a person has repeated with other values: a new one, which says of which it is a copy."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import Database, Statement, Value, new_id, to_millis
from core.portals.audit import audit_statement
from core.robots import AnyRobot
from core.robots.registration import form
from core.runs.commands import FORGOTTEN, RETRYABLE, Actor, NoSuchRun, NotNow
from core.runs.journal import Line, dumped
from core.runs.moment import Moment
from core.runs.newborn import inserted, taken
from core.texts.text import Text, joined

#: A launch that could not work is over too, and may with other values.
COPYABLE: Final = RETRYABLE | {"rejected"}

#: The copy answers to nobody: its process is answered by the run itself. Whose call it was is not asked a second time.
COPY: Final = inserted(
    {
        **taken("portal_id", "workflow_id", "event_token", "entity_type_id", "item_id", "document", "title", "dry"),
        "id": "CAST(:id AS VARCHAR)",
        "robot": "CAST(:robot AS VARCHAR)",
        "origin": "CASE WHEN origin = 'strong' THEN 'strong' ELSE 'unchecked' END",
        "copy_of": "id",
    },
    rest="FROM run WHERE id = :copy_of AND portal_id = :portal_id",
)


class BadValues(Exception):
    """With these values the robot cannot work; ``text`` names the property in the words of its label."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


async def repeat_with(
    database: Database,
    portal_id: str,
    run_id: str,
    *,
    values: Mapping[str, Json],
    robot: AnyRobot,
    actor: Actor,
    clock: Clock,
) -> str:
    """Start a new run of the same robot on the same item with other values, and return its id.

    ``values`` are those of the form by name; what they do not name stays. Raises NoSuchRun, NotNow, BadValues.
    """
    moment = Moment.of(clock)
    sql = "SELECT status, properties FROM run WHERE id = :id AND portal_id = :portal_id"
    rows = (await database.write(Statement(sql, {"id": run_id, "portal_id": portal_id})))[0]
    if not rows:
        raise NoSuchRun
    if rows[0]["status"] not in COPYABLE:
        raise NotNow(Text("Запуск ещё идёт.", "The run is still going on."))
    if rows[0]["properties"] is None:
        raise NotNow(FORGOTTEN)
    before = _properties(rows[0]["properties"])
    after = {**before, **values}
    if problem := robot.check(after):
        raise BadValues(problem)
    changed = [shape for shape in form(robot.input_model) if before.get(shape.name) != after.get(shape.name)]
    names = joined(shape.property.label for shape in changed) if changed else Text("ничего", "nothing")
    new = new_id()
    params = copy_params(new, portal_id, run_id, robot=robot, properties=after, hashed=new, moment=moment)
    lines = (
        (new, _COPIED.format(who=actor, names=names), {"copy_of": run_id}),
        (run_id, _HAS_COPY.format(who=actor), {"copy": new}),
    )
    await database.write(
        Statement(COPY, params, needed=True),
        *(Line("person", text, data).statement(portal_id, run, moment.now) for run, text, data in lines),
        audit_statement(
            portal_id,
            action="retry_edited",
            at=moment.now,
            actor=("user", str(actor.user_id)),
            object_id=run_id,
            detail={"copy": new, "changed": [shape.name for shape in changed]},
        ),
    )
    return new


def copy_params(
    new: str,
    portal_id: str,
    run_id: str,
    *,
    robot: AnyRobot,
    properties: Mapping[str, Json],
    hashed: str,
    moment: Moment,
) -> dict[str, Value]:
    """Return the parameters of COPY; of all copies with the same ``hashed`` there is only one."""
    return {
        "id": new,
        "portal_id": portal_id,
        "copy_of": run_id,
        "robot": robot.code,
        "hash": hashlib.sha256(f"copy|{hashed}".encode()).hexdigest(),
        "properties": dumped(dict(properties)),
        "now": to_millis(moment.now),
        "expires": to_millis(moment.now + timedelta(days=robot.lifetime_days)),
    }


def _properties(stored: Value) -> dict[str, Json]:
    read = json.loads(stored) if isinstance(stored, str) else {}
    return read if isinstance(read, dict) else {}


_COPIED: Final = Text("{who}: повтор с другими значениями: {names}.", "{who}: repeated with other values: {names}.")
_HAS_COPY: Final = Text(
    "{who}: повторить с другими значениями, отдельным запуском.",
    "{who}: repeat with other values, as a run of its own.",
)
