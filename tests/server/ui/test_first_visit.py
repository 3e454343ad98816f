"""What is still to be done before robots work in a portal."""

from __future__ import annotations

import re

from core.db import Statement
from tests.core.runs.rows import run, store
from tests.server.ui.people import House

STEPS = ("installed", "registered", "hours", "placed", "received")


async def done(home: House, access: str = "tok_A_admin") -> set[str]:
    answer = await home.client.get("/ui/first-visit", headers=await home.as_(access))
    assert answer.status_code == 200
    found = re.findall(r'class="first( is-done)?" id="step-(\w+)"', answer.text)
    assert tuple(name for _, name in found) == STEPS
    return {name for is_done, name in found if is_done}


async def begins(home: House, access: str = "tok_A_admin", query: str = "") -> bool:
    answer = await home.client.get(f"/ui/runs{query}", headers=await home.as_(access))
    return 'hx-get="/ui/first-visit"' in answer.text


async def test_each_step_ticks_itself(home: House) -> None:
    assert await done(home) == {"installed"}
    await home.database.write(Statement("UPDATE portal SET robots_fingerprint = 'x' WHERE id = 'alpha'"))
    assert await done(home) == {"installed", "registered"}
    body = {"name": {"ru": "a", "en": "a"}, "week": {"MO": ["09:00-18:00"]}}
    await home.client.put("/api/schedules/office", json=body, headers=await home.as_())
    assert await done(home) == {"installed", "registered", "hours"}
    await store(home.database, run("beta"))
    assert await done(home) == {"installed", "registered", "hours"}
    await store(home.database, run())
    assert await done(home) == set(STEPS)


async def test_the_portals_own_hours_may_do(home: House) -> None:
    session = await home.as_()
    assert "hours" not in await done(home)
    assert (await home.client.post("/api/preferences", json={"hours": "portal"}, headers=session)).status_code == 200
    assert "hours" in await done(home)


async def test_it_is_shown_to_administrators_of_a_portal_without_runs(home: House) -> None:
    assert await begins(home)
    assert not await begins(home, query="?status=done")
    assert not await begins(home, "tok_A_user")
    answer = await home.client.get("/ui/first-visit", headers=await home.as_("tok_A_user"))
    assert (answer.status_code, answer.json()) == (403, {"error": "admin_required"})
    await store(home.database, run())
    assert not await begins(home)


async def test_who_hides_it_does_not_see_it(home: House) -> None:
    await home.client.post("/api/preferences", json={"first_visit": "hidden"}, headers=await home.as_())
    assert not await begins(home)
