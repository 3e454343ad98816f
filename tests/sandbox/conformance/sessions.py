"""Sessions of open lines: their states, what the chat says of them, what the platform does by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.demo import ANNA, DMITRY
from sandbox.dialogs import Status
from sandbox.people import Workday
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


def fields_of(w: World, deal: int = 1) -> list[str]:
    said = w.admin("imopenlines.dialog.get", CHAT_ID=w.chat_of(deal).id)["entity_data_1"]
    return str(said).split("|")


def end_workday(w: World, user: int, state: Workday = Workday.CLOSED) -> None:
    w.portal.people.set_workday(w.portal.people.users[user], state, w.portal.now())
    w.portal.openlines.closing.workday_ended(w.portal.people.users[user])


@rule("openlines.md 1.1", "A client's message moves a session to 20 or 25, an employee's to 40, the system's nowhere")
def statuses(w: World) -> None:
    chat = w.put(Status.ANSWER)
    talk = w.portal.openlines.talk
    w.say()
    assert w.session().status == Status.CLIENT
    talk.staff_writes(chat, w.portal.people.users[ANNA], "Ответ")
    assert w.session().status == Status.OPERATOR
    talk.system(chat, "строка")
    assert w.session().status == Status.OPERATOR
    w.say()
    assert w.session().status == Status.CLIENT_AFTER_OPERATOR


@rule("openlines.md 1.2", "entity_data_1 has ten fields: CRM, pin, closing, session, time, line, window")
def entity_data_1(w: World) -> None:
    created = str(int(w.session().created_at.timestamp()))
    assert fields_of(w) == ["Y", "DEAL", "1", "N", "N", str(w.session().id), created, "0", "0", "0"]
    w.anna("imopenlines.session.mode.pin", CHAT_ID=w.chat.id)
    assert fields_of(w)[3] == "Y"


@rule("openlines.md 1.2", "entity_data_2 names the CRM bindings in pairs, entity_data_3 the silent mode")
def other_data(w: World) -> None:
    said = w.admin("imopenlines.dialog.get", CHAT_ID=w.chat.id)
    pairs = said["entity_data_2"].split("|")
    assert dict(zip(pairs[::2], pairs[1::2], strict=True)) == {
        "LEAD": "0",
        "COMPANY": "0",
        "CONTACT": "100",
        "DEAL": "1",
    }
    assert said["entity_data_3"] == "N"
    w.admin("imopenlines.session.mode.silent", CHAT_ID=w.chat.id)
    assert w.admin("imopenlines.dialog.get", CHAT_ID=w.chat.id)["entity_data_3"] == "Y"


@rule("openlines.md 1.3", "A closed dialog has session 0 and owner 0, an unaccepted one owner 0")
def closed(w: World) -> None:
    assert w.admin("imopenlines.dialog.get", CHAT_ID=w.chat_of(4).id)["owner"] == 0
    assert fields_of(w, 4)[5] != "0"
    assert w.admin("imopenlines.dialog.get", CHAT_ID=w.chat_of(6).id)["owner"] == 0
    assert fields_of(w, 6)[5] == "0"


@rule(
    "openlines.md 1.3",
    "A dialog of a dismissed operator is closed while its chat goes on naming him; the activity knows",
)
async def dismissed(w: World) -> None:
    session = w.session()
    await w.http.post("/_sandbox/users", json={"id": ANNA, "active": False})
    assert fields_of(w)[5] == str(session.id)
    assert w.admin("imopenlines.dialog.get", CHAT_ID=w.chat.id)["owner"] == ANNA
    (row,) = w.admin("crm.activity.list", filter={"ASSOCIATED_ENTITY_ID": session.id})
    assert row["COMPLETED"] == "Y"
    w.say()
    assert w.session().id != session.id


@rule("openlines.md 1.3", "The line of a session after a transfer is in field 7 and in the history, not in the code")
def other_line(w: World) -> None:
    w.admin("imopenlines.operator.transfer", CHAT_ID=w.chat.id, QUEUE_ID=24)
    assert fields_of(w)[7] == "24"
    assert w.chat.user_code.split("|")[1] == "22"
    history = w.admin("imopenlines.session.history.get", SESSION_ID=w.session().id)
    assert history["openlines"]["canvoteashead"] == {"24": True}


@rule(
    "openlines.md 1.4",
    "After our message a dialog closes in AUTO_CLOSE_TIME, after the client's in a month, pinned in a week",
)
def by_itself(w: World) -> None:
    now = w.portal.now()
    w.line.auto_close_seconds = 3_600
    assert w.session().close_due_at is not None
    w.say()
    assert w.session().close_due_at == now + timedelta(days=30)
    w.portal.openlines.talk.staff_writes(w.chat, w.portal.people.users[ANNA], "Ответ")
    assert w.session().close_due_at == now + timedelta(hours=1)
    w.anna("imopenlines.session.mode.pin", CHAT_ID=w.chat.id)
    assert w.session().close_due_at == now + timedelta(days=7)
    w.later(days=8)
    assert not w.session().is_open


@rule("openlines.md 1.4", "Off hours the line says its text once a session, while nobody has accepted")
def off_hours(w: World) -> None:
    w.later(hours=9)
    w.say(deal=4)
    w.say(deal=4)
    w.say(deal=1)
    assert w.sent == [w.line.off_hours_text]


@rule("openlines.md 1.4", "When nobody accepts in NO_ANSWER_TIME the line says its text once")
def no_answer(w: World) -> None:
    w.line.no_answer_text, w.line.no_answer_seconds = "Скоро ответим", 120
    w.put(Status.CLOSE)
    w.say()
    w.later(minutes=1)
    assert w.sent == []
    w.later(minutes=2)
    w.later(minutes=9)
    assert w.sent == ["Скоро ответим"]


@rule(
    "openlines.md 1.4", "At the end of a shift and on a pause a checking line takes unanswered, unpinned dialogs back"
)
def shift_end(w: World) -> None:
    w.line.check_available = True
    w.portal.openlines.talk.staff_writes(w.chat_of(7), w.portal.people.users[ANNA], "Ответ")
    end_workday(w, ANNA, Workday.PAUSED)
    assert (w.chat.owner, w.session().status) == (0, Status.SKIP)
    assert w.chat_of(7).owner == ANNA, "we had answered there"


@rule("openlines.md 1.4", "A client who answers an operator who is off comes back to the queue of a checking line")
def reply_off_shift(w: World) -> None:
    w.portal.openlines.talk.staff_writes(w.chat, w.portal.people.users[ANNA], "Ответ")
    w.line.check_available = True
    end_workday(w, ANNA)
    assert w.chat.owner == ANNA
    w.say("Ещё вопрос")
    assert (w.chat.owner, w.session().status) == (0, Status.SKIP)


@rule("openlines.md 1.4", "A line that checks nothing leaves dialogs with whoever has them")
def unchecked(w: World) -> None:
    end_workday(w, ANNA)
    w.say()
    assert w.chat.owner == ANNA


@rule("openlines.md trap 26", "A welcome bot holds a new dialog as its owner while the session is unaccepted")
def welcome_bot(w: World) -> None:
    w.put(Status.CLOSE)
    w.line.welcome_bot = 300
    w.say()
    assert (w.chat.owner, w.session().accepted) == (300, False)
    told: dict[str, Any] = {
        "CRM_ENTITY_TYPE": "deal",
        "CRM_ENTITY": 1,
        "USER_ID": DMITRY,
        "CHAT_ID": w.chat.id,
        "MESSAGE": "x",
    }
    assert w.admin.refused("imopenlines.crm.message.add", **told)[1] == "CHAT_NOT_IN_CRM"


@rule("openlines.md 3.2", "A line may create a lead or a deal for a client whom CRM does not know as such")
async def creation(w: World) -> None:
    w.register()
    w.place("r", stage="C3:NEW")
    w.line.crm_create = "deal"
    made = (
        await w.http.post("/_sandbox/chats", json={"client": {"name": "Вера Котова"}, "text": "Здравствуйте"})
    ).json()
    bound = {one["entityTypeId"]: one["id"] for one in made["bindings"]}
    deal = w.deal(bound[2])
    assert (deal.title, deal.contact_ids) == ("Вера Котова - Бухгалтерия", (bound[3],))
    assert [form["document_id"][2] for form in await w.forms()] == [f"DEAL_{deal.id}"]
