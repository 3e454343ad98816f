"""The stored pair: one refresh for all, persisted before use, and no refusal believed without a second look."""

import asyncio
from functools import partial

import pytest

from core.bitrix24.errors import NotSent, Revoked, Unavailable
from core.bitrix24.evidence import Sign
from core.bitrix24.secret import Secret
from core.portals.tokens import StoredTokens, TokenPair, save_tokens
from tests.fake_bitrix import OAUTH, FakePortal
from tests.portal_kit import NOW, World


async def tokens_of(world: World, portal: FakePortal) -> StoredTokens:
    """Credentials as a process has them that has not used them yet."""
    return await world.another_lanes().tokens((await world.row(portal)).id)


async def generation(world: World) -> object:
    return (await world.sql("SELECT generation FROM portal_user_token"))[0]["generation"]


async def test_the_pair_is_sealed_in_the_database(any_world: World) -> None:
    portal = await any_world.installed("a")
    row = (await any_world.sql("SELECT access_token, refresh_token FROM portal_user_token"))[0]
    assert b"t-a" not in bytes(str(row), "utf-8")
    assert (await (await tokens_of(any_world, portal)).access()).reveal() == "t-a"


async def test_many_callers_cause_one_refresh(any_world: World) -> None:
    portal = await any_world.installed("a")
    tokens = await tokens_of(any_world, portal)
    fresh = await asyncio.gather(*(tokens.refreshed(Secret("t-a")) for _ in range(40)))
    assert {token.reveal() for token in fresh} == {"t-a~1"}
    assert any_world.bitrix.refreshed == 1
    assert (await tokens.access()).reveal() == "t-a~1"


async def test_f_17_many_processes_cause_one_refresh(any_world: World) -> None:
    portal = await any_world.installed("a")
    processes = [await tokens_of(any_world, portal) for _ in range(5)]
    fresh = await asyncio.gather(*(tokens.refreshed(Secret("t-a")) for tokens in processes))
    assert {token.reveal() for token in fresh} == {"t-a~1"}
    assert any_world.bitrix.refreshed == 1
    assert await generation(any_world) == 2


async def test_a_token_refreshed_elsewhere_is_taken_without_asking(world: World) -> None:
    portal = await world.installed("a")
    first, second = await tokens_of(world, portal), await tokens_of(world, portal)
    await second.access()
    await first.refreshed(Secret("t-a"))
    assert (await second.refreshed(Secret("t-a"))).reveal() == "t-a~1"
    assert world.bitrix.refreshed == 1


async def test_f_17_the_old_refresh_token_is_kept_for_one_generation(world: World) -> None:
    """The answer of a refresh was lost on its way: the host has forgotten the token that we still have."""
    portal = await world.installed("a")
    tokens = await tokens_of(world, portal)
    await tokens.refreshed(Secret("t-a"))
    bearer = world.bitrix.tokens["t-a~1"]
    bearer.refresh = "r-a"
    assert (await tokens.refreshed(Secret("t-a~1"))).reveal() == "t-a~2"


async def test_a_refusal_is_explained_by_a_pair_stored_meanwhile(world: World) -> None:
    portal = await world.installed("a")
    tokens, vault = await tokens_of(world, portal), (await world.info(portal)).vault
    world.bitrix.tokens["t-a"].refresh = ""
    pair = TokenPair(Secret("healed"), Secret("r-healed"), NOW)
    world.bitrix.meanwhile = partial(save_tokens, vault, world.database, user_id=1, pair=pair, at=NOW)
    assert (await tokens.refreshed(Secret("t-a"))).reveal() == "healed"


async def test_dead_credentials_are_revoked_and_free_for_the_next_try(any_world: World) -> None:
    portal = await any_world.installed("a")
    any_world.bitrix.tokens["t-a"].refresh = ""
    tokens = await tokens_of(any_world, portal)
    for _ in range(2):
        with pytest.raises(Revoked, match="invalid_grant"):
            await tokens.refreshed(Secret("t-a"))
    assert (await any_world.sql("SELECT refresh_until FROM portal_user_token"))[0]["refresh_until"] is None


async def test_a_host_that_is_away_costs_nothing_but_time(world: World) -> None:
    portal = await world.installed("a")
    tokens = await tokens_of(world, portal)
    world.bitrix.away[OAUTH] = Sign.CONNECT_FAILED
    with pytest.raises(NotSent):
        await tokens.refreshed(Secret("t-a"))
    world.bitrix.away.clear()
    world.forget()
    world.forget()
    assert (await tokens.refreshed(Secret("t-a"))).reveal() == "t-a~1"


async def test_f_17_a_process_that_died_while_refreshing_blocks_for_half_a_minute_at_most(world: World) -> None:
    portal = await world.installed("a")
    await world.sql("UPDATE portal_user_token SET refresh_until = {now} + 30000")
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    info = await world.info(portal)

    async def stays(endpoint: str) -> str:
        return endpoint

    tokens = StoredTokens(
        info, 1, database=world.database, oauth=world.oauth, now=world.clock.real, moved=stays, sleep=sleep
    )
    with pytest.raises(Unavailable):
        await tokens.refreshed(Secret("t-a"))
    assert sum(waits) == pytest.approx(30.2)
    await world.sql("UPDATE portal_user_token SET refresh_until = {now} - 1")
    assert (await tokens.refreshed(Secret("t-a"))).reveal() == "t-a~1"


async def test_a_pair_of_another_portal_is_not_stored(world: World) -> None:
    portal = await world.installed("a")
    other = world.bitrix.portal("b")
    world.bitrix.tokens["t-a"].member_id = other.member_id
    with pytest.raises(Revoked):
        await (await tokens_of(world, portal)).refreshed(Secret("t-a"))
    assert await generation(world) == 1


async def test_a_renamed_portal_is_followed_where_the_oauth_host_says(world: World) -> None:
    portal = await world.installed("a")
    tokens = await tokens_of(world, portal)
    portal.endpoint = "https://renamed.bitrix24.ru/rest/"
    await tokens.refreshed(Secret("t-a"))
    assert tokens.endpoint == portal.endpoint
    assert (await world.row(portal)).origin == "https://renamed.bitrix24.ru"
    assert "portal_moved" in await world.audited(portal)


async def test_a_renamed_portal_is_not_followed_out_of_the_allowed_zones(world: World) -> None:
    portal = await world.installed("a")
    tokens = await tokens_of(world, portal)
    portal.endpoint = "https://evil.example/rest/"
    assert (await tokens.refreshed(Secret("t-a"))).reveal() == "t-a~1"
    assert tokens.endpoint == "https://a.bitrix24.ru/rest/"


async def test_without_a_row_there_are_no_credentials(world: World) -> None:
    portal = await world.installed("a")
    tokens = await tokens_of(world, portal)
    await world.sql("DELETE FROM portal_user_token")
    with pytest.raises(Revoked, match="no_tokens"):
        await tokens.access()


async def test_the_client_secret_goes_to_the_oauth_host_alone(world: World) -> None:
    portal = await world.installed("a")
    await (await tokens_of(world, portal)).refreshed(Secret("t-a"))
    told = {origin for origin, _, params in world.bitrix.calls if "CANARY-client-secret" in str(params)}
    assert told == {OAUTH}
