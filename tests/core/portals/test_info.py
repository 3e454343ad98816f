"""What the service knows of a portal, and which addresses may be one's."""

import pytest

from core.config import Settings
from core.portals.endpoints import EndpointNotAllowed, allowed_origin
from tests.portal_kit import World, settings


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "/etc/localtime", "../../etc/passwd", "Europe"])
async def test_a_zone_nobody_knows_is_moscow(world: World, zone: str) -> None:
    portal = await world.installed("a")
    await world.store.change((await world.row(portal)).id, time_zone=zone)
    assert str((await world.info(portal)).zone) == "Europe/Moscow"


async def test_a_portal_shows_no_key(world: World) -> None:
    info = await world.info(await world.installed("a"))
    assert "vault" not in repr(info)
    assert info.is_active


CLOUD = settings()
BOX = settings(allowed_portals=("https://crm.example.ru:8443", "*.example.kz", "http://10.0.0.5"))


@pytest.mark.parametrize(
    ("endpoint", "rules", "origin"),
    [
        ("https://alpha.bitrix24.ru/rest/", CLOUD, "https://alpha.bitrix24.ru"),
        ("https://ALPHA.bitrix24.com.br/rest/", CLOUD, "https://alpha.bitrix24.com.br"),
        ("https://crm.example.ru:8443/rest/", BOX, "https://crm.example.ru:8443"),
        ("https://a.example.kz/rest/", BOX, "https://a.example.kz"),
        ("http://10.0.0.5/rest/", BOX, "http://10.0.0.5"),
    ],
)
def test_allowed_endpoints(endpoint: str, rules: Settings, origin: str) -> None:
    assert str(allowed_origin(endpoint, rules.portal_rules)) == origin


@pytest.mark.parametrize(
    ("endpoint", "rules"),
    [
        ("http://alpha.bitrix24.ru/rest/", CLOUD),
        ("https://alpha.bitrix24.ru:8443/rest/", CLOUD),
        ("https://bitrix24.ru/rest/", CLOUD),
        ("https://evilbitrix24.ru/rest/", CLOUD),
        ("https://alpha.bitrix24.ru.evil.example/rest/", CLOUD),
        ("https://alpha.bitrix24.ru@evil.example/rest/", CLOUD),
        ("https://crm.example.ru/rest/", BOX),
        ("https://alpha.bitrix24.ru/rest/", BOX),
        ("file:///etc/passwd", BOX),
        ("gopher://10.0.0.5/", BOX),
        ("", CLOUD),
    ],
)
def test_other_endpoints_are_not(endpoint: str, rules: Settings) -> None:
    with pytest.raises(EndpointNotAllowed):
        allowed_origin(endpoint, rules.portal_rules)
