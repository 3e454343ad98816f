"""The tables of shifts and of skills as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from core.portals.settings import portal_settings
from core.portals.tables import Audit
from tests.server.ui.people import House

LINE: dict[str, Any] = {"user": 8, "weekday": "MO", "date": None, "from": "09:00", "to": "18:00", "zone": "Asia/Omsk"}
OFF: dict[str, Any] = {"user": 8, "weekday": None, "date": "2026-12-31", "from": None, "to": None, "zone": "Asia/Omsk"}
SKILLS = {"8": ["English", "payroll"], "11": ["payroll"]}
BOTH = pytest.mark.parametrize(
    ("address", "body", "empty"),
    [
        ("/api/shifts", {"items": [LINE, OFF]}, {"items": []}),
        ("/api/skills", {"skills": SKILLS}, {"skills": {}}),
    ],
)


@BOTH
async def test_what_is_saved_is_read_back(home: House, address: str, body: dict[str, Any], empty: object) -> None:
    session = await home.as_()
    assert (await home.client.get(address, headers=session)).json() == empty
    answer = await home.client.put(address, json=body, headers=session)
    assert (answer.status_code, answer.json()) == (200, {"status": "saved"})
    assert (await home.client.get(address, headers=session)).json() == body
    async with home.database.session() as database:
        (noted,) = (await database.exec(select(Audit))).all()
    assert (noted.action, noted.actor_id, noted.detail) == (address.removeprefix("/api/"), "1", {"lines": 2})


@BOTH
async def test_the_whole_is_replaced(home: House, address: str, body: dict[str, Any], empty: dict[str, Any]) -> None:
    session = await home.as_()
    await home.client.put(address, json=body, headers=session)
    assert (await home.client.put(address, json=empty, headers=session)).status_code == 200
    assert (await home.client.get(address, headers=session)).json() == empty


@BOTH
async def test_employees_read_and_administrators_write(
    home: House, address: str, body: dict[str, Any], empty: object
) -> None:
    user = await home.as_("tok_A_user")
    answer = await home.client.put(address, json=body, headers=user)
    assert (answer.status_code, answer.json()) == (403, {"error": "admin_required"})
    assert (await home.client.get(address, headers=user)).json() == empty
    assert (await home.client.get(address)).status_code == 401


@BOTH
async def test_portals_have_their_own(home: House, address: str, body: dict[str, Any], empty: object) -> None:
    await home.client.put(address, json=body, headers=await home.as_())
    other = await home.as_("tok_B_admin", "beta")
    assert (await home.client.get(address, headers=other)).json() == empty


async def test_a_line_without_a_zone_is_in_the_portals(home: House) -> None:
    session = await home.as_()
    line = {"user": 8, "weekday": "FR", "from": "22:00", "to": "06:00"}
    await home.client.put("/api/shifts", json={"items": [line]}, headers=session)
    [kept] = (await home.client.get("/api/shifts", headers=session)).json()["items"]
    assert kept == {**line, "date": None, "zone": "Europe/Moscow"}


async def test_skills_are_where_robots_look_for_them(home: House) -> None:
    await home.client.put("/api/skills", json={"skills": {**SKILLS, "9": []}}, headers=await home.as_())
    assert (await portal_settings("alpha", home.database))["skills"] == SKILLS


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/api/shifts", {"items": None}),
        ("/api/shifts", {"items": [{**LINE, "weekday": "XX"}]}),
        ("/api/shifts", {"items": [LINE, LINE]}),
        ("/api/shifts", {"items": [LINE, {**OFF, "zone": "Europe/Moscow"}]}),
        ("/api/skills", {"skills": []}),
        ("/api/skills", {"skills": {"anna": ["x"]}}),
        ("/api/skills", {"skills": {"0": ["x"]}}),
        ("/api/skills", {"skills": {"08": ["x"]}}),
        ("/api/skills", {"skills": {"9" * 5000: ["x"]}}),
        ("/api/skills", {"skills": {"9999999999": ["x"]}}),
        ("/api/skills", {"skills": {"8": "x"}}),
        ("/api/skills", {"skills": {"8": [1]}}),
        ("/api/skills", {"skills": {"8": [" "]}}),
        ("/api/skills", {"skills": {"8": ["a,b"]}}),
        ("/api/skills", {"skills": {"8": ["a" * 51]}}),
        ("/api/skills", {"skills": {"8": ["x"] * 31}}),
        ("/api/skills", {"skills": {str(number): ["x"] for number in range(1, 1002)}}),
    ],
)
async def test_well_formed_and_impossible(home: House, address: str, body: object) -> None:
    session = await home.as_()
    answer = await home.client.put(address, json=body, headers=session)
    assert (answer.status_code, answer.json()) == (422, {"error": "invalid_settings"})
    assert next(iter((await home.client.get(address, headers=session)).json().values())) in ([], {})


@pytest.mark.parametrize("address", ["/api/shifts", "/api/skills"])
@pytest.mark.parametrize("body", [[], "x", {}, {"items": [], "skills": {}}])
async def test_malformed(home: House, address: str, body: object) -> None:
    answer = await home.client.put(address, json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


@pytest.mark.parametrize("address", ["/api/shifts", "/api/skills"])
async def test_other_methods(home: House, address: str) -> None:
    assert (await home.client.post(address, json={}, headers=await home.as_())).status_code == 405
