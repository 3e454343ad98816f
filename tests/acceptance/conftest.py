"""Services for stories: one of each kind in a test process, an empty portal for each story."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.backends import Backend, Large, Small
from tests.acceptance.service import Service
from tests.acceptance.story import Story

BACKENDS = ["sqlite_valkey", pytest.param("postgresql_redis", marks=[pytest.mark.postgres, pytest.mark.redis])]


def _backend(request: pytest.FixtureRequest, folder: Path) -> Backend:
    if request.param == "sqlite_valkey":
        return Small(folder)
    return Large(request.getfixturevalue("postgres_server"), request.getfixturevalue("redis_server"))


@pytest.fixture(scope="session", params=BACKENDS)
def running_service(request: pytest.FixtureRequest) -> Iterator[Service]:
    """A service that many stories share; whoever kills a part of it must `mend` it."""
    folder = Path(tempfile.mkdtemp(prefix="dezhurny-acceptance-"))
    service = Service(folder, _backend(request, folder))
    try:
        service.start()
        yield service
    finally:
        service.stop()


@pytest.fixture
async def story(running_service: Service) -> AsyncIterator[Story]:
    """Every command that a story makes the service send is one that the vendor's list knows."""
    service = running_service
    service.portal("reset", {"state": "empty"})
    service.backend.empty_redis()
    async with (
        httpx.AsyncClient(base_url=service.portal_url, trust_env=False, timeout=40) as portal,
        httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=40) as api,
    ):
        story = Story(service, portal, api)
        await story.open_book()
        yield story
        await story.close_book()
        assert await story.wrong_commands() == []
