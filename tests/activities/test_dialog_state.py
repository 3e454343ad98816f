"""Every value that the state of a dialog gives to a process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.bitrix24.documents import COMPANY, CONTACT, Item
from core.robots import Done
from core.robots.decoding import encode
from tests.activities.scene import CHAT, LINE, MONDAY, OUR_DEAL, SESSION, Scene, returned
from tests.core.dialogs.portal import ANNA, BOT, NOW, Session
from tests.core.robots.office import BORIS

SAYS = {"C": "client", "H": "human"}


def scene(*talk: str, minute: float = 60, **properties: object) -> Scene:
    """A session of ``C text`` and ``H text``, a minute apart from Monday, 15:00 on; looked at an hour later."""
    made = Scene("dialog_state", dict(properties), minute=minute)
    for number, line in enumerate(talk):
        getattr(made, SAYS[line[0]])(line[2:], at=number)
    return made


async def values(it: Scene) -> dict[str, Any]:
    done = await it.done()
    assert done.result == "done"
    assert it.acts == []
    return returned(done)


async def test_a_client_who_waits() -> None:
    found = await values(scene("C Где заказ?", "C Ау!"))
    assert found == {
        "has_dialog": True,
        "is_open": True,
        "status": "work",
        "ball": "us",
        "last_author": "client",
        "last_message_at": MONDAY + timedelta(minutes=1),
        "waiting_minutes_working": 60,
        "waiting_minutes_raw": 60,
        "owner": f"user_{ANNA}",
        "owner_on_shift": True,
        "line_id": LINE,
        "line_name": "Поддержка",
        "channel": "livechat",
        "title": "Гость",
        "title_valid": None,
        "confirmed": False,
        "promise_open": False,
        "dialog_count": 1,
        "window_open": True,
        "window_until": None,
        "messages_client": 2,
        "messages_ours": 0,
        "pinned": False,
    }


async def test_why_is_said_in_both_languages() -> None:
    it = scene("C Где заказ?")
    await it.done()
    assert it.last.text.ru == "Клиент ждёт ответа с 15:00: без ответа 1 сообщение."
    assert it.last.text.en == "The client has waited for an answer since 15:00: 1 message unanswered."


BALLS: list[tuple[str, list[str], str, str]] = [
    ("nobody wrote", [], "none", "none"),
    ("he asked", ["C Где заказ?"], "us", "client"),
    ("we answered", ["C Где заказ?", "H Едет"], "client", "human"),
    ("he thanked", ["C Где заказ?", "H Едет", "C Спасибо!"], "ack", "client"),
    ("we promised", ["C Где заказ?", "H Уточню и вернусь с ответом"], "us", "human"),
]


@pytest.mark.parametrize(("why", "talk", "ball", "author"), BALLS, ids=[row[0] for row in BALLS])
async def test_whose_turn_it_is(why: str, talk: list[str], ball: str, author: str) -> None:
    found = await values(scene(*talk))
    assert (found["ball"], found["last_author"]) == (ball, author)
    assert found["promise_open"] is (why == "we promised")


async def test_a_bot_wrote_last() -> None:
    it = scene("C Где заказ?")
    it.human("Соединяю", by=BOT, at=2)
    found = await values(it)
    assert (found["last_author"], found["ball"], found["messages_ours"]) == ("robot", "us", 1)


async def test_nobody_waits_nobody_counts() -> None:
    found = await values(scene("C Где заказ?", "H Едет"))
    assert (found["waiting_minutes_working"], found["waiting_minutes_raw"]) == (0, 0)


async def test_a_night_is_no_working_time() -> None:
    found = await values(scene("C Где заказ?", minute=18 * 60 + 30))
    assert (found["waiting_minutes_working"], found["waiting_minutes_raw"]) == (210, 1110)


async def test_around_the_clock_it_is() -> None:
    found = await values(scene("C Где заказ?", minute=600, calendar="always"))
    assert (found["waiting_minutes_working"], found["waiting_minutes_raw"]) == (600, 600)


async def test_he_confirmed() -> None:
    assert (await values(scene("C Где заказ?", "H Приехал?", "C Всё хорошо, спасибо")))["confirmed"] is True


async def test_only_so_many_messages_are_counted() -> None:
    talk = ["C раз?", "H два", "C три?", "H четыре", "C пять?"]
    assert (await values(scene(*talk, depth="2")))["messages_client"] == 1
    found = await values(scene(*talk, depth="50"))
    assert (found["messages_client"], found["messages_ours"]) == (3, 2)


STATUSES = [
    ("accepted", "work", True),
    ("in the queue", "queue", True),
    ("closing", "closing", True),
    ("closed", "closed", False),
]


@pytest.mark.parametrize(("why", "status", "is_open"), STATUSES, ids=[row[0] for row in STATUSES])
async def test_statuses(why: str, status: str, is_open: bool) -> None:
    it = scene("C Где заказ?")
    if why == "in the queue":
        it.accept(0)
    if why == "closing":
        it.data(4, "Y")
    if why == "closed":
        it.close()
    found = await values(it)
    assert (found["has_dialog"], found["status"], found["is_open"]) == (True, status, is_open)
    assert (found["owner"] is None) is (why in {"in the queue", "closed"})


async def test_an_operator_who_went_home() -> None:
    it = scene("C Где заказ?")
    it.office.staff[ANNA].workday = "CLOSED"
    assert (await values(it))["owner_on_shift"] is False


async def test_an_operator_of_whom_nothing_is_known() -> None:
    it = scene("C Где заказ?")
    it.office.manages_time = False
    it.accept(BORIS)
    found = await values(it)
    assert (found["owner"], found["owner_on_shift"]) == (f"user_{BORIS}", None)


async def test_the_channels_window() -> None:
    it = scene("C Где заказ?")
    it.window_closes(30)
    found = await values(it)
    assert (found["window_open"], found["window_until"]) == (False, MONDAY + timedelta(minutes=30))


async def test_pinned() -> None:
    it = scene("C Где заказ?")
    it.data(3, "Y")
    assert (await values(it))["pinned"] is True


async def test_several_dialogs() -> None:
    it = scene("C Где заказ?")
    it.office.add_chat(1800, session_id=350, connector="telegrambot")
    it.office.sessions.append(
        Session(350, 1800, (OUR_DEAL,), connector="telegrambot", updated_at=NOW - timedelta(days=1))
    )
    assert (await values(it))["dialog_count"] == 2


async def test_a_dialog_on_the_contact() -> None:
    it = scene("C Где заказ?")
    it.office.sessions[:] = [Session(SESSION, CHAT, (Item(CONTACT, 5),))]
    assert (await values(it))["has_dialog"] is True


async def test_no_dialog_is_a_branch() -> None:
    it = scene()
    it.office.sessions.clear()
    done = await it.done()
    assert done.result == "no_dialog"
    found = returned(done)
    assert (found["has_dialog"], found["is_open"], found["status"], found["ball"]) == (False, False, "none", "none")
    assert it.last.text.ru.startswith("Ни у элемента CRM")


async def test_too_many_dialogs_are_counted() -> None:
    it = scene("C Где заказ?", dialog_pick="by_line")
    it.office.add_chat(1800, session_id=350, connector="telegrambot", line="4")
    it.office.sessions.append(Session(350, 1800, (OUR_DEAL,), line_id=4, connector="telegrambot"))
    done = await it.done()
    assert done.result == "ambiguous_dialog"
    assert returned(done)["dialog_count"] == 2


async def test_the_line_that_was_asked_for() -> None:
    it = scene("C Где заказ?", line_ids="4")
    assert (await it.done()).result == "no_dialog"


async def test_what_the_process_gets() -> None:
    done: Done = await scene("C Где заказ?").done()
    wire = encode(done.output)
    assert (wire["has_dialog"], wire["title_valid"], wire["window_until"]) == ("Y", "", "")
    assert wire["last_message_at"] == "2025-11-24T12:00:00+00:00"
    assert wire["owner"] == f"user_{ANNA}"


async def test_it_takes_one_look_and_one_question_about_the_operator() -> None:
    it = scene("C Где заказ?")
    await it.done()
    assert it.office.requests == 2


TITLES: list[tuple[str, str, str, int, bool]] = [
    ("as the mask says", "БС - {company}", "БС - ООО «Ромашка»", 40, True),
    ("but for quotes, dash and the form's place", "БС - {company}", "бс — Ромашка ООО", 40, True),
    ("another one", "БС - {company}", "Гость", 40, False),
    ("other fields", "{deal.title}", "окна", 0, True),
    ("no company", "БС - {company}", "БС - ООО «Ромашка»", 0, False),
    ("let alone in the whole portal", "БС - {company}", "VIP", 0, True),
]


@pytest.mark.parametrize(("why", "mask", "title", "company", "valid"), TITLES, ids=[row[0] for row in TITLES])
async def test_the_title_is_held_against_a_mask(why: str, mask: str, title: str, company: int, valid: bool) -> None:
    it = scene("C Где заказ?", mask=mask)
    it.desk.settings["naming_exceptions"] = ["^VIP"]
    it.office.items[OUR_DEAL] |= {"companyId": company}
    it.office.items[Item(COMPANY, 40)] = {"title": "ООО «Ромашка»"}
    it.office.chats[CHAT]["name"] = title
    assert (await values(it))["title_valid"] is valid
    assert it.last.text.ru.startswith("Клиент ждёт ответа")
    assert it.checks


REJECTED: list[tuple[dict[str, object], str]] = [
    ({"mask": "БС - {compnay}"}, "«Маска названия»: нет такой подстановки: {compnay}."),
    ({"depth": "51"}, "«Сколько сообщений считать»: нужно целое число от 1 до 50."),
    ({"depth": "0"}, "«Сколько сообщений считать»: нужно целое число от 1 до 50."),
    (
        {"calendar_name": "Наш график"},
        "«Свой график (код)»: нужен код графика из настроек Дежурного, например support.",
    ),
    ({"channels": "x", "line_ids": "٥"}, "«Только линии»: нужны номера линий через запятую, например 1, 4."),
]


@pytest.mark.parametrize(("properties", "ru"), REJECTED)
def test_what_cannot_work_is_refused_with_a_word(properties: dict[str, object], ru: str) -> None:
    said = Scene("dialog_state").robot.check(properties)
    assert said is not None
    assert said.ru == ru
    assert said.en != said.ru
