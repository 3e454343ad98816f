"""The map of this side: every route, and what is open while the service answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from activities import load
from core import tracing
from core.config import Settings
from core.portals.foundation import Foundation, foundation
from server import ui
from server.errors import HANDLERS
from server.guard import Guard
from server.intake.pages import InstallPages
from server.intake.routes import ROUTES
from server.ops import ops_routes
from server.services import Services
from server.traced import Traced

Opens = Callable[[Settings], AbstractAsyncContextManager[Foundation]]


def create_app(settings: Settings, *, opens: Opens = foundation) -> Starlette:
    """Build the web side; what it stands on is opened when it starts and closed when it stops."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with opens(settings) as base:
            app.state.services = _services(base)
            app.router.routes.extend(routes(base, app.state.services))
            yield

    app = Starlette(
        lifespan=lifespan,
        exception_handlers=dict(HANDLERS),
        middleware=[
            *([Middleware(Traced)] if tracing.is_on() else []),
            Middleware(Guard, public_url=settings.public_url),
        ],
    )
    app.router.redirect_slashes = False
    return app


def routes(base: Foundation, services: Services) -> list[BaseRoute]:
    return [*ops_routes(base), *ROUTES, *ui.routes(services), ui.mount_static()]


def _services(base: Foundation) -> Services:
    return Services(
        settings=base.settings,
        database=base.database,
        clock=base.clock,
        keyring=base.keyring,
        store=base.store,
        lanes=base.lanes,
        identities=base.identities,
        catalogue=load(),
        bell=base.bell,
        install_pages=InstallPages(ui.door_of(base), ui.pages_of(base)),
    )
