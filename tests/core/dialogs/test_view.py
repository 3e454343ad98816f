"""What robots read off a dialog."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from core.bitrix24.documents import CONTACT, DEAL, LEAD, Item
from core.dialogs.ball import Ball, Episode, judge
from core.dialogs.chat import Chat
from core.dialogs.line import Line
from core.dialogs.message import Author, Message
from core.dialogs.people import User
from core.dialogs.resolve import PathStep
from core.dialogs.session import last_session
from core.dialogs.view import DialogView
from core.dialogs.window import Window
from core.texts.text import Text
from tests.core.dialogs.talks import BEGAN, talk

CHAT = Chat(id=1777, title="БС - Ромашка", owner_id=27, session_id=343, line_id=22, connector="livechat")


def view_of(*lines: str, chat: Chat = CHAT, found_by: Item | None = None) -> DialogView:
    read = talk(*lines)
    session = last_session(read)
    return DialogView(
        chat=chat,
        line=Line(22, "Поддержка"),
        session_id=343,
        is_open=chat.open and not session.ended,
        messages=session.messages,
        read=read,
        whole=True,
        verdict=judge(session.messages, session_id=343, is_open=chat.open and not session.ended),
        window=Window(open=True, until=None),
        confirmed_by=None,
        users={27: User(27, "Анна")},
        found_by=found_by,
        path=(PathStep(Text("сделка 17", "deal 17"), 1),),
    )


LAST = [
    (["C Где?", "H В пути"], Author.HUMAN, 2),
    (["C Где?", "H В пути", "S Анна вышла", "X шёпот"], Author.HUMAN, 2),
    (["C Где?", "A Мы закрыты"], Author.SYSTEM, 2),
    (["C Где?", "R Ищу"], Author.ROBOT, 2),
    (["H В пути", "C Спасибо"], Author.CLIENT, 2),
    (["C Где?", "U В пути"], Author.UNKNOWN, 2),
    (["C Где?", "Ud В пути", "Hd В пути"], Author.CLIENT, 1),
    (["S Заметка"], None, None),
]


@pytest.mark.parametrize(("lines", "author", "number"), LAST)
def test_who_had_the_last_word(lines: list[str], author: Author | None, number: int | None) -> None:
    view = view_of(*lines)
    assert view.last_author is author
    assert (view.last_message.id if view.last_message else None) == number
    assert view.last_message_at == (None if number is None else BEGAN + timedelta(minutes=number - 1))


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        (["C Купите часы!", "S Анна отметила диалог как спам"], "cancelled_spam"),
        (["C Buy watches!", "S Anna marked the conversation as Spam"], "cancelled_spam"),
        (["C Это не спам", "H Вижу, не спам", "S Анна вышла"], "cancelled_closed"),
        (["C Где?", "A Рассылок и спама не будет"], "cancelled_closed"),
        (["S Антиспам включён"], "cancelled_closed"),
        ([], "cancelled_closed"),
    ],
)
def test_spam_is_told_from_an_ordinary_end(lines: list[str], result: str) -> None:
    assert view_of(*lines).closed_as == result


def test_the_last_of_each_side_and_how_many() -> None:
    view = view_of("C старое", "> 1", "< 2", "A Добро пожаловать", "C Где?", "R Ищу", "H В пути", "C А когда?", "Cd ой")
    assert view.last_client_message is not None
    assert view.last_client_message.text == "А когда?"
    assert view.last_human_message is not None
    assert view.last_human_message.text == "В пути"
    assert (view.messages_client, view.messages_ours) == (2, 3)
    nobody = view_of("< 1")
    assert nobody.last_client_message is None
    assert nobody.last_human_message is None


REPLIES = [
    (["C Где?", "H В пути"], 1, 2, 2),
    (["C Где?", "R Ищу", "H В пути"], 1, 3, 2),
    (["C Где?", "R Ищу"], 1, None, 2),
    (["C Где?", "X шёпот", "S заметка", "A Мы закрыты", "Hd ой"], 1, None, None),
    (["H раньше", "C Где?"], 2, None, None),
    (["C Где?", "H В пути", "> 1", "< 2", "C Ещё"], 1, 2, 2),
]


@pytest.mark.parametrize(("lines", "asked", "human", "any_of_ours"), REPLIES)
def test_the_first_reply_to_an_episode(
    lines: list[str], asked: int, human: int | None, any_of_ours: int | None
) -> None:
    view, episode = view_of(*lines), Episode(343, asked)

    def number(message: Message | None) -> int | None:
        return message.id if message else None

    assert number(view.first_human_reply_after(episode)) == human
    assert number(view.first_reply_after(episode, "human_or_robot")) == any_of_ours


def test_whether_the_client_wrote_again() -> None:
    view = view_of("C Где?", "R Благодарим за обращение", "Cd ой", "S заметка")
    assert view.client_wrote_after(1) is None
    assert view.client_wrote_after(0) is not None
    more = view_of("C Где?", "R Благодарим за обращение", "C Спасибо")
    wrote = more.client_wrote_after(2)
    assert wrote is not None
    assert wrote.id == 3


BINDINGS = [
    ("the item that led to it", Item(DEAL, 17), Item(LEAD, 1), (), ("deal", 17)),
    ("a smart process cannot be written through", Item(180, 9), Item(LEAD, 1), (Item(DEAL, 2),), ("lead", 1)),
    ("without a primary item the deal is best", Item(180, 9), None, (Item(CONTACT, 5), Item(DEAL, 2)), ("deal", 2)),
    ("then the contact", None, None, (Item(CONTACT, 5),), ("contact", 5)),
    ("or nothing", None, None, (), None),
]


@pytest.mark.parametrize(
    ("why", "found_by", "primary", "bindings", "expected"), BINDINGS, ids=[row[0] for row in BINDINGS]
)
def test_through_what_the_chat_may_be_written(
    why: str, found_by: Item | None, primary: Item | None, bindings: tuple[Item, ...], expected: tuple[str, int] | None
) -> None:
    chat = replace(CHAT, primary=primary, bindings=bindings)
    assert view_of("C Где?", chat=chat, found_by=found_by).crm_binding == expected


def test_a_closed_dialog_is_neither_accepted_nor_closing() -> None:
    ended = view_of("< 1", "C Где?", "> 1", chat=replace(CHAT, closing=True))
    assert (ended.is_open, ended.accepted, ended.closing) == (False, False, False)
    assert ended.ball is Ball.NONE
    closing = view_of("< 1", "C Где?", chat=replace(CHAT, closing=True))
    assert closing.closing


def test_the_log_gets_facts_and_no_texts() -> None:
    view = view_of("C Мой паспорт 4510", "H Уточню, Иван Иванович", "U эхо", "Cf 123")
    kept = json.dumps(view.to_json(), ensure_ascii=False)
    for text in ("паспорт", "4510", "Иванович", "эхо"):
        assert text not in kept
    facts = view.to_json()
    assert facts["ball"] == "us"
    assert facts["episode"] == {"session_id": 343, "message_id": 4}
    assert facts["waiting_since"] == "2025-11-24T12:03:00+00:00"
    assert facts["last_author"] == "client"
    assert facts["promise_open"] is True
    assert facts["path"] == [{"text": {"ru": "сделка 17", "en": "deal 17"}, "found": 1}]
    assert "паспорт" not in repr(view)


def test_the_log_of_a_silent_dialog() -> None:
    facts = view_of("< 1").to_json()
    assert facts["episode"] is None
    assert facts["last_author"] is None
    assert facts["last_message_at"] is None


def test_what_a_view_remembers() -> None:
    known = view_of("C Где?", found_by=Item(DEAL, 17)).known
    assert (known.chat_id, known.session_id, known.line_id, known.bound_to) == (1777, 343, 22, Item(DEAL, 17))
