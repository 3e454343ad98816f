"""Orders about the portal itself: its clock, people, application, faults, switches, and what it remembers."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from starlette.requests import Request

from sandbox import view
from sandbox.apps import App
from sandbox.control.orders import Body, Unusable, change, the_user
from sandbox.faults import Fault, is_known
from sandbox.frame import frame, session
from sandbox.people import RIGHTS, Workday
from sandbox.php import to_int, to_text, values_of
from sandbox.portal import Portal
from sandbox.queue import Delivery
from sandbox.wire import Json

HANDLER_ANSWERS_WITHIN = 30.0
FASTEST = 100_000
YEARS = range(2000, 2100)
_WORKDAYS = {"open": Workday.OPENED, "pause": Workday.PAUSED, "close": Workday.CLOSED, "expire": Workday.EXPIRED}


def get_view(portal: Portal, _: Body, request: Request) -> Json:
    """Give what the pages draw; ``?parts=items,clock`` gives only these."""
    return view.view(portal, [name for name in request.query_params.get("parts", "").split(",") if name])


# Memory -------------------------------------------------------------------------------------------------------------


def calls(portal: Portal, _: Body, request: Request) -> Json:
    """Give the journal; ``?method=`` and ``?since=`` (an id) narrow it."""
    method, since = request.query_params.get("method", ""), to_int(request.query_params.get("since", "0"))
    return {
        "calls": [
            one.as_json(portal.zone)
            for one in portal.journal.calls
            if one.id > since and method.lower() in ("", one.method.lower())
        ]
    }


def grants(portal: Portal, _: Body, __: Request) -> Json:
    return {"grants": [one.as_json(portal.zone) for one in portal.journal.grants]}


def outbox(portal: Portal, _: Body, __: Request) -> Json:
    return {"messages": [one.as_json(portal.zone) for one in portal.journal.outbox]}


def ledger(portal: Portal, _: Body, __: Request) -> Json:
    return {"effects": [one.as_json(portal.zone) for one in portal.journal.ledger]}


def processes(portal: Portal, _: Body, __: Request) -> Json:
    return {"processes": view.processes(portal)}


def notifications(portal: Portal, _: Body, __: Request) -> Json:
    return {"notifications": view.notifications(portal)}


def deliveries(portal: Portal, _: Body, __: Request) -> Json:
    return {"deliveries": portal.queue.as_json()}


# The application ----------------------------------------------------------------------------------------------------


def get_session(portal: Portal, _: Body, request: Request) -> Json:
    user = the_user(portal, request.query_params.get("user_id"))
    if portal.apps.installed is None:
        raise Unusable("No application is installed.", 409)
    return session(portal, user)


def get_frame(portal: Portal, _: Body, request: Request) -> Json:
    """Give the form that opens a page of the application: ``placement``, ``options`` (JSON), ``robot``, ``user_id``."""
    query = request.query_params
    try:
        return frame(
            portal,
            the_user(portal, query.get("user_id")),
            placement=query.get("placement", "DEFAULT"),
            options=query.get("options", ""),
            robot=query.get("robot", ""),
            lang=query.get("lang", ""),
        )
    except LookupError as error:
        raise Unusable(str(error), 409) from None
    except ValueError:
        raise Unusable("The options are not JSON.") from None


async def install(portal: Portal, body: Body, _: Request) -> Json:
    """Install a local application and wait for what its install URL says to ONAPPINSTALL.

    ``"finished": false`` leaves it to the page: then the event comes when the installation is finished there.
    """
    for name in ("client_id", "client_secret"):
        if not body.get(name):
            raise Unusable(f"{name} is missing.")
    app = App(
        client_id=to_text(body["client_id"]),
        client_secret=to_text(body["client_secret"]),
        application_token=to_text(body.get("application_token")) or portal.ids.hex(32),
        scope=_scope(body.get("scope")),
        app_url=to_text(body.get("app_url")),
        install_url=to_text(body.get("install_url")),
        title=body.get("title") or "",
    )
    delivery = portal.apps.install(
        app, by=the_user(portal, body.get("user_id")), finished=body.get("finished") is not False
    )
    if delivery is None:
        return {"installed": app.installed, "delivered": None}
    return {"installed": True, "delivered": await heard(delivery)}


async def heard(delivery: Delivery) -> Json:
    """Wait for what a handler says to what it is sent, and repeat it."""
    try:
        await asyncio.wait_for(delivery.done.wait(), HANDLER_ANSWERS_WITHIN)
    except TimeoutError:
        return {"status": None, "answer": "", "error": "timeout"}
    return {"status": delivery.status, "answer": delivery.answer, "error": delivery.error}


def _scope(value: Json) -> tuple[str, ...]:
    names = value.replace(",", " ").split() if isinstance(value, str) else map(to_text, values_of(value))
    return tuple(name for name in names if name)


def finish_install(portal: Portal, _: Body, __: Request) -> Json:
    portal.apps.finish()
    return {"installed": portal.apps.installed is not None}


def uninstall(portal: Portal, body: Body, _: Request) -> Json:
    portal.apps.uninstall(clean=body.get("clean") is True)
    return {"installed": False}


def update(portal: Portal, _: Body, __: Request) -> Json:
    portal.apps.update()
    return {"app": view.app_json(portal)}


def set_app(portal: Portal, body: Body, _: Request) -> Json:
    """Change what the vendor or the marketplace decides of the application: title, paid."""
    app = portal.apps.installed
    if app is None:
        raise Unusable("No application is installed.", 409)
    change(app, body, {"title": str, "paid": bool})
    portal.touch()
    return {"app": view.app_json(portal)}


def expire_tokens(portal: Portal, body: Body, _: Request) -> Json:
    """End the life of one access token, or of all."""
    portal.oauth.expire(to_text(body.get("access_token")) or None)
    return {"expired": True}


# Time and people ----------------------------------------------------------------------------------------------------


def get_clock(portal: Portal, _: Body, __: Request) -> Json:
    return view.clock(portal)


def set_clock(portal: Portal, body: Body, _: Request) -> Json:
    """Move the clock: ``speed``, ``now`` (ISO 8601; portal time without an offset), ``advance_seconds``."""
    clock = portal.clock
    try:
        speed = float(to_text(body.get("speed", clock.speed)))
        at = _moment(portal, body["now"]) if "now" in body else clock.now()
        at += timedelta(seconds=float(to_text(body.get("advance_seconds", 0))))
    except (ValueError, OverflowError):
        raise Unusable("The clock takes now (ISO 8601), advance_seconds or speed.") from None
    if not 0 <= speed <= FASTEST or at.year not in YEARS:
        raise Unusable(f"The clock goes from {YEARS[0]} to {YEARS[-1]}, {FASTEST} times as fast as life at most.")
    if "speed" in body:
        clock.run_at(speed)
    if "now" in body or "advance_seconds" in body:
        clock.set(at)
    portal.touch()
    return view.clock(portal)


def _moment(portal: Portal, text: Json) -> datetime:
    """Read ISO 8601; without an offset it is the portal's own time."""
    at = datetime.fromisoformat(to_text(text))
    return at if at.tzinfo else at.replace(tzinfo=portal.zone)


def set_company(portal: Portal, body: Body, _: Request) -> Json:
    """Change the company's calendar: opens, closes, and the lists holidays, workdays (``1.05``), days_off (``SA``)."""
    texts, lists = ("opens", "closes"), ("holidays", "workdays", "days_off")
    change(portal.company, body, dict.fromkeys(texts, str) | dict.fromkeys(lists, list))
    portal.touch()
    return {name: getattr(portal.company, name) for name in (*texts, *lists)}


def set_workday(portal: Portal, body: Body, _: Request) -> Json:
    user, state = the_user(portal, body.get("user_id")), _WORKDAYS.get(to_text(body.get("state")))
    if state is None:
        raise Unusable("The state must be open, pause or close.")
    portal.people.set_workday(user, state, portal.now())
    if state is not Workday.OPENED:
        portal.openlines.closing.workday_ended(user)  # on a pause too (openlines.md 1.4)
    portal.touch()
    return view.user_json(portal, user)


def set_user(portal: Portal, body: Body, _: Request) -> Json:
    """Change rights and presence of an employee by ``id``; ``absent_until`` is ISO 8601 or null."""
    user = portal.people.get(to_int(body.get("id")))
    if user is None or not user.is_employee:
        raise Unusable("There is no such employee.", 404)
    flags = ("active", "admin", "counts_worktime", "uses_app", *RIGHTS)
    if user == portal.people.only_admin() and (body.get("active") is False or body.get("admin") is False):
        raise Unusable("A portal needs an administrator.", 409)
    was_active = user.active
    change(user, body, dict.fromkeys(flags, bool))
    if was_active and not user.active:
        portal.openlines.closing.dismissed(user)
    if "absent_until" in body:
        until = body["absent_until"]
        try:
            portal.office.set_vacation(user, _moment(portal, until) if until else None)
        except ValueError:
            raise Unusable("absent_until must be ISO 8601.") from None
    portal.touch()
    return view.user_json(portal, user)


# Behaviour ----------------------------------------------------------------------------------------------------------


def order_fault(portal: Portal, body: Body, _: Request) -> Json:
    """Order a fault: method (``*`` any, ``oauth`` the token endpoint), kind, times, seconds; ``none`` clears all."""
    kind, method = to_text(body.get("kind")), to_text(body.get("method")) or "*"
    if kind == "none":
        portal.faults.ordered.clear()
    elif is_known(kind):
        seconds, times = body.get("seconds", 1), to_int(body.get("times") or 1)
        location, status = to_text(body.get("location")), to_int(body.get("status") or 0)
        fault = Fault(method, kind, times=times, location=location, status=status)
        fault.seconds = float(seconds) if isinstance(seconds, int | float) else 1.0
        portal.faults.order(fault)
    else:
        raise Unusable("There is no such kind of fault.")
    portal.touch()
    return {"faults": view.faults(portal)}


def get_switches(portal: Portal, _: Body, __: Request) -> Json:
    return portal.switches.as_json()


def set_switches(portal: Portal, body: Body, _: Request) -> Json:
    if unknown := portal.switches.change(body):
        raise Unusable(f"There are no switches {', '.join(unknown)}.")
    portal.touch()
    return portal.switches.as_json()


def set_queue(portal: Portal, body: Body, _: Request) -> Json:
    """Hold deliveries back with ``{"paused": true}``, let them go with false; ``lose`` so many calls of robots."""
    queue = portal.queue
    if "lose" in body:
        queue.loses = to_int(body["lose"])
    if body.get("paused") is True:
        queue.paused = True
    elif "paused" in body or "lose" not in body:
        queue.resume()
    return {"paused": queue.paused, "loses": queue.loses}
