"""The service's state and its robots as JSON."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import select

from core.portals.tables import Portal
from core.portals.tasks import claim, owe, put_off
from core.runs.tables import WatchRow, WorkerRow
from tests.core.runs.rows import NOON, effect, run, store, waiting
from tests.server.ui.people import House


async def registered(home: House) -> None:
    async with home.database.session() as session:
        portal = (await session.exec(select(Portal).where(Portal.id == "alpha"))).one()
        portal.robots_fingerprint, portal.robots_synced_at = "f", NOON


async def test_all_is_well(home: House) -> None:
    await registered(home)
    await store(home.database, WorkerRow(name="w1", seen_at=NOON - timedelta(seconds=3), started_at=NOON))
    answer = (await home.client.get("/api/health", headers=await home.as_())).json()
    assert answer == {
        "ok": True,
        "portal": {"status": "active", "reason": ""},
        "registration": {"state": "done", "note": "", "synced_at": NOON.isoformat()},
        "workers": [{"name": "w1", "seen_seconds_ago": 3.0}],
        "overdue": {"runs": 0, "oldest_seconds": 0},
        "undecided": 0,
        "watching": {"dialogs": 0, "noticed_within_seconds": 20},
    }


async def test_how_soon_an_answer_is_noticed(home: House) -> None:
    await store(
        home.database,
        WatchRow(portal_id="alpha", due_at=NOON, looked_at=NOON, interval_seconds=300, dialogs=700),
        WatchRow(portal_id="beta", due_at=NOON, looked_at=NOON, interval_seconds=60, dialogs=5),
    )
    answer = (await home.client.get("/api/health", headers=await home.as_())).json()
    assert answer["watching"] == {"dialogs": 700, "noticed_within_seconds": 300}


async def test_trouble_is_counted(home: House) -> None:
    one = run(status="unknown", finished_at=None)
    await store(home.database, one, effect(one, 1, "unknown"), waiting(minutes=-120, wakes_in=60), waiting())
    answer = (await home.client.get("/api/health", headers=await home.as_())).json()
    assert answer["ok"] is False
    assert answer["overdue"] == {"runs": 1, "oldest_seconds": 3600}
    assert answer["undecided"] == 1


async def test_how_far_a_registration_is(home: House) -> None:
    session = await home.as_()

    async def state() -> tuple[str, str]:
        answer = (await home.client.get("/api/registration", headers=session)).json()
        return answer["state"], answer["note"]

    assert await state() == ("no_worker", "")
    await store(home.database, WorkerRow(name="w1", seen_at=NOON, started_at=NOON))
    await owe("alpha", home.database, kind="sync", due_at=NOON)
    assert await state() == ("under_way", "")
    task = await claim(home.database, at=NOON)
    assert task is not None
    await put_off(task, home.database, due_at=NOON, note="ERROR_UNSUPPORTED_PROTOCOL")
    assert await state() == ("refused", "ERROR_UNSUPPORTED_PROTOCOL")


async def test_a_registration_that_is_done(home: House) -> None:
    await registered(home)
    assert (await home.client.get("/api/registration", headers=await home.as_())).json() == {
        "state": "done",
        "note": "",
    }


async def test_robots_with_their_properties(home: House) -> None:
    robot, _ = (await home.client.get("/api/robots", headers=await home.as_(language="ru"))).json()["items"]
    assert robot["name"] == "Эскалация, если нет ответа"
    assert robot["properties"][1] == {
        "code": "whom",
        "name": "Кого предупредить",
        "type": "select",
        "required": False,
        "multiple": False,
        "options": {"owner": "Ответственного", "head": "Руководителя"},
    }
    assert [field["code"] for field in robot["returns"]] == ["told"]
