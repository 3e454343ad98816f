"""What a worker does for portals: registration, looks, proofs, healing, leaving."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.bitrix24.errors import Revoked, Suspended
from core.bitrix24.evidence import Sign
from core.bitrix24.secret import Secret
from core.portals.install import InstallRequest, sealed_text
from core.portals.moves import TWO_ADDRESSES
from core.portals.tasks import owe, owed, waive
from core.robots import AnyRobot
from tests.core.portals.robots import Greet, Wave
from tests.fake_bitrix import OAUTH, FakePortal, failure
from tests.portal_kit import NOW, SECRET, World

ROBOTS: Mapping[str, AnyRobot] = {"greet": Greet(), "wave": Wave()}


@pytest.fixture
def staffed(world: World) -> World:
    world.robots = ROBOTS
    return world


async def quiet(world: World, name: str = "a") -> FakePortal:
    """A portal that knows our robots, so that nothing is owed to it."""
    portal = await world.installed(name)
    assert await world.errands.run_due() == 1
    assert await world.tasks(portal) == set()
    world.bitrix.calls.clear()
    return portal


async def status(world: World, portal: FakePortal) -> tuple[str, str]:
    row = await world.row(portal)
    return row.status, row.status_reason


async def test_an_installation_is_followed_by_a_registration(staffed: World) -> None:
    portal = await staffed.installed("a")
    await staffed.errands.run_due()
    assert set(portal.codes["robot"]) == {"greet", "wave"}
    row = await staffed.row(portal)
    assert row.robots_synced_at == NOW
    assert row.robots_fingerprint
    assert (await staffed.audited(portal))[-1] == "synced"


async def test_a_start_without_changes_makes_no_call(staffed: World) -> None:
    portal = await quiet(staffed)
    assert await staffed.errands.owe_syncs() == 0
    await owe((await staffed.row(portal)).id, staffed.database, kind="sync", due_at=NOW)
    await staffed.errands.run_due()
    assert staffed.bitrix.calls == []


async def test_a_start_with_other_robots_syncs_active_portals(staffed: World) -> None:
    portal, closed = await quiet(staffed, "a"), await quiet(staffed, "b")
    await staffed.lanes.suspend((await staffed.row(closed)).id, Suspended("PAYMENT_REQUIRED"))
    staffed.robots = {"greet": Greet()}
    assert await staffed.errands.owe_syncs() == 1
    await staffed.errands.run_due()
    assert set(portal.codes["robot"]) == {"greet"}
    assert set(closed.codes["robot"]) == {"greet", "wave"}


async def test_what_a_portal_refuses_is_noted_and_tried_again(staffed: World) -> None:
    portal = await staffed.installed("a")
    portal.troubles["bizproc.robot.add"] = failure(403, "ACCESS_DENIED", "Access denied!")
    await staffed.errands.run_due()
    row = await staffed.row(portal)
    assert row.robots_fingerprint == ""
    assert await owed(row.id, staffed.database) == {"sync": "ACCESS_DENIED"}
    portal.troubles.clear()
    assert await staffed.errands.run_due() == 0
    staffed.clock.advance(hours=7)
    await staffed.errands.run_due()
    assert set(portal.codes["robot"]) == {"greet", "wave"}


@pytest.mark.parametrize(
    ("trouble", "closed"),
    [
        (failure(402, "PAYMENT_REQUIRED"), ("suspended", "PAYMENT_REQUIRED")),
        (failure(401, "NOT_INSTALLED"), ("needs_reinstall", "NOT_INSTALLED")),
    ],
)
async def test_trouble_in_an_errand_closes_the_portal(
    staffed: World, trouble: tuple[int, dict[str, object]], closed: tuple[str, str]
) -> None:
    portal = await staffed.installed("a")
    portal.troubles["*"] = trouble
    await staffed.errands.run_due()
    assert await status(staffed, portal) == closed
    assert await staffed.tasks(portal) == {"sync", "probe"}


async def test_an_unreachable_portal_is_asked_again_soon(staffed: World) -> None:
    portal = await staffed.installed("a")
    staffed.bitrix.away["https://a.bitrix24.ru"] = Sign.CONNECT_FAILED
    await staffed.errands.run_due()
    assert await owed((await staffed.row(portal)).id, staffed.database) == {"sync": "NotSent"}
    staffed.bitrix.away.clear()
    staffed.clock.advance(seconds=20)
    await staffed.errands.run_due()
    assert set(portal.codes["robot"]) == {"greet", "wave"}


async def test_a_probe_opens_the_portal_and_wakes_workers(staffed: World) -> None:
    portal = await quiet(staffed)
    portal.troubles["*"] = failure(402, "PAYMENT_REQUIRED")
    await staffed.lanes.suspend((await staffed.row(portal)).id, Suspended("PAYMENT_REQUIRED"))
    assert await staffed.errands.run_due() == 0
    staffed.clock.advance(minutes=6)
    await staffed.errands.run_due()
    assert await status(staffed, portal) == ("suspended", "PAYMENT_REQUIRED")
    staffed.clock.advance(minutes=20)
    assert await staffed.errands.run_due() == 0
    portal.troubles.clear()
    staffed.clock.advance(minutes=11)
    await staffed.errands.run_due()
    assert await status(staffed, portal) == ("active", "")
    assert staffed.rung == 1


async def test_f_18_dead_credentials_are_confirmed_twice_and_then_left_alone(staffed: World) -> None:
    portal = await quiet(staffed)
    staffed.bitrix.stale.add("t-a")
    staffed.bitrix.tokens["t-a"].refresh = ""
    await staffed.lanes.suspend((await staffed.row(portal)).id, Revoked("invalid_grant"))
    for _ in range(30):
        staffed.clock.advance(minutes=10)
        await staffed.errands.run_due()
    assert await status(staffed, portal) == ("needs_reinstall", "invalid_grant")
    assert len([path for origin, path, _ in staffed.bitrix.calls if origin == OAUTH]) == 2
    assert await staffed.tasks(portal) == set()


async def test_trouble_of_another_kind_starts_its_own_looks(staffed: World) -> None:
    portal = await quiet(staffed)
    await staffed.lanes.suspend((await staffed.row(portal)).id, Suspended("PAYMENT_REQUIRED"))
    portal.troubles["*"] = failure(403, "PORTAL_DELETED")
    staffed.clock.advance(minutes=6)
    await staffed.errands.run_due()
    assert await status(staffed, portal) == ("suspended", "PORTAL_DELETED")
    assert await staffed.tasks(portal) == {"probe"}


async def heal(world: World, portal: FakePortal, access: str) -> None:
    info = await world.info(portal)
    await world.lanes.suspend(info.id, Revoked("invalid_grant"))
    payload = {
        "access": sealed_text(info.vault, Secret(access)),
        "refresh": sealed_text(info.vault, Secret(f"r-{access}")),
    }
    await owe(info.id, world.database, kind="heal", due_at=NOW, payload=payload)
    await world.errands.run_due()


async def test_a_robot_call_heals_dead_credentials(staffed: World) -> None:
    portal = await quiet(staffed)
    staffed.bitrix.token("fresh", portal, 1)
    await heal(staffed, portal, "fresh")
    assert await status(staffed, portal) == ("active", "")
    tokens = await staffed.another_lanes().tokens((await staffed.row(portal)).id)
    assert (await tokens.access()).reveal() == "fresh"
    assert staffed.rung == 1


@pytest.mark.parametrize("user_id", [2, 7])
async def test_the_tokens_of_another_user_heal_nothing(staffed: World, user_id: int) -> None:
    portal = await quiet(staffed)
    portal.admins.add(2)
    staffed.bitrix.token("theirs", portal, user_id)
    await heal(staffed, portal, "theirs")
    assert (await status(staffed, portal))[0] == "needs_reinstall"


async def test_the_tokens_of_another_portal_or_application_heal_nothing(staffed: World) -> None:
    portal, other = await quiet(staffed, "a"), staffed.bitrix.portal("b")
    staffed.bitrix.token("other", other, 1)
    await heal(staffed, portal, "other")
    staffed.bitrix.token("strange", portal, 1, client_id="local.other")
    await heal(staffed, portal, "strange")
    assert (await status(staffed, portal))[0] == "needs_reinstall"


async def test_no_call_heals_a_portal_that_is_in_two_places(staffed: World) -> None:
    portal = await quiet(staffed)
    staffed.bitrix.token("fresh", portal, 1)
    row = await staffed.row(portal)
    await staffed.store.close(row.id, status="needs_reinstall", reason=TWO_ADDRESSES, at=NOW, probe_at=None)
    await heal(staffed, portal, "fresh")
    assert (await status(staffed, portal))[0] == "needs_reinstall"


async def claim_uninstall(world: World, portal: FakePortal) -> None:
    await world.departure.claim(await world.row(portal), clean="1")


async def test_an_uninstallation_with_dead_credentials_is_believed(staffed: World) -> None:
    portal = await quiet(staffed)
    await claim_uninstall(staffed, portal)
    assert await status(staffed, portal) == ("uninstalling", "active")
    staffed.bitrix.tokens.clear()
    await staffed.errands.run_due()
    assert await status(staffed, portal) == ("uninstalled", "")
    assert await staffed.gate.admit(portal.member_id, SECRET) is None
    assert await staffed.tasks(portal) == {"purge"}


async def test_an_uninstallation_whose_credentials_live_was_made_up(staffed: World) -> None:
    portal = await quiet(staffed)
    await claim_uninstall(staffed, portal)
    for _ in range(5):
        await staffed.errands.run_due()
        staffed.clock.advance(minutes=1.5)
    assert (await status(staffed, portal))[0] == "uninstalling"
    staffed.clock.advance(minutes=3)
    await staffed.errands.run_due()
    assert await status(staffed, portal) == ("active", "")
    assert "uninstall_was_forged" in await staffed.audited(portal)
    assert staffed.rung == 1


async def made_up(world: World, portal: FakePortal) -> None:
    await claim_uninstall(world, portal)
    world.clock.advance(minutes=11)
    await world.errands.run_due()
    assert await status(world, portal) == ("active", "")


async def test_who_makes_up_one_uninstallation_after_another_holds_up_nothing(staffed: World) -> None:
    portal = await quiet(staffed)
    await made_up(staffed, portal)
    for _ in range(3):
        await claim_uninstall(staffed, portal)
        assert await status(staffed, portal) == ("active", "")
        await staffed.errands.run_due()
        assert await status(staffed, portal) == ("active", "")
    assert "confirm_uninstall" not in await staffed.tasks(portal)
    staffed.clock.advance(days=2)
    await claim_uninstall(staffed, portal)
    assert (await status(staffed, portal))[0] == "uninstalling"


async def test_a_true_uninstallation_after_a_made_up_one_is_believed(staffed: World) -> None:
    portal = await quiet(staffed)
    await made_up(staffed, portal)
    await claim_uninstall(staffed, portal)
    staffed.bitrix.tokens.clear()
    await staffed.errands.run_due()
    assert (await status(staffed, portal))[0] == "uninstalled"
    assert await staffed.gate.admit(portal.member_id, SECRET) is None


async def test_credentials_that_die_within_ten_minutes_confirm_the_uninstallation(staffed: World) -> None:
    portal = await quiet(staffed)
    await claim_uninstall(staffed, portal)
    await staffed.errands.run_due()
    staffed.bitrix.stale.add("t-a")
    staffed.bitrix.tokens["t-a"].refresh = ""
    staffed.clock.advance(minutes=2)
    await staffed.errands.run_due()
    assert (await status(staffed, portal))[0] == "uninstalled"


async def test_an_expired_access_token_alone_confirms_nothing(staffed: World) -> None:
    portal = await quiet(staffed)
    await claim_uninstall(staffed, portal)
    staffed.bitrix.stale.add("t-a")
    staffed.clock.advance(minutes=11)
    await staffed.errands.run_due()
    assert (await status(staffed, portal))[0] == "active"


async def test_nothing_is_decided_while_the_oauth_host_is_away(staffed: World) -> None:
    portal = await quiet(staffed)
    await claim_uninstall(staffed, portal)
    staffed.bitrix.away[OAUTH] = Sign.CONNECT_FAILED
    staffed.clock.advance(hours=2)
    await staffed.errands.run_due()
    assert (await status(staffed, portal))[0] == "uninstalling"


async def test_a_repeated_claim_does_not_move_its_time(staffed: World) -> None:
    portal = await quiet(staffed)
    await claim_uninstall(staffed, portal)
    staffed.clock.advance(minutes=9)
    await claim_uninstall(staffed, portal)
    staffed.clock.advance(minutes=2)
    await staffed.errands.run_due()
    assert (await status(staffed, portal))[0] == "active"


async def test_f_29_installing_again_ends_the_doubt(staffed: World) -> None:
    portal = await quiet(staffed)
    await claim_uninstall(staffed, portal)
    await staffed.installer.install(InstallRequest(portal.member_id, Secret("t-a"), Secret("r-a"), Secret(SECRET)))
    assert await status(staffed, portal) == ("active", "")
    assert await staffed.tasks(portal) == {"sync"}


async def test_a_portal_is_purged_after_thirty_days_unless_it_came_back(staffed: World) -> None:
    portal, back = await quiet(staffed, "a"), await quiet(staffed, "b")
    for each in (portal, back):
        await claim_uninstall(staffed, each)
    staffed.bitrix.tokens.clear()
    await staffed.errands.run_due()
    staffed.bitrix.token("t-b", back)
    staffed.clock.advance(days=29)
    await staffed.installer.install(InstallRequest(back.member_id, Secret("t-b"), Secret("r-b"), Secret(SECRET)))
    await staffed.errands.run_due()
    staffed.clock.advance(days=2)
    await staffed.errands.run_due()
    assert await staffed.store.find(portal.member_id) is None
    assert (await status(staffed, back))[0] == "active"


async def test_a_new_secret_that_is_never_proven_is_dropped(staffed: World) -> None:
    portal = await quiet(staffed)
    await staffed.installer.install(InstallRequest(portal.member_id, Secret("t-a"), None, Secret("CANARY-new")))
    await staffed.errands.run_due()
    assert len(portal.tested) == 1
    for _ in range(20):
        staffed.clock.advance(minutes=5)
        await staffed.errands.run_due()
    assert len(portal.tested) > 1
    assert (await staffed.row(portal)).pending_token_hash is None
    assert await staffed.tasks(portal) == set()
    assert "new_secret_not_proven" in await staffed.audited(portal)
    assert await status(staffed, portal) == ("active", "")


async def test_dead_tokens_of_a_claim_do_not_close_the_portal(staffed: World) -> None:
    portal = await quiet(staffed)
    staffed.bitrix.token("theirs", portal, 1)
    await staffed.installer.install(InstallRequest(portal.member_id, Secret("theirs"), None, Secret("CANARY-new")))
    staffed.bitrix.stale.add("theirs")
    await staffed.errands.run_due()
    assert await status(staffed, portal) == ("active", "")


async def test_a_task_of_a_portal_that_is_gone_is_dropped(staffed: World) -> None:
    assert await staffed.errands.run_due() == 0
    portal = await staffed.installed("a")
    await staffed.store.change((await staffed.row(portal)).id, status="uninstalled")
    await staffed.errands.run_due()
    assert portal.codes["robot"] == {}


async def test_two_workers_do_each_errand_once(staffed: World) -> None:
    for name in "abcdef":
        await staffed.installed(name)
    done = await asyncio.gather(staffed.errands.run_due(), staffed.errands.run_due())
    assert sum(done) == 6
    assert staffed.bitrix.methods().count("bizproc.robot.add") == 12


async def test_errands_end_when_asked(staffed: World) -> None:
    for name in "abc":
        await staffed.installed(name)
    assert await staffed.errands.run_due(most=2) == 2
    await waive("nobody", staffed.database, kind="sync")
    staffed.clock.advance(seconds=timedelta(minutes=1).total_seconds())
    assert await staffed.errands.run_due() == 1
