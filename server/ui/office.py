"""Addresses of what administrators arrange: robots, schedules, templates, settings."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from server.services import Services
from server.ui.api.lexicons import LexiconsApi
from server.ui.api.settings import SettingsApi
from server.ui.door import Door
from server.ui.pages import Pages


def office_routes(services: Services, door: Door, pages: Pages) -> Sequence[Route]:
    del pages
    settings = SettingsApi(
        door,
        services.database,
        services.store,
        services.clock,
        robots=services.catalogue.keys(),
        log_days=services.settings.log_retention_days,
        owe_sync=services.errands.owe_sync,
    )
    lexicons = LexiconsApi(door, services.database, services.clock)
    return [
        Route("/api/settings", settings.answer, methods=["GET", "POST"]),
        Route("/api/lexicons", lexicons.list, methods=["GET"]),
        Route("/api/lexicons/try", lexicons.attempt, methods=["POST"]),
        Route("/api/lexicons/{kind}", lexicons.put, methods=["PUT"]),
    ]
