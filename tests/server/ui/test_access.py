"""Who gets to which address: every route of the table with every role."""

from __future__ import annotations

import re

import pytest
from sqlmodel import col, select
from starlette.routing import Route

from core.portals.access import Role
from core.portals.settings import change_settings
from core.portals.tables import Session
from server.ui.access import NEEDS, OPEN, needs_of
from tests.core.runs.rows import NOON, effect, store, waiting
from tests.server.ui.people import House

ROLES = {
    Role.NOBODY: "tok_A_stranger",
    Role.VIEWER: "tok_A_user",
    Role.SUPERVISOR: "tok_A_head",
    Role.ADMIN: "tok_A_admin",
}
REFUSALS = {Role.VIEWER: "no_access", Role.SUPERVISOR: "supervisor_required", Role.ADMIN: "admin_required"}


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "0", path)


def test_every_address_says_whom_it_is_for(home: House) -> None:
    routes = [route for route in home.app.routes if isinstance(route, Route)]
    asked = {f"{method} {route.path}" for route in routes for method in route.methods or () if method != "HEAD"}
    assert asked == set(NEEDS)


def test_an_address_that_the_table_forgot_is_for_administrators() -> None:
    async def new(_: object) -> None: ...

    ((_, need),) = needs_of(Route("/api/new", new, methods=["PUT"]))
    assert need is not None
    assert need.role is Role.ADMIN


@pytest.mark.parametrize("address", [address for address, need in NEEDS.items() if need is not OPEN])
async def test_a_role_below_what_is_needed_is_turned_away_and_the_others_come_in(home: House, address: str) -> None:
    method, path = address.split(" ")
    need = NEEDS[address]
    assert need is not None
    if path == "/ui/events":
        pytest.skip("a stream does not end; its own tests open it")
    for role, access in ROLES.items():
        answer = await home.client.request(method, filled(path), headers=await home.as_(access))
        if role >= need.role:
            assert answer.status_code != 403, (role, answer.text[:200])
        elif need.page:
            assert (answer.status_code, answer.headers["content-type"]) == (403, "text/html; charset=utf-8")
        else:
            assert (answer.status_code, answer.json()) == (403, {"error": REFUSALS[need.role]})


@pytest.mark.parametrize("address", [address for address, need in NEEDS.items() if need is not OPEN])
async def test_without_a_session_there_is_the_shell_or_nothing(home: House, address: str) -> None:
    method, path = address.split(" ")
    need = NEEDS[address]
    answer = await home.client.request(method, filled(path))
    if need is not None and need.page:
        assert answer.status_code == 200
        assert "data-shell" in answer.text
    else:
        assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})


async def test_a_supervisor_acts_in_his_lines_only(home: House) -> None:
    ours, theirs = (waiting(known={"chat_id": 5, "session_id": 6, "line_id": line}) for line in (1, 2))
    doubt = effect(theirs, 1, "unknown")
    await store(home.database, ours, theirs, doubt)
    helga = await home.as_("tok_A_head")
    assert (await home.client.post(f"/api/timers/{ours.id}", json={"action": "now"}, headers=helga)).status_code == 200
    for address, body in (
        (f"/api/timers/{theirs.id}", {"action": "now"}),
        (f"/api/runs/{theirs.id}/cancel", {}),
        (f"/api/runs/{theirs.id}/retry", {}),
        (f"/api/runs/{theirs.id}/late", {"decision": "run"}),
        (f"/api/effects/{doubt.id}/decide", {"decision": "skip"}),
    ):
        answer = await home.client.post(address, json=body, headers=helga)
        assert (answer.status_code, answer.json()) == (403, {"error": "other_line"}), address
    assert "data-post=" in (await home.client.get(f"/ui/runs/{ours.id}", headers=helga)).text
    assert "data-post=" not in (await home.client.get(f"/ui/runs/{theirs.id}", headers=helga)).text


async def test_access_that_is_taken_away_is_gone_at_once(home: House) -> None:
    oleg = await home.as_("tok_A_user")
    assert (await home.client.get("/ui/runs", headers=oleg)).status_code == 200
    await change_settings("alpha", home.database, values={"access": {"everybody": "nobody"}}, user_id=1, at=NOON)
    page = await home.client.get("/ui/runs", headers=oleg)
    assert page.status_code == 403
    assert "The log of robots is not open to every employee" in page.text
    assert (await home.client.get("/api/runs", headers=oleg)).json() == {"error": "no_access"}


async def test_everybody_may_be_let_in(home: House) -> None:
    await change_settings("alpha", home.database, values={"access": {"everybody": "viewer"}}, user_id=1, at=NOON)
    assert (await home.client.get("/api/runs", headers=await home.as_("tok_A_stranger"))).status_code == 200


async def test_the_frame_opens_with_a_word_for_who_may_not_look(home: House) -> None:
    form = {"AUTH_ID": "tok_A_stranger", "member_id": "a" * 32}
    page = await home.client.post("/b24/app?LANG=ru", data=form, headers={"Accept": "text/html"})
    assert page.status_code == 403
    assert "Нет доступа" in page.text
    assert "/ui/timers" not in page.text


async def test_who_was_not_proven_lately_cannot_change_anything(home: House) -> None:
    """Another process let this person in, so nobody here can ask the portal about him again."""
    anna = await home.as_()
    async with home.database.session() as session:
        (row,) = (await session.exec(select(Session).where(col(Session.user_id) == 1))).all()
        row.admin_checked_at = NOON.replace(year=2025)
    home.services.identities.people.clear()  # type: ignore[attr-defined]  # the people of these tests
    answer = await home.client.post("/api/settings", json={}, headers=anna)
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
