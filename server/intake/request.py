"""From a request to a form, and from a form to a portal that may call us."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Final, cast

from starlette.requests import ClientDisconnect, Request

from core.bitrix24.secret import Secret
from core.portals.tables import Portal
from server.errors import Bad
from server.intake.form import DEPTH, VALUE_BYTES, Form, Value, parse
from server.services import Services

#: A body of 256 KB that takes longer is a way to hold a connection.
BODY_SECONDS: Final = 10.0
_LONGEST_SECRET: Final = 1024

_MEDIA: Final = re.compile(
    r'application/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?;?',
    re.IGNORECASE | re.ASCII,
)


def services_of(request: Request) -> Services:
    return cast(Services, request.app.state.services)


async def read_form(
    request: Request, *, depth: int = DEPTH, longest: int = VALUE_BYTES, patience: float = BODY_SECONDS
) -> Form:
    """Read the body and nothing else of a request, within ``patience`` seconds; raises Bad (400, 408, 413, 415)."""
    if request.headers.getlist("content-encoding"):
        raise Bad(415, "unsupported_encoding")
    media = request.headers.getlist("content-type")
    if len(media) != 1 or _MEDIA.fullmatch(media[0].strip()) is None:
        raise Bad(415, "unsupported_media_type")
    try:
        async with asyncio.timeout(patience):
            body = await request.body()
    except TimeoutError:
        raise Bad(408, "timeout") from None
    except ClientDisconnect:
        raise Bad(400, "bad_request") from None
    return parse(body, depth=depth, longest=longest)


def part(form: Form, name: str) -> Mapping[str, Value]:
    """Return a nested part, empty when it is missing or no map."""
    value = form.get(name)
    return value if isinstance(value, dict) else {}


def secret(fields: Mapping[str, Value], name: str) -> Secret | None:
    """Return a token of a form; None when it is missing, empty, a list, or longer than tokens are."""
    value = fields.get(name)
    return Secret(value) if isinstance(value, str) and 0 < len(value) <= _LONGEST_SECRET else None


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def refused(request: Request) -> Bad:
    """Note a caller that proved nothing, and return what to answer."""
    return services_of(request).refusals.refused(address_of(request))


async def caller(request: Request, form: Form) -> Portal | None:
    """Return the portal whose secret the form holds, or None."""
    services, auth = services_of(request), part(form, "auth")
    portal = await services.gate.admit(auth.get("member_id"), auth.get("application_token"))
    if portal is not None:
        services.refusals.passed(address_of(request))
    return portal


async def admitted(request: Request, form: Form) -> Portal:
    """Return the portal whose secret the form holds; raises Bad: always the same 401, whatever was wrong."""
    portal = await caller(request, form)
    if portal is None:
        raise refused(request)
    return portal
