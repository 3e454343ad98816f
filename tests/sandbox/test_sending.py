"""How messages are sent and what becomes of them: openlines.md facts 1 and 5, parts 3.3, 3.4."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.crm import CONTACT, DEAL
from sandbox.demo import ANNA, CHIEF, DMITRY
from sandbox.dialogs import Chat, Status
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of, put_into, session_of


def send(ask: Asker, chat: Chat, **changes: Any) -> tuple[int, dict[str, Any]]:
    params: dict[str, Any] = {
        "CRM_ENTITY_TYPE": "deal",
        "CRM_ENTITY": 1,
        "USER_ID": ANNA,
        "CHAT_ID": chat.id,
        "MESSAGE": "Hi",
    }
    return ask.try_("imopenlines.crm.message.add", **(params | changes))


STATES = [
    (Status.NEW, False),
    (Status.SKIP, False),
    (Status.ANSWER, True),
    (Status.CLIENT, True),
    (Status.CLIENT_AFTER_OPERATOR, True),
    (Status.OPERATOR, True),
    (Status.WAIT_CLIENT, False),
    (Status.CLOSE, False),
    (Status.SPAM, False),
]


@pytest.mark.parametrize(("status", "works"), STATES)
def test_crm_messages_need_an_accepted_dialog(portal: Portal, ask: Asker, status: Status, works: bool) -> None:
    chat = put_into(portal, status)
    http, said = send(ask, chat)
    assert (http, said.get("error")) == ((200, None) if works else (400, "CHAT_NOT_IN_CRM"))


@pytest.mark.parametrize(("status", "works"), STATES)
def test_adding_people_needs_an_accepted_dialog(portal: Portal, ask: Asker, status: Status, works: bool) -> None:
    chat = put_into(portal, status)
    http, said = ask.try_(
        "imopenlines.crm.chat.user.add", CRM_ENTITY_TYPE="deal", CRM_ENTITY=1, USER_ID=CHIEF, CHAT_ID=chat.id
    )
    assert (http, said.get("error")) == ((200, None) if works else (400, "CHAT_NOT_IN_CRM"))
    assert (CHIEF in chat.members) is works


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"CRM_ENTITY": 2}, 400, "CHAT_NOT_IN_CRM"),  # another deal
        ({"CRM_ENTITY_TYPE": "DYNAMIC_1036"}, 400, "CHAT_NOT_IN_CRM"),
        ({"USER_ID": CHIEF}, 400, "MESSAGE_ADD_ERROR"),  # not in the chat (3.3)
        ({"USER_ID": 0}, 400, "ERROR_ARGUMENT"),
        ({"CHAT_ID": ["x"]}, 400, "ERROR_ARGUMENT"),  # fact 10
        ({"MESSAGE": ""}, 400, "ERROR_ARGUMENT"),
    ],
)
def test_crm_message_refusals(portal: Portal, ask: Asker, changes: dict[str, Any], status: int, code: str) -> None:
    http, said = send(ask, chat_of(portal, 1), **changes)
    assert (http, said["error"]) == (status, code)


def test_crm_message_through_the_contact_works_as_well(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 7)
    assert send(ask, chat, CRM_ENTITY=7)[1]["error"] == "CHAT_NOT_IN_CRM"
    contact = chat.bindings[CONTACT]
    assert send(ask, chat, CRM_ENTITY_TYPE="contact", CRM_ENTITY=contact)[0] == 200


def test_crm_message_needs_a_living_connector(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    chat.connector_active = False
    assert send(ask, chat)[1]["error"] == "CHAT_NOT_IN_CRM"


def test_crm_message_needs_crm_read_of_both(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    portal.crm.items[DEAL, 1].hidden_from = frozenset({ANNA})
    assert send(ask, chat)[0] == 403


def test_parameter_names_of_crm_methods_must_be_upper_case(portal: Portal, ask: Asker) -> None:
    """Trap 23."""
    chat = chat_of(portal, 1)
    assert ask.refused("imopenlines.operator.transfer", chat_id=chat.id, user_id=DMITRY) == (400, "CHAT_ID_EMPTY")
    assert "unknown parameter chat_id" in portal.journal.calls[-1].violations
    assert ask("imopenlines.operator.answer", chat_id=chat.id) is True


def test_an_automatic_message_needs_nothing_and_is_no_answer(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 4)
    assert ask("imopenlines.bot.session.message.send", CHAT_ID=chat.id, NAME="DEFAULT", MESSAGE="Soon") is True
    assert (chat.messages[-1].author, chat.messages[-1].delivered) == (0, True)
    assert session_of(portal, chat).status is Status.NEW
    assert portal.journal.outbox[-1].automatic


@pytest.mark.parametrize(
    "params", [{"CHAT_ID": 1, "NAME": "DEFAULT", "MESSAGE": "x"}, {"MESSAGE": "x"}, {"NAME": "DEFAULT", "MESSAGE": ""}]
)
def test_an_automatic_message_is_true_even_when_nothing_goes_out(
    portal: Portal, ask: Asker, params: dict[str, Any]
) -> None:
    assert ask("imopenlines.bot.session.message.send", **({"CHAT_ID": chat_of(portal, 1).id} | params)) is True
    assert portal.journal.outbox == []


def test_an_automatic_message_opens_a_closed_dialog(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 6)
    ask("imopenlines.bot.session.message.send", CHAT_ID=chat.id, NAME="DEFAULT", MESSAGE="Hi")
    assert (session_of(portal, chat).status, chat.owner) == (Status.NEW, 0)


def test_an_employees_message_moves_the_session_and_stops_counting(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    http, said = send(ask, chat)
    assert (http, said["result"]) == (200, chat.messages[-1].id)
    assert session_of(portal, chat).status is Status.OPERATOR
    assert (portal.journal.outbox[-1].author, portal.journal.outbox[-1].automatic) == (ANNA, False)


def test_silent_mode_hides_answers_but_not_automatic_messages(portal: Portal, ask: Asker) -> None:
    """Trap 12."""
    chat = chat_of(portal, 1)
    chat.silent = True
    assert send(ask, chat)[0] == 200
    assert portal.journal.outbox == []
    ask("imopenlines.bot.session.message.send", CHAT_ID=chat.id, NAME="DEFAULT", MESSAGE="Hi")
    assert len(portal.journal.outbox) == 1


def test_a_closed_reply_window_gives_an_id_and_no_delivery(portal: Portal, ask: Asker) -> None:
    """Trap 13, robot P."""
    chat = chat_of(portal, 2)
    assert chat.blocked_from == portal.start_at - timedelta(minutes=5) + timedelta(hours=24)
    portal.clock.advance(timedelta(hours=25))
    http, said = send(ask, chat, CRM_ENTITY=2, USER_ID=DMITRY)
    assert http == 200
    assert said["result"] < chat.messages[-1].id  # a line for staff follows
    assert chat.messages[-1].params == {"CODE": ["IMOL_CHAT_ERROR_CONNECTOR_SEND"]}
    assert portal.journal.outbox == []


def test_a_client_who_writes_opens_the_window_again(portal: Portal) -> None:
    chat = chat_of(portal, 2)
    portal.clock.advance(timedelta(hours=25))
    portal.openlines.talk.client_writes(chat, "Here again")
    assert chat.blocked_from == portal.now() + timedelta(hours=24)


def test_instagram_has_no_window_of_bitrix(portal: Portal) -> None:
    assert chat_of(portal, 4).blocked_from is None


def test_a_new_session_inherits_the_block(portal: Portal) -> None:
    chat = chat_of(portal, 2)
    portal.openlines.closing.close(chat, session_of(portal, chat))
    blocked = chat.blocked_from
    portal.openlines.open(chat)
    assert chat.blocked_from == blocked


def test_some_channels_get_no_automatic_messages(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    chat.connector = "facebookcomments"
    ask("imopenlines.bot.session.message.send", CHAT_ID=chat.id, NAME="DEFAULT", MESSAGE="Hi")
    assert portal.journal.outbox == []
