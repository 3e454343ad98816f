"""How long thinking takes: a dialog of 500 messages classified and decided on, and a year of working time counted."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.figure import Figure
from core.bitrix24.command import Json
from core.dialogs.ball import Ball
from core.dialogs.chat import Chat
from core.dialogs.conversation import Conversation
from core.dialogs.message import RawMessage, read_messages
from core.dialogs.people import User
from core.dialogs.seeing import Eyes, Found, see
from core.dialogs.view import DialogView
from core.robots.last_word import last_word
from core.robots.shift_end import kind_of
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.country import with_country
from core.worktime.intervals import Interval, Week

REPEATS = 200
MESSAGES = 500
CLIENT, ANNA = 70, 8
BEGAN = datetime(2026, 11, 23, 9, tzinfo=UTC)
#: They take turns, and the session is long: nothing here is the easy case of a few messages.
TALK = (
    (CLIENT, "Здравствуйте! Когда будет готов расчёт за октябрь?"),
    (ANNA, "Добрый день! Уточню у бухгалтера и вернусь с ответом."),
    (CLIENT, "Хорошо, спасибо"),
    (ANNA, "Готово, отправила на почту."),
    (CLIENT, "Спасибо! А когда ждать акт сверки, на этой неделе?"),
)


def measure() -> list[Figure]:
    turns = _milliseconds(_deciding(TALK))
    alone = _milliseconds(_deciding(tuple(said for said in TALK if said[0] == CLIENT)))
    calendar = _office()
    year = calendar.between(BEGAN, BEGAN + timedelta(days=365))
    # A calendar is built anew for each look, so what it remembers of an earlier count does not help.
    adding = _milliseconds(lambda: _office().add(BEGAN, year))
    return [
        Figure(f"classifying and deciding, a dialog of {MESSAGES} messages", turns, "ms", "", ("≤", 5)),
        Figure(f"the same, {MESSAGES} messages of a client whom nobody answered", alone, "ms", "", ("≤", 5)),
        Figure("adding a year of working time", adding, "ms", f"{year} minutes, holidays of Russia", ("≤", 1)),
    ]


def _deciding(talk: tuple[tuple[int, str], ...]) -> Callable[[], None]:
    people = (User(ANNA, "Анна Смирнова"), User(CLIENT, "Марина", connector=True))
    conversation = Conversation(_messages(talk), {user.id: user for user in people})
    chat = Chat(id=1777, session_id=343, owner_id=ANNA, client_id=CLIENT, last_message_id=MESSAGES)
    eyes = Eyes(BEGAN + timedelta(hours=10), zone=ZoneInfo("Europe/Moscow"))
    return lambda: _decided(see(chat, conversation, found=Found(343), eyes=eyes))


def _messages(talk: tuple[tuple[int, str], ...]) -> tuple[RawMessage, ...]:
    said: list[Json] = [
        {
            "id": number,
            "date": (BEGAN + timedelta(minutes=number)).isoformat(),
            "author_id": talk[number % len(talk)][0],
            "text": talk[number % len(talk)][1],
        }
        for number in range(1, MESSAGES + 1)
    ]
    return read_messages(said)


def _decided(view: DialogView) -> None:
    """What robots ask of a dialog, one after the other."""
    kind_of(view)
    last_word(view)
    if view.ball is not Ball.US:
        raise RuntimeError("The client's question was not seen.")


def _office() -> Calendar:
    day = (Interval.between("09:00", "13:00"), Interval.between("14:00", "18:00"))
    week = Week.of(day, off=("SA", "SU"))
    return with_country(Calendar(week, ZoneInfo("Europe/Moscow"), Text("офис", "office")), "RU")


def _milliseconds(work: Callable[[], object]) -> float:
    """The median: the machine does other things as well."""
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000
