"""``POST /b24/event``: the life of the application, and hints that something in the portal has moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.bitrix24.documents import Item
from core.bitrix24.errors import Suspended, TryLater
from core.portals.new_secret import EVENT as TEST
from core.portals.seen import is_first
from core.portals.tables import Portal
from core.portals.tasks import owe
from core.runs.wake import wake_chat, wake_client, wake_item
from server.errors import Bad
from server.intake import proof
from server.intake.form import Form, Value
from server.intake.hints import HINTING, Client, Hint, hints, mark
from server.intake.request import caller, part, read_form, refused, secret, services_of
from server.services import Services

#: A message with files is two levels deeper than anything else that a portal sends (openlines.md 3.6).
EVENT_DEPTH: Final = 8
INSTALL: Final = "ONAPPINSTALL"
UPDATE: Final = "ONAPPUPDATE"
UNINSTALL: Final = "ONAPPUNINSTALL"


async def event(request: Request) -> Response:
    """Answer ``accepted``, ``ignored`` or ``installed``; raises Bad."""
    form = await read_form(request, depth=EVENT_DEPTH)
    said = form.get("event")
    name = said.upper() if isinstance(said, str) else ""
    if name == INSTALL:
        return await _install(request, form, done="installed")
    portal = await caller(request, form)
    if portal is None:
        return await _with_new_secret(request, form, name)
    if not name:
        raise Bad(400, "bad_request")
    services = services_of(request)
    status = await _take(services, portal, name, form)
    return JSONResponse({"status": status}, background=BackgroundTask(services.bell.ring))


async def _install(request: Request, form: Form, *, done: str) -> Response:
    installed = await proof.install(request, proof.from_event(form))
    ring = BackgroundTask(services_of(request).bell.ring)
    if installed == "installed":
        return JSONResponse({"status": done}, background=ring)
    return JSONResponse({"status": installed}, status_code=202, background=ring)


async def _with_new_secret(request: Request, form: Form, name: str) -> Response:
    """The secret is not the one we know: an update tells a new one, and a test of ours proves it."""
    if name == UPDATE and (claim := proof.from_event(form)) is not None:
        installed = await proof.install(request, claim)
        return JSONResponse(
            {"status": "accepted" if installed == "installed" else installed},
            status_code=200 if installed == "installed" else 202,
            background=BackgroundTask(services_of(request).bell.ring),
        )
    if name == TEST and await _proves(request, form):
        return JSONResponse({"status": "accepted"}, background=BackgroundTask(services_of(request).bell.ring))
    raise refused(request)


async def _proves(request: Request, form: Form) -> bool:
    services, auth = services_of(request), part(form, "auth")
    token, access, nonce = secret(auth, "application_token"), secret(auth, "access_token"), _nonce(form)
    if token is None or access is None or nonce is None:
        return False
    portal = await services.gate.pending(auth.get("member_id"), token.reveal())
    if portal is None:
        return False
    try:
        return await services.new_secret.prove(portal, token.reveal().encode(), nonce, access)
    except (TryLater, Suspended) as trouble:
        raise proof.cannot_say(trouble) from None


def _nonce(form: Form) -> str | None:
    """The platform gives back what ``event.test`` was told as ``QUERY``, in the letters it likes."""
    data = part(form, "data")
    for name, value in (*data.items(), *part(data, "QUERY").items()):
        if name.lower() == "nonce" and isinstance(value, str):
            return value
    return None


async def _take(services: Services, portal: Portal, name: str, form: Form) -> str:
    database, data = services.database, part(form, "data")
    if name == UNINSTALL:
        await services.departure.claim(portal, clean=_text(data, "CLEAN"))
    elif name == UPDATE:
        # The portal has forgotten all our robots, whatever it knew before.
        await services.store.change(portal.id, robots_fingerprint="")
        await owe(portal.id, database, kind="sync", due_at=services.clock.now())
    elif name in HINTING:
        if await is_first(portal.id, database, fingerprint=mark(name, form), at=services.clock.now()):
            for hint in hints(name, data):
                await _follow(services, portal, hint)
    elif name != TEST:
        return "ignored"
    return "accepted"


async def _follow(services: Services, portal: Portal, hint: Hint) -> None:
    match hint:
        case Item():
            await wake_item(services.database, portal.id, hint, services.clock)
        case Client(user_code):
            await wake_client(services.database, portal.id, user_code, services.clock)
        case int():
            await wake_chat(services.database, portal.id, hint, services.clock)


def _text(data: Mapping[str, Value], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""
