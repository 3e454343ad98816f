"""How dialogs are found and read: openlines.md facts 2 to 4, parts 1.2, 3.1, 3.2."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.crm import CONTACT
from sandbox.demo import ACCOUNTING_LINE, ANNA, CHIEF, DMITRY, SUPPORT, SUPPORT_LINE
from sandbox.dialogs import Line, Status, hour_of
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of


def test_active_only_hides_unaccepted_chats_too(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 4)
    assert ask("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="deal", CRM_ENTITY=4) == []
    found = ask("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="DEAL", CRM_ENTITY=4, ACTIVE_ONLY="N")
    assert found == [
        {"CHAT_ID": str(chat.id), "CONNECTOR_ID": "fbinstagramdirect", "CONNECTOR_TITLE": "fbinstagramdirect"}
    ]


def test_an_unknown_type_has_no_chats(ask: Asker) -> None:
    assert ask("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="DYNAMIC_1036", CRM_ENTITY=1) == []
    assert ask.refused("imopenlines.crm.chat.getLastId", CRM_ENTITY_TYPE="DYNAMIC_1036", CRM_ENTITY=1) == (
        400,
        "CRM_CHAT_EMPTY_CRM_DATA",
    )


def test_the_last_chat_is_found_in_any_state(portal: Portal, ask: Asker) -> None:
    assert ask("imopenlines.crm.chat.getLastId", CRM_ENTITY_TYPE="deal", CRM_ENTITY=6) == chat_of(portal, 6).id


def test_a_chat_of_the_contact_is_not_of_the_deal(portal: Portal, ask: Asker) -> None:
    assert ask("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="deal", CRM_ENTITY=7, ACTIVE_ONLY="N") == []
    contact = chat_of(portal, 7).bindings[CONTACT]
    assert len(ask("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="contact", CRM_ENTITY=contact)) == 1


def test_the_activity_of_a_session_tells_it_all(portal: Portal, ask: Asker) -> None:
    """Fact 4."""
    chat = chat_of(portal, 1)
    row = ask(
        "crm.activity.list",
        filter={"PROVIDER_ID": "IMOPENLINES_SESSION", "BINDINGS": [{"OWNER_TYPE_ID": 2, "OWNER_ID": 1}]},
    )[0]
    assert row["ASSOCIATED_ENTITY_ID"] == str(chat.session_id)
    assert row["PROVIDER_TYPE_ID"] == str(ACCOUNTING_LINE)
    assert row["RESULT_SOURCE_ID"] == "telegrambot"
    assert row["PROVIDER_PARAMS"]["USER_CODE"] == chat.user_code
    assert (row["COMPLETED"], row["RESULT_STATUS"], row["RESPONSIBLE_ID"]) == ("N", "2", str(ANNA))


def test_a_closed_session_has_a_completed_activity(portal: Portal, ask: Asker) -> None:
    row = ask("crm.activity.list", filter={"BINDINGS": [{"OWNER_TYPE_ID": 2, "OWNER_ID": 6}]})[0]
    session = portal.openlines.last_session(chat_of(portal, 6))
    assert session is not None
    assert session.closed_at is not None
    assert (row["COMPLETED"], row["END_TIME"]) == ("Y", "2026-11-24T09:19:00+03:00")


def test_open_dialogs_of_an_operator_can_be_counted(ask: Asker) -> None:
    status, said = ask.try_(
        "crm.activity.list", filter={"RESPONSIBLE_ID": ANNA, "COMPLETED": "N", "PROVIDER_ID": "IMOPENLINES_SESSION"}
    )
    assert (status, said["total"]) == (200, 5)  # three of hers and the two that are offered to her first


def test_a_line_without_crm_makes_no_activity(portal: Portal, ask: Asker) -> None:
    portal.openlines.lines[ACCOUNTING_LINE].crm = False
    before = len(ask("crm.activity.list"))
    portal.openlines.talk.client_writes(chat_of(portal, 6), "again")
    assert len(ask("crm.activity.list")) == before


@pytest.mark.parametrize(
    ("deal", "status", "data_1", "owner"),
    [
        (1, None, "Y|DEAL|1|N|N|{session}|{created}|0|0|0", ANNA),
        (1, Status.WAIT_CLIENT, "Y|DEAL|1|N|Y|{session}|{created}|0|0|0", ANNA),
        (4, None, "Y|DEAL|4|N|N|{session}|{created}|0|0|0", 0),
        (6, None, "Y|DEAL|6|N|N|0|0|0|0|0", 0),
        (7, None, "Y|CONTACT|106|N|N|{session}|{created}|0|{blocked}|DEFAULT", ANNA),
    ],
)
def test_entity_data_tells_the_state(
    portal: Portal, ask: Asker, deal: int, status: Status | None, data_1: str, owner: int
) -> None:
    chat = chat_of(portal, deal)
    session = portal.openlines.session_of(chat)
    if session and status:
        session.status = status
    said = ask("imopenlines.dialog.get", CHAT_ID=chat.id)
    assert said["owner"] == owner
    assert said["entity_data_1"] == data_1.format(
        session=chat.session_id,
        created=int(session.created_at.timestamp()) if session else 0,
        blocked=int(chat.blocked_from.timestamp()) if chat.blocked_from else 0,
    )


def test_entity_data_2_names_all_bindings(portal: Portal, ask: Asker) -> None:
    said = ask("imopenlines.dialog.get", CHAT_ID=chat_of(portal, 1).id)
    assert said["entity_data_2"] == "LEAD|0|COMPANY|0|CONTACT|100|DEAL|1"
    assert said["entity_data_3"] == "N"


@pytest.mark.parametrize("by", ["CHAT_ID", "DIALOG_ID", "SESSION_ID", "USER_CODE"])
def test_a_dialog_is_read_by_any_of_four_names(portal: Portal, ask: Asker, by: str) -> None:
    chat = chat_of(portal, 1)
    names: dict[str, Any] = {
        "CHAT_ID": chat.id,
        "DIALOG_ID": f"chat{chat.id}",
        "SESSION_ID": f"0{chat.session_id}",
        "USER_CODE": f"imol|{chat.user_code}",
    }
    assert ask("imopenlines.dialog.get", **{by: names[by]})["id"] == chat.id


def test_not_found_is_no_access(portal: Portal, ask: Asker) -> None:
    assert ask.refused("imopenlines.dialog.get", CHAT_ID=1) == (400, "ACCESS_ERROR")
    assert ask.refused("imopenlines.dialog.get") == (400, "ACCESS_ERROR")
    hidden = chat_of(portal, 1)
    portal.people.users[SUPPORT].reads_crm = False
    assert Asker(portal, portal.people.users[SUPPORT]).refused("imopenlines.dialog.get", CHAT_ID=hidden.id) == (
        400,
        "ACCESS_ERROR",
    )


def test_crm_read_opens_dialog_and_history_but_not_messages(portal: Portal) -> None:
    """Trap 16."""
    chat, support = chat_of(portal, 1), Asker(portal, portal.people.users[SUPPORT])
    assert support("imopenlines.dialog.get", CHAT_ID=chat.id)["id"] == chat.id
    assert support("imopenlines.session.history.get", SESSION_ID=chat.session_id)["chatId"] == chat.id
    assert support.refused("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}") == (403, "ACCESS_ERROR")
    portal.people.users[SUPPORT].joins_lines = True
    assert support("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}")["chat_id"] == chat.id


def test_history_spells_its_keys_in_its_own_way(portal: Portal, ask: Asker) -> None:
    """Trap 15."""
    chat = chat_of(portal, 1)
    said = ask("imopenlines.session.history.get", SESSION_ID=chat.session_id)
    newest = said["usersMessage"][f"chat{chat.id}"][0]
    assert said["message"][newest]["senderid"] == str(chat.client_id)
    first = said["message"][min(said["message"], key=int)]
    assert first["params"] == {"class": "bx-messenger-content-item-ol-start", "componentId": "StartDialogMessage"}
    assert said["openlines"] == {"canvoteashead": {str(ACCOUNTING_LINE): True}}
    assert said["users"][str(chat.client_id)]["connector"] is True


@pytest.mark.parametrize(
    ("params", "code"),
    [({}, "MISSING_REQUIRED_PARAM"), ({"SESSION_ID": 1}, "INVALID_SESSION_ID")],
)
def test_history_refusals(ask: Asker, params: dict[str, Any], code: str) -> None:
    assert ask.refused("imopenlines.session.history.get", **params) == (400, code)


def test_history_of_a_chat_is_that_of_its_last_session(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 6)
    said = ask("imopenlines.session.history.get", CHAT_ID=chat.id)
    assert said["sessionId"] == chat.session_ids[-1]
    assert len(said["message"]) == 6


def test_messages_come_newest_first_and_page_both_ways(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    dialog = f"chat{chat.id}"
    ids = [one["id"] for one in ask("im.dialog.messages.get", DIALOG_ID=dialog)["messages"]]
    assert ids == sorted(ids, reverse=True)
    older = ask("im.dialog.messages.get", DIALOG_ID=dialog, LAST_ID=ids[1], LIMIT=2)["messages"]
    assert [one["id"] for one in older] == ids[2:4]
    newer = ask("im.dialog.messages.get", DIALOG_ID=dialog, FIRST_ID=ids[-1], LIMIT=2)["messages"]
    assert [one["id"] for one in newer] == [ids[-3], ids[-2]]


def test_settings_of_a_line_are_texts(portal: Portal, ask: Asker) -> None:
    said = ask("imopenlines.config.get", CONFIG_ID=ACCOUNTING_LINE)
    assert (said["WORKTIME_FROM"], said["WORKTIME_DAYOFF"]) == ("9", ["SA", "SU"])
    assert said["QUEUE"] == [str(ANNA), str(DMITRY), str(CHIEF)]
    assert "QUEUE" not in ask("imopenlines.config.get", CONFIG_ID=ACCOUNTING_LINE, WITH_QUEUE="N")
    assert ask("imopenlines.config.get", CONFIG_ID=SUPPORT_LINE)["WORKTIME_DAYOFF"] == [""]
    assert ask("imopenlines.config.get", CONFIG_ID=99) is False
    assert ask.refused("imopenlines.config.get", CONFIG_ID="0x") == (400, "CONFIG_ID_EMPTY")


@pytest.mark.parametrize(("text", "hour"), [("9", 9.0), ("18.30", 18.3), ("18.3", 18.3), ("0", 0.0), ("23.59", 23.59)])
def test_hours_of_a_line(text: str, hour: float) -> None:
    """Trap 19."""
    assert hour_of(text) == pytest.approx(hour)


@pytest.mark.parametrize(
    ("day", "hour", "minute", "working"),
    [
        (24, 8, 59, False),
        (24, 9, 0, True),
        (24, 18, 0, True),
        (24, 18, 1, False),
        (28, 12, 0, False),
        (25, 12, 0, False),
    ],
)
def test_working_time_of_a_line(portal: Portal, day: int, hour: int, minute: int, working: bool) -> None:
    line = Line(1, "x", worktime_enabled=True, days_off=["SA", "SU"], holidays=["25.11"])
    local = portal.start_at.astimezone(portal.zone).replace(day=day, hour=hour, minute=minute)
    assert line.is_working(local) is working
