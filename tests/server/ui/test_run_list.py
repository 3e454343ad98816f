"""The list of runs: what a row says, filters in the address, rows that changed."""

from __future__ import annotations

import re
from datetime import timedelta
from html import escape

import httpx
import pytest

from core.texts.text import Text
from tests.core.runs.rows import NOON, effect, event, run, store, waiting
from tests.server.ui.people import House

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7*7 }}",
    "${7*7}",
    "</title></script><script>alert(1)</script>",
    "<!--<script>",
    "&lt;b&gt;",
    "\u202eevil\u202c",
)


async def page(home: House, address: str = "/ui/runs", **who: str) -> httpx.Response:
    answer = await home.client.get(address, headers=await home.as_(**who))
    assert answer.status_code == 200, answer.text
    return answer


def rows(html: str) -> list[str]:
    return re.findall(r'<tr id="run-[0-9a-z]+".*?</tr>', html, re.DOTALL)


async def test_a_row_says_what_for_whom_and_why(home: House) -> None:
    await store(home.database, run(minutes=-90, status="cancelled", result="cancelled_reply", title="Окна на дачу"))
    (row,) = rows((await page(home, language="ru")).text)
    assert "Отменён" in row
    assert "Эскалация, если нет ответа" in row
    assert "Сделка #4820" in row
    assert "<bdi" in row
    assert "Окна на дачу" in row
    assert "Ответили раньше" not in row, "the sentence says it"
    assert "Руководитель предупреждён." in row
    assert 'datetime="2026-11-23T07:30:00+00:00"' in row
    assert "10:30:00" in row
    assert 'href="https://alpha.bitrix24.ru/crm/deal/details/4820/"' in row


async def test_a_code_that_tells_more_than_its_sentence_is_said(home: House) -> None:
    await store(home.database, run(status="skipped", result="guard_failed"))
    (row,) = rows((await page(home, language="ru")).text)
    assert "<b>Сработала защита.</b> " in row


async def test_a_row_in_english(home: House) -> None:
    await store(home.database, run(status="cancelled", result="cancelled_reply"))
    (row,) = rows((await page(home)).text)
    for words in ("Cancelled", "Escalate if there is no reply", "Deal #4820", "The head was told."):
        assert words in row


async def test_a_waiting_row_says_when_and_how_it_was_reckoned(home: House) -> None:
    asleep = waiting(reason=None, wakes_in=28)
    await store(home.database, asleep, event(asleep, "waits", Text("28 мин сегодня до 18:00", "28 min until 18:00")))
    (row,) = rows((await page(home, language="ru")).text)
    assert "12:28" in row
    assert "через 28 минут" in row
    assert "28 мин сегодня до 18:00" in row


async def test_days_of_other_times_are_named(home: House) -> None:
    await store(home.database, run(minutes=-60 * 24 * 3), run(minutes=-60 * 24 * 400))
    html = (await page(home, language="ru")).text
    assert "20 нояб., 12:00" in html
    assert "2025" in html


async def test_strange_robots_statuses_and_items_are_shown_as_they_are(home: House) -> None:
    await store(
        home.database,
        run(robot="of_the_future", status="levitating", entity_type_id=0, item_id=0, document="INVOICE_5", title=""),
        run(entity_type_id=1032, item_id=5),
    )
    html = (await page(home)).text
    for words in ("of_the_future", "levitating", "Not a CRM item INVOICE_5", "Smart process 1032 #5"):
        assert words in html


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_texts_of_clients_are_only_texts(home: House, payload: str) -> None:
    one = run(
        title=payload,
        robot=payload[:40],
        result=payload[:30],
        document=payload[:30],
        reason=Text(payload, payload).as_json(),
        item_id=0,
        entity_type_id=0,
        properties={"text": payload, payload[:20]: "x"},
    )
    await store(home.database, one, event(one, payload[:20], Text(payload, payload)), effect(one, 1, payload[:10]))
    for address in ("/ui/runs", f"/ui/runs/{one.id}", f"/ui/runs/rows?ids={one.id}", "/ui/timers"):
        html = (await page(home, address)).text
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "<svg onload" not in html
        if address == "/ui/runs":
            assert str(escape(payload)) in html.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")


async def test_what_is_typed_stays_a_text_too(home: House) -> None:
    html = (await page(home, "/ui/runs?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")).text
    assert "<script>alert" not in html
    assert "Nothing found" in html


async def test_the_filter_stands_in_the_address(home: House) -> None:
    await store(
        home.database,
        run(title="one", status="failed"),
        run(title="two", robot="send_message"),
        run(title="three", item_id=7),
    )
    for query, found in (
        ("", {"one", "two", "three"}),
        ("?status=failed", {"one"}),
        ("?robot=send_message", {"two"}),
        ("?q=deal:7", {"three"}),
        ("?q=tw", {"two"}),
        ("?view=troubled", {"one"}),
        ("?q=https://alpha.bitrix24.ru/crm/deal/details/7/", {"three"}),
    ):
        html = (await page(home, f"/ui/runs{query}")).text
        assert {title for title in ("one", "two", "three") if f">{title}</bdi>" in html} == found, query


async def test_ready_filters_have_numbers(home: House) -> None:
    doubtful = run(status="unknown", finished_at=None)
    await store(home.database, run(status="failed"), waiting(), doubtful, effect(doubtful, 1, "unknown"))
    html = (await page(home)).text
    views = re.findall(r'<a href="(/ui/runs[^"]*)" class="view \w*"[^>]*>(.*?)</a>', html, re.DOTALL)
    said = {address: " ".join(re.sub("<[^>]+>", "", words).split()) for address, words in views}
    assert said == {
        "/ui/runs": "All 3 in 24 h",
        "/ui/runs?view=waiting": "Waiting 1",
        "/ui/runs?view=troubled": "Failed in 24 h 2",
        "/ui/runs?view=causes": "By cause",
        "/ui/runs?view=undecided": "Need a decision 1",
    }


async def test_fifty_more(home: House) -> None:
    await store(home.database, *(run(minutes=-number, title=f"t{number:03}") for number in range(120)))
    first = (await page(home)).text
    assert len(rows(first)) == 50
    session = await home.as_()
    shown: list[str] = re.findall(r">(t\d+)</bdi>", first)
    html = first
    while more := re.search(r'hx-get="(/ui/runs/rows\?[^"]+)"', html):
        await store(home.database, run(minutes=1, title="t999"))
        html = (await home.client.get(more[1].replace("&amp;", "&"), headers=session)).text
        assert html.lstrip().startswith("<tr")
        shown += re.findall(r">(t\d+)</bdi>", html)
    assert shown == [f"t{number:03}" for number in range(120)]


async def test_rows_that_changed_say_whether_they_belong(home: House) -> None:
    good, bad, foreign = run(title="good"), run(title="bad", status="failed"), run("beta", title="foreign")
    await store(home.database, good, bad, foreign)
    address = f"/ui/runs/rows?ids={good.id},{bad.id},{foreign.id},%27,&status=failed"
    html = (await page(home, address)).text
    assert "foreign" not in html
    assert {("good" in row): re.search(r'data-belongs="(\w+)"', row)[1] for row in rows(html)} == {  # type: ignore[index]
        True: "no",
        False: "yes",
    }
    assert 'id="views"' in html


async def test_nothing_yet_says_what_to_do(home: House) -> None:
    html = (await page(home, language="ru")).text
    assert "Запусков пока нет" in html
    assert "https://alpha.bitrix24.ru/crm/deal/automation/0/" in html


@pytest.mark.parametrize(
    "query",
    ["status=nonsense", "view=nonsense", "robot=%27", "cursor=nonsense", "q=" + "a" * 201, "q=%00", "q=a&q=b"],
)
async def test_what_makes_no_sense_is_a_bad_request(home: House, query: str) -> None:
    for address in ("/ui/runs", "/ui/runs/rows"):
        answer = await home.client.get(f"{address}?{query}", headers=await home.as_())
        assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


async def test_business_time_is_the_time_of_the_page(home: House) -> None:
    home.clock.jump(timedelta(hours=5))
    html = (await page(home)).text
    assert f'data-now="{(NOON + timedelta(hours=5)).isoformat()}"' in html


async def test_late_waits_are_among_what_needs_a_decision(home: House) -> None:
    held = waiting(status="held", title="late one")
    await store(home.database, held, waiting(title="in time"))
    html = (await page(home, "/ui/runs?view=undecided")).text
    assert "late one" in html
    assert "in time" not in html
    assert "Need a decision" in html
    for action in ("late_run", "late_skip"):
        assert f'data-bulk="{action}"' in html
    assert "late_run" not in (await page(home)).text
