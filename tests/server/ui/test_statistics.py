"""The page of statistics: facts, and each of them leads to the runs that it counts."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import run, store, waiting
from tests.server.ui.people import House


async def page(home: House, query: str = "", **who: str) -> str:
    answer = await home.client.get(f"/ui/statistics{query}", headers=await home.as_(**who))
    assert answer.status_code == 200, answer.text
    return answer.text


def answered(within: int, **fields: Any) -> Run:
    output = {"answered": "Y", "answer_minutes": within, "level_reached": 0}
    return run(**({"status": "cancelled", "result": "cancelled_reply", "output": output} | fields))


async def test_the_facts_of_a_week(home: House) -> None:
    escalated = {"answered": "N", "answer_minutes": 0, "level_reached": 2}
    await store(
        home.database,
        answered(4, minutes=-10),
        answered(12, minutes=-20),
        answered(400, minutes=-30),
        run(output=escalated, minutes=-40),
        run(status="failed", minutes=-50, reason=Text("Отказ", "Refused").as_json()),
        waiting(minutes=-60),
        run(minutes=-60 * 24 * 30),
        run("beta", minutes=-5),
    )
    shown = await page(home, language="ru")
    html = " ".join(re.sub("<[^>]+>", " ", shown).split())
    (key,) = re.findall('<ul class="key">(.*?)</ul>', shown)
    assert set(re.sub("<[^>]+>", " ", key).split()) == {"Успешно", "Отменён", "Ошибка", "Ожидает"}
    assert "Запусков 6" in html
    assert "Без ошибок 80 % из 5 законченных" in html
    assert "Обычно за 1 с 19 из 20 — за 1 с" in html
    assert "Клиенту отвечают за 12 рабочих минут или быстрее — половина; ответов: 3" in html
    assert "0–5 мин 1 33 % 5–15 мин 1 33 %" in html
    assert "больше 240 мин 1 33 %" in html
    assert "Уровень 2 1" in html
    assert "Отказ Эскалация, если нет ответа 1" in html


async def test_each_figure_leads_to_its_runs(home: House) -> None:
    await store(
        home.database,
        answered(4, minutes=-10, item_id=7),
        run(status="failed", minutes=-50, item_id=7),
        run(minutes=-60 * 24, item_id=8),
    )
    session = await home.as_()
    html = (await home.client.get("/ui/statistics", headers=session)).text
    addresses = {address.replace("&amp;", "&") for address in re.findall(r'(?:href|data-go)="(/ui/runs\?[^"]+)"', html)}
    assert len(addresses) >= 8
    found = {}
    for address in addresses:
        answer = await home.client.get(address, headers=session)
        assert answer.status_code == 200, address
        found[address] = len(re.findall('id="run-', answer.text)) + answer.text.count('class="card cause"')
    assert all(found.values()), found
    assert [number for address, number in found.items() if "deal%3A7" in address] == [2]
    assert [number for address, number in found.items() if "cause=" in address] == [1]


async def test_one_robot_and_a_longer_period(home: House) -> None:
    await store(home.database, run(minutes=-1), run(minutes=-1, robot="send_message"), run(minutes=-60 * 24 * 20))
    counted = {}
    for query in ("", "?period=30d", "?robot=send_message", "?period=30d&robot=escalate_no_reply"):
        html = re.sub("<[^>]+>", " ", await page(home, query))
        counted[query] = " ".join(html.split()).split("Runs ")[2].split(" ")[0]
    assert list(counted.values()) == ["2", "3", "1", "2"]


async def test_nothing_to_count(home: House) -> None:
    html = await page(home, language="ru")
    assert "За этот период запусков не было" in html
    assert '<svg class="days"' not in html


async def test_numbers_stand_behind_the_picture(home: House) -> None:
    await store(home.database, run(minutes=-1), run(minutes=-1, status="failed"))
    html = await page(home, language="ru")
    table = html.split('class="quiet numbers"')[1].split("</table>")[0]
    assert "23 нояб." in table
    assert table.count("<tr>") == 3


async def test_days_as_a_table_to_take_along(home: House) -> None:
    await store(home.database, run(minutes=-1), run(minutes=-1), run(minutes=-60 * 24, status="failed"))
    session = await home.as_(language="ru")
    body = {"what": "statistics", "address": "period=14d"}
    link = (await home.client.post("/ui/export", json=body, headers=session)).json()["address"]
    text = (await home.client.get(link)).content.decode()
    assert list(csv.reader(io.StringIO(text[1:]), delimiter=";")) == [
        ["День", "Статус", "Запусков"],
        ["2026-11-22", "Ошибка", "1"],
        ["2026-11-23", "Успешно", "2"],
    ]


@pytest.mark.parametrize("query", ["period=1y", "robot=%27", "period=7d&period=7d"])
async def test_what_makes_no_sense_is_refused(home: House, query: str) -> None:
    session = await home.as_()
    assert (await home.client.get(f"/ui/statistics?{query}", headers=session)).status_code == 400
    body = {"what": "statistics", "address": query}
    assert (await home.client.post("/ui/export", json=body, headers=session)).status_code == 400
