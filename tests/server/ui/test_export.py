"""Tables to take along: asked for with a session, fetched once without one."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import httpx
import pytest

from core.texts.text import Text
from tests.core.runs.rows import call, run, store, waiting
from tests.server.ui.people import House


async def asked(home: House, address: str = "", what: str = "runs", **who: str) -> httpx.Response:
    body = {"what": what, "address": address}
    return await home.client.post("/ui/export", json=body, headers=await home.as_(**who))


async def fetched(home: House, address: str = "", **who: str) -> list[list[str]]:
    link = (await asked(home, address, **who)).json()["address"]
    answer = await home.client.get(link)
    assert answer.status_code == 200
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";" if who.get("language") == "ru" else ","))


async def test_the_runs_that_the_filter_finds(home: House) -> None:
    one = run(title='=HYPERLINK("x")', status="failed", reason=Text("Отказ; увы", "Refused, alas").as_json())
    await store(home.database, one, run(title="other"), waiting(title="asleep", wakes_in=30), run("beta"))
    head, row = await fetched(home, "status=failed", language="ru")
    assert head[:3] == ["Номер запуска", "Начат", "Закончен"]
    assert row == [
        one.id,
        "2026-11-23 12:00:00",
        "2026-11-23 12:00:01",
        "1.0",
        "Ошибка",
        "Сделано",
        "Эскалация, если нет ответа",
        "Сделка #4820",
        '\'=HYPERLINK("x")',
        "Отказ; увы",
        "",
        "нет",
    ]
    everything = await fetched(home)
    assert len(everything) == 4
    assert "2026-11-23 12:30:00" in {row[10] for row in everything}


async def test_pages_of_the_list_join(home: House) -> None:
    await store(home.database, *(run(minutes=-number, title=str(number)) for number in range(450)))
    assert [row[8] for row in (await fetched(home))[1:]] == [str(number) for number in range(450)]


async def test_runs_of_one_cause(home: House) -> None:
    one, other = run(status="failed"), run(status="failed")
    await store(home.database, one, other, call(one, error="ACCESS_ERROR"))
    html = (await home.client.get("/ui/runs?view=causes", headers=await home.as_())).text
    assert html.count('class="card cause"') == 2
    addresses = [part.split('"')[0] for part in html.split('data-bulk-address="')[1:]]
    found = {row[0] for address in addresses for row in (await fetched(home, address.replace("&amp;", "&")))[1:]}
    assert found == {one.id, other.id}


async def test_a_link_works_once(home: House) -> None:
    link = (await asked(home)).json()["address"]
    assert (await home.client.head(link)).status_code == 405
    assert (await home.client.get(link)).status_code == 200
    assert (await home.client.get(link)).status_code == 404


async def test_a_link_lives_a_minute(home: House) -> None:
    link = (await asked(home)).json()["address"]
    home.clock.advance(seconds=61)
    assert (await home.client.get(link)).status_code == 404


async def test_the_file_is_kept_by_nobody_and_run_by_nobody(home: House) -> None:
    answer = await home.client.get((await asked(home)).json()["address"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="dezhurny-runs-2026-11-23.csv"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("link", ["/dl/", "/dl/nonsense", "/dl/" + "a" * 43, "/dl/%00"])
async def test_what_nobody_asked_for_is_not_there(home: House, link: str) -> None:
    assert (await home.client.get(link)).status_code == 404


@pytest.mark.parametrize(
    ("what", "address"),
    [("secrets", ""), ("", ""), ("runs", "view=x"), ("runs", "q=a&q=b"), ("runs", "q=" + "a" * 3000)],
)
async def test_what_makes_no_sense_is_refused(home: House, what: str, address: str) -> None:
    answer = await asked(home, address, what)
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


async def test_the_clock_of_the_demo_does_not_end_links(home: House) -> None:
    link = (await asked(home)).json()["address"]
    home.clock.jump(timedelta(days=2))
    assert (await home.client.get(link)).status_code == 200
