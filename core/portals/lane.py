"""A portal's lane: the way to read and write it with its own tokens, limits and state."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from core import tracing
from core.bitrix24.batcher import Batcher
from core.bitrix24.calls import RestCall
from core.bitrix24.client import CommandOutcome, PortalClient, Ready
from core.bitrix24.command import Command, Json, Reads
from core.bitrix24.errors import Revoked, Suspended
from core.bitrix24.exchange import Posts
from core.bitrix24.limits import Limiter
from core.bitrix24.secret import Secret
from core.bitrix24.tokens import FixedToken, TokenSource
from core.bitrix24.write_batcher import WriteBatcher
from core.clock import Clock
from core.config import Settings
from core.db import Database
from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.line import Line
from core.metrics import REST_COMMANDS, REST_REQUESTS
from core.portals.audit import audit
from core.portals.call_log import CallLog
from core.portals.endpoints import EndpointNotAllowed, allowed_origin
from core.portals.heard import Heard
from core.portals.info import PortalInfo, info_of
from core.portals.keyring import Keyring, Vault
from core.portals.lexicons import lexicon_of, own_lists
from core.portals.load import Accounts, Load
from core.portals.moves import follow
from core.portals.probes import closed_by, next_probe
from core.portals.rates import Rates
from core.portals.schedules import portal_schedules
from core.portals.settings import portal_settings
from core.portals.store import REMEMBERED_SECONDS, PortalStore
from core.portals.tables import Portal
from core.portals.tasks import owe, waive
from core.portals.tokens import Refreshes, StoredTokens
from core.worktime.schedule import Schedule

#: The setting by which a portal lets texts of clients into logs and return values.
KEEPS_TEXT: Final = "message_text"
#: So many portals are looked at at once: who waits here does not wait for a connection, which gives up after seconds.
LOOKED_AT_ONCE: Final = 8
#: How long the settings of an open line are taken for unchanged.
LINES_FOR: Final = timedelta(minutes=10)


class LaneClosed(Exception):
    """No work is done for this portal now; ``probe_at`` is when we look again, None when a person must act."""

    def __init__(self, status: str, reason: str, probe_at: datetime | None) -> None:
        super().__init__(f"The portal is {status}.")
        self.status = status
        self.reason = reason
        self.probe_at = probe_at


class Lines:
    """Settings of open lines, remembered for ten minutes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known: dict[int, tuple[datetime, Line]] = {}

    def get(self, line_id: int) -> Line | None:
        """Return what was put, or None when it is not known or too old."""
        until, line = self._known.get(line_id, (None, None))
        return line if until is not None and until > self._now() else None

    def put(self, line: Line) -> None:
        self._known[line.id] = (self._now() + LINES_FOR, line)


class Writes(Protocol):
    """Do things on a portal in one HTTP request of their own; see `PortalClient.write`."""

    async def __call__(
        self, commands: Mapping[str, Command], *, halt: bool = True, ready: Ready | None = None
    ) -> Mapping[str, CommandOutcome]: ...


class WritesBeside(Protocol):
    """Do things on a portal in a request that others may share; see `WriteBatcher.write`. Nobody's text goes there."""

    async def __call__(
        self, commands: Mapping[str, Command], *, ready: Ready | None = None
    ) -> Mapping[str, CommandOutcome]: ...


@dataclass(frozen=True, slots=True)
class Lane:
    """A portal's way; ``read`` and ``write_beside`` share requests with other runs, ``write`` never does.

    ``settings`` are what the portal's administrators changed, by name; ``schedules`` what they defined, by code.
    ``keeps_text``: words of clients may be kept and handed on.
    """

    portal: PortalInfo
    settings: Mapping[str, Json]
    read: Reads
    write: Writes
    write_beside: WritesBeside
    lines: Lines
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    keeps_text: bool = False
    #: By which phrases messages are understood here.
    lexicon: Lexicon = SHIPPED
    #: Names of people that were read here.
    heard: Heard = field(default_factory=Heard)

    @property
    def vault(self) -> Vault:
        return self.portal.vault


@dataclass(slots=True)
class _Way:
    """A lane with what it was built from; ``row`` is looked at again after five seconds."""

    row: Portal
    lane: Lane
    tokens: StoredTokens
    client: PortalClient
    fresh_until: float


class Lanes:
    """The lanes of all portals in this process."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        clock: Clock,
        *,
        keyring: Keyring,
        store: PortalStore,
        oauth: Refreshes,
        transport: Posts,
        limiter: Limiter,
        rates: Rates | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.calls = CallLog(database)
        self._accounts = Accounts()
        self._database = database
        self._settings = settings
        self._clock = clock
        self._keyring = keyring
        self._store = store
        self._oauth = oauth
        self._transport = transport
        self._limiter = limiter
        self._rates = rates or Rates()
        self._monotonic = monotonic
        self._ways: dict[str, _Way] = {}
        self._looking: dict[str, asyncio.Lock] = {}
        self._eyes = asyncio.Semaphore(LOOKED_AT_ONCE)

    async def lane(self, portal_id: str) -> Lane:
        """Return the lane of an active portal; raises LaneClosed for every other, DatabaseAway, Unreadable."""
        way = await self._way(portal_id)
        if not way.lane.portal.is_active:
            raise LaneClosed(way.row.status, way.row.status_reason, way.row.probe_at)
        return way.lane

    async def closed_lane(self, portal_id: str) -> Lane:
        """Return the lane whatever the portal's status, for looking whether it is open again."""
        return (await self._way(portal_id)).lane

    async def tokens(self, portal_id: str) -> StoredTokens:
        """Return the credentials of the administrator whose rights robots use, whatever the portal's status."""
        return (await self._way(portal_id)).tokens

    def client_with(self, portal_id: str, endpoint: str, access: Secret) -> PortalClient:
        """Return a client with a token that a person or a call has brought, for questions about its bearer."""
        return self._client(portal_id, FixedToken(endpoint, access))

    def resting(self) -> list[str]:
        """Return the portals that are left alone for a moment because they could not be reached."""
        return [portal_id for portal_id, way in self._ways.items() if way.client.rests_for]

    async def load(self, portal_id: str, method: str) -> Load:
        """Return how much of what the portal allows is used, for whoever can wait."""
        fill = await self._limiter.fill(portal_id)
        return Load(fill, self._rates(portal_id).per_second, self._accounts.share(portal_id, method))

    def _note(self, call: RestCall) -> None:
        REST_REQUESTS.labels(call.method, call.status or "none").inc()
        for method in call.methods:
            REST_COMMANDS.labels(method).inc()
        tracing.requested(
            call.method,
            portal=call.lane,
            commands=call.methods,
            runs=call.runs,
            ms=call.ms,
            status=call.status,
            error=call.complaint,
        )
        self.calls(call)
        self._accounts(call)

    async def suspend(self, portal_id: str, trouble: Suspended | Revoked) -> None:
        """Stop work for the portal and note when to look again.

        Nothing happens to a portal that is closed for this reason already, or being removed: many runs may meet the
        same trouble at once.
        """
        now, status = self._clock.now(), closed_by(trouble)
        wait = next_probe(status, trouble.reason, 0)
        probe_at = now + wait if wait is not None else None
        closed = await self._store.close(portal_id, status=status, reason=trouble.reason, at=now, probe_at=probe_at)
        self.changed(portal_id)
        if closed:
            await self._look_again(portal_id, probe_at)
            await audit(portal_id, self._database, action="lane_closed", at=now, detail={"reason": trouble.reason})

    async def still_closed(self, portal_id: str, trouble: Suspended | Revoked) -> None:
        """Note that a look was in vain; after the last one only a person can open the portal."""
        row = await self._store.get(portal_id)
        status = closed_by(trouble)
        if row is None or (row.status, row.status_reason) != (status, trouble.reason):
            await self.suspend(portal_id, trouble)
            return
        now = self._clock.now()
        wait = next_probe(status, trouble.reason, row.probes + 1)
        probe_at = now + wait if wait is not None else None
        await self._store.stay_closed(portal_id, at=now, probe_at=probe_at)
        self.changed(portal_id)
        await self._look_again(portal_id, probe_at)

    async def reopen(self, portal_id: str) -> bool:
        """Go on with the portal's work; False when it was not closed."""
        now = self._clock.now()
        opened = await self._store.reopen(portal_id, at=now)
        self.changed(portal_id)
        if opened:
            await waive(portal_id, self._database, kind="probe")
            await audit(portal_id, self._database, action="lane_opened", at=now)
        return opened

    async def _look_again(self, portal_id: str, probe_at: datetime | None) -> None:
        if probe_at is not None:
            await owe(portal_id, self._database, kind="probe", due_at=probe_at)

    def changed(self, portal_id: str) -> None:
        """Look at the portal's row again before the next use."""
        if portal_id in self._ways:
            self._ways[portal_id].fresh_until = 0.0

    async def _way(self, portal_id: str) -> _Way:
        """Return the way as it was at most five seconds ago; whoever comes while it is looked at waits for that."""
        async with self._looking.setdefault(portal_id, asyncio.Lock()):
            way = self._ways.get(portal_id)
            if way is None or way.fresh_until <= self._monotonic():
                async with self._eyes:
                    way = self._ways[portal_id] = await self._looked_at(portal_id, way)
            return way

    async def _looked_at(self, portal_id: str, way: _Way | None) -> _Way:
        row = await self._store.get(portal_id)
        if row is None:
            raise LaneClosed("unknown", "", None)
        settings = await portal_settings(portal_id, self._database)
        info = info_of(row, self._keyring)
        self._rates.note(portal_id, row.license)
        if way is not None and _built_from(way.row) == _built_from(row):
            tokens, client, read, write, lines = way.tokens, way.client, way.lane.read, way.lane.write, way.lane.lines
            beside, heard = way.lane.write_beside, way.lane.heard
        else:
            tokens = self._tokens(info)
            client = self._client(info.id, tokens)
            write, lines, heard = client.write, Lines(self._clock.now), Heard()
            read, beside = heard.listening(Batcher(client).read), WriteBatcher(client).write
        lane = Lane(
            info,
            settings,
            read,
            write,
            beside,
            lines,
            schedules=await portal_schedules(portal_id, self._database),
            keeps_text=self._settings.store_message_text or settings.get(KEEPS_TEXT) is True,
            lexicon=lexicon_of(await own_lists(portal_id, self._database)),
            heard=heard,
        )
        return _Way(row, lane, tokens, client, self._monotonic() + REMEMBERED_SECONDS)

    def _tokens(self, portal: PortalInfo) -> StoredTokens:
        return StoredTokens(
            portal,
            portal.admin_user_id,
            database=self._database,
            oauth=self._oauth,
            now=self._clock.real,
            moved=partial(self._moved, portal),
        )

    def _client(self, portal_id: str, tokens: TokenSource) -> PortalClient:
        return PortalClient(
            tokens, self._transport, limiter=self._limiter, lane=portal_id, record=self._note, now=self._clock.now
        )

    async def _moved(self, portal: PortalInfo, endpoint: str) -> str:
        """Keep a portal's new address if it is one that we would install; the old one stays otherwise."""
        if endpoint == portal.client_endpoint:
            return endpoint
        try:
            origin = allowed_origin(endpoint, self._settings.portal_rules)
        except EndpointNotAllowed:
            return portal.client_endpoint
        now = self._clock.now()
        await follow(portal.id, self._store, origin=str(origin), endpoint=endpoint, at=now)
        self.changed(portal.id)
        return endpoint


def _built_from(row: Portal) -> tuple[object, ...]:
    """What a client is made of; anything else may change under it. A portal that came back has other tokens."""
    return (row.client_endpoint, row.oauth_host, row.admin_user_id, row.data_key, row.member_id, row.status_at)
