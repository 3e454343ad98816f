"""Orders about whole portals: others on the same server, their states kept and brought back, mishaps around them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from starlette.requests import Request

from sandbox import snapshot
from sandbox.control.orders import Body, Unusable, the_user
from sandbox.control.service import heard
from sandbox.php import to_int, to_text
from sandbox.portal import Portal
from sandbox.scenario import SCENARIOS, reset
from sandbox.wire import Json

LANGUAGES = ("ru", "en")


def list_portals(portal: Portal, _: Body, __: Request) -> Json:
    return {"portals": [_said(one) for one in portal.neighbours.all]}


def _said(portal: Portal) -> Json:
    app = portal.apps.installed
    return {
        "domain": portal.domain,
        "origin": portal.origin,
        "member_id": portal.member_id,
        "lang": portal.lang,
        "client_id": app.client_id if app else None,
        "webhook": f"{portal.endpoint}{portal.people.first_admin().id}/{portal.webhook_secret}/",
    }


def add_portal(portal: Portal, body: Body, _: Request) -> Json:
    """Make another portal on this server: domain (with its port), lang, state, seed, speed."""
    domain, state = to_text(body.get("domain")), to_text(body.get("state")) or "empty"
    if not domain:
        raise Unusable("domain is missing.")
    _check(state, lang := to_text(body.get("lang")) or portal.lang)
    scheme = portal.origin.partition("://")[0]
    seed = to_int(body["seed"]) if body.get("seed") is not None else None
    speed = body.get("speed", portal.clock.speed)
    made = Portal(
        lang=lang,
        seed=seed,
        speed=float(speed) if isinstance(speed, int | float) else 1.0,
        origin=f"{scheme}://{domain}",
        client=portal.queue.client,
    )
    reset(made, state)
    try:
        portal.neighbours.add(made)
    except ValueError as error:
        raise Unusable(str(error), 409) from None
    return _said(made)


def _check(state: str, lang: str) -> None:
    if state not in SCENARIOS:
        raise Unusable(f"There is no state {state}; known are: {', '.join(SCENARIOS)}.", 404)
    if lang not in LANGUAGES:
        raise Unusable(f"There is no language {lang}; known are: {', '.join(LANGUAGES)}.", 404)


def rename(portal: Portal, body: Body, _: Request) -> Json:
    """Give the portal another host; the old one answers REST with 302 from now on."""
    domain = to_text(body.get("domain"))
    if not domain:
        raise Unusable("domain is missing.")
    if portal.neighbours.at(domain).domain == domain:
        raise Unusable(f"There is a portal at {domain} already.", 409)
    portal.rename(domain)
    return _said(portal)


async def do_reset(portal: Portal, body: Body, _: Request) -> Json:
    """Put a named state in place, in another language if ``lang`` says so.

    The installed application stays unless ``"keep_app": false``. With ``"reinstall": true`` it is deleted, and then
    installed into what is another portal at the same address: nothing that it knows is of use there.
    """
    state, lang = to_text(body.get("state")) or "demo", to_text(body.get("lang")) or portal.lang
    _check(state, lang)
    if body.get("keep_app") is False:
        portal.apps.forget()
    app = portal.apps.installed if body.get("reinstall") is True else None
    if app:
        await asyncio.gather(*(heard(told) for told in portal.apps.uninstall(clean=True)))
        portal.renew()
    portal.lang = lang
    reset(portal, state)
    delivered = None
    if app:
        anew = replace(app, application_token=portal.ids.hex(32), version=1, triggers={})
        told = portal.apps.install(anew, by=the_user(portal, anew.installed_by))
        delivered = await heard(told) if told else None
    return {"state": state, "lang": lang, "version": portal.version, "delivered": delivered}


def take_snapshot(portal: Portal, body: Body, _: Request) -> Json:
    """Keep the present state under a name."""
    name = to_text(body.get("name")) or "default"
    portal.snapshots[name] = snapshot.take(portal)
    return {"name": name, "names": sorted(portal.snapshots)}


def restore_snapshot(portal: Portal, body: Body, _: Request) -> Json:
    """Bring a kept state back; it stays kept."""
    name = to_text(body.get("name")) or "default"
    kept = portal.snapshots.get(name)
    if kept is None:
        raise Unusable(f"There is no snapshot {name}.", 404)
    snapshot.restore(portal, kept)
    return {"name": name, "version": portal.version}


async def do_break(portal: Portal, body: Body, _: Request) -> Json:
    """Cause a mishap around the portal: ``what`` is one of those that the server was started with."""
    what = to_text(body.get("what"))
    mishap = portal.breaks.get(what)
    if mishap is None:
        known = ", ".join(sorted(portal.breaks)) or "nothing"
        raise Unusable(f"There is no {what or 'such thing'} to break here; known are: {known}.", 404)
    await mishap()
    portal.touch()
    return {"broken": what}
