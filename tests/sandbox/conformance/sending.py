"""Writing into dialogs, and who is in them."""

from __future__ import annotations

from typing import Any

from sandbox.demo import ANNA, CHIEF, DIRECTOR, DMITRY
from sandbox.dialogs import Status
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import DEAL_1, World


def crm_message(w: World, **changes: Any) -> tuple[int, Any]:
    order: dict[str, Any] = DEAL_1 | {"USER_ID": ANNA, "CHAT_ID": w.chat.id, "MESSAGE": "Ответ"}
    status, said = w.admin.try_("imopenlines.crm.message.add", **(order | changes))
    return status, said.get("error", said.get("result"))


def auto_message(w: World, chat_id: int, **changes: Any) -> Any:
    order: dict[str, Any] = {"CHAT_ID": chat_id, "NAME": "DEFAULT", "MESSAGE": "Авто"} | changes
    return w.admin("imopenlines.bot.session.message.send", **order)


@rule("openlines.md fact 1", "crm.message.add works while the session is accepted and not closing: 10 to 49")
def states(w: World) -> None:
    for status, works in (
        (Status.ANSWER, True),
        (Status.CLIENT, True),
        (Status.OPERATOR, True),
        (Status.WAIT_CLIENT, False),
        (Status.SKIP, False),
        (Status.CLOSE, False),
    ):
        w.put(status)
        if works:
            assert crm_message(w)[0] == 200
        else:
            assert crm_message(w) == (400, "CHAT_NOT_IN_CRM")


@rule("openlines.md fact 1", "It needs exactly the entity the chat is bound to, and a living connector")
def exact(w: World) -> None:
    assert crm_message(w, CRM_ENTITY=3) == (400, "CHAT_NOT_IN_CRM")
    assert crm_message(w, CRM_ENTITY_TYPE="contact", CRM_ENTITY=100)[0] == 200
    w.chat.connector_active = False
    assert crm_message(w) == (400, "CHAT_NOT_IN_CRM")


@rule(
    "openlines.md 3.3",
    "Its author must be in the chat; he and the caller must read the entity; all parameters are needed",
)
def author(w: World) -> None:
    assert crm_message(w, USER_ID=DMITRY) == (400, "MESSAGE_ADD_ERROR")
    assert crm_message(w, MESSAGE="") == (400, "ERROR_ARGUMENT")
    w.portal.people.users[ANNA].reads_crm = False
    assert crm_message(w) == (403, "ACCESS_DENIED")


@rule("openlines.md 3.3", "It delivers at once, with the note that it was sent automatically, and counts as our answer")
def answer(w: World) -> None:
    _, number = crm_message(w)
    assert (w.sent, w.session().status) == (["Ответ"], Status.OPERATOR)
    message = next(one for one in w.chat.messages if one.id == number)
    assert message.params["ATTACH"] == [{"MESSAGE": "Отправлено автоматически"}]


@rule(
    "openlines.md trap 23",
    "Parameters of imopenlines.crm.*, transfer, another.finish and session.* are taken in capitals alone",
)
def capitals(w: World) -> None:
    assert w.admin.refused("imopenlines.operator.transfer", chat_id=w.chat.id, user_id=9)[1] == "CHAT_ID_EMPTY"
    assert w.admin.refused("imopenlines.crm.chat.get", crm_entity_type="deal", crm_entity=1)[1] == "ERROR_ARGUMENT"
    assert w.admin("imopenlines.operator.answer", chat_id=w.chat.id) is True


@rule(
    "openlines.md fact 5",
    "bot.session.message.send needs no bot, no membership, no right; it is no answer and is not silenced",
)
def automatic(w: World) -> None:
    chat = w.chat_of(4)
    stranger = w.as_(DMITRY)
    stranger.user.reads_crm = False
    assert stranger("imopenlines.bot.session.message.send", CHAT_ID=chat.id, NAME="DEFAULT", MESSAGE="Авто") is True
    chat.silent = True
    auto_message(w, chat.id)
    assert (w.sent, w.session(chat).status, chat.owner) == (["Авто", "Авто"], Status.NEW, 0)
    assert chat.messages[-1].author == 0


@rule("openlines.md 3.3", "It is true even when nothing goes out: no such chat, no name, no text")
def lying(w: World) -> None:
    for chat, changes in ((1, {}), (w.chat.id, {"NAME": ""}), (w.chat.id, {"MESSAGE": ""})):
        assert auto_message(w, chat, **changes) is True
    assert w.sent == []


@rule("openlines.md trap 3", "On a closed dialog it opens a new session, and so do im.message.add, transfer and pin")
def reopening(w: World) -> None:
    chat = w.chat_of(6)
    session = w.session(chat).id
    auto_message(w, chat.id)
    assert w.session(chat).id > session
    closed = w.put(Status.CLOSE)
    for method, order in (("operator.transfer", {"USER_ID": DMITRY}), ("session.mode.pin", {})):
        before = len(closed.session_ids)
        w.admin(f"imopenlines.{method}", CHAT_ID=closed.id, **order)
        assert len(closed.session_ids) == before + 1, method
        w.portal.openlines.closing.close(closed, w.session(closed))
    w.portal.openlines.join(closed, w.portal.people.users[DIRECTOR])
    before = len(closed.session_ids)
    w.admin("im.message.add", DIALOG_ID=f"chat{closed.id}", MESSAGE="x")
    assert len(closed.session_ids) == before + 1


@rule("openlines.md 3.3", "Channels of comments get no automatic messages")
def comments(w: World) -> None:
    w.chat.connector = "fbinstagram"
    auto_message(w, w.chat.id)
    assert w.sent == []


@rule(
    "openlines.md 3.3",
    "im.message.add is for members; SKIP_CONNECTOR whispers, SYSTEM is author 0 with the application's name",
)
def im_message(w: World) -> None:
    dialog = f"chat{w.chat.id}"
    assert w.admin.refused("im.message.add", DIALOG_ID=dialog, MESSAGE="x") == (400, "PARAMS_ERROR")
    w.anna("im.message.add", DIALOG_ID=dialog, MESSAGE="шёпот", SKIP_CONNECTOR="Y")
    w.app.title = "Дежурный"
    w.anna("im.message.add", DIALOG_ID=dialog, MESSAGE="заметка", SYSTEM="Y")
    system, whisper = reversed(w.chat.messages[-2:])
    assert (whisper.hidden, system.author, system.text) == (True, 0, "[b]Дежурный[/b]\nзаметка")
    assert w.sent == []
    assert w.anna.refused("im.message.add", DIALOG_ID=dialog, MESSAGE="x" * 20_001)[0] == 400


@rule("openlines.md 3.3", "TEMPLATE_ID is a key: a repeat gives the same message")
def template(w: World) -> None:
    order: dict[str, Any] = {
        "DIALOG_ID": f"chat{w.chat.id}",
        "MESSAGE": "Один раз",
        "TEMPLATE_ID": "3f2a5b1c-0000-4000-8000-000000000001",
    }
    assert w.anna("im.message.add", **order) == w.anna("im.message.add", **order)
    assert w.sent == ["Один раз"]


@rule("openlines.md trap 12", "In silent mode an operator's message is kept from the client, and nobody says so")
def silent(w: World) -> None:
    w.chat.silent = True
    assert crm_message(w)[0] == 200
    assert w.sent == []


@rule(
    "openlines.md trap 13",
    "With the window closed or the connector dead an id is returned and a line for staff says it was not sent",
)
def undelivered(w: World) -> None:
    chat = w.chat_of(2)
    w.later(hours=25)
    dialog: dict[str, Any] = {
        "CRM_ENTITY_TYPE": "deal",
        "CRM_ENTITY": 2,
        "USER_ID": DMITRY,
        "CHAT_ID": chat.id,
        "MESSAGE": "Ответ",
    }
    number: Any = w.admin("imopenlines.crm.message.add", **dialog)
    note = chat.messages[-1]
    assert (note.id > number, note.author, note.params["CODE"]) == (True, 0, ["IMOL_CHAT_ERROR_CONNECTOR_SEND"])
    assert w.sent == []


@rule(
    "openlines.md P",
    "The platform keeps the reply window of WhatsApp, a day from each message; of Instagram it keeps none",
)
def windows(w: World) -> None:
    w.say(deal=2)
    w.say(deal=4)
    opened = w.chat_of(2).blocked_from
    assert opened is not None
    assert (opened - w.portal.now()).total_seconds() == 86_400
    assert w.chat_of(4).blocked_from is None
    data = w.admin("imopenlines.dialog.get", CHAT_ID=w.chat_of(2).id)["entity_data_1"].split("|")
    assert data[8:] == [str(int(opened.timestamp())), "DEFAULT"]


@rule("openlines.md P", "A new session inherits the block of the one before")
def inherited(w: World) -> None:
    chat = w.chat_of(2)
    w.later(hours=25)
    w.portal.openlines.closing.close(chat, w.session(chat))
    w.admin("imopenlines.session.start", CHAT_ID=chat.id)
    assert chat.blocked_from is not None
    assert chat.blocked_from < w.portal.now()


@rule("openlines.md 3.3", "A message is kept among the quick answers of its line")
def quick_answers(w: World) -> None:
    order = {"CHAT_ID": w.chat.id, "MESSAGE_ID": w.chat.last_message_id}
    assert w.admin("imopenlines.message.quick.save", **order) is True
    listed = w.admin("lists.element.get", IBLOCK_TYPE_ID="lists", IBLOCK_ID=w.line.quick_answers)
    assert listed[-1]["DETAIL_TEXT"] == w.chat.messages[-1].text
    w.line.quick_answers = 0
    assert w.admin.refused("imopenlines.message.quick.save", **order) == (400, "CANT_SAVE_QUICK_ANSWER")


@rule(
    "openlines.md 3.3",
    "Quick answers are read through lists; emoji stand there as the list keeps them",
    switch="quick_answers_hide_emoji",
)
def emoji(w: World) -> None:
    where = {"IBLOCK_TYPE_ID": "lists", "IBLOCK_CODE": "IMOP_QUICK_ANSWERS"}
    (greeting,) = w.admin("lists.section.get", **where, FILTER={"CODE": "GREETING"})
    asked: dict[str, Any] = {**where, "FILTER": {"IBLOCK_SECTION_ID": greeting["ID"]}}
    assert (greeting["NAME"], w.admin("lists.element.get", **asked)[0]["DETAIL_TEXT"]) == ("Приветствие", ":f09fa49d:")
    w.portal.switches.quick_answers_hide_emoji = False
    assert w.admin("lists.element.get", **asked)[0]["DETAIL_TEXT"] == "🤝"


# Members --------------------------------------------------------------------------------------------------------------


def user_add(w: World, **changes: Any) -> tuple[int, Any]:
    order = DEAL_1 | {"USER_ID": CHIEF, "CHAT_ID": w.chat.id}
    status, said = w.admin.try_("imopenlines.crm.chat.user.add", **(order | changes))
    return status, said.get("error", said.get("result"))


@rule("openlines.md 3.4", "crm.chat.user.add takes active employees who read the entity, into accepted dialogs")
def adding(w: World) -> None:
    assert user_add(w) == (200, w.chat.id)
    assert user_add(w, USER_ID=300) == (400, "CRM_CHAT_USER_NOT_ACTIVE")
    w.portal.people.users[DMITRY].reads_crm = False
    assert user_add(w, USER_ID=DMITRY) == (403, "ACCESS_DENIED")
    w.put(Status.SKIP)
    assert user_add(w) == (400, "CHAT_NOT_IN_CRM")


@rule("openlines.md 3.4", "Adding a member again is fine, or refused", switch="repeated_user_add_fails")
def adding_again(w: World) -> None:
    assert [user_add(w)[0], user_add(w)[0]] == [200, 200]
    w.portal.switches.repeated_user_add_fails = True
    assert user_add(w) == (400, "WRONG_REQUEST")


@rule("openlines.md 3.4", "crm.chat.user.delete takes a member out, and refuses who is none")
def deleting(w: World) -> None:
    user_add(w)
    order = DEAL_1 | {"USER_ID": CHIEF, "CHAT_ID": w.chat.id}
    assert w.admin("imopenlines.crm.chat.user.delete", **order) == w.chat.id
    assert w.admin.refused("imopenlines.crm.chat.user.delete", **order) == (400, "WRONG_REQUEST")


@rule(
    "openlines.md 3.4", "People come into unaccepted and closed chats through a member: join, im.chat.user.add, leave"
)
def through_a_member(w: World) -> None:
    chat = w.chat_of(6)
    assert w.admin.refused("im.chat.user.add", CHAT_ID=chat.id, USERS=[CHIEF]) == (403, "ACCESS_ERROR")
    w.admin("imopenlines.session.join", CHAT_ID=chat.id)
    w.admin("im.chat.user.add", CHAT_ID=chat.id, USERS=[CHIEF])
    w.admin("im.chat.leave", CHAT_ID=chat.id)
    assert CHIEF in chat.members
    assert DIRECTOR not in chat.members
    assert not w.session(chat).is_open


@rule("openlines.md 6", "updateTitle is true even when the caller is no member and nothing changed; it cuts at 255")
def renaming(w: World) -> None:
    title = w.chat.title
    assert w.admin("im.chat.updateTitle", CHAT_ID=w.chat.id, TITLE="x") is True
    assert w.chat.title == title
    w.anna("im.chat.updateTitle", CHAT_ID=w.chat.id, TITLE="ы" * 300)
    assert len(w.chat.title) == 255
    lines = len(w.chat.messages)
    w.anna("im.chat.updateTitle", CHAT_ID=w.chat.id, TITLE="ы" * 255)
    assert len(w.chat.messages) == lines, "the same title leaves no line"


@rule("openlines.md 6", "Staff see who renamed a chat; the title it has already is no change and no line")
def renamed(w: World) -> None:
    lines = len(w.chat.messages)
    w.anna("im.chat.updateTitle", CHAT_ID=w.chat.id, TITLE="БС - Ромашка")
    assert (len(w.chat.messages), w.chat.messages[-1].author) == (lines + 1, 0)
    assert "БС - Ромашка" in w.chat.messages[-1].text
    w.anna("im.chat.updateTitle", CHAT_ID=w.chat.id, TITLE="БС - Ромашка")
    assert len(w.chat.messages) == lines + 1
    assert w.sent == []


@rule("openlines.md 3.3", "im.message.add takes 20,000 characters and no more")
def longest(w: World) -> None:
    dialog = f"chat{w.chat.id}"
    assert w.anna("im.message.add", DIALOG_ID=dialog, MESSAGE="я" * 20_000) > 0
    assert w.anna.refused("im.message.add", DIALOG_ID=dialog, MESSAGE="я" * 20_001)[0] == 400


@rule("openlines.md trap 25", "crm.message.add and automatic messages have no key: what is said twice is sent twice")
def said_twice(w: World) -> None:
    for _ in range(2):
        assert crm_message(w)[0] == 200
        auto_message(w, w.chat.id)
    assert w.sent == ["Ответ", "Авто"] * 2
