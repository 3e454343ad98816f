"""Templates become answers: escaped, in the reader's language, with the headers of a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from core.bitrix24.command import Json
from core.clock import Clock
from core.db import to_millis
from core.origins import PortalRule
from server.ui import words
from server.ui.assets import asset
from server.ui.framing import allowed_ancestors, page_headers
from server.ui.reader import Reader
from server.ui.results import PLAIN, result_of
from server.ui.sections import SECTIONS
from server.ui.sessions import Visitor
from server.ui.statuses import effect_state, status_of

FOLDER: Final = Path(__file__).parent.parent / "templates"
_UTC: Final = ZoneInfo("UTC")
#: Inside a script element these would end it or begin a comment.
_ESCAPES: Final = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Visit:
    """Someone who came in, and how to speak to him; ``token`` is in the first page only."""

    visitor: Visitor
    reader: Reader
    token: str = ""


class Pages:
    """Renders every page of this side."""

    def __init__(self, clock: Clock, rules: tuple[PortalRule, ...]) -> None:
        self._clock = clock
        self._anybody = allowed_ancestors(rules)
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(
            asset=asset,
            words=words,
            sections=SECTIONS,
            status_of=status_of,
            effect_state=effect_state,
            result_of=result_of,
            plain_results=PLAIN,
            millis=to_millis,
            data_json=data_json,
        )

    def visit(self, visitor: Visitor, token: str = "") -> Visit:
        return Visit(visitor, Reader(visitor.language, visitor.zone, self._clock.now()), token)

    def page(self, template: str, visit: Visit, *, http_status: int = 200, **context: object) -> HTMLResponse:
        """Answer a visitor; only his portal may frame it."""
        html = self._templates.get_template(template).render(
            me=visit.reader, say=visit.reader.said, visitor=visit.visitor, token=visit.token, **context
        )
        return HTMLResponse(html, status_code=http_status, headers=page_headers(visit.visitor.origin))

    def fragment(self, template: str, visit: Visit, **context: object) -> str:
        """Render a part of a page for its script to put there."""
        return self._templates.get_template(template).render(me=visit.reader, say=visit.reader.said, **context)

    def open_page(self, template: str, reader: Reader, *, http_status: int = 200, **context: object) -> HTMLResponse:
        """Answer somebody whom we do not know; nothing of it is anybody's data."""
        html = self._templates.get_template(template).render(me=reader, say=reader.said, **context)
        return HTMLResponse(html, status_code=http_status, headers=page_headers(self._anybody))

    def stranger(self, request: Request, language: str = "") -> Reader:
        """Guess the language of somebody unknown by what the portal or the browser says."""
        said = language or request.headers.get("accept-language", "ru")
        return Reader("ru" if said[:2].lower() in {"ru", "be", "by", "kk", "kz"} else "en", _UTC, self._clock.now())


def data_json(value: Json) -> Markup:
    """Write JSON for a script element of the type application/json; no byte of it can leave the element."""
    return Markup(json.dumps(value, ensure_ascii=False).translate(_ESCAPES))  # noqa: S704 - escaped just here


def wants_html(request: Request) -> bool:
    """Whether a browser asks, which shows its answer to a person."""
    return "text/html" in request.headers.get("accept", "")
