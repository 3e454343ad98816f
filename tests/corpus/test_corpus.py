"""Every request of the corpus over a real socket, under both of uvicorn's parsers: answers and effects."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from activities import load
from core.db.migrate import migrate
from server.ui.sessions import Person, Sessions
from tests.corpus.entries import Entry, entries
from tests.corpus.service import Protocol, Service, running
from tests.corpus.socket_client import Answer, send
from tests.servers import free_port

#: Usual are some milliseconds.
SLOW_SECONDS = 1.0
_PORTALS = "SELECT member_id, origin, client_endpoint, status, application_token_hash, admin_user_id FROM portal"
_INSTALLS = "SELECT id FROM audit WHERE action IN ('install_create', 'install_renew', 'install_adopt')"
_RUNS = "SELECT id FROM run WHERE status <> 'rejected'"
#: Where the corpus names a portal's page, the portal of the test has another address.
_PAGE_OF_A = "https://alpha.bitrix24.ru"


async def counted(service: Service, kind: str) -> int:
    """How much has happened so far that the corpus counts for this kind of request."""
    return len(await service.sql(_RUNS if kind == "robot" else _INSTALLS))


async def state(service: Service) -> list[dict[str, Any]]:
    return [dict(row) for row in await service.sql(f"{_PORTALS} ORDER BY member_id")]


def complaints(entry: Entry, answer: Answer, origin: str) -> Iterable[str]:
    """Say what is wrong with an answer."""
    if answer.status != entry.status:
        yield f"status {answer.status} instead of {entry.status}"
    if entry.answer is not None and answer.json() != entry.answer:
        yield f"body {answer.json()!r:.100} instead of {entry.answer}"
    if answer.status >= 500 and answer.status != 503:
        yield "a defect reached the caller"
    if any(name.startswith("access-control-") for name in answer.headers):
        yield "a CORS header"
    if answer.status in {301, 302, 303, 307, 308} or "location" in answer.headers:
        yield "a redirect"
    if answer.status == 503 and "retry-after" not in answer.headers:
        yield "no Retry-After"
    for name, part in entry.answer_headers.items():
        expected = part.replace(_PAGE_OF_A, origin).lower()
        if expected not in answer.headers.get(name, "").lower():
            yield f"header {name} lacks {expected}"


async def seconds_of(entry: Entry, service: Service) -> float:
    """How long a second try takes, for the machine may have had something else to do at the first."""
    began = time.monotonic()
    await send(entry, service.port)
    return time.monotonic() - began


async def replay(service: Service, corpus: Iterable[Entry]) -> list[str]:
    """Send entries in their order; returns what was wrong."""
    wrong: list[str] = []
    origin = service.bitrix.oauth
    for entry in corpus:
        before, portals = await counted(service, entry.kind), await state(service)
        began = time.monotonic()
        answer = await send(entry, service.port)
        took = time.monotonic() - began
        wrong += [f"{entry}: {complaint}" for complaint in complaints(entry, answer, origin)]
        happened = await counted(service, entry.kind) - before
        if entry.kind in {"robot", "install"} and happened != entry.effects:
            wrong.append(f"{entry}: {happened} effects instead of {entry.effects}")
        if entry.effects == 0 and await state(service) != portals:
            wrong.append(f"{entry}: a portal has changed")
        if took > SLOW_SECONDS and (again := await seconds_of(entry, service)) > SLOW_SECONDS:
            wrong.append(f"{entry}: {took:.2f} and {again:.2f} seconds")
    if service.dialled - {origin}:
        wrong.append(f"somebody else was called: {service.dialled - {origin}}")
    return wrong


def known(corpus: Iterable[Entry], skipped: list[Entry]) -> list[Entry]:
    """Leave out what calls a robot that this release does not have."""
    codes = load().keys()
    asked = list(corpus)
    skipped += [entry for entry in asked if entry.kind == "robot" and entry.status == 200 and entry.robot not in codes]
    return [entry for entry in asked if entry not in skipped]


def say(capsys: pytest.CaptureFixture[str], words: str) -> None:
    """Tell whoever runs the tests what was sent and what was not."""
    with capsys.disabled():
        sys.stdout.write(f"\n{words}\n")


@pytest.mark.parametrize("protocol", ["h11", "httptools"])
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_what_portals_call(
    protocol: Protocol,
    database: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    skipped: list[Entry] = []
    corpus = known([entry for entry in entries() if entry.kind != "ui"], skipped)
    url = f"sqlite+aiosqlite:///{tmp_path}/a.db" if database == "sqlite" else request.getfixturevalue("postgres_url")
    await migrate(url)
    async with running(url, tmp_path, ports=(free_port(), free_port()), protocol=protocol) as service:
        wrong = await replay(service, corpus)
    codes = ", ".join(sorted({entry.robot for entry in skipped})) or "none"
    say(capsys, f"corpus under {protocol}, {database}: {len(corpus)} sent, {len(skipped)} skipped (robots: {codes})")
    assert wrong == []


async def sessions_of(service: Service) -> dict[str, str]:
    """Open the sessions that the corpus names."""
    sessions = Sessions(service.database, service.base.clock)
    people = {"sess_A_admin": ("a", 1, True), "sess_A_user": ("a", 7, False), "sess_B_admin": ("b", 1, True)}
    return {
        name: (await sessions.open(service.portals[portal], Person(user_id, "N", is_admin), language="ru")).token
        for name, (portal, user_id, is_admin) in people.items()
    }


def mapped(entry: Entry, tokens: dict[str, str], run_id: str) -> Entry:
    """Put the sessions and the run of the test where the corpus has its own."""
    headers = tuple((name, _replaced(value, tokens)) for name, value in entry.headers)
    parts = entry.path.split("/")
    path = "/".join(run_id if part.partition("?")[0] == "1001" else part for part in parts)
    return replace(entry, headers=headers, path=path)


def _replaced(value: str, tokens: dict[str, str]) -> str:
    for name, token in tokens.items():
        value = value.replace(f"Bearer {name}", f"Bearer {token}")
    return value


@pytest.mark.parametrize("protocol", ["h11", "httptools"])
async def test_what_people_open(protocol: Protocol, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = [entry for entry in entries() if entry.kind == "ui"]
    first_call = next(entry for entry in entries() if entry.id == "BI-001")
    url = f"sqlite+aiosqlite:///{tmp_path}/a.db"
    await migrate(url)
    async with running(url, tmp_path, ports=(free_port(), free_port()), protocol=protocol) as service:
        assert (await send(first_call, service.port)).json() == {"status": "accepted"}
        run_id = str((await service.sql("SELECT id FROM run"))[0]["id"])
        tokens = await sessions_of(service)
        wrong = await replay(service, [mapped(entry, tokens, run_id) for entry in corpus])
    say(capsys, f"corpus of pages under {protocol}: {len(corpus)} sent")
    assert wrong == []
