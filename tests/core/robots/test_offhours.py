"""Stretches without working time, and the texts of channels."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from core.robots.offhours import bad_channels, closed_at, read_channels, text_for
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.days import DatedDays, SpecialDay
from core.worktime.intervals import Interval, Week

MOSCOW = ZoneInfo("Europe/Moscow")
OFFICE = Calendar(
    Week.of((Interval(540, 780), Interval(840, 1080)), off=("SA", "SU")), MOSCOW, Text("офис", "office")
).with_exceptions(DatedDays({date(2026, 11, 25): SpecialDay.off()}))
LABEL = Text("Тексты каналов", "Texts of channels")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


STRETCHES = [
    ("2026-11-23T20:00", "night", "2026-11-23T18:00", "2026-11-24T09:00"),
    ("2026-11-23T06:00", "night", "2026-11-20T18:00", "2026-11-23T09:00"),
    ("2026-11-23T13:30", "lunch", "2026-11-23T13:00", "2026-11-23T14:00"),
    ("2026-11-21T12:00", "weekend", "2026-11-20T18:00", "2026-11-23T09:00"),
    ("2026-11-20T22:00", "night", "2026-11-20T18:00", "2026-11-23T09:00"),
    ("2026-11-25T12:00", "holiday", "2026-11-24T18:00", "2026-11-26T09:00"),
    ("2026-11-24T18:00", "night", "2026-11-24T18:00", "2026-11-26T09:00"),
]


@pytest.mark.parametrize(("at", "kind", "since", "until"), STRETCHES)
def test_the_stretch_around_a_moment(at: str, kind: str, since: str, until: str) -> None:
    closed = closed_at(OFFICE, local(at))
    assert closed is not None
    assert (closed.kind, closed.since, closed.until) == (kind, local(since), local(until))


def test_all_moments_of_a_stretch_have_one_key() -> None:
    keys = {
        closed.key
        for at in ("20T19:00", "21T12:00", "23T08:59")
        if (closed := closed_at(OFFICE, local(f"2026-11-{at}")))
    }
    assert len(keys) == 1


def test_working_time_is_none() -> None:
    assert closed_at(OFFICE, local("2026-11-23T12:59")) is None
    assert closed_at(Calendar.always(MOSCOW), local("2026-11-22T03:00")) is None


CHANNELS = "whatsapp: Ответим утром: ждите.\n\n telegram : {client.name}, доброй ночи\nfbinstagramdirect: Hi"


@pytest.mark.parametrize(
    ("connector", "text"),
    [
        ("whatsappbyedna", "Ответим утром: ждите."),
        ("telegrambot", "{client.name}, доброй ночи"),
        ("fbinstagramdirect", "Hi"),
        ("livechat", ""),
    ],
)
def test_the_text_of_a_channel(connector: str, text: str) -> None:
    assert text_for(read_channels(CHANNELS), connector) == text


def test_the_longest_name_wins() -> None:
    channels = read_channels("whatsapp: один\nwhatsappbyedna: другой")
    assert text_for(channels, "whatsappbyedna") == "другой"
    assert text_for(channels, "whatsappbytwilio") == "один"


def test_texts_that_cannot_be_read() -> None:
    assert bad_channels(CHANNELS, LABEL) is None
    said = bad_channels("whatsapp: да\nпросто текст", LABEL)
    assert said is not None
    assert said.ru.startswith("«Тексты каналов», строка 2: нужно «канал: текст»")
    said = bad_channels("whatsapp: {clinet}", LABEL)
    assert said is not None
    assert said.en == "“Texts of channels”, line 1: there is no {clinet}."
