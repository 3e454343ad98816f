"""REST methods of automation triggers that an application registers and fires (platform.md 6.5)."""

from __future__ import annotations

import re

from sandbox.apps import App
from sandbox.crm import DEAL, FIRST_DYNAMIC, LEAD
from sandbox.errors import RestError
from sandbox.rest.registry import Call, method
from sandbox.wire import Json

_TRIGGER_CODE = re.compile(r"[a-z0-9.\-_]+", re.IGNORECASE)


def _trigger_app(call: Call) -> App:
    if not call.user.admin:
        raise RestError("ACCESS_DENIED", "Access denied! Admin permissions required")
    if call.app is None:
        raise RestError("ACCESS_DENIED", "Access denied! Application context required")
    return call.app


def _trigger_code(call: Call) -> str:
    code = call.text("CODE")
    if not code:
        raise RestError("", "Empty trigger code!")
    if not _TRIGGER_CODE.fullmatch(code):
        raise RestError("", "Wrong trigger code!")
    return code


@method("crm.automation.trigger.add", scope="crm", params={"CODE*": "string", "NAME*": "string"}, missing_code=None)
def trigger_add(call: Call) -> Json:
    """Register a trigger, or give it another name (platform.md 6.5)."""
    app = _trigger_app(call)
    code = _trigger_code(call)
    app.triggers[code] = call.text("NAME")
    call.portal.touch()
    return True


@method("crm.automation.trigger.list", scope="crm")
def trigger_list(call: Call) -> Json:
    return [{"NAME": name, "CODE": code} for code, name in _trigger_app(call).triggers.items()]


@method("crm.automation.trigger.delete", scope="crm", params={"CODE*": "string"}, missing_code=None)
def trigger_delete(call: Call) -> Json:
    app = _trigger_app(call)
    code = _trigger_code(call)
    if code not in app.triggers:
        raise RestError("", f"Trigger with code {code} is not registered.")
    del app.triggers[code]
    call.portal.touch()
    return True


@method(
    "crm.automation.trigger.execute",
    scope="crm",
    seconds=13.0,
    missing_code=None,
    params={"CODE*": "string", "OWNER_TYPE_ID*": "integer", "OWNER_ID*": "integer"},
)
def trigger_execute(call: Call) -> Json:
    """Fire a trigger; checks go admin, application, code, registered, type, id (platform.md 6.5)."""
    app = _trigger_app(call)
    code, kind = _trigger_code(call), call.integer("OWNER_TYPE_ID")
    if code not in app.triggers:
        raise RestError("", f"Trigger with code {code} is not registered.")
    if kind not in (LEAD, DEAL) and kind < FIRST_DYNAMIC:
        raise RestError("", "Incorrect parameter OWNER_TYPE_ID.")
    item = call.portal.crm.get(kind, call.integer("OWNER_ID"))
    if item is None:
        raise RestError("", "Incorrect parameter OWNER_ID.")
    call.portal.record("trigger", code=code, item=item.document[2])
    stands = call.portal.triggers.fire(code, item, by=call.user.id)
    return stands or call.portal.switches.unplaced_trigger_is_true


@method("crm.automation.trigger", scope="crm", params={"target*": "string", "code": "string"})
def webhook_trigger(call: Call) -> Json:
    """Fire a trigger by the name of an item, ``DEAL_1`` or ``DYNAMIC_1036_2``, as an incoming webhook does (6.5)."""
    item = next((one for one in call.portal.crm.items.values() if one.document[2] == call.text("target").upper()), None)
    if item is None:
        raise RestError("", "Incorrect target.")
    call.portal.record("trigger", code=call.text("code"), item=item.document[2])
    call.portal.triggers.fire(call.text("code"), item, by=call.user.id)
    return True
