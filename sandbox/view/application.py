"""The application and the portal itself on the pages: what is registered, the clock, ordered faults."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.apps import Placement
from sandbox.portal import Portal
from sandbox.wire import Json, moment


def faults(portal: Portal) -> list[Json]:
    return [{"method": one.method, "kind": one.kind, "times": one.times} for one in portal.faults.ordered]


def clock(portal: Portal) -> dict[str, Json]:
    now = portal.now()
    return {
        "now": now.isoformat(),
        "local": moment(now, portal.zone),
        "zone": str(portal.zone),
        "speed": portal.clock.speed,
    }


def titles(placement: Placement) -> Json:
    """Say the title of a tab by language where the application gave it so, else the one text."""
    given = placement.lang_all if isinstance(placement.lang_all, Mapping) else {}
    found: dict[str, Json] = {
        lang.lower(): words["TITLE"]
        for lang, words in given.items()
        if isinstance(words, Mapping) and words.get("TITLE")
    }
    return found or placement.title


def app_json(portal: Portal) -> Json:
    app = portal.apps.installed
    if app is None:
        return None
    return {
        "client_id": app.client_id,
        "member_id": portal.member_id,
        "title": app.title_in(portal.lang),
        "paid": app.paid,
        "version": app.version,
        "installed": app.installed,
        "scope": list(app.scope),
        "app_url": app.app_url,
        "robots": [
            {
                "code": one.code,
                "kind": one.kind,
                "name": one.name,
                "description": one.description,
                "handler": one.handler,
                "use_subscription": one.use_subscription,
                "properties": one.properties,
                "return_properties": one.return_properties,
                "placement_handler": one.placement_handler,
            }
            for one in app.registrations.values()
        ],
        "events": [{"event": one.event, "handler": one.handler} for one in app.bindings],
        "placements": [{"placement": one.code, "handler": one.handler, "title": titles(one)} for one in app.placements],
        "triggers": [{"code": code, "name": name} for code, name in app.triggers.items()],
    }
