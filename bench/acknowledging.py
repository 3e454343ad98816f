"""Durable acknowledgements of robot calls, beside a bare endpoint that parses the same form and does nothing."""

from __future__ import annotations

import asyncio
import base64
import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from bench.figure import Figure
from bench.load import Load, ask
from bench.process import DEZHURNY, postgres, running
from core.db import Database
from core.db.migrate import migrate
from core.portals.keyring import Keyring
from core.portals.tables import Portal
from tests.servers import free_port, postgres_bin

KEY = b"b" * 32
SECRET = "0123456789abcdef0123456789abcdef"  # an application_token of this bench alone
MEMBER = "b" * 32
CODE = "dialog_state"
REPEATS = 3
MANY = 64
FEW = 4


def body(number: int) -> bytes:
    """A call as a portal's queue server sends it; each has a token of its own."""
    token = f"6745d1c0a1b2c3.{number:08d}|A1_2_3_4|{number:032x}.{'f' * 64}"
    fields = {
        "workflow_id": f"6745d1c0a1b2c3.{number:08d}",
        "code": CODE,
        "document_id[0]": "crm",
        "document_id[1]": "CCrmDocumentDeal",
        "document_id[2]": f"DEAL_{number % 5000 + 1}",
        "document_type[0]": "crm",
        "document_type[1]": "CCrmDocumentDeal",
        "document_type[2]": "DEAL",
        "event_token": token,
        "properties[dialog_pick]": "latest_active",
        "properties[depth]": "50",
        "use_subscription": "Y",
        "timeout_duration": "0",
        "ts": str(int(time.time())),
        "auth[access_token]": f"{number:070x}",
        "auth[refresh_token]": f"{number:070x}",
        "auth[expires]": "1764003600",
        "auth[expires_in]": "3600",
        "auth[scope]": "bizproc,crm,im,imopenlines,task",
        "auth[domain]": "bench.bitrix24.ru",
        "auth[server_endpoint]": "https://oauth.bitrix24.tech/rest/",
        "auth[status]": "L",
        "auth[client_endpoint]": "https://bench.bitrix24.ru/rest/",
        "auth[member_id]": MEMBER,
        "auth[user_id]": "1",
        "auth[application_token]": SECRET,
    }
    return urlencode(fields).encode()


def measure() -> list[Figure]:
    figures = []
    with tempfile.TemporaryDirectory(prefix="dezhurny-bench-") as folder:
        figures += _measured("SQLite", f"sqlite+aiosqlite:///{folder}/bench.db", Path(folder))
    programs = postgres_bin()
    if programs is not None:
        with postgres(programs) as url, tempfile.TemporaryDirectory(prefix="dezhurny-bench-") as folder:
            figures += _measured("PostgreSQL", url, Path(folder))
    return figures


def _measured(name: str, database_url: str, folder: Path) -> list[Figure]:
    asyncio.run(_install(database_url))
    port, bare_port = free_port(), free_port()
    environment = {**os.environ, **settings_for(database_url, port)}
    serve = [str(DEZHURNY), "serve", "--port", str(port)]
    bare = [sys.executable, "-m", "bench.bare", str(bare_port)]
    here = Path(__file__).parent.parent
    with running(serve, folder, environment, port=port), running(bare, here, os.environ, port=bare_port):
        many = [_pair(port, bare_port, round_, MANY, 6000) for round_ in range(REPEATS)]
        few = [_pair(port, bare_port, REPEATS + round_, FEW, 1500) for round_ in range(REPEATS)]
    ratio = statistics.median(ours.per_second / theirs.per_second for ours, theirs in many)
    slower = statistics.median(ours.percentile(0.99) / theirs.percentile(0.99) for ours, theirs in few)
    ours, theirs = many[0]
    alone, bare_alone = few[0]
    return [
        Figure(f"acknowledging, {name}: share of a bare endpoint", ratio, "", _rates(ours, theirs), ("≥", 0.45)),
        Figure(f"acknowledging, {name}: its p99, times", slower, "", _times(alone, bare_alone), ("≤", 4)),
    ]


def _pair(port: int, bare_port: int, round_: int, connections: int, requests: int) -> tuple[Load, Load]:
    """Ours and the bare one, one after the other, so that both see the same machine."""
    first = round_ * 100_000
    path = f"/b24/robot/{CODE}"

    def make(number: int) -> bytes:
        return body(first + number)

    ours = ask(port, path, make, requests=requests, connections=connections, status="accepted")
    theirs = ask(bare_port, path, make, requests=requests, connections=connections, status="read")
    return ours, theirs


def _rates(ours: Load, theirs: Load) -> str:
    return f"{ours.per_second:,.0f}/s and {theirs.per_second:,.0f}/s over {MANY} connections"


def _times(ours: Load, theirs: Load) -> str:
    return f"{ours.percentile(0.99):.1f} ms and {theirs.percentile(0.99):.1f} ms over {FEW} connections"


def settings_for(database_url: str, port: int) -> dict[str, str]:
    return {
        "DEZHURNY_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DEZHURNY_CLIENT_ID": "local.bench",
        "DEZHURNY_CLIENT_SECRET": "bench",
        "DEZHURNY_SECRET_KEYS": base64.urlsafe_b64encode(KEY).decode(),
        "DEZHURNY_DATABASE_URL": database_url,
    }


async def _install(database_url: str) -> None:
    """Put an installed portal into a new database."""
    await migrate(database_url)
    now, ring = datetime.now(UTC), Keyring([KEY])
    portal = Portal(
        id="bench",
        member_id=MEMBER,
        origin="https://bench.bitrix24.ru",
        client_endpoint="https://bench.bitrix24.ru/rest/",
        oauth_host="https://oauth.bitrix24.tech",
        status_at=now,
        application_token_hash=ring.fingerprint(SECRET.encode()),
        data_key=ring.new_data_key("bench"),
        admin_user_id=1,
        created_at=now,
        updated_at=now,
    )
    async with Database(database_url) as database, database.session() as session:
        session.add(portal)
