"""Dialogs that a bot holds: who gets them from it, and how (openlines.md 3.5)."""

from __future__ import annotations

from sandbox.demo import ANNA, BOT
from sandbox.dialogs import Chat
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of


def held_by_bot(portal: Portal) -> Chat:
    chat = chat_of(portal, 1)
    portal.openlines.accept(chat, portal.people.users[BOT])
    assert chat.owner == BOT
    return chat


def test_a_bot_gives_its_dialog_to_the_queue(portal: Portal, ask: Asker) -> None:
    chat = held_by_bot(portal)
    assert ask("imopenlines.bot.session.operator", CHAT_ID=chat.id) is True
    assert chat.owner == 0


def test_only_a_bots_dialog_can_be_fetched(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    assert chat.owner == ANNA
    for number in (chat.id, 99_999):
        assert ask.refused("imopenlines.bot.session.operator", CHAT_ID=number) == (400, "WRONG_CHAT")


def test_an_application_without_a_bot_hands_nothing_on(portal: Portal, ask: Asker) -> None:
    chat = held_by_bot(portal)
    assert ask.refused("imopenlines.bot.session.transfer", CHAT_ID=chat.id, USER_ID=ANNA) == (400, "BOT_ID_ERROR")
    assert chat.owner == BOT


def test_an_employee_may_take_it_all_the_same(portal: Portal, ask: Asker) -> None:
    chat = held_by_bot(portal)
    assert ask("imopenlines.operator.transfer", CHAT_ID=chat.id, USER_ID=ANNA) is True
    assert chat.owner == ANNA
