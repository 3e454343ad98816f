"""What a worker does for a portal besides its runs: registration, proofs, looks whether it is open again."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, assert_never

from core.bitrix24.command import Command
from core.bitrix24.errors import BitrixError, Revoked, Suspended, TryLater
from core.bitrix24.secret import Secret
from core.bitrix24.wire import as_datetime
from core.config import Settings
from core.portals.audit import audit
from core.portals.departure import Departure
from core.portals.endpoints import EndpointNotAllowed
from core.portals.identity import NotProven
from core.portals.info import PortalInfo, info_of
from core.portals.install import Installer, opened_text
from core.portals.keyring import Unreadable
from core.portals.lane import LaneClosed, Lanes
from core.portals.moves import TWO_ADDRESSES
from core.portals.new_secret import NewSecret
from core.portals.purge import purge
from core.portals.registration import fingerprint, sync
from core.portals.settings import change_settings, portal_settings
from core.portals.switches import TOLD, marks, switched_on, told_after
from core.portals.tables import Portal
from core.portals.tasks import Task, claim, finish, owe, put_off
from core.portals.tokens import TokenPair, save_tokens
from core.robots import AnyRobot

_ASK_AGAIN: Final = timedelta(minutes=1)
_SYNC_AGAIN: Final = timedelta(hours=6)
_LONGEST_PAUSE: Final = timedelta(hours=1)
_LIFE: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Later:
    """Not done yet: try again after ``wait``; ``note`` is the code shown on the portal's page."""

    wait: timedelta
    note: str


@dataclass(frozen=True, slots=True)
class Errands:
    """Does what is owed to portals; ``ring`` wakes workers after a portal was opened again."""

    installer: Installer
    lanes: Lanes
    settings: Settings
    robots: Mapping[str, AnyRobot]
    ring: Callable[[], Awaitable[None]]

    async def run_due(self, *, most: int = 100) -> int:
        """Do what is due, one after the other; returns how many errands were run. Raises DatabaseAway."""
        database, done = self.installer.database, 0
        while done < most and (task := await claim(database, at=self.installer.clock.now())) is not None:
            later = await self._tried(task)
            if later is None:
                await finish(task, database)
            else:
                await put_off(task, database, due_at=self.installer.clock.now() + later.wait, note=later.note)
            done += 1
        return done

    async def owe_syncs(self) -> int:
        """Owe a sync to each active portal that knows other robots than ours; returns to how many."""
        owing = 0
        for portal_id in await self.installer.store.ids(status="active"):
            owing += await self.owe_sync(portal_id)
        return owing

    async def owe_sync(self, portal_id: str) -> bool:
        """Owe a sync if the portal knows other robots than ours."""
        portal = await self.installer.store.get(portal_id)
        if portal is None:
            return False
        robots = switched_on(self.robots, await portal_settings(portal_id, self.installer.database))
        if portal.robots_fingerprint == self._wanted(self._info(portal), robots):
            return False
        await owe(portal_id, self.installer.database, kind="sync", due_at=self.installer.clock.now())
        return True

    async def _tried(self, task: Task) -> Later | None:
        portal = await self.installer.store.get(task.portal_id)
        if portal is None:
            return None
        # What was owed may be owed because another process has just opened the portal.
        self.lanes.changed(portal.id)
        try:
            return await self._run(task, portal)
        except LaneClosed as closed:
            return Later(_LONGEST_PAUSE, closed.reason or closed.status)
        except (Suspended, Revoked) as trouble:
            await self.lanes.suspend(portal.id, trouble)
            return Later(_LONGEST_PAUSE, trouble.reason)
        except TryLater as trouble:
            return Later(trouble.after or _pause(task), type(trouble).__name__)
        except (BitrixError, Unreadable) as trouble:
            log.warning("An errand (%s) failed: %s", task.kind, trouble)
            return Later(_pause(task), type(trouble).__name__)

    async def _run(self, task: Task, portal: Portal) -> Later | None:
        match task.kind:
            case "sync":
                return await self._sync(portal)
            case "probe":
                return await self._probe(portal)
            case "heal":
                return await self._heal(portal, task)
            case "confirm_token":
                return await self._confirm_token(portal, task)
            case "confirm_uninstall":
                return await self._confirm_uninstall(portal, task)
            case "purge":
                await purge(portal.id, self.installer.database)
                return None
            case _:
                assert_never(task.kind)

    async def _sync(self, portal: Portal) -> Later | None:
        lane = await self.lanes.lane(portal.id)
        settings = await portal_settings(portal.id, self.installer.database)
        robots = switched_on(self.robots, settings)
        wanted = self._wanted(lane.portal, robots)
        if portal.robots_fingerprint == wanted:
            return None
        report = await sync(lane, robots, self.settings.public_url)
        now = self.installer.clock.now()
        known = told_after(settings, report, robots, marks(lane.portal, robots, self.settings.public_url))
        await change_settings(portal.id, self.installer.database, values={TOLD: known}, user_id=0, at=now)
        told = wanted if report.is_complete else ""
        await self.installer.store.change(portal.id, robots_fingerprint=told, robots_synced_at=now)
        await audit(portal.id, self.installer.database, action="synced", at=now, detail=report.as_json())
        if report.is_complete:
            return None
        return Later(_SYNC_AGAIN, next(iter(report.refused.values())))

    async def _probe(self, portal: Portal) -> Later | None:
        """Ask for nothing in particular; whatever is answered, the portal is open."""
        if portal.status not in {"suspended", "needs_reinstall"}:
            return None
        lane = await self.lanes.closed_lane(portal.id)
        try:
            await lane.read({"app": Command("app.info")})
        except (Suspended, Revoked) as trouble:
            await self.lanes.still_closed(portal.id, trouble)
            return None
        await self.lanes.reopen(portal.id)
        await self.ring()
        return None

    async def _heal(self, portal: Portal, task: Task) -> Later | None:
        """Take tokens from a robot call, if they are those of the very user whose rights robots use (T-07)."""
        if portal.status != "needs_reinstall" or portal.status_reason == TWO_ADDRESSES:
            return None
        vault = self._info(portal).vault
        access, refresh = opened_text(vault, task.payload["access"]), opened_text(vault, task.payload["refresh"])
        if not await self._is_ours(portal, access):
            return None
        now = self.installer.clock
        pair = TokenPair(access, refresh, now.real() + _LIFE)
        await save_tokens(vault, self.installer.database, user_id=portal.admin_user_id, pair=pair, at=now.now())
        await self.lanes.reopen(portal.id)
        await self.ring()
        return None

    async def _is_ours(self, portal: Portal, access: Secret) -> bool:
        try:
            who = await self.installer.identities.identify(access, portal.member_id, portal_id=portal.id)
        except (NotProven, EndpointNotAllowed):
            return False
        return who.user_id == portal.admin_user_id

    async def _confirm_token(self, portal: Portal, task: Task) -> Later | None:
        now = self.installer.clock.now()
        until = as_datetime(task.payload.get("until"))
        if portal.pending_token_hash is None:
            return None
        if until is None or now >= until:
            await self.installer.store.change(portal.id, pending_token_hash=None)
            await audit(portal.id, self.installer.database, action="new_secret_not_proven", at=now, outcome="refused")
            return None
        try:
            await NewSecret(self.installer, self.lanes, self.settings.public_url).ask(portal, task.payload)
        except Revoked:
            # The tokens that came with the claim, not ours: they say nothing about the portal's state.
            return Later(_pause(task), "tokens_of_the_claim_died")
        return Later(_pause(task), "waits_for_the_event")

    async def _confirm_uninstall(self, portal: Portal, task: Task) -> Later | None:
        departure = Departure(self.installer, self.lanes, self.settings.client_id)
        match await departure.settle(portal, task.payload):
            case "open":
                return Later(_ASK_AGAIN, "credentials_live")
            case "false":
                await self.ring()
                return None
            case "true":
                return None
            case never:
                assert_never(never)

    def _wanted(self, portal: PortalInfo, robots: Iterable[AnyRobot]) -> str:
        return fingerprint(portal, robots, self.settings.public_url)

    def _info(self, portal: Portal) -> PortalInfo:
        return info_of(portal, self.installer.keyring)


def _pause(task: Task) -> timedelta:
    return min(_LONGEST_PAUSE, timedelta(seconds=15 * 2 ** min(task.attempt - 1, 8)))
