"""A demo portal whose clock stands still, with an application in it, and someone who asks it things."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sandbox.app import create_app
from sandbox.apps import App
from sandbox.people import User
from sandbox.php import parse_form
from sandbox.portal import Portal
from sandbox.rest.answer import execute
from sandbox.scenario import reset
from sandbox.wire import Json, decode

SCOPE = (
    "imopenlines",
    "im",
    "crm",
    "task",
    "timeman",
    "user_brief",
    "department",
    "calendar",
    "bizproc",
    "placement",
    "lists",
)
HANDLER = "http://127.0.0.1:8089/b24"


class Receiver(httpx.AsyncBaseTransport):
    """Stands where the application would: keeps what it gets, answers 200 or what it is told to."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []
        self.status = 200
        self.fails = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self.fails:
            raise httpx.ConnectError("nobody listens")
        return httpx.Response(self.status, json={"status": "accepted"})

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=self)

    @property
    def forms(self) -> list[dict[str, Any]]:
        return [dict(parse_form(request.content.decode())) for request in self.requests]


class Asker:
    """Calls REST as one user of the application."""

    def __init__(self, portal: Portal, user: User) -> None:
        self.portal = portal
        self.user = user
        app = portal.apps.installed
        assert app is not None
        self.access = portal.oauth.issue(app, user).access

    def __call__(self, method: str, **params: Json) -> Any:
        """Return the result of a command that must succeed."""
        status, said = self.try_(method, **params)
        assert status == 200, said
        return said["result"]

    def try_(self, method: str, **params: Json) -> tuple[int, dict[str, Any]]:
        status, body = execute(self.portal, method, params, self.access)
        said: Any = decode(body)
        return status, said

    def refused(self, method: str, **params: Json) -> tuple[int, str]:
        """Return status and code of a command that must fail."""
        status, said = self.try_(method, **params)
        assert "error" in said, said
        return status, said["error"]

    def batch(self, commands: dict[str, str], halt: int = 0) -> Any:
        return self("batch", cmd=commands, halt=halt)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def app() -> App:
    return App(
        client_id="local.1",
        client_secret="secret",
        application_token="a" * 32,
        scope=SCOPE,
        app_url=f"{HANDLER}/app",
        install_url="",
    )


@pytest.fixture
def portal(receiver: Receiver, app: App) -> Portal:
    made = Portal(seed=7, speed=0, client=receiver.client)
    made.switches.limits = False
    reset(made, "demo")
    made.apps.install(app, by=made.people.users[1])
    return made


@pytest.fixture
def ask(portal: Portal) -> Asker:
    """The administrator who installed the application."""
    return Asker(portal, portal.people.users[1])


@pytest.fixture
async def http(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(portal))
    async with httpx.AsyncClient(transport=transport, base_url=portal.origin) as client:
        yield client
