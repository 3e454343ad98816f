"""A transport, closed at the end, and a portal behind respx."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from core.bitrix24.transport import Transport
from tests.core.bitrix24.portal import Hands, Portal


@pytest.fixture(scope="session")
def tls() -> ssl.SSLContext:
    """Loading the system's certificates takes longer than most tests here, so it is done once."""
    return ssl.create_default_context()


@pytest.fixture
async def transport(tls: ssl.SSLContext) -> AsyncIterator[Transport]:
    async with Transport(tls=tls) as opened:
        yield opened


@pytest.fixture
def portal() -> Iterator[Portal]:
    answering = Portal()
    with respx.mock(assert_all_called=False) as router:
        router.route().mock(side_effect=answering)
        yield answering


@pytest.fixture
def hands(transport: Transport) -> Hands:
    return Hands(transport)
