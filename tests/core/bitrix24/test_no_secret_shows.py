"""Canaries in tokens, texts and answers: none of them may show in logs, errors or records, whatever goes wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from core.bitrix24.batcher import Batcher
from core.bitrix24.command import Command
from core.bitrix24.errors import BitrixError
from core.bitrix24.oauth import OAuth
from core.bitrix24.secret import Secret
from core.bitrix24.transport import Transport
from tests.core.bitrix24.portal import NOON, Hands, Portal, Tokens, failed, said

PARAMS: dict[str, Any] = {"MESSAGE": "CANARY-text +7 900 000-00-00", "CHAT_ID": 5, "fields": {"TITLE": "CANARY-title"}}
SEND = {"send": Command("imopenlines.crm.message.add", PARAMS)}
BOTH = {**SEND, "tell": Command("im.notify.system.add", PARAMS)}
ANSWERS: list[Any] = [
    said({"result": "CANARY-result", "time": {"operating": 1}}),
    said({"result": {"result": {"send": "CANARY"}, "result_error": {"tell": {"error": "CANARY " * 20}}}}),
    failed("ERROR_CORE", 400, "CANARY-description"),
    failed("CANARY-code with words", 400, "CANARY-description"),
    failed("PAYMENT_REQUIRED", 401, "CANARY-description"),
    failed("QUERY_LIMIT_EXCEEDED", 503, "CANARY-description"),
    failed("OPERATION_TIME_LIMIT", 429, "CANARY-description"),
    failed("invalid_grant", 400, "CANARY-description"),
    failed("INTERNAL_SERVER_ERROR", 500, "CANARY-description"),
    httpx.Response(502, text="<html>CANARY-page</html>"),
    httpx.Response(302, headers={"location": "https://portal.example/?auth=CANARY-location"}),
    httpx.Response(200, text="CANARY-page", headers={"set-cookie": "a=CANARY-cookie"}),
    httpx.ConnectError("CANARY-connect"),
    httpx.ReadTimeout("CANARY-timeout"),
    httpx.RemoteProtocolError("CANARY-protocol"),
]


class CanaryTokens(Tokens):
    """Tokens whose every generation is a canary."""

    def __init__(self) -> None:
        super().__init__()
        self.current = Secret("CANARY-access")

    async def refreshed(self, stale: Secret) -> Secret:
        return Secret(f"CANARY-fresh-{stale.reveal()}")


@pytest.fixture
def seen(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """What a test showed, with everything that was logged at any level; searched at the end."""
    caplog.set_level(logging.DEBUG)
    texts: list[str] = []
    yield texts
    everything = "\n".join([*texts, caplog.text, *(str(vars(record)) for record in caplog.records)])
    assert "CANARY" not in everything


def shown(error: BaseException) -> str:
    """An error as logs, trackers and consoles show it, with all that it came from."""
    told = [repr(error), str(error), *traceback.format_exception(error)]
    return "\n".join(line for line in "".join(told).splitlines() if "    " not in line[:5])


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("commands", [SEND, BOTH])
@pytest.mark.parametrize("is_write", [True, False])
async def test_a_portal_s_answer_shows_nothing(
    transport: Transport, portal: Portal, seen: list[str], answer: Any, commands: dict[str, Command], is_write: bool
) -> None:
    hands = Hands(transport, tokens=CanaryTokens())
    portal.script = [answer, answer]
    try:
        if is_write:
            outcomes = await hands.client.write(commands)
            seen.extend(repr((outcome.evidence, outcome.outcome, outcome.trouble)) for outcome in outcomes.values())
        else:
            await hands.client.read(commands)
    except BitrixError as error:
        seen.append(shown(error))
    seen.extend(repr(call) for call in hands.calls)
    assert portal.tokens[0] == "CANARY-access"


@pytest.mark.parametrize("answer", [failed("expired_token", 401), *ANSWERS])
async def test_a_refresh_shows_nothing(transport: Transport, portal: Portal, seen: list[str], answer: Any) -> None:
    oauth = OAuth(
        ["https://oauth.example"], "local.1", Secret("CANARY-client-secret"), transport=transport, now=lambda: NOON
    )
    for ask in (
        oauth.app_info(Secret("CANARY-access")),
        oauth.refresh(Secret("CANARY-refresh"), "https://oauth.example"),
    ):
        portal.script = [answer]
        try:
            seen.append(repr(await ask))
        except BitrixError as error:
            seen.append(shown(error))
    assert all(request.url.query == b"" for request in portal.requests)


async def test_a_new_pair_shows_nothing(transport: Transport, portal: Portal, seen: list[str]) -> None:
    pair = {"access_token": "CANARY-a", "refresh_token": "CANARY-r", "client_endpoint": "https://portal.example/rest/"}
    portal.script = [said({**pair, "member_id": "m"})]
    oauth = OAuth(["https://oauth.example"], "local.1", Secret("CANARY-client-secret"), transport=transport)
    tokens = await oauth.refresh(Secret("CANARY-refresh"), "https://oauth.example")
    seen.append(repr(tokens))
    assert tokens.access.reveal() == "CANARY-a"


async def test_a_batcher_shows_nothing(hands: Hands, portal: Portal, seen: list[str]) -> None:
    portal.script = [httpx.Response(502, text="CANARY-page")]
    with pytest.raises(BitrixError) as caught:
        await Batcher(hands.client).read(BOTH)
    seen.extend([shown(caught.value), *(repr(call) for call in hands.calls)])


async def test_an_address_shows_nothing(hands: Hands, portal: Portal) -> None:
    portal.methods["profile"] = lambda _params: True
    await hands.client.read({"me": Command("profile", {"TEXT": "CANARY"})})
    (request,) = portal.requests
    assert str(request.url) == "https://portal.example/rest/profile"
    assert "CANARY" not in str(request.headers)
