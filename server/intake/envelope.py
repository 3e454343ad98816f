"""The envelope of a robot call: what no real portal sends is refused, what users may have typed is not judged here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from core.bitrix24.secret import Secret
from core.portals.calls import AuthPair, Document, RobotCall
from server.errors import Bad
from server.intake.form import Form, Value
from server.intake.request import part, secret

#: An event_token is about 150 characters; 255 is what the platform itself asks to make room for.
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,1024}", re.ASCII)
_NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_NUMBER: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
#: The year 2100: a portal's clock beyond it is broken, and so is one before 1970.
_LAST_SECOND: Final = 4_102_444_800
#: The longest wait that the platform's designer offers, five years.
_LONGEST_WAIT: Final = 5 * 366 * 86_400
_REPLACEMENT: Final = "\ufffd"


def read_call(code: str, form: Form) -> RobotCall:
    """Read a call that came to the address of ``code``; raises Bad (400)."""
    if form.get("code") != code:
        raise Bad(400, "bad_request")
    auth = part(form, "auth")
    return RobotCall(
        code=code,
        workflow_id=_name(form.get("workflow_id")),
        event_token=_event_token(form.get("event_token")),
        document=_document(form.get("document_id")),
        document_type=_document(form["document_type"]) if "document_type" in form else None,
        properties=_properties(form.get("properties")),
        ts=_number(form.get("ts"), _LAST_SECOND),
        timeout_seconds=_number(form.get("timeout_duration"), _LONGEST_WAIT) or 0,
        auth_pair=_pair(auth),
        user_id=_number(auth.get("user_id"), 2**31 - 1),
    )


def _event_token(value: Value | None) -> Secret:
    if not isinstance(value, str) or _TOKEN.fullmatch(value) is None:
        raise Bad(400, "bad_request")
    return Secret(value)


def _name(value: Value | None) -> str:
    if not isinstance(value, str) or _NAME.fullmatch(value) is None:
        raise Bad(400, "bad_request")
    return value


def _document(value: Value | None) -> Document:
    match value:
        case [str() as module, str() as kind, str() as name]:
            return _name(module), _name(kind), _name(name)
        case _:
            raise Bad(400, "bad_request")


def _number(value: Value | None, most: int) -> int | None:
    """Read what never decides anything: a strange value is no value."""
    if not isinstance(value, str) or _NUMBER.fullmatch(value) is None:
        return None
    number = int(value)
    return number if 0 < number <= most else None


def _pair(auth: Mapping[str, Value]) -> AuthPair | None:
    access = secret(auth, "access_token")
    return AuthPair(access, secret(auth, "refresh_token")) if access else None


def _properties(value: Value | None) -> dict[str, object]:
    """Return the properties by name; a robot that needs any of them will miss what came in another form."""
    match value:
        case dict():
            return {name: _clean(item) for name, item in value.items()}
        case list():
            return {str(index): _clean(item) for index, item in enumerate(value)}
        case _:
            return {}


def _clean(value: Value) -> object:
    """Replace NUL, which CRM fields can hold and PostgreSQL cannot."""
    match value:
        case str():
            return value.replace("\x00", _REPLACEMENT)
        case list():
            return [_clean(item) for item in value]
        case dict():
            return {name: _clean(item) for name, item in value.items()}
