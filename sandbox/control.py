"""The control side, ``/_sandbox/…``: what people at the pages and tests do to the portal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox import view
from sandbox.apps import App
from sandbox.bizproc import PlacedRobot
from sandbox.crm import CONTACT, Item
from sandbox.dialogs import Chat
from sandbox.errors import RestError
from sandbox.faults import Fault, is_known
from sandbox.frame import frame, session
from sandbox.people import User, Workday
from sandbox.php import to_int, to_text, values_of
from sandbox.portal import Portal
from sandbox.scenario import SCENARIOS, new_client, reset
from sandbox.wire import Json, decode, encode

PING_EVERY = 15.0
INSTALL_ANSWERS_WITHIN = 30.0
Body = dict[str, Json]
Act = Callable[[Portal, Body, Request], "Json | Awaitable[Json]"]


class Unusable(Exception):
    """The order cannot be carried out; the text says why."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


def routes(portal: Portal) -> list[Route]:
    """Map the control API; GET reads, POST acts and takes JSON."""
    reads: dict[str, Act] = {
        "view": lambda portal, _, __: view.view(portal),
        "items": lambda portal, _, __: {"items": view.items(portal)},
        "calls": _calls,
        "oauth": lambda portal, _, __: {"grants": [one.as_json(portal.zone) for one in portal.journal.grants]},
        "outbox": lambda portal, _, __: {"messages": [one.as_json(portal.zone) for one in portal.journal.outbox]},
        "ledger": lambda portal, _, __: {"effects": [one.as_json(portal.zone) for one in portal.journal.ledger]},
        "clock": lambda portal, _, __: view.clock(portal),
        "processes": lambda portal, _, __: {"processes": view.processes(portal)},
        "notifications": lambda portal, _, __: {"notifications": view.notifications(portal)},
        "deliveries": lambda portal, _, __: {"deliveries": portal.queue.as_json()},
        "switches": lambda portal, _, __: portal.switches.as_json(),
        "session": _session,
        "frame": _frame,
    }
    acts: dict[str, Act] = {
        "items": add_item,
        "items/move": move_item,
        "chats": open_chat,
        "chats/{chat_id:int}/messages": write,
        "chats/{chat_id:int}/accept": accept,
        "chats/{chat_id:int}/close": close,
        "chats/{chat_id:int}/transfer": transfer,
        "chats/{chat_id:int}/state": set_chat,
        "workday": set_workday,
        "faults": order_fault,
        "clock": set_clock,
        "reset": do_reset,
        "install": install,
        "install/finish": finish_install,
        "uninstall": uninstall,
        "update": update,
        "automation": place_robots,
        "switches": set_switches,
        "queue": set_queue,
        "oauth/expire": expire_tokens,
    }
    found = [Route("/_sandbox/events", _watcher(portal), methods=["GET"])]
    found += [Route(f"/_sandbox/{path}", _endpoint(portal, act), methods=["GET"]) for path, act in reads.items()]
    found += [Route(f"/_sandbox/{path}", _endpoint(portal, act), methods=["POST"]) for path, act in acts.items()]
    return found


def _endpoint(portal: Portal, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = _body(await request.body())
            portal.settle()
            answer = act(portal, body, request)
            said = await answer if isinstance(answer, Awaitable) else answer
        except Unusable as error:
            return JSONResponse({"error": str(error)}, error.status)
        except RestError as error:
            return JSONResponse({"error": error.code or "empty_code", "description": error.description}, 409)
        return Response(encode(said), media_type="application/json")

    return endpoint


def _body(raw: bytes) -> Body:
    if not raw:
        return {}
    try:
        value = decode(raw)
    except ValueError:
        raise Unusable("The body is not JSON.") from None
    if not isinstance(value, Mapping):
        raise Unusable("The body must be a JSON object.")
    return dict(value)


def _watcher(portal: Portal) -> Callable[[Request], Awaitable[Response]]:
    async def watch(request: Request) -> Response:
        events = _versions(portal, since=to_int(request.headers.get("last-event-id") or "-1"))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    return watch


async def _versions(portal: Portal, *, since: int) -> AsyncIterator[bytes]:
    """Make one server-sent event with the version whenever the portal changes."""
    seen = since
    while not portal.closing:
        version = await portal.changed(seen, within=PING_EVERY)
        if version > seen:
            seen = version
            yield f"id: {version}\nevent: version\ndata: {version}\n\n".encode()
        else:
            yield b": ping\n\n"


# Reading ------------------------------------------------------------------------------------------------------------


def _calls(portal: Portal, _: Body, request: Request) -> Json:
    """Give the journal; ``?method=`` and ``?since=`` (an id) narrow it."""
    method, since = request.query_params.get("method", ""), to_int(request.query_params.get("since", "0"))
    return {
        "calls": [
            one.as_json(portal.zone)
            for one in portal.journal.calls
            if one.id > since and method.lower() in ("", one.method.lower())
        ]
    }


def _session(portal: Portal, _: Body, request: Request) -> Json:
    return session(portal, _user(portal, to_int(request.query_params.get("user_id", "0"))))


def _frame(portal: Portal, _: Body, request: Request) -> Json:
    query = request.query_params
    try:
        return frame(
            portal,
            _user(portal, to_int(query.get("user_id", "0"))),
            placement=query.get("placement", "DEFAULT"),
            options=query.get("options", ""),
            robot=query.get("robot", ""),
        )
    except LookupError as error:
        raise Unusable(str(error), 404) from None


def _user(portal: Portal, user_id: int) -> User:
    if not user_id:
        return portal.people.first_admin()
    user = portal.people.employee(user_id)
    if user is None:
        raise Unusable(f"There is no employee {user_id}.", 404)
    return user


def _chat(portal: Portal, request: Request) -> Chat:
    chat = portal.openlines.chats.get(to_int(request.path_params["chat_id"]))
    if chat is None:
        raise Unusable("There is no such chat.", 404)
    return chat


# CRM and automation -------------------------------------------------------------------------------------------------


def _item(portal: Portal, body: Body) -> Item:
    item = portal.crm.get(to_int(body.get("entityTypeId")), to_int(body.get("id")))
    if item is None:
        raise Unusable("There is no such item.", 404)
    return item


def move_item(portal: Portal, body: Body, _: Request) -> Json:
    item = _item(portal, body)
    stage_id = to_text(body.get("stageId"))
    if portal.crm.stage(item.entity_type, stage_id) is None:
        raise Unusable("There is no such stage.", 404)
    portal.crm.move(item, stage_id, by=to_int(body.get("user_id")))
    return view.item_json(portal, item)


def add_item(portal: Portal, body: Body, _: Request) -> Json:
    """Create an item; ``contact`` {name}, ``companyId``, and ``chat`` (as POST /_sandbox/chats takes) are optional."""
    entity_type = to_int(body.get("entityTypeId"))
    category = next((one for one in portal.crm.categories if one.entity_type == entity_type), None)
    if category is None:
        raise Unusable("There is no funnel for this type.", 404)
    stage_id = to_text(body.get("stageId")) or category.stages[0].id
    if portal.crm.stage(entity_type, stage_id) is None:
        raise Unusable("There is no such stage.", 404)
    contacts = tuple(to_int(one) for one in values_of(body.get("contactIds")))
    contact = body.get("contact")
    if isinstance(contact, Mapping):
        person = Item(
            CONTACT, portal.ids.next("contact", above=100), "", portal.now(), name=to_text(contact.get("name"))
        )
        portal.crm.put(person)
        contacts += (person.id,)
    item = Item(
        entity_type=entity_type,
        id=portal.ids.next(
            f"item {entity_type}", above=max((one.id for one in portal.crm.of_type(entity_type)), default=0)
        ),
        title=to_text(body.get("title")) or "—",
        created_at=portal.now(),
        stage_id=stage_id,
        assigned_by=to_int(body.get("assignedById")) or portal.people.first_admin().id,
        contact_ids=contacts,
        company_id=to_int(body.get("companyId")),
    )
    portal.crm.put(item)
    chat = body.get("chat")
    if isinstance(chat, Mapping):
        _opened(portal, dict(chat), ((entity_type, item.id), *((CONTACT, one) for one in contacts)))
    portal.crm.add(item)
    return view.item_json(portal, item)


def place_robots(portal: Portal, body: Body, _: Request) -> Json:
    """Place robots and triggers on a stage; an empty list takes them away."""
    key = to_int(body.get("entityTypeId")), to_text(body.get("stageId"))
    if portal.crm.stage(*key) is None:
        raise Unusable("There is no such stage.", 404)
    robots = [one for one in values_of(body.get("robots")) if isinstance(one, Mapping)]
    portal.bizproc.placed[key] = [
        PlacedRobot(
            code=to_text(one.get("code")),
            properties=dict(given) if isinstance(given := one.get("properties"), Mapping) else {},
            wait_previous=bool(one.get("wait_previous")),
            auth_user_id=to_int(one.get("auth_user_id")),
        )
        for one in robots
    ]
    for code in values_of(body.get("triggers")):
        portal.bizproc.placed_triggers.setdefault(to_text(code), []).append(key)
    portal.touch()
    return {"automation": view.automation(portal)}


# Chats --------------------------------------------------------------------------------------------------------------


def open_chat(portal: Portal, body: Body, _: Request) -> Json:
    """Open a dialog: line_id, connector, client {name}, bound [{entityTypeId, id}], text, accepted_by."""
    bound = tuple(
        (to_int(one.get("entityTypeId")), to_int(one.get("id")))
        for one in values_of(body.get("bound"))
        if isinstance(one, Mapping)
    )
    return view.chat_json(portal, _opened(portal, body, bound))


def _opened(portal: Portal, body: Body, bound: tuple[tuple[int, int], ...]) -> Chat:
    lines = portal.openlines
    line = lines.lines.get(to_int(body.get("line_id")) or min(lines.lines, default=0))
    if line is None:
        raise Unusable("There is no such line.", 404)
    client = body.get("client")
    name = to_text(client.get("name")) if isinstance(client, Mapping) else to_text(client)
    chat = lines.new_chat(
        line,
        connector=to_text(body.get("connector")) or "telegrambot",
        client=new_client(portal, name or ("Клиент" if portal.lang == "ru" else "Client")),
        title=to_text(body.get("title")),
        bound=tuple(one for one in bound if one[0] < 128),
    )
    lines.talk.client_writes(chat, to_text(body.get("text")) or ("Здравствуйте!" if portal.lang == "ru" else "Hello!"))
    for kind, number in bound:
        lines.bind(chat, kind, number)
    if accepted_by := to_int(body.get("accepted_by")):
        lines.accept(chat, _user(portal, accepted_by))
    return chat


def write(portal: Portal, body: Body, request: Request) -> Json:
    chat, text, author = _chat(portal, request), to_text(body.get("text")), to_text(body.get("author"))
    if not text:
        raise Unusable("A message needs a text.")
    if author == "client":
        message = portal.openlines.talk.client_writes(chat, text)
    else:
        user = portal.people.get(to_int(author))
        if user is None or user.is_client:
            raise Unusable("The author must be client or the id of an employee.")
        with portal.acting(user):
            message = portal.openlines.talk.staff_writes(chat, user, text, hidden=body.get("hidden") is True)
    return view.message_json(portal, message)


def accept(portal: Portal, body: Body, request: Request) -> Json:
    chat = _chat(portal, request)
    portal.openlines.accept(chat, _user(portal, to_int(body.get("user_id"))))
    return view.chat_json(portal, chat)


def close(portal: Portal, body: Body, request: Request) -> Json:
    """Finish as an employee does; ``"now": true`` skips the phase of waiting for the client."""
    chat = _chat(portal, request)
    portal.openlines.finish(chat, by=_user(portal, to_int(body.get("user_id")) or chat.owner))
    current = portal.openlines.session_of(chat)
    if current and body.get("now") is True:
        portal.openlines.close(chat, current)
    return view.chat_json(portal, chat)


def transfer(portal: Portal, body: Body, request: Request) -> Json:
    """Hand a dialog to ``to_user_id``, or to the queue of ``line_id``."""
    chat, lines = _chat(portal, request), portal.openlines
    by = _user(portal, to_int(body.get("user_id")) or chat.owner)
    if to := to_int(body.get("to_user_id")):
        lines.transfer_to_user(chat, _user(portal, to), by=by)
    else:
        line = lines.lines.get(to_int(body.get("line_id")) or lines.line_of(chat).id)
        if line is None:
            raise Unusable("There is no such line.", 404)
        lines.transfer_to_queue(chat, line, by=by)
    return view.chat_json(portal, chat)


def set_chat(portal: Portal, body: Body, request: Request) -> Json:
    """Set what only people or channels can: pinned, silent, connector_active, blocked."""
    chat = _chat(portal, request)
    for name in ("pinned", "silent", "connector_active"):
        if name in body:
            setattr(chat, name, body[name] is True)
    if "blocked" in body:
        chat.blocked_from = portal.now() if body["blocked"] is True else None
        chat.block_reason = "USER" if body["blocked"] is True else ""
    current = portal.openlines.session_of(chat)
    if current:
        portal.openlines.plan_close(chat, current)
    portal.touch()
    return view.chat_json(portal, chat)


# Time and people ----------------------------------------------------------------------------------------------------

_WORKDAYS = {"open": Workday.OPENED, "pause": Workday.PAUSED, "close": Workday.CLOSED, "expire": Workday.EXPIRED}


def set_workday(portal: Portal, body: Body, _: Request) -> Json:
    user, state = _user(portal, to_int(body.get("user_id"))), _WORKDAYS.get(to_text(body.get("state")))
    if state is None:
        raise Unusable("The state must be open, pause or close.")
    portal.people.set_workday(user, state, portal.now())
    if state is not Workday.OPENED:
        portal.openlines.workday_ended(user)  # on a pause too (openlines.md 1.4)
    portal.touch()
    return view.user_json(portal, user)


def set_clock(portal: Portal, body: Body, _: Request) -> Json:
    try:
        if "speed" in body:
            portal.clock.run_at(float(to_text(body["speed"])))
        if "now" in body:
            at = datetime.fromisoformat(to_text(body["now"]))
            portal.clock.set(at if at.tzinfo else at.replace(tzinfo=portal.zone))
        if "advance_seconds" in body:
            portal.clock.advance(timedelta(seconds=float(to_text(body["advance_seconds"]))))
    except (ValueError, OverflowError):
        raise Unusable("The clock takes now (ISO 8601), advance_seconds or speed.") from None
    portal.touch()
    return view.clock(portal)


# The service itself -------------------------------------------------------------------------------------------------


def order_fault(portal: Portal, body: Body, _: Request) -> Json:
    """Order a fault; kind ``none`` takes all ordered ones back."""
    kind, method = to_text(body.get("kind")), to_text(body.get("method")) or "*"
    if kind == "none":
        portal.faults.ordered.clear()
    elif is_known(kind):
        seconds = float(to_text(body.get("seconds") or 1))
        times = to_int(body.get("times") or 1)
        location = to_text(body.get("location"))
        portal.faults.order(Fault(method, kind, times=times, seconds=seconds, location=location))
    else:
        raise Unusable("There is no such kind of fault.")
    portal.touch()
    return {"faults": view.view(portal)["faults"]}


def do_reset(portal: Portal, body: Body, _: Request) -> Json:
    """Put a named state in place; the installed application stays unless ``"keep_app": false``."""
    state = to_text(body.get("state")) or "demo"
    if state not in SCENARIOS:
        raise Unusable(f"There is no state {state}; known are: {', '.join(SCENARIOS)}.", 404)
    if body.get("keep_app") is False:
        portal.apps.installed = None
    reset(portal, state)
    return {"state": state, "version": portal.version}


async def install(portal: Portal, body: Body, _: Request) -> Json:
    """Install a local application and wait for what its install URL says to ONAPPINSTALL."""
    for name in ("client_id", "client_secret"):
        if not body.get(name):
            raise Unusable(f"{name} is missing.")
    scope = body.get("scope")
    names = (
        to_text(scope).replace(" ", ",").split(",")
        if isinstance(scope, str)
        else [to_text(s) for s in values_of(scope)]
    )
    app = App(
        client_id=to_text(body["client_id"]),
        client_secret=to_text(body["client_secret"]),
        application_token=to_text(body.get("application_token")) or portal.ids.hex(32),
        scope=tuple(name.strip() for name in names if name.strip()),
        app_url=to_text(body.get("app_url")),
        install_url=to_text(body.get("install_url")),
    )
    finished = body.get("finished") is not False
    by = _user(portal, to_int(body.get("user_id")))
    delivery = portal.apps.install(app, by=by, finished=finished)
    if delivery is None:
        return {"installed": True, "delivered": None}
    try:
        await asyncio.wait_for(delivery.done.wait(), INSTALL_ANSWERS_WITHIN)
    except TimeoutError:
        return {"installed": True, "delivered": {"status": None, "error": "timeout"}}
    said = {"status": delivery.status, "answer": delivery.answer, "error": delivery.error}
    return {"installed": True, "delivered": said}


def finish_install(portal: Portal, _: Body, __: Request) -> Json:
    portal.apps.finish()
    return {"installed": True}


def uninstall(portal: Portal, body: Body, _: Request) -> Json:
    portal.apps.uninstall(clean=body.get("clean") is True)
    return {"installed": False}


def update(portal: Portal, _: Body, __: Request) -> Json:
    portal.apps.update()
    return {"app": view.app_json(portal)}


def set_switches(portal: Portal, body: Body, _: Request) -> Json:
    if unknown := portal.switches.change(body):
        raise Unusable(f"There are no switches {', '.join(unknown)}.")
    portal.touch()
    return portal.switches.as_json()


def set_queue(portal: Portal, body: Body, _: Request) -> Json:
    """Hold deliveries back with ``{"paused": true}``, let them go with false."""
    if body.get("paused") is True:
        portal.queue.paused = True
    else:
        portal.queue.resume()
    return {"paused": portal.queue.paused}


def expire_tokens(portal: Portal, body: Body, _: Request) -> Json:
    """End the life of one access token, or of all."""
    portal.oauth.expire(to_text(body.get("access_token")) or None)
    return {"expired": True}
