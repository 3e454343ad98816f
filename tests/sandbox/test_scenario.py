"""The named states, in both languages."""

from __future__ import annotations

import re

import pytest

from sandbox.crm import CONTACT, DEAL
from sandbox.demo import PROCESS_TYPE
from sandbox.dialogs import Status
from sandbox.people import Workday
from sandbox.portal import Portal
from sandbox.scenario import SCENARIOS, reset
from sandbox.view import view
from sandbox.wire import encode
from tests.sandbox.demo_dialogs import chat_of, session_of


def made(state: str, lang: str = "ru", seed: int = 7) -> Portal:
    portal = Portal(lang=lang, seed=seed, speed=0)
    reset(portal, state)
    return portal


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("state", sorted(SCENARIOS))
def test_a_state_can_be_drawn_and_is_told_in_its_language(state: str, lang: str) -> None:
    text = encode(view(made(state, lang))).decode()
    assert bool(re.search(r"[а-яё]", text, re.IGNORECASE)) is (lang == "ru")


def test_the_demo_is_a_working_tuesday() -> None:
    portal = made("demo")
    assert portal.now().astimezone(portal.zone).strftime("%A %Y-%m-%d %H:%M") == "Tuesday 2026-11-24 11:00"
    assert all(line.is_working(portal.now()) for line in portal.openlines.lines.values())
    assert {user.workday for user in portal.people.employees()} == {Workday.OPENED}
    assert len(portal.people.employees()) == 5
    assert all(one.head for one in portal.people.departments.values())


def test_the_demo_has_a_dialog_of_every_sort() -> None:
    portal = made("demo")
    assert (len(portal.crm.of_type(DEAL)), len(portal.crm.of_type(PROCESS_TYPE))) == (8, 2)
    waiting = [session_of(portal, chat_of(portal, deal)).status for deal in (1, 2, 7)]
    assert waiting == [Status.CLIENT_AFTER_OPERATOR] * 3
    assert session_of(portal, chat_of(portal, 3)).status is Status.OPERATOR
    assert session_of(portal, chat_of(portal, 4)).status is Status.NEW
    assert chat_of(portal, 5).messages[-1].text == "Спасибо!"
    assert chat_of(portal, 6).session_id == 0
    assert list(chat_of(portal, 7).bindings) == [CONTACT]
    assert not [chat for chat in portal.openlines.chats.values() if chat.bindings.get(DEAL) == 8]
    assert {chat.connector for chat in portal.openlines.chats.values()} == {
        "telegrambot",
        "whatsappbyedna",
        "fbinstagramdirect",
        "livechat",
    }


def test_messages_of_a_dialog_stand_in_the_order_of_time() -> None:
    for chat in made("demo").openlines.chats.values():
        assert [one.at for one in chat.messages] == sorted(one.at for one in chat.messages)
        assert [one.id for one in chat.messages] == sorted(one.id for one in chat.messages)


def test_a_fresh_state_has_no_past() -> None:
    journal = made("demo").journal
    assert (list(journal.calls), journal.outbox, journal.ledger) == ([], [], [])


def test_the_same_seed_makes_the_same_portal() -> None:
    first, second = made("demo"), made("demo")
    assert first.member_id == second.member_id
    assert encode(view(first)) == encode(view(second))
    assert made("demo", seed=8).member_id != first.member_id


def test_a_reset_never_repeats_an_identifier() -> None:
    """An application that remembers sessions and messages must not take new ones for old."""
    portal = made("demo")
    sessions = set(portal.openlines.sessions)
    messages = {one.id for chat in portal.openlines.chats.values() for one in chat.messages}
    version = portal.version
    reset(portal, "demo")
    assert not sessions & set(portal.openlines.sessions)
    assert not messages & {one.id for chat in portal.openlines.chats.values() for one in chat.messages}
    assert sorted(item.id for item in portal.crm.of_type(DEAL)) == list(range(1, 9))
    assert portal.version > version
