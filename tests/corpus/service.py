"""The whole web side on a socket, and beside it the OAuth host and the portals of the corpus."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import uvicorn
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.bitrix24.exchange import HttpAnswer, Media
from core.bitrix24.limits import LocalLimiter
from core.bitrix24.oauth import OAuth
from core.bitrix24.secret import Secret
from core.bitrix24.transport import Transport
from core.clock import SystemClock
from core.config import Settings
from core.db import Database, Row, Statement
from core.origins import PortalRule
from core.portals.foundation import Foundation
from core.portals.identity import Identities
from core.portals.install import Installer, InstallRequest
from core.portals.keyring import Keyring
from core.portals.lane import Lanes
from core.portals.store import PortalStore
from core.queue.bell import Bell
from core.queue.server import RedisServer
from server.app import create_app
from server.guard import HEAD_BYTES
from tests.fake_bitrix import CLIENT_ID, FakeBitrix, FakePortal, failure

Protocol = Literal["h11", "httptools"]

#: The secrets of the corpus' portals: A and B active, S suspended, U uninstalled.
SECRETS = {
    "a": "51856fefc120afa4b628cc82d3935cce",
    "b": "c917d38f6bdb84e9d9e0bfe9d585be73",
    "c": "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
    "d": "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e",
}


@dataclass
class Service:
    """A running service; ``dialled`` are the origins that it has called."""

    port: int
    database: Database
    bitrix: FakeBitrix
    base: Foundation
    portals: Mapping[str, str]
    dialled: set[str]

    async def sql(self, sql: str) -> list[Row]:
        return (await self.database.write(Statement(sql)))[0]


class _Noted:
    """A transport that notes where it was sent to."""

    def __init__(self, inner: Transport) -> None:
        self.origins: set[str] = set()
        self._inner = inner

    async def post(self, url: str, body: bytes, *, media: Media = Media.JSON, read_for: float) -> HttpAnswer:
        parts = urlsplit(url)
        self.origins.add(f"{parts.scheme}://{parts.netloc}")
        return await self._inner.post(url, body, media=media, read_for=read_for)


@asynccontextmanager
async def listening(app: Any, port: int, protocol: Protocol = "h11") -> AsyncIterator[None]:
    """Serve an application in this loop until the block ends."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http=protocol,
        log_config=None,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=HEAD_BYTES * 16,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # signals are pytest's
    task = asyncio.create_task(server._serve())
    while not server.started:
        assert not task.done(), "the server did not start"
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await task


def bitrix_app(bitrix: FakeBitrix) -> Starlette:
    """Put the OAuth host and the portals on a socket."""

    async def answer(request: Request) -> Response:
        body = await request.body()
        form = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
        params: dict[str, Any] = dict(parse_qsl(body.decode())) if form else json.loads(body)
        status, said = bitrix.answer(bitrix.oauth, request.url.path, params)
        return JSONResponse(said, status)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["POST"])])


def people(bitrix: FakeBitrix) -> dict[str, FakePortal]:
    """The portals of the corpus and the tokens that stand for what the OAuth host would say."""
    portals = {name: bitrix.portal(name, origin=f"{bitrix.oauth}/{name}") for name in "abcde"}
    portals["f"] = bitrix.portal("f", origin="https://192.168.7.7")
    portals["9"] = bitrix.portal("9", origin="http://box.example")
    for access, name, user_id in [
        ("tok_A_admin", "a", 1),
        ("tok_A_user", "a", 7),
        ("tok_B_admin", "b", 1),
        ("tok_new_admin", "e", 1),
        ("tok_box_private", "f", 1),
        ("tok_box_http", "9", 1),
        ("tok_C", "c", 1),
        ("tok_D", "d", 1),
    ]:
        bitrix.token(access, portals[name], user_id)
    bitrix.token("tok_other_app", portals["a"], client_id="local.other")
    bitrix.troubles["tok_oauth_down"] = failure(503, "INTERNAL_SERVER_ERROR")
    return portals


@asynccontextmanager
async def running(url: str, folder: Path, *, ports: tuple[int, int], protocol: Protocol) -> AsyncIterator[Service]:
    """Open the service of the corpus on the first port; its outside world is on the second."""
    port, other = ports
    bitrix = FakeBitrix(f"http://127.0.0.1:{other}")
    settings = Settings(
        _env_file=None,
        public_url=f"http://127.0.0.1:{port}",
        client_id=CLIENT_ID,
        client_secret=SecretStr("CANARY-client-secret"),
        secret_keys=SecretStr("a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s"),
        database_url=url,
        oauth_hosts=(bitrix.oauth,),
        allowed_portals=(bitrix.oauth,),
        allow_private_networks=True,
    )
    async with (
        listening(bitrix_app(bitrix), other),
        Database(url) as database,
        Transport([PortalRule.parse(bitrix.oauth)], allow_private=True) as transport,
    ):
        noted = _Noted(transport)
        base = _foundation(settings, database, noted, folder)
        names = await _install_all(base, people(bitrix))

        @asynccontextmanager
        async def opens(_: Settings) -> AsyncIterator[Foundation]:
            yield base

        async with listening(create_app(settings, opens=opens), port, protocol):
            yield Service(port, database, bitrix, base, names, noted.origins)
        await base.bell.close()
        await base.lanes.calls.flush()


def _foundation(settings: Settings, database: Database, transport: _Noted, folder: Path) -> Foundation:
    clock, limiter = SystemClock(), LocalLimiter()
    keyring, store = Keyring(settings.key_ring), PortalStore(database)
    oauth = OAuth(settings.oauth_hosts, CLIENT_ID, Secret("CANARY-client-secret"), transport=transport)
    lanes = Lanes(
        database, settings, clock, keyring=keyring, store=store, oauth=oauth, transport=transport, limiter=limiter
    )
    identities = Identities(oauth, transport, limiter, CLIENT_ID, settings.portal_rules, clock.real, lanes.calls)
    installer = Installer(database, store, keyring, identities, clock)
    # Nobody listens there: a bell that cannot ring changes no answer.
    redis = RedisServer(f"unix://{folder / 'nobody.sock'}")
    return Foundation(
        settings, database, clock, redis, Bell(redis, clock), keyring, store, identities, installer, lanes
    )


async def _install_all(base: Foundation, portals: Mapping[str, FakePortal]) -> dict[str, str]:
    """Install A, B, U and S, let U leave and S be closed; returns our ids by name."""
    tokens = {"a": "tok_A_admin", "b": "tok_B_admin", "c": "tok_C", "d": "tok_D"}
    names: dict[str, str] = {}
    for name, access in tokens.items():
        member_id = portals[name].member_id
        await base.installer.install(InstallRequest(member_id, Secret(access), Secret("ref"), Secret(SECRETS[name])))
        row = await base.store.find(member_id)
        assert row is not None
        names[name] = row.id
    now = base.clock.now()
    await base.store.doubt(names["c"], at=now)
    await base.store.remove(names["c"], at=now)
    await base.store.close(names["d"], status="suspended", reason="PAYMENT_REQUIRED", at=now, probe_at=None)
    return names
