"""``POST /b24/event``: hints that are followed, a life that is followed up, and claims that are not believed."""

from collections.abc import Mapping
from itertools import permutations
from typing import Any

import httpx
import pytest

from core.bitrix24.evidence import Sign
from core.db import to_millis
from core.portals.tasks import payload_of
from tests.core.portals.robots import Greet
from tests.fake_bitrix import OAUTH, FakePortal
from tests.portal_kit import NOW, SECRET, World
from tests.server.intake.calls import FORM, auth, client_of, encoded, event, robot_call

NEW = "CANARY-new"


async def post(world: World, data: Mapping[str, Any], path: str = "/b24/event") -> httpx.Response:
    async with client_of(world) as client:
        return await client.post(path, content=encoded(data), headers=FORM)


def said(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


async def sleeping_run(world: World, portal: FakePortal, *, chat_id: int | None = None) -> None:
    """A run that waits until next year; the database's own clock counts here."""
    await post(world, robot_call(portal), "/b24/robot/greet")
    next_year = to_millis(NOW) + 40 * 365 * 86_400_000
    await world.sql("UPDATE run SET wake_at = :at, watch_chat_id = :chat", at=next_year, chat=chat_id)
    world.rung = 0


async def wakes_soon(world: World) -> bool:
    return bool(await world.sql("SELECT 1 FROM run WHERE wake_at <= {now}"))


async def test_a_message_of_ours_wakes_who_watches_the_chat(any_world: World) -> None:
    portal = await any_world.installed("a")
    await sleeping_run(any_world, portal, chat_id=801)
    data = {"CONNECTOR": "x", "LINE": "1", "DATA": {"message": {"chat_id": "801", "files": [{"link": "x"}]}}}
    assert said(await post(any_world, event(portal, "ONOPENLINEMESSAGEADD", data))) == (200, {"status": "accepted"})
    assert await wakes_soon(any_world)
    assert any_world.rung == 1


async def test_a_moved_deal_wakes_who_waits_on_it(world: World) -> None:
    portal = await world.installed("a")
    await sleeping_run(world, portal)
    await post(world, event(portal, "onCrmDealUpdate", {"FIELDS": {"ID": "7001"}}))
    assert await wakes_soon(world)


async def test_an_event_of_another_portal_wakes_nobody_here(world: World) -> None:
    portal, other = await world.installed("a"), await world.installed("b", secret="CANARY-b")
    await sleeping_run(world, portal)
    hint = event(other, "ONCRMDEALUPDATE", {"FIELDS": {"ID": "7001"}}, application_token="CANARY-b")
    assert said(await post(world, hint)) == (200, {"status": "accepted"})
    assert not await wakes_soon(world)


async def test_the_same_event_twice_is_followed_once(world: World) -> None:
    portal = await world.installed("a")
    await sleeping_run(world, portal)
    hint = event(portal, "ONCRMDEALUPDATE", {"FIELDS": {"ID": "7001"}})
    await post(world, hint)
    await world.sql("UPDATE run SET wake_at = {now} + 1000000")
    assert said(await post(world, hint)) == (200, {"status": "accepted"})
    assert not await wakes_soon(world)


@pytest.mark.parametrize("name", ["ONIMCONNECTORMESSAGEADD", "ONTASKADD", "nonsense"])
async def test_what_we_do_not_know_is_ignored(world: World, name: str) -> None:
    portal = await world.installed("a")
    assert said(await post(world, event(portal, name))) == (200, {"status": "ignored"})


@pytest.mark.parametrize("name", ["", ["ONAPPTEST"]])
async def test_an_event_has_a_name(world: World, name: Any) -> None:
    portal = await world.installed("a")
    assert said(await post(world, event(portal, name))) == (400, {"error": "bad_request"})


@pytest.mark.parametrize("name", ["ONAPPUNINSTALL", "ONAPPUPDATE", "ONCRMDEALUPDATE", "ONAPPTEST", "", "ONNOTHING"])
async def test_without_the_secret_nothing_happens(world: World, name: str) -> None:
    portal = await world.installed("a")
    before = await world.row(portal)
    for forged in ({"application_token": "wrong"}, {"application_token": None}, {"member_id": "b" * 32}):
        assert said(await post(world, event(portal, name, **forged))) == (401, {"error": "unauthorized"})
    assert await world.row(portal) == before
    assert await world.tasks(portal) == {"sync"}


async def test_an_uninstallation_is_a_claim(world: World) -> None:
    portal = await world.installed("a")
    assert said(await post(world, event(portal, "ONAPPUNINSTALL", {"CLEAN": "1"}))) == (200, {"status": "accepted"})
    row = await world.row(portal)
    assert row.status == "uninstalling"
    payload = await payload_of(row.id, world.database, kind="confirm_uninstall")
    assert payload is not None
    assert payload["clean"] == "1"
    assert world.rung == 1
    assert said(await post(world, event(portal, "ONAPPUNINSTALL"))) == (200, {"status": "accepted"})


async def test_f_29_after_a_confirmed_uninstallation_a_second_one_is_unauthorized(world: World) -> None:
    portal = await world.installed("a")
    await post(world, event(portal, "ONAPPUNINSTALL"))
    world.bitrix.tokens.clear()
    world.robots = {"greet": Greet()}
    await world.errands.run_due()
    assert said(await post(world, event(portal, "ONAPPUNINSTALL"))) == (401, {"error": "unauthorized"})
    assert said(await post(world, robot_call(portal), "/b24/robot/greet")) == (401, {"error": "unauthorized"})


@pytest.mark.parametrize("order", [*permutations(("install", "update", "call", "uninstall"))], ids="-".join)
async def test_f_29_in_whatever_order_they_come_the_portal_that_left_has_left(
    world: World, order: tuple[str, ...]
) -> None:
    """All of it was sent before the application was taken away, and comes when no token is good any more."""
    portal = await world.installed("a")
    world.robots = {"greet": Greet()}
    world.bitrix.tokens.clear()
    sent = {
        "install": (
            event(portal, "ONAPPINSTALL", {"VERSION": "1"}, access_token="t-old", refresh_token="r-old"),
            "/b24/install",
        ),
        "update": (event(portal, "ONAPPUPDATE", {"VERSION": "2"}), "/b24/event"),
        "call": (robot_call(portal), "/b24/robot/greet"),
        "uninstall": (event(portal, "ONAPPUNINSTALL"), "/b24/event"),
    }
    for name in order:
        assert (await post(world, *sent[name])).status_code < 500
        await world.errands.run_due()
    assert (await world.row(portal)).status == "uninstalled"
    assert said(await post(world, robot_call(portal, 2), "/b24/robot/greet")) == (401, {"error": "unauthorized"})
    [accepted] = await world.sql("SELECT COUNT(*) AS runs FROM run")
    assert accepted["runs"] == (order.index("call") < order.index("uninstall"))


async def test_an_update_is_followed_by_a_registration(world: World) -> None:
    portal = await world.installed("a")
    row = await world.row(portal)
    await world.store.change(row.id, robots_fingerprint="known")
    await world.sql("DELETE FROM portal_task")
    assert said(await post(world, event(portal, "ONAPPUPDATE", {"VERSION": "2"}))) == (200, {"status": "accepted"})
    assert (await world.row(portal)).robots_fingerprint == ""
    assert await world.tasks(portal) == {"sync"}


async def test_an_update_with_a_new_secret_waits_for_its_proof(world: World) -> None:
    portal = await world.installed("a")
    update = event(portal, "ONAPPUPDATE", {"VERSION": "2"}, application_token=NEW, access_token="t-a")
    assert said(await post(world, update)) == (202, {"status": "pending_verification"})
    assert await world.gate.admit(portal.member_id, SECRET) is not None
    assert await world.gate.admit(portal.member_id, NEW) is None


async def test_an_update_with_a_new_secret_alone_is_unauthorized(world: World) -> None:
    portal = await world.installed("a")
    assert said(await post(world, event(portal, "ONAPPUPDATE", application_token=NEW))) == (
        401,
        {"error": "unauthorized"},
    )


async def test_the_whole_way_of_a_new_secret(any_world: World) -> None:
    """The event that ``event.test`` causes comes back with the nonce, the new secret and the administrator's token."""
    portal = await any_world.installed("a")
    any_world.robots = {"greet": Greet()}
    update = event(
        portal, "ONAPPUPDATE", {"VERSION": "2"}, application_token=NEW, access_token="t-a", refresh_token="r-a"
    )
    await post(any_world, update)
    await any_world.errands.run_due()
    nonce = portal.tested[0]["nonce"]
    for data, access in (
        ({"NONCE": "guess"}, "t-a"),
        ({"NONCE": nonce}, "made-up"),
        ({}, "t-a"),
        ({"NONCE": nonce}, None),
    ):
        answer = await post(any_world, event(portal, "ONAPPTEST", data, application_token=NEW, access_token=access))
        assert answer.status_code == 401
    proof = event(portal, "ONAPPTEST", {"NONCE": nonce}, application_token=NEW, access_token="t-a")
    assert said(await post(any_world, proof)) == (200, {"status": "accepted"})
    assert (
        said(await post(any_world, robot_call(portal, auth=auth(portal, application_token=NEW)), "/b24/robot/greet"))[0]
        == 200
    )


async def test_a_proof_waits_while_the_oauth_host_is_away(world: World) -> None:
    portal = await world.installed("a")
    world.bitrix.token("t2", portal)
    await post(world, event(portal, "ONAPPUPDATE", application_token=NEW, access_token="t2"))
    world.robots = {"greet": Greet()}
    await world.errands.run_due()
    world.clock.advance(minutes=6)
    world.bitrix.away[OAUTH] = Sign.CONNECT_FAILED
    proof = event(portal, "ONAPPTEST", portal.tested[0], application_token=NEW, access_token="t2")
    answer = await post(world, proof)
    assert said(answer) == (503, {"error": "unavailable"})
    assert int(answer.headers["retry-after"]) > 0


async def test_an_installation_by_event(any_world: World) -> None:
    portal = any_world.bitrix.portal("a")
    any_world.bitrix.token("t", portal)
    install = event(portal, "ONAPPINSTALL", {"VERSION": "1"}, access_token="t", refresh_token="r")
    assert said(await post(any_world, install)) == (200, {"status": "installed"})
    assert await any_world.gate.admit(portal.member_id, SECRET) is not None
    assert any_world.rung == 1


@pytest.mark.parametrize(
    "forged",
    [
        {"access_token": "garbage"},
        {"access_token": None},
        {"access_token": "other-app"},
        {"access_token": "other-portal"},
        {"access_token": "t", "application_token": None},
        {"access_token": ["t"]},
        {"access_token": "t", "member_id": None},
    ],
)
async def test_an_installation_that_proves_nothing(world: World, forged: dict[str, Any]) -> None:
    portal, other = world.bitrix.portal("a"), world.bitrix.portal("b")
    world.bitrix.token("t", portal)
    world.bitrix.token("other-app", portal, client_id="local.other")
    world.bitrix.token("other-portal", other)
    assert said(await post(world, event(portal, "ONAPPINSTALL", **forged))) == (401, {"error": "unauthorized"})
    assert await world.sql("SELECT 1 FROM portal") == []


async def test_nothing_of_a_payload_is_dialled(world: World) -> None:
    portal = await world.installed("a")
    world.bitrix.calls.clear()
    for name in ("ONAPPUNINSTALL", "ONCRMDEALUPDATE", "ONAPPTEST", "ONAPPUPDATE"):
        await post(world, event(portal, name, {"FIELDS": {"ID": "1"}}))
    assert world.bitrix.calls == []
