"""Which working time a robot counts by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.bitrix24.command import Json
from core.dialogs.line import Line, line_of
from core.robots import CalendarChoice, DialogInput
from core.robots.calendars import Calendars
from core.worktime.calendar import Calendar
from core.worktime.days import DayKind
from core.worktime.schedule import NoSchedule, read_schedule
from tests.core.dialogs.test_view import CHAT, view_of
from tests.core.robots.office import Office

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SUPPORT = read_schedule("support", {"name": "Поддержка", "week": {"MO": ["10:00-12:00"]}}, now=NOW)
CLOSED = read_schedule("portal", {"exceptions": [{"date": "2026-11-24", "kind": "off"}]}, now=NOW)


def line() -> Line:
    hours: dict[str, Json] = {
        "WORKTIME_ENABLE": "Y",
        "WORKTIME_FROM": "8",
        "WORKTIME_TO": "20",
        "WORKTIME_DAYOFF": ["SU"],
    }
    found = line_of({"ID": "22", "LINE_NAME": "Бухгалтерия", **hours})
    assert found is not None
    return found


DIALOG = replace(view_of("C Где?"), line=line())


async def chosen(
    calendar: CalendarChoice = CalendarChoice.LINE, name: str = "", *, office: Office | None = None, person_id: int = 0
) -> Calendar:
    calendars = Calendars(office or Office(), MOSCOW, {"support": SUPPORT})
    given = DialogInput(calendar=calendar, calendar_name=name)
    return await calendars.chosen(given, DIALOG, person_id=person_id)


async def test_that_of_the_line_needs_no_request() -> None:
    office = Office()
    assert (await chosen(office=office)).name.ru == "часы линии «Бухгалтерия»"
    assert office.requests == 0


async def test_that_of_the_portal_is_read_once() -> None:
    office = Office()
    calendars = Calendars(office, MOSCOW)
    for _ in range(2):
        assert (await calendars.chosen(DialogInput(), None)).name.ru == "рабочее время портала"
    assert office.requests == 1


async def test_around_the_clock() -> None:
    assert (await chosen(CalendarChoice.ALWAYS)).next_close(NOW) is None


async def test_a_schedule_of_ones_own_wins() -> None:
    assert (await chosen(CalendarChoice.ALWAYS, "support")).name.ru == "Поддержка"
    assert (await chosen(CalendarChoice.ALWAYS, " support ")).name.ru == "Поддержка"


async def test_what_asks_for_another_one_gets_it() -> None:
    calendars = Calendars(Office(), MOSCOW, {"support": SUPPORT})
    given = DialogInput(calendar_name="support")
    assert (await calendars.chosen(given, DIALOG, by=CalendarChoice.LINE)).name.ru == "часы линии «Бухгалтерия»"


@pytest.mark.parametrize("code", ["nowhere", "portal"])
async def test_a_schedule_that_is_none(code: str) -> None:
    calendars = Calendars(Office(), MOSCOW, {"portal": CLOSED})
    with pytest.raises(NoSchedule) as none:
        await calendars.chosen(DialogInput(calendar_name=code), DIALOG)
    assert none.value.text.ru == f"Нет графика с кодом «{code}»."


async def test_days_set_by_hand_lie_over_everything_that_bitrix24_knows() -> None:
    office = Office()
    calendars = Calendars(office, MOSCOW, {"portal": CLOSED, "support": SUPPORT})
    for choice in (CalendarChoice.LINE, CalendarChoice.PORTAL, CalendarChoice.PERSON):
        calendar = await calendars.chosen(DialogInput(calendar=choice), DIALOG)
        assert calendar.day_kind(date(2026, 11, 24)) is DayKind.HOLIDAY, choice
    named = await calendars.chosen(DialogInput(calendar_name="support"), DIALOG)
    assert named.day_kind(date(2026, 11, 24)) is DayKind.WEEKEND


async def test_that_of_the_person_is_of_the_owner_or_of_whom_the_robot_names() -> None:
    office = Office()
    assert (await chosen(CalendarChoice.PERSON, office=office)).name.ru == "график сотрудника Анна Петрова"
    assert (await chosen(CalendarChoice.PERSON, office=office, person_id=31)).name.ru == "график сотрудника Борис Орлов"
    assert office.requests == 2


async def test_nobodys_dialog_goes_by_its_line() -> None:
    calendars = Calendars(Office(), MOSCOW)
    dialog = replace(DIALOG, chat=replace(CHAT, owner_id=0))
    given = DialogInput(calendar=CalendarChoice.PERSON)
    assert (await calendars.chosen(given, dialog)).name.ru == "часы линии «Бухгалтерия»"


async def test_a_person_of_whom_the_portal_says_nothing() -> None:
    office = Office()
    office.refused["user.get"] = "ACCESS_DENIED"
    with pytest.raises(NoSchedule) as none:
        await chosen(CalendarChoice.PERSON, office=office)
    assert none.value.text.ru.startswith("Портал не сообщает график сотрудника 27")


async def test_rules_that_may_not_be_read_are_no_obstacle() -> None:
    office = Office()
    office.manages_time = False
    assert (await chosen(CalendarChoice.PERSON, office=office)).name.ru == "график сотрудника Анна Петрова"


async def test_around_the_clock_is_only_what_no_schedule_of_ones_own_says() -> None:
    assert DialogInput(calendar=CalendarChoice.ALWAYS).around_the_clock
    assert not DialogInput(calendar=CalendarChoice.ALWAYS, calendar_name="support").around_the_clock
    assert not DialogInput().around_the_clock
