"""The HTTP side of REST: reads a request, asks who calls, applies limits and faults, answers as Bitrix24 does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from sandbox.batch import LONGEST
from sandbox.errors import RestError
from sandbox.faults import Fault
from sandbox.journal import CallRecord
from sandbox.outcome import Outcome
from sandbox.php import is_array, parse_form, to_text, values_of
from sandbox.portal import Portal
from sandbox.rest.hit import Hit, times
from sandbox.wire import Json, Params, decode, encode

HTML = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>"


async def answer(request: Request, portal: Portal) -> Response:
    """Answer ``/rest/<method>`` and ``/rest/<method>.json``; ``/rest/<user>/<secret>/<method>`` is a webhook."""
    name = request.path_params["method"].removesuffix(".json").strip("/")
    params, access = await read_request(request)
    if "secret" in request.path_params:
        access = f"{request.path_params['user']}/{request.path_params['secret']}"
    if name.lower() == "app.info":
        portal = portal.neighbours.issuer(portal, access=access)
    fault = portal.faults.take(_methods_of(name, params), of_request=True)
    early = await _before_effect(fault, portal)
    if early is not None:
        note(portal, name, params, status=early.status_code, fault=fault)
        return early
    status, body = execute(portal, name, params, access)
    if fault:
        mark = next(one for one in reversed(portal.journal.calls) if one.batch is None)
        mark.fault = fault.kind
    if fault and fault.kind == "effect_then_drop":
        return Dropped()
    if fault and fault.kind == "truncated":
        body = body[: len(body) // 2]
    return _json(status, body)


def note(
    portal: Portal, name: str, params: Params, *, status: int, fault: Fault | None = None, error: str | None = None
) -> None:
    """Write a request into the journal that never came to be executed."""
    portal.journal.calls.append(
        CallRecord(
            id=portal.ids.next("call"),
            request=portal.ids.next("request"),
            at=portal.now(),
            method=name,
            params=params,
            user_id=0,
            status=status,
            error=error,
            fault=fault.kind if fault else None,
        )
    )


async def read_request(request: Request) -> tuple[Params, str]:
    """Read parameters from query and body, JSON or form; return them without the authorization, and that apart.

    A broken JSON body is ignored silently (platform.md 4).
    """
    params = parse_form(request.url.query)
    body = await request.body()
    if "json" in request.headers.get("content-type", ""):
        params |= _json_params(body)
    elif body:
        params |= parse_form(body.decode(errors="replace"))
    auth = params.pop("auth", None)
    access = params.pop("access_token", None)
    if isinstance(auth, Mapping):
        auth = auth.get("access_token")
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return params, header[7:].strip()
    return params, to_text(auth or access)


def _json_params(body: bytes) -> Params:
    try:
        value = decode(body) if body else {}
    except ValueError:
        return {}
    return {str(key): item for key, item in value.items()} if isinstance(value, Mapping) else {}


def execute(portal: Portal, name: str, params: Params, access: str) -> tuple[int, bytes]:
    """Check limit and token, execute, and return status and body."""
    portal.settle()
    try:
        if portal.switches.limits and not portal.bucket.admit():
            raise RestError("QUERY_LIMIT_EXCEEDED", "Too many requests", 503)
        if not portal.switches.plan_has_rest:
            raise RestError("ACCESS_DENIED", "REST is available only on commercial plans.", 403)
        hit = _hit(portal, access)
    except RestError as error:
        note(portal, name, params, status=error.status, error=error.code)
        return _refused(portal, error)
    outcome = hit.run(name, params)
    hit.finish()
    return _envelope(portal, outcome)


def _hit(portal: Portal, access: str) -> Hit:
    """Find out who calls: a user of the application by his token, or a user without one by a webhook."""
    number, slash, secret = access.partition("/")
    if slash:
        user = portal.people.employee(int(number)) if number.isdecimal() else None
        if user is None or secret != portal.webhook_secret:
            raise RestError("INVALID_CREDENTIALS", "Invalid request credentials", 403)
        return Hit(portal, user=user, app=None)
    token, app, user = portal.oauth.who(access)
    return Hit(portal, user=user, app=app, expires=token.expires)


def _envelope(portal: Portal, outcome: Outcome) -> tuple[int, bytes]:
    if outcome.error is not None:
        return _refused(portal, outcome.error)
    body: dict[str, Json] = {"result": outcome.result}
    if outcome.next is not None:
        body["next"] = outcome.next
    if outcome.total is not None:
        body["total"] = outcome.total
    body["time"] = outcome.time
    return 200, encode(body)


def _refused(portal: Portal, error: RestError) -> tuple[int, bytes]:
    said: dict[str, Json] = {"error": error.code, "error_description": error.description}
    if error.status == 429:
        said["time"] = times(portal, portal.now(), 0.0, None)
    return error.status, encode(said)


def _methods_of(name: str, params: Params) -> list[str]:
    """Name the method, and for a batch the methods of its commands: a fault of any of them hits the request."""
    commands = values_of(params.get("cmd"))[:LONGEST] if name.lower() == "batch" and is_array(params.get("cmd")) else []
    return [name.lower(), *(to_text(line).partition("?")[0].lower() for line in commands)]


async def _before_effect(fault: Fault | None, portal: Portal) -> Response | None:
    match fault.kind if fault else None:
        case "drop_before_effect":
            return Dropped()
        case "delay" if fault:
            await asyncio.sleep(fault.seconds)
        case "html_502":
            return Response(HTML, 502, media_type="text/html")
        case "html_200":
            return Response(HTML, 200, media_type="text/html")
        case "query_limit":
            return _json(*_refused(portal, RestError("QUERY_LIMIT_EXCEEDED", "Too many requests", 503)))
        case "expired":
            return _json(*_refused(portal, RestError("expired_token", "The access token provided has expired.", 401)))
        case "redirect" if fault:
            return RedirectResponse(fault.location, 302)
        case _:
            pass
    return None


class Dropped(Response):
    """Closes the connection without a word; needs the server of ``sandbox.main``, elsewhere an error stands in."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the shape of ASGI
        abort: Callable[[], None] | None = scope.get("extensions", {}).get("sandbox.abort", {}).get("now")
        if abort is None:
            raise ConnectionAbortedError("The sandbox dropped the connection as ordered.")
        abort()
        await asyncio.sleep(0.01)  # the server must notice before it looks for our answer


def _json(status: int, body: bytes) -> Response:
    return Response(body, status, media_type="application/json; charset=utf-8")


async def grant(request: Request, portal: Portal) -> Response:
    """Answer ``/oauth/token/``, by GET or POST."""
    fault = portal.faults.take(["oauth"], of_request=True)
    early = await _before_effect(fault, portal)
    if early is not None:
        return early
    params, _ = await read_request(request)
    refresh, code = to_text(params.get("refresh_token")), to_text(params.get("code"))
    status, said = portal.neighbours.issuer(portal, refresh=refresh, code=code).oauth.exchange(params)
    if fault and fault.kind == "effect_then_drop":
        return Dropped()
    return _json(status, encode(said))
