"""The page of timers."""

from __future__ import annotations

from core.texts.text import Text
from tests.core.runs.rows import event, run, store, waiting
from tests.server.ui.people import House


async def test_timers_with_their_reasons_soonest_first(home: House) -> None:
    late, soon = waiting(title="later", wakes_in=90, reason=None), waiting(title="sooner", wakes_in=5, reason=None)
    await store(home.database, late, soon, run(title="over"), event(late, "waits", Text("90 мин", "90 min of work")))
    html = (await home.client.get("/ui/timers", headers=await home.as_())).text
    assert html.index("sooner") < html.index("later")
    assert "90 min of work" in html
    assert "over</bdi>" not in html
    assert html.count("data-post=") == 6


async def test_an_employee_sees_timers_and_no_buttons(home: House) -> None:
    await store(home.database, waiting())
    html = (await home.client.get("/ui/timers", headers=await home.as_("tok_A_user"))).text
    assert "data-post=" not in html


async def test_an_overdue_timer_says_so(home: House) -> None:
    await store(home.database, waiting(wakes_in=1))
    home.clock.advance(minutes=3)
    assert "overdue" in (await home.client.get("/ui/timers", headers=await home.as_())).text


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
