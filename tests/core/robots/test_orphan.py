"""Whether anybody sees a dialog whose client waits, as a table (S4-13)."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from core.robots.orphan import as_owner, is_waiting, left_alone, may_be_left_alone
from core.robots.people import Person
from core.robots.shifts import Presence, Shift
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.intervals import Interval, Week
from tests.activities.scene import Scene
from tests.core.robots.views import asked, view_of

MOSCOW = ZoneInfo("Europe/Moscow")
ALWAYS = Calendar.always(MOSCOW)
MORNINGS = Calendar(Week.of((Interval.between("09:00", "12:00"),)), MOSCOW, Text("график", "schedule"))
SINCE_NOON = Calendar(Week.of((Interval.between("15:15", "18:00"),)), MOSCOW, Text("график", "schedule"))

Change = Callable[[Scene], object]


def shift(presence: Presence) -> Shift:
    return Shift(presence, Text("рабочий день закрыт", "the day is closed"))


ON, OFF, PAUSED, UNKNOWN = (shift(one) for one in (Presence.ON, Presence.OFF, Presence.PAUSED, Presence.UNKNOWN))


def unaccepted(it: Scene) -> None:
    it.accept(0)


def again(it: Scene, at: float = 18) -> None:
    it.client("Вы тут?", at=at)


def both(*changes: Change) -> Change:
    def change(it: Scene) -> None:
        for one in changes:
            one(it)

    return change


CASES: list[tuple[str, Change, Shift | None, bool, Calendar, str]] = [
    ("the operator is off", lambda it: it, OFF, True, ALWAYS, "Клиент ждёт, а оператора нет: рабочий день закрыт."),
    ("the operator is on", lambda it: it, ON, False, ALWAYS, ""),
    ("the operator has lunch", lambda it: it, PAUSED, False, ALWAYS, ""),
    ("nobody knows of the operator", lambda it: it, UNKNOWN, False, ALWAYS, ""),
    ("he was answered", lambda it: it.human(at=5), OFF, False, ALWAYS, ""),
    ("he only thanked", lambda it: (it.human(at=5), it.client("Спасибо!", at=6)), OFF, False, ALWAYS, ""),
    ("we promised and are late", lambda it: it.human("Уточню и отвечу до 15:05", at=2), OFF, False, ALWAYS, "а операт"),
    ("closed", lambda it: it.close(), OFF, False, ALWAYS, ""),
    ("being closed", lambda it: it.data(4, "Y"), OFF, False, ALWAYS, ""),
    ("nobody works now", lambda it: it, OFF, False, MORNINGS, ""),
    ("it counts since the opening", lambda it: it, OFF, False, SINCE_NOON, ""),
    ("not accepted, nobody there", unaccepted, None, False, ALWAYS, "в очереди линии никого на смене"),
    ("not accepted, somebody there", unaccepted, None, True, ALWAYS, ""),
    ("not accepted, he wrote again", both(unaccepted, again), None, True, ALWAYS, "клиент написал снова"),
    ("he wrote on at once", both(unaccepted, lambda it: again(it, 1)), None, True, ALWAYS, ""),
]


@pytest.mark.parametrize(
    ("change", "owner", "there", "calendar", "says"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
async def test_who_is_left_alone(
    change: Change, owner: Shift | None, there: bool, calendar: Calendar, says: str
) -> None:
    it = asked()
    change(it)
    dialog = await view_of(it)
    why = left_alone(dialog, calendar, it.now, minutes=10, owner=owner, is_queue_there=there)
    if not says:
        assert why is None
    else:
        assert why is not None
        assert says in why.ru


@pytest.mark.parametrize(("minutes", "found"), [(19, True), (20, True), (21, False)])
async def test_the_delay_is_counted_in_working_minutes(minutes: int, found: bool) -> None:
    it = asked()
    dialog = await view_of(it)
    why = left_alone(dialog, ALWAYS, it.now, minutes=minutes, owner=OFF, is_queue_there=False)
    assert (why is not None) is found


async def test_a_bot_is_always_there() -> None:
    assert as_owner(Person(300, "Бот", bot=True), OFF).is_on
    assert as_owner(Person(8, "Анна"), OFF) == OFF


async def test_what_is_worth_reading() -> None:
    assert [may_be_left_alone(owner) for owner in (None, OFF, ON, PAUSED, UNKNOWN)] == [True, True, False, False, False]


async def test_who_waits_for_people() -> None:
    it = asked()
    assert is_waiting(await view_of(it))
    it.human(at=10)
    assert not is_waiting(await view_of(it))
