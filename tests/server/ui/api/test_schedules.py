"""Schedules as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from core.portals.tables import Audit
from tests.server.ui.people import House

WEEK = {"MO": ["09:00-18:00"]}
BODY: dict[str, Any] = {"name": {"ru": "Смена", "en": "Shift"}, "zone": "Europe/Moscow", "week": WEEK}


async def test_what_is_saved_is_read_back(home: House) -> None:
    session = await home.as_()
    answer = await home.client.put("/api/schedules/shift", json=BODY, headers=session)
    assert (answer.status_code, answer.json()) == (200, {"status": "saved"})
    kept = (await home.client.get("/api/schedules/shift", headers=session)).json()
    assert (kept["code"], kept["name"], kept["week"]["MO"]) == ("shift", BODY["name"], WEEK["MO"])
    assert (await home.client.get("/api/schedules", headers=session)).json() == {"items": [kept]}
    async with home.database.session() as database:
        (noted,) = (await database.exec(select(Audit))).all()
    assert (noted.action, noted.actor_id, noted.detail) == ("schedule", "1", {"code": "shift"})


async def test_what_is_read_can_be_sent_back_and_replaces_the_whole(home: House) -> None:
    session = await home.as_()
    await home.client.put("/api/schedules/shift", json={**BODY, "country": "RU"}, headers=session)
    kept = (await home.client.get("/api/schedules/shift", headers=session)).json()
    assert (await home.client.put("/api/schedules/shift", json=kept, headers=session)).status_code == 200
    await home.client.put("/api/schedules/shift", json=BODY, headers=session)
    assert (await home.client.get("/api/schedules/shift", headers=session)).json()["country"] == ""


async def test_employees_read_and_administrators_write(home: House) -> None:
    user = await home.as_("tok_A_user")
    answer = await home.client.put("/api/schedules/shift", json=BODY, headers=user)
    assert (answer.status_code, answer.json()) == (403, {"error": "admin_required"})
    assert (await home.client.get("/api/schedules/shift", headers=user)).status_code == 404
    assert (await home.client.get("/api/schedules/shift")).status_code == 401


async def test_portals_have_their_own(home: House) -> None:
    await home.client.put("/api/schedules/shift", json=BODY, headers=await home.as_())
    other = await home.as_("tok_B_admin", "beta")
    assert (await home.client.get("/api/schedules/shift", headers=other)).status_code == 404
    assert (await home.client.get("/api/schedules", headers=other)).json() == {"items": []}


@pytest.mark.parametrize(
    "body",
    [
        {**BODY, "week": {}},
        {**BODY, "week": None},
        {**BODY, "zone": "Mars/Phobos"},
        {**BODY, "country": "XX"},
        {**BODY, "exceptions": [{"date": "yesterday", "kind": "off"}]},
        {**BODY, "import": "moon"},
    ],
)
async def test_well_formed_and_impossible(home: House, body: object) -> None:
    answer = await home.client.put("/api/schedules/shift", json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (422, {"error": "invalid_settings"})
    assert (await home.client.get("/api/schedules", headers=await home.as_())).json() == {"items": []}


@pytest.mark.parametrize("body", [[], "x", {**BODY, "color": "red"}])
async def test_malformed(home: House, body: object) -> None:
    answer = await home.client.put("/api/schedules/shift", json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


@pytest.mark.parametrize("code", ["Shift", "a" * 33, "%D1%81", "..", "1"])
async def test_codes_that_cannot_be(home: House, code: str) -> None:
    answer = await home.client.put(f"/api/schedules/{code}", json=BODY, headers=await home.as_())
    assert answer.status_code == 404


async def test_days_that_lie_over_bitrix24s_own_need_no_week(home: House) -> None:
    body = {"exceptions": [{"date": "2026-12-31", "kind": "off"}], "country": "RU"}
    session = await home.as_()
    assert (await home.client.put("/api/schedules/portal", json=body, headers=session)).status_code == 200
    assert (await home.client.get("/api/schedules/portal", headers=session)).json()["week"] is None


async def test_other_verbs(home: House) -> None:
    answer = await home.client.post("/api/schedules/shift", json=BODY, headers=await home.as_())
    assert answer.status_code == 405
