"""A portal that is renamed is followed; one that is in two places at once is stopped."""

from datetime import timedelta

from core.bitrix24.secret import Secret
from core.portals.install import InstallRequest
from core.portals.moves import TWO_ADDRESSES, follow
from tests.fake_bitrix import FakePortal
from tests.portal_kit import NOW, SECRET, World


async def moves(world: World, portal: FakePortal, *names: str, each: timedelta = timedelta(minutes=10)) -> None:
    row = await world.row(portal)
    for number, name in enumerate(names):
        origin = f"https://{name}.example.ru"
        await follow(row.id, world.store, origin=origin, endpoint=f"{origin}/rest/", at=NOW + number * each)


async def state(world: World, portal: FakePortal) -> tuple[str, str]:
    world.forget()
    row = await world.row(portal)
    return row.status, row.status_reason


async def test_a_rename_and_a_change_of_mind_are_followed(any_world: World) -> None:
    portal = await any_world.installed("a")
    await moves(any_world, portal, "new", "old", "old")
    assert await state(any_world, portal) == ("active", "")
    assert (await any_world.row(portal)).origin == "https://old.example.ru"
    assert (await any_world.audited(portal)).count("portal_moved") == 2


async def test_two_addresses_that_take_turns_stop_the_portal(any_world: World) -> None:
    portal = await any_world.installed("a")
    await moves(any_world, portal, "copy", "box", "copy", "box")
    assert await state(any_world, portal) == ("needs_reinstall", TWO_ADDRESSES)
    assert (await any_world.audited(portal)).count("portal_frozen") == 1


async def test_moves_that_are_hours_apart_are_moves(any_world: World) -> None:
    portal = await any_world.installed("a")
    await moves(any_world, portal, "a", "b", "c", "d", "e", each=timedelta(hours=1))
    assert await state(any_world, portal) == ("active", "")


async def test_an_administrator_who_installs_again_ends_it(world: World) -> None:
    portal = await world.installed("a")
    await moves(world, portal, "copy", "box", "copy")
    again = InstallRequest(portal.member_id, Secret("t-a"), Secret("r-a"), Secret(SECRET))
    assert await world.installer.install(again) == "installed"
    assert await state(world, portal) == ("active", "")
    assert (await world.row(portal)).client_endpoint == portal.endpoint
