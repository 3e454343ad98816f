"""Schedules that administrators define, from their screen to the robots that count by them (S3-06, S3-08)."""

from __future__ import annotations

from typing import Any

import httpx

from tests.town import SERVICE, Town

SITE = {"name": {"ru": "Сайт", "en": "Site"}, "week": {"TU": ["10:00-12:00", "14:00-16:00"]}}


async def put(town: Town, code: str, body: dict[str, Any]) -> httpx.Response:
    """As an administrator's page does it."""
    proof = await town.read("session")
    async with town.wire.client(SERVICE) as browser:
        session = await browser.post("/ui/session", json=proof)
        assert session.status_code == 200, session.text
        headers = {"Authorization": f"Bearer {session.json()['token']}"}
        answer = await browser.put(f"/api/schedules/{code}", json=body, headers=headers)
        town.base.lanes.changed(await town.portal_id())
        return answer


async def test_a_robot_counts_by_a_schedule_of_ones_own(town: Town) -> None:
    assert (await put(town, "site", SITE)).json() == {"status": "saved"}
    await town.at("2026-11-24T11:30:00")
    card = await town.fire("working_time", operation="add_minutes", amount=60, calendar_name="site")
    assert card.run.output["datetime"] == "2026-11-24T14:30:00+03:00"
    assert "Сайт" in card.run.reason["ru"]


async def test_the_portals_own_working_time_is_imported_and_changed(town: Town) -> None:
    answer = await put(town, "office", {"import": "portal", "name": "Офис", "country": "RU"})
    assert answer.json() == {"status": "saved"}
    await town.at("2026-12-30T12:00:00")
    card = await town.fire("working_time", operation="add_days", amount=1, calendar_name="office")
    assert card.run.output["datetime"].startswith("2027-01-11T12:00"), "ten days of holidays, after the last workday"


async def test_days_set_by_hand_close_the_line_too(town: Town) -> None:
    await put(town, "portal", {"exceptions": [{"date": "2026-11-25", "kind": "off", "note": "Переезд"}]})
    await town.at("2026-11-24T17:30:00")
    card = await town.fire("working_time", operation="add_minutes", amount=60)
    assert card.run.output["datetime"] == "2026-11-26T09:30:00+03:00"


async def test_the_site_widget_has_hours_of_its_own(town: Town) -> None:
    """«у виджета сайта может быть своё расписание» (S3-08): a robot for the channel, by the channel's schedule."""
    await put(town, "site", SITE)
    await town.at("2026-11-24T12:30:00")
    await town.place("offhours_reply", channels="livechat", calendar_name="site", text_lunch="Обедаем.")
    deal = await town.deal(connector="livechat")
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    assert (await town.outbox(deal))[-1]["text"] == "Обедаем."


async def test_a_schedule_that_went_missing_fails_in_words(town: Town) -> None:
    card = await town.fire("working_time", calendar_name="nowhere")
    assert card.run.result == "failed"
    assert card.run.reason["ru"] == "Нет графика с кодом «nowhere»."
