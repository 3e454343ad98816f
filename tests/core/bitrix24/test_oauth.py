"""The OAuth host: who knows a token, what a refresh brings, and where the client secret goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st

from core.bitrix24.errors import (
    BitrixError,
    LimitExceeded,
    NotSent,
    Refused,
    Revoked,
    Suspended,
    TryLater,
    Unavailable,
    UserLocked,
)
from core.bitrix24.oauth import OAuth
from core.bitrix24.oauth_answers import AppInfo, Tokens, rest_endpoint
from core.bitrix24.secret import Secret
from core.bitrix24.transport import Transport
from tests.core.bitrix24.portal import NOON, failed, said

TECH, INFO = "https://oauth.bitrix24.tech", "https://oauth.bitrix.info"
ACCESS, REFRESH = Secret("CANARY-access"), Secret("CANARY-refresh")
KNOWN: dict[str, Any] = {
    "client_id": "local.1",
    "scope": "crm,im imopenlines",
    "expires": 1772456400,
    "user_id": "7",
    "install": {
        "installed": True,
        "status": "L",
        "domain": "portal.example",
        "client_endpoint": "https://portal.example/rest/",
        "member_id": "a" * 32,
    },
}
PAIR: dict[str, Any] = {
    "access_token": "CANARY-new-access",
    "refresh_token": "CANARY-new-refresh",
    "expires": 1,
    "expires_in": 3600,
    "client_endpoint": "https://portal.example/rest/",
    "server_endpoint": "https://evil.example/rest/",
    "domain": "oauth.bitrix24.tech",
    "member_id": "a" * 32,
    "user_id": 7,
}


class Asked:
    """An OAuth client with two hosts whose answers are prepared."""

    def __init__(self, transport: Transport, router: respx.MockRouter) -> None:
        self.seconds = 0.0
        self.router = router
        self.oauth = OAuth(
            [TECH, f"{INFO}/"],
            "local.1",
            Secret("CANARY-client-secret"),
            transport=transport,
            now=lambda: NOON,
            monotonic=lambda: self.seconds,
        )

    def tells(self, host: str, path: str, *answers: httpx.Response | Exception) -> respx.Route:
        return self.router.post(f"{host}/{path}").mock(side_effect=list(answers))


@pytest.fixture
def asked(transport: Transport) -> Iterator[Asked]:
    with respx.mock(assert_all_called=False) as router:
        yield Asked(transport, router)


def known(**changes: Any) -> httpx.Response:
    return said({"result": {**KNOWN, **changes}})


async def test_the_host_that_knows_the_token_is_told(asked: Asked) -> None:
    asked.tells(TECH, "rest/app.info", failed("invalid_token", 401))
    asked.tells(INFO, "rest/app.info", known())
    info = await asked.oauth.app_info(ACCESS)
    assert info == AppInfo(
        host=INFO,
        client_id="local.1",
        member_id="a" * 32,
        client_endpoint="https://portal.example/rest/",
        user_id=7,
        scope=frozenset({"crm", "im", "imopenlines"}),
        status="L",
        domain="portal.example",
        is_installed=True,
    )


async def test_the_first_that_knows_it_is_enough(asked: Asked) -> None:
    asked.tells(TECH, "rest/app.info", known())
    second = asked.tells(INFO, "rest/app.info")
    info = await asked.oauth.app_info(ACCESS)
    assert info is not None
    assert info.host == TECH
    assert not second.called


async def test_the_token_travels_in_the_body(asked: Asked) -> None:
    route = asked.tells(TECH, "rest/app.info", known())
    await asked.oauth.app_info(ACCESS)
    request = route.calls.last.request
    assert request.url.query == b""
    assert parse_qs(request.content.decode()) == {"auth": ["CANARY-access"]}
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "code", ["invalid_token", "expired_token", "NO_AUTH_FOUND", "NOT_INSTALLED", "user_access_error", "X"]
)
async def test_a_token_that_nobody_knows_is_none(asked: Asked, code: str) -> None:
    asked.tells(TECH, "rest/app.info", failed(code, 401))
    asked.tells(INFO, "rest/app.info", failed(code, 401))
    assert await asked.oauth.app_info(ACCESS) is None


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ConnectTimeout("late"), NotSent),
        (httpx.ReadTimeout("late"), Unavailable),
        (httpx.Response(502, text="<html>"), Unavailable),
        (httpx.Response(200, text="<html>"), Unavailable),
        (httpx.Response(302, headers={"location": "https://evil.example"}), Unavailable),
        (said({"result": {"client_id": "local.1"}}), Unavailable),
        (said({"result": []}), Unavailable),
        (failed("QUERY_LIMIT_EXCEEDED", 503), LimitExceeded),
        (failed("ERROR_METHOD_NOT_FOUND", 404), Unavailable),
    ],
)
async def test_a_host_that_says_nothing_useful_might_have_known_it(
    asked: Asked, answer: httpx.Response | Exception, error: type[TryLater]
) -> None:
    asked.tells(TECH, "rest/app.info", answer)
    asked.tells(INFO, "rest/app.info", failed("invalid_token", 401))
    with pytest.raises(error):
        await asked.oauth.app_info(ACCESS)


async def test_and_does_not_matter_when_another_knows_it(asked: Asked) -> None:
    asked.tells(TECH, "rest/app.info", httpx.ConnectError("down"))
    asked.tells(INFO, "rest/app.info", known())
    assert await asked.oauth.app_info(ACCESS) is not None


async def test_an_unpaid_application_is_suspended_and_not_unknown(asked: Asked) -> None:
    asked.tells(TECH, "rest/app.info", failed("PAYMENT_REQUIRED", 401))
    with pytest.raises(Suspended):
        await asked.oauth.app_info(ACCESS)


async def test_f_31_a_silent_host_is_left_alone_for_a_while(asked: Asked) -> None:
    route = asked.tells(TECH, "oauth/token/", httpx.ConnectTimeout("late"), said(PAIR))
    for _ in range(200):
        with pytest.raises(NotSent) as caught:
            await asked.oauth.refresh(REFRESH, TECH)
        assert caught.value.after == timedelta(seconds=10)
    assert route.call_count == 1
    asked.seconds += 10
    assert (await asked.oauth.refresh(REFRESH, TECH)).user_id == 7
    assert route.call_count == 2


async def test_an_error_of_one_token_silences_nobody(asked: Asked) -> None:
    route = asked.tells(TECH, "oauth/token/", failed("invalid_grant", 500), said(PAIR))
    with pytest.raises(Revoked):
        await asked.oauth.refresh(REFRESH, TECH)
    await asked.oauth.refresh(REFRESH, TECH)
    assert route.call_count == 2


async def test_a_refresh_brings_a_new_pair(asked: Asked) -> None:
    route = asked.tells(TECH, "oauth/token/", said(PAIR))
    tokens = await asked.oauth.refresh(REFRESH, f"{TECH}/")
    assert tokens == Tokens(
        access=Secret("CANARY-new-access"),
        refresh=Secret("CANARY-new-refresh"),
        expires_at=NOON + timedelta(hours=1),
        client_endpoint="https://portal.example/rest/",
        member_id="a" * 32,
        user_id=7,
    )
    request = route.calls.last.request
    assert request.url.query == b""
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["refresh_token"],
        "client_id": ["local.1"],
        "client_secret": ["CANARY-client-secret"],
        "refresh_token": ["CANARY-refresh"],
    }


@pytest.mark.parametrize("host", ["https://evil.example", "http://oauth.bitrix24.tech", f"{TECH}.evil.example", ""])
async def test_the_client_secret_goes_to_no_other_host(asked: Asked, host: str) -> None:
    route = asked.router.route()
    with pytest.raises(ValueError, match="client secret"):
        await asked.oauth.refresh(REFRESH, host)
    assert not route.called


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        *(
            (failed(code, 400), Revoked)
            for code in ("invalid_grant", "invalid_client", "expired_token", "invalid_token")
        ),
        *((failed(code, 401), Revoked) for code in ("NOT_INSTALLED", "ERROR_OAUTH", "APPLICATION_NOT_FOUND")),
        (failed("wrong_client", 200), Revoked),
        (failed("authorization_error", 401), UserLocked),
        (failed("PAYMENT_REQUIRED", 401), Suspended),
        (failed("invalid_request", 400), Refused),
        (failed("invalid_scope", 403), Refused),
        (failed("something_new", 400), Refused),
        (failed("QUERY_LIMIT_EXCEEDED", 503), LimitExceeded),
        (httpx.Response(200, text=""), Unavailable),
        (httpx.Response(200, text="null"), Unavailable),
        (httpx.Response(500, text="<html>"), Unavailable),
        (httpx.Response(302), Unavailable),
        (httpx.ReadTimeout("late"), Unavailable),
        (httpx.ConnectError("down"), NotSent),
        (said({**PAIR, "access_token": ""}), Unavailable),
        (said({**PAIR, "refresh_token": None}), Unavailable),
        (said({**PAIR, "client_endpoint": "javascript:alert(1)"}), Unavailable),
        (said({**PAIR, "member_id": []}), Unavailable),
        (said({"result": PAIR}), BitrixError),
    ],
)
async def test_what_a_refresh_may_meet(
    asked: Asked, answer: httpx.Response | Exception, error: type[BitrixError]
) -> None:
    asked.tells(TECH, "oauth/token/", answer)
    with pytest.raises(error):
        await asked.oauth.refresh(REFRESH, TECH)


@pytest.mark.parametrize(
    ("expires_in", "life"),
    [(1800, 1800), ("600", 600), (0, 3600), (-1, 3600), (10**9, 3600), (None, 3600), ("soon", 3600)],
)
def test_the_life_of_a_token_is_believed_within_reason(expires_in: Any, life: int) -> None:
    tokens = Tokens.read({**PAIR, "expires_in": expires_in}, now=NOON)
    assert tokens is not None
    assert tokens.expires_at == NOON + timedelta(seconds=life)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://portal.example/rest/", "https://portal.example/rest/"),
        ("https://Portal.Example/rest", "https://portal.example/rest/"),
        ("https://portal.example:8443/rest/", "https://portal.example:8443/rest/"),
        ("https://portal.example:443/rest/", "https://portal.example/rest/"),
        ("http://127.0.0.1:8088/rest/", "http://127.0.0.1:8088/rest/"),
        ("https://portal.example/bitrix/rest/", "https://portal.example/bitrix/rest/"),
        *((bad, None) for bad in ("", "portal.example/rest/", "ftp://portal.example/rest/", "https:///rest/")),
        *(
            (f"https://portal.example{bad}", None)
            for bad in ("", "/rest/?a=1", "/rest/#a", "/re st/", "@evil.example/rest/")
        ),
        ("https://user:password@portal.example/rest/", None),
        ("https://portal.example\\@evil.example/rest/", None),
        ("https://portal.example:99999/rest/", None),
        (None, None),
        (5, None),
        ([], None),
    ],
)
def test_a_portal_s_address_is_read_strictly(text: Any, expected: str | None) -> None:
    assert rest_endpoint(text) == expected


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*KNOWN, *PAIR]), inner, max_size=4),
    max_leaves=8,
)


@given(WILD)
def test_no_answer_of_any_shape_raises(value: Any) -> None:
    AppInfo.read(value, TECH)
    Tokens.read(value, now=datetime(2026, 1, 1, tzinfo=UTC))
    rest_endpoint(value)


async def test_a_host_tells_the_time(transport: Transport) -> None:
    oauth = OAuth([TECH, INFO], "local.1", Secret("CANARY-secret"), transport=transport)
    with respx.mock() as router:
        router.post(f"{TECH}/rest/app.info").mock(side_effect=httpx.ConnectError("away"))
        told = router.post(f"{INFO}/rest/app.info")
        told.respond(401, json={}, headers={"Date": "Tue, 24 Nov 2026 09:00:00 GMT"})
        assert await oauth.time_there() == datetime(2026, 11, 24, 9, tzinfo=UTC)
        told.respond(401, json={}, headers={"Date": "some day"})
        assert await oauth.time_there() is None
        assert all(b"CANARY" not in call.request.content for call in router.calls)
