"""Who is behind a token: the OAuth host's word about the portal and the user, the portal's about its administrators."""

import pytest

from core.bitrix24.errors import NotSent, Suspended, Unavailable
from core.bitrix24.evidence import Sign
from core.bitrix24.secret import Secret
from core.portals.endpoints import EndpointNotAllowed
from core.portals.identity import Identity, NotProven
from tests.fake_bitrix import OAUTH, FakePortal, failure
from tests.portal_kit import World


async def ask(world: World, access: str, portal: FakePortal) -> Identity:
    return await world.identities.identify(Secret(access), portal.member_id)


def asked(world: World) -> int:
    return len([path for origin, path, _ in world.bitrix.calls if origin == OAUTH])


async def test_an_administrator_is_known(world: World) -> None:
    portal = world.bitrix.portal("a")
    who = await ask(world, world.bitrix.token("t", portal, 1), portal)
    assert who == Identity(
        member_id=portal.member_id,
        user_id=1,
        is_admin=True,
        user_name="Анна Иванова",
        origin="https://a.bitrix24.ru",
        client_endpoint="https://a.bitrix24.ru/rest/",
        oauth_host=OAUTH,
        scope="bizproc,crm",
        portal_language="ru",
        license="ru_basic",
        zone="Europe/Moscow",
    )


async def test_an_employee_is_no_administrator(world: World) -> None:
    portal = world.bitrix.portal("a")
    assert not (await ask(world, world.bitrix.token("t", portal, 7), portal)).is_admin


async def test_a_token_of_another_application_proves_nothing(world: World) -> None:
    portal = world.bitrix.portal("a")
    with pytest.raises(NotProven):
        await ask(world, world.bitrix.token("t", portal, client_id="local.other"), portal)


async def test_a_token_of_another_portal_proves_nothing(world: World) -> None:
    mine, victim = world.bitrix.portal("b"), world.bitrix.portal("a")
    access = world.bitrix.token("t", mine)
    with pytest.raises(NotProven):
        await ask(world, access, victim)
    assert (await ask(world, access, mine)).member_id == mine.member_id


@pytest.mark.parametrize("access", ["made-up", "stale", ""])
async def test_an_unknown_token_proves_nothing(world: World, access: str) -> None:
    portal = world.bitrix.portal("a")
    world.bitrix.token("stale", portal)
    world.bitrix.stale.add("stale")
    with pytest.raises(NotProven):
        await ask(world, access, portal)


async def test_a_portal_that_names_another_user_proves_nothing(world: World) -> None:
    """The portal is a stranger's box: it may say what it likes, but not make one person of two."""
    portal = world.bitrix.portal("a")
    portal.troubles["profile"] = (200, {"result": {"ID": "2", "ADMIN": True}})
    with pytest.raises(NotProven):
        await ask(world, world.bitrix.token("t", portal, 7), portal)


@pytest.mark.parametrize("profile", [failure(400, "ERROR_CORE"), (200, {"result": []}), (200, {"result": None})])
async def test_strange_answers_of_a_portal_prove_nothing(world: World, profile: tuple[int, dict[str, object]]) -> None:
    portal = world.bitrix.portal("a")
    portal.troubles["profile"] = profile
    with pytest.raises(NotProven):
        await ask(world, world.bitrix.token("t", portal), portal)


async def test_what_app_info_lacks_is_left_empty(world: World) -> None:
    portal = world.bitrix.portal("a")
    portal.troubles["app.info"] = failure(400, "ERROR_CORE")
    who = await ask(world, world.bitrix.token("t", portal), portal)
    assert (who.is_admin, who.license, who.portal_language) == (True, "", "")


@pytest.mark.parametrize(
    "origin", ["http://a.bitrix24.ru", "https://box.example.ru", "https://a.bitrix24.ru.evil.example"]
)
async def test_an_endpoint_outside_the_rules_is_not_even_called(world: World, origin: str) -> None:
    portal = world.bitrix.portal("a", origin=origin)
    with pytest.raises(EndpointNotAllowed):
        await ask(world, world.bitrix.token("t", portal), portal)
    assert {host for host, _, _ in world.bitrix.calls} == {OAUTH}


async def test_an_endpoint_that_resolves_to_a_private_address_is_refused(world: World) -> None:
    portal = world.bitrix.portal("a")
    world.bitrix.away["https://a.bitrix24.ru"] = Sign.ADDRESS_FORBIDDEN
    with pytest.raises(EndpointNotAllowed):
        await ask(world, world.bitrix.token("t", portal), portal)


async def test_trouble_on_the_way_is_no_refusal_and_is_not_remembered(world: World) -> None:
    portal = world.bitrix.portal("a")
    access = world.bitrix.token("t", portal)
    world.bitrix.away["https://a.bitrix24.ru"] = Sign.CONNECT_FAILED
    with pytest.raises(NotSent):
        await ask(world, access, portal)
    world.bitrix.away = {OAUTH: Sign.READ_TIMEOUT}
    with pytest.raises(Unavailable):
        await ask(world, access, portal)
    world.bitrix.away.clear()
    world.monotonic.now += 20
    assert (await ask(world, access, portal)).is_admin


async def test_an_unpaid_portal_cannot_say(world: World) -> None:
    portal = world.bitrix.portal("a")
    portal.troubles["*"] = failure(402, "PAYMENT_REQUIRED")
    with pytest.raises(Suspended):
        await ask(world, world.bitrix.token("t", portal), portal)


async def test_a_proof_holds_for_five_minutes(world: World) -> None:
    portal = world.bitrix.portal("a")
    access = world.bitrix.token("t", portal)
    await ask(world, access, portal)
    portal.admins.clear()
    world.clock.advance(minutes=4)
    assert (await ask(world, access, portal)).is_admin
    world.clock.advance(minutes=2)
    assert not (await ask(world, access, portal)).is_admin
    assert asked(world) == 2


async def test_a_refusal_holds_for_half_a_minute(world: World) -> None:
    portal = world.bitrix.portal("a")
    for _ in range(3):
        with pytest.raises(NotProven):
            await ask(world, "t", portal)
    assert asked(world) == 1
    world.bitrix.token("t", portal)
    world.clock.advance(seconds=31)
    assert (await ask(world, "t", portal)).is_admin


async def test_one_portals_proof_is_remembered_and_is_no_proof_for_another(world: World) -> None:
    mine, victim = world.bitrix.portal("b"), world.bitrix.portal("a")
    access = world.bitrix.token("t", mine)
    await ask(world, access, mine)
    with pytest.raises(NotProven):
        await ask(world, access, victim)
    assert asked(world) == 1


async def test_no_client_secret_leaves_for_a_question(world: World) -> None:
    portal = world.bitrix.portal("a")
    await ask(world, world.bitrix.token("t", portal), portal)
    assert "CANARY" not in str(world.bitrix.calls)


async def test_questions_to_an_installed_portal_are_logged(world: World) -> None:
    portal = await world.installed("a")
    row = await world.row(portal)
    access = world.bitrix.token("t", portal, 7)
    await world.identities.identify(Secret(access), portal.member_id, portal_id=row.id)
    await world.lanes.calls.flush()
    logged = await world.sql("SELECT method, commands FROM rest_call")
    assert [(call["method"], "profile" in str(call["commands"])) for call in logged] == [("batch", True)]
