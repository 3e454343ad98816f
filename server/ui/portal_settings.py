"""The page of the settings of a portal."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import Response

from core.bitrix24.command import Json
from core.bitrix24.wire import as_int, as_list
from core.portals.keyring import Keyring
from core.portals.store import PortalStore
from core.robots import AnyRobot
from core.robots.portal_settings import ORPHAN_POOL
from core.runs.failures import FAILURES_TO
from core.runs.overdue import OVERDUE_MINUTES
from core.texts.text import Text, lasting
from server.errors import Bad
from server.ui.api.settings import SettingsApi
from server.ui.names import Names, named
from server.ui.pages import Pages, Visit
from server.ui.words import portal_settings as words


class PortalSettings:
    """Answers for ``/ui/settings``."""

    def __init__(
        self,
        pages: Pages,
        settings: SettingsApi,
        portals: PortalStore,
        keyring: Keyring,
        *,
        names: Names,
        catalogue: Mapping[str, AnyRobot],
    ) -> None:
        self._pages = pages
        self._settings = settings
        self._portals = portals
        self._keyring = keyring
        self._names = names
        self._robots: dict[str, Text] = {code: robot.name for code, robot in catalogue.items()}

    async def page(self, visit: Visit, request: Request) -> Response:
        del request
        visitor = visit.visitor
        portal = await self._portals.get(visitor.portal_id)
        if portal is None:
            raise Bad(404, "not_found")
        values = await self._settings.values(visitor)
        told = _ids(values[FAILURES_TO])
        takers = [who for who in as_list(values[ORPHAN_POOL]) if isinstance(who, str)]
        names = await self._names.of(visitor, [portal.admin_user_id, *told, *map(_number, takers)])
        return self._pages.page(
            "portal_settings.html",
            visit,
            section="settings",
            values=values,
            robots=self._robots,
            roles={role: visit.reader.said(word) for role, word in words.ROLES.items()},
            late_after=[(minutes, lasting(minutes)) for minutes in _minutes(values[OVERDUE_MINUTES])],
            zones=sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")),
            told=[{"id": user_id, "name": named(user_id, names)} for user_id in told],
            takers=[{"id": who, "name": names.get(_number(who), "") or who} for who in takers],
            admin=named(portal.admin_user_id, names),
            old_data_key=self._keyring.needs_older(portal.data_key),
            old_secret=bool(portal.application_token_hash)
            and not self._keyring.is_current(portal.application_token_hash),
        )


def _minutes(held: Json) -> list[int]:
    """Return what is offered, and what holds though it is not."""
    return sorted({*words.OVERDUE_MINUTES, *([held] if isinstance(held, int) else [])})


def _ids(value: Json) -> list[int]:
    return [user_id for user_id in value if isinstance(user_id, int)] if isinstance(value, list) else []


def _number(who: str) -> int:
    """Return whom ``user_7`` names; 0 for a group."""
    return as_int(who.removeprefix("user_")) or 0
