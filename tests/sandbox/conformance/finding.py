"""Finding and reading dialogs: chats of CRM entities, activities, histories, messages."""

from __future__ import annotations

from typing import Any

from sandbox.crm import DEAL
from sandbox.demo import ANNA, DMITRY, SUPPORT
from sandbox.dialogs import Status
from sandbox.scenario import new_client
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import DEAL_1, World


def chats(w: World, deal: int, **more: Any) -> list[str]:
    found = w.admin("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="deal", CRM_ENTITY=deal, **more)
    return [one["CHAT_ID"] for one in found]


@rule("openlines.md fact 2", "crm.chat.get hides unaccepted, closing and closed chats unless ACTIVE_ONLY=N")
def active_only(w: World) -> None:
    for deal in (4, 6):
        assert chats(w, deal) == []
        assert chats(w, deal, ACTIVE_ONLY="N") == [str(w.chat_of(deal).id)]
    w.put(Status.WAIT_CLIENT)
    assert chats(w, 1) == []


@rule("openlines.md 3.1", "crm.chat.get knows four types and only what is bound itself; other types are an empty list")
def bound(w: World) -> None:
    assert chats(w, 7, ACTIVE_ONLY="N") == []
    assert w.admin("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="DYNAMIC_1036", CRM_ENTITY=1) == []
    assert w.admin("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="contact", CRM_ENTITY=100) != []
    w.chat.connector_active = False
    assert chats(w, 1, ACTIVE_ONLY="N") == []


@rule("openlines.md 3.1", "getLastId gives the chat of the latest activity in any state, or refuses")
def last_id(w: World) -> None:
    ask = w.admin
    assert ask("imopenlines.crm.chat.getLastId", CRM_ENTITY_TYPE="deal", CRM_ENTITY=6) == w.chat_of(6).id
    refused = ask.refused("imopenlines.crm.chat.getLastId", CRM_ENTITY_TYPE="deal", CRM_ENTITY=8)
    assert refused == (400, "CRM_CHAT_EMPTY_CRM_DATA")


@rule("openlines.md fact 4", "An activity names session, line, connector, code, operator, state and times of a dialog")
def activity(w: World) -> None:
    chat, session = w.chat, w.session()
    bindings = [{"OWNER_TYPE_ID": 2, "OWNER_ID": 1}]
    (row,) = w.admin("crm.activity.list", filter={"PROVIDER_ID": "IMOPENLINES_SESSION", "BINDINGS": bindings})
    assert (row["ASSOCIATED_ENTITY_ID"], row["ORIGIN_ID"]) == (str(session.id), f"IMOL_{session.id}")
    assert (row["PROVIDER_TYPE_ID"], row["RESULT_SOURCE_ID"]) == ("22", "telegrambot")
    assert row["PROVIDER_PARAMS"] == {"USER_CODE": chat.user_code}
    assert (row["RESPONSIBLE_ID"], row["COMPLETED"], row["RESULT_STATUS"]) == (str(ANNA), "N", "2")
    assert w.session(w.chat_of(4)).activity is not None
    unanswered = w.admin("crm.activity.list", filter={"BINDINGS": [{"OWNER_TYPE_ID": 2, "OWNER_ID": 4}]})
    assert unanswered[0]["RESULT_STATUS"] == "1"


@rule("openlines.md 3.1", "A line without CRM makes no activity")
def without_crm(w: World) -> None:
    w.put(Status.CLOSE)
    w.line.crm = False
    w.say()
    assert w.session().activity is None


@rule("openlines.md 3.1", "A dialog hangs on a smart process only through its activity")
def smart_process(w: World) -> None:
    w.portal.openlines.tracker.bind(w.chat, 1036, 1)
    rows = w.admin("crm.activity.list", filter={"BINDINGS": [{"OWNER_TYPE_ID": 1036, "OWNER_ID": 1}]})
    assert [row["ASSOCIATED_ENTITY_ID"] for row in rows] == [str(w.session().id)]
    assert "DYNAMIC" not in w.admin("imopenlines.dialog.get", CHAT_ID=w.chat.id)["entity_data_2"]


@rule("openlines.md 3.1", "Completing the activity closes the dialog only when its operator does it")
def completing(w: World) -> None:
    for who, deal, still_open in ((w.admin, 7, True), (w.anna, 1, False)):
        session = w.session(w.chat_of(deal))
        assert session.activity is not None
        who("crm.activity.update", id=session.activity.id, fields={"COMPLETED": "Y"})
        assert session.activity.completed
        assert session.is_open is still_open


@rule("openlines.md 3.1", "session.open finds a chat by its code and opens nothing")
def session_open(w: World) -> None:
    chat = w.chat_of(6)
    assert w.admin("imopenlines.session.open", USER_CODE=chat.user_code) == {"chatId": str(chat.id)}
    assert not w.session(chat).is_open
    assert w.admin.refused("imopenlines.session.open", USER_CODE="x|1|2|3") == (400, "ACCESS_DENIED")


@rule("openlines.md fact 3", "dialog.get takes CHAT_ID, DIALOG_ID, SESSION_ID or USER_CODE; not found is no access")
def dialog_get(w: World) -> None:
    chat = w.chat
    for key in (
        {"CHAT_ID": chat.id},
        {"DIALOG_ID": f"chat{chat.id}"},
        {"SESSION_ID": chat.session_id},
        {"USER_CODE": chat.user_code},
        {"USER_CODE": f"imol|{chat.user_code}"},
    ):
        assert w.admin("imopenlines.dialog.get", **key)["id"] == chat.id
    assert w.admin.refused("imopenlines.dialog.get", CHAT_ID=1) == (400, "ACCESS_ERROR")


@rule("openlines.md trap 16", "CRM read opens dialog.get and the history, but not im.dialog.*")
def access(w: World) -> None:
    reader = w.as_(SUPPORT)
    assert reader("imopenlines.dialog.get", CHAT_ID=w.chat.id)["id"] == w.chat.id
    assert reader("imopenlines.session.history.get", SESSION_ID=w.session().id)["chatId"] == w.chat.id
    dialog = f"chat{w.chat.id}"
    assert reader.refused("im.dialog.messages.get", DIALOG_ID=dialog) == (403, "ACCESS_ERROR")
    w.portal.people.users[SUPPORT].joins_lines = True
    assert reader("im.dialog.messages.get", DIALOG_ID=dialog)["chat_id"] == w.chat.id


@rule("openlines.md 3.2", "The history is a whole session, in lower-case keys, messages by id and their order apart")
def history(w: World) -> None:
    said = w.admin("imopenlines.session.history.get", SESSION_ID=w.session().id)
    order = said["usersMessage"][f"chat{w.chat.id}"]
    assert order == sorted(said["message"], key=int, reverse=True)
    assert set(next(iter(said["message"].values()))) == {
        "id",
        "chatid",
        "senderid",
        "recipientid",
        "date",
        "text",
        "textlegacy",
        "params",
    }
    assert w.admin.refused("imopenlines.session.history.get") == (400, "MISSING_REQUIRED_PARAM")
    assert w.admin.refused("imopenlines.session.history.get", SESSION_ID=1) == (400, "INVALID_SESSION_ID")


@rule("openlines.md 3.2", "Messages come newest first, at most fifty; LAST_ID walks back, FIRST_ID forward")
def messages(w: World) -> None:
    for number in range(60):
        w.say(str(number))
    ask, dialog = w.admin, f"chat{w.chat.id}"
    newest = [one["id"] for one in ask("im.dialog.messages.get", DIALOG_ID=dialog, LIMIT=100)["messages"]]
    assert (len(newest), newest) == (50, sorted(newest, reverse=True))
    older = ask("im.dialog.messages.get", DIALOG_ID=dialog, LAST_ID=newest[-1], LIMIT=5)["messages"]
    assert all(one["id"] < newest[-1] for one in older)
    newer = ask("im.dialog.messages.get", DIALOG_ID=dialog, FIRST_ID=newest[1])["messages"]
    assert [one["id"] for one in newer] == [newest[0]]


@rule(
    "openlines.md 3.2",
    "A member with more unread than the limit gets the oldest of it",
    switch="members_start_at_unread",
)
def unread(w: World) -> None:
    for number in range(5):
        w.say(str(number))
    asked: dict[str, Any] = {"DIALOG_ID": f"chat{w.chat.id}", "LIMIT": 2}
    assert [one["text"] for one in w.anna("im.dialog.messages.get", **asked)["messages"]] != ["4", "3"]
    assert [one["text"] for one in w.admin("im.dialog.messages.get", **asked)["messages"]] == ["4", "3"]
    w.portal.switches.members_start_at_unread = False
    assert [one["text"] for one in w.anna("im.dialog.messages.get", **asked)["messages"]] == ["4", "3"]


@rule("openlines.md 3.2", "im.chat.get finds a chat by its code or says null; members are a secret to strangers")
def chat_get(w: World) -> None:
    code = w.chat.user_code
    assert w.admin("im.chat.get", ENTITY_TYPE="LINES", ENTITY_ID=code) == {"ID": w.chat.id}
    assert w.admin("im.chat.get", ENTITY_TYPE="LINES", ENTITY_ID="x|1|2|3") is None
    assert w.as_(DMITRY)("im.chat.user.list", CHAT_ID=w.chat.id) == []
    assert set(w.anna("im.chat.user.list", CHAT_ID=w.chat.id)) == {w.chat.client_id, ANNA}


@rule("openlines.md 3.2", "Nobody who is offered an unaccepted dialog is in it")
def offered(w: World) -> None:
    chat = w.chat_of(4)
    assert w.session(chat).offered_to != 0
    assert w.admin("im.chat.user.list", CHAT_ID=chat.id) == [chat.client_id]


@rule("openlines.md 4", "The system is author 0; automatic words are told by their class, whispers by their component")
def authors(w: World) -> None:
    chat, talk = w.chat, w.portal.openlines.talk
    talk.automatic(chat, w.session(), "авто")
    talk.staff_writes(chat, w.portal.people.users[ANNA], "шёпот", hidden=True)
    talk.bot_writes(chat, w.portal.people.users[300], "бот")
    w.say("клиент")
    said = w.admin("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}", LIMIT=4)
    users = {one["id"]: one for one in said["users"]}
    client, bot, whisper, automatic = said["messages"]
    assert users[client["author_id"]]["connector"] is True
    assert users[bot["author_id"]]["bot"] is True
    assert whisper["params"]["COMPONENT_ID"] == "HiddenMessage"
    assert (automatic["author_id"], automatic["params"]["CLASS"]) == (0, "bx-messenger-content-item-ol-output")


@rule("openlines.md 4", "The history spells parameters in camelCase, the messages in upper case")
def spelling(w: World) -> None:
    started = w.session().start_message
    history = w.admin("imopenlines.session.history.get", SESSION_ID=w.session().id)["message"][str(started)]
    listed = w.admin("im.dialog.messages.get", DIALOG_ID=f"chat{w.chat.id}", LIMIT=50)["messages"]
    assert history["params"]["componentId"] == "StartDialogMessage"
    assert next(one for one in listed if one["id"] == started)["params"]["COMPONENT_ID"] == "StartDialogMessage"


@rule(
    "openlines.md 4",
    "A message of files alone has no text; a deleted one stays, marked; times carry the portal's offset",
)
def odd_messages(w: World) -> None:
    chat, talk = w.chat, w.portal.openlines.talk
    talk.client_writes(chat, "", files=2)
    talk.delete(talk.client_writes(chat, "лишнее"))
    deleted, files = w.admin("im.dialog.messages.get", DIALOG_ID=f"chat{chat.id}", LIMIT=2)["messages"]
    assert (files["text"], len(files["params"]["FILE_ID"])) == ("", 2)
    assert deleted["params"]["IS_DELETED"] == "Y"
    assert deleted["date"].endswith("+03:00")


@rule("openlines.md 4", "A bare 1 or 0 is a rating while one is awaited, and the end of the session bears it")
def rating(w: World) -> None:
    w.line.vote, w.line.vote_text = True, "Оцените"
    w.admin("imopenlines.operator.another.finish", CHAT_ID=w.chat.id)
    w.say("1")
    assert w.chat.messages[-1].text.startswith("[like]")
    session = w.session()
    w.admin("imopenlines.operator.another.finish", CHAT_ID=w.chat.id)
    end = next(one for one in w.chat.messages if one.id == session.end_message)
    assert end.params["IMOL_VOTE_USER"] == 5


@rule(
    "openlines.md 3.2", "config.get is for anyone, all texts; no such line is false; nothing off is a list of one blank"
)
def config(w: World) -> None:
    said = w.anna("imopenlines.config.get", CONFIG_ID=22)
    assert (said["WORKTIME_FROM"], said["WORKTIME_DAYOFF"], said["QUEUE"]) == ("9", ["SA", "SU"], ["8", "9", "7"])
    assert w.anna("imopenlines.config.get", CONFIG_ID=24)["WORKTIME_DAYOFF"] == [""]
    assert w.anna("imopenlines.config.get", CONFIG_ID=99) is False
    assert w.anna.refused("imopenlines.config.get", CONFIG_ID=0) == (400, "CONFIG_ID_EMPTY")


@rule("openlines.md trap 19", "config.update takes hours such as 9 or 18.30; 09:00 sets both anew")
def config_update(w: World) -> None:
    assert w.anna.refused("imopenlines.config.update", CONFIG_ID=22, PARAMS={"LINE_NAME": "x"}) == (
        403,
        "CONFIG_WRONG_USER_PERMISSION",
    )
    w.admin(
        "imopenlines.config.update",
        CONFIG_ID=22,
        PARAMS={"WORKTIME_FROM": "10", "CLOSE_RULE": "text", "CLOSE_TEXT": "x"},
    )
    assert (w.line.worktime_from, w.line.close_text) == ("10", "x")
    w.admin("imopenlines.config.update", CONFIG_ID=22, PARAMS={"WORKTIME_FROM": "09:00", "CLOSE_RULE": "none"})
    assert (w.line.worktime_from, w.line.worktime_to, w.line.close_text) == ("9", "18.30", "")


@rule("openlines.md 3.2", "Hours are compared as numbers, 18.3 is 18.30; days off and holidays are closed")
def hours(w: World) -> None:
    w.line.worktime_to = "18.3"
    start = w.portal.start_at
    assert w.line.is_working(start.replace(hour=15, minute=30))
    assert not w.line.is_working(start.replace(hour=15, minute=31))
    assert not w.line.is_working(start.replace(day=28))
    w.line.holidays.append("24.11")
    assert not w.line.is_working(start)


@rule("openlines.md 3", "Error codes of [ACC] are CHAT_ID, CHAT_TYPE, ACCESS_DENIED, all 400")
def acc(w: World) -> None:
    stranger = w.as_(SUPPORT)
    w.portal.people.users[SUPPORT].reads_crm = False
    method = "imopenlines.operator.answer"
    assert w.admin.refused(method) == (400, "CHAT_ID")
    assert w.admin.refused(method, CHAT_ID=1) == (400, "CHAT_TYPE")
    assert stranger.refused(method, CHAT_ID=w.chat.id) == (400, "ACCESS_DENIED")


@rule("openlines.md 3.1", "crm.chat.get puts the latest first without dead connectors; who may not read gets 403")
def order_of_chats(w: World) -> None:
    first = w.chat
    lines, client = w.portal.openlines, new_client(w.portal, "Марина Белова")
    second = lines.new_chat(w.line, connector="whatsappbyedna", client=client, bound=((DEAL, 1),))
    w.later(minutes=1)
    lines.talk.client_writes(second, "И здесь")
    lines.accept(second, w.portal.people.users[ANNA])
    assert chats(w, 1) == [str(second.id), str(first.id)]
    w.later(minutes=1)
    lines.accept(first, w.portal.people.users[DMITRY])
    assert chats(w, 1) == [str(first.id), str(second.id)]
    second.connector_active = False
    assert chats(w, 1, ACTIVE_ONLY="N") == [str(first.id)]
    w.portal.people.users[ANNA].reads_crm = False
    assert w.anna.refused("imopenlines.crm.chat.get", **DEAL_1) == (403, "ACCESS_DENIED")
    assert w.admin.refused("imopenlines.crm.chat.get", CRM_ENTITY_TYPE="deal") == (400, "ERROR_ARGUMENT")
