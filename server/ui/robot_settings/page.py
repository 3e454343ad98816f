"""Answers for ``POST /b24/settings/{code}`` and for what its page asks while it is being filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.bitrix24.errors import BitrixError
from core.db import Statement
from core.portals.lane import LaneClosed
from core.robots import AnyRobot
from core.robots.checking import is_expression, problems_of
from core.robots.registration import form
from core.robots.triggers import Trigger
from core.runs.watching import noticing
from core.texts.text import Text
from core.worktime.words import duration
from server.errors import Bad
from server.services import Services
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.forms import returned
from server.ui.pages import Pages, Visit
from server.ui.robot_settings.asked import read_item, read_values
from server.ui.robot_settings.eyes import Eyes
from server.ui.robot_settings.form import Field, levels_json, own_and_shared, people_of
from server.ui.robot_settings.placed import Placed, read_placed
from server.ui.robot_settings.preview import Previews, Shown
from server.ui.robot_settings.script import script_words
from server.ui.robot_settings.telling import acts_of, headline_of
from server.ui.words import robot_settings as words

#: The item of the newest run, of this robot before others.
_LATELY: Final = """
SELECT entity_type_id, item_id FROM (
    SELECT entity_type_id, item_id, robot, created_at FROM run
    WHERE portal_id = :portal_id AND item_id <> 0 ORDER BY created_at DESC LIMIT 100) AS lately
WHERE :entity_type_id IN (0, entity_type_id)
ORDER BY CASE WHEN robot = :robot THEN 0 ELSE 1 END, created_at DESC LIMIT 1
"""


class RobotSettings:
    """The settings page of any robot, and its preview; nothing of ours is changed by either."""

    def __init__(self, door: Door, pages: Pages, services: Services) -> None:
        self._door = door
        self._pages = pages
        self._catalogue = services.catalogue
        self._database = services.database
        self._eyes = Eyes(door, services.lanes)
        self._previews = Previews(self._eyes, services.lanes, services.database, services.clock)

    async def page(self, visit: Visit, code: str, options: Json) -> Response:
        """Show the form with what is set now; raises Bad 404 for a robot that we do not have."""
        robot, placed = self._robot(code), read_placed(options)
        parts = await self._parts(visit, robot, placed)
        within = await self._within(visit, robot)
        return self._pages.page("robot_settings.html", visit, http_status=200, robot=robot, within=within, **parts)

    async def blank(self, visit: Visit, robot: AnyRobot) -> dict[str, object]:
        """Return what the form of a robot needs that stands on no stage."""
        return await self._parts(visit, robot, Placed())

    async def _parts(self, visit: Visit, robot: AnyRobot, placed: Placed) -> dict[str, object]:
        own, shared = own_and_shared(robot, placed)
        return {
            "own": own,
            "shared": shared,
            "changed": sum(field.changed for field in shared),
            "data": await self._data(visit, robot, placed, [*own, *shared]),
            "fields": placed.fields,
        }

    async def preview(self, request: Request) -> JSONResponse:
        """Check what is filled in, and say what the robot would do with the chosen item."""
        visitor = await self._door.visitor(request)
        robot, body = self._robot(request.path_params["code"]), await json_object(request)
        values, item = read_values(body.get("values")), read_item(body.get("item"))
        visit = self._pages.visit(visitor)
        problems = problems_of(robot.input_model, values)
        shown = await self._shown(visit, robot, values, item, problems)
        levels = values.get("levels")
        return JSONResponse(
            {
                "errors": {name: visit.reader.said(text) for name, text in problems.items()},
                "levels": levels_json(levels) if isinstance(levels, str) else None,
                "item": {"key": str(item), "title": shown.title} if item and shown.title else None,
                "headline": visit.reader.said(_headline(shown, visit)),
                "html": self._told(robot, shown, values, visit),
                "state": "told" if shown.rehearsal else "trouble" if shown.trouble else "empty",
                "again": shown.passing,
            }
        )

    @staticmethod
    def _first_trouble(robot: AnyRobot, values: Mapping[str, object], problems: Mapping[str, Text]) -> Text:
        """A form that is only not filled in yet is no mistake."""
        blank = {
            shape.name for shape in form(robot.input_model) if shape.property.required and not values.get(shape.name)
        }
        return words.FILL_FIRST if set(problems) <= blank else words.FIX_FIRST

    async def _shown(
        self,
        visit: Visit,
        robot: AnyRobot,
        values: Mapping[str, object],
        item: Item | None,
        problems: Mapping[str, Text],
    ) -> Shown:
        if item is None:
            return Shown()
        if problems:
            return Shown(trouble=self._first_trouble(robot, values, problems))
        return await self._previews.show(visit.visitor, robot, values, item)

    def _told(self, robot: AnyRobot, shown: Shown, values: Mapping[str, object], visit: Visit) -> str:
        rehearsal = shown.rehearsal
        output = {name: value for name, value in rehearsal.output.items() if value != ""} if rehearsal else {}
        return self._pages.fragment(
            "rehearsal.html",
            visit,
            acts=acts_of(rehearsal, shown.people or {}) if rehearsal else [],
            rehearsal=rehearsal,
            returned=returned(robot, output, shown.people or {}),
            trouble=shown.trouble or ("" if rehearsal else words.NO_ITEM),
            has_expressions=any(map(is_expression, values.values())),
        )

    async def _within(self, visit: Visit, robot: AnyRobot) -> Text | None:
        """Say how soon a message is noticed, where the robot waits for one."""
        if not robot.waits or not robot.needs_dialog:
            return None
        return duration((await noticing(visit.visitor.portal_id, self._database)).within)

    async def _data(self, visit: Visit, robot: AnyRobot, placed: Placed, fields: Sequence[Field]) -> dict[str, Json]:
        """What the script of the page needs to know."""
        try:
            names = await self._eyes.names(visit.visitor, people) if (people := people_of(fields)) else {}
        except (BitrixError, LaneClosed):
            names = {}
        item = placed.item or await self._lately(visit, robot, placed)
        levels = next((field.value for field in fields if field.editor == "levels"), "")
        return {
            "code": robot.code,
            "item": str(item) if item else "",
            "kind": Item(placed.entity_type_id, 1).kind if placed.entity_type_id else "deal",
            "people": {str(number): name for number, name in names.items()},
            "levels": levels_json(levels),
            "triggers": {trigger.value: visit.reader.said(trigger.label) for trigger in Trigger},
            "words": script_words(visit.reader),
        }

    async def _lately(self, visit: Visit, robot: AnyRobot, placed: Placed) -> Item | None:
        """Suggest an example: what the robots of this stage's items were called for last."""
        params: dict[str, str | int | float | bytes | None] = {
            "portal_id": visit.visitor.portal_id,
            "robot": robot.code,
            "entity_type_id": placed.entity_type_id,
        }
        [rows] = await self._database.read(Statement(_LATELY, params))
        return Item(int(rows[0]["entity_type_id"] or 0), int(rows[0]["item_id"] or 0)) if rows else None

    def _robot(self, code: str) -> AnyRobot:
        robot = self._catalogue.get(code)
        if robot is None:
            raise Bad(404, "not_found")
        return robot


def _headline(shown: Shown, visit: Visit) -> Text:
    if shown.rehearsal is not None:
        return headline_of(shown.rehearsal, shown.people or {}, visit.reader)
    return shown.trouble or words.NO_ITEM
