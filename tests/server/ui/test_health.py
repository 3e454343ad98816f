"""The page of health: what the database knows, what the portal answers, and a report without secrets."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from core.portals.tables import PortalUserToken
from core.runs.tables import LateWaitRow, OutageRow, WorkerRow
from core.texts.text import Text
from tests.core.runs.rows import call, effect, run, store, waiting
from tests.server.ui.people import House
from tests.town import SERVICE, Town


async def page(home: House, **who: str) -> str:
    answer = await home.client.get("/ui/health", headers=await home.as_(**who))
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_what_is_stored_is_told_at_once(home: House) -> None:
    now = home.clock.real()
    one = waiting(wakes_in=-10)
    await store(
        home.database,
        WorkerRow(name="w", seen_at=now, started_at=now, host="h"),
        PortalUserToken(
            portal_id="alpha", user_id=1, access_token=b"", refresh_token=b"", expires_at=now, updated_at=now
        ),
        one,
        effect(one, 1, "unknown"),
        *(call(one, at=now - timedelta(minutes=5), milliseconds=number) for number in range(45)),
    )
    html = await page(home, language="ru")
    for said in (
        "приложение работает",
        "доступ обновлён 0 с назад",
        "роботы обновляются",
        "пик запросов 45 из 50",
        "ждут решения человека: 1",
        "опаздывает запусков: 1",
        "последний вызов портала",
        'hx-get="/ui/health/live"',
    ):
        assert said in html, said


async def test_a_service_without_a_worker_needs_mending(home: House) -> None:
    html = await page(home, language="ru")
    assert "ни одного исполнителя не видно" in html
    assert "Что сделать: <bdi>запустите dezhurny worker" in html
    assert "нужно вмешательство" in html


async def test_nothing_of_another_portal(home: House) -> None:
    other = waiting("beta", wakes_in=600)
    await store(home.database, other, effect(other, 1, "unknown"), call(other, at=home.clock.now()))
    html = await page(home)
    assert "nothing waits for a decision" in html
    assert "no requests within a day" in html


# With a portal that answers --------------------------------------------------------------------------------------


@pytest.fixture
async def town(schema: Path, tmp_path: Path) -> AsyncIterator[Town]:
    async with Town.open(f"sqlite+aiosqlite:///{shutil.copy(schema, tmp_path / 'town.db')}") as opened:
        yield opened


async def service(town: Town) -> tuple[httpx.AsyncClient, dict[str, str]]:
    """Return the service as the administrator's browser reaches it, and his session."""
    client = town.wire.client(SERVICE)
    proof = await town.read("session")
    answer = await client.post("/ui/session", json={**proof, "LANG": "ru"})
    assert answer.status_code == 200, answer.text
    return client, {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_what_the_portal_answers_now(town: Town) -> None:
    client, session = await service(town)
    html = (await client.get("/ui/health/live", headers=session)).text
    for said in ("портал отвечает", "права", "роботов", "события портала приходят", "вкладки в карточках есть", "часы"):
        assert said in html, said
    assert re.search(r"часы расходятся на \d+,\d с", html)
    assert 'class="fail"' not in html


async def test_each_line_says_what_it_is_about(town: Town) -> None:
    client, session = await service(town)
    live = (await client.get("/ui/health/live", headers=session)).text
    for said in ("адрес сервиса: http", "база данных отвечает, схема ", "Redis "):
        assert f"<bdi>{said}" in live, said


async def test_many_who_look_ask_once(town: Town) -> None:
    client, session = await service(town)
    await client.get("/ui/health/live", headers=session)
    before = len((await town.read("calls"))["calls"])
    await client.get("/ui/health/live", headers=session)
    assert len((await town.read("calls"))["calls"]) == before


async def test_a_portal_that_is_away_is_one_failure(town: Town) -> None:
    client, session = await service(town)
    await town.sql("UPDATE portal SET status = 'suspended', status_reason = 'PAYMENT_REQUIRED'")
    town.base.lanes.changed(await town.portal_id())
    html = (await client.get("/ui/health/live", headers=session)).text
    assert "портал не отвечает: закрыт для приложений (PAYMENT_REQUIRED)" in html


@pytest.mark.parametrize(
    ("kind", "said"),
    [("html_200", "ответ нельзя прочесть"), ("query_limit", "слишком много запросов, он просит подождать")],
)
async def test_why_a_portal_does_not_answer_is_said_in_words(town: Town, kind: str, said: str) -> None:
    client, session = await service(town)
    await town.fault("*", kind, times=20)
    html = (await client.get("/ui/health/live", headers=session)).text
    assert f"портал не отвечает: {said}" in html


async def test_a_key_that_is_lost_is_said_in_words(town: Town) -> None:
    client, session = await service(town)
    await town.sql("UPDATE portal SET data_key = :lost", lost=b"lost")
    town.base.lanes.changed(await town.portal_id())
    html = (await client.get("/ui/health/live", headers=session)).text
    assert "ключ портала не открывается" in html


async def test_the_report_has_no_secret_and_no_words_of_people(town: Town) -> None:
    client, session = await service(town)
    portal_id = await town.portal_id()
    secret = Text("Тайна клиента +7 912 345-67-89", "A secret of the client")
    one = run(portal_id, status="failed", reason=secret.as_json(), title="Тайна", properties={"text": "Тайна"})
    await store(town.base.database, one, call(one, error="ACCESS_ERROR"))
    asked = await client.post("/ui/export", json={"what": "report", "address": ""}, headers=session)
    answer = await client.get(asked.json()["address"])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"].endswith('.json"')
    report = json.loads(answer.text)
    assert {check["name"] for check in report["checks"]} >= {"portal", "token", "worker", "answers", "database"}
    assert report["errors"][0]["code"] == "ACCESS_ERROR"
    assert report["runs"] == {"failed": 1}
    text = answer.text
    settings = town.base.settings
    proof = await town.read("session")
    for hidden in (
        *("Тайна", "secret of the client", "912"),
        settings.client_secret.get_secret_value(),
        settings.secret_keys.get_secret_value(),
        *(proof["AUTH_ID"], proof["member_id"]),
    ):
        assert hidden not in text


async def test_breaks_of_the_service_are_kept_in_sight(home: House) -> None:
    now = home.clock.real()
    held, done = waiting(status="held"), run(status="done")
    await store(
        home.database,
        held,
        done,
        OutageRow(
            id="o", portal_id="alpha", began_at=now - timedelta(hours=3), ended_at=now - timedelta(hours=1), told_at=now
        ),
        LateWaitRow(outage_id="o", run_id=held.id, portal_id="alpha", due_at=now, choice="ask", after_minutes=60),
        LateWaitRow(outage_id="o", run_id=done.id, portal_id="alpha", due_at=now, choice="run", after_minutes=60),
        OutageRow(id="empty", portal_id="alpha", began_at=now, ended_at=now, told_at=now),
        OutageRow(id="lasts", portal_id="alpha", began_at=now),
    )
    html = await page(home, language="ru")
    assert "Сервис не работал с 09:00 до 11:00. 2 ожидания опоздали: 1 выполнено, 1 ждёт вашего решения." in html
    assert html.count("Сервис не работал") == 1
    assert 'href="/ui/runs?view=undecided"' in html
    assert "The service did not work from 09:00 until 11:00. 2 waits were late" in await page(home)


async def test_a_service_that_never_stopped_says_nothing_of_it(home: House) -> None:
    assert "Breaks of the service" not in await page(home)
