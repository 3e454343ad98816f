"""Addresses of what administrators arrange: robots, schedules, templates, settings."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from server.services import Services
from server.ui.api.lexicons import LexiconsApi
from server.ui.door import Door
from server.ui.pages import Pages


def office_routes(services: Services, door: Door, pages: Pages) -> Sequence[Route]:
    del pages
    lexicons = LexiconsApi(door, services.database, services.clock)
    return [
        Route("/api/lexicons", lexicons.list, methods=["GET"]),
        Route("/api/lexicons/try", lexicons.attempt, methods=["POST"]),
        Route("/api/lexicons/{kind}", lexicons.put, methods=["PUT"]),
    ]
