"""Portals in the database: found, remembered for seconds, closed and opened again."""

import asyncio
from datetime import timedelta

from core.portals.purge import purge
from core.portals.seen import forget_old_events, is_first
from core.portals.settings import change_settings, portal_settings
from tests.portal_kit import NOW, World


async def test_a_portal_is_found_by_its_member_id_alone(any_world: World) -> None:
    portal = await any_world.installed("a")
    found = await any_world.store.find(portal.member_id)
    assert found is not None
    assert found.origin == "https://a.bitrix24.ru"
    assert await any_world.store.find("b" * 32) is None
    assert await any_world.store.get(found.id) == found


async def test_who_asks_at_once_shares_one_answer_and_may_leave_alone(any_world: World) -> None:
    portal = await any_world.installed("a")
    any_world.monotonic.now += 6
    first, second, third = (asyncio.create_task(any_world.store.find(portal.member_id)) for _ in range(3))
    await asyncio.sleep(0)
    first.cancel()
    found = await asyncio.gather(first, second, third, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert found[1] is not None
    assert found[1] is found[2]


async def test_what_is_remembered_is_seconds_old_at_most(world: World) -> None:
    portal = await world.installed("a")
    await world.store.find(portal.member_id)
    assert world.store.remembered(portal.member_id) is not None
    world.monotonic.now += 5.1
    assert world.store.remembered(portal.member_id) is None


async def test_a_change_is_forgotten_at_once(world: World) -> None:
    portal = await world.installed("a")
    row = await world.row(portal)
    await world.store.change(row.id, language="de")
    assert world.store.remembered(portal.member_id) is None
    assert (await world.row(portal)).language == "de"


async def test_an_unknown_portal_is_not_remembered(world: World) -> None:
    await world.store.find("b" * 32)
    assert world.store.remembered("b" * 32) is None


async def test_closing_twice_for_one_reason_counts_once(any_world: World) -> None:
    row = await any_world.row(await any_world.installed("a"))
    store, look_at = any_world.store, NOW + timedelta(minutes=5)
    assert await store.close(row.id, status="suspended", reason="PAYMENT_REQUIRED", at=NOW, probe_at=look_at)
    assert not await store.close(row.id, status="suspended", reason="PAYMENT_REQUIRED", at=NOW, probe_at=None)
    assert await store.close(row.id, status="needs_reinstall", reason="invalid_grant", at=NOW, probe_at=None)
    assert await store.reopen(row.id, at=NOW)
    assert not await store.reopen(row.id, at=NOW)
    found = await store.get(row.id)
    assert found is not None
    assert (found.status, found.status_reason, found.probe_at, found.probes) == ("active", "", None, 0)


async def test_a_portal_that_leaves_cannot_be_closed_or_opened(any_world: World) -> None:
    row = await any_world.row(await any_world.installed("a"))
    store = any_world.store
    assert await store.doubt(row.id, at=NOW)
    assert not await store.doubt(row.id, at=NOW)
    assert not await store.close(row.id, status="suspended", reason="X", at=NOW, probe_at=None)
    assert not await store.reopen(row.id, at=NOW)
    assert await store.trust_again(row.id, at=NOW)
    found = await store.get(row.id)
    assert found is not None
    assert (found.status, found.status_reason) == ("active", "")


async def test_removing_takes_the_secret_the_tokens_and_the_sessions(any_world: World) -> None:
    row = await any_world.row(await any_world.installed("a"))
    assert not await any_world.store.remove(row.id, at=NOW)
    await any_world.store.doubt(row.id, at=NOW)
    assert await any_world.store.remove(row.id, at=NOW)
    found = await any_world.store.get(row.id)
    assert found is not None
    assert (found.status, found.application_token_hash) == ("uninstalled", "")
    assert await any_world.sql("SELECT 1 FROM portal_user_token") == []


async def test_an_address_moves_once(any_world: World) -> None:
    row = await any_world.row(await any_world.installed("a"))
    new = {"origin": "https://new.bitrix24.ru", "endpoint": "https://new.bitrix24.ru/rest/"}
    assert await any_world.store.move_to(row.id, at=NOW, **new)
    assert not await any_world.store.move_to(row.id, at=NOW, **new)


async def test_settings_are_set_changed_and_taken_back(any_world: World) -> None:
    row = await any_world.row(await any_world.installed("a"))
    other = await any_world.row(await any_world.installed("b"))
    database = any_world.database
    await change_settings(row.id, database, values={"timezone": "Asia/Almaty", "dry": True}, user_id=1, at=NOW)
    await change_settings(row.id, database, values={"timezone": None, "lines": [1, 2]}, user_id=2, at=NOW)
    await change_settings(row.id, database, values={}, user_id=2, at=NOW)
    assert await portal_settings(row.id, database) == {"dry": True, "lines": [1, 2]}
    assert await portal_settings(other.id, database) == {}


async def test_an_event_is_taken_once_in_ten_minutes(any_world: World) -> None:
    row = await any_world.row(await any_world.installed("a"))
    other = await any_world.row(await any_world.installed("b"))
    database = any_world.database
    assert await is_first(row.id, database, fingerprint="x", at=NOW)
    assert not await is_first(row.id, database, fingerprint="x", at=NOW + timedelta(minutes=9))
    assert await is_first(other.id, database, fingerprint="x", at=NOW)
    assert await is_first(row.id, database, fingerprint="x", at=NOW + timedelta(minutes=11))
    await forget_old_events(database, at=NOW + timedelta(minutes=15))
    assert len(await any_world.sql("SELECT 1 FROM event_seen")) == 1


async def test_nothing_of_a_portal_is_left_after_its_purge(any_world: World) -> None:
    row = await any_world.row(await any_world.installed("a"))
    await any_world.installed("b")
    assert not await purge(row.id, any_world.database)
    await any_world.store.doubt(row.id, at=NOW)
    await any_world.store.remove(row.id, at=NOW)
    assert await purge(row.id, any_world.database)
    assert await any_world.store.get(row.id) is None
    assert await any_world.sql("SELECT 1 FROM audit WHERE portal_id = :id", id=row.id) == []
    assert len(await any_world.sql("SELECT 1 FROM portal")) == 1
