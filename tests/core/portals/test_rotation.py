"""A change of SECRET_KEYS under way: everything stays readable, and it is known when the old key may go."""

import asyncio

import pytest

from core.portals.gate import Gate
from core.portals.info import info_of
from core.portals.keyring import Keyring, Unreadable
from core.portals.rotation import OldKeys, old_keys, rewrap
from core.portals.tokens import ACCESS
from tests.portal_kit import KEY, SECRET, World

NEW = b"n" * 32


async def sealed_access(world: World) -> bytes:
    value = (await world.sql("SELECT access_token FROM portal_user_token"))[0]["access_token"]
    assert isinstance(value, bytes)
    return value


async def test_data_keys_move_at_once_and_secrets_with_the_next_call(any_world: World) -> None:
    portal = await any_world.installed("a")
    both = Keyring([NEW, KEY])
    assert await old_keys(any_world.store, both) == OldKeys(1, 1)
    assert await rewrap(any_world.store, both) == 1
    assert await rewrap(any_world.store, both) == 0
    assert await old_keys(any_world.store, both) == OldKeys(0, 1)
    any_world.forget()
    assert await Gate(any_world.store, both, any_world.clock).admit(portal.member_id, SECRET)
    assert await old_keys(any_world.store, both) == OldKeys(0, 0)

    alone = Keyring([NEW])
    vault = info_of(await any_world.row(portal), alone).vault
    assert vault.open(await sealed_access(any_world), ACCESS).reveal() == "t-a"
    assert await Gate(any_world.store, alone, any_world.clock).admit(portal.member_id, SECRET)


async def test_reading_goes_on_while_keys_move(world: World) -> None:
    portal = await world.installed("a")
    sealed, both = await sealed_access(world), Keyring([NEW, KEY])

    async def read() -> str:
        return info_of(await world.row(portal), both).vault.open(sealed, ACCESS).reveal()

    read_all = await asyncio.gather(*(read() for _ in range(100)), rewrap(world.store, both))
    assert set(read_all[:-1]) == {"t-a"}


async def test_a_lost_key_is_noticed(world: World) -> None:
    await world.installed("a")
    with pytest.raises(Unreadable):
        await rewrap(world.store, Keyring([NEW]))


async def test_a_portal_that_left_needs_no_key_for_its_secret(world: World) -> None:
    portal = await world.installed("a")
    row = await world.row(portal)
    await world.store.doubt(row.id, at=world.clock.now())
    await world.store.remove(row.id, at=world.clock.now())
    assert await old_keys(world.store, Keyring([NEW, KEY])) == OldKeys(1, 0)
