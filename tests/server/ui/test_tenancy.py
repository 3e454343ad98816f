"""Two portals: whatever one asks for, nothing of the other comes back; on PostgreSQL behind its walls."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel

from core.db import Statement
from core.runs.tables import EffectRow, Run
from core.texts.text import Text
from server.ui.access import NEEDS, OPEN
from tests.core.runs.rows import call, effect, event, run, store, waiting
from tests.server.ui.people import House, house

SECRETS = ("Тайна", "tajna_robot", "TAJNA_ERROR")
#: Everything that is read without naming what; the stream of events and the card have tests of their own.
WITHOUT_PARAMETERS = tuple(
    address.removeprefix("GET ")
    for address, need in NEEDS.items()
    if address.startswith("GET /") and need is not OPEN and "{" not in address
    if address not in {"GET /ui", "GET /ui/events", "GET /ui/card"}
)


@pytest.fixture
async def home(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """The house of all tests of pages, once on each kind of database."""
    async with house(tmp_path, tmp_path, url=database_url) as made:
        yield made


async def another_house(home: House) -> tuple[Run, Run, EffectRow]:
    """Fill portal beta and return a run that ended, one that waits, and an effect in doubt."""
    ended = run("beta", title="Тайна", robot="tajna_robot", status="failed")
    asleep = waiting("beta", title="Тайна", robot="tajna_robot")
    doubtful = effect(asleep, 1, "unknown", summary=Text("Тайна", "Тайна").as_json())
    await store(
        home.database,
        ended,
        asleep,
        doubtful,
        event(asleep, "waits", Text("Тайна", "Тайна")),
        call(asleep, error="TAJNA_ERROR"),
    )
    return ended, asleep, doubtful


def is_silent(answer: httpx.Response) -> bool:
    return not any(secret in answer.text for secret in SECRETS)


async def test_reading_finds_nothing(home: House) -> None:
    ended, asleep, _ = await another_house(home)
    session = await home.as_()
    for address in (
        *WITHOUT_PARAMETERS,
        f"/ui/runs?q={asleep.id}",
        "/ui/runs?view=causes",
        "/ui/runs?q=prop.minutes=30",
        "/ui/statistics?period=90d",
        f"/ui/runs/rows?ids={asleep.id},{ended.id}",
        f"/api/runs?q={asleep.id}",
        "/api/runs?q=err:TAJNA",
        "/api/runs?robot=tajna_robot",
    ):
        answer = await home.client.get(address, headers=session)
        assert answer.status_code == 200, address
        assert is_silent(answer), address
    assert (await home.client.get("/api/health", headers=session)).json()["undecided"] == 0


async def test_what_belongs_to_another_portal_is_not_there(home: House) -> None:
    ended, asleep, doubtful = await another_house(home)
    session = await home.as_()
    for address in (f"/ui/runs/{asleep.id}", f"/api/runs/{asleep.id}"):
        answer = await home.client.get(address, headers=session)
        assert answer.status_code == 404
        assert is_silent(answer)
    for address, body in (
        (f"/api/runs/{ended.id}/retry", {"from": "start"}),
        (f"/api/runs/{asleep.id}/cancel", {"reason": "x"}),
        (f"/api/runs/{asleep.id}/late", {"decision": "run"}),
        (f"/api/effects/{doubtful.id}/decide", {"decision": "skip"}),
        (f"/api/timers/{asleep.id}", {"action": "now"}),
        (f"/api/runs/{ended.id}/repeat", {"properties": {}}),
        (f"/api/runs/{ended.id}/reveal", {"what": "properties"}),
        (f"/api/effects/{doubtful.id}/undo", {}),
    ):
        answer = await home.client.post(address, json=body, headers=session)
        assert (answer.status_code, answer.json()) == (404, {"error": "not_found"}), address
    assert home.bell.rung == 0


async def test_nothing_is_done_to_the_runs_of_another_portal(home: House) -> None:
    ended, asleep, _ = await another_house(home)
    session = await home.as_()
    for chosen in ({"ids": [ended.id]}, {"address": f"q={ended.id}"}, {"address": ""}):
        answer = await home.client.post("/api/bulk/preview", json={"action": "retry_start", **chosen}, headers=session)
        assert (answer.status_code, answer.json()["ids"]) == (200, [])
        assert is_silent(answer)
    done = await home.client.post("/api/bulk", json={"action": "cancel", "ids": [asleep.id]}, headers=session)
    assert done.json()["done"] == 0
    assert home.bell.rung == 0


async def test_a_table_of_one_portal_holds_nothing_of_another(home: House) -> None:
    ended, _, _ = await another_house(home)
    session = await home.as_()
    for what, address in (("runs", ""), ("runs", f"q={ended.id}"), ("statistics", "period=90d"), ("report", "")):
        asked = await home.client.post("/ui/export", json={"what": what, "address": address}, headers=session)
        assert asked.status_code == 200, (what, asked.text)
        assert is_silent(await home.client.get(asked.json()["address"]))


async def test_views_are_those_of_the_person_in_the_portal(home: House) -> None:
    """The administrators of both portals have the same number in their portals."""
    beth = await home.as_("tok_B_admin", "beta")
    saved = await home.client.post("/api/views", json={"name": "Тайна", "address": "q=x"}, headers=beth)
    assert saved.status_code == 200, saved.text
    assert is_silent(await home.client.get("/ui/runs", headers=await home.as_()))
    assert "Тайна" in (await home.client.get("/ui/runs", headers=beth)).text


async def test_its_own_people_find_it(home: House) -> None:
    _, asleep, _ = await another_house(home)
    session = await home.as_("tok_B_admin", "beta")
    assert (await home.client.get(f"/api/runs/{asleep.id}", headers=session)).status_code == 200


async def test_settings_of_one_portal_are_not_those_of_another(home: House) -> None:
    beta = await home.as_("tok_B_admin", "beta")
    await home.client.post("/api/settings", json={"timezone": "Asia/Tokyo"}, headers=beta)
    assert (await home.client.get("/api/settings", headers=beta)).json()["timezone"] == "Asia/Tokyo"
    assert (await home.client.get("/api/settings", headers=await home.as_())).json()["timezone"] == "Europe/Moscow"


@pytest.mark.parametrize(
    "address",
    [
        "/api/runs",
        "/api/timers",
        "/api/health",
        "/api/robots",
        "/api/settings",
        "/api/registration",
        "/ui/events",
        "/ui/runs/rows",
    ],
)
async def test_without_a_session_nothing_at_all(home: House, address: str) -> None:
    answer = await home.client.get(address)
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


#: Something of every shape that an address may want in its body; the ids are beta's.
def wanted(ended: Run, asleep: Run, doubtful: EffectRow) -> dict[str, Any]:
    return {
        "ids": [ended.id, asleep.id],
        "action": "cancel",
        "reason": "x",
        "from": "start",
        "decision": "skip",
        "what": "properties",
        "properties": {},
        "address": f"q={ended.id}",
        "effect": doubtful.id,
        "wake_at": "2030-01-01T00:00:00Z",
        "name": "Моё",
        "text": "Моё",
    }


async def furnished(home: House) -> tuple[Run, Run, EffectRow]:
    """Fill every kind of thing that people of beta keep, under codes that alpha's people may guess."""
    made = await another_house(home)
    both = {"ru": "Тайна", "en": "Тайна"}
    beth = await home.as_("tok_B_admin", "beta")
    for method, address, body in (
        ("PUT", "/api/schedules/tajna", {"name": both, "zone": "Europe/Moscow", "week": {"MO": ["09:00-18:00"]}}),
        ("PUT", "/api/templates/tajna", {"name": "Тайна", "text": "Тайна", "variants": []}),
        ("PUT", "/api/lexicons/gratitude", {"words": "Тайна"}),
        ("PUT", "/api/skills", {"skills": {"8": ["Тайна"]}}),
        ("POST", "/api/views", {"name": "Тайна", "address": "q=x"}),
    ):
        answer = await home.client.request(method, address, json=body, headers=beth)
        assert answer.status_code == 200, (address, answer.text)
    return made


async def rows_of_beta(home: House) -> dict[str, list[str]]:
    """Every row of beta but its sessions, which its own people move by looking."""
    found = {}
    for name in SQLModel.metadata.tables:
        if name in {"session", "worker", "pulse", "portal"}:
            continue
        [rows] = await home.database.read(Statement(f"SELECT * FROM {name} WHERE portal_id = 'beta'"))
        found[name] = sorted(repr(sorted(row.items())) for row in rows)
    return found


async def test_the_whole_matrix(home: House) -> None:
    """Every address, with a session of alpha and the ids and codes of beta: nothing is told, nothing is touched."""
    ended, asleep, doubtful = await furnished(home)
    before = await rows_of_beta(home)
    assert sum(map(len, before.values())) > 10
    body, session = wanted(ended, asleep, doubtful), await home.as_()
    for address in NEEDS:
        method, path = address.split(" ")
        if path in {"/ui/events", "/dl/{token}"}:
            continue
        for known in (ended.id, asleep.id, doubtful.id, "tajna", "gratitude"):
            filled = re.sub(r"\{[^}]+\}", known, path)
            options: dict[str, Any] = {} if method == "GET" else {"json": body}
            answer = await home.client.request(method, filled, headers=session, **options)
            assert answer.status_code < 500, (address, answer.text)
            assert is_silent(answer), address
            if known in {ended.id, asleep.id, doubtful.id} and "{id}" in path and method != "DELETE":
                assert answer.status_code in {400, 404, 422}, (address, answer.text)
            if filled == path:
                break
    assert await rows_of_beta(home) == before
    assert home.bell.rung == 0
