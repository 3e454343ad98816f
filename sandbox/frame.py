"""How the portal opens a page of the application in a frame (platform.md 3.1; design of the frame protocol)."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from sandbox.apps import App
from sandbox.crm import DEAL, document_type
from sandbox.oauth import ACCESS_TOKEN_LIFE
from sandbox.people import User
from sandbox.php import to_int, to_text
from sandbox.portal import Portal
from sandbox.properties import document_fields
from sandbox.wire import Json, decode, encode


def session(portal: Portal, user: User) -> dict[str, Json]:
    """Give what getInitData and refreshAuth give: a fresh pair of tokens of a user."""
    app = _app(portal)
    token = portal.oauth.issue(app, user)
    return {
        "AUTH_ID": token.access,
        "AUTH_EXPIRES": ACCESS_TOKEN_LIFE,
        "REFRESH_ID": token.refresh,
        "DOMAIN": portal.domain,
        "PROTOCOL": 1 if portal.origin.startswith("https") else 0,
        "LANG": portal.lang,
        "APP_SID": portal.app_sid,
        "member_id": portal.member_id,
        "IS_ADMIN": user.admin,
        "USER_ID": user.id,
    }


def frame(
    portal: Portal, user: User, *, placement: str, options: str, robot: str = "", lang: str = ""
) -> dict[str, Json]:
    """Give the form that opens the frame: its address, its fields, and the name of its window.

    ``options`` is JSON for PLACEMENT_OPTIONS; ``robot`` opens the settings dialog of a robot instead. Every frame
    has an APP_SID of its own: the portal tells open frames apart by it.
    """
    app, given = _app(portal), session(portal, user)
    sid = portal.ids.hex(32)
    handler, placement, said = _handler(portal, app, placement, options, robot)
    query = {"DOMAIN": portal.domain, "PROTOCOL": given["PROTOCOL"], "LANG": lang or portal.lang, "APP_SID": sid}
    fields: dict[str, Json] = {
        "AUTH_ID": given["AUTH_ID"],
        "AUTH_EXPIRES": str(ACCESS_TOKEN_LIFE),
        "REFRESH_ID": given["REFRESH_ID"],
        "SERVER_ENDPOINT": portal.endpoint,
        "APPLICATION_TOKEN": app.application_token,
        "APPLICATION_SCOPE": ",".join(app.scope),
        "member_id": portal.member_id,
        "status": app.status,
        "PLACEMENT": placement,
        "PLACEMENT_OPTIONS": encode({"URI": "/", **said}).decode(),
    }
    if not portal.switches.pages_carry_application_token:
        for name in ("SERVER_ENDPOINT", "APPLICATION_TOKEN", "APPLICATION_SCOPE"):
            del fields[name]
    mark = "&" if urlsplit(handler).query else "?"
    return {
        "action": f"{handler}{mark}{urlencode({name: to_text(value) for name, value in query.items()})}",
        "fields": fields,
        "name": f"{portal.domain}|{given['PROTOCOL']}|{sid}",
    }


def _app(portal: Portal) -> App:
    if portal.apps.installed is None:
        raise LookupError("No application is installed.")
    return portal.apps.installed


def _handler(portal: Portal, app: App, placement: str, options: str, robot: str) -> tuple[str, str, dict[str, Json]]:
    said = decode(options.encode()) if options else {}
    said = dict(said) if isinstance(said, Mapping) else {}
    if robot:
        registration = app.registrations.get(robot)
        if registration is None or not registration.placement_handler:
            raise LookupError("This robot has no settings page of its own.")
        entity, kind = document_type(to_int(said.pop("entity_type", DEAL)))
        about: dict[str, Json] = {
            "code": robot,
            "activity_name": portal.ids.activity(),
            "properties": registration.properties,
            "current_values": {},
            "document_type": ["crm", entity, kind],
            "document_fields": document_fields(portal.lang),
            "template": [],
        }
        return registration.placement_handler, "BIZPROC_ACTIVITY_PROPERTIES_DIALOG", {**about, **said}
    if placement == "DEFAULT":
        return app.app_url, placement, said
    bound = next((one for one in app.placements if one.code == placement), None)
    if bound is None:
        raise LookupError("The application has not bound this placement.")
    return bound.handler, placement, said
