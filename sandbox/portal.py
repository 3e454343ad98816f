"""The portal: everything it is made of, in one place."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx

from sandbox.apps import Apps
from sandbox.bizproc import Bizproc
from sandbox.clock import Clock
from sandbox.company import Company
from sandbox.crm import Crm
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.ids import Ids
from sandbox.journal import CallRecord, Effect, Journal
from sandbox.limits import Bucket, Operating
from sandbox.oauth import OAuth
from sandbox.office import Office
from sandbox.openlines import OpenLines
from sandbox.people import People, User
from sandbox.portals import Portals
from sandbox.queue import Queue
from sandbox.quick_answers import QuickAnswers
from sandbox.snapshot import Snapshot
from sandbox.switches import Switches
from sandbox.triggers import Triggers
from sandbox.wire import Json

#: A working Tuesday, 11:00 in Moscow: where every scenario begins.
START_AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Portal:
    """One Bitrix24 portal in memory.

    ``reset`` puts a named scenario in place of everything but the installed application, its tokens and the
    switches. ``touch`` is called by whatever changes the portal: it raises ``version`` and wakes who watches.
    """

    def __init__(
        self,
        *,
        lang: str = "ru",
        seed: int | None = None,
        speed: float = 1.0,
        origin: str = "http://localhost:8088",
        client: Callable[[], httpx.AsyncClient] | None = None,
    ) -> None:
        self.lang = lang
        self.zone = ZoneInfo("Europe/Moscow")
        self.ids = Ids(seed)
        self.origin = origin
        self.former_domains: list[str] = []
        self.neighbours = Portals(self)
        self.member_id = self.ids.hex(32)
        self.app_sid = self.ids.hex(32)
        self.webhook_secret = self.ids.secret(16)
        self.start_at = START_AT
        self.clock = Clock(START_AT, speed=speed)
        self.clock.listeners.append(self.settle)
        self.switches = Switches()
        self.faults = Faults()
        self.bucket = Bucket()
        self.operating = Operating()
        self.oauth = OAuth(self)
        self.queue = Queue(self, client)
        self.events = Events(self)
        self.apps = Apps(self)
        self.actor: User | None = None
        self.call: CallRecord | None = None
        self.version = 0
        self.closing = False
        #: While a scenario is being built, nothing is told to applications.
        self.building = False
        #: What a person may break besides the network: a name, and what does it.
        self.breaks: dict[str, Callable[[], Awaitable[None]]] = {}
        self.snapshots: dict[str, Snapshot] = {}
        self._watchers: set[asyncio.Event] = set()
        self._key = self.ids.hex(64)
        self.clear()

    def clear(self) -> None:
        """Make the portal an empty one, with its application still installed."""
        self.journal = Journal()
        self.people = People()
        self.crm = Crm(self)
        self.openlines = OpenLines(self)
        self.office = Office(self)
        self.company = Company()
        self.quick_answers = QuickAnswers()
        self.bizproc = Bizproc(self, self._key)
        self.triggers = Triggers(self)
        self.bucket = Bucket()
        self.operating = Operating()
        self.faults.ordered.clear()
        self.queue.forget()

    @property
    def domain(self) -> str:
        return self.origin.partition("://")[2]

    @property
    def endpoint(self) -> str:
        return f"{self.origin}/rest/"

    def rename(self, domain: str) -> None:
        """Move to another host; the old one goes on with nothing but redirects (platform.md 3.7)."""
        self.former_domains.append(self.domain)
        self.origin = f"{self.origin.partition('://')[0]}://{domain}"
        self.touch()

    def renew(self) -> None:
        """Become another portal at the same address: with a new ``member_id``, signed with another key.

        It begins on a later Tuesday: whoever reads the clock of this address must not see it run backwards.
        """
        while self.start_at <= self.now():
            self.start_at += timedelta(weeks=1)
        self.member_id = self.ids.hex(32)
        self.app_sid = self.ids.hex(32)
        self.webhook_secret = self.ids.secret(16)
        self._key = self.ids.hex(64)

    def now(self) -> datetime:
        return self.clock.now()

    @contextlib.contextmanager
    def acting(self, user: User) -> Iterator[None]:
        """Name the user who causes the events inside: they bear his tokens."""
        before, self.actor = self.actor, user
        try:
            yield
        finally:
            self.actor = before

    def record(self, kind: str, **details: Json) -> None:
        """Write an effect into the ledger, with the REST command that caused it."""
        effect = Effect(
            id=self.ids.next("effect"),
            kind=kind,
            at=self.now(),
            call=self.call.id if self.call else None,
            details=details,
        )
        self.journal.ledger.append(effect)
        self.touch()

    def settle(self) -> None:
        """Do what has come due by the clock: dialogs that Bitrix24 closes by itself, steps that time out."""
        self.openlines.closing.settle()
        self.bizproc.settle()

    def touch(self) -> None:
        self.version += 1
        for watcher in self._watchers:
            watcher.set()

    async def changed(self, since: int, *, within: float) -> int:
        """Wait until the version is past ``since``, at most ``within`` seconds; return the version."""
        if self.version > since or self.closing:
            return self.version
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        try:
            await asyncio.wait_for(watcher.wait(), within)
        except TimeoutError:
            pass
        finally:
            self._watchers.discard(watcher)
        return self.version

    def hang_up(self) -> None:
        """Let everyone who watches go: the server is stopping."""
        self.closing = True
        self.touch()
