"""Runs as JSON, and what administrators do to them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from core.portals.tables import Audit
from core.runs.tables import EffectRow, Run
from tests.core.runs.rows import NOON, call, effect, run, store, waiting
from tests.server.ui.people import House


async def row(home: House, run_id: str) -> Run:
    async with home.database.session() as session:
        return (await session.exec(select(Run).where(Run.id == run_id))).one()


async def test_the_list_has_the_promised_shape(home: House) -> None:
    one = waiting(title="Окна", wakes_in=30)
    await store(home.database, one)
    answer = await home.client.get("/api/runs?limit=50", headers=await home.as_())
    assert answer.json() == {
        "items": [
            {
                "id": one.id,
                "robot": "escalate_no_reply",
                "status": "waiting",
                "result": "",
                "reason": "The head was told.",
                "document": {"type": "deal", "id": 4820, "title": "Окна"},
                "dry": False,
                "created_at": "2026-11-23T09:00:00+00:00",
                "wake_at": "2026-11-23T09:30:00+00:00",
                "finished_at": None,
            }
        ],
        "next": None,
    }
    assert answer.headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_the_list_goes_on_by_its_cursor(home: House) -> None:
    await store(home.database, *(run(minutes=number, title=str(number)) for number in range(5)))
    session = await home.as_()
    first = (await home.client.get("/api/runs?limit=2", headers=session)).json()
    await store(home.database, run(minutes=9, title="new"))
    rest = (await home.client.get(f"/api/runs?limit=10&cursor={first['next']}", headers=session)).json()
    assert [item["document"]["title"] for item in first["items"] + rest["items"]] == list("43210")
    assert rest["next"] is None


async def test_the_list_is_filtered_and_sorted(home: House) -> None:
    await store(
        home.database,
        run(minutes=1, title="a", status="failed"),
        run(minutes=2, title="b", robot="send_message"),
        waiting(minutes=3, title="c"),
    )
    session = await home.as_()
    for query, titles in (
        ("sort=created_at", "abc"),
        ("sort=-created_at", "cba"),
        ("sort=wake_at", "c"),
        ("status=failed", "a"),
        ("robot=send_message", "b"),
        ("q=status:waiting", "c"),
        ("q='%20OR%20'1'='1", ""),
    ):
        answer = await home.client.get(f"/api/runs?{query}", headers=session)
        assert "".join(item["document"]["title"] for item in answer.json()["items"]) == titles, query


@pytest.mark.parametrize(
    "query",
    [
        *(
            "limit=0",
            "limit=-1",
            "limit=201",
            "limit=1000000",
            "limit=%D9%A5",
            "limit=1e1",
            "limit=",
            "limit=5&limit=6",
        ),
        *("sort=id;drop", "sort=(select%201)", "sort=id", "status=x", "robot=a%20b", "cursor=%27", "q=%00"),
        "q=" + "a" * 5000,
    ],
)
async def test_impossible_questions(home: House, query: str) -> None:
    answer = await home.client.get(f"/api/runs?{query}", headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


async def test_one_run_has_the_promised_shape(home: House) -> None:
    one = run(properties={"minutes": "30", "auth": "secret"}, output={"result": "done"})
    await store(
        home.database,
        one,
        effect(one, 1),
        call(one, "batch", commands=["profile"], error="Failed for anna@example.org"),
    )
    answer = (await home.client.get(f"/api/runs/{one.id}", headers=await home.as_(language="ru"))).json()
    assert answer["reason"] == "Руководитель предупреждён."
    assert answer["input"] == {"minutes": "30", "auth": "•••"}
    assert answer["output"] == {"result": "done"}
    assert answer["events"] == [{"at": NOON.isoformat(), "kind": "accepted", "text": "Портал вызвал робота."}]
    (done,) = answer["effects"]
    assert {key: done[key] for key in ("kind", "state", "summary")} == {
        "kind": "notify_staff",
        "state": "confirmed",
        "summary": "Уведомление руководителю",
    }
    (made,) = answer["calls"]
    assert made == {
        "at": NOON.isoformat(),
        "method": "batch",
        "commands": ["profile"],
        "ms": 210,
        "status": 200,
        "error": "Failed for •••",
    }


@pytest.mark.parametrize(
    "run_id", ["0", "99999999999999999999", "1001%00", "NaN", "..%2f..%2fetc%2fpasswd", "A", "%C3%A9"]
)
async def test_what_can_be_no_run_is_not_there(home: House, run_id: str) -> None:
    answer = await home.client.get(f"/api/runs/{run_id}", headers=await home.as_())
    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})


@pytest.mark.parametrize("start", ["step", "start", "reply"])
async def test_try_again(home: House, start: str) -> None:
    one = run(status="failed", step="fire")
    await store(home.database, one)
    answer = await home.client.post(f"/api/runs/{one.id}/retry", json={"from": start}, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (200, {"status": "done"})
    assert home.bell.rung == 1
    assert (await row(home, one.id)).status == ("failed" if start == "reply" else "waiting")
    async with home.database.session() as session:
        (noted,) = (await session.exec(select(Audit))).all()
    assert (noted.actor_id, noted.action, noted.object_id) == ("1", f"retry_{start}", one.id)


async def test_without_a_word_it_goes_on_from_the_step(home: House) -> None:
    one = run(status="failed", step="fire")
    await store(home.database, one)
    await home.client.post(f"/api/runs/{one.id}/retry", json={}, headers=await home.as_())
    assert (await row(home, one.id)).step == "fire"


async def test_stop(home: House) -> None:
    one = waiting()
    await store(home.database, one)
    answer = await home.client.post(
        f"/api/runs/{one.id}/cancel", json={"reason": "Клиент передумал"}, headers=await home.as_()
    )
    assert answer.json() == {"status": "done"}
    assert "Клиент передумал" in (await row(home, one.id)).cancel_requested


async def test_what_cannot_be_done_now_is_said_in_the_language_of_the_session(home: House) -> None:
    over, asleep = run(), waiting()
    await store(home.database, over, asleep)
    session = await home.as_(language="ru")
    answer = await home.client.post(f"/api/runs/{over.id}/cancel", json={}, headers=session)
    assert answer.status_code == 409
    assert answer.json() == {"error": "not_now", "reason": "Запуск уже закончен."}
    assert (await home.client.post(f"/api/runs/{asleep.id}/retry", json={}, headers=session)).status_code == 409
    assert home.bell.rung == 0


@pytest.mark.parametrize(
    ("decision", "state"), [("arrived", "confirmed"), ("send_again", "planned"), ("skip", "skipped")]
)
async def test_decide_about_an_unknown(home: House, decision: str, state: str) -> None:
    one = run(status="unknown", finished_at=None)
    doubtful = effect(one, 1, "unknown")
    await store(home.database, one, doubtful)
    session = await home.as_()
    address = f"/api/effects/{doubtful.id}/decide"
    assert (await home.client.post(address, json={"decision": decision}, headers=session)).json() == {"status": "done"}
    async with home.database.session() as database:
        assert (await database.exec(select(EffectRow))).one().state == state
    assert (await home.client.post(address, json={"decision": decision}, headers=session)).status_code == 409


async def test_timers_as_json_and_moved(home: House) -> None:
    one = waiting(wakes_in=30)
    await store(home.database, one, run())
    session = await home.as_()
    (timer,) = (await home.client.get("/api/timers", headers=session)).json()["items"]
    assert timer["run_id"] == one.id
    assert timer["wake_at"] == "2026-11-23T09:30:00+00:00"
    address = f"/api/timers/{one.id}"
    moved = await home.client.post(address, json={"action": "move", "wake_at": "2026-11-23T15:00"}, headers=session)
    assert moved.json() == {"status": "done"}
    assert (await row(home, one.id)).wake_at == NOON + timedelta(hours=3)
    await home.client.post(address, json={"action": "move", "wake_at": "2026-11-23T15:00:00Z"}, headers=session)
    assert (await row(home, one.id)).wake_at == NOON + timedelta(hours=6)
    assert (await home.client.post(address, json={"action": "cancel"}, headers=session)).status_code == 200


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/api/runs/{id}/retry", {"from": "end"}),
        ("/api/runs/{id}/retry", {"from": ["step"]}),
        ("/api/runs/{id}/cancel", {"reason": 5}),
        ("/api/runs/{id}/cancel", {"reason": "x" * 301}),
        ("/api/runs/{id}/cancel", []),
        ("/api/timers/{id}", {}),
        ("/api/timers/{id}", {"action": "move"}),
        ("/api/timers/{id}", {"action": "move", "wake_at": "tomorrow"}),
        ("/api/timers/{id}", {"action": "move", "wake_at": "0001-01-01T00:00:00+14:00"}),
    ],
)
async def test_bodies_without_sense(home: House, address: str, body: object) -> None:
    one = waiting()
    await store(home.database, one)
    answer = await home.client.post(address.format(id=one.id), json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


@pytest.mark.parametrize(
    "address",
    [
        "/api/runs/{id}/late",
        "/api/runs/{id}/retry",
        "/api/runs/{id}/cancel",
        "/api/timers/{id}",
        "/api/effects/{id}/decide",
    ],
)
async def test_who_may_only_look_changes_nothing(home: House, address: str) -> None:
    one = waiting()
    await store(home.database, one)
    address = address.format(id=one.id)
    answer = await home.client.post(address, json={}, headers=await home.as_("tok_A_user"))
    assert (answer.status_code, answer.json()) == (403, {"error": "supervisor_required"})
    assert (await home.client.post(address, json={})).status_code == 401
    form = await home.client.post(address, data={"from": "step"}, headers=await home.as_())
    assert (form.status_code, form.json()) == (415, {"error": "unsupported_media_type"})
    assert (await home.client.get(address, headers=await home.as_())).status_code in {404, 405}


async def test_unknown_addresses(home: House) -> None:
    answer = await home.client.get("/api/admin/tokens", headers=await home.as_())
    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})
