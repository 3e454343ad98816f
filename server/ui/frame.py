"""The frame: how a portal opens our pages, and how a page that was reloaded comes in again."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.bitrix24.command import Json
from core.bitrix24.secret import Secret
from core.origins import BadOrigin, Origin
from core.portals.access import Role
from server.errors import Bad, refusal
from server.intake.form import BODY_BYTES, Form
from server.intake.request import address_of, read_form
from server.services import Services
from server.ui.bodies import DEPTH, json_object, read_json
from server.ui.card import Card
from server.ui.door import Claim, Door, Entered
from server.ui.masking import shown_whole
from server.ui.pages import Pages, Visit, wants_html
from server.ui.placements import Opening, opening
from server.ui.queries import Query, bad_request
from server.ui.robot_settings.page import RobotSettings
from server.ui.run_list import RunList
from server.ui.run_page import RunPage
from server.ui.timers import Timers
from server.ui.words import outside

_LONGEST_TOKEN: Final = 512
#: The dialog of a robot is told the whole stage around it: the robots with all their settings (platform.md 5.1).
SETTINGS_DEPTH: Final = 40


class Frame:
    """Answers for ``POST /b24/app``, ``POST /b24/settings/{code}`` and ``POST /ui/session``."""

    def __init__(
        self,
        door: Door,
        pages: Pages,
        *,
        runs: RunList,
        run: RunPage,
        timers: Timers,
        card: Card,
        robot_settings: RobotSettings,
        services: Services,
    ) -> None:
        self._door = door
        self._pages = pages
        self._runs = runs
        self._run = run
        self._timers = timers
        self._card = card
        self._robot_settings = robot_settings
        self._refusals = services.refusals
        self._origin = str(Origin.parse(services.settings.public_url)) if services.settings.public_url else ""

    async def app(self, request: Request) -> Response:
        """Let the person in and show the page that the portal meant."""
        try:
            form = await read_form(request)
            where = opening(_text(form, "PLACEMENT"), _options(form))
            visit = await self._enter(request, form)
            with shown_whole(visit.visitor.sees_whole):
                return await self._open(visit, where)
        except Bad as bad:
            return self._refused(request, bad)

    async def settings(self, request: Request) -> Response:
        """Show the form of a robot, in the dialog in which the portal sets it up."""
        try:
            form = await read_form(request, longest=BODY_BYTES)
            options = _options(form, depth=SETTINGS_DEPTH)
            visit = await self._enter(request, form)
            return await self._robot_settings.page(visit, request.path_params["code"], options)
        except Bad as bad:
            return self._refused(request, bad)

    async def session(self, request: Request) -> Response:
        """Open a session for a page that asked its portal who it is."""
        self._check_origin(request)
        body = await json_object(request)
        claim = Claim(
            access=Secret(_word(body.get("AUTH_ID"))),
            member_id=_word(body.get("member_id")),
            language=_word(body.get("LANG") or "")[:8],
        )
        if not claim.access or not claim.member_id:
            raise bad_request()
        entered = await self._let_in(request, claim)
        return JSONResponse({"token": entered.opened.token, "expires_in": entered.opened.expires_in})

    async def _enter(self, request: Request, form: Form) -> Visit:
        claim = Claim(
            access=Secret(_text(form, "AUTH_ID")),
            member_id=_text(form, "member_id"),
            language=request.query_params.get("LANG", "")[:8],
            application_token=Secret(_text(form, "APPLICATION_TOKEN")),
        )
        entered = await self._let_in(request, claim)
        return self._pages.visit(entered.visitor, entered.opened.token)

    async def _let_in(self, request: Request, claim: Claim) -> Entered:
        """Who proves nothing again and again is told to slow down: each try costs a question to the OAuth host."""
        self._refusals.before_asking(address_of(request))
        try:
            entered = await self._door.enter(claim)
        except Bad as bad:
            raise self._refusals.refused(address_of(request)) if bad.status == 401 else bad from None
        self._refusals.passed(address_of(request))
        return entered

    async def _open(self, visit: Visit, where: Opening) -> Response:
        if visit.visitor.role < Role.VIEWER:
            return self._pages.page("forbidden.html", visit, http_status=403, section="forbidden")
        if where.run_id:
            try:
                return await self._run.page(visit, where.run_id)
            except Bad:
                return self._pages.page("missing.html", visit, http_status=404, section="missing")
        query = Query(list(where.query))
        page = {"timers": self._timers.page, "card": self._card.page}.get(where.section, self._runs.page)
        return await page(visit, query)

    def _refused(self, request: Request, bad: Bad) -> Response:
        if not wants_html(request):
            return refusal(bad.status, bad.code, headers=bad.headers)
        reader = self._pages.stranger(request, request.query_params.get("LANG", ""))
        title, text = outside.REFUSALS.get(bad.code) or outside.REFUSALS["bad_request"]
        return self._pages.open_page("refused.html", reader, http_status=bad.status, title=title, text=text)

    def _check_origin(self, request: Request) -> None:
        """A page of another site cannot even ask; it has nothing of a session to send along anyway."""
        site = request.headers.get("sec-fetch-site", "")
        if site not in {"", "same-origin", "none"} or not self._is_ours(request.headers.get("origin", "")):
            raise Bad(403, "forbidden")

    def _is_ours(self, origin: str) -> bool:
        if not origin or not self._origin:
            return True
        try:
            return str(Origin.parse(origin)) == self._origin
        except BadOrigin:
            return False


def _options(form: Form, *, depth: int = DEPTH) -> Json:
    text = form.get("PLACEMENT_OPTIONS", "")
    if not isinstance(text, str):
        raise bad_request()
    return read_json(text, depth=depth) if text.strip() else {}


def _text(form: Form, name: str) -> str:
    value = form.get(name, "")
    if not isinstance(value, str) or len(value) > _LONGEST_TOKEN or "\x00" in value:
        raise bad_request()
    return value.strip()


def _word(value: Json) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TOKEN:
        raise bad_request()
    return value.strip()
