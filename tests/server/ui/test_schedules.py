"""The pages of schedules."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.ui.people import House

WEEK = {day: ["09:00-13:00", "14:00-18:00"] for day in ("MO", "TU", "WE", "TH")} | {"FR": ["09:00-17:00"]}
BODY: dict[str, Any] = {"name": {"ru": "Офис <b>", "en": "Office <b>"}, "zone": "Asia/Yekaterinburg", "week": WEEK}


async def page(home: House, path: str, access: str = "tok_A_admin", language: str = "en") -> str:
    answer = await home.client.get(path, headers=await home.as_(access, language=language))
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


async def ask(home: House, path: str, **body: object) -> tuple[int, Any]:
    answer = await home.client.post(f"/ui/schedules/{path}", json=body, headers=await home.as_(language="en"))
    return answer.status_code, answer.json()


async def kept(home: House, code: str = "office", **more: object) -> None:
    answer = await home.client.put(f"/api/schedules/{code}", json={**BODY, **more}, headers=await home.as_())
    assert answer.status_code == 200, answer.text


async def test_nothing_yet(home: House) -> None:
    html = await page(home, "/ui/schedules")
    assert "No schedules of your own" in html
    assert "as in Bitrix24" in html
    assert 'href="/ui/schedules/new"' in html


async def test_the_list_says_the_hours_in_words(home: House) -> None:
    await kept(home, country="RU", exceptions=[{"date": "12-31", "kind": "off"}])
    await kept(home, "always", week={day: ["00:00-24:00"] for day in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")})
    overlay = {"exceptions": [{"date": "2026-12-31", "kind": "off"}], "country": "KZ"}
    await home.client.put("/api/schedules/portal", json=overlay, headers=await home.as_())
    html = await page(home, "/ui/schedules", language="ru")
    assert "Пн–Чт 09:00–13:00, 14:00–18:00; Пт 09:00–17:00" in html
    assert "Офис &lt;b&gt;" in html
    assert "круглосуточно" in html
    assert "календарь: Казахстан" in html
    assert html.count("свои дни: 1") == 2


async def test_who_only_looks_changes_nothing(home: House) -> None:
    await kept(home)
    assert 'href="/ui/schedules/new"' not in await page(home, "/ui/schedules", "tok_A_user")
    html = await page(home, "/ui/schedules/office", "tok_A_user")
    assert "data-locked" in html
    assert 'form="schedule-form"' not in html


async def test_the_editor_holds_what_is_kept_and_draws_the_year(home: House) -> None:
    await kept(home, exceptions=[{"date": "2026-12-31", "kind": "short", "hours": ["09:00-15:00"], "note": "<i>"}])
    html = await page(home, "/ui/schedules/office")
    assert '"code": "office"' in html
    assert html.count('class="month"') == 12
    assert 'class="day short own" data-day="2026-12-31" title="31 December, short, &lt;i&gt;, 09:00–15:00"' in html
    assert 'class="day workday" data-day="2026-11-23"' in html
    assert 'class="day weekend" data-day="2026-11-22"' in html


async def test_a_new_one_begins_with_usual_hours(home: House) -> None:
    html = await page(home, "/ui/schedules/new")
    assert 'data-part="code"' in html
    assert '"MO": ["09:00-18:00"]' in html


async def test_the_portals_own_days_need_no_week(home: House) -> None:
    html = await page(home, "/ui/schedules/portal", language="ru")
    assert "data-week" not in html
    assert "Рабочее время портала" in html


async def test_hours_of_a_portal_that_does_not_answer_are_not_taken(home: House) -> None:
    html = await page(home, "/ui/schedules/new?from=portal")
    assert "The portal does not answer now" in html


async def test_no_such_schedule(home: House) -> None:
    for path in ("/ui/schedules/nothing", "/ui/schedules/NO"):
        answer = await home.client.get(path, headers=await home.as_())
        assert answer.status_code == 404


async def test_the_year_of_a_draft(home: House) -> None:
    draft = {**BODY, "country": "RU"}
    status, body = await ask(home, "new/year", schedule=draft, year=2027)
    assert status == 200
    assert 'data-day="2027-01-01"' in body["html"]
    assert "New Year" in body["html"]


async def test_the_calculator(home: House) -> None:
    """From Monday 17:50 in Yekaterinburg on: ten minutes that day, the rest the next one."""
    status, body = await ask(home, "new/try", schedule=BODY, start="2026-11-23T17:50", amount=2, unit="hours")
    assert (status, body["at"]) == (200, "2026-11-24T05:50:00+00:00")
    assert "24 Nov, 10:50" in body["html"]
    assert "10 min" in body["html"]
    assert "1 h 50 min" in body["html"]
    assert 'class="idle"' in body["html"]
    _, body = await ask(home, "new/try", schedule=BODY, start="2026-11-20T10:00", amount=2, unit="days")
    assert body["at"] == "2026-11-24T05:00:00+00:00"
    _, body = await ask(home, "new/try", schedule=BODY, start="2026-11-23T10:00", amount=0, unit="minutes")
    assert body["at"] == "2026-11-23T05:00:00+00:00"


async def test_a_draft_that_never_opens_is_told(home: House) -> None:
    status, body = await ask(home, "new/try", schedule={"week": {}}, start="2026-11-23T10:00", amount=1, unit="minutes")
    assert (status, body["reason"]) == (422, "The schedule was not saved: it has no working time.")


@pytest.mark.parametrize(
    "more",
    [
        {"start": "soon"},
        {"start": 5},
        {"start": "9999-12-31T10:00"},
        {"amount": -1},
        {"amount": 525_601},
        {"amount": True},
        {"unit": "weeks"},
        {"unit": 1},
        {"schedule": []},
    ],
)
async def test_nothing_to_count(home: House, more: dict[str, object]) -> None:
    asked = {"schedule": BODY, "start": "2026-11-23T10:00", "amount": 1, "unit": "minutes"}
    assert await ask(home, "new/try", **{**asked, **more}) == (400, {"error": "bad_request"})


@pytest.mark.parametrize("year", [1999, 2100, "2026", True, None])
async def test_no_year(home: House, year: object) -> None:
    assert await ask(home, "new/year", schedule=BODY, year=year) == (400, {"error": "bad_request"})
