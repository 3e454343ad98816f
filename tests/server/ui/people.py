"""Two portals with their people, a robot, and an application over them, for tests of what people see."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import httpx
from starlette.applications import Starlette

from core.bitrix24.limits import LocalLimiter
from core.bitrix24.oauth import OAuth
from core.bitrix24.secret import Secret
from core.clock import Clock, FakeClock
from core.config import Settings
from core.db import Database
from core.portals.endpoints import EndpointNotAllowed
from core.portals.identity import Identity, NotProven
from core.portals.keyring import Keyring
from core.portals.lane import Lanes
from core.portals.store import PortalStore
from core.portals.tables import Setting
from core.robots import AnyRobot, Done, Robot, step
from core.robots.context import Ctx
from core.robots.fields import Choice, Input, LongText, Output, State, UserRef, prop
from core.robots.outcomes import Outcome
from core.texts.text import Text
from server.errors import HANDLERS
from server.guard import Guard
from server.services import Services
from server.ui import mount_static, routes
from tests.core.runs.rows import NOON, portal, store
from tests.fake_bitrix import CLIENT_ID, OAUTH, FakeBitrix

Headers = dict[str, str]

PUBLIC_URL = "https://robots.example.org"
KEY = secrets.token_bytes(32)
#: The secret of portal alpha, as its frames tell it.
ALPHA_SECRET = "51856fefc120afa4b628cc82d3935cce"


class Whom(Choice):
    OWNER = "owner", "Ответственного", "The owner"
    HEAD = "head", "Руководителя", "The head"


class WatchInput(Input):
    minutes: int = prop(30, ru="Сколько ждать, минут", en="Minutes to wait")
    whom: Whom = prop(Whom.OWNER, ru="Кого предупредить", en="Whom to tell")
    people: list[UserRef] = prop([], ru="Ещё кого", en="Whom else")
    text: LongText = prop("", ru="Что написать", en="What to write", help=Text("Без имён.", "No names."), required=True)
    aloud: bool = prop(True, ru="Со звуком", en="With a sound")


class WatchState(State):
    level: int = 0


class WatchOutput(Output):
    told: bool = prop(False, ru="Предупредили", en="Told")


class WatchClient(Robot[WatchInput, WatchState, WatchOutput]):
    """A robot of these tests."""

    code = "escalate_no_reply"
    name = Text("Эскалация, если нет ответа", "Escalate if there is no reply")
    about = Text("Говорит людям, когда клиент ждёт слишком долго.", "Tells people when a client waits too long.")

    @step("look")
    async def look(self, ctx: Ctx[WatchInput, WatchState]) -> Outcome:
        return Done("done", Text("Готово", "Done"))


#: In portal alpha Oleg may look, Helga looks after line 1, and Stepan is not named.
LET_IN: dict[str, Any] = {
    "portal_id": "alpha",
    "name": "access",
    "value": {"people": [{"id": 7, "role": "viewer"}, {"id": 8, "role": "supervisor", "lines": [1]}]},
    "updated_at": NOON,
    "updated_by": 1,
}


class SayInput(Input):
    text: LongText = prop("", ru="Текст", en="Text", required=True)


class SaySomething(Robot[SayInput, State, Output]):
    """Another robot of these tests."""

    code = "send_message"
    name = Text("Отправить сообщение", "Send a message")
    about = Text("Пишет клиенту.", "Writes to the client.")

    @step("say")
    async def say(self, ctx: Ctx[SayInput, State]) -> Outcome:
        return Done("done", Text("Готово", "Done"))


CATALOGUE: dict[str, AnyRobot] = {robot.code: robot for robot in (WatchClient(), SaySomething())}


@dataclass
class KnownPeople:
    """Says who somebody is, as the OAuth host and the portals would; what it does not know proves nothing."""

    people: dict[str, Identity | Exception] = field(default_factory=dict)
    asked: int = 0

    async def identify(self, access: Secret, member_id: str, *, portal_id: str | None = None) -> Identity:
        self.asked += 1
        who = self.people.get(access.reveal())
        if isinstance(who, Exception):
            raise who
        if who is None or who.member_id != member_id:
            raise NotProven("Unknown.")
        return who


@dataclass
class Bell:
    rung: int = 0

    async def ring(self, wake_at: datetime | None = None) -> None:
        self.rung += 1


def person(name: str, *, admin: bool, user_id: int = 1, portal_name: str = "alpha") -> Identity:
    return Identity(
        member_id=portal_name[0] * 32,
        user_id=user_id,
        is_admin=admin,
        user_name=name,
        origin=f"https://{portal_name}.bitrix24.ru",
        client_endpoint=f"https://{portal_name}.bitrix24.ru/rest/",
        oauth_host="https://oauth.bitrix24.tech",
    )


@dataclass
class House:
    """Everything that a test of this side may want to touch."""

    app: Starlette
    client: httpx.AsyncClient
    database: Database
    clock: FakeClock
    people: KnownPeople
    bell: Bell
    services: Services
    #: What is behind the lanes: until a test tells it of portals it knows nobody.
    bitrix: FakeBitrix
    MEMBERS: ClassVar[dict[str, str]] = {"alpha": "a" * 32, "beta": "b" * 32}

    async def token(self, access: str = "tok_A_admin", portal_name: str = "alpha", language: str = "en") -> str:
        """Come in as a page of the frame does and return the session."""
        body = {"AUTH_ID": access, "DOMAIN": "any", "member_id": self.MEMBERS[portal_name], "APP_SID": "1"}
        answer = await self.client.post("/ui/session", json={**body, "LANG": language})
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["token"]
        return token

    async def as_(
        self, access: str = "tok_A_admin", portal_name: str = "alpha", language: str = "en"
    ) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self.token(access, portal_name, language)}"}


def settings_for(database_url: str, public_url: str = PUBLIC_URL, *, portals: tuple[str, ...] = ()) -> Settings:
    return Settings(
        _env_file=None, public_url=public_url, database_url=database_url, client_id="local.1", allowed_portals=portals
    )


def services_for(
    database: Database,
    clock: Clock,
    people: KnownPeople,
    bell: Bell,
    settings: Settings,
    *,
    bitrix: FakeBitrix | None = None,
) -> Services:
    """The services without those that only the intake needs; behind the lanes are portals that know nobody."""
    keyring, store, bitrix = Keyring([KEY]), PortalStore(database), bitrix or FakeBitrix()
    oauth = OAuth([OAUTH], CLIENT_ID, Secret("CANARY-client-secret"), transport=bitrix)
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        keyring=keyring,
        store=store,
        lanes=Lanes(
            database,
            settings,
            clock,
            keyring=keyring,
            store=store,
            oauth=oauth,
            transport=bitrix,
            limiter=LocalLimiter(),
        ),
        identities=people,  # type: ignore[arg-type]  # the same one method
        catalogue=CATALOGUE,
        bell=bell,
    )


@asynccontextmanager
async def house(schema: Path, folder: Path, *, url: str = "") -> AsyncIterator[House]:
    """Open a copy of an empty database, or the empty one at ``url``, with the portals alpha and beta in it."""
    url = url or f"sqlite+aiosqlite:///{shutil.copy(schema, folder / 'house.db')}"
    people = KnownPeople(
        {
            "tok_A_admin": person("Анна Админ", admin=True),
            "tok_A_user": person("Олег Оператор", admin=False, user_id=7),
            "tok_A_head": person("Хельга Ведущая", admin=False, user_id=8),
            "tok_A_stranger": person("Степан Склад", admin=False, user_id=9),
            "tok_B_admin": person("Beth Boss", admin=True, portal_name="beta"),
            "tok_forbidden": EndpointNotAllowed("no"),
        }
    )
    clock, bell, bitrix = FakeClock(NOON), Bell(), FakeBitrix()
    async with Database(url) as database:
        keyring = Keyring([KEY])
        secret = keyring.fingerprint(ALPHA_SECRET.encode())
        alpha = portal("alpha", application_token_hash=secret, data_key=keyring.new_data_key("alpha"))
        beta = portal("beta", language="en", data_key=keyring.new_data_key("beta"))
        await store(database, alpha, beta, Setting(**LET_IN))
        services = services_for(database, clock, people, bell, settings_for(url), bitrix=bitrix)
        app = Starlette(routes=[*routes(services), mount_static()], exception_handlers=dict(HANDLERS))
        app.state.services = services
        transport = httpx.ASGITransport(app=Guard(app, PUBLIC_URL), raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
            yield House(app, client, database, clock, people, bell, services, bitrix)
