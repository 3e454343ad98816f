"""The tab in the card of an item."""

from __future__ import annotations

import html
import json
import re

from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import NOON, event, run, store, waiting
from tests.server.ui.people import House


async def page(home: House, access: str = "tok_A_admin", item: str = "deal:4820", status: int = 200) -> str:
    answer = await home.client.get(f"/ui/card?item={item}", headers=await home.as_(access, language="en"))
    assert answer.status_code == status, answer.text[:300]
    return answer.text


async def test_what_waits_comes_before_what_was_done(home: House) -> None:
    one = waiting(reason=None)
    foreign = waiting(item_id=1, title="of another deal")
    await store(home.database, one, run(minutes=-5), foreign, event(one, "waits", Text("30 минут", "30 min of work")))
    text = await page(home)
    assert text.index("30 min of work") < text.index("The head was told.")
    assert "Окна на дачу" in text
    assert "of another deal" not in text
    assert f'href="/ui/runs/{one.id}"' in text
    assert text.count(f"/api/timers/{one.id}") == 3
    assert 'href="/ui/runs?q=deal:4820"' in text


async def test_everything_that_waits_is_stopped_at_once(home: House) -> None:
    runs = [waiting(), waiting(wakes_in=90), waiting(portal_id="beta")]
    await store(home.database, *runs)
    text = await page(home)
    found = re.search(r"data-post=\"/api/bulk\" data-body='([^']*)'", text)
    assert found
    assert "2 runs. 2 processes are answered" in html.unescape(text)
    body = json.loads(html.unescape(found.group(1)))
    answer = await home.client.post("/api/bulk", json={**body, "reason": "sold"}, headers=await home.as_())
    assert answer.json()["done"] == 2
    async with home.database.session() as session:
        states = [(await session.get_one(Run, one.id)).cancel_requested for one in runs]
    assert [bool(state) for state in states] == [True, True, False]


async def test_who_only_looks_stops_nothing(home: House) -> None:
    await store(home.database, waiting(), waiting())
    text = await page(home, "tok_A_user")
    assert "data-post=" not in text
    assert text.count('id="timer-') == 2


async def test_a_supervisor_stops_what_is_of_his_lines(home: House) -> None:
    of_his = waiting(known={"chat_id": 5, "session_id": 6, "line_id": 1})
    other = waiting(known={"chat_id": 5, "session_id": 6, "line_id": 2})
    await store(home.database, of_his, other)
    text = await page(home, "tok_A_head")
    assert f"/api/timers/{of_his.id}" in text
    assert f"/api/timers/{other.id}" not in text
    assert text.count("/api/bulk") == 1


async def test_nothing_happened_here(home: House) -> None:
    assert "No robot has worked here yet" in await page(home)
    assert "data-post=" not in await page(home)


async def test_no_such_card(home: House) -> None:
    await page(home, item="", status=404)
    await page(home, item="task:5", status=400)


async def test_the_tab_of_a_card_opens_it(home: House) -> None:
    await store(home.database, run(created_at=NOON))
    form = {"AUTH_ID": "tok_A_admin", "member_id": "a" * 32, "PLACEMENT": "CRM_DEAL_DETAIL_TAB"}
    answer = await home.client.post("/b24/app?LANG=en", data={**form, "PLACEMENT_OPTIONS": '{"ID":"4820"}'})
    assert answer.status_code == 200
    assert 'data-address="/ui/card?item=deal:4820"' in answer.text
    assert "Last runs" in answer.text
