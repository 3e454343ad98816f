"""The page of the lists of phrases by which messages are understood."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from core.db import Database
from core.portals.lexicons import KINDS, own_lists
from server.ui.api.lexicons import list_json
from server.ui.pages import Pages, Visit
from server.ui.words import lexicons as words


class LexiconPage:
    """Answers for ``/ui/settings/words``."""

    def __init__(self, pages: Pages, database: Database) -> None:
        self._pages = pages
        self._database = database

    async def page(self, visit: Visit, request: Request) -> Response:
        del request
        own = await own_lists(visit.visitor.portal_id, self._database)
        said = visit.reader.said
        return self._pages.page(
            "lexicons.html",
            visit,
            section="lexicons",
            lists=[list_json(kind, own) for kind in KINDS],
            script_words={
                "meanings": {code: said(text) for code, text in words.MEANINGS.items()},
                "client": said(words.TRIED),
                "promise": said(words.TRIED_PROMISE),
                "noPromise": said(words.TRIED_NO_PROMISE),
                "nothing": said(words.NOTHING_TRIED),
            },
        )
