"""Installations: what is proven is stored, what is claimed is not, and a known portal keeps its secret."""

import asyncio
from datetime import timedelta

import pytest

from core.bitrix24.errors import NotSent
from core.bitrix24.evidence import Sign
from core.bitrix24.secret import Secret
from core.portals.endpoints import EndpointNotAllowed
from core.portals.identity import NotProven
from core.portals.install import AdminRequired, InstallRequest, Verdict, decide
from core.portals.keyring import Keyring
from core.portals.new_secret import NewSecret
from core.portals.tables import Portal
from core.portals.tasks import payload_of
from tests.fake_bitrix import OAUTH, FakePortal
from tests.portal_kit import KEY, NOW, PUBLIC_URL, SECRET, World

NEW = "CANARY-new-application-token"


def request(portal: FakePortal, access: str, token: str | None = SECRET, refresh: str | None = "r") -> InstallRequest:
    return InstallRequest(
        portal.member_id,
        Secret(access),
        Secret(refresh) if refresh else None,
        Secret(token) if token is not None else None,
    )


def proof(world: World) -> NewSecret:
    return NewSecret(world.installer, world.lanes, PUBLIC_URL)


KEYRING = Keyring([KEY])


def known(status: str = "active", secret: str = SECRET) -> Portal:
    return Portal(
        id="p",
        member_id="a",
        origin="",
        client_endpoint="",
        oauth_host="",
        status=status,
        status_at=NOW,
        application_token_hash=KEYRING.fingerprint(secret.encode()) if secret else "",
        data_key=b"",
        admin_user_id=1,
        previous_token_hash=KEYRING.fingerprint(b"before"),
        previous_token_until=NOW + timedelta(minutes=1),
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize(
    ("portal", "token", "verdict"),
    [
        (None, None, Verdict.CREATE),
        (None, b"any", Verdict.CREATE),
        (known(), SECRET.encode(), Verdict.RENEW),
        (known(), None, Verdict.RENEW),
        (known(), b"before", Verdict.RENEW),
        (known(), b"other", Verdict.PEND),
        (known("uninstalling"), b"other", Verdict.PEND),
        (known("needs_reinstall"), b"other", Verdict.PEND),
        (known("uninstalled", ""), b"other", Verdict.ADOPT),
        (known("uninstalled", ""), None, Verdict.ADOPT),
        (known(secret=""), b"first", Verdict.ADOPT),
        (known(secret=""), None, Verdict.RENEW),
    ],
)
def test_what_an_installation_means(portal: Portal | None, token: bytes | None, verdict: Verdict) -> None:
    assert decide(portal, token, KEYRING, now=NOW) is verdict


async def test_a_new_portal_is_stored_as_the_oauth_host_describes_it(any_world: World) -> None:
    portal = await any_world.installed("a")
    row = await any_world.row(portal)
    assert (row.origin, row.client_endpoint, row.oauth_host) == ("https://a.bitrix24.ru", portal.endpoint, OAUTH)
    assert (row.status, row.admin_user_id, row.language, row.time_zone) == ("active", 1, "ru", "Europe/Moscow")
    assert await any_world.tasks(portal) == {"sync"}
    assert await any_world.audited(portal) == ["install_create"]


async def test_installing_again_changes_nothing_but_what_was_proven(world: World) -> None:
    portal = await world.installed("a")
    before = await world.row(portal)
    world.bitrix.token("t2", portal, 2)
    portal.admins.add(2)
    assert await world.installer.install(request(portal, "t2")) == "installed"
    after = await world.row(portal)
    assert (after.id, after.data_key, after.application_token_hash) == (
        before.id,
        before.data_key,
        before.application_token_hash,
    )
    assert after.admin_user_id == 2
    assert await world.audited(portal) == ["install_create", "install_renew"]


async def test_many_first_installations_make_one_portal(any_world: World) -> None:
    portal = any_world.bitrix.portal("a")
    any_world.bitrix.token("t", portal)
    done = await asyncio.gather(*(any_world.installer.install(request(portal, "t")) for _ in range(5)))
    assert set(done) == {"installed"}
    assert len(await any_world.sql("SELECT 1 FROM portal")) == 1


async def test_only_administrators_install(world: World) -> None:
    portal = world.bitrix.portal("a")
    world.bitrix.token("t", portal, 7)
    with pytest.raises(AdminRequired):
        await world.installer.install(request(portal, "t"))
    assert await world.sql("SELECT 1 FROM portal") == []


async def test_the_token_of_one_portal_installs_no_other(world: World) -> None:
    victim, attacker = await world.installed("a"), world.bitrix.portal("b")
    world.bitrix.token("t", attacker)
    before = await world.row(victim)
    with pytest.raises(NotProven):
        await world.installer.install(request(victim, "t", NEW))
    assert await world.row(victim) == before


async def test_f_31_nothing_is_stored_while_the_oauth_host_is_away(world: World) -> None:
    portal = world.bitrix.portal("a")
    world.bitrix.away[OAUTH] = Sign.CONNECT_FAILED
    with pytest.raises(NotSent):
        await world.installer.install(request(portal, "t"))
    assert await world.sql("SELECT 1 FROM portal") == []


async def test_a_portal_outside_the_rules_is_not_installed(world: World) -> None:
    portal = world.bitrix.portal("a", origin="http://127.0.0.1:6379")
    world.bitrix.token("t", portal)
    with pytest.raises(EndpointNotAllowed):
        await world.installer.install(request(portal, "t"))
    assert await world.sql("SELECT 1 FROM portal") == []


async def test_without_a_refresh_token_the_stored_pair_stays(world: World) -> None:
    portal = await world.installed("a")
    world.bitrix.token("t2", portal, 1)
    assert await world.installer.install(request(portal, "t2", refresh=None)) == "installed"
    tokens = await world.another_lanes().tokens((await world.row(portal)).id)
    assert (await tokens.access()).reveal() == "t-a"


async def test_a_secret_told_later_is_taken_from_an_administrator(world: World) -> None:
    """Portals of old builds tell no secret to pages; their ONAPPINSTALL does."""
    portal = world.bitrix.portal("a")
    world.bitrix.token("t", portal)
    await world.installer.install(request(portal, "t", None))
    assert await world.gate.admit(portal.member_id, "") is None
    assert await world.installer.install(request(portal, "t")) == "installed"
    assert await world.gate.admit(portal.member_id, SECRET) is not None


async def test_a_portal_that_was_closed_opens_by_installing_again(world: World) -> None:
    portal = await world.installed("a")
    await world.store.change((await world.row(portal)).id, status="needs_reinstall", status_reason="invalid_grant")
    assert await world.installer.install(request(portal, "t-a")) == "installed"
    assert (await world.row(portal)).status == "active"


async def test_a_portal_that_left_comes_back_with_its_settings(world: World) -> None:
    portal = await world.installed("a")
    row = await world.row(portal)
    await world.store.doubt(row.id, at=NOW)
    await world.store.remove(row.id, at=NOW)
    assert await world.installer.install(request(portal, "t-a", NEW)) == "installed"
    after = await world.row(portal)
    assert (after.id, after.status) == (row.id, "active")
    assert await world.gate.admit(portal.member_id, NEW) is not None
    assert await world.gate.admit(portal.member_id, SECRET) is None


async def test_a_changed_secret_waits_and_the_old_one_holds(world: World) -> None:
    portal = await world.installed("a")
    tokens_before = await world.sql("SELECT access_token FROM portal_user_token")
    assert await world.installer.install(request(portal, "t-a", NEW)) == "pending_verification"
    assert await world.gate.admit(portal.member_id, SECRET) is not None
    assert await world.gate.admit(portal.member_id, NEW) is None
    assert await world.sql("SELECT access_token FROM portal_user_token") == tokens_before
    assert "confirm_token" in await world.tasks(portal)
    assert "CANARY" not in str(await world.sql("SELECT payload FROM portal_task"))


async def pending(world: World) -> tuple[FakePortal, str]:
    """A portal whose new secret waits, and the nonce that the portal was asked to send back."""
    portal = await world.installed("a")
    await world.installer.install(request(portal, "t-a", NEW, refresh="r-a"))
    row = await world.row(portal)
    payload = await payload_of(row.id, world.database, kind="confirm_token")
    assert payload is not None
    await proof(world).ask(row, payload)
    return portal, portal.tested[0]["nonce"]


async def prove(world: World, portal: FakePortal, nonce: str, access: str, token: str = NEW) -> bool:
    found = await world.gate.pending(portal.member_id, token)
    return found is not None and await proof(world).prove(found, token.encode(), nonce, Secret(access))


async def test_the_portals_own_event_proves_the_new_secret(any_world: World) -> None:
    portal, nonce = await pending(any_world)
    assert {(event["event"], event["handler"]) for event in portal.events} == {("ONAPPTEST", f"{PUBLIC_URL}/b24/event")}
    assert await prove(any_world, portal, nonce, "t-a")
    assert await any_world.gate.admit(portal.member_id, NEW) is not None
    assert await any_world.gate.admit(portal.member_id, SECRET) is not None
    any_world.clock.advance(minutes=11)
    any_world.forget()
    assert await any_world.gate.admit(portal.member_id, SECRET) is None
    assert "confirm_token" not in await any_world.tasks(portal)
    assert (await any_world.audited(portal))[-1] == "install_renew"


async def test_another_nonce_proves_nothing(world: World) -> None:
    portal, _ = await pending(world)
    assert not await prove(world, portal, "guess", "t-a")


async def test_another_secret_proves_nothing(world: World) -> None:
    portal, nonce = await pending(world)
    assert not await prove(world, portal, nonce, "t-a", token="CANARY-third")


@pytest.mark.parametrize("user_id", [2, 7])
async def test_the_token_of_somebody_else_proves_nothing(world: World, user_id: int) -> None:
    """An employee, or another administrator, may have bound the event to a server of his own and seen the nonce."""
    portal, nonce = await pending(world)
    portal.admins.add(2)
    world.bitrix.token("theirs", portal, user_id)
    assert not await prove(world, portal, nonce, "theirs")
    assert not await prove(world, portal, nonce, "made-up")
    assert await world.gate.admit(portal.member_id, NEW) is None


async def test_a_proof_is_taken_once(world: World) -> None:
    portal, nonce = await pending(world)
    assert await prove(world, portal, nonce, "t-a")
    assert not await prove(world, portal, nonce, "t-a")


async def test_a_proven_secret_counts_even_if_its_tokens_died(world: World) -> None:
    portal, nonce = await pending(world)
    world.bitrix.token("fresh", portal, 1)
    del world.bitrix.tokens["t-a"]
    world.clock.advance(minutes=6)
    assert await prove(world, portal, nonce, "fresh")
    assert await world.gate.admit(portal.member_id, NEW) is not None
