"""Counting and waiting by working time (S3-06, S2-22)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from core.bitrix24.command import Json
from core.robots import Failed
from core.robots.decoding import encode
from core.worktime.schedule import read_schedule
from tests.activities.scene import MONDAY, MOSCOW, Scene, minutes_of, returned
from tests.core.dialogs.portal import Lines
from tests.core.robots.office import BORIS
from tests.town import Town, told

EVE: Json = {"ru": "Канун", "en": "The eve"}
SHORT: Json = {"date": "2025-11-25", "kind": "short", "hours": ["09:00-12:00"], "note": EVE}


def scene(operation: str = "is_working", **properties: object) -> Scene:
    """Monday, 15:00; the line works from 9 to 18, Monday to Friday."""
    return Scene("working_time", {"operation": operation, **properties})


async def values(it: Scene) -> dict[str, Any]:
    done = await it.done()
    assert done.result == "done"
    assert it.acts == []
    return returned(done)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


async def test_now_is_working_time() -> None:
    it = scene()
    assert await values(it) == {
        "datetime": local("2025-11-24T15:00"),
        "minutes": 0,
        "is_working": True,
        "next_open": local("2025-11-24T15:00"),
        "next_close": local("2025-11-24T18:00"),
        "day_kind": "workday",
    }
    assert it.last.text.ru == "15:00: рабочее время (часы линии «Поддержка»)."


@pytest.mark.parametrize(
    ("base", "is_working", "next_open", "kind"),
    [
        ("24.11.2025 20:00:00", False, "2025-11-25T09:00", "workday"),
        ("2025-11-29T12:00:00", False, "2025-12-01T09:00", "weekend"),
        ("2025-11-25T10:00:00+03:00", True, "2025-11-25T10:00", "workday"),
        ("25.11.2025 05:59:00 [0]", False, "2025-11-25T09:00", "workday"),
    ],
)
async def test_another_moment(base: str, is_working: bool, next_open: str, kind: str) -> None:
    found = await values(scene(base=base))
    assert (found["is_working"], found["next_open"], found["day_kind"]) == (is_working, local(next_open), kind)


@pytest.mark.parametrize(
    ("amount", "at"),
    [
        ("30", "2025-11-24T15:30"),
        ("200", "2025-11-25T09:20"),
        ("180", "2025-11-25T09:00"),
        ("0", "2025-11-24T15:00"),
        ("-30", "2025-11-24T14:30"),
        ("-400", "2025-11-21T17:20"),
    ],
)
async def test_minutes_are_added_and_taken_away(amount: str, at: str) -> None:
    assert (await values(scene("add_minutes", amount=amount)))["datetime"] == local(at)


@pytest.mark.parametrize(
    ("base", "amount", "at"),
    [
        ("", "1", "2025-11-25T15:00"),
        ("", "5", "2025-12-01T15:00"),
        ("", "-1", "2025-11-21T15:00"),
        ("29.11.2025 12:00:00", "0", "2025-12-01T09:00"),
        ("24.11.2025 20:00", "1", "2025-11-26T09:00"),
    ],
)
async def test_days_are_added_and_taken_away(base: str, amount: str, at: str) -> None:
    assert (await values(scene("add_days", base=base, amount=amount)))["datetime"] == local(at)


@pytest.mark.parametrize(
    ("base", "end", "minutes"),
    [
        ("24.11.2025 09:00:00", "24.11.2025 18:00:00", 540),
        ("24.11.2025 17:50:00", "25.11.2025 09:20:00", 30),
        ("25.11.2025 09:20:00", "24.11.2025 17:50:00", -30),
        ("24.11.2025 14:00:00", "", 60),
        ("", "24.11.2025 15:45:00", 45),
    ],
)
async def test_minutes_between(base: str, end: str, minutes: int) -> None:
    assert (await values(scene("minutes_between", base=base, end=end)))["minutes"] == minutes


async def test_the_reason_says_how_it_was_counted() -> None:
    it = scene("add_minutes", amount="200")
    await it.done()
    assert it.last.text.ru == "15:00 и 200 рабочих минут — это 25 нояб., 09:20 (часы линии «Поддержка»)."
    assert it.last.text.en == "15:00 and 200 working minutes make 25 Nov, 09:20 (hours of the line “Поддержка”)."
    it = scene("add_days", amount="-2")
    await it.done()
    assert "-2 рабочих дня" in it.last.text.ru


async def test_short_moved_and_free_days_have_names() -> None:
    days: list[Json] = [SHORT, {"date": "2025-11-29", "kind": "working"}, {"date": "2025-11-26", "kind": "off"}]
    overlay = read_schedule("portal", {"exceptions": days}, now=MONDAY)
    for day, kind in (("25", "short"), ("29", "moved"), ("26", "holiday"), ("30", "weekend"), ("24", "workday")):
        it = scene(base=f"{day}.11.2025 11:00:00")
        it.schedules["portal"] = overlay
        assert (await values(it))["day_kind"] == kind
    it = scene("add_days", amount="1")
    it.schedules["portal"] = overlay
    assert (await values(it))["datetime"] == local("2025-11-25T12:00"), "the short day ends at noon"
    assert it.last.text.ru.endswith("Канун.")


async def test_around_the_clock_never_closes() -> None:
    it = scene(calendar="always")
    done = await it.done()
    assert returned(done)["next_close"] is None
    assert encode(done.output)["next_close"] == ""
    assert it.office.requests == 0


async def test_moments_are_returned_with_their_offset() -> None:
    assert encode((await scene().done()).output)["datetime"] == "2025-11-24T15:00:00+03:00"


async def test_without_a_dialog_the_portal_says_the_hours() -> None:
    it = scene()
    it.office.sessions.clear()
    await values(it)
    assert "рабочее время портала" in it.last.text.ru


async def test_the_portals_hours_need_no_dialog() -> None:
    it = scene(calendar="portal")
    await values(it)
    assert it.office.requests == 1


async def test_hours_of_an_employee() -> None:
    it = scene("add_minutes", base="2025-11-24T10:00:00", amount="60", person=f"user_{BORIS}")
    it.office.staff[BORIS].zone = "Asia/Vladivostok"
    assert (await values(it))["datetime"] == local("2025-11-25T02:00"), "his day ends at eleven in Moscow"
    assert "график сотрудника Борис Орлов" in it.last.text.ru


async def test_an_employee_of_whom_nothing_is_told() -> None:
    it = scene(person="user_999")
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert "Портал не сообщает график" in it.last.text.ru


async def test_a_schedule_of_ones_own_and_one_that_is_none() -> None:
    it = scene("add_minutes", amount="1", calendar_name="late")
    it.schedules["late"] = read_schedule("late", {"name": "Вечер", "week": {"MO": ["20:00-22:00"]}}, now=MONDAY)
    assert (await values(it))["datetime"] == local("2025-11-24T20:01")
    assert isinstance(await scene(calendar_name="nowhere").run(), Failed)


# --- waiting ----------------------------------------------------------------------------------------------------


async def test_open_already_goes_on_at_once() -> None:
    assert (await values(scene("wait_until_open")))["is_working"] is True


async def test_until_the_opening() -> None:
    it = scene("wait_until_open")
    it.minute, it.started_at = 300, MONDAY + timedelta(minutes=300)
    wait = await it.waits()
    assert wait.due == local("2025-11-25T09:00")
    it.minute = minutes_of(wait.due)
    found = await values(it)
    assert (found["is_working"], found["minutes"]) == (True, 0)


async def test_an_opening_that_was_moved_is_waited_for() -> None:
    it = scene("wait_until_open", base="24.11.2025 20:00")
    await it.waits_until(18 * 60)
    it.office.lines[22]["WORKTIME_FROM"] = "10"
    it.lines = Lines()
    await it.waits_until(19 * 60)
    await values(it)


async def test_working_minutes_are_waited() -> None:
    it = scene("wait_minutes", amount="200")
    await it.waits_until(18 * 60 + 20)
    assert (await values(it))["minutes"] == 200
    assert it.last.text.ru == "Дождались: 200 рабочих минут (часы линии «Поддержка»)."


async def test_a_wait_that_outlives_the_run_is_refused_at_once() -> None:
    it = scene("wait_minutes", amount="20000")
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert it.last.text.ru.startswith("Ждать пришлось бы до 14 янв. 2026")
    it = scene("wait_until_open", base="2026-02-01T12:00:00")
    assert isinstance(await it.run(), Failed)


async def test_a_calendar_that_never_opens_fails_in_words() -> None:
    it = scene("wait_until_open")
    it.office.lines[22]["WORKTIME_DAYOFF"] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert it.last.text.ru == "Впереди нет рабочего времени: часы линии «Поддержка»."


REJECTED: list[tuple[dict[str, object], str]] = [
    ({"operation": "wait_minutes", "amount": "0"}, "«Сколько минут или дней»: ждать можно от 1 минуты"),
    ({"operation": "wait_minutes", "amount": "-5"}, "«Сколько минут или дней»: ждать можно от 1 минуты"),
    ({"operation": "wait_minutes", "amount": "43201"}, "«Сколько минут или дней»: ждать можно от 1 минуты"),
    ({"operation": "add_days", "amount": "366"}, "«Сколько минут или дней»: дней может быть от -365 до 365."),
    ({"operation": "add_minutes", "amount": "525601"}, "«Сколько минут или дней»: нужно целое число"),
    ({"base": "завтра"}, "«От какого момента»: нужны дата и время"),
    ({"end": "11/12/2025"}, "«До какого момента»: нужны дата и время"),
    ({"person": "group_d5"}, "«Чьё рабочее время»: нужен сотрудник, а не отдел."),
    ({"operation": "sleep"}, "«Что сделать»: нет такого варианта"),
]


@pytest.mark.parametrize(("properties", "ru"), REJECTED)
def test_what_cannot_work_is_refused_with_a_word(properties: dict[str, object], ru: str) -> None:
    said = Scene("working_time").robot.check(properties)
    assert said is not None
    assert said.ru.startswith(ru)
    assert said.en


# --- in a portal ------------------------------------------------------------------------------------------------


async def test_a_deadline_in_working_time_for_the_process(town: Town) -> None:
    """«Создать задачу … с дедлайном» (S2-22): the deadline is counted by the hours of the line."""
    await town.at("2026-11-24T17:50:00")
    await town.fire("working_time", operation="add_minutes", amount=30)
    returned_values = (await town.ledger("event.send"))[-1]
    assert returned_values
    card = await town.run()
    assert card.run.output["datetime"] == "2026-11-25T09:20:00+03:00"


async def test_a_pause_in_the_portal(town: Town) -> None:
    await town.at("2026-11-24T17:50:00")
    card = await town.fire("working_time", operation="wait_minutes", amount=30)
    assert card.run.status == "waiting"
    await town.at("2026-11-25T09:19:00")
    await town.settle()
    assert (await town.run()).run.status == "waiting"
    await town.at("2026-11-25T09:20:01")
    await town.settle()
    card = await town.run()
    assert (card.run.status, card.run.output["minutes"]) == ("done", 30)
    assert "Ждём до 25 нояб., 09:20" in told(card)


async def test_a_stage_that_changed_ends_the_wait(town: Town) -> None:
    await town.place("working_time", operation="wait_minutes", amount=30)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await town.move(deal, "C3:WAIT")
    await town.advance(minutes=31)
    await town.settle()
    assert (await town.run()).run.result == "cancelled_stage"


async def test_the_longest_pause_ends_by_itself(town: Town) -> None:
    card = await town.fire("working_time", operation="wait_minutes", amount=30 * 24 * 60, calendar="always")
    assert card.run.status == "waiting"
    await town.advance(hours=30 * 24, minutes=1)
    await town.settle()
    assert (await town.run()).run.result == "done"
