"""What people see: pages in the portal's frame, the same data as JSON, and the session that opens both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.clock import Clock
from core.config import Settings
from core.db import Database
from core.portals.identity import Identities
from core.portals.keyring import Keyring
from core.portals.store import PortalStore
from core.runs.listing import Listing
from server.services import Services
from server.ui.access import guarded
from server.ui.api.bulk import BulkApi
from server.ui.api.choices import ChoicesApi
from server.ui.api.copies import CopiesApi
from server.ui.api.runs import RunsApi
from server.ui.api.shifts import ShiftsApi
from server.ui.api.state import StateApi
from server.ui.assets import mount_static
from server.ui.card import Card
from server.ui.door import Door
from server.ui.events import Events
from server.ui.export import Export
from server.ui.feed import Feed
from server.ui.frame import Frame
from server.ui.health import HealthPage
from server.ui.names import Names
from server.ui.office import office_routes
from server.ui.pages import Pages, Visit
from server.ui.queries import Query
from server.ui.robot_settings.eyes import Eyes
from server.ui.robot_settings.page import RobotSettings
from server.ui.run_list import RunList
from server.ui.run_page import RunPage
from server.ui.run_table import run_table
from server.ui.sessions import Sessions
from server.ui.shell import Shell
from server.ui.stages import Stages
from server.ui.state import StateReader
from server.ui.statistics import StatisticsPage
from server.ui.timers import Timers

__all__ = ["Ground", "door_of", "mount_static", "pages_of", "routes"]


class Ground(Protocol):
    """What the door and the pages stand on; both the services and their foundation have it."""

    @property
    def settings(self) -> Settings: ...
    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def keyring(self) -> Keyring: ...
    @property
    def store(self) -> PortalStore: ...
    @property
    def identities(self) -> Identities: ...


def door_of(ground: Ground) -> Door:
    """A door of its own: it lets in whom any other does, and asks again about those whom it let in itself."""
    sessions = Sessions(ground.database, ground.clock)
    return Door(sessions, ground.store, ground.identities, ground.keyring, ground.clock)


def pages_of(ground: Ground) -> Pages:
    return Pages(ground.clock, ground.settings.portal_rules)


def routes(services: Services) -> Sequence[Route]:
    """Every address that people and their browsers come to; static files are mounted apart."""
    door, pages = door_of(services), pages_of(services)
    listing = Listing(services.database)
    sessions = Sessions(services.database, services.clock)
    events = Events(door, sessions, Feed(listing), services.clock)
    every = [
        *_page_routes(services, door, pages, listing),
        Route("/ui/events", events.stream, methods=["GET"]),
        *_json_routes(services, door, pages, listing),
        *_many_routes(services, door, pages, listing),
        *office_routes(services, door, pages, listing),
        *_shell_routes(door, pages),
    ]
    return guarded(every, door, pages)


def _page_routes(services: Services, door: Door, pages: Pages, listing: Listing) -> Sequence[Route]:
    eyes = Eyes(door, services.lanes)
    stages = Stages(eyes.reads, services.clock)
    run_list = RunList(door, pages, listing, services.catalogue, database=services.database, stages=stages)
    run_page = RunPage(
        pages,
        listing,
        services.catalogue,
        database=services.database,
        client_id=services.settings.client_id,
        names=Names(eyes),
        stages=stages,
    )
    timers = Timers(pages, listing, services.catalogue, services.database)
    robot_settings = RobotSettings(door, pages, services)
    card = Card(pages, listing, services.catalogue, database=services.database, stages=stages)
    frame = Frame(
        door,
        pages,
        runs=run_list,
        run=run_page,
        timers=timers,
        card=card,
        robot_settings=robot_settings,
        services=services,
    )
    shell = Shell(door, pages)

    async def runs(visit: Visit, request: Request) -> Response:
        return await run_list.page(visit, Query.of(request))

    async def run(visit: Visit, request: Request) -> Response:
        return await run_page.page(visit, request.path_params["id"], Query.of(request))

    async def timer_list(visit: Visit, request: Request) -> Response:
        return await timers.page(visit, Query.of(request))

    async def one_item(visit: Visit, request: Request) -> Response:
        return await card.page(visit, Query.of(request))

    return [
        Route("/b24/app", frame.app, methods=["POST"]),
        Route("/b24/settings/{code}", frame.settings, methods=["POST"]),
        Route("/ui/session", frame.session, methods=["POST"]),
        Route("/ui/settings/{code}/preview", robot_settings.preview, methods=["POST"]),
        Route("/ui/runs", shell.around(runs), methods=["GET"]),
        Route("/ui/runs/rows", run_list.rows, methods=["GET"]),
        Route("/ui/runs/{id}", shell.around(run), methods=["GET"]),
        Route("/ui/timers", shell.around(timer_list), methods=["GET"]),
        Route("/ui/card", shell.around(one_item), methods=["GET"]),
    ]


def _json_routes(services: Services, door: Door, pages: Pages, listing: Listing) -> Sequence[Route]:
    runs = RunsApi(
        door,
        pages,
        listing,
        database=services.database,
        clock=services.clock,
        catalogue=services.catalogue,
        ring=services.bell.ring,
    )
    shifts = ShiftsApi(door, services.database, services.clock)
    state = StateApi(door, StateReader(services.database, listing, services.clock))
    return [
        Route("/api/runs", runs.list, methods=["GET"]),
        Route("/api/runs/{id}", runs.one, methods=["GET"]),
        Route("/api/runs/{id}/retry", runs.retry, methods=["POST"]),
        Route("/api/runs/{id}/cancel", runs.cancel, methods=["POST"]),
        Route("/api/runs/{id}/late", runs.late, methods=["POST"]),
        Route("/api/effects/{id}/decide", runs.decide, methods=["POST"]),
        Route("/api/timers", runs.timers, methods=["GET"]),
        Route("/api/timers/{id}", runs.move, methods=["POST"]),
        Route("/api/shifts", shifts.shifts, methods=["GET", "PUT"]),
        Route("/api/skills", shifts.skills, methods=["GET", "PUT"]),
        Route("/api/health", state.health, methods=["GET"]),
        Route("/api/registration", state.registration, methods=["GET"]),
    ]


def _many_routes(services: Services, door: Door, pages: Pages, listing: Listing) -> Sequence[Route]:
    """What is done to many runs at once or comes of one, and what people choose and take along."""
    bulk = BulkApi(
        door,
        pages,
        listing,
        database=services.database,
        clock=services.clock,
        catalogue=services.catalogue,
        ring=services.bell.ring,
    )
    copies = CopiesApi(
        door,
        listing,
        database=services.database,
        clock=services.clock,
        catalogue=services.catalogue,
        ring=services.bell.ring,
    )
    choices = ChoicesApi(door, services.database, services.clock)
    health = HealthPage(door, pages, services)
    statistics = StatisticsPage(pages, services.catalogue, services.database)
    files = [run_table(services.database, services.catalogue), statistics.table(), health.report()]
    export = Export(door, services.database, services.clock, {kind.name: kind for kind in files})
    shell = Shell(door, pages)

    async def health_page(visit: Visit, request: Request) -> Response:  # noqa: ARG001
        return await health.page(visit)

    async def statistics_page(visit: Visit, request: Request) -> Response:
        return await statistics.page(visit, Query.of(request))

    return [
        Route("/ui/health", shell.around(health_page), methods=["GET"]),
        Route("/ui/health/live", health.live, methods=["GET"]),
        Route("/ui/statistics", shell.around(statistics_page), methods=["GET"]),
        Route("/api/bulk/preview", bulk.preview, methods=["POST"]),
        Route("/api/bulk", bulk.act, methods=["POST"]),
        Route("/api/runs/{id}/repeat", copies.repeat, methods=["POST"]),
        Route("/api/runs/{id}/reveal", copies.reveal, methods=["POST"]),
        Route("/api/effects/{id}/undo", copies.undo, methods=["POST"]),
        Route("/api/preferences", choices.change, methods=["POST"]),
        Route("/api/views", choices.views, methods=["GET", "POST"]),
        Route("/api/views/{id}", choices.forget, methods=["DELETE"]),
        Route("/ui/export", export.ask, methods=["POST"]),
        Route("/dl/{token}", export.fetch, methods=["GET"]),
    ]


def _shell_routes(door: Door, pages: Pages) -> Sequence[Route]:
    """Whatever else lies under these addresses; without a session all of them look the same."""
    shell = Shell(door, pages)
    missing = shell.around(shell.missing)
    return [
        Route("/", shell.front, methods=["GET"]),
        Route("/ui", missing, methods=["GET"]),
        Route("/ui/{rest:path}", missing, methods=["GET"]),
    ]
