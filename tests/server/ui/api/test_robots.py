"""Robots as JSON, and their switches."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select

from core.portals.settings import change_settings, portal_settings
from core.portals.tables import Audit
from core.portals.tasks import owed
from tests.core.runs.rows import NOON, run, store, waiting
from tests.server.ui.people import House


async def listed(home: House) -> dict[str, Any]:
    answer = await home.client.get("/api/robots", headers=await home.as_())
    return {item["code"]: item for item in answer.json()["items"]}


async def change(home: House, code: str, **body: object) -> tuple[int, Any]:
    answer = await home.client.post(f"/api/robots/{code}", json=body, headers=await home.as_())
    return answer.status_code, answer.json()


async def actions(home: House) -> list[tuple[str, str]]:
    async with home.database.session() as session:
        rows = (await session.exec(select(Audit).where(col(Audit.portal_id) == "alpha").order_by(Audit.id))).all()
    return [(row.action, row.object_id) for row in rows]


async def test_how_robots_stand(home: House) -> None:
    await store(home.database, run(), run(status="failed"), waiting(), run("beta"))
    robots = await listed(home)
    one = robots["escalate_no_reply"]
    assert (one["state"], one["mode"], one["waiting"]) == ("new", "inherit", 1)
    assert one["runs"] == {"days": [0, 0, 0, 0, 0, 0, 3], "failed": 1}
    assert robots["send_message"]["runs"] == {"days": [0] * 7, "failed": 0}


async def test_switched_off_and_on(home: House) -> None:
    assert await change(home, "send_message", on=False) == (200, {"status": "saved"})
    assert (await listed(home))["send_message"]["state"] == "off"
    assert set(await owed("alpha", home.database)) == {"sync"}
    assert await change(home, "send_message", on=True) == (200, {"status": "saved"})
    assert (await portal_settings("alpha", home.database))["robots_off"] == []
    assert await actions(home) == [("robot_off", "send_message"), ("robot_on", "send_message")]


async def test_one_robot_stays(home: House) -> None:
    await change(home, "send_message", on=False)
    status, body = await change(home, "escalate_no_reply", on=False)
    assert (status, body["reason"]) == (422, "One robot at least must stay.")
    assert (await portal_settings("alpha", home.database))["robots_off"] == ["send_message"]


async def test_a_robot_that_another_release_had_counts_for_nothing(home: House) -> None:
    await change_settings("alpha", home.database, values={"robots_off": ["gone"]}, user_id=1, at=NOON)
    assert (await change(home, "send_message", on=False))[0] == 200


async def test_a_mode_of_its_own(home: House) -> None:
    await change(home, "send_message", mode="dry")
    assert (await listed(home))["send_message"]["mode"] == "dry"
    assert await owed("alpha", home.database) == {}
    await change(home, "send_message", mode="inherit")
    assert (await portal_settings("alpha", home.database))["robot_modes"] == {}


@pytest.mark.parametrize("body", [{}, {"on": "Y"}, {"mode": "loud"}, {"mode": None}, {"on": True, "state": "x"}])
async def test_no_switch(home: House, body: dict[str, object]) -> None:
    assert await change(home, "send_message", **body) == (400, {"error": "bad_request"})
    assert await actions(home) == []


async def test_no_such_robot(home: House) -> None:
    assert await change(home, "levitate", on=False) == (404, {"error": "not_found"})


async def test_registered_anew(home: House) -> None:
    await home.services.store.change("alpha", robots_fingerprint="told")
    answer = await home.client.post("/api/registration/renew", json={}, headers=await home.as_())
    assert answer.json() == {"status": "done"}
    assert set(await owed("alpha", home.database)) == {"sync"}
    portal = await home.services.store.get("alpha")
    assert portal is not None
    assert portal.robots_fingerprint == ""
    assert await actions(home) == [("sync_asked", "")]
