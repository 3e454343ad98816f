"""``POST /b24/install``: both forms, in JSON and as a page."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core.bitrix24.evidence import Sign
from core.portals.install import InstallRequest
from tests.fake_bitrix import OAUTH, FakePortal
from tests.portal_kit import SECRET, World
from tests.server.intake.calls import FORM, client_of, encoded, event

INSTALL = "/b24/install?DOMAIN=evil.example&PROTOCOL=0&LANG=en"
HTML = {"accept": "text/html,application/xhtml+xml"}


def page(portal: FakePortal, **more: Any) -> dict[str, Any]:
    """What a portal posts when it opens the installation page (platform.md 3.1)."""
    fields = {
        "AUTH_ID": "t",
        "AUTH_EXPIRES": "3600",
        "REFRESH_ID": "r",
        "SERVER_ENDPOINT": "https://evil.example/rest/",
        "APPLICATION_TOKEN": SECRET,
        "member_id": portal.member_id,
        "status": "L",
        "PLACEMENT": "DEFAULT",
        "PLACEMENT_OPTIONS": '{"any":"4"}',
    }
    return {name: value for name, value in {**fields, **more}.items() if value is not None}


class Pages:
    """Pages that only say which one they are."""

    async def installed(self, request: Request, claim: InstallRequest) -> Response:
        return PlainTextResponse(f"installed {claim.member_id}")

    def waiting(self, request: Request, *, code: str, http_status: int) -> Response:
        return PlainTextResponse(f"waiting {code}", status_code=http_status)


async def post(world: World, data: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> httpx.Response:
    async with client_of(world, install_pages=Pages()) as client:
        return await client.post(INSTALL, content=encoded(data), headers={**FORM, **(headers or {})})


def said(answer: httpx.Response) -> tuple[int, Any]:
    return answer.status_code, answer.json()


@pytest.fixture
def stranger(world: World) -> FakePortal:
    """A portal that is not installed, with a token ``t`` of its administrator."""
    portal = world.bitrix.portal("a")
    world.bitrix.token("t", portal, refresh="r")
    return portal


async def test_the_page_form_installs(world: World, stranger: FakePortal) -> None:
    assert said(await post(world, page(stranger))) == (200, {"status": "installed"})
    row = await world.row(stranger)
    assert (row.origin, row.oauth_host) == ("https://a.bitrix24.ru", OAUTH)
    assert {origin for origin, _, _ in world.bitrix.calls} == {OAUTH, "https://a.bitrix24.ru"}
    assert world.rung == 1


async def test_the_event_form_installs_at_the_same_address(world: World, stranger: FakePortal) -> None:
    install = event(stranger, "ONAPPINSTALL", {"VERSION": "1"}, access_token="t", refresh_token="r")
    assert said(await post(world, install)) == (200, {"status": "installed"})


async def test_an_older_portal_tells_no_secret_to_pages(world: World, stranger: FakePortal) -> None:
    assert said(await post(world, page(stranger, APPLICATION_TOKEN=None))) == (200, {"status": "installed"})
    assert said(await post(world, page(stranger, APPLICATION_TOKEN=""))) == (200, {"status": "installed"})


@pytest.mark.parametrize(
    "forged",
    [
        {"AUTH_ID": None},
        {"AUTH_ID": ["t"]},
        {"AUTH_ID": "garbage"},
        {"AUTH_ID": "other-app"},
        {"AUTH_ID": "other-portal"},
        {"AUTH_ID": "t" * 2000},
        {"member_id": None},
        {"member_id": ""},
        {"member_id": ["a"]},
        {"APPLICATION_TOKEN": [SECRET]},
    ],
)
async def test_what_proves_nothing_is_unauthorized(world: World, stranger: FakePortal, forged: dict[str, Any]) -> None:
    world.bitrix.token("other-app", stranger, client_id="local.other")
    world.bitrix.token("other-portal", world.bitrix.portal("b"))
    assert said(await post(world, page(stranger, **forged))) == (401, {"error": "unauthorized"})
    assert await world.sql("SELECT 1 FROM portal") == []


async def test_credentials_in_the_address_do_not_count(world: World, stranger: FakePortal) -> None:
    async with client_of(world) as client:
        answer = await client.post(f"/b24/install?{encoded(page(stranger)).decode()}", content=b"", headers=FORM)
    assert said(answer) == (401, {"error": "unauthorized"})


async def test_an_employee_cannot_install(world: World, stranger: FakePortal) -> None:
    world.bitrix.token("t", stranger, 7)
    assert said(await post(world, page(stranger))) == (403, {"error": "admin_required"})


async def test_another_endpoint_is_refused(world: World) -> None:
    portal = world.bitrix.portal("a", origin="http://192.168.0.1")
    world.bitrix.token("t", portal)
    assert said(await post(world, page(portal))) == (422, {"error": "endpoint_not_allowed"})


async def test_without_the_oauth_host_nobody_can_say(world: World, stranger: FakePortal) -> None:
    world.bitrix.away[OAUTH] = Sign.CONNECT_FAILED
    answer = await post(world, page(stranger))
    assert said(answer) == (503, {"error": "unavailable"})
    assert int(answer.headers["retry-after"]) > 0


async def test_another_secret_for_a_known_portal_waits(world: World, stranger: FakePortal) -> None:
    await post(world, page(stranger))
    answer = await post(world, page(stranger, APPLICATION_TOKEN="CANARY-new"))
    assert said(answer) == (202, {"status": "pending_verification"})


async def test_a_browser_gets_pages(world: World, stranger: FakePortal) -> None:
    installed = await post(world, page(stranger), HTML)
    assert (installed.status_code, installed.text) == (200, f"installed {stranger.member_id}")
    waiting = await post(world, page(stranger, APPLICATION_TOKEN="CANARY-new"), HTML)
    assert (waiting.status_code, waiting.text) == (202, "waiting pending_verification")
    refused = await post(world, page(stranger, AUTH_ID="garbage"), HTML)
    assert (refused.status_code, refused.text) == (401, "waiting unauthorized")


async def test_a_page_of_trouble_says_when_to_come_again(world: World, stranger: FakePortal) -> None:
    world.bitrix.away[OAUTH] = Sign.CONNECT_FAILED
    answer = await post(world, page(stranger), HTML)
    assert (answer.status_code, answer.text) == (503, "waiting unavailable")
    assert int(answer.headers["retry-after"]) > 0
