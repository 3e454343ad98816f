"""The catalogue of robots: what each does, how the portal knows it, how it did lately, and a try of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from core.robots import AnyRobot
from core.robots.registration import CommonOutput
from core.robots.shape import shapes
from core.texts.text import Language
from server.errors import Bad
from server.ui.catalogue import CatalogueReader, Known
from server.ui.forms import fields_of
from server.ui.markdown import rendered
from server.ui.pages import Pages, Visit
from server.ui.robot_settings.page import RobotSettings
from server.ui.state import StateReader

#: Texts about each robot, ``code.language.md``.
HELP: Final = Path(__file__).parent.parent / "help"
_ICONS: Final[Mapping[str, str]] = {
    "assign_operator": "user",
    "check_dialog_naming": "tag",
    "close_dialog": "door",
    "dialog_state": "eye",
    "escalate_no_reply": "bell",
    "keep_last_word": "heart",
    "offhours_reply": "moon",
    "reassign_shift_end": "swap",
    "send_message": "message",
    "wait_reply": "pause",
    "working_time": "clock",
}


class Robots:
    """Answers for ``/ui/robots`` and ``/ui/robots/{code}``."""

    def __init__(
        self,
        pages: Pages,
        reader: CatalogueReader,
        state: StateReader,
        forms: RobotSettings,
        catalogue: Mapping[str, AnyRobot],
    ) -> None:
        self._pages = pages
        self._reader = reader
        self._state = state
        self._forms = forms
        self._catalogue = catalogue

    async def page(self, visit: Visit, request: Request) -> Response:
        del request
        known = await self._reader.look(visit.visitor, visit.reader.now)
        return self._pages.page(
            "robots.html",
            visit,
            section="robots",
            known=known,
            icon_of=icon_of,
            bars=bars,
            registration=await self._state.look(visit.visitor.portal_id),
            all_dry=bool(known) and all(one.dry for one in known),
            waiting=sum(one.week.waiting for one in known),
        )

    async def one(self, visit: Visit, request: Request) -> Response:
        """The page of one robot; raises Bad 404."""
        robot = self._catalogue.get(request.path_params["code"])
        if robot is None:
            raise Bad(404, "not_found")
        known = await self._reader.look(visit.visitor, visit.reader.now)
        return self._pages.page(
            "robot.html",
            visit,
            http_status=200,
            section="robot",
            known=next(one for one in known if one.robot.code == robot.code),
            icon_of=icon_of,
            bars=bars,
            help=help_of(robot.code, visit.visitor.language),
            properties=fields_of(robot),
            returns=[*shapes(CommonOutput), *shapes(robot.output_model)],
            **await self._forms.blank(visit, robot),
        )


def icon_of(known: Known) -> str:
    return _ICONS.get(known.robot.code, "play")


def bars(known: Known) -> list[tuple[int, float, float]]:
    """Return (x, y, height) of each day in a picture of 7 by 24, one unit apart."""
    most = max(*known.week.days, 1)
    heights = [max(24 * number / most, 1.5 if number else 0.75) for number in known.week.days]
    return [(place, round(24 - height, 2), round(height, 2)) for place, height in enumerate(heights)]


def help_of(code: str, language: Language) -> Markup:
    """Return the help of a robot as HTML; empty for one that has none."""
    file = HELP / f"{code}.{language}.md"
    return rendered(file.read_text(encoding="utf-8")) if file.is_file() else Markup("")
