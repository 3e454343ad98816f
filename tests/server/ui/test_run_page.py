"""The page of one run."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from core.db import new_id
from core.runs.tables import Reply, Run
from core.texts.text import Text
from tests.core.runs.rows import call, effect, event, run, store, waiting
from tests.server.ui.people import House


async def page(home: House, one: Run, query: str = "", **who: str) -> str:
    answer = await home.client.get(f"/ui/runs/{one.id}{query}", headers=await home.as_(**who))
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_decisions_are_ticked(home: House) -> None:
    one = run()
    checks = [
        {"text": {"ru": "Клиент ждёт", "en": "The client waits"}, "passed": True},
        {"text": {"ru": "Ответили", "en": "Answered"}, "passed": False},
        {"text": {"ru": "График линии", "en": "Hours of the line"}, "passed": None},
    ]
    await store(home.database, one, event(one, "decided", Text("Ждём", "We wait"), data={"checks": checks}))
    html = await page(home, one)
    lines = [
        " ".join(re.sub("<[^>]+>", "", line).split())
        for line in re.findall(r'<li class="(?:passed|not-passed|fact)".*?</li>', html)
    ]
    assert lines == ["yes: The client waits", "no: Answered", "noted: Hours of the line"]


async def test_a_wait_is_drawn_with_what_does_not_count(home: House) -> None:
    one = waiting(wakes_in=120)
    counted = [
        [one.created_at.isoformat(), (one.created_at + timedelta(minutes=30)).isoformat()],
        [(one.created_at + timedelta(minutes=90)).isoformat(), (one.created_at + timedelta(minutes=120)).isoformat()],
    ]
    data = {"due": one.wake_at.isoformat(), "counted": counted} if one.wake_at else {}
    await store(home.database, one, event(one, "waits", Text("30 мин, потом 30", "30 min, then 30"), data=data))
    home.clock.advance(minutes=60)
    html = await page(home, one, language="ru")
    bars = re.findall(r'<rect x="([\d.]+)%" y="2" width="([\d.]+)%" height="10" class="(\w+)"', html)
    assert bars == [("0.0", "25.0", "counts"), ("25.0", "50.0", "idle"), ("75.0", "25.0", "counts")]
    assert 'class="now" x="50.0%"' in html
    assert "Ожидание с 12:00 до 14:00: считается 1 ч, остальное — нерабочее время." in html
    assert "30 мин, потом 30" in html


async def test_actions_with_their_outcomes(home: House) -> None:
    one = run()
    await store(
        home.database,
        one,
        effect(one, 1, "confirmed"),
        effect(one, 2, "refused", evidence={"error": "ACCESS_ERROR", "description": "No access for +7 912 345-67-89"}),
    )
    html = await page(home, one)
    assert "ACCESS_ERROR" not in html.split("raw-data")[0]
    assert "No access for •••" in html
    assert "912" not in html


async def test_an_unknown_outcome_asks_for_a_decision(home: House) -> None:
    one = run(status="unknown", finished_at=None)
    doubtful = effect(one, 1, "unknown")
    await store(home.database, one, doubtful)
    html = await page(home, one, language="ru")
    assert "Нужно ваше решение" in html
    assert html.count(f"/api/effects/{doubtful.id}/decide") == 3
    as_user = await page(home, one, access="tok_A_user")
    assert "Your decision is needed" in as_user
    assert "/api/effects/" not in as_user


@pytest.mark.parametrize(
    ("status", "stops", "retries"),
    [("waiting", True, False), ("running", True, False), ("failed", False, True), ("rejected", False, False)],
)
async def test_buttons_are_what_an_administrator_may_do_now(
    home: House, status: str, stops: bool, retries: bool
) -> None:
    one = run(status=status)
    await store(home.database, one)
    html = await page(home, one)
    assert (f"/api/runs/{one.id}/cancel" in html) is stops
    assert (f"/api/runs/{one.id}/retry" in html) is retries
    html = await page(home, one, access="tok_A_user")
    assert f"/api/runs/{one.id}/" not in html


async def test_calls_answers_and_settings(home: House) -> None:
    one = run(
        properties={"minutes": "90", "whom": "head", "text": "Позвоните +7 912 345-67-89", "aloud": "Y"},
        output={"result": "done", "ok": "Y", "reason": "Готово", "told": "Y", "access_token": "secret"},
    )
    reply = Reply(
        id=new_id(), portal_id="alpha", run_id=one.id, workflow_id="w", event_token=b"", answer={}, state="sent"
    )
    await store(
        home.database,
        one,
        reply,
        call(one, "batch", commands=[{"method": "crm.item.get", "error": "ERROR_CORE"}], operating=0.12),
        call(one, "im.message.add", status=503, error="QUERY_LIMIT_EXCEEDED"),
    )
    html = await page(home, one, language="ru")
    for words in (
        *("Сколько ждать, минут", ">90<", "Руководителя", "Позвоните •••", "Остальное по умолчанию", "Со звуком"),
        *("Предупредили", "отправлен, повторим раз"),
    ):
        assert words in html, words
    calls = await page(home, one, "?tab=calls", language="ru")
    for words in ("crm.item.get", "ERROR_CORE", "0.12", "QUERY_LIMIT_EXCEEDED"):
        assert words in calls, words
    assert "{&#39;method" not in calls
    assert "secret" not in html + calls


async def test_settings_that_cannot_be_read_are_shown_raw(home: House) -> None:
    one = run(status="rejected", properties={"minutes": "abc", "text": ""})
    other = run(robot="of_the_future", properties={"colour": ["red", "green"], "on": None})
    await store(home.database, one, other)
    assert "abc" in await page(home, one)
    html = await page(home, other)
    assert "colour" in html
    assert "red, green" in html


async def test_raw_data_cannot_leave_their_element(home: House) -> None:
    one = run(properties={"text": "</script><script>alert(1)</script>\u2028&<!--", "phone": "+7 (912) 345-67-89"})
    await store(home.database, one)
    html = await page(home, one, "?tab=raw")
    (data,) = re.findall(r'<script type="application/json" id="raw-data">(.*?)</script>', html, re.DOTALL)
    assert not set("<>&\u2028") & set(data)
    shown = json.loads(data)
    assert shown["input"]["text"].startswith("</script>")
    assert shown["input"]["phone"] == "•••"
    assert "event_token" not in shown


async def test_the_language_and_the_title_of_the_page(home: House) -> None:
    one = run()
    await store(home.database, one)
    assert "<title>Эскалация, если нет ответа · Сделка #4820</title>" in await page(home, one, language="ru")
    assert "<title>Escalate if there is no reply · Deal #4820</title>" in await page(home, one)


@pytest.mark.parametrize(
    "run_id", ["0", "nonsense", "99999999999999999999", "NaN", "1001%00", "%F0%9F%98%80", "A" * 200]
)
async def test_what_is_not_there_is_said_in_words(home: House, run_id: str) -> None:
    answer = await home.client.get(f"/ui/runs/{run_id}", headers=await home.as_())
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


async def test_each_view_has_an_address(home: House) -> None:
    one = run()
    await store(home.database, one, event(one, "decided", Text("Решено", "Decided")))
    for query, shown, hidden in (
        ("", "Decided", "raw-data"),
        ("?tab=waterfall", 'class="fall-head"', "raw-data"),
        ("?tab=calls", "No calls of its own", "Decided"),
        ("?tab=raw", "raw-data", "Decided"),
    ):
        html = await page(home, one, query)
        assert shown in html, query
        assert hidden not in html, query
        assert 'aria-current="true"' in html


@pytest.mark.parametrize("query", ["?tab=nonsense", "?tab=raw&tab=raw", "?tab=waterfall&zoom=x", "?tab=%00"])
async def test_there_is_no_other_view(home: House, query: str) -> None:
    one = run()
    await store(home.database, one)
    answer = await home.client.get(f"/ui/runs/{one.id}{query}", headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


async def test_repeating_says_what_it_would_do(home: House) -> None:
    one = run(status="failed")
    await store(home.database, one, effect(one, 1, kind="send_as_operator"))
    html = await page(home, one, language="ru")
    assert "1 сообщение клиенту уже ушло, второй раз не уйдёт." in html
    assert "1 сообщение клиенту может уйти повторно." in html
    assert "Прежний итог уйдёт процессу ещё раз" in html
    assert f"/ui/runs/{one.id}?tab=edit" in html


async def test_the_form_holds_what_was_set(home: House) -> None:
    properties = {"minutes": "45", "whom": "head", "people": ["user_7", "group_d5"], "text": "<b>", "aloud": "N"}
    one = run(status="failed", properties=properties)
    await store(home.database, one)
    html = await page(home, one, "?tab=edit", language="ru")
    assert f'data-json="/api/runs/{one.id}/repeat"' in html
    for shown in (
        'name="minutes" value="45" min="0"',
        '<option value="head" selected>Руководителя</option>',
        ">user_7\ngroup_d5</textarea>",
        'name="text" rows="3">&lt;b&gt;</textarea>',
        '<input type="checkbox" id="e-aloud" name="aloud">',
    ):
        assert shown in html, shown


async def test_the_form_hides_what_the_page_hides(home: House) -> None:
    one = run(status="failed", properties={"text": "Позвоните +7 912 345-67-89"})
    await store(home.database, one)
    html = await page(home, one, "?tab=edit", language="ru")
    assert "Позвоните •••</textarea>" in html
    assert "Скрытое точками останется прежним" in html
    assert "912" not in html


@pytest.mark.parametrize("fields", [{"status": "waiting"}, {"robot": "of_the_future"}, {"robot": "take_back"}])
async def test_what_cannot_be_repeated_has_no_form(home: House, fields: dict[str, str]) -> None:
    one = run(**fields)  # type: ignore[arg-type]
    await store(home.database, one)
    assert "?tab=edit" not in await page(home, one)
    answer = await home.client.get(f"/ui/runs/{one.id}?tab=edit", headers=await home.as_())
    assert answer.status_code == 404


async def test_viewers_have_no_form(home: House) -> None:
    one = run(status="failed")
    await store(home.database, one)
    answer = await home.client.get(f"/ui/runs/{one.id}?tab=edit", headers=await home.as_("tok_A_user"))
    assert answer.status_code == 404


async def test_what_can_be_taken_back_has_a_button_for_administrators(home: House) -> None:
    one = run()
    body = {"chat_id": 5, "title": "новое", "seen_title": "старое", "joins": False}
    renamed, sent = effect(one, 1, kind="rename_dialog", body=body), effect(one, 2)
    await store(home.database, one, renamed, sent)
    html = await page(home, one, language="ru")
    assert f"/api/effects/{renamed.id}/undo" in html
    assert "Будет: Название диалога: «старое»." in html
    assert f"/api/effects/{sent.id}/undo" not in html
    assert "/undo" not in await page(home, one, access="tok_A_head")


async def test_what_was_taken_back_leads_to_the_run_that_did_it(home: House) -> None:
    one = run()
    renamed = effect(one, 1, kind="rename_dialog", body={"chat_id": 5, "title": "b", "seen_title": "a"})
    back = run(robot="take_back", copy_of=one.id, properties={"undoes": renamed.id})
    await store(home.database, one, renamed, back)
    html = await page(home, one, language="ru")
    assert f'href="/ui/runs/{back.id}"' in html
    assert "отменено: успешно" in html
    assert "/undo" not in html
    other = await page(home, back, language="ru")
    assert "Отмена действия" in other
    assert f'<a href="/ui/runs/{one.id}">' in other


async def test_other_runs_of_the_same_item_are_named(home: House) -> None:
    one, other = run(item_id=7), run(item_id=7, robot="send_message", minutes=-5)
    await store(home.database, one, other, run(item_id=8), run("beta", item_id=7))
    html = await page(home, one)
    related = html.split('class="related"')[1].split("</ul>")[0]
    assert related.count("<li>") == 1
    assert "Send a message" in related
    assert "/ui/runs?q=deal:7" in html


async def test_a_link_that_works_for_colleagues(home: House) -> None:
    one = run()
    await store(home.database, one)
    link = f"https://alpha.bitrix24.ru/marketplace/view/local.1/?params[run]={one.id}"
    assert f'data-copy="{link}"' in await page(home, one)


async def test_an_error_says_what_to_do(home: House) -> None:
    one = run(status="failed", reason=Text("Битрикс24 отказал", "Bitrix24 refused").as_json())
    await store(home.database, one, call(one, error="QUERY_LIMIT_EXCEEDED"))
    html = await page(home, one, language="ru")
    assert "QUERY_LIMIT_EXCEEDED" in html
    assert "посмотрите «Здоровье»" in html
    fine = run()
    await store(home.database, fine, call(fine, error="QUERY_LIMIT_EXCEEDED"))
    assert "QUERY_LIMIT_EXCEEDED" not in await page(home, fine)


async def test_nothing_of_the_same_number_in_another_portal(home: House) -> None:
    one = run(item_id=7)
    foreign = run("beta", item_id=7, title="Тайна", copy_of=one.id, robot="take_back", properties={"undoes": "x"})
    await store(home.database, one, foreign)
    assert foreign.id not in await page(home, one)


async def test_a_late_run_asks_for_a_decision(home: House) -> None:
    held = waiting(status="held")
    await store(home.database, held)
    html = (await home.client.get(f"/ui/runs/{held.id}", headers=await home.as_(language="ru"))).text
    assert f'data-post="/api/runs/{held.id}/late" data-body=\'{{"decision":"run"}}\'>Выполнить сейчас' in html
    assert "Срок прошёл, пока сервис не работал." in html
    as_user = (await home.client.get(f"/ui/runs/{held.id}", headers=await home.as_("tok_A_user"))).text
    assert "Your decision is needed" in as_user
    assert "/late" not in as_user
