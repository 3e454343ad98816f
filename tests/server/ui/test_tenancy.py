"""Two portals: whatever one asks for, nothing of the other comes back."""

from __future__ import annotations

import httpx
import pytest

from core.runs.tables import EffectRow, Run
from core.texts.text import Text
from tests.core.runs.rows import call, effect, event, run, store, waiting
from tests.server.ui.people import House

SECRETS = ("Тайна", "tajna_robot", "TAJNA_ERROR")


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
        *("/ui/runs", "/ui/timers", "/api/runs", "/api/timers", "/api/health", "/api/robots", "/api/settings"),
        f"/ui/runs?q={asleep.id}",
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
        (f"/api/effects/{doubtful.id}/decide", {"decision": "skip"}),
        (f"/api/timers/{asleep.id}", {"action": "now"}),
    ):
        answer = await home.client.post(address, json=body, headers=session)
        assert (answer.status_code, answer.json()) == (404, {"error": "not_found"}), address
    assert home.bell.rung == 0


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
