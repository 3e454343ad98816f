"""The map of the control side: every order and where it is carried out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from sandbox import view
from sandbox.control import chats, items, lines, portals, service
from sandbox.control.orders import Act, Unusable, read_body
from sandbox.errors import RestError
from sandbox.php import to_int
from sandbox.portal import Portal
from sandbox.wire import encode

PING_EVERY = 15.0

READS: dict[str, Act] = {
    "view": service.get_view,
    "portals": portals.list_portals,
    "items": items.list_items,
    "crm": items.list_crm,
    "calls": service.calls,
    "oauth": service.grants,
    "outbox": service.outbox,
    "ledger": service.ledger,
    "processes": service.processes,
    "notifications": service.notifications,
    "deliveries": service.deliveries,
    "clock": service.get_clock,
    "switches": service.get_switches,
    "session": service.get_session,
    "frame": service.get_frame,
}
ACTS: dict[str, Act] = {
    "items": items.add,
    "items/move": items.move,
    "items/change": items.change,
    "items/delete": items.delete,
    "automation": items.place_robots,
    "chats": chats.open_chat,
    "chats/{chat_id:int}": chats.set_chat,
    "chats/{chat_id:int}/messages": chats.write,
    "chats/{chat_id:int}/messages/{message_id:int}": chats.edit_message,
    "chats/{chat_id:int}/messages/{message_id:int}/delete": chats.delete_message,
    "chats/{chat_id:int}/accept": chats.accept,
    "chats/{chat_id:int}/close": chats.close,
    "chats/{chat_id:int}/transfer": chats.transfer,
    "lines": lines.set_line,
    "workday": service.set_workday,
    "users": service.set_user,
    "clock": service.set_clock,
    "faults": service.order_fault,
    "switches": service.set_switches,
    "queue": service.set_queue,
    "reset": portals.do_reset,
    "portals": portals.add_portal,
    "rename": portals.rename,
    "snapshot": portals.take_snapshot,
    "restore": portals.restore_snapshot,
    "break": portals.do_break,
    "install": service.install,
    "install/finish": service.finish_install,
    "update": service.update,
    "app": service.set_app,
    "company": service.set_company,
    "uninstall": service.uninstall,
    "oauth/expire": service.expire_tokens,
}


def routes(portal: Portal) -> list[Route]:
    """Make the routes: GET reads, POST acts and takes a JSON object."""
    found = [
        Route("/_sandbox/events", _watcher(portal), methods=["GET"]),
        Route("/_sandbox/changes", _follower(portal), methods=["GET"]),
    ]
    found += [Route(f"/_sandbox/{path}", _endpoint(portal, act), methods=["GET"]) for path, act in READS.items()]
    found += [Route(f"/_sandbox/{path}", _endpoint(portal, act), methods=["POST"]) for path, act in ACTS.items()]
    return found


def _endpoint(portal: Portal, act: Act) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            body = read_body(await request.body())
            portal.settle()
            answer = act(portal, body, request)
            said = await answer if isinstance(answer, Awaitable) else answer
        except Unusable as error:
            return JSONResponse({"error": str(error)}, error.status)
        except RestError as error:
            return JSONResponse({"error": error.description or "This cannot be done now."}, 409)
        return Response(encode(said), media_type="application/json")

    return endpoint


def _follower(portal: Portal) -> Callable[[Request], Awaitable[Response]]:
    changes = view.Changes(portal)

    async def follow(request: Request) -> Response:
        query = request.query_params
        portal.settle()
        mark, talk = (to_int(query.get(name, "0")) for name in ("mark", "talk"))
        said = changes.since(mark, instance=query.get("instance", ""), talk=talk)
        return Response(said, media_type="application/json")

    return follow


def _watcher(portal: Portal) -> Callable[[Request], Awaitable[Response]]:
    async def watch(request: Request) -> Response:
        events = _versions(portal, since=to_int(request.headers.get("last-event-id") or "-1"))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    return watch


async def _versions(portal: Portal, *, since: int) -> AsyncIterator[bytes]:
    """Make one server-sent event with the version whenever the portal changes."""
    seen = since if since <= portal.version else -1  # it may remember another portal that ran at this address
    while not portal.closing:
        version = await portal.changed(seen, within=PING_EVERY)
        if version > seen:
            seen = version
            yield f"id: {version}\nevent: version\ndata: {version}\n\n".encode()
        else:
            yield b": ping\n\n"
