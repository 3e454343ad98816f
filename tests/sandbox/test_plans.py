"""The call plans of openlines.md part 7, played against the portal: what they promise is what happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from sandbox.crm import COMPANY, CONTACT, DEAL
from sandbox.demo import ACCOUNTING_LINE, ANNA, CHIEF, DIRECTOR, DMITRY
from sandbox.dialogs import Status
from sandbox.people import Workday
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of, session_of

SELECTED = (
    "ID ASSOCIATED_ENTITY_ID PROVIDER_TYPE_ID PROVIDER_PARAMS RESULT_SOURCE_ID COMPLETED RESULT_STATUS RESPONSIBLE_ID"
)


def activities(kind: int, number: int) -> str:
    select = "&".join(f"select[]={name}" for name in SELECTED.split())
    return (
        "crm.activity.list?filter[PROVIDER_ID]=IMOPENLINES_SESSION"
        f"&filter[BINDINGS][0][OWNER_TYPE_ID]={kind}&filter[BINDINGS][0][OWNER_ID]={number}"
        f"&order[LAST_UPDATED]=DESC&{select}"
    )


def resolve(kind: int, number: int) -> dict[str, str]:
    """Block R: from an entity to its dialog, messages and line in one request."""
    return {
        "item": f"crm.item.get?entityTypeId={kind}&id={number}",
        "act": activities(kind, number),
        "dlg": "imopenlines.dialog.get?SESSION_ID=0$result[act][0][ASSOCIATED_ENTITY_ID]",
        "msg": "im.dialog.messages.get?DIALOG_ID=$result[dlg][dialog_id]&LIMIT=30",
        "cfg": "imopenlines.config.get?CONFIG_ID=0$result[act][0][PROVIDER_TYPE_ID]&WITH_QUEUE=Y",
    }


def requests_of(portal: Portal) -> int:
    return len({one.request for one in portal.journal.calls})


# R: resolve and read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("deal", [1, 2, 3, 4, 5, 6])
def test_one_request_reads_a_dialog(portal: Portal, ask: Asker, deal: int) -> None:
    said = ask.batch(resolve(DEAL, deal), halt=1)
    assert said["result_error"] == []
    chat = chat_of(portal, deal)
    assert said["result"]["dlg"]["id"] == said["result"]["msg"]["chat_id"] == chat.id
    assert said["result"]["msg"]["messages"][0]["id"] == said["result"]["dlg"]["last_message_id"]
    assert said["result"]["cfg"]["ID"] == str(chat.line_id)
    assert requests_of(portal) == 1


def test_no_dialog_shows_as_no_access_and_touches_nobody(portal: Portal, ask: Asker) -> None:
    said = ask.batch(resolve(DEAL, 8))
    assert said["result"]["act"] == []
    assert said["result_error"]["dlg"]["error"] == "ACCESS_ERROR"
    assert said["result_error"]["msg"]["error"] in ("ACCESS_ERROR", "DIALOG_ID_EMPTY")
    assert said["result_error"]["cfg"]["error"] == "CONFIG_ID_EMPTY"


def test_the_fallback_goes_to_the_contact(portal: Portal, ask: Asker) -> None:
    item = ask.batch(resolve(DEAL, 7))["result"]["item"]["item"]
    said = ask.batch({"c": activities(CONTACT, item["contactId"]), "o": activities(COMPANY, item["companyId"])})
    assert [row["ASSOCIATED_ENTITY_ID"] for row in said["result"]["c"]] == [str(chat_of(portal, 7).session_id)]
    assert said["result"]["o"] == []


def test_without_role_the_history_is_read_instead(portal: Portal) -> None:
    chief = Asker(portal, portal.people.users[CHIEF])
    plan = resolve(DEAL, 1) | {
        "msg": "imopenlines.session.history.get?SESSION_ID=0$result[act][0][ASSOCIATED_ENTITY_ID]"
    }
    said = chief.batch(plan, halt=1)
    assert said["result_error"] == []
    assert said["result"]["msg"]["sessionId"] == chat_of(portal, 1).session_id


# A: names of dialogs --------------------------------------------------------------------------------------------------


def test_a_name_is_ensured_in_one_request(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    plan = {
        "item": f"crm.item.get?entityTypeId={DEAL}&id=1",
        "cmp": f"crm.item.get?entityTypeId={COMPANY}&id=0$result[item][item][companyId]",
        "act": activities(DEAL, 1),
        "dlg": "imopenlines.dialog.get?SESSION_ID=0$result[act][0][ASSOCIATED_ENTITY_ID]",
        "join": "imopenlines.session.join?CHAT_ID=0$result[dlg][id]",
        "name": "im.chat.updateTitle?CHAT_ID=0$result[dlg][id]&TITLE=" + quote("БС - $result[cmp][item][title]"),
        "leave": "im.chat.leave?CHAT_ID=0$result[dlg][id]",
        "check": "imopenlines.dialog.get?CHAT_ID=0$result[dlg][id]",
    }
    said = ask.batch(plan, halt=1)
    assert said["result_error"] == []
    assert said["result"]["check"]["name"] == chat.title == "БС - ООО «Ромашка»"
    assert DIRECTOR not in chat.members
    again = len(chat.messages)
    ask.batch(plan, halt=1)
    assert len(chat.messages) - again == 2  # who joins and leaves is seen each time, the name is not


def test_a_missing_company_hurts_only_itself(portal: Portal, ask: Asker) -> None:
    portal.crm.items[DEAL, 1].company_id = 0
    plan = {
        "item": f"crm.item.get?entityTypeId={DEAL}&id=1",
        "act": activities(DEAL, 1),
        "cmp": f"crm.item.get?entityTypeId={COMPANY}&id=0$result[item][item][companyId]",
    }
    said = ask.batch(plan)
    assert said["result_error"]["cmp"]["error"] == "NOT_FOUND"
    assert len(said["result"]["act"]) == 1


# B: farewell and finish -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("farewell", ["", "Good bye"])
def test_a_farewell_and_the_end_in_two_requests(portal: Portal, ask: Asker, farewell: str) -> None:
    portal.openlines.lines[ACCOUNTING_LINE].close_text = farewell
    chat = chat_of(portal, 3)
    dialog = ask.batch(resolve(DEAL, 3), halt=1)["result"]["dlg"]
    finish = f"imopenlines.operator.another.finish?CHAT_ID={chat.id}"
    plan = {
        "say": f"imopenlines.crm.message.add?CRM_ENTITY_TYPE=deal&CRM_ENTITY=3&USER_ID={dialog['owner']}"
        f"&CHAT_ID={chat.id}&MESSAGE=Bye",
        "fin": finish,
        **({"fin2": finish} if farewell else {}),
        "dlg": f"imopenlines.dialog.get?CHAT_ID={chat.id}",
    }
    said = ask.batch(plan, halt=1)
    assert said["result_error"] == []
    assert said["result"]["dlg"]["entity_data_1"].split("|")[5] == "0"
    assert [one.text for one in portal.journal.outbox] == ["Bye", *([farewell] if farewell else [])]
    assert requests_of(portal) == 2


# C: escalation --------------------------------------------------------------------------------------------------------


def test_people_are_added_after_the_transfer(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    add = f"imopenlines.crm.chat.user.add?CRM_ENTITY_TYPE=deal&CRM_ENTITY=1&USER_ID={CHIEF}&CHAT_ID={chat.id}"
    transfer = f"imopenlines.operator.transfer?CHAT_ID={chat.id}&USER_ID={DMITRY}"
    wrong = ask.batch({"add": add, "go": transfer})
    assert wrong["result_error"] == []
    assert CHIEF not in chat.members  # sent away again by the transfer (trap 5)
    back = f"imopenlines.operator.transfer?CHAT_ID={chat.id}&USER_ID={ANNA}"
    plan = {
        "go": back,
        "crm": f"crm.item.update?entityTypeId={DEAL}&id=1&fields[assignedById]={ANNA}",
        "task": f"tasks.task.add?fields[TITLE]=Answer&fields[RESPONSIBLE_ID]={ANNA}&fields[UF_CRM_TASK][0]=D_1",
        "tell": f"im.notify.system.add?USER_ID={CHIEF}&MESSAGE=Late&TAG=ol|{chat.session_id}|x",
        "add": add,
        "note": "crm.timeline.comment.add?fields[ENTITY_TYPE]=deal&fields[ENTITY_ID]=1&fields[COMMENT]=Escalated",
    }
    said = ask.batch(plan)
    assert said["result_error"] == []
    assert (chat.owner, CHIEF in chat.members) == (ANNA, True)
    assert portal.office.tasks[int(said["result"]["task"]["task"]["id"])].crm == ("D_1",)


def test_after_a_transfer_to_the_queue_nobody_can_be_added(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    plan = {
        "go": f"imopenlines.operator.transfer?CHAT_ID={chat.id}&QUEUE_ID={ACCOUNTING_LINE}",
        "add": f"imopenlines.crm.chat.user.add?CRM_ENTITY_TYPE=deal&CRM_ENTITY=1&USER_ID={CHIEF}&CHAT_ID={chat.id}",
    }
    assert ask.batch(plan)["result_error"]["add"]["error"] == "CHAT_NOT_IN_CRM"


def test_the_head_is_found_through_the_department(portal: Portal, ask: Asker) -> None:
    said = ask.batch(
        {
            "dlg": f"imopenlines.dialog.get?CHAT_ID={chat_of(portal, 1).id}",
            "usr": "user.get?FILTER[ID]=0$result[dlg][owner]&select[]=UF_DEPARTMENT",
            "dep": "department.get?ID=0$result[usr][0][UF_DEPARTMENT][0]",
            "mgr": "im.department.managers.get?ID[0]=0$result[usr][0][UF_DEPARTMENT][0]",
        }
    )
    assert said["result"]["mgr"] == {"3": [CHIEF]}
    assert said["result"]["dep"][0]["UF_HEAD"] == str(CHIEF)


# D and I: shifts and load ---------------------------------------------------------------------------------------------


def test_a_team_is_looked_at_in_one_request(portal: Portal, ask: Asker) -> None:
    portal.people.set_workday(portal.people.users[ANNA], Workday.CLOSED, portal.now())
    team = [ANNA, DMITRY, CHIEF]
    plan = {f"tm{one}": f"timeman.status?USER_ID={one}" for one in team}
    plan |= {
        f"load{one}": "crm.activity.list?filter[PROVIDER_ID]=IMOPENLINES_SESSION"
        f"&filter[RESPONSIBLE_ID]={one}&filter[COMPLETED]=N&select[]=ID"
        for one in team
    }
    said = ask.batch(plan)
    assert [said["result"][f"tm{one}"]["STATUS"] for one in team] == ["CLOSED", "OPENED", "OPENED"]
    assert [said["result_total"][f"load{one}"] for one in team] == [5, 2, 0]
    assert requests_of(portal) == 1


# F: a message that guards itself --------------------------------------------------------------------------------------


def send_plan(deal: int, text: str) -> dict[str, str]:
    return {
        "act": activities(DEAL, deal),
        "dlg": "imopenlines.dialog.get?SESSION_ID=0$result[act][0][ASSOCIATED_ENTITY_ID]",
        "say": f"imopenlines.crm.message.add?CRM_ENTITY_TYPE=deal&CRM_ENTITY={deal}"
        f"&CHAT_ID=0$result[dlg][id]&USER_ID=0$result[dlg][owner]&MESSAGE={quote(text)}",
    }


@pytest.mark.parametrize(("deal", "sent"), [(1, True), (3, True), (4, False), (6, False), (8, False)])
def test_a_guarded_message_goes_only_into_an_accepted_dialog(portal: Portal, ask: Asker, deal: int, sent: bool) -> None:
    before = len(portal.openlines.sessions)
    said = ask.batch(send_plan(deal, "Как дела?"), halt=1)
    assert bool(portal.journal.outbox) is sent
    assert (said["result_error"] == []) is sent
    assert len(portal.openlines.sessions) == before  # and never opens one


def test_what_a_message_must_not_contain(portal: Portal, ask: Asker) -> None:
    """Part 2: references in a text are filled in; broken by a word joiner they are not."""
    ask.batch(send_plan(1, "Счёт $result[dlg][name] готов"), halt=1)
    assert portal.journal.outbox[-1].text == "Счёт Марина Белова - Бухгалтерия готов"
    ask.batch(send_plan(1, "Счёт $\u2060result[dlg][name] готов"), halt=1)
    assert portal.journal.outbox[-1].text == "Счёт $\u2060result[dlg][name] готов"


# G: waiting for the client --------------------------------------------------------------------------------------------


def test_fifty_dialogs_are_watched_in_one_request(portal: Portal, ask: Asker) -> None:
    chats = list(portal.openlines.chats.values())
    plan = {f"d{chat.id}": f"imopenlines.dialog.get?CHAT_ID={chat.id}" for chat in chats}
    before = {key: said["last_message_id"] for key, said in ask.batch(plan)["result"].items()}
    portal.openlines.talk.client_writes(chats[2], "Here I am")
    after = {key: said["last_message_id"] for key, said in ask.batch(plan)["result"].items()}
    assert [key for key in plan if before[key] != after[key]] == [f"d{chats[2].id}"]
    fresh = ask("im.dialog.messages.get", DIALOG_ID=f"chat{chats[2].id}", FIRST_ID=before[f"d{chats[2].id}"])
    assert [one["text"] for one in fresh["messages"]] == ["Here I am"]


# L: reopen ------------------------------------------------------------------------------------------------------------


def test_a_closed_dialog_is_reopened_for_its_operator(portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 6)
    said = ask.batch(
        {
            "open": f"imopenlines.session.start?CHAT_ID={chat.id}",
            "give": f"imopenlines.operator.transfer?CHAT_ID={chat.id}&USER_ID={DMITRY}",
        },
        halt=1,
    )
    assert said["result_error"] == []
    assert (chat.owner, session_of(portal, chat).status) == (DMITRY, Status.ANSWER)
    assert portal.journal.outbox == []


# P: the window of a channel -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "blocked"), [(23.9, False), (24.1, True)])
def test_the_window_is_read_from_the_dialog(portal: Portal, ask: Asker, hours: float, blocked: bool) -> None:
    chat = chat_of(portal, 2)
    portal.clock.set(chat.messages[-1].at + timedelta(hours=hours))
    said: Any = ask("imopenlines.dialog.get", CHAT_ID=chat.id)
    ends = int(said["entity_data_1"].split("|")[8])
    assert (ends < portal.now().timestamp()) is blocked
