"""Addresses of what administrators arrange: robots, schedules, templates, settings."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from server.services import Services
from server.ui.api.lexicons import LexiconsApi
from server.ui.api.settings import SettingsApi
from server.ui.audit_page import AuditPage
from server.ui.door import Door
from server.ui.lexicon_page import LexiconPage
from server.ui.names import Names
from server.ui.pages import Pages
from server.ui.portal_settings import PortalSettings
from server.ui.robot_settings.eyes import Eyes
from server.ui.shell import Shell


def office_routes(services: Services, door: Door, pages: Pages) -> Sequence[Route]:
    shell = Shell(door, pages)
    names = Names(Eyes(door, services.lanes))
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
    settings_page = PortalSettings(
        pages, settings, services.store, services.keyring, names=names, catalogue=services.catalogue
    )
    lexicon_page = LexiconPage(pages, services.database)
    audit_page = AuditPage(pages, services.database, names)
    return [
        Route("/ui/settings/words", shell.around(lexicon_page.page), methods=["GET"]),
        Route("/ui/settings/audit", shell.around(audit_page.page), methods=["GET"]),
        Route("/ui/settings", shell.around(settings_page.page), methods=["GET"]),
        Route("/api/settings", settings.answer, methods=["GET", "POST"]),
        Route("/api/lexicons", lexicons.list, methods=["GET"]),
        Route("/api/lexicons/try", lexicons.attempt, methods=["POST"]),
        Route("/api/lexicons/{kind}", lexicons.put, methods=["PUT"]),
    ]
