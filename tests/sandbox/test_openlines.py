"""How dialogs are handed on, and what clients and shifts do: openlines.md facts 8 and 9, 1.1, 1.4, 3.5, [ACC]."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from sandbox.crm import DEAL
from sandbox.demo import ACCOUNTING_LINE, ANNA, CHIEF, DIRECTOR, DMITRY, SUPPORT, SUPPORT_LINE
from sandbox.dialogs import Chat, Status
from sandbox.people import Workday
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of, operator, put_into, session_of


def test_a_transfer_takes_effect_at_once_and_sends_observers_away(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    portal.openlines.join(chat, portal.people.users[CHIEF])
    assert ask("imopenlines.operator.transfer", CHAT_ID=chat.id, USER_ID=DMITRY) is True
    assert (chat.owner, chat.members) == (DMITRY, [chat.client_id, DMITRY])


def test_the_target_need_not_be_in_the_queue(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.transfer", CHAT_ID=chat.id, TRANSFER_ID=str(SUPPORT))
    assert chat.owner == SUPPORT


@pytest.mark.parametrize("params", [{"QUEUE_ID": ACCOUNTING_LINE}, {"TRANSFER_ID": f"queue{ACCOUNTING_LINE}"}])
def test_a_transfer_to_the_queue_leaves_it_unaccepted(portal: Portal, ask: Asker, params: dict[str, Any]) -> None:
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.transfer", CHAT_ID=chat.id, **params)
    session = session_of(portal, chat)
    assert (chat.owner, session.status, session.offered_to) == (0, Status.SKIP, DMITRY)
    assert chat.members == [chat.client_id]  # who is offered it is not in it (3.2)


def test_another_line_shows_in_the_data_but_not_in_the_code(portal: Portal, ask: Asker) -> None:
    """Trap 11."""
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.transfer", CHAT_ID=chat.id, QUEUE_ID=SUPPORT_LINE)
    said = ask("imopenlines.dialog.get", CHAT_ID=chat.id)
    assert said["entity_id"].split("|")[1] == str(ACCOUNTING_LINE)
    assert said["entity_data_1"].split("|")[7] == str(SUPPORT_LINE)
    history = ask("imopenlines.session.history.get", SESSION_ID=chat.session_id)
    assert history["openlines"] == {"canvoteashead": {str(SUPPORT_LINE): True}}


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"USER_ID": DIRECTOR}, "OPERATOR_WRONG"),  # to oneself
        ({"USER_ID": 501}, "OPERATOR_WRONG"),  # a client
        ({"QUEUE_ID": 99}, "OPERATOR_WRONG"),
        ({"USER_ID": 0}, "USER_ID_EMPTY"),
        ({"QUEUE_ID": 0}, "QUEUE_ID_EMPTY"),
        ({"TRANSFER_ID": ""}, "TRANSFER_ID_EMPTY"),
        ({}, "TRANSFER_ID_EMPTY"),
        ({"CHAT_ID": 1}, "CHAT_TYPE"),
        ({"CHAT_ID": "x"}, "CHAT_ID_EMPTY"),
    ],
)
def test_refusals_of_a_transfer(portal: Portal, ask: Asker, params: dict[str, Any], code: str) -> None:
    given: dict[str, Any] = {"CHAT_ID": chat_of(portal, 1).id} | params
    assert ask.refused("imopenlines.operator.transfer", **given) == (400, code)


def test_a_transfer_of_a_closed_dialog_opens_a_new_session(portal: Portal, ask: Asker) -> None:
    """Trap 3."""
    chat = chat_of(portal, 6)
    ask("imopenlines.operator.transfer", CHAT_ID=chat.id, USER_ID=DMITRY)
    assert (chat.owner, len(chat.session_ids)) == (DMITRY, 2)


@pytest.mark.parametrize(
    ("follows", "created", "responsible"), [(True, True, DMITRY), (True, False, ANNA), (False, True, ANNA)]
)
def test_crm_follows_only_for_what_the_session_created(
    portal: Portal, ask: Asker, follows: bool, created: bool, responsible: int
) -> None:
    chat = chat_of(portal, 1)
    portal.openlines.lines[ACCOUNTING_LINE].crm_transfer_change = follows
    if created:
        session_of(portal, chat).created_items.add((DEAL, 1))
    ask("imopenlines.operator.transfer", CHAT_ID=chat.id, USER_ID=DMITRY)
    assert portal.crm.items[DEAL, 1].assigned_by == responsible


def test_skip_offers_it_to_the_next(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.skip", CHAT_ID=chat.id)
    assert (chat.owner, session_of(portal, chat).offered_to) == (0, DMITRY)


def test_skip_alone_fails_with_an_empty_code(portal: Portal, ask: Asker) -> None:
    portal.openlines.lines[ACCOUNTING_LINE].queue = [ANNA]
    chat = chat_of(portal, 1)
    assert ask.refused("imopenlines.operator.skip", CHAT_ID=chat.id) == (400, "")
    assert chat.owner == ANNA


def test_answer_takes_a_dialog_and_sends_the_other_away(portal: Portal) -> None:
    chat = chat_of(portal, 1)
    Asker(portal, portal.people.users[DMITRY])("imopenlines.operator.answer", CHAT_ID=chat.id)
    assert (chat.owner, chat.members) == (DMITRY, [chat.client_id, DMITRY])


def test_intercept_is_true_even_when_nothing_happens(portal: Portal, ask: Asker) -> None:
    """Trap 2."""
    unaccepted, taken = chat_of(portal, 4), chat_of(portal, 1)
    assert ask("imopenlines.session.intercept", CHAT_ID=unaccepted.id) is True
    assert unaccepted.owner == 0
    assert ask("imopenlines.session.intercept", CHAT_ID=taken.id) is True
    assert taken.owner == DIRECTOR
    assert ask.refused("imopenlines.session.intercept", CHAT_ID=1) == (400, "OPERATOR_WRONG")


@pytest.mark.parametrize(
    ("deal", "owner", "sessions"),
    [(6, DIRECTOR, 2), (4, DIRECTOR, 1), (1, ANNA, 1)],
    ids=["closed: a new session on the caller", "unaccepted: accepted", "taken: joined"],
)
def test_session_start(portal: Portal, ask: Asker, deal: int, owner: int, sessions: int) -> None:
    chat = chat_of(portal, deal)
    assert ask("imopenlines.session.start", CHAT_ID=chat.id) is True
    assert (chat.owner, len(chat.session_ids), DIRECTOR in chat.members) == (owner, sessions, True)


def test_pinning_is_for_the_operator_and_opens_what_is_closed(portal: Portal, ask: Asker) -> None:
    taken, closed = chat_of(portal, 1), chat_of(portal, 6)
    assert ask.refused("imopenlines.session.mode.pin", CHAT_ID=taken.id, ACTIVATE="Y") == (400, "")
    assert operator(portal)("imopenlines.session.mode.pin", CHAT_ID=taken.id, ACTIVATE="Y") is True
    assert taken.pinned
    ask("imopenlines.session.mode.pin", CHAT_ID=closed.id, ACTIVATE="Y")
    assert len(closed.session_ids) == 2


def _member(portal: Portal, chat: Chat) -> None:
    portal.openlines.join(chat, portal.people.users[SUPPORT])


def _role(portal: Portal, _: Chat) -> None:
    portal.people.users[SUPPORT].joins_lines = True


def _crm(portal: Portal, _: Chat) -> None:
    portal.people.users[SUPPORT].reads_crm = True


@pytest.mark.parametrize("grant", [_member, _role, _crm], ids=["member", "role", "CRM read"])
def test_who_may_act(portal: Portal, grant: Callable[[Portal, Chat], None]) -> None:
    chat, support = chat_of(portal, 1), Asker(portal, portal.people.users[SUPPORT])
    support.user.reads_crm = False
    assert support.refused("imopenlines.session.join", CHAT_ID=chat.id) == (400, "ACCESS_DENIED")
    grant(portal, chat)
    assert support("imopenlines.session.join", CHAT_ID=chat.id) is True


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.NEW, Status.NEW),
        (Status.SKIP, Status.SKIP),
        (Status.ANSWER, Status.CLIENT),
        (Status.CLIENT, Status.CLIENT),
        (Status.OPERATOR, Status.CLIENT_AFTER_OPERATOR),
        (Status.CLIENT_AFTER_OPERATOR, Status.CLIENT_AFTER_OPERATOR),
    ],
)
def test_a_clients_message_moves_the_session(portal: Portal, before: Status, after: Status) -> None:
    chat = put_into(portal, before)
    portal.openlines.talk.client_writes(chat, "Hello?")
    assert session_of(portal, chat).status is after


def test_a_clients_message_opens_a_closed_dialog(portal: Portal) -> None:
    chat = chat_of(portal, 6)
    portal.openlines.talk.client_writes(chat, "One more")
    session = session_of(portal, chat)
    assert (session.status, session.offered_to, chat.messages[-1].session_id) == (Status.NEW, ANNA, session.id)


def test_off_hours_the_line_answers_once_and_only_while_unaccepted(portal: Portal) -> None:
    unaccepted, accepted = chat_of(portal, 4), chat_of(portal, 1)
    portal.clock.advance(timedelta(hours=8))
    for chat in (unaccepted, unaccepted, accepted):
        portal.openlines.talk.client_writes(chat, "Anybody?")
    assert [one.chat_id for one in portal.journal.outbox] == [unaccepted.id]


@pytest.mark.parametrize(
    ("checks", "status", "pinned", "returned"),
    [
        (True, Status.CLIENT, False, True),
        (False, Status.CLIENT, False, False),
        (True, Status.OPERATOR, False, False),
        (True, Status.CLIENT, True, False),
    ],
)
def test_the_end_of_a_shift_returns_dialogs(
    portal: Portal, checks: bool, status: Status, pinned: bool, returned: bool
) -> None:
    chat = put_into(portal, status)
    chat.pinned = pinned
    portal.openlines.lines[ACCOUNTING_LINE].check_available = checks
    anna = portal.people.users[ANNA]
    portal.people.set_workday(anna, Workday.PAUSED, portal.now())
    portal.openlines.closing.workday_ended(anna)
    assert (chat.owner == 0) is returned


def test_a_checking_line_offers_to_who_is_there(portal: Portal, ask: Asker) -> None:
    portal.openlines.lines[ACCOUNTING_LINE].check_available = True
    portal.people.set_workday(portal.people.users[DMITRY], Workday.CLOSED, portal.now())
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.skip", CHAT_ID=chat.id)
    assert session_of(portal, chat).offered_to == CHIEF
