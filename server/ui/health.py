"""The page of health: what `dezhurny doctor` looks at, for the portal of who looks; and a report for whoever helps."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse

from core.bitrix24.command import Json
from core.checks import installation
from core.checks.check import Check, worst
from core.checks.limits import Traffic, traffic
from core.checks.live import live_checks
from core.checks.portal import portal_checks
from core.portals.tables import Portal
from core.runs.causes import causes
from core.runs.figures import statuses
from core.runs.filters import Filter
from core.runs.health import health
from core.runs.outages import Outage, last_outages
from server.errors import Bad
from server.services import Services
from server.ui.door import Door
from server.ui.export import Kind, Wanted
from server.ui.pages import Pages, Visit

#: The portal is not asked more often than this, however many look.
ASKED_EACH: Final = 30.0
#: Breaks of the service are shown for so long.
OUTAGES_FOR: Final = timedelta(days=30)
#: Said by what the portal answers now, which is newer.
_STORED_TOO: Final = frozenset({"scopes"})


@dataclass(frozen=True, slots=True)
class Group:
    """Checks that belong together."""

    name: str
    checks: tuple[Check, ...]


class HealthPage:
    """Answers for ``/ui/health`` and ``/ui/health/live``."""

    def __init__(
        self, door: Door, pages: Pages, services: Services, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._door = door
        self._pages = pages
        self._services = services
        self._monotonic = monotonic
        self._asked: dict[str, tuple[float, list[Check]]] = {}

    async def page(self, visit: Visit) -> HTMLResponse:
        """What the database knows, at once; what must be asked for comes after it."""
        portal = await self._portal(visit.visitor.portal_id)
        stored = [check for check in await self._stored(portal) if check.name not in _STORED_TOO]
        work = await self._work()
        asked = await self._traffic(portal)
        return self._pages.page(
            "health.html",
            visit,
            section="health",
            groups=[Group("portal", tuple(stored)), Group("service", tuple(work))],
            state=worst([*stored, *work]),
            outages=await self._outages(portal),
            asked=asked,
            highest=max(1, *asked.by_hour),
        )

    async def live(self, request: Request) -> HTMLResponse:
        """What the portal and the servers around us answer now."""
        visit = self._pages.visit(await self._door.visitor(request))
        portal_id = visit.visitor.portal_id
        until, checks = self._asked.get(portal_id, (0.0, []))
        if until <= self._monotonic():
            checks = await self._ask(portal_id)
            self._asked[portal_id] = (self._monotonic() + ASKED_EACH, checks)
        return self._pages.page("health_live.html", visit, checks=checks, state=worst(checks))

    async def _ask(self, portal_id: str) -> list[Check]:
        services, settings = self._services, self._services.settings
        asked = await live_checks(
            services.lanes,
            portal_id,
            robots=services.catalogue,
            public_url=settings.public_url,
            now=services.clock.now(),
        )
        around = [
            installation.public_url(settings),
            await installation.database(settings),
            await installation.redis(settings),
        ]
        return [*asked, *around]

    async def _stored(self, portal: Portal) -> list[Check]:
        return await portal_checks(self._services.database, portal, self._services.clock)

    async def _work(self) -> list[Check]:
        seen = await health(self._services.database, self._services.clock)
        return [installation.worker(seen), installation.overdue(seen)]

    async def _outages(self, portal: Portal) -> Sequence[Outage]:
        clock = self._services.clock
        since, shift = clock.real() - OUTAGES_FOR, clock.shift() // timedelta(milliseconds=1)
        return await last_outages(self._services.database, portal.id, since=since, shift=shift)

    async def _traffic(self, portal: Portal) -> Traffic:
        return await traffic(self._services.database, portal.id, portal.license, self._services.clock.now())

    async def _portal(self, portal_id: str) -> Portal:
        portal = await self._services.store.get(portal_id)
        if portal is None:
            raise Bad(404, "not_found")
        return portal

    def report(self) -> Kind:
        """Return the file for whoever helps: states, numbers and codes; no secret and no words of people."""

        async def write(wanted: Wanted) -> AsyncIterator[str]:
            portal = await self._portal(wanted.portal_id)
            yield json.dumps(await self._report(portal), ensure_ascii=False, indent=2)

        return Kind("report", "json", "application/json", _nothing, write)

    async def _report(self, portal: Portal) -> dict[str, Json]:
        services = self._services
        checks = [*await self._stored(portal), *await self._work(), *await self._ask(portal.id)]
        asked = await self._traffic(portal)
        found = await causes(services.database, portal.id, Filter())
        return {
            "made_at": services.clock.real().isoformat(),
            "release": version("dezhurny"),
            "python": platform.python_version(),
            "database": "sqlite" if services.database.is_sqlite else "postgresql",
            "portal": {
                "host": portal.origin,
                "status": portal.status,
                "reason": portal.status_reason,
                "license": portal.license,
                "scope": portal.scope,
                "language": portal.language,
                "time_zone": portal.time_zone,
                "installed_at": portal.created_at.isoformat(),
            },
            "checks": [dict(check.as_json("en")) for check in checks],
            "runs": dict(await statuses(services.database, portal.id)),
            "requests": {"day": asked.requests, "failed": asked.failed, "by_hour": [*asked.by_hour]},
            "errors": [
                {
                    "robot": cause.robot,
                    "code": cause.code,
                    "count": cause.count,
                    "first_at": cause.first_at.isoformat(),
                    "last_at": cause.last_at.isoformat(),
                }
                for cause in found[:50]
            ],
            "robots": [*sorted(services.catalogue)],
        }


def _nothing(address: str) -> None:
    """The report needs no filter."""
    if address:
        raise Bad(400, "bad_request")
