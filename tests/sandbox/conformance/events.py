"""Events and triggers."""

from __future__ import annotations

from typing import Any

from sandbox.crm import DEAL
from sandbox.triggers import Spot
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World
from tests.sandbox.conftest import HANDLER

BIND = {"event": "ONCRMDEALUPDATE", "handler": f"{HANDLER}/event"}
TRIGGER = {"CODE": "late", "NAME": "Late"}


@rule("platform.md 6.1", "Binding needs an application and the scope of the event; an unknown event is refused")
def binding(w: World) -> None:
    assert w.webhook("event.bind", **BIND)[1]["error"] == "WRONG_AUTH_TYPE"
    assert w.admin.refused("event.bind", **(BIND | {"event": "ONNOTHING"})) == (400, "ERROR_EVENT_NOT_FOUND")
    w.app.scope = ("im",)
    assert w.admin.refused("event.bind", **BIND) == (403, "insufficient_scope")


@rule("platform.md 6.1", "A second binding of the same is an error that means success")
def twice(w: World) -> None:
    w.admin("event.bind", **BIND)
    status, said = w.admin.try_("event.bind", **BIND)
    assert (status, said["error"]) == (400, "ERROR_CORE")
    assert said["error_description"] == "Unable to set event handler: Handler already binded"


@rule("platform.md 6.1", "The first 180 characters of the handler tell bindings apart")
def first_characters(w: World) -> None:
    long = f"{HANDLER}/event?" + "x" * 180
    w.admin("event.bind", **(BIND | {"handler": f"{long}a"}))
    assert w.admin.refused("event.bind", **(BIND | {"handler": f"{long}b"})) == (400, "ERROR_CORE")


@rule("platform.md 6.1", "Who is no administrator binds only for himself, and no offline events")
def for_oneself(w: World) -> None:
    assert w.anna.refused("event.bind", **BIND, auth_type=1) == (403, "ACCESS_DENIED")
    w.anna("event.bind", **BIND)
    assert w.app.bindings[0].user_id == w.anna.user.id


@rule(
    "platform.md 6.1",
    "The payload names event, handler, data, time; tokens come when a person did it and not when nobody did",
)
async def payload(w: World) -> None:
    w.listen("ONCRMDEALUPDATE")
    await w.http.post("/_sandbox/items/move", json={"entityTypeId": DEAL, "id": 1, "stageId": "C3:WON"})
    w.move("C3:NEW")
    first, second = await w.events("ONCRMDEALUPDATE")
    assert set(first) == {"event", "event_handler_id", "data", "ts", "auth"}
    assert ("access_token" in first["auth"], "access_token" in second["auth"]) == (True, False)
    assert "refresh_token" not in first["auth"]


@rule("platform.md 6.1", "An unpaid application gets no events")
async def unpaid(w: World) -> None:
    w.listen("ONCRMDEALUPDATE")
    w.app.paid = False
    w.move("C3:WON")
    assert await w.events("ONCRMDEALUPDATE") == []


@rule("platform.md 6.2", "CRM events name the id alone, those of smart processes the type too")
async def crm(w: World) -> None:
    w.listen("ONCRMDEALUPDATE", "ONCRMDYNAMICITEMUPDATE")
    w.move("C3:WON")
    w.portal.crm.move(w.portal.crm.items[1036, 1], "DT1036_5:CLIENT")
    assert [form["data"] for form in await w.events("ONCRMDEALUPDATE")] == [{"FIELDS": {"ID": "1"}}]
    (dynamic,) = await w.events("ONCRMDYNAMICITEMUPDATE")
    assert dynamic["data"] == {"FIELDS": {"ID": "1", "ENTITY_TYPE_ID": "1036"}}


@rule("openlines.md 3.6", "An incoming message names connector, line, outer chat and client, and no chat of the portal")
async def incoming(w: World) -> None:
    w.listen("ONOPENLINEMESSAGEADD")
    w.say("Вопрос")
    (form,) = await w.events("ONOPENLINEMESSAGEADD")
    said = form["data"]["DATA"]
    assert set(form["data"]) == {"DATA"}
    assert said["connector"] == {
        "connector_id": "telegrambot",
        "line_id": "22",
        "chat_id": w.chat.external_id,
        "user_id": str(w.chat.client_id),
    }


@rule("openlines.md 3.6", "An outgoing message names the chat and its author; those of a live chat are never told")
async def outgoing(w: World) -> None:
    w.listen("ONOPENLINEMESSAGEADD")
    for deal in (1, 5):
        chat = w.chat_of(deal)
        operator = w.portal.people.users[chat.owner]
        w.portal.openlines.talk.staff_writes(chat, operator, "Ответ")
    (form,) = await w.events("ONOPENLINEMESSAGEADD")
    assert set(form["data"]) == {"CONNECTOR", "LINE", "DATA"}
    message = form["data"]["DATA"]["message"]
    assert (message["chat_id"], message["user_id"], message["text"]) == (str(w.chat.id), "8", "Ответ")


@rule("openlines.md 3.6", "DATA is an object, or a list of one", switch="openline_data_is_list")
async def shape(w: World) -> None:
    w.listen("ONOPENLINEMESSAGEADD")
    w.say()
    w.portal.switches.openline_data_is_list = True
    w.say()
    first, second = await w.events("ONOPENLINEMESSAGEADD")
    assert isinstance(first["data"]["DATA"], dict)
    assert isinstance(second["data"]["DATA"], list)


@rule(
    "platform.md 6.4",
    "Messages of all connectors are told, or only of the application's own",
    switch="openline_events_for_all_connectors",
)
async def connectors(w: World) -> None:
    w.listen("ONOPENLINEMESSAGEADD")
    w.say()
    w.portal.switches.openline_events_for_all_connectors = False
    w.say()
    assert len(await w.events("ONOPENLINEMESSAGEADD")) == 1


@rule(
    "openlines.md 3.6",
    "Sessions tell of their beginning and end, with a session id or without",
    switch="session_events_carry_session",
)
async def sessions(w: World) -> None:
    w.listen("ONSESSIONSTART", "ONSESSIONFINISH")
    w.portal.openlines.closing.close(w.chat, w.session())
    w.portal.switches.session_events_carry_session = True
    w.say()
    (finish,), (start,) = await w.events("ONSESSIONFINISH"), await w.events("ONSESSIONSTART")
    assert set(finish["data"]["DATA"]) == {"connector", "chat", "line"}
    assert start["data"]["DATA"]["session"] == {
        "id": str(w.session().id),
        "closed": "N",
        "parent_id": "0",
        "close_term": "0",
    }


@rule("openlines.md 3.6", "An edit and a deletion of our message are told, of a client's not")
async def edits(w: World) -> None:
    w.listen("ONOPENLINEMESSAGEUPDATE", "ONOPENLINEMESSAGEDELETE")
    ours = next(one for one in w.chat.messages if one.author == 8)
    theirs = next(one for one in w.chat.messages if one.author == w.chat.client_id)
    for message in (ours, theirs):
        w.portal.openlines.talk.edit(message, "Иначе")
        w.portal.openlines.talk.delete(message)
    (updated,), (deleted,) = await w.events("ONOPENLINEMESSAGEUPDATE"), await w.events("ONOPENLINEMESSAGEDELETE")
    for form in (updated, deleted):
        assert form["data"]["DATA"]["im"] == {"chat_id": str(w.chat.id), "message_id": str(ours.id)}


# Triggers -------------------------------------------------------------------------------------------------------------


def fired(w: World, **changes: Any) -> tuple[int, str]:
    order: dict[str, Any] = {"CODE": "late", "OWNER_TYPE_ID": DEAL, "OWNER_ID": 1}
    status, said = w.admin.try_("crm.automation.trigger.execute", **(order | changes))
    return status, said.get("error_description", "")


@rule("platform.md 6.5", "A trigger is added anew under its code, for an administrator and an application")
def upsert(w: World) -> None:
    w.admin("crm.automation.trigger.add", **TRIGGER)
    w.admin("crm.automation.trigger.add", **(TRIGGER | {"NAME": "Later"}))
    assert w.admin("crm.automation.trigger.list") == [{"CODE": "late", "NAME": "Later"}]
    assert w.anna.refused("crm.automation.trigger.add", **TRIGGER)[1] == "ACCESS_DENIED"
    assert w.webhook("crm.automation.trigger.add", **TRIGGER)[1]["error"] == "ACCESS_DENIED"


@rule("platform.md 6.5", "Refusals of triggers have an empty code, and come in an order: code, registered, type, id")
def refusals(w: World) -> None:
    w.admin("crm.automation.trigger.add", **TRIGGER)
    assert fired(w, CODE="", OWNER_ID=99)[1] == "Empty trigger code!"
    assert fired(w, CODE="a b", OWNER_ID=99)[1] == "Wrong trigger code!"
    assert fired(w, CODE="x", OWNER_TYPE_ID=3)[1] == "Trigger with code x is not registered."
    assert fired(w, OWNER_TYPE_ID=3, OWNER_ID=99)[1] == "Incorrect parameter OWNER_TYPE_ID."
    assert fired(w, OWNER_ID=99) == (400, "Incorrect parameter OWNER_ID.")
    assert w.admin.refused("crm.automation.trigger.execute", CODE="") == (400, "")


@rule("platform.md 6.5", "A trigger moves the item to its stage, back only where that is allowed")
def movement(w: World) -> None:
    w.admin("crm.automation.trigger.add", **TRIGGER)
    w.portal.triggers.place("late", Spot(DEAL, "C3:WORK"))
    assert fired(w)[0] == 200
    assert w.deal().stage_id == "C3:WORK"
    w.move("C3:WON")
    fired(w)
    assert w.deal().stage_id == "C3:WON"
    w.portal.triggers.place("late", Spot(DEAL, "C3:WORK", backwards=True))
    fired(w)
    assert w.deal().stage_id == "C3:WORK"


@rule(
    "platform.md 6.5",
    "A trigger that stands nowhere changes nothing and is answered true",
    switch="unplaced_trigger_is_true",
)
def nowhere(w: World) -> None:
    w.admin("crm.automation.trigger.add", **TRIGGER)
    order: dict[str, Any] = {"CODE": "late", "OWNER_TYPE_ID": DEAL, "OWNER_ID": 1}
    assert w.admin("crm.automation.trigger.execute", **order) is True
    w.portal.switches.unplaced_trigger_is_true = False
    assert w.admin("crm.automation.trigger.execute", **order) is False
    assert w.deal().stage_id == "C3:NEW"


@rule("platform.md 6.5", "The webhook form names the item as DEAL_1")
def webhook_form(w: World) -> None:
    w.portal.triggers.place("late", Spot(DEAL, "C3:WORK"))
    assert w.webhook("crm.automation.trigger", target="DEAL_1", code="late")[1]["result"] is True
    assert w.deal().stage_id == "C3:WORK"


@rule(
    "openlines.md 1.4", "The platform's own triggers fire when a session begins, a client writes, an operator accepts"
)
def native(w: World) -> None:
    for code, stage in (("OPENLINE", "C3:WORK"), ("OPENLINE_MSG", "C3:WAIT"), ("OPENLINE_ANSWER", "C3:WON")):
        w.portal.triggers.place(code, Spot(DEAL, stage, text="срочно" if code == "OPENLINE_MSG" else ""))
    w.portal.openlines.closing.close(w.chat, w.session())
    w.say("Не спешите")
    assert w.deal().stage_id == "C3:WORK"
    w.say("Это СРОЧНО")
    assert w.deal().stage_id == "C3:WAIT"
    w.portal.openlines.accept(w.chat, w.portal.people.users[8])
    assert w.deal().stage_id == "C3:WON"
