"""Requests as portals make them, and the application that takes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote_plus

import httpx
from starlette.applications import Starlette

from server.errors import HANDLERS
from server.guard import Guard
from server.intake.routes import ROUTES
from server.services import Services
from tests.core.portals.robots import Greet
from tests.fake_bitrix import FakePortal
from tests.portal_kit import PUBLIC_URL, SECRET, World

FORM = {"content-type": "application/x-www-form-urlencoded"}


def services_of(world: World, **more: Any) -> Services:
    return Services(
        settings=world.settings,
        database=world.database,
        clock=world.clock,
        keyring=world.keyring,
        store=world.store,
        lanes=world.lanes,
        identities=world.identities,
        catalogue={"greet": Greet()},
        bell=world,
        **more,
    )


@asynccontextmanager
async def client_of(world: World, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole way in: guard, routes, handlers of errors."""
    app = Starlette(routes=list(ROUTES), exception_handlers=dict(HANDLERS))
    app.router.redirect_slashes = False
    app.state.services = services_of(world, **more)
    transport = httpx.ASGITransport(app=Guard(app, PUBLIC_URL))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as client:
        yield client


def encoded(data: Mapping[str, Any]) -> bytes:
    """Write a form as PHP does."""
    return "&".join(_pairs("", data)).encode()


def _pairs(name: str, value: Any) -> list[str]:
    if isinstance(value, Mapping | list):
        items = value.items() if isinstance(value, Mapping) else enumerate(value)
        return [pair for key, child in items for pair in _pairs(f"{name}[{key}]" if name else str(key), child)]
    return [f"{quote_plus(name)}={quote_plus(str(value))}"]


def robot_call(portal: FakePortal, number: int = 1, **more: Any) -> dict[str, Any]:
    """What the queue server posts when a robot fires (platform.md 2.2); ``more`` replaces or, with None, removes."""
    call: dict[str, Any] = {
        "workflow_id": f"65a1b2c3d4e5f6.{number:08d}",
        "code": "greet",
        "document_id": ["crm", "CCrmDocumentDeal", f"DEAL_{7000 + number}"],
        "document_type": ["crm", "CCrmDocumentDeal", "DEAL"],
        "event_token": f"65a1b2c3d4e5f6.{number:08d}|A51601_82584|CANARY{number:029d}.{'0f' * 32}",
        "properties": {"text": "Hello"},
        "use_subscription": "Y",
        "timeout_duration": "0",
        "ts": "1766047124",
        "auth": auth(portal),
    }
    return {name: value for name, value in {**call, **more}.items() if value is not None}


def auth(portal: FakePortal, **more: Any) -> dict[str, Any]:
    block = {
        "access_token": "CANARY-access",
        "refresh_token": "CANARY-refresh",
        "expires_in": "3600",
        "scope": "crm,bizproc",
        "domain": "127.0.0.1:6379",
        "server_endpoint": "https://evil.example/rest/",
        "client_endpoint": "http://169.254.169.254/",
        "member_id": portal.member_id,
        "user_id": "1",
        "application_token": SECRET,
    }
    return {name: value for name, value in {**block, **more}.items() if value is not None}


def event(portal: FakePortal, name: str, data: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """What the queue server posts for an event; tokens travel only where the test says so."""
    tokens = {"access_token": None, "refresh_token": None}
    return {
        "event": name,
        "event_handler_id": "185",
        "data": dict(data or {}),
        "ts": "1766047124",
        "auth": auth(portal, **{**tokens, **more}),
    }
