"""A rehearsal in words: the sentence that stands above the form, and the moments below it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.effects import CommentTimeline, Effect, NotifyStaff, SendAsOperator, TransferDialog
from core.robots import Check
from core.runs.rehearsal import Rehearsal, Scene
from core.texts.text import Language, Text
from server.ui.reader import Reader
from server.ui.robot_settings.telling import acts_of, headline_of, people_in

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PEOPLE = {7: "Ирина Петрова"}
WHY = Text("Клиент не ждёт.", "The client does not wait.")
TELL = NotifyStaff(user_id=7, text="Клиент ждёт: [URL=/crm/deal/details/1/]сделка[/URL]. Скорее!", tag="x")


def reader(language: Language = "ru") -> Reader:
    return Reader(language, ZoneInfo("Europe/Moscow"), NOON)


def at(minutes: float = 0) -> datetime:
    return NOON + timedelta(minutes=minutes)


def would(effect: Effect, minutes: float = 0) -> Scene:
    return Scene("would", at(minutes), effect.summary(), effect=effect)


def waits(until: float, minutes: float = 0) -> Scene:
    return Scene("waits", at(minutes), Text("Ждём.", "Waiting."), until=at(until))


def ended(result: str = "done", minutes: float = 0) -> Scene:
    return Scene("ended", at(minutes), WHY, result=result)


def message(text: str) -> SendAsOperator:
    return SendAsOperator(chat_id=1, session_id=2, text=text, user_id=8, crm_type="deal", crm_id=17, after_message_id=5)


def said(*scenes: Scene, language: Language = "ru", people: dict[int, str] | None = None) -> str:
    rehearsal = Rehearsal(scenes, {}, cut=False, dry=False)
    return headline_of(rehearsal, people or {}, reader(language)).said_in(language)


def test_what_is_done_at_once() -> None:
    assert said(would(TELL), ended()) == "Сразу: уведомление — сотрудник 7"
    assert said(would(TELL), ended(), people=PEOPLE) == "Сразу: уведомление — Ирина Петрова"
    assert said(would(TELL), ended(), language="en") == "At once: notification for employee 7"


def test_what_is_done_later_has_its_hour() -> None:
    assert said(waits(30), would(TELL, 30), ended(minutes=30)) == "12:30: уведомление — сотрудник 7"
    tomorrow = 24 * 60
    assert said(waits(tomorrow), would(TELL, tomorrow)).startswith("25 нояб., 12:00: ")


def test_only_the_first_deeds_are_named_and_the_others_counted() -> None:
    deeds = [would(TELL, 5) for _ in range(4)]
    text = said(waits(5), *deeds, waits(9, 5), would(TELL, 9))
    assert text == "12:05: уведомление — сотрудник 7; уведомление — сотрудник 7 и ещё 2"


def test_a_message_is_quoted_by_its_beginning() -> None:
    assert said(would(message("Добрый день!\nСмотрим."))).endswith(": «Добрый день! Смотрим.»")
    assert said(would(message("Good day!")), language="en").endswith(": “Good day!”")
    assert said(would(message("слово " * 30))).endswith("слово…»")
    assert "+7 900 000-00-00" not in said(would(message("Звоните: +7 900 000-00-00")))


@pytest.mark.parametrize(
    ("scenes", "text"),
    [
        ([ended("nothing_to_do")], "Ничего не сделает. Клиент не ждёт."),
        ([ended("done")], "Сразу ответит процессу. Клиент не ждёт."),
        ([waits(30), ended("nothing_to_do", 30)], "Подождёт до 12:30 и ничего не сделает. Клиент не ждёт."),
    ],
)
def test_a_robot_that_does_nothing(scenes: list[Scene], text: str) -> None:
    assert said(*scenes) == text


def test_the_moments() -> None:
    checks = (Check(Text("Ирина: сообщаем", "Irina: is told"), True),)
    decided = Scene("decided", at(30), WHY, checks)
    scenes = (Scene("looked", at(), Text("Диалог", "Dialog")), waits(30), decided, would(TELL, 30), ended(minutes=30))
    first, second = acts_of(Rehearsal(scenes, {}, cut=False, dry=False), PEOPLE)
    assert (first.at, second.at) == (None, at(30))
    assert [entry.kind for entry in first.entries] == ["looked", "waits"]
    assert first.entries[1].bar is not None
    assert second.entries[0].checks == checks
    told = second.entries[1]
    assert told.text.ru == "Уведомление — Ирина Петрова"
    assert told.quote is not None
    assert (told.quote.text, told.quote.for_client) == ("Клиент ждёт: сделка. Скорее!", False)


def test_whose_words_are_whose() -> None:
    (act,) = acts_of(Rehearsal((would(message("Да")), would(TELL)), {}, cut=False, dry=False), {})
    assert [entry.quote.for_client for entry in act.entries if entry.quote] == [True, False]
    move = TransferDialog(chat_id=1, user_id=9, line_id=22, seen_owner_id=8)
    (act,) = acts_of(Rehearsal((would(move),), {}, cut=False, dry=False), {})
    assert act.entries[0].quote is None


def test_the_people_whose_names_are_needed() -> None:
    move = TransferDialog(chat_id=1, user_id=9, line_id=22, seen_owner_id=8)
    comment = CommentTimeline(entity_type="deal", entity_id=17, text="x")
    scenes = (would(TELL), would(move), would(comment), ended())
    assert people_in(Rehearsal(scenes, {}, cut=False, dry=False)) == {7, 9}
