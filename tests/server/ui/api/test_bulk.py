"""Many runs at once: what would come of it, and the deed."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlmodel import select

from core.dialogs.known import KnownDialog
from core.portals.tables import Audit
from core.runs.tables import LateWaitRow, Run
from tests.core.runs.rows import NOON, effect, run, store, waiting
from tests.server.ui.people import House


async def ask(home: House, what: str, body: dict[str, Any], **who: str) -> httpx.Response:
    return await home.client.post(f"/api/bulk{what}", json=body, headers=await home.as_(**who))


async def statuses(home: House) -> dict[str, str]:
    async with home.database.session() as session:
        return {run.id: run.status for run in (await session.exec(select(Run))).all()}


async def test_it_is_said_what_would_come_of_it(home: House) -> None:
    one, other, asleep = run(status="failed"), run(status="done"), waiting()
    await store(
        home.database,
        one,
        other,
        asleep,
        effect(one, 1, kind="send_as_operator"),
        effect(other, 1, kind="send_automatic"),
    )
    body = {"action": "retry_start", "ids": [one.id, other.id, asleep.id]}
    answer = await ask(home, "/preview", body, language="ru")
    assert answer.json()["lines"] == [
        "2 запуска.",
        "2 сообщения клиентам могут уйти повторно.",
        "Робот посмотрит на диалог заново и решит сам.",
        "1 запуск так изменить нельзя: он в другом состоянии.",
    ]
    assert set(answer.json()["ids"]) == {one.id, other.id}
    assert set((await statuses(home)).values()) == {"failed", "done", "waiting"}
    assert home.bell.rung == 0


async def test_all_that_a_list_finds(home: House) -> None:
    runs = [run(status="failed", minutes=-number) for number in range(60)]
    await store(home.database, *runs, run(status="failed", robot="send_message"), waiting())
    body = {"action": "retry_step", "address": "status=failed&robot=escalate_no_reply"}
    found = (await ask(home, "/preview", body)).json()
    assert len(found["ids"]) == 60
    done = await ask(home, "", {"action": "retry_step", "ids": found["ids"]})
    assert done.json() == {"status": "done", "done": 60, "left_out": 0, "text": "60 runs changed."}
    assert sum(status == "failed" for status in (await statuses(home)).values()) == 1
    assert home.bell.rung == 1


async def test_the_group_of_a_cause(home: House) -> None:
    one, other = run(status="failed"), run(status="failed", robot="send_message")
    await store(home.database, one, other)
    html = (await home.client.get("/ui/runs?view=causes", headers=await home.as_())).text
    addresses = [part.split('"')[0].replace("&amp;", "&") for part in html.split('data-bulk-address="')[1:]]
    found = [
        (await ask(home, "/preview", {"action": "reply", "address": address})).json()["ids"] for address in addresses
    ]
    assert sorted(found) == sorted([[one.id], [other.id]])


async def test_stopped_with_a_reason_and_audited(home: House) -> None:
    asleep, over = waiting(), run()
    await store(home.database, asleep, over)
    body = {"action": "cancel", "ids": [asleep.id, over.id], "reason": "Праздник"}
    assert (await ask(home, "", body, language="ru")).json()["text"] == "1 запуск изменён; уже в другом состоянии: 1."
    async with home.database.session() as session:
        [audit] = (await session.exec(select(Audit))).all()
        stopped = await session.get(Run, asleep.id)
    assert stopped is not None
    assert stopped.cancel_requested == "Анна Админ: Праздник"
    assert (audit.action, audit.object_id, audit.actor_id) == ("cancel", asleep.id, "1")


async def test_timers_move_together(home: House) -> None:
    first, second = waiting(wakes_in=10), waiting(wakes_in=20)
    await store(home.database, first, second)
    body = {"action": "shift", "ids": [first.id, second.id], "minutes": "60"}
    assert (await ask(home, "", body)).json()["done"] == 2
    async with home.database.session() as session:
        moved = await session.get(Run, second.id)
    assert moved is not None
    assert moved.wake_at is not None
    assert second.wake_at is not None
    assert (moved.wake_at - second.wake_at).total_seconds() == 3600


async def test_nothing_of_another_portal(home: House) -> None:
    foreign = run("beta", status="failed")
    await store(home.database, foreign)
    for body in ({"action": "retry_step", "ids": [foreign.id]}, {"action": "retry_step", "address": ""}):
        assert (await ask(home, "/preview", body)).json()["ids"] == []
    done = await ask(home, "", {"action": "retry_step", "ids": [foreign.id]})
    assert done.json()["done"] == 0
    assert (await statuses(home))[foreign.id] == "failed"


async def test_a_supervisor_changes_only_what_is_of_his_lines(home: House) -> None:
    mine = run(status="failed", known=KnownDialog(chat_id=1, session_id=1, line_id=1).as_json())
    other = run(status="failed", known=KnownDialog(chat_id=2, session_id=2, line_id=99).as_json())
    await store(home.database, mine, other)
    body = {"action": "retry_step", "ids": [mine.id, other.id]}
    preview = (await ask(home, "/preview", body, access="tok_A_head", language="ru")).json()
    assert preview["ids"] == [mine.id]
    assert preview["lines"][-1] == "1 запуск не из ваших линий."
    assert (await ask(home, "", body, access="tok_A_head")).json()["done"] == 1
    assert (await statuses(home))[other.id] == "failed"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"action": "delete", "ids": ["a"]},
        {"action": "cancel"},
        {"action": "cancel", "ids": []},
        {"action": "cancel", "ids": "a"},
        {"action": "cancel", "ids": ["a", 5]},
        {"action": "cancel", "ids": ["A'"]},
        {"action": "cancel", "ids": ["a"] * 1001},
        {"action": ["cancel"], "ids": ["a"]},
    ],
)
async def test_what_makes_no_sense_is_refused(home: House, body: dict[str, Any]) -> None:
    for what in ("", "/preview"):
        answer = await ask(home, what, body)
        assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


@pytest.mark.parametrize(
    "more",
    [
        {"minutes": "много"},
        {"minutes": 10**6},
        {"minutes": 1.5},
        {"minutes": True},
        {"reason": "x" * 301},
        {"reason": 5},
    ],
)
async def test_fields_out_of_their_range_are_refused(home: House, more: dict[str, Any]) -> None:
    asleep = waiting()
    await store(home.database, asleep)
    assert (await ask(home, "", {"action": "shift", "ids": [asleep.id], **more})).status_code == 400


async def test_the_deed_is_never_done_by_an_address_alone(home: House) -> None:
    await store(home.database, run(status="failed"))
    assert (await ask(home, "", {"action": "retry_step", "address": ""})).status_code == 400


async def test_an_address_without_sense_is_refused(home: House) -> None:
    assert (await ask(home, "/preview", {"action": "cancel", "address": "view=x"})).status_code == 400


@pytest.mark.parametrize(
    ("action", "said", "choice"),
    [
        ("late_run", "Перед действием робот посмотрит на диалог заново.", "run"),
        ("late_skip", "2 процесса получат ответ «пропущено».", "skip"),
    ],
)
async def test_late_waits_are_decided_about_together(home: House, action: str, said: str, choice: str) -> None:
    runs = [waiting(status="held", answered=False) for _ in range(2)]
    late = [
        LateWaitRow(outage_id="o", run_id=run.id, portal_id="alpha", due_at=NOON, choice="ask", after_minutes=60)
        for run in runs
    ]
    asleep = waiting()
    await store(home.database, *runs, *late, asleep)
    found = (await ask(home, "/preview", {"action": action, "address": "view=undecided"}, language="ru")).json()
    assert set(found["ids"]) == {run.id for run in runs}
    assert said in found["lines"]
    done = await ask(home, "", {"action": action, "ids": [*found["ids"], asleep.id]})
    assert (done.json()["done"], done.json()["left_out"]) == (2, 1)
    assert set((await statuses(home)).values()) == {"waiting"}
    async with home.database.session() as session:
        assert {row.choice for row in (await session.exec(select(LateWaitRow))).all()} == {choice}
