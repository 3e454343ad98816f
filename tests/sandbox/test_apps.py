"""Life of an application and its events: platform.md 1.7, 3, 6."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.apps import App
from sandbox.demo import ANNA, NEW, WORK
from sandbox.portal import Portal
from sandbox.rest.answer import execute
from sandbox.switches import Switches
from tests.sandbox.conftest import HANDLER, Asker, Receiver
from tests.sandbox.demo_dialogs import chat_of

EVENTS = f"{HANDLER}/event"


async def received(portal: Portal, receiver: Receiver) -> list[dict[str, Any]]:
    await portal.queue.drain()
    return receiver.forms


async def test_installation_without_a_page_posts_one_event(portal: Portal, receiver: Receiver, app: App) -> None:
    app.install_url = f"{HANDLER}/install"
    portal.apps.install(app, by=portal.people.users[1])
    (form,) = await received(portal, receiver)
    assert str(receiver.requests[0].url) == app.install_url
    assert form["event"] == "ONAPPINSTALL"
    assert form["data"] == {"VERSION": "1", "ACTIVE": "Y", "INSTALLED": "Y", "LANGUAGE_ID": "ru"}
    assert set(form["auth"]) == {
        "access_token",
        "expires",
        "expires_in",
        "scope",
        "domain",
        "server_endpoint",
        "status",
        "client_endpoint",
        "member_id",
        "user_id",
        "refresh_token",
        "application_token",
    }


async def test_nothing_is_told_before_the_installation_is_finished(
    portal: Portal, ask: Asker, receiver: Receiver, app: App
) -> None:
    """Platform.md 3.1."""
    app.installed = False
    ask("event.bind", event="ONCRMDEALUPDATE", handler=EVENTS)
    portal.crm.move(portal.crm.items[2, 1], WORK)
    assert await received(portal, receiver) == []
    assert ask("app.info")["INSTALLED"] is False
    portal.apps.finish()
    portal.crm.move(portal.crm.items[2, 1], NEW)
    assert [form["event"] for form in await received(portal, receiver)] == ["ONCRMDEALUPDATE"]


async def test_uninstalling_tells_without_tokens_and_kills_rest(
    portal: Portal, ask: Asker, receiver: Receiver, app: App
) -> None:
    """Platform.md 3.3."""
    ask("event.bind", event="ONAPPUNINSTALL", handler=EVENTS)
    ask("bizproc.robot.add", CODE="a", HANDLER=f"{HANDLER}/a", NAME="A")
    portal.apps.uninstall(clean=True)
    (form,) = await received(portal, receiver)
    assert (form["event"], form["data"]["CLEAN"]) == ("ONAPPUNINSTALL", "1")
    assert form["auth"]["application_token"] == app.application_token
    assert "access_token" not in form["auth"]
    assert ask.refused("profile") == (401, "APPLICATION_NOT_FOUND")
    assert app.registrations == {}
    portal.apps.install(app, by=portal.people.users[1])
    assert ask.refused("profile") == (401, "APPLICATION_NOT_FOUND")  # a new installation does not revive old tokens
    assert Asker(portal, portal.people.users[1])("profile")["ID"] == "1"


async def test_an_update_wipes_robots_and_gives_a_new_application_token(
    portal: Portal, ask: Asker, receiver: Receiver, app: App
) -> None:
    """Platform.md 1.7."""
    before = app.application_token
    ask("event.bind", event="ONAPPUPDATE", handler=EVENTS)
    ask("bizproc.robot.add", CODE="a", HANDLER=f"{HANDLER}/a", NAME="A")
    portal.apps.update()
    (form,) = await received(portal, receiver)
    assert (form["event"], form["data"]["VERSION"], form["data"]["PREVIOUS_VERSION"]) == ("ONAPPUPDATE", "2", "1")
    assert form["auth"]["application_token"] == app.application_token != before
    assert form["auth"]["refresh_token"]
    assert ask("bizproc.robot.list") == []
    assert ask("event.get") == []


# Binding --------------------------------------------------------------------------------------------------------------


def test_binding_twice_is_an_error(ask: Asker) -> None:
    """Platform.md 6.1."""
    assert ask("event.bind", event="onCrmDealUpdate", handler=EVENTS) is True
    assert ask.refused("event.bind", event="ONCRMDEALUPDATE", handler=EVENTS) == (400, "ERROR_CORE")
    assert ask("event.get") == [{"event": "ONCRMDEALUPDATE", "handler": EVENTS, "auth_type": "0", "offline": 0}]
    assert ask("event.unbind", event="ONCRMDEALUPDATE", handler=EVENTS) == {"count": 1}
    assert ask("event.unbind", event="ONCRMDEALUPDATE", handler=EVENTS) == {"count": 0}


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"event": "ONNOTHING", "handler": EVENTS}, 400, "ERROR_EVENT_NOT_FOUND"),
        ({"event": "ONCRMDEALUPDATE", "handler": "http://localhost/x"}, 400, "ERROR_WRONG_HANDLER_URL"),
        ({"event": "ONCRMDEALUPDATE"}, 400, "ERROR_ARGUMENT"),
        ({"event": "ONCRMDEALUPDATE", "handler": EVENTS, "event_type": "offline"}, 400, "ERROR_ARGUMENT"),
    ],
)
def test_what_cannot_be_bound(ask: Asker, params: dict[str, Any], status: int, code: str) -> None:
    assert ask.refused("event.bind", **params) == (status, code)


def test_only_for_oneself_without_being_administrator(portal: Portal) -> None:
    anna = Asker(portal, portal.people.users[ANNA])
    assert anna.refused("event.bind", event="ONCRMDEALUPDATE", handler=EVENTS, auth_type=1) == (403, "ACCESS_DENIED")
    assert anna("event.bind", event="ONCRMDEALUPDATE", handler=EVENTS) is True
    assert anna("event.get")[0]["auth_type"] == str(ANNA)


def test_events_are_for_applications(portal: Portal) -> None:
    status, _ = execute(portal, "event.get", {}, f"1/{portal.webhook_secret}")
    assert status == 403


async def test_the_test_event_returns_what_it_got(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    ask("event.bind", event="ONAPPTEST", handler=EVENTS)
    assert ask("event.test", any="data") is True
    (form,) = await received(portal, receiver)
    assert form["data"] == {"QUERY": {"any": "data"}, "LANGUAGE_ID": "ru"}


# What events carry ----------------------------------------------------------------------------------------------------


async def test_a_change_of_a_deal_names_only_its_id(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Platform.md 6.2; tokens are those of the user who made the change."""
    ask("event.bind", event="ONCRMDEALUPDATE", handler=EVENTS)
    ask("crm.item.update", entityTypeId=2, id=1, fields={"title": "New"})
    (form,) = await received(portal, receiver)
    assert form["data"] == {"FIELDS": {"ID": "1"}}
    assert form["auth"]["user_id"] == "1"
    assert "refresh_token" not in form["auth"]


async def test_what_nobody_did_bears_no_tokens(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    ask("event.bind", event="ONOPENLINEMESSAGEADD", handler=EVENTS)
    portal.openlines.talk.client_writes(chat_of(portal, 1), "Hello")
    (form,) = await received(portal, receiver)
    assert "access_token" not in form["auth"]
    assert form["auth"]["application_token"]


async def test_an_incoming_message_has_no_chat_id_of_the_portal(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    """Openlines.md 3.6."""
    ask("event.bind", event="ONOPENLINEMESSAGEADD", handler=EVENTS)
    chat = chat_of(portal, 1)
    portal.openlines.talk.client_writes(chat, "Hello")
    (form,) = await received(portal, receiver)
    data = form["data"]["DATA"]
    connector = data["connector"]
    code = "|".join(connector[name] for name in ("connector_id", "line_id", "chat_id", "user_id"))
    assert code == chat.user_code
    assert data["message"]["text"] == "Hello"
    assert "CONNECTOR" not in form["data"]


async def test_an_outgoing_message_names_connector_and_chat(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    ask("event.bind", event="ONOPENLINEMESSAGEADD", handler=EVENTS)
    chat = chat_of(portal, 1)
    with portal.acting(portal.people.users[ANNA]):
        portal.openlines.talk.staff_writes(chat, portal.people.users[ANNA], "Hi")
    (form,) = await received(portal, receiver)
    assert (form["data"]["CONNECTOR"], form["data"]["LINE"]) == ("telegrambot", "22")
    message = form["data"]["DATA"]["message"]
    assert (message["chat_id"], message["user_id"]) == (str(chat.id), str(ANNA))
    assert form["auth"]["user_id"] == str(ANNA)


async def test_the_live_chat_tells_nothing_of_our_messages(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    ask("event.bind", event="ONOPENLINEMESSAGEADD", handler=EVENTS)
    chat = chat_of(portal, 5)
    portal.openlines.talk.staff_writes(chat, portal.people.users[12], "Hi")
    assert await received(portal, receiver) == []


async def test_sessions_tell_of_their_beginning_and_end(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    for event in ("ONSESSIONSTART", "ONSESSIONFINISH"):
        ask("event.bind", event=event, handler=EVENTS)
    chat = chat_of(portal, 6)
    portal.openlines.talk.client_writes(chat, "Again")
    ask("imopenlines.operator.another.finish", CHAT_ID=chat.id)
    started, finished = await received(portal, receiver)
    assert [started["event"], finished["event"]] == ["ONSESSIONSTART", "ONSESSIONFINISH"]
    assert started["data"]["DATA"]["chat"] == {"chat_id": str(chat.id)}
    assert "session" not in started["data"]["DATA"]


@pytest.mark.parametrize(
    ("switch", "value", "seen"),
    [
        ("openline_data_is_list", True, lambda form: isinstance(form["data"]["DATA"], list)),
        ("openline_events_for_all_connectors", False, lambda form: form is None),
    ],
)
async def test_unproven_shapes_can_be_switched(
    portal: Portal, ask: Asker, receiver: Receiver, switch: str, value: bool, seen: Any
) -> None:
    ask("event.bind", event="ONOPENLINEMESSAGEADD", handler=EVENTS)
    portal.switches.change({switch: value})
    portal.openlines.talk.client_writes(chat_of(portal, 1), "Hello")
    forms = await received(portal, receiver)
    assert seen(forms[0] if forms else None)


async def test_documented_session_events_can_be_switched_on(portal: Portal, ask: Asker, receiver: Receiver) -> None:
    ask("event.bind", event="ONSESSIONFINISH", handler=EVENTS)
    portal.switches.session_events_carry_session = True
    ask("imopenlines.operator.another.finish", CHAT_ID=chat_of(portal, 1).id)
    (form,) = await received(portal, receiver)
    assert form["data"]["DATA"]["session"]["closed"] == "Y"


def test_unknown_switches_are_named() -> None:
    switches = Switches()
    assert switches.change({"deliver_twice": True, "nonsense": True}) == ["nonsense"]
    assert switches.deliver_twice


# Placements -----------------------------------------------------------------------------------------------------------


def test_placements(ask: Asker) -> None:
    """Platform.md 5.4."""
    params: dict[str, Any] = {"PLACEMENT": "CRM_DEAL_DETAIL_TAB", "HANDLER": f"{HANDLER}/app", "TITLE": "Роботы"}
    assert ask("placement.bind", **params) is True
    assert ask.refused("placement.bind", **params) == (400, "ERROR_CORE")
    assert ask("placement.bind", **(params | {"PLACEMENT": "CRM_DYNAMIC_1036_DETAIL_TAB"})) is True
    assert [one["placement"] for one in ask("placement.get")] == ["CRM_DEAL_DETAIL_TAB", "CRM_DYNAMIC_1036_DETAIL_TAB"]
    assert ask("placement.unbind", PLACEMENT="CRM_DEAL_DETAIL_TAB") == {"count": 1}


@pytest.mark.parametrize("placement", ["NOWHERE", "BIZPROC_ACTIVITY_PROPERTIES_DIALOG"])
def test_private_and_unknown_placements_cannot_be_bound(ask: Asker, placement: str) -> None:
    given: dict[str, Any] = {"PLACEMENT": placement, "HANDLER": f"{HANDLER}/app"}
    assert ask.refused("placement.bind", **given) == (400, "ERROR_PLACEMENT_NOT_FOUND")


# Small methods --------------------------------------------------------------------------------------------------------


def test_app_info_answers_as_portal_and_as_oauth_host(portal: Portal, ask: Asker, app: App) -> None:
    """Platform.md 3.1, 3.4."""
    said = ask("app.info")
    assert (said["CODE"], said["STATUS"], said["INSTALLED"]) == (app.client_id, "L", True)
    assert (said["client_id"], said["user_id"]) == (app.client_id, 1)
    assert said["install"]["member_id"] == portal.member_id
    assert said["install"]["client_endpoint"] == portal.endpoint
    assert said["scope"] == said["install"]["scope"] == ",".join(app.scope)
    assert datetime.fromisoformat(said["expires"]) > datetime.now(UTC)


def test_who_am_i(portal: Portal, ask: Asker) -> None:
    anna = Asker(portal, portal.people.users[ANNA])
    assert (ask("profile")["ADMIN"], anna("profile")["ADMIN"]) == (True, False)
    assert (ask("user.admin"), anna("user.admin")) == (True, False)


def test_scopes_and_methods(ask: Asker, app: App) -> None:
    assert ask("scope") == list(app.scope)
    assert "bizproc" in ask("scope", full="true")
    assert ask("method.get", name="crm.item.get") == {"isExisting": True, "isAvailable": True}
    assert ask("method.get", name="crm.nothing") == {"isExisting": False, "isAvailable": False}
    assert ask("feature.get", CODE="rest_offline_extended") == {"value": "N"}
    assert ask("server.time") == "2026-11-24T11:00:00+03:00"
