"""The control side over HTTP: the names that black-box tests rely on, and a sentence for each mistake."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.apps import App
from sandbox.control.routes import ACTS, READS
from sandbox.portal import Portal
from sandbox.triggers import Spot
from tests.sandbox.conftest import HANDLER, SCOPE, Asker, Receiver
from tests.sandbox.demo_dialogs import chat_of


async def post(http: httpx.AsyncClient, path: str, **body: Any) -> Any:
    said = await http.post(f"/_sandbox/{path}", json=body)
    assert said.status_code == 200, said.text
    return said.json()


async def get(http: httpx.AsyncClient, path: str, **query: Any) -> Any:
    said = await http.get(f"/_sandbox/{path}", params=query)
    assert said.status_code == 200, said.text
    return said.json()


@pytest.mark.parametrize("path", sorted(READS))
async def test_everything_can_be_read(http: httpx.AsyncClient, path: str) -> None:
    assert (await get(http, path)) is not None


@pytest.mark.parametrize("path", sorted(ACTS))
async def test_no_order_fails_without_a_sentence(http: httpx.AsyncClient, portal: Portal, path: str) -> None:
    address = path.replace("{chat_id:int}", "1").replace("{message_id:int}", "1")
    for body in (b"{}", b"[]", b"{oops", b""):
        said = await http.post(f"/_sandbox/{address}", content=body)
        assert said.status_code in (200, 400, 404, 409)
        if said.status_code != 200:
            assert said.json()["error"].endswith((".", "missing"))


# Items ----------------------------------------------------------------------------------------------------------------


async def test_items_are_moved(http: httpx.AsyncClient) -> None:
    said = await post(http, "items/move", entityTypeId=2, id=1, stageId="C3:WORK")
    assert (said["stageId"], said["stageName"]) == ("C3:WORK", "В работе")
    items = (await get(http, "items"))["items"]
    assert {(one["entityTypeId"], one["id"]): one["stageId"] for one in items}[2, 1] == "C3:WORK"


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        ("items/move", {"entityTypeId": 2, "id": 99, "stageId": "C3:WORK"}, 404, "There is no such item."),
        ("items/move", {"entityTypeId": 2, "id": 1, "stageId": "X"}, 404, "There is no such stage."),
        ("items", {"entityTypeId": 77}, 404, "There is no funnel for this type."),
        ("automation", {"entityTypeId": 2, "stageId": "X"}, 404, "There is no such stage."),
        (
            "automation",
            {"entityTypeId": 2, "stageId": "C3:WORK", "robots": ["x"]},
            400,
            "A robot is an object with a code.",
        ),
        ("chats", {"line_id": 99}, 404, "There is no such line."),
        ("chats/1701/messages", {"author": "client"}, 400, "A message needs a text."),
        ("chats/1/messages", {"author": "client", "text": "x"}, 404, "There is no such chat."),
        ("chats/1701/accept", {"user_id": 99}, 404, "There is no employee 99."),
        ("workday", {"user_id": 8, "state": "nap"}, 400, "The state must be open, pause or close."),
        ("users", {"id": 501}, 404, "There is no such employee."),
        ("users", {"id": 8, "active": "yes"}, 400, "active must be bool."),
        ("users", {"id": 1, "admin": False}, 409, "A portal needs an administrator."),
        ("users", {"id": 8, "absent_until": "soon"}, 400, "absent_until must be ISO 8601."),
        ("lines", {"id": 22, "queue": "x"}, 400, "queue must be list."),
        ("lines", {"id": 22, "queue": [99]}, 400, "The queue must be of employees."),
        ("lines", {"id": 22, "worktime_from": "09:00"}, 400, "worktime_from must be an hour such as 9 or 18.30."),
        ("lines", {"id": 22, "crm_create": "task"}, 400, "crm_create must be none, lead or deal."),
        ("lines", {"id": 22, "days_off": ["Mon"]}, 400, "days_off must be of MO, TU, WE, TH, FR, SA, SU."),
        ("lines", {"id": 22, "time_zone": "Mars/Olympus"}, 400, "There is no such time zone."),
        ("company", {"holidays": "1.05"}, 400, "holidays must be list."),
        ("app", {"paid": "no"}, 400, "paid must be bool."),
        ("break", {"what": "web"}, 404, "There is no web to break here; known are: nothing."),
        ("restore", {"name": "x"}, 404, "There is no snapshot x."),
        ("clock", {"now": "later"}, 400, "The clock takes now (ISO 8601), advance_seconds or speed."),
        ("clock", {"speed": "nan"}, 400, "The clock goes from 2000 to 2099, 100000 times as fast as life at most."),
        (
            "clock",
            {"now": "0001-01-01"},
            400,
            "The clock goes from 2000 to 2099, 100000 times as fast as life at most.",
        ),
        ("faults", {"kind": "explode"}, 400, "There is no such kind of fault."),
        ("switches", {"nonsense": True}, 400, "There are no switches nonsense."),
        ("reset", {"state": "nowhere"}, 404, "There is no state nowhere; known are: demo, empty, large."),
        ("install", {"client_id": "x"}, 400, "client_secret is missing."),
    ],
)
async def test_what_cannot_be_done(
    http: httpx.AsyncClient, path: str, body: dict[str, Any], status: int, error: str
) -> None:
    said = await http.post(f"/_sandbox/{path}", json=body)
    assert (said.status_code, said.json()) == (status, {"error": error})


async def test_an_item_is_made_with_contact_and_dialog(http: httpx.AsyncClient, portal: Portal) -> None:
    chat = {
        "line_id": 22,
        "connector": "telegrambot",
        "client": {"name": "Пётр Иванов"},
        "text": "Алло?",
        "accepted_by": 8,
    }
    said = await post(http, "items", entityTypeId=2, title="Новая", contact={"name": "Пётр Иванов"}, chat=chat)
    made = portal.openlines.chats[said["chats"][0]]
    assert said["contacts"] == ["Пётр Иванов"]
    assert made.primary == (2, said["id"])
    assert (made.owner, made.bindings[3]) == (8, said["contactIds"][0])


async def test_the_dialog_of_a_smart_process_hangs_on_its_activity(http: httpx.AsyncClient, ask: Asker) -> None:
    said = await post(http, "chats", client="Гость", bound=[{"entityTypeId": 1036, "id": 2}], text="Добрый день")
    rows = ask("crm.activity.list", filter={"BINDINGS": [{"OWNER_TYPE_ID": 1036, "OWNER_ID": 2}]})
    assert [row["ASSOCIATED_ENTITY_ID"] for row in rows] == [str(said["session"]["id"])]
    item = next(one for one in (await get(http, "items"))["items"] if (one["entityTypeId"], one["id"]) == (1036, 2))
    assert item["chats"] == [said["id"]]


async def test_items_are_changed_and_deleted(http: httpx.AsyncClient, portal: Portal) -> None:
    await post(http, "items/change", entityTypeId=2, id=1, fields={"assignedById": 9})
    assert portal.crm.items[2, 1].assigned_by == 9
    await post(http, "items/delete", entityTypeId=2, id=1)
    assert (2, 1) not in portal.crm.items


async def test_robots_are_placed_and_keep_what_they_are(
    http: httpx.AsyncClient, portal: Portal, ask: Asker, receiver: Receiver
) -> None:
    ask("bizproc.robot.add", CODE="a", HANDLER=f"{HANDLER}/a", NAME="A", USE_SUBSCRIPTION="Y")
    robots = [{"code": "a", "properties": {"x": "1"}}, {"code": "unknown", "wait_previous": True}]
    said = await post(http, "automation", entityTypeId=2, stageId="C3:WORK", robots=robots, triggers=["late"])
    placed = next(one for one in said["automation"] if one["stageId"] == "C3:WORK")["robots"]
    assert [(one["code"], one["registered"], one["wait_previous"]) for one in placed] == [
        ("a", True, False),
        ("unknown", False, True),
    ]
    assert portal.bizproc.placed[2, "C3:WORK"][0].use_subscription == "Y"
    await post(http, "items/move", entityTypeId=2, id=1, stageId="C3:WORK")
    (process,) = (await get(http, "processes"))["processes"]
    assert (process["itemId"], process["state"], process["robots"][0]["state"]) == (1, "running", "waiting")


# Dialogs --------------------------------------------------------------------------------------------------------------


async def test_clients_and_employees_write(http: httpx.AsyncClient, portal: Portal) -> None:
    chat = chat_of(portal, 4)
    wrote = await post(http, f"chats/{chat.id}/messages", author="client", text="Ау?")
    assert wrote["kind"] == "client"
    hidden = await post(http, f"chats/{chat.id}/messages", author="9", text="Кто возьмёт?", hidden=True)
    assert (hidden["kind"], hidden["delivered"], chat.owner) == ("hidden", False, 0)
    answered = await post(http, f"chats/{chat.id}/messages", author="9", text="Здравствуйте!", hidden=False)
    assert (answered["kind"], answered["delivered"], chat.owner) == ("staff", True, 9)
    for author, kind in (("system", "system"), ("automatic", "automatic"), ("300", "bot")):
        assert (await post(http, f"chats/{chat.id}/messages", author=author, text="…"))["kind"] == kind
    outbox = (await get(http, "outbox"))["messages"]
    assert [(one["text"], one["automatic"], one["author"]) for one in outbox] == [
        ("Здравствуйте!", False, 9),
        ("…", True, 0),
        ("…", False, 300),
    ]
    assert set(outbox[0]) == {"chat_id", "session_id", "message_id", "author", "text", "at", "automatic"}


async def test_a_message_is_deleted(http: httpx.AsyncClient, portal: Portal) -> None:
    chat = chat_of(portal, 1)
    await post(http, f"chats/{chat.id}/messages/{chat.messages[-1].id}/delete")
    assert chat.messages[-1].params["IS_DELETED"] == "Y"


async def test_dialogs_are_accepted_handed_on_and_closed(http: httpx.AsyncClient, portal: Portal) -> None:
    chat = chat_of(portal, 4)
    assert (await post(http, f"chats/{chat.id}/accept", user_id=8))["owner"] == 8
    again = await http.post(f"/_sandbox/chats/{chat.id}/accept", json={"user_id": 8})
    assert (again.status_code, again.json()) == (409, {"error": "This cannot be done now."})
    assert (await post(http, f"chats/{chat.id}/transfer", to_user_id=9))["owner"] == 9
    assert (await post(http, f"chats/{chat.id}/transfer"))["owner"] == 0
    await post(http, "lines", id=22, close_text="До свидания")
    closing = await post(http, f"chats/{chat.id}/close", user_id=8)
    assert (closing["session"]["status"], closing["session"]["open"]) == (50, True)
    assert (await post(http, f"chats/{chat.id}/close", user_id=8))["session"]["open"] is False
    other = chat_of(portal, 1)
    assert (await post(http, f"chats/{other.id}/close", now=True))["session"]["open"] is False


async def test_what_only_people_and_channels_do(http: httpx.AsyncClient, portal: Portal) -> None:
    chat = chat_of(portal, 1)
    said = await post(
        http, f"chats/{chat.id}", pinned=True, silent=True, connector_active=False, blocked=True, title="X"
    )
    assert (said["pinned"], said["silent"], said["connectorActive"], said["title"]) == (True, True, False, "X")
    assert chat.block_reason == "USER"
    await post(http, f"chats/{chat.id}", blocked=False)
    assert chat.blocked_from is None


# Who may order -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["another origin", "no origin", "a browser says so"],
)
async def test_a_page_of_another_site_orders_nothing(http: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """A browser lets any page post to this machine, and `install` makes the portal post anywhere."""
    for method, path in (("GET", "session"), ("POST", "install"), ("POST", "reset")):
        answer = await http.request(method, f"/_sandbox/{path}", json={}, headers=headers)
        assert answer.status_code == 403, path


async def test_its_own_pages_and_tools_do(http: httpx.AsyncClient, portal: Portal) -> None:
    own = {"Origin": portal.origin, "Sec-Fetch-Site": "same-origin"}
    assert (await http.get("/_sandbox/clock", headers=own)).status_code == 200
    assert (await http.get("/_sandbox/clock")).status_code == 200


# Time and people ------------------------------------------------------------------------------------------------------


async def test_the_clock(http: httpx.AsyncClient) -> None:
    assert (await get(http, "clock"))["now"] == "2026-11-24T08:00:00+00:00"
    assert (await post(http, "clock", advance_seconds=90))["now"] == "2026-11-24T08:01:30+00:00"
    assert (await post(http, "clock", now="2026-11-24T18:00:00"))["now"] == "2026-11-24T15:00:00+00:00"
    assert (await post(http, "clock", now="2026-11-24T18:00:00+00:00"))["local"] == "2026-11-24T21:00:00+03:00"
    assert (await post(http, "clock", speed=60))["speed"] == 60


async def test_workdays_and_rights(http: httpx.AsyncClient, portal: Portal) -> None:
    assert (await post(http, "workday", user_id=8, state="close"))["workday"] == "CLOSED"
    assert (await post(http, "users", id=8, active=False, absent_until="2026-12-01T00:00:00+03:00"))["active"] is False
    assert portal.people.employee(8) is None


# The service itself ---------------------------------------------------------------------------------------------------


async def test_installation_tells_what_the_application_said(
    http: httpx.AsyncClient, portal: Portal, receiver: Receiver
) -> None:
    running = asyncio.create_task(portal.queue.run())
    said = await post(
        http,
        "install",
        client_id="local.2",
        client_secret="s",
        application_token="b" * 32,
        install_url=f"{HANDLER}/install",
        app_url=f"{HANDLER}/app",
        scope=",".join(SCOPE),
    )
    running.cancel()
    assert said == {"installed": True, "delivered": {"status": 200, "answer": '{"status":"accepted"}', "error": ""}}
    assert receiver.forms[0]["auth"]["application_token"] == "b" * 32
    app = portal.apps.installed
    assert app is not None
    assert app.scope == SCOPE


async def test_life_of_the_application(http: httpx.AsyncClient, portal: Portal) -> None:
    assert (await post(http, "update"))["app"]["version"] == 2
    assert (await post(http, "install/finish"))["installed"] is True
    assert (await post(http, "uninstall", clean=True)) == {"installed": False}
    for path in ("session", "frame"):
        said = await http.get(f"/_sandbox/{path}")
        assert (said.status_code, said.json()) == (409, {"error": "No application is installed."})


async def test_a_session_of_any_employee(http: httpx.AsyncClient, portal: Portal) -> None:
    said = await get(http, "session", user_id=8)
    assert {"AUTH_ID", "DOMAIN", "member_id", "APP_SID"} <= set(said)
    assert portal.oauth.who(said["AUTH_ID"])[2].id == 8
    assert (await get(http, "session"))["IS_ADMIN"] is True


async def test_the_form_that_opens_the_frame(http: httpx.AsyncClient, portal: Portal, ask: Asker) -> None:
    """Platform.md 3.1, 5.1."""
    said = await get(http, "frame")
    assert said["action"].startswith(f"{HANDLER}/app?DOMAIN=localhost%3A8088&PROTOCOL=0&LANG=ru&APP_SID=")
    assert said["name"].startswith("localhost:8088|0|")
    assert (said["fields"]["PLACEMENT"], said["fields"]["PLACEMENT_OPTIONS"]) == ("DEFAULT", '{"URI":"/"}')
    ask("placement.bind", PLACEMENT="CRM_DEAL_DETAIL_TAB", HANDLER=f"{HANDLER}/app?tab=1")
    tab = await get(http, "frame", placement="CRM_DEAL_DETAIL_TAB", options='{"ID":"1"}', user_id=8)
    assert tab["action"].startswith(f"{HANDLER}/app?tab=1&DOMAIN=")
    assert tab["fields"]["PLACEMENT_OPTIONS"] == '{"URI":"/","ID":"1"}'
    page: dict[str, Any] = {"USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": f"{HANDLER}/settings/a"}
    ask("bizproc.robot.add", CODE="a", HANDLER=f"{HANDLER}/a", NAME="A", **page)
    settings = await get(http, "frame", robot="a", options='{"current_values":{"x":"1"}}')
    assert settings["fields"]["PLACEMENT"] == "BIZPROC_ACTIVITY_PROPERTIES_DIALOG"
    assert '"current_values":{"x":"1"}' in settings["fields"]["PLACEMENT_OPTIONS"]


@pytest.mark.parametrize(
    ("query", "status"), [({"placement": "NOWHERE"}, 409), ({"robot": "x"}, 409), ({"options": "{oops"}, 400)]
)
async def test_frames_that_cannot_be_opened(http: httpx.AsyncClient, query: dict[str, str], status: int) -> None:
    assert (await http.get("/_sandbox/frame", params=query)).status_code == status


async def test_faults_are_ordered_and_taken_back(http: httpx.AsyncClient, portal: Portal) -> None:
    said = await post(http, "faults", method="im.message.add", kind="delay", times=2, seconds=0.5)
    assert said == {"faults": [{"method": "im.message.add", "kind": "delay", "times": 2}]}
    assert portal.faults.ordered[0].seconds == 0.5
    assert (await post(http, "faults", kind="none")) == {"faults": []}


async def test_the_journal_can_be_narrowed(http: httpx.AsyncClient, ask: Asker) -> None:
    ask("user.admin")
    ask("server.time")
    calls = (await get(http, "calls"))["calls"]
    assert [one["method"] for one in calls] == ["user.admin", "server.time"]
    assert set(calls[0]) >= {"at", "method", "params", "user_id", "batch", "status", "error", "violations", "ms"}
    assert len((await get(http, "calls", method="SERVER.TIME"))["calls"]) == 1
    assert len((await get(http, "calls", since=calls[0]["id"]))["calls"]) == 1


async def test_the_ledger_names_effects_and_their_causes(http: httpx.AsyncClient, portal: Portal, ask: Asker) -> None:
    chat = chat_of(portal, 1)
    ask("imopenlines.operator.transfer", CHAT_ID=chat.id, USER_ID=9)
    await post(http, f"chats/{chat.id}/messages", author="9", text="Беру")
    transfer, message = (await get(http, "ledger"))["effects"]
    assert (transfer["kind"], transfer["was"], transfer["to"]) == ("transfer", 8, 9)
    assert transfer["call"] == portal.journal.calls[-1].id
    assert (message["kind"], message["text"], message["call"]) == ("message", "Беру", None)


async def test_tokens_expire_on_order(http: httpx.AsyncClient, ask: Asker) -> None:
    await post(http, "oauth/expire")
    assert ask.refused("profile") == (401, "expired_token")


async def test_deliveries_can_be_held_back(http: httpx.AsyncClient, portal: Portal) -> None:
    assert (await post(http, "queue", paused=True)) == {"paused": True, "loses": 0}
    assert (await post(http, "queue", lose=2)) == {"paused": True, "loses": 2}
    assert (await post(http, "queue", paused=False)) == {"paused": False, "loses": 2}


async def test_a_reset_keeps_the_application_and_its_robots(
    http: httpx.AsyncClient, portal: Portal, ask: Asker
) -> None:
    ask("bizproc.robot.add", CODE="a", HANDLER=f"{HANDLER}/a", NAME="A")
    await post(http, "items/move", entityTypeId=2, id=1, stageId="C3:WON")
    await post(http, "clock", advance_seconds=3600)
    await post(http, "reset", state="demo")
    assert portal.crm.items[2, 1].stage_id == "C3:NEW"
    assert portal.now() == portal.start_at
    assert ask("bizproc.robot.list") == ["a"]
    await post(http, "reset", state="empty", keep_app=False)
    assert (portal.apps.installed, portal.crm.items) == (None, {})


async def test_a_reset_may_install_the_application_into_another_portal(
    http: httpx.AsyncClient, portal: Portal, ask: Asker, app: App, receiver: Receiver
) -> None:
    """As when a person begins the demo anew: what the application knew of the portal is of no use."""
    app.install_url = f"{HANDLER}/install"
    app.title = {"ru": "Дежурный", "en": "Dezhurny"}
    ask("bizproc.robot.add", CODE="a", HANDLER=f"{HANDLER}/a", NAME="A")
    ask("event.bind", event="ONAPPUNINSTALL", handler=f"{HANDLER}/event")
    before, began_at = (portal.member_id, app.application_token), portal.start_at
    await post(http, "clock", advance_seconds=3600)
    delivering = asyncio.create_task(portal.queue.run())
    said = await post(http, "reset", state="demo", lang="en", reinstall=True)
    delivering.cancel()
    assert (said["lang"], said["delivered"]["status"]) == ("en", 200)
    gone, come = receiver.forms
    assert (gone["event"], gone["data"]["CLEAN"], gone["auth"]["member_id"]) == ("ONAPPUNINSTALL", "1", before[0])
    assert come["event"] == "ONAPPINSTALL"
    assert come["auth"]["member_id"] == portal.member_id != before[0]
    assert come["auth"]["application_token"] != before[1]
    assert portal.apps.installed is not None
    assert portal.apps.installed.registrations == {}
    assert ask.refused("profile")[0] == 401
    assert portal.crm.items[2, 1].stage_id == "C3:NEW"
    assert portal.now() == portal.start_at == began_at + timedelta(weeks=1)
    assert (await get(http, "view"))["app"]["title"] == "Dezhurny"


async def test_oauth_sends_the_administrator_back_with_a_code(http: httpx.AsyncClient, portal: Portal) -> None:
    said = await http.get("/oauth/authorize/", params={"client_id": "local.1", "state": "s"})
    assert said.status_code == 302
    query = httpx.URL(said.headers["location"]).params
    assert (query["state"], query["member_id"]) == ("s", portal.member_id)
    secrets = {"client_id": "local.1", "client_secret": "secret"}
    granted = await http.get(
        "/oauth/token/", params={"grant_type": "authorization_code", "code": query["code"], **secrets}
    )
    assert granted.json()["user_id"] == 1
    assert (await http.get("/oauth/authorize/", params={"client_id": "x"})).status_code == 404


async def test_the_company_changes_its_calendar(http: httpx.AsyncClient, ask: Asker) -> None:
    order = {"opens": "10", "workdays": ["21.11"], "holidays": ["1.01", "24.11"], "days_off": ["SU"]}
    assert (await http.post("/_sandbox/company", json=order)).json() == {**order, "closes": "18"}
    said = ask("calendar.settings.get")
    assert (said["work_time_start"], said["year_workdays"], said["year_holidays"]) == ("10", "21.11", "1.01,24.11")
    assert said["week_holidays"] == ["SU"]


async def test_a_message_is_edited_and_the_client_is_told(http: httpx.AsyncClient, portal: Portal) -> None:
    chat = chat_of(portal, 1)
    message = next(one for one in chat.messages if one.author == 8)
    said = (await http.post(f"/_sandbox/chats/{chat.id}/messages/{message.id}", json={"text": "Иначе"})).json()
    assert (said["text"], said["edited"], said["deleted"]) == ("Иначе", True, False)
    assert (await http.post(f"/_sandbox/chats/{chat.id}/messages/1", json={"text": "x"})).status_code == 404


async def test_triggers_are_placed_beside_robots(http: httpx.AsyncClient, portal: Portal, ask: Asker) -> None:
    place = {"entityTypeId": 2, "stageId": "C3:WORK", "robots": []}
    triggers = ["late", {"code": "OPENLINE_MSG", "text": "срочно", "backwards": True}]
    await http.post("/_sandbox/automation", json={**place, "triggers": triggers})
    assert portal.triggers.placed["late"] == [Spot(2, "C3:WORK")]
    assert portal.triggers.placed["OPENLINE_MSG"] == [Spot(2, "C3:WORK", backwards=True, text="срочно")]
    await http.post("/_sandbox/automation", json=place)
    assert len(portal.triggers.placed["late"]) == 1, "without triggers in the order they stay"
    await http.post("/_sandbox/automation", json={**place, "triggers": []})
    assert portal.triggers.placed == {"late": [], "OPENLINE_MSG": []}


async def test_crm_is_named_for_choosing(http: httpx.AsyncClient) -> None:
    said = (await http.get("/_sandbox/crm")).json()
    assert {kind: len(rows) for kind, rows in said.items()} == {"lead": 2, "deal": 8, "contact": 8, "company": 8}
    assert said["company"][0] == {"id": 40, "title": "ООО «Ромашка»"}


async def test_the_title_of_the_application_is_what_people_see(
    http: httpx.AsyncClient, portal: Portal, ask: Asker
) -> None:
    assert (await http.post("/_sandbox/app", json={"title": "Дежурный"})).json()["app"]["title"] == "Дежурный"
    ask("im.notify.system.add", USER_ID=8, MESSAGE="Клиент ждёт")
    assert portal.office.notifications[-1].text == "Дежурный\nКлиент ждёт"
    portal.apps.uninstall()
    assert (await http.post("/_sandbox/app", json={"title": "x"})).status_code == 409
