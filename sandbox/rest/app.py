"""REST methods of the application itself: what it is, what the portal can do, events and placements."""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox.apps import App, Binding, Placement
from sandbox.batch import run_batch
from sandbox.crm import FIRST_DYNAMIC
from sandbox.errors import RestError, access_denied
from sandbox.events import KNOWN
from sandbox.handlers import check_handler
from sandbox.rest.registry import METHODS, Call, method
from sandbox.wire import Json, moment

#: Placements of this portal; the private one of robot settings cannot be bound (platform.md 5.1, 5.4).
PLACEMENTS = frozenset(
    {
        "DEFAULT",
        "REST_APP_URI",
        "CRM_LEAD_DETAIL_TAB",
        "CRM_DEAL_DETAIL_TAB",
        "CRM_CONTACT_DETAIL_TAB",
        "CRM_COMPANY_DETAIL_TAB",
        "CRM_DEAL_DETAIL_TOOLBAR",
        "CRM_LEAD_DETAIL_TOOLBAR",
        "CRM_DEAL_ROBOT_DESIGNER_TOOLBAR",
        "CRM_LEAD_ROBOT_DESIGNER_TOOLBAR",
    }
)
#: What smart processes offer, after ``CRM_DYNAMIC_<type>_``.
DYNAMIC_PLACES = ("DETAIL_TAB", "DETAIL_TOOLBAR", "ROBOT_DESIGNER_TOOLBAR")


@method("batch", params={"cmd*": "object", "halt": "integer"}, seconds=0.0)
def batch(call: Call) -> Json:
    return run_batch(call.hit, call.given("cmd"), halt=call.integer("halt") != 0)


@method("app.info")
def app_info(call: Call) -> Json:
    """Answer as portal and OAuth host at once, for both share this port (platform.md 3.1, 3.4)."""
    app, portal = call.require_app(), call.portal
    return {
        "ID": app.id,
        "CODE": app.client_id,
        "VERSION": app.version,
        "STATUS": app.status,
        "INSTALLED": app.installed,
        "PAYMENT_EXPIRED": "N",
        "DAYS": None,
        "LANGUAGE_ID": portal.lang,
        "LICENSE": f"{portal.lang}_pro100",
        "LICENSE_TYPE": "pro100",
        "LICENSE_FAMILY": "pro",
        "client_id": app.client_id,
        "scope": ",".join(app.scope),
        "expires": datetime.fromtimestamp(call.hit.expires, UTC).isoformat(),
        "install": {
            "installed": app.installed,
            "version": str(app.version),
            "status": app.status,
            "scope": ",".join(app.scope),
            "domain": portal.domain,
            "uri": portal.origin,
            "client_endpoint": portal.endpoint,
            "member_id": portal.member_id,
            "member_type": "cloud",
        },
        "user_id": call.user.id,
    }


@method("profile")
def profile(call: Call) -> Json:
    user = call.user
    return {
        "ID": str(user.id),
        "ADMIN": user.admin,
        "NAME": user.name,
        "LAST_NAME": user.last_name,
        "PERSONAL_GENDER": user.gender,
        "TIME_ZONE": user.time_zone,
    }


@method("user.admin")
def user_admin(call: Call) -> Json:
    return call.user.admin


@method("server.time")
def server_time(call: Call) -> Json:
    return moment(call.portal.now(), call.portal.zone)


@method("scope", params={"full": "boolean"})
def scope(call: Call) -> Json:
    if call.app and call.text("full") not in ("1", "true"):
        return list(call.app.scope)
    return sorted({found.scope for found in METHODS if found.scope})


@method("feature.get", params={"CODE*": "string"})
def feature_get(call: Call) -> Json:
    """Offline events need a plan this portal does not have (platform.md 6.3)."""
    return {"value": "N" if call.text("CODE").startswith("rest_offline") else "Y"}


@method("method.get", params={"name": "string"})
def method_get(call: Call) -> Json:
    found = METHODS.published(call.text("name"), call.portal)
    scopes = set(call.app.scope) if call.app else set()
    available = found is not None and (not found.scope or found.scope in scopes)
    return {"isExisting": found is not None, "isAvailable": available}


@method(
    "event.bind",
    params={
        "event*": "string",
        "handler*": "string",
        "auth_type": "integer",
        "event_type": "string",
        "auth_connector": "string",
        "options": "object",
    },
)
def event_bind(call: Call) -> Json:
    """Bind a handler; a second bind of the same one is an error (platform.md 6.1)."""
    app = _app_only(call)
    event, user_id = call.text("event").upper(), call.integer("auth_type")
    if call.text("event_type") == "offline":
        raise RestError("ERROR_ARGUMENT", "Offline events are not available on this plan")
    if event not in KNOWN:
        raise RestError("ERROR_EVENT_NOT_FOUND", "Event not found")
    if KNOWN[event] and KNOWN[event] not in app.scope:
        raise RestError("insufficient_scope", "The application has no scope of this event", 403)
    if not call.user.admin:
        if user_id and user_id != call.user.id:
            raise access_denied("Access denied! You may bind only for yourself")
        user_id = call.user.id
    check_handler(call.text("handler"))
    binding = Binding(call.portal.ids.next("binding"), event, call.text("handler"), user_id)
    if any(one.key == binding.key for one in app.bindings):
        raise RestError("ERROR_CORE", "Unable to set event handler: Handler already binded")
    app.bindings.append(binding)
    return True


@method(
    "event.unbind",
    params={"event*": "string", "handler*": "string", "auth_type": "integer", "event_type": "string"},
)
def event_unbind(call: Call) -> Json:
    app = _app_only(call)
    gone = [
        one
        for one in app.bindings
        if one.event == call.text("event").upper()
        and one.handler == call.text("handler")
        and (call.given("auth_type") is None or one.user_id == call.integer("auth_type"))
    ]
    app.bindings = [one for one in app.bindings if one not in gone]
    return {"count": len(gone)}


@method("event.get")
def event_get(call: Call) -> Json:
    app = _app_only(call)
    return [
        {"event": one.event, "handler": one.handler, "auth_type": str(one.user_id), "offline": 0}
        for one in app.bindings
        if call.user.admin or one.user_id == call.user.id
    ]


@method("event.test", open_ended=True)
def event_test(call: Call) -> Json:
    """Fire ONAPPTEST with whatever parameters came."""
    _app_only(call)
    call.portal.events.emit("ONAPPTEST", {"QUERY": call.params, "LANGUAGE_ID": call.portal.lang})
    return True


@method(
    "placement.bind",
    scope="placement",
    params={
        "PLACEMENT*": "string",
        "HANDLER*": "string",
        "TITLE": "string",
        "DESCRIPTION": "string",
        "GROUP_NAME": "string",
        "LANG_ALL": "object",
        "OPTIONS": "object",
        "USER_ID": "integer",
    },
)
def placement_bind(call: Call) -> Json:
    app = _app_only(call)
    call.require_admin()
    code = call.text("PLACEMENT").upper()
    if code not in PLACEMENTS and not (code.startswith("CRM_DYNAMIC_") and code.endswith(DYNAMIC_PLACES)):
        raise RestError("ERROR_PLACEMENT_NOT_FOUND", "Placement not found")
    check_handler(call.text("HANDLER"))
    if any(one.code == code and one.handler[:200] == call.text("HANDLER")[:200] for one in app.placements):
        raise RestError("ERROR_CORE", "Unable to set placement handler: Handler already binded")
    app.placements.append(
        Placement(
            code=code,
            handler=call.text("HANDLER"),
            title=call.text("TITLE"),
            description=call.text("DESCRIPTION"),
            options=call.mapping("OPTIONS") or [],
            lang_all=call.mapping("LANG_ALL") or [],
            user_id=call.integer("USER_ID"),
        )
    )
    call.portal.touch()
    return True


@method(
    "placement.unbind",
    scope="placement",
    params={"PLACEMENT": "string", "HANDLER": "string", "USER_ID": "integer"},
)
def placement_unbind(call: Call) -> Json:
    app = _app_only(call)
    call.require_admin()
    gone = [
        one
        for one in app.placements
        if one.code == call.text("PLACEMENT").upper() and call.text("HANDLER") in ("", one.handler)
    ]
    app.placements = [one for one in app.placements if one not in gone]
    call.portal.touch()
    return {"count": len(gone)}


@method("placement.list", scope="placement", params={"SCOPE": "string", "FULL": "boolean"})
def placement_list(call: Call) -> Json:
    """List what can be bound; the tabs of smart processes are those of this portal."""
    types = sorted({one.entity_type for one in call.portal.crm.categories if one.entity_type >= FIRST_DYNAMIC})
    return [*sorted(PLACEMENTS), *(f"CRM_DYNAMIC_{kind}_{place}" for kind in types for place in DYNAMIC_PLACES)]


@method("placement.get", scope="placement")
def placement_get(call: Call) -> Json:
    return [
        {
            "placement": one.code,
            "userId": one.user_id,
            "handler": one.handler,
            "options": one.options,
            "title": one.title,
            "description": one.description,
            "langAll": one.lang_all,
        }
        for one in _app_only(call).placements
    ]


def _app_only(call: Call) -> App:
    """Refuse calls without an application with the code of this family (platform.md 5.4, 6.1)."""
    if call.app is None:
        raise RestError("WRONG_AUTH_TYPE", "Current authorization type is denied for this method", 403)
    return call.app
