"""Minutes that run, in numbers and in words, and waits that are kept until they begin."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.dialogs.message import Author, Message
from core.robots import WaitUntil, Watch
from core.robots.countdown import Countdown, PlannedWait, answered_words
from core.texts.text import Text
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.line import from_line
from tests.activities.scene import CHAT, HOURS, MONDAY, MOSCOW, minutes_of
from tests.core.dialogs.portal import ANNA
from tests.core.robots.samples import Every
from tests.core.robots.views import asked, view_of

OFFICE = from_line(HOURS, portal_zone=MOSCOW)
MINUTE = timedelta(minutes=1)


def countdown(now: float = 20, *, since: float = 0, calendar: Calendar = OFFICE, zone: ZoneInfo = MOSCOW) -> Countdown:
    return Countdown(MONDAY + since * MINUTE, calendar, MONDAY + now * MINUTE, zone)


def test_when_minutes_are_over() -> None:
    assert minutes_of(countdown().due(30)) == 30
    assert minutes_of(countdown().due(5)) == 20, "never before now"
    assert minutes_of(countdown(since=170).due(30)) == 18 * 60 + 20
    assert countdown(30).is_over(30)
    assert not countdown(29.9).is_over(30)


def test_how_many_have_passed() -> None:
    assert countdown().passed() == 20
    assert countdown().passed(MONDAY + 7.9 * MINUTE) == 7
    assert countdown(18 * 60 + 10, since=170).passed() == 20


def test_in_words() -> None:
    assert countdown().explained(30) == Text(
        "30 минут от 15:00 (30 мин сегодня с 15:00 до 15:30)",
        "30 minutes from 15:00 (30 min today from 15:00 to 15:30)",
    )
    assert countdown(since=170).explained(30).ru == "30 минут от 17:50 (10 мин сегодня до 18:00, 20 мин завтра с 09:00)"


def test_in_the_words_of_the_readers_zone() -> None:
    text = countdown(zone=ZoneInfo("Asia/Yekaterinburg")).explained(30)
    assert text.ru == "30 минут от 17:00 (30 мин сегодня с 17:00 до 17:30)"


def test_how_long_it_lasted() -> None:
    assert countdown().said(21) == Text("21 минуту рабочего времени", "21 minutes of working time")
    always = Countdown(MONDAY, Calendar.always(MOSCOW), MONDAY, MOSCOW, around_the_clock=True)
    assert always.said(1) == Text("1 минуту", "1 minute")


def test_hours_that_never_come() -> None:
    never = from_line({**HOURS, "WORKTIME_FROM": "18", "WORKTIME_TO": "9"}, portal_zone=MOSCOW)
    with pytest.raises(NeverOpen):
        countdown(calendar=never).due(1)


async def test_who_answered() -> None:
    dialog = await view_of(asked())
    reply = Message(7, MONDAY + 6 * MINUTE, Author.HUMAN, ANNA)
    assert answered_words(dialog, reply, countdown()) == Text(
        " Анна Петрова, 15:06 (сообщение №7), через 6 минут рабочего времени.",
        " Анна Петрова, 15:06 (message 7), after 6 minutes of working time.",
    )
    stranger = Message(7, MONDAY + 6 * MINUTE, Author.HUMAN, 404)
    assert answered_words(dialog, stranger, countdown()).ru.startswith(" #404, 15:06")


async def test_a_wait_is_kept_as_json() -> None:
    robot = Every()
    words = Text("ждём", "waiting")
    planned = PlannedWait.of(countdown(since=170), 30, await view_of(asked()), words)
    kept = PlannedWait.model_validate_json(planned.model_dump_json())
    assert kept == planned
    wait = kept.until(robot.second)
    assert wait == WaitUntil(
        MONDAY + (18 * 60 + 20) * MINUTE,
        then=robot.second,
        because=words,
        watch=Watch(CHAT, 1_777_002),
        counted=(
            (MONDAY + 170 * MINUTE, MONDAY + 180 * MINUTE),
            (MONDAY + 18 * 60 * MINUTE, MONDAY + (18 * 60 + 20) * MINUTE),
        ),
    )
