"""Several portals on one server, renamed ones, and the orders about them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.app import create_app
from sandbox.apps import App
from sandbox.portal import Portal
from sandbox.scenario import reset
from tests.sandbox.conftest import SCOPE, Asker, Receiver

SECOND = "http://second.example:8088"


@pytest.fixture
def second(portal: Portal) -> Portal:
    made = Portal(seed=8, speed=0, origin=SECOND, lang="en")
    made.switches.limits = False
    reset(made, "demo")
    made.apps.install(App("local.1", "secret", "b" * 32, SCOPE, "", ""), by=made.people.users[1])
    portal.neighbours.add(made)
    return made


@pytest.fixture
async def anywhere(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """Reaches the server under any host."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=create_app(portal))) as client:
        yield client


async def test_the_host_tells_portals_apart(portal: Portal, second: Portal, anywhere: httpx.AsyncClient) -> None:
    for one in (portal, second):
        access = Asker(one, one.people.users[1]).access
        said = (await anywhere.get(f"{one.origin}/rest/profile", params={"auth": access})).json()["result"]
        assert said["NAME"] == one.people.users[1].name
        assert one.journal.calls[-1].method == "profile"
    stranger = Asker(second, second.people.users[1]).access
    assert (await anywhere.get(f"{portal.origin}/rest/profile", params={"auth": stranger})).status_code == 401


async def test_any_other_name_is_the_first_portal(portal: Portal, second: Portal, anywhere: httpx.AsyncClient) -> None:
    assert (await anywhere.get("http://127.0.0.1:8088/_sandbox/view?parts=domain")).json()["domain"] == portal.domain
    assert (await anywhere.get(f"{SECOND}/_sandbox/view?parts=domain")).json()["domain"] == "second.example:8088"


async def test_all_portals_share_one_oauth_server(portal: Portal, second: Portal, anywhere: httpx.AsyncClient) -> None:
    """Platform.md 3.5: tokens are refreshed and checked at the OAuth host, whichever portal they are of."""
    app = second.apps.installed
    assert app is not None
    token = second.oauth.issue(app, second.people.users[1])
    known = (await anywhere.get(f"{portal.origin}/rest/app.info", params={"auth": token.access})).json()["result"]
    assert known["install"]["member_id"] == second.member_id
    form = {"grant_type": "refresh_token", "client_id": "local.1", "client_secret": "secret"}
    fresh = (await anywhere.post(f"{portal.origin}/oauth/token/", data={**form, "refresh_token": token.refresh})).json()
    assert fresh["member_id"] == second.member_id
    assert fresh["client_endpoint"] == f"{SECOND}/rest/"


async def test_portals_are_made_on_order(portal: Portal, anywhere: httpx.AsyncClient) -> None:
    order = {"domain": "third.example", "lang": "en", "state": "demo", "seed": 3, "speed": 0}
    made = (await anywhere.post(f"{portal.origin}/_sandbox/portals", json=order)).json()
    assert (made["origin"], made["lang"], made["client_id"]) == ("http://third.example", "en", None)
    assert made["member_id"] != portal.member_id
    listed = (await anywhere.get("http://third.example/_sandbox/portals")).json()["portals"]
    assert [one["domain"] for one in listed] == [portal.domain, "third.example"]
    deals = (await anywhere.get("http://third.example/_sandbox/items")).json()["items"]
    assert deals[0]["title"].startswith("Daisy Ltd")


@pytest.mark.parametrize(
    ("order", "status", "why"),
    [
        ({}, 400, "domain is missing."),
        ({"domain": "x.example", "state": "y"}, 404, "There is no state y; known are: demo, empty, large."),
        ({"domain": "x.example", "lang": "de"}, 404, "There is no language de; known are: ru, en."),
        ({"domain": "second.example:8088"}, 409, "There is a portal at second.example:8088 already."),
    ],
)
async def test_portals_that_cannot_be_made(
    portal: Portal, second: Portal, anywhere: httpx.AsyncClient, order: dict[str, str], status: int, why: str
) -> None:
    said = await anywhere.post(f"{portal.origin}/_sandbox/portals", json=order)
    assert (said.status_code, said.json()["error"]) == (status, why)


async def test_the_same_seed_makes_the_same_portal(portal: Portal, anywhere: httpx.AsyncClient) -> None:
    made = []
    for name in ("a.example", "b.example"):
        order = {"domain": name, "state": "demo", "seed": 5, "speed": 0}
        await anywhere.post(f"{portal.origin}/_sandbox/portals", json=order)
        seen = (await anywhere.get(f"http://{name}/_sandbox/view")).json()
        del seen["domain"], seen["version"]
        made.append(seen)
    assert made[0] == made[1]


async def test_a_renamed_portal_redirects_and_says_its_new_address(
    portal: Portal, ask: Asker, anywhere: httpx.AsyncClient
) -> None:
    """Platform.md 3.7."""
    old, member = portal.origin, portal.member_id
    await anywhere.post(f"{old}/_sandbox/rename", json={"domain": "new.example"})
    moved = await anywhere.post(f"{old}/rest/profile?x=1", json={"auth": ask.access})
    assert (moved.status_code, moved.headers["location"]) == (302, "http://new.example/rest/profile?x=1")
    there = await anywhere.post("http://new.example/rest/app.info", json={"auth": ask.access})
    install = there.json()["result"]["install"]
    assert (install["client_endpoint"], install["member_id"]) == ("http://new.example/rest/", member)
    assert (await anywhere.get(f"{old}/_sandbox/clock")).status_code == 200, "orders go on under the old name"


@pytest.mark.parametrize(("domain", "status"), [("", 400), ("second.example:8088", 409)])
async def test_what_is_no_new_name(
    portal: Portal, second: Portal, anywhere: httpx.AsyncClient, domain: str, status: int
) -> None:
    said = await anywhere.post(f"{portal.origin}/_sandbox/rename", json={"domain": domain})
    assert said.status_code == status


async def test_a_reset_can_change_the_language(portal: Portal, http: httpx.AsyncClient) -> None:
    await http.post("/_sandbox/reset", json={"state": "demo", "lang": "en"})
    assert portal.lang == "en"
    assert portal.people.users[8].full_name == "Anna Smirnova"
    assert portal.apps.installed is not None
    assert (await http.post("/_sandbox/reset", json={"lang": "de"})).status_code == 404


async def test_a_mishap_is_caused_by_its_name(portal: Portal, http: httpx.AsyncClient) -> None:
    broken: list[str] = []

    async def worker() -> None:
        broken.append("worker")

    portal.breaks["worker"] = worker
    assert (await http.get("/_sandbox/view?parts=breaks")).json()["breaks"] == ["worker"]
    assert (await http.post("/_sandbox/break", json={"what": "worker"})).json() == {"broken": "worker"}
    assert broken == ["worker"]
    said = await http.post("/_sandbox/break", json={"what": "web"})
    assert (said.status_code, said.json()["error"]) == (404, "There is no web to break here; known are: worker.")


async def test_deliveries_of_all_portals_go_out(receiver: Receiver, portal: Portal, second: Portal) -> None:
    for one in (portal, second):
        app = one.apps.installed
        assert app is not None
        one.events.send(app, "ONAPPTEST", {}, to="http://127.0.0.1:8089/b24/event", user=None)
    second.queue.client = receiver.client
    for one in (portal, second):
        await one.queue.drain()
    assert [form["auth"]["member_id"] for form in receiver.forms] == [portal.member_id, second.member_id]
