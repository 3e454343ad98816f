"""The pages of ready texts: the list, what the portal itself has, one in its editor, and a trial of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.bitrix24.command import Json
from core.bitrix24.errors import BitrixError
from core.bitrix24.wire import as_str
from core.db import Database
from core.portals.keyring import Unreadable
from core.portals.lane import LaneClosed
from core.portals.templates import Kept, portal_templates
from core.robots.structure import missing_parts
from core.texts.placeholders import LONGEST, fill, places
from core.texts.template import BadTemplate, Template
from core.texts.text import Text, as_text, joined
from server.errors import Bad
from server.ui.api.templates import NEW, code_of, draft, problems_json
from server.ui.bodies import json_object
from server.ui.door import Door
from server.ui.names import Names, named
from server.ui.pages import Pages, Visit
from server.ui.queries import bad_request
from server.ui.reader import Reader
from server.ui.ready_texts import shelves
from server.ui.robot_settings.asked import read_item
from server.ui.robot_settings.eyes import Eyes
from server.ui.robot_settings.preview import Previews
from server.ui.template_trial import tried
from server.ui.words import templates as words

#: A new one has no code before it is kept; its trial goes by this one.
_NAMELESS: Final = "nameless"


@dataclass(frozen=True, slots=True)
class Line:
    """One template in the list; ``versions`` are what they are for."""

    code: str
    name: str
    text: str
    versions: tuple[Text, ...]
    at: datetime
    by: str


class Templates:
    """Answers for ``/ui/templates`` and what lies below it."""

    def __init__(self, door: Door, pages: Pages, database: Database, *, eyes: Eyes, previews: Previews) -> None:
        self._door = door
        self._pages = pages
        self._database = database
        self._eyes = eyes
        self._names = Names(eyes)
        self._previews = previews

    async def page(self, visit: Visit, request: Request) -> Response:
        del request
        known = await portal_templates(visit.visitor.portal_id, self._database)
        names = await self._names.of(visit.visitor, {kept.by for kept in known.values()})
        lines = [_line(kept, names) for _, kept in sorted(known.items())]
        return self._pages.page("templates.html", visit, section="templates", lines=lines)

    async def answers(self, request: Request) -> Response:
        """The portal's own quick answers, as this person sees them."""
        visit = self._pages.visit(await self._door.visitor(request))
        try:
            found = await shelves(await self._eyes.reads(visit.visitor))
        except (BitrixError, LaneClosed, Unreadable):
            found = None
        return self._pages.page("quick_answers.html", visit, shelves=found)

    async def one(self, visit: Visit, request: Request) -> Response:
        """The editor; ``new`` begins a template. Raises Bad 404."""
        code = code_of(request)
        kept = (await portal_templates(visit.visitor.portal_id, self._database)).get(code)
        if kept is None and code != NEW:
            raise Bad(404, "not_found")
        template = kept.template if kept else Template("", "", "")
        return self._pages.page(
            "template.html",
            visit,
            section="template",
            code=code,
            is_new=kept is None,
            body=template.as_json(),
            offered=list(_offered(visit.reader)),
            longest=LONGEST,
        )

    async def attempt(self, request: Request) -> JSONResponse:
        """Fill ``{"template", "shown", "item"}`` with made-up data, or for an item that this person sees.

        ``shown`` is the number of the version that is looked at, None for the main text; an item chooses by itself.
        """
        visit = self._pages.visit(await self._door.visitor(request))
        body = await json_object(request)
        value, item = body.get("template"), read_item(body.get("item", ""))
        if not isinstance(value, dict):
            raise bad_request()
        try:
            template = draft(_NAMELESS, {"code": _NAMELESS, **value, "name": as_str(value.get("name")) or _NAMELESS})
        except BadTemplate as bad:
            return JSONResponse({"problems": problems_json(bad, visit.visitor)})
        if item is None:
            text = _shown(template, body.get("shown"))
            return self._drawn(visit, text=_sampled(text, visit.reader), about=words.SAMPLE)
        shown = await tried(self._previews, visit.visitor, template, item)
        output = shown.rehearsal.output if shown.rehearsal else {}
        if not output.get("text"):
            why = shown.trouble or (shown.rehearsal.scenes[-1].text if shown.rehearsal else words.ANSWERS_AWAY)
            return self._drawn(visit, text="", about=words.NO_DIALOG.format(why=why))
        channel, language = as_str(output.get("channel")), as_str(output.get("language"))
        which = _which(template, channel, language)
        about = words.ON_DEAL.format(title=shown.title or as_str(body.get("item")), which=which)
        return self._drawn(visit, text=as_str(output["text"]), about=about)

    def _drawn(self, visit: Visit, *, text: str, about: Text) -> JSONResponse:
        missing = missing_parts(text)
        advice = words.MISSING.format(parts=joined(part.label for part in missing)) if missing else None
        return JSONResponse(
            {"html": self._pages.fragment("template_try.html", visit, text=text, about=about, advice=advice)}
        )


def _line(kept: Kept, names: Mapping[int, str]) -> Line:
    template = kept.template
    versions = tuple(version_said(one.channel, one.language) for one in template.variants)
    return Line(template.code, template.name, template.text, versions, kept.at, named(kept.by, names))


def version_said(channel: str, language: str) -> Text:
    """Say what a version is for: ``Telegram, en``."""
    return joined(part for part in (words.CHANNELS.get(channel, as_text(channel)), as_text(language)) if part)


def _which(template: Template, channel: str, language: str) -> Text:
    fitting = [one for one in template.variants if one.fits(channel, language)]
    if not fitting:
        return words.CHOSEN_MAIN
    one = max(fitting, key=lambda one: one.closeness)
    return words.CHOSEN_VERSION.format(version=version_said(one.channel, one.language))


def _shown(template: Template, number: Json) -> str:
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(template.variants):
        return template.variants[number].text
    return template.text


def _sampled(text: str, reader: Reader) -> str:
    """Fill every place with something: a made-up value, its default, or its own name in brackets."""
    values = {}
    for place in places(text):
        sample = words.SAMPLES.get(place.name)
        values[place.name] = reader.said(sample) if sample else place.default or f"[{place.name}]"
    return fill(text, values, blank=True).strip()


def _offered(reader: Reader) -> Iterator[tuple[str, str]]:
    for name, default, said in words.OFFERED:
        spare = reader.said(default or "")
        yield (f'{{{name}, default "{spare}"}}' if spare else f"{{{name}}}"), reader.said(said)
