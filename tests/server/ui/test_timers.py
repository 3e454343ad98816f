"""The page of timers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

import activities
from core.runs.own_robots import OWN_ROBOTS
from core.texts.text import Text
from server.ui.timers import hour_of
from server.ui.words.ahead import AHEAD, LOOKS, PARKED, RETRIES, ahead_of
from tests.core.runs.rows import event, run, store, waiting
from tests.server.ui.people import House


async def test_timers_with_their_reasons_soonest_first(home: House) -> None:
    late, soon = waiting(title="later", wakes_in=90, reason=None), waiting(title="sooner", wakes_in=5, reason=None)
    await store(home.database, late, soon, run(title="over"), event(late, "waits", Text("90 мин", "90 min of work")))
    html = (await home.client.get("/ui/timers", headers=await home.as_())).text
    assert html.index(">sooner<") < html.index(">later<")
    assert "90 min of work" in html
    assert "over</bdi>" not in html
    assert html.count("data-post=") == 6
    assert html.count("data-bulk=") == 3


async def test_an_employee_sees_timers_and_no_buttons(home: House) -> None:
    await store(home.database, waiting())
    html = (await home.client.get("/ui/timers", headers=await home.as_("tok_A_user"))).text
    assert "data-post=" not in html
    assert "data-bulk=" not in html
    assert 'type="checkbox"' not in html


async def test_an_overdue_timer_says_so(home: House) -> None:
    await store(home.database, waiting(wakes_in=1))
    home.clock.advance(minutes=3)
    html = (await home.client.get("/ui/timers", headers=await home.as_())).text
    assert "overdue by 2 min" in html
    assert "Some timers are late" in html


async def test_nothing_waits(home: House) -> None:
    assert "Nothing waits" in (await home.client.get("/ui/timers", headers=await home.as_())).text


async def test_more_than_a_page_of_timers(home: House) -> None:
    await store(home.database, *(waiting(wakes_in=number + 1, title=f"t{number}") for number in range(60)))
    session = await home.as_()
    html = (await home.client.get("/ui/timers", headers=session)).text
    address = html.split('href="/ui/timers?')[1].split('"')[0]
    following = (await home.client.get(f"/ui/timers?{address}", headers=session)).text
    assert ">t50</bdi>" in following
    assert ">t49</bdi>" not in following
    assert (await home.client.get("/ui/timers?cursor=x", headers=session)).status_code == 400


async def test_each_says_what_it_will_do(home: House) -> None:
    await store(home.database, waiting(), waiting(robot="of_the_future"), waiting(status="retrying"))
    html = (await home.client.get("/ui/timers", headers=await home.as_(language="ru"))).text
    assert "Если клиенту не ответили, поднимет тревогу." in html
    assert LOOKS.ru in html
    assert RETRIES.ru in html
    assert ahead_of("any", "any", "parked") == PARKED


def test_what_comes_is_said_of_steps_that_there_are() -> None:
    robots = {**activities.load(), **OWN_ROBOTS}
    assert [(code, step) for code, step in AHEAD if code not in robots or not robots[code].knows(step)] == []


async def test_how_a_moment_was_reckoned_is_drawn_until_the_timer_is_moved(home: House) -> None:
    one, moved = waiting(wakes_in=120), waiting(wakes_in=200)
    due = one.created_at + timedelta(minutes=120)
    counted = [[one.created_at.isoformat(), (one.created_at + timedelta(minutes=30)).isoformat()]]
    data = {"due": due.isoformat(), "counted": counted}
    said = Text("30 мин", "30 min")
    await store(home.database, one, moved, event(one, "waits", said, data=data), event(moved, "waits", said, data=data))
    html = (await home.client.get("/ui/timers", headers=await home.as_(language="ru"))).text
    assert html.count("Как посчитано") == 1
    assert "Ожидание с 12:00 до 14:00: считается 30 мин, остальное — нерабочее время." in html


async def test_the_next_day_by_the_hour(home: House) -> None:
    await store(
        home.database, waiting(wakes_in=10), waiting(wakes_in=50), waiting(wakes_in=70), waiting(wakes_in=60 * 30)
    )
    html = (await home.client.get("/ui/timers", headers=await home.as_(language="ru"))).text
    hours = re.findall(r"<title>(\S+|.{1,20}?) – .*?: (\d+)</title>", html)
    assert [count for _, count in hours] == ["2", "1", *["0"] * 22]
    assert hours[0][0] == "12:00"
    assert "сработает 3" in html


@pytest.mark.parametrize(
    ("zone", "began"),
    [("Europe/Moscow", "11:00+00:00"), ("Asia/Kolkata", "10:30+00:00"), ("Asia/Kathmandu", "11:15+00:00")],
)
def test_hours_begin_as_the_clock_on_the_wall_does(zone: str, began: str) -> None:
    now = datetime(2026, 11, 24, 11, 29, 7, 5, tzinfo=UTC)
    assert hour_of(now, ZoneInfo(zone)).isoformat() == f"2026-11-24T{began.replace('+', ':00+')}"


@pytest.mark.parametrize(
    ("query", "found"),
    [("q=deal:7", {"seven"}), ("robot=send_message", {"say"}), ("q=nothing", set()), ("", {"seven", "say"})],
)
async def test_timers_are_filtered_like_runs(home: House, query: str, found: set[str]) -> None:
    await store(home.database, waiting(title="seven", item_id=7), waiting(title="say", robot="send_message"))
    html = (await home.client.get(f"/ui/timers?{query}", headers=await home.as_())).text
    assert {title for title in ("seven", "say") if f">{title}</bdi>" in html} == found
    assert ("No timer fits" in html) is (not found)
