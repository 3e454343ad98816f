"""Schedules as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from core.portals.tables import Audit
from core.robots.fields import prop
from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import NOON, event, store, waiting
from tests.server.ui.people import House, WatchClient, WatchInput

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
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_settings")
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


async def test_what_is_wrong_is_said_in_words(home: House) -> None:
    week = {"MO": ["09:00-18:00", "17:00-20:00"]}
    answer = await home.client.put("/api/schedules/shift", json={**BODY, "week": week}, headers=await home.as_())
    assert answer.json()["reason"] == "The schedule was not saved: the hours of a day overlap."


async def test_the_address_of_a_new_one_is_no_code(home: House) -> None:
    answer = await home.client.put("/api/schedules/new", json=BODY, headers=await home.as_(language="ru"))
    assert (answer.status_code, answer.json()["reason"]) == (422, "График не сохранён: назовите код иначе.")


async def test_deleted(home: House) -> None:
    anna, beth = await home.as_(), await home.as_("tok_B_admin", "beta")
    await home.client.put("/api/schedules/shift", json=BODY, headers=anna)
    assert (await home.client.delete("/api/schedules/shift", headers=beth)).status_code == 404
    assert (await home.client.delete("/api/schedules/shift", headers=anna)).json() == {"status": "deleted"}
    assert (await home.client.delete("/api/schedules/shift", headers=anna)).status_code == 404
    async with home.database.session() as database:
        rows = (await database.exec(select(Audit).order_by(Audit.id))).all()
    assert [row.action for row in rows] == ["schedule", "schedule_deleted"]


async def waits_by(home: House, code: str, minutes: int = 120) -> str:
    """Store a run that waits from noon on by the schedule of that code, which is open from nine to six."""
    due = NOON + timedelta(minutes=minutes)
    one = waiting(robot="escalate_no_reply", wakes_in=minutes, properties={"calendar_name": code, "text": "x"})
    data = {"due": due.isoformat(), "counted": [[NOON.isoformat(), due.isoformat()]]}
    await store(home.database, one, event(one, "waits", Text("Ждёт", "Waits"), data=data))
    return one.id


class Counts(WatchInput):
    calendar_name: str = prop("", ru="Свой график", en="Own schedule")


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The robot of these tests counts by a schedule of its own."""
    monkeypatch.setattr(WatchClient, "input_model", Counts)


async def put(home: House, **more: object) -> Any:
    return (await home.client.put("/api/schedules/shift", json={**BODY, **more}, headers=await home.as_())).json()


@pytest.mark.usefixtures("counting")
async def test_timers_that_a_change_would_move_are_shown_and_moved_when_that_is_wanted(home: House) -> None:
    week = {"MO": ["09:00-18:00"]}
    lunch = {"MO": ["09:00-13:00", "14:00-18:00"]}
    await put(home, week=week)
    run_id = await waits_by(home, "shift")
    await waits_by(home, "other")
    preview = await home.client.post(
        "/api/schedules/shift/preview", json={**BODY, "week": lunch}, headers=await home.as_(language="ru")
    )
    was, will = NOON + timedelta(hours=2), NOON + timedelta(hours=3)
    timer = {"run_id": run_id, "robot": "Эскалация, если нет ответа", "title": "Окна на дачу"}
    moves = {"was": was.isoformat(), "will": will.isoformat()}
    assert preview.json() == {"timers": [timer | moves], "more": False}
    assert (await put(home, week=lunch))["status"] == "saved"
    assert await wakes_at(home, run_id) == was
    await put(home, week=week)
    saved = await put(home, week=lunch, recount=True)
    assert saved == {"status": "saved", "recounted": 1, "text": "Saved. Counted anew: 1 timer."}
    assert await wakes_at(home, run_id) == will
    async with home.database.session() as database:
        actions = [row.action for row in (await database.exec(select(Audit).order_by(Audit.id))).all()]
    assert actions[-3:] == ["schedule", "timer_move", "recount"]


async def wakes_at(home: House, run_id: str) -> datetime | None:
    async with home.database.session() as session:
        row = await session.get(Run, run_id)
    assert row is not None
    return row.wake_at


@pytest.mark.usefixtures("counting")
async def test_over_the_portals_hours_the_portal_must_be_asked(home: House) -> None:
    await waits_by(home, "")
    body = {"exceptions": [{"date": "2026-12-31", "kind": "off"}]}
    answer = await home.client.post("/api/schedules/portal/preview", json=body, headers=await home.as_())
    assert answer.json() == {"timers": [], "more": False}
    answer = await home.client.put("/api/schedules/shift", json={"import": "portal"}, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (503, {"error": "portal_unavailable"})


@pytest.mark.parametrize("body", [{**BODY, "color": "red"}, {**BODY, "recount": True}])
async def test_no_preview(home: House, body: object) -> None:
    answer = await home.client.post("/api/schedules/shift/preview", json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})
    answer = await home.client.post("/api/schedules/shift/preview", json={"week": {}}, headers=await home.as_())
    assert answer.status_code == 422
