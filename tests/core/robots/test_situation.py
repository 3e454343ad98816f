"""How a dialog stands, in words for employees: whose turn, since when, and never what was said."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from core.robots.situation import how_it_stands, last_words, minutes_waited
from core.worktime.calendar import Calendar
from tests.core.robots.views import asked, view_of

MOSCOW = ZoneInfo("Europe/Moscow")
ALWAYS = Calendar.always(MOSCOW)


async def test_the_client_waits() -> None:
    it = asked()
    dialog = await view_of(it)
    assert minutes_waited(dialog, ALWAYS, it.now) == 20
    assert how_it_stands(dialog, ALWAYS, now=it.now, zone=MOSCOW).ru == ("клиент ждёт ответа 20 минут рабочего времени")
    assert last_words(dialog, now=it.now, zone=MOSCOW).ru == "Клиент писал в 15:00."


async def test_he_has_just_asked() -> None:
    it = asked()
    it.minute = 0.2
    dialog = await view_of(it)
    assert how_it_stands(dialog, ALWAYS, now=it.now, zone=MOSCOW).ru == "клиент ждёт ответа"


async def test_the_last_word_is_ours() -> None:
    it = asked()
    it.human("Пришлите договор", at=10)
    dialog = await view_of(it)
    assert minutes_waited(dialog, ALWAYS, it.now) == 0
    assert how_it_stands(dialog, ALWAYS, now=it.now, zone=MOSCOW).ru == "последнее слово за нами, ждём клиента"
    said = last_words(dialog, now=it.now, zone=MOSCOW)
    assert said.ru == "Клиент писал в 15:00. Последний ответ: Анна Петрова, 15:10."
    assert "договор" not in said.ru


async def test_we_promised() -> None:
    it = asked()
    it.human("Уточню и вернусь с ответом до 15:15", at=10)
    dialog = await view_of(it)
    assert how_it_stands(dialog, ALWAYS, now=it.now, zone=MOSCOW).ru.startswith("мы обещали вернуться с ответом ")


async def test_he_thanked() -> None:
    it = asked()
    it.human("Готово", at=10)
    it.client("Спасибо!", at=11)
    dialog = await view_of(it)
    assert how_it_stands(dialog, ALWAYS, now=it.now, zone=MOSCOW).ru == "клиент поблагодарил или согласился"


async def test_the_dialog_is_closed() -> None:
    it = asked()
    it.close()
    dialog = await view_of(it)
    assert how_it_stands(dialog, ALWAYS, now=it.now, zone=MOSCOW).ru == "ответа сейчас никто не ждёт"
