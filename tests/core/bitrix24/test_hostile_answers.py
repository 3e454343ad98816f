"""A hundred canned answers through every method of the clients: a typed error or an answer, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from core.bitrix24.batcher import Batcher
from core.bitrix24.calls import RestCall
from core.bitrix24.client import PortalClient
from core.bitrix24.command import Answer, Command
from core.bitrix24.errors import BitrixError, OutcomeUnknown
from core.bitrix24.exchange import HttpAnswer, Media
from core.bitrix24.limits import LocalLimiter
from core.bitrix24.oauth import OAuth
from core.bitrix24.oauth_answers import AppInfo
from core.bitrix24.oauth_answers import Tokens as Pair
from core.bitrix24.outcome import Outcome, judge
from core.bitrix24.secret import Secret
from core.bitrix24.tokens import FixedToken
from core.origins import CLOUD_RULES
from core.portals.endpoints import EndpointNotAllowed
from core.portals.identity import Identities, Identity, NotProven
from tests.core.bitrix24.test_outcome import CANNED

HOST = "https://oauth.bitrix24.tech"
ENDPOINT = "https://portal.bitrix24.ru/rest/"
TOKEN = Secret("CANARY-token")
ONE = {"deal": Command("crm.item.get", {"entityTypeId": 2, "id": 17})}
TWO = {**ONE, "act": Command("crm.activity.list", {})}
#: What a batch may hold in the place of its parts.
INSIDE = ("null", "[]", "true", '"x"', '{"deal": 1}', '{"deal": [], "act": null}', "[[1], [2]]", '{"": {}}')
BATCHES = [
    f'{{"result": {{"result": {results}, "result_error": {errors}, "result_time": {results}}}}}'
    for results in INSIDE
    for errors in INSIDE
]
ANSWERS = [HttpAnswer(status, body.encode()) for status, body, _ in CANNED]
ANSWERS += [HttpAnswer(200, body.encode()) for body in BATCHES]
ANSWERS += [HttpAnswer(200, body) for body in (b"\xff\xfe", b"\x00", b'{"result": "\xff"}', b"{" * 5000)]


@dataclass
class Says:
    """Says the same to everything."""

    answer: HttpAnswer

    async def post(self, url: str, body: bytes, *, media: Media = Media.JSON, read_for: float) -> HttpAnswer:
        return self.answer


def _unrecorded(call: RestCall) -> None: ...


async def _no_nap(seconds: float) -> None: ...


def client(says: Says) -> PortalClient:
    source = FixedToken(ENDPOINT, TOKEN)
    return PortalClient(source, says, limiter=LocalLimiter(), lane="a", record=_unrecorded, sleep=_no_nap)


def oauth(says: Says) -> OAuth:
    return OAuth([HOST], "local.app", Secret("CANARY-secret"), transport=says)


def identities(says: Says) -> Identities:
    return Identities(oauth(says), says, LocalLimiter(), "local.app", CLOUD_RULES, lambda: datetime.now(UTC))


Method = Callable[[Says], Awaitable[object]]
METHODS: dict[str, Method] = {
    "read one": lambda says: client(says).read(ONE),
    "read a batch": lambda says: client(says).read(TWO),
    "read a batch that halts": lambda says: client(says).read(TWO, halt=True),
    "read among others": lambda says: Batcher(client(says), sleep=_no_nap).read(TWO),
    "write one": lambda says: client(says).write(ONE),
    "write a batch": lambda says: client(says).write(TWO),
    "write a batch that goes on": lambda says: client(says).write(TWO, halt=False),
    "whose token": lambda says: oauth(says).app_info(TOKEN),
    "a new pair": lambda says: oauth(says).refresh(TOKEN, HOST),
    "what time": lambda says: oauth(says).time_there(),
    "who is it": lambda says: identities(says).identify(TOKEN, "a" * 32),
}


def test_there_are_enough() -> None:
    assert len(CANNED) > 60


@pytest.mark.parametrize("name", METHODS)
async def test_every_answer_is_understood_or_refused(name: str) -> None:
    for answer in ANSWERS:
        got = await outcome(name, Says(answer))
        match got:
            case dict():
                assert all(isinstance(key, str) and key in TWO for key in got)
            case BitrixError() | NotProven() | EndpointNotAllowed():
                assert "CANARY" not in f"{got!r} {got}"
            case None | AppInfo() | Pair() | Identity() | datetime():
                pass
            case _:
                pytest.fail(f"{got!r} for {answer!r}")


async def outcome(name: str, says: Says) -> object:
    """What comes back, or what is raised where that is one of our own errors."""
    try:
        return await METHODS[name](says)
    except (BitrixError, NotProven, EndpointNotAllowed) as trouble:
        return trouble


@pytest.mark.parametrize(("status", "body", "expected"), CANNED, ids=[f"{s}-{b[:40]}" for s, b, _ in CANNED])
async def test_a_write_ends_as_its_answer_proves(status: int, body: str, expected: Outcome) -> None:
    """What is not proven is unknown, and never taken for done or for not done."""
    says = Says(HttpAnswer(status, body.encode()))
    assert judge(says.answer).outcome is expected
    try:
        outcomes = await client(says).write(ONE)
    except OutcomeUnknown:
        pytest.fail("a write tells its outcome and does not raise it")
    except BitrixError:
        assert expected is Outcome.REFUSED
    else:
        assert outcomes["deal"].outcome is expected
        assert isinstance(outcomes["deal"].answer, Answer | None)
