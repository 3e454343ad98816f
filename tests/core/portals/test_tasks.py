"""What is owed to portals: claimed once, finished by its doer alone, asked for again while it runs."""

import asyncio
from datetime import timedelta

from core.db import Database
from core.portals.tasks import claim, finish, owe, owed, payload_of, put_off, waive
from tests.portal_kit import NOW, World

LATER = NOW + timedelta(minutes=1)


async def portal_of(world: World, name: str = "a") -> str:
    """A portal to which nothing is owed."""
    row = await world.row(await world.installed(name))
    await waive(row.id, world.database, kind="sync")
    return row.id


async def test_a_task_is_claimed_once_when_it_is_due(any_world: World) -> None:
    portal_id, database = await portal_of(any_world), any_world.database
    await owe(portal_id, database, kind="sync", due_at=LATER, payload={"why": "update"})
    assert await claim(database, at=NOW) is None
    task = await claim(database, at=LATER)
    assert task is not None
    assert (task.portal_id, task.kind, task.payload, task.attempt) == (portal_id, "sync", {"why": "update"}, 1)
    assert await claim(database, at=LATER) is None
    await finish(task, database)
    assert await owed(portal_id, database) == {}


async def test_of_many_who_claim_one_gets_it(any_world: World) -> None:
    portal_id, database = await portal_of(any_world), any_world.database
    await owe(portal_id, database, kind="sync", due_at=NOW)
    claimed = await asyncio.gather(*(claim(database, at=NOW) for _ in range(20)))
    assert len([task for task in claimed if task]) == 1


async def test_the_longest_due_comes_first(any_world: World) -> None:
    first, second = await portal_of(any_world, "a"), await portal_of(any_world, "b")
    await owe(second, any_world.database, kind="sync", due_at=NOW)
    await owe(first, any_world.database, kind="sync", due_at=NOW - timedelta(minutes=1))
    task = await claim(any_world.database, at=NOW)
    assert task is not None
    assert task.portal_id == first


async def test_a_lease_that_ran_out_is_free_and_its_doer_changes_nothing(any_world: World) -> None:
    portal_id, database = await portal_of(any_world), any_world.database
    await owe(portal_id, database, kind="sync", due_at=NOW)
    dead = await claim(database, at=NOW, lease=timedelta(seconds=-1))
    heir = await claim(database, at=NOW)
    assert dead is not None
    assert heir is not None
    assert heir.attempt == 2
    await finish(dead, database)
    await put_off(dead, database, due_at=LATER, note="dead")
    assert await claim(database, at=LATER) is None
    assert await owed(portal_id, database) == {"sync": ""}


async def test_what_is_asked_for_again_while_it_is_done_is_done_again(any_world: World) -> None:
    portal_id, database = await portal_of(any_world), any_world.database
    await owe(portal_id, database, kind="sync", due_at=NOW)
    first = await claim(database, at=NOW)
    assert first is not None
    await owe(portal_id, database, kind="sync", due_at=NOW)
    assert await claim(database, at=NOW) is None
    await finish(first, database)
    second = await claim(database, at=NOW)
    assert second is not None
    await finish(second, database)
    assert await owed(portal_id, database) == {}


async def test_a_task_put_off_says_why(any_world: World) -> None:
    portal_id, database = await portal_of(any_world), any_world.database
    await owe(portal_id, database, kind="sync", due_at=NOW)
    task = await claim(database, at=NOW)
    assert task is not None
    await put_off(task, database, due_at=LATER, note="ACCESS_DENIED")
    assert await owed(portal_id, database) == {"sync": "ACCESS_DENIED"}
    assert await claim(database, at=NOW) is None
    again = await claim(database, at=LATER)
    assert again is not None
    assert again.attempt == 2


async def test_a_payload_can_be_read_while_it_is_owed(world: World) -> None:
    portal_id, database = await portal_of(world), world.database
    assert await payload_of(portal_id, database, kind="heal") is None
    await owe(portal_id, database, kind="heal", due_at=NOW, payload={"a": "1"})
    assert await payload_of(portal_id, database, kind="heal") == {"a": "1"}


async def test_nothing_is_due_in_an_empty_database(any_database: Database) -> None:
    assert await claim(any_database, at=NOW) is None
