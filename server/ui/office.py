"""Addresses of what administrators arrange: robots, schedules, templates, settings."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import Route

from core.runs.listing import Listing
from server.services import Services
from server.ui.api.lexicons import LexiconsApi
from server.ui.api.robots import RobotsApi
from server.ui.api.schedules import SchedulesApi
from server.ui.api.settings import SettingsApi
from server.ui.api.templates import TemplatesApi
from server.ui.audit_page import AuditPage
from server.ui.catalogue import CatalogueReader
from server.ui.door import Door
from server.ui.first_visit import FirstVisit
from server.ui.lexicon_page import LexiconPage
from server.ui.names import Names
from server.ui.pages import Pages
from server.ui.portal_settings import PortalSettings
from server.ui.robot_settings.eyes import Eyes
from server.ui.robot_settings.page import RobotSettings
from server.ui.robot_settings.preview import Previews
from server.ui.robots import Robots
from server.ui.schedule_book import Books
from server.ui.schedules import Schedules
from server.ui.shell import Shell
from server.ui.shifts import Shifts
from server.ui.state import StateReader
from server.ui.template_pages import Templates


def office_routes(services: Services, door: Door, pages: Pages, listing: Listing) -> Sequence[Route]:
    """Return them all."""
    return [
        *_robot_routes(services, door, pages, listing),
        *_time_routes(services, door, pages),
        *_text_routes(services, door, pages),
        *_settings_routes(services, door, pages),
    ]


def _settings_api(services: Services, door: Door) -> SettingsApi:
    return SettingsApi(
        door,
        services.database,
        services.store,
        services.clock,
        robots=services.catalogue.keys(),
        log_days=services.settings.log_retention_days,
        owe_sync=services.errands.owe_sync,
    )


def _robot_routes(services: Services, door: Door, pages: Pages, listing: Listing) -> Sequence[Route]:
    shell, catalogue = Shell(door, pages), services.catalogue
    reader = CatalogueReader(
        services.database,
        services.store,
        services.keyring,
        catalogue=catalogue,
        public_url=services.settings.public_url,
    )
    robots = RobotsApi(
        door,
        reader,
        database=services.database,
        portals=services.store,
        clock=services.clock,
        catalogue=catalogue,
        owe_sync=services.errands.owe_sync,
    )
    state = StateReader(services.database, listing, services.clock)
    first = FirstVisit(door, pages, services.database, listing, state=state)
    page = Robots(pages, reader, state, RobotSettings(door, pages, services), catalogue)
    return [
        Route("/ui/first-visit", first.steps_page, methods=["GET"]),
        Route("/ui/robots", shell.around(page.page), methods=["GET"]),
        Route("/ui/robots/{code}", shell.around(page.one), methods=["GET"]),
        Route("/api/robots", robots.list, methods=["GET"]),
        Route("/api/robots/{code}", robots.change, methods=["POST"]),
        Route("/api/registration/renew", robots.renew, methods=["POST"]),
    ]


def _time_routes(services: Services, door: Door, pages: Pages) -> Sequence[Route]:
    shell, catalogue = Shell(door, pages), services.catalogue
    books = Books(services.database, services.lanes, services.clock, catalogue)
    schedules = SchedulesApi(door, services.database, books, services.clock, catalogue=catalogue)
    page = Schedules(door, pages, books, services.database, catalogue=catalogue)
    names = Names(Eyes(door, services.lanes))
    shifts = Shifts(pages, services.database, _settings_api(services, door), names=names)
    return [
        Route("/ui/shifts", shell.around(shifts.page), methods=["GET"]),
        Route("/ui/schedules", shell.around(page.page), methods=["GET"]),
        Route("/ui/schedules/{code}", shell.around(page.one), methods=["GET"]),
        Route("/ui/schedules/{code}/year", page.year, methods=["POST"]),
        Route("/ui/schedules/{code}/try", page.attempt, methods=["POST"]),
        Route("/api/schedules", schedules.list, methods=["GET"]),
        Route("/api/schedules/{code}", schedules.answer, methods=["GET", "PUT", "DELETE"]),
        Route("/api/schedules/{code}/preview", schedules.preview, methods=["POST"]),
    ]


def _text_routes(services: Services, door: Door, pages: Pages) -> Sequence[Route]:
    shell, eyes = Shell(door, pages), Eyes(door, services.lanes)
    templates = TemplatesApi(door, services.database, services.clock)
    previews = Previews(eyes, services.lanes, services.database, services.clock)
    page = Templates(door, pages, services.database, eyes=eyes, previews=previews)
    return [
        Route("/ui/templates", shell.around(page.page), methods=["GET"]),
        Route("/ui/templates/{code}", shell.around(page.one), methods=["GET"]),
        Route("/ui/templates/{code}/try", page.attempt, methods=["POST"]),
        Route("/ui/quick-answers", page.answers, methods=["GET"]),
        Route("/api/templates", templates.list, methods=["GET"]),
        Route("/api/templates/{code}", templates.answer, methods=["GET", "PUT", "DELETE"]),
    ]


def _settings_routes(services: Services, door: Door, pages: Pages) -> Sequence[Route]:
    shell = Shell(door, pages)
    names = Names(Eyes(door, services.lanes))
    settings = _settings_api(services, door)
    lexicons = LexiconsApi(door, services.database, services.clock)
    settings_page = PortalSettings(
        pages, settings, services.store, services.keyring, names=names, catalogue=services.catalogue
    )
    lexicon_page = LexiconPage(pages, services.database)
    audit_page = AuditPage(pages, services.database, names, services.catalogue)
    return [
        Route("/ui/settings/words", shell.around(lexicon_page.page), methods=["GET"]),
        Route("/ui/settings/audit", shell.around(audit_page.page), methods=["GET"]),
        Route("/ui/settings", shell.around(settings_page.page), methods=["GET"]),
        Route("/api/settings", settings.answer, methods=["GET", "POST"]),
        Route("/api/lexicons", lexicons.list, methods=["GET"]),
        Route("/api/lexicons/try", lexicons.attempt, methods=["POST"]),
        Route("/api/lexicons/{kind}", lexicons.put, methods=["PUT"]),
    ]
