"""The messenger: openlines.md 3.3 on im.message.add, 3.4, part 4, part 6 on titles."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.demo import ANNA, CHIEF, DIRECTOR, SUPPORT
from sandbox.dialogs import Status
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of, operator, session_of


def test_im_message_needs_membership(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    assert ask.refused("im.message.add", DIALOG_ID=f"chat{chat.id}", MESSAGE="Hi") == (400, "PARAMS_ERROR")
    assert operator(portal)("im.message.add", DIALOG_ID=f"chat{chat.id}", MESSAGE="Hi") == chat.messages[-1].id


def test_a_template_id_gives_the_same_message_again(portal: Portal) -> None:
    chat, uuid = chat_of(portal, 1), "0c42a08f-4235-49fc-994f-c9bccd499ac1"
    anna = operator(portal)
    first = anna("im.message.add", DIALOG_ID=f"chat{chat.id}", MESSAGE="Hi", TEMPLATE_ID=uuid)
    assert anna("im.message.add", DIALOG_ID=f"chat{chat.id}", MESSAGE="Hi", TEMPLATE_ID=uuid) == first
    assert len(portal.journal.outbox) == 1
    assert anna("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}", LIMIT=1)["messages"][0]["uuid"] == uuid


def test_a_whisper_is_hidden_and_changes_nothing(portal: Portal) -> None:
    chat = chat_of(portal, 1)
    before = session_of(portal, chat).status
    operator(portal)("im.message.add", DIALOG_ID=f"chat{chat.id}", MESSAGE="psst", SKIP_CONNECTOR="Y")
    assert chat.messages[-1].params["COMPONENT_ID"] == "HiddenMessage"
    assert session_of(portal, chat).status is before
    assert portal.journal.outbox == []


def test_a_system_message_bears_the_name_of_the_application(portal: Portal) -> None:
    chat = chat_of(portal, 1)
    operator(portal)("im.message.add", DIALOG_ID=f"chat{chat.id}", MESSAGE="note", SYSTEM="Y")
    assert (chat.messages[-1].author, chat.messages[-1].text) == (0, "[b]local.1[/b]\nnote")


def test_delivery_waits_for_the_end_of_the_request_and_can_reopen_a_dialog(portal: Portal) -> None:
    """Part 2, ORDER TRAP: sent and finished in one batch."""
    chat = chat_of(portal, 1)
    old = chat.session_id
    said = operator(portal).batch(
        {
            "m": f"im.message.add?DIALOG_ID=chat{chat.id}&MESSAGE=Bye",
            "f": f"imopenlines.operator.finish?CHAT_ID={chat.id}",
        }
    )
    assert said["result_error"] == []
    assert chat.session_id not in (0, old)


@pytest.mark.parametrize(
    ("spoil", "status", "code"),
    [
        ({"USER_ID": 501}, 400, "CRM_CHAT_USER_NOT_ACTIVE"),  # a client
        ({"USER_ID": 9999}, 400, "CRM_CHAT_USER_NOT_ACTIVE"),
        ({"CRM_ENTITY": "x"}, 400, "ERROR_ARGUMENT"),
    ],
)
def test_refusals_of_adding_people(portal: Portal, ask: Asker, spoil: dict[str, Any], status: int, code: str) -> None:
    given: dict[str, Any] = {
        "CRM_ENTITY_TYPE": "deal",
        "CRM_ENTITY": 1,
        "USER_ID": CHIEF,
        "CHAT_ID": chat_of(portal, 1).id,
    } | spoil
    assert ask.refused("imopenlines.crm.chat.user.add", **given) == (status, code)


def test_who_is_added_must_read_the_entity_himself(portal: Portal, ask: Asker) -> None:
    """Trap 22."""
    portal.people.users[CHIEF].reads_crm = False
    given: dict[str, Any] = {"CRM_ENTITY_TYPE": "deal", "CRM_ENTITY": 1, "USER_ID": CHIEF}
    assert ask.refused("imopenlines.crm.chat.user.add", **given) == (403, "ACCESS_DENIED")


def test_people_are_taken_out_again(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    given: dict[str, Any] = {"CRM_ENTITY_TYPE": "deal", "CRM_ENTITY": 1, "USER_ID": CHIEF, "CHAT_ID": chat.id}
    assert ask("imopenlines.crm.chat.user.add", **given) == chat.id
    assert ask("imopenlines.crm.chat.user.delete", **given) == chat.id
    assert ask.refused("imopenlines.crm.chat.user.delete", **given) == (400, "WRONG_REQUEST")


def test_a_stranger_renames_nothing_and_hears_true(portal: Portal, ask: Asker) -> None:
    """Part 6: updateTitle lies."""
    chat = chat_of(portal, 1)
    before = chat.title
    assert ask("im.chat.updateTitle", CHAT_ID=chat.id, TITLE="БС - Ромашка") is True
    assert chat.title == before
    said = ask.batch(
        {
            "j": f"imopenlines.session.join?CHAT_ID={chat.id}",
            "t": f"im.chat.updateTitle?CHAT_ID={chat.id}&TITLE={'x' * 300}",
            "l": f"im.chat.leave?CHAT_ID={chat.id}",
        }
    )
    assert said["result_error"] == []
    assert chat.title == "x" * 255
    assert DIRECTOR not in chat.members


def test_people_join_through_a_member(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 4)
    assert ask.refused("im.chat.user.add", CHAT_ID=chat.id, USERS=[CHIEF]) == (403, "ACCESS_ERROR")
    ask("imopenlines.session.join", CHAT_ID=chat.id)
    assert ask("im.chat.user.add", CHAT_ID=chat.id, USERS=[CHIEF]) is True
    assert ask("im.chat.user.list", CHAT_ID=chat.id) == [chat.client_id, DIRECTOR, CHIEF]


def test_members_are_a_secret_to_strangers(portal: Portal) -> None:
    support = Asker(portal, portal.people.users[SUPPORT])
    assert support("im.chat.user.list", CHAT_ID=chat_of(portal, 1).id) == []


def test_a_chat_is_found_by_its_code(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    assert ask("im.chat.get", ENTITY_TYPE="LINES", ENTITY_ID=chat.user_code) == {"ID": chat.id}
    assert ask("im.chat.get", ENTITY_TYPE="LINES", ENTITY_ID="x|1|1|1") is None


def test_classes_of_authors_can_be_told_apart(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    talk = portal.openlines.talk
    talk.staff_writes(chat, portal.people.users[ANNA], "whisper", hidden=True)
    talk.automatic(chat, session_of(portal, chat), "auto")
    talk.bot_writes(chat, next(one for one in portal.people.users.values() if one.is_bot), "beep")
    talk.client_writes(chat, "", files=1)
    talk.delete(talk.staff_writes(chat, portal.people.users[ANNA], "typo"))
    said = ask("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}", LIMIT=5)
    newest = said["messages"]
    users = {one["id"]: one for one in said["users"]}
    assert newest[0]["params"]["IS_DELETED"] == "Y"
    assert (newest[1]["text"], len(newest[1]["params"]["FILE_ID"])) == ("", 1)
    assert users[newest[1]["author_id"]]["connector"] is True
    assert users[newest[2]["author_id"]]["bot"] is True
    assert (newest[3]["author_id"], newest[3]["params"]) == (0, {"CLASS": "bx-messenger-content-item-ol-output"})
    assert newest[4]["params"]["COMPONENT_ID"] == "HiddenMessage"


def test_a_bot_does_not_accept_a_dialog(portal: Portal) -> None:
    chat = chat_of(portal, 4)
    bot = next(one for one in portal.people.users.values() if one.is_bot)
    portal.openlines.talk.bot_writes(chat, bot, "How can I help?")
    assert (chat.owner, session_of(portal, chat).status) == (0, Status.NEW)
    assert portal.journal.outbox[-1].author == bot.id


def test_moments_are_whole_seconds_with_the_offset_of_the_portal(portal: Portal, ask: Asker) -> None:
    said = ask("im.dialog.messages.get", DIALOG_ID=f"chat{chat_of(portal, 1).id}", LIMIT=1)
    assert said["messages"][0]["date"] == "2026-11-24T10:48:00+03:00"


# Unread ---------------------------------------------------------------------------------------------------------------


def test_a_member_with_much_unread_gets_the_oldest_of_it(portal: Portal) -> None:
    """Openlines.md 3.2: compare with last_message_id."""
    chat, anna = chat_of(portal, 1), operator(portal)
    for number in range(5):
        portal.openlines.talk.client_writes(chat, f"Line {number}")
    first, second = anna("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}", LIMIT=2)["messages"]
    assert second["text"] == "Подскажите, когда будет расчёт? Нужно успеть до пятницы."
    assert first["text"] == "Line 0"
    dialog = anna("im.dialog.get", DIALOG_ID=f"chat{chat.id}")
    assert (dialog["counter"], dialog["unread_id"], dialog["last_message_id"]) == (
        6,
        second["id"],
        chat.last_message_id,
    )
    portal.switches.members_start_at_unread = False
    assert anna("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}", LIMIT=2)["messages"][0]["text"] == "Line 4"


def test_who_is_no_member_has_no_counter(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    for number in range(5):
        portal.openlines.talk.client_writes(chat, f"Line {number}")
    said = ask("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}", LIMIT=2)["messages"]
    assert [one["text"] for one in said] == ["Line 4", "Line 3"]
    assert ask("imopenlines.dialog.get", CHAT_ID=chat.id)["counter"] == 0
