"""REST methods that register robots and activities of an application."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from sandbox.apps import App, Kind, Registration
from sandbox.errors import RestError
from sandbox.handlers import check_handler
from sandbox.php import is_array, to_int, to_text, values_of
from sandbox.rest.registry import Call, method
from sandbox.wire import Json

_CODE = re.compile(r"[a-z0-9.\-_]+", re.IGNORECASE)
_PROPERTY = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE)
_KEPT_CASE = frozenset({"PROPERTIES", "RETURN_PROPERTIES", "OPTIONS"})
_LONGEST_SET = 65_535

_ADD = {
    "CODE*": "string",
    "HANDLER*": "string",
    "NAME*": "string",
    "AUTH_USER_ID": "integer",
    "USE_SUBSCRIPTION": "boolean",
    "DESCRIPTION": "string",
    "PROPERTIES": "object",
    "RETURN_PROPERTIES": "object",
    "DOCUMENT_TYPE": "array",
    "FILTER": "object",
    "USE_PLACEMENT": "boolean",
    "PLACEMENT_HANDLER": "string",
}


def _invalid(description: str) -> RestError:
    return RestError("ERROR_ACTIVITY_VALIDATION_FAILURE", description)


def upper_keys(value: Json) -> Json:
    """Raise keys to upper case, all the way down, but for the names of properties and options (platform.md 1.2)."""
    if isinstance(value, Mapping):
        raised: dict[str, Json] = {}
        for key, item in value.items():
            name = key.upper()
            if name in _KEPT_CASE and isinstance(item, Mapping):
                raised[name] = {inner: upper_keys(one) for inner, one in item.items()}
            else:
                raised[name] = upper_keys(item)
        return raised
    return [upper_keys(item) for item in value] if isinstance(value, list) else value


def _admin_app(call: Call) -> App:
    """Check in the order of the platform: application context, then administrator (platform.md 1.1)."""
    app = call.require_app()
    call.require_admin()
    return app


def _add(call: Call, kind: Kind) -> Json:
    app = _admin_app(call)
    fields = upper_keys(call.params)
    if not isinstance(fields, Mapping) or not fields:
        raise _invalid("Empty data!")
    code = _checked_code(fields.get("CODE"))
    registration = Registration(code=code, kind=kind, handler="", name="")
    _apply(registration, fields, adding=True)
    if code in app.registrations:
        raise RestError("ERROR_ACTIVITY_ALREADY_INSTALLED", "Activity or Robot already installed!")
    _set_dialog(app, registration, fields)
    app.registrations[code] = registration
    call.portal.touch()
    return True


def _checked_code(value: Json) -> str:
    code = to_text(value)
    if not code:
        raise _invalid("Empty activity code!")
    if not _CODE.fullmatch(code) or len(code) > 128:
        raise _invalid("Wrong activity code!")
    return code


def _apply(registration: Registration, fields: Mapping[str, Json], *, adding: bool) -> None:
    """Put given fields into a registration; only supplied keys change (platform.md 1.4)."""
    if adding or "HANDLER" in fields:
        check_handler(to_text(fields.get("HANDLER")))
        registration.handler = to_text(fields.get("HANDLER"))
    if adding and not fields.get("NAME"):
        raise _invalid("Empty activity NAME!")
    if fields.get("NAME"):
        registration.name = fields["NAME"]
    if "DESCRIPTION" in fields:
        registration.description = fields["DESCRIPTION"]
    if "AUTH_USER_ID" in fields:
        registration.auth_user_id = to_int(fields["AUTH_USER_ID"])
    if "USE_SUBSCRIPTION" in fields:
        registration.use_subscription = to_text(fields["USE_SUBSCRIPTION"])
    if fields.get("PROPERTIES") is not None:
        registration.properties = _properties(fields["PROPERTIES"])
    if fields.get("RETURN_PROPERTIES") is not None:
        registration.return_properties = _properties(fields["RETURN_PROPERTIES"])
    if fields.get("FILTER") is not None:
        registration.filter = _checked(fields["FILTER"], "Wrong activity FILTER!")
    if fields.get("DOCUMENT_TYPE") is not None:
        registration.document_type = _checked(fields["DOCUMENT_TYPE"], "Wrong activity DOCUMENT_TYPE!")


def _checked(value: Json, complaint: str) -> Json:
    if value == "":
        return None  # an empty text clears (platform.md 1.4)
    if not is_array(value) or (complaint.endswith("DOCUMENT_TYPE!") and len(values_of(value)) != 3):
        raise _invalid(complaint)
    return value


def _properties(value: Json) -> dict[str, dict[str, Json]]:
    """Check a set of properties; a list shows as a numeric key, as PHP sees it (platform.md 1.6)."""
    if not is_array(value):
        raise _invalid("Wrong properties array!")
    items = value.items() if isinstance(value, Mapping) else [(str(i), one) for i, one in enumerate(values_of(value))]
    checked: dict[str, dict[str, Json]] = {}
    for key, spec in items:
        if not _PROPERTY.fullmatch(key):
            raise _invalid(f"Wrong property key ({key})!")
        if not isinstance(spec, Mapping) or not next(
            (one for name, one in spec.items() if name.upper() == "NAME"), None
        ):
            raise _invalid(f"Empty property NAME ({key})!")
        checked[key] = dict(spec)
    if len(repr(checked)) >= _LONGEST_SET:
        raise RestError("ERROR_ACTIVITY_ADD_FAILURE", "Activity save error!")
    return checked


def _set_dialog(app: App, registration: Registration, fields: Mapping[str, Json]) -> None:
    """Set or remove the settings dialog; it needs its own URL for each CODE (platform.md 1.2, 1.4)."""
    if to_text(fields.get("USE_PLACEMENT")) == "Y":
        url = to_text(fields.get("PLACEMENT_HANDLER"))
        if not url:
            raise RestError("ERROR_WRONG_HANDLER_URL", "Wrong handler URL")
        check_handler(url)
        if any(
            other.placement_handler[:200] == url[:200] and other.code != registration.code
            for other in app.registrations.values()
        ):
            raise RestError(
                "ERROR_CORE",
                "Unable to set placement handler: You should use unique placement handler for each CODE!",
            )
        registration.placement_handler = url
    elif "USE_PLACEMENT" in fields:
        registration.placement_handler = ""


def _update(call: Call, kind: Kind) -> Json:
    app = _admin_app(call)
    registration = _found(app, call.text("CODE"), kind)
    fields = upper_keys(call.mapping("FIELDS"))
    if not isinstance(fields, Mapping):
        raise _invalid("No fields to update")
    known = [name for name in fields if f"{name}*" in _ADD or name in _ADD]
    if not set(known) - {"CODE", "PLACEMENT_HANDLER"}:
        raise _invalid("No fields to update")
    _apply(registration, fields, adding=False)
    if to_text(fields.get("USE_PLACEMENT")) == "N" or fields.get("PLACEMENT_HANDLER"):
        _set_dialog(app, registration, fields)
    call.portal.touch()
    return True


def _found(app: App, code: str, kind: Kind) -> Registration:
    """Find by code and kind: a robot is not found as an activity (platform.md 1.3)."""
    _checked_code(code)
    registration = app.registrations.get(code)
    if registration is None or registration.kind != kind:
        raise RestError("ERROR_ACTIVITY_NOT_FOUND", "Activity or Robot not found!")
    return registration


def _delete(call: Call, kind: Kind) -> Json:
    app = _admin_app(call)
    del app.registrations[_found(app, call.text("CODE"), kind).code]
    call.portal.touch()
    return True


def _list(call: Call, kind: Kind) -> Json:
    return [one.code for one in _admin_app(call).registrations.values() if one.kind == kind]


def _family(kind: Kind) -> None:
    """Register the four methods of a kind; they judge parameters themselves, after the rights (platform.md 1.1)."""
    code, changes = {"CODE*": "string"}, {"CODE*": "string", "FIELDS*": "object"}
    feature = "robots" if kind == "robot" else "bizproc"
    own = partial(method, scope="bizproc", missing_code=None, seconds=0.05, feature=feature)
    own(f"bizproc.{kind}.add", params=_ADD)(lambda call: _add(call, kind))
    own(f"bizproc.{kind}.update", params=changes)(lambda call: _update(call, kind))
    own(f"bizproc.{kind}.delete", params=code)(lambda call: _delete(call, kind))
    own(f"bizproc.{kind}.list")(lambda call: _list(call, kind))


_family("robot")
_family("activity")
