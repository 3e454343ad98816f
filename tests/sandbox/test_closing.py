"""How dialogs end: openlines.md facts 6 and 7, part 1.4."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.crm import DEAL
from sandbox.demo import ACCOUNTING_LINE, ANNA, DIRECTOR
from sandbox.dialogs import Status
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of, session_of


def test_a_line_without_farewell_closes_at_once(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    assert ask("imopenlines.operator.another.finish", CHAT_ID=chat.id) is True
    assert (chat.session_id, chat.owner) == (0, 0)
    assert chat.messages[-1].params["CLASS"] == "bx-messenger-content-item-ol-end"


def test_a_line_with_farewell_needs_two_finishes(portal: Portal, ask: Asker) -> None:
    portal.openlines.lines[ACCOUNTING_LINE].close_text = "Good bye"
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    assert session_of(portal, chat).status is Status.WAIT_CLIENT
    assert portal.journal.outbox[-1].text == "Good bye"
    ask("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    assert chat.session_id == 0
    assert len(portal.journal.outbox) == 1


@pytest.mark.parametrize(("minutes", "closes_after"), [(10, 10), (0, 1)])
def test_or_the_clock_closes_it(portal: Portal, ask: Asker, minutes: int, closes_after: int) -> None:
    """Trap 10."""
    line = portal.openlines.lines[ACCOUNTING_LINE]
    line.close_text, line.full_close_minutes = "Good bye", minutes
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    portal.clock.advance(timedelta(seconds=closes_after * 60 - 1))
    assert chat.session_id
    portal.clock.advance(timedelta(seconds=1))
    assert chat.session_id == 0


def test_a_client_who_writes_while_it_closes_brings_it_back(portal: Portal, ask: Asker) -> None:
    portal.openlines.lines[ACCOUNTING_LINE].close_text = "Good bye"
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    portal.openlines.talk.client_writes(chat, "One more thing")
    portal.clock.advance(timedelta(hours=1))
    assert session_of(portal, chat).status is Status.CLIENT_AFTER_OPERATOR


@pytest.mark.parametrize(("digit", "vote"), [("1", 5), ("0", 1)])
def test_a_bare_digit_is_a_rating_while_one_is_awaited(portal: Portal, ask: Asker, digit: str, vote: int) -> None:
    line = portal.openlines.lines[ACCOUNTING_LINE]
    line.vote, line.vote_text = True, "Rate us"
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    portal.openlines.talk.client_writes(chat, digit)
    assert chat.messages[-1].text.startswith("[like]" if digit == "1" else "[dislike]")
    ask("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    assert chat.messages[-1].params["IMOL_VOTE_USER"] == vote


def test_finishing_an_unaccepted_dialog_accepts_it_first(portal: Portal, ask: Asker) -> None:
    """Fact 7, trap 4."""
    chat = chat_of(portal, 4)
    session = session_of(portal, chat)
    session.created_items.add((DEAL, 4))
    ask("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    assert session.operator == DIRECTOR
    assert portal.crm.items[DEAL, 4].assigned_by == DIRECTOR


@pytest.mark.parametrize(
    ("method", "who", "deal", "code"),
    [
        ("imopenlines.operator.finish", DIRECTOR, 1, "ERROR_USER_NOT_OPERATOR"),
        ("imopenlines.operator.finish", DIRECTOR, 6, "NOT_LOAD_SESSION_OR_CHAT"),
        ("imopenlines.operator.another.finish", DIRECTOR, 6, "NOT_LOAD_SESSION_OR_CHAT"),
        ("imopenlines.operator.answer", ANNA, 1, ""),  # already his; trap 18
        ("imopenlines.operator.answer", ANNA, 6, ""),
        ("imopenlines.operator.skip", ANNA, 6, "ACCESS_DENIED_KICK"),
    ],
)
def test_refusals_of_operators(portal: Portal, method: str, who: int, deal: int, code: str) -> None:
    user = Asker(portal, portal.people.users[who])
    assert user.refused(method, CHAT_ID=chat_of(portal, deal).id) == (400, code)


def test_the_clock_closes_what_bitrix_closes_by_itself(portal: Portal) -> None:
    """1.4: after our message AUTO_CLOSE_TIME, after the client's a month, pinned a week."""
    ours, clients, pinned = chat_of(portal, 3), chat_of(portal, 1), chat_of(portal, 7)
    pinned.pinned = True
    portal.openlines.closing.plan(pinned, session_of(portal, pinned))
    portal.clock.advance(timedelta(days=8))
    assert [bool(chat.session_id) for chat in (ours, clients, pinned)] == [True, True, False]
    portal.clock.advance(timedelta(days=7))
    assert [bool(chat.session_id) for chat in (ours, clients)] == [False, True]
    portal.clock.advance(timedelta(days=16))
    assert clients.session_id == 0
