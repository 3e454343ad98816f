"""The application_token: the only key to our door, compared without telling anything."""

import hmac

import pytest

from core.portals.gate import Gate
from core.portals.keyring import Keyring
from tests.portal_kit import KEY, NOW, SECRET, World


async def test_the_right_secret_opens(any_world: World) -> None:
    portal = await any_world.installed("a")
    admitted = await any_world.gate.admit(portal.member_id, SECRET)
    assert admitted is not None
    assert admitted.member_id == portal.member_id


@pytest.mark.parametrize(
    "token",
    [
        "",
        "null",
        SECRET[:-1],
        SECRET + "x",
        SECRET + "\x00",
        SECRET.upper(),
        "т" * 30,
        "a" * 300,
        None,
        [SECRET],
        {"a": SECRET},
    ],
)
async def test_any_other_does_not(world: World, token: object) -> None:
    portal = await world.installed("a")
    assert await world.gate.admit(portal.member_id, token) is None


@pytest.mark.parametrize("member_id", ["", "b" * 32, None, ["a" * 32], {}, "../../etc/passwd", "a\x00", "a" * 65, "-"])
async def test_nobody_else_gets_in_with_it(world: World, member_id: object) -> None:
    await world.installed("a")
    assert await world.gate.admit(member_id, SECRET) is None


async def test_the_secret_of_another_portal_does_not_open(world: World) -> None:
    await world.installed("a")
    other = await world.installed("b", secret="CANARY-other")
    assert await world.gate.admit(other.member_id, SECRET) is None


@pytest.mark.parametrize("status", ["suspended", "needs_reinstall", "uninstalling"])
async def test_a_closed_portal_may_still_bring_work(world: World, status: str) -> None:
    portal = await world.installed("a")
    await world.store.change((await world.row(portal)).id, status=status)
    assert await world.gate.admit(portal.member_id, SECRET) is not None


async def test_after_the_uninstallation_nothing_opens(world: World) -> None:
    portal = await world.installed("a")
    row = await world.row(portal)
    await world.store.doubt(row.id, at=NOW)
    await world.store.remove(row.id, at=NOW)
    assert await world.gate.admit(portal.member_id, SECRET) is None
    assert await world.gate.admit(portal.member_id, "") is None


async def test_a_known_portal_costs_no_statement_and_a_refusal_one(world: World, statements: list[str]) -> None:
    portal = await world.installed("a")
    await world.gate.admit(portal.member_id, SECRET)
    for member_id, token, cost in [
        (portal.member_id, SECRET, 0),
        (portal.member_id, "wrong", 1),
        ("b" * 32, SECRET, 1),
        ("not a member", SECRET, 1),
        (None, None, 1),
    ]:
        statements.clear()
        await world.gate.admit(member_id, token)
        assert len(statements) == cost, (member_id, statements)


async def test_a_secret_changed_by_another_process_is_seen_at_once(world: World) -> None:
    portal = await world.installed("a")
    await world.gate.admit(portal.member_id, SECRET)
    fresh = world.keyring.fingerprint(b"CANARY-new")
    await world.sql("UPDATE portal SET application_token_hash = :hash", hash=fresh)
    assert await world.gate.admit(portal.member_id, "CANARY-new") is not None


async def test_after_a_rotation_of_keys_the_secret_moves_to_the_newest(world: World) -> None:
    portal = await world.installed("a")
    both = Keyring([b"n" * 32, KEY])
    world.forget()
    assert await Gate(world.store, both, world.clock).admit(portal.member_id, SECRET) is not None
    assert both.is_current((await world.row(portal)).application_token_hash)
    world.forget()
    assert await Gate(world.store, both, world.clock).admit(portal.member_id, SECRET) is not None


async def test_the_secret_is_nowhere_in_the_database(world: World) -> None:
    await world.installed("a")
    assert "CANARY" not in str([dict(row) for row in await world.sql("SELECT * FROM portal")])


async def test_every_refusal_compares_as_often_and_in_constant_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An early end, or ``==``, would tell by its time how much of a guess was right."""
    portal = await world.installed("a")
    compared: list[int] = []
    constant_time = hmac.compare_digest

    def counting(one: bytes, other: bytes) -> bool:
        compared.append(len(one))
        return constant_time(one, other)

    monkeypatch.setattr("core.portals.keyring.hmac.compare_digest", counting)
    costs = []
    for member_id, token in [(portal.member_id, "wrong"), (portal.member_id, SECRET[:-1]), ("b" * 32, SECRET), (0, 0)]:
        world.forget()
        compared.clear()
        assert await world.gate.admit(member_id, token) is None
        costs.append(list(compared))
    assert costs == [[64] * 4] * 4
