"""Services for stories: one of each kind in a test process, an empty portal for each story."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from tests.acceptance.backends import Backend, Large, Small
from tests.acceptance.service import Service
from tests.acceptance.story import Story

SMALL, LARGE = "sqlite_valkey", "postgresql_redis"
ON_LARGE = pytest.param(LARGE, marks=[pytest.mark.postgres, pytest.mark.redis])

Started = Callable[[str], Service]


@pytest.fixture(scope="session")
def started(request: pytest.FixtureRequest) -> Iterator[Started]:
    """Give the service of a kind, started when it is first asked for; they end together."""
    services: dict[str, Service] = {}

    def service_of(kind: str) -> Service:
        if kind not in services:
            folder = Path(tempfile.mkdtemp(prefix="dezhurny-acceptance-"))
            services[kind] = Service(folder, _backend(request, kind, folder))
            services[kind].start()
        return services[kind]

    yield service_of
    for service in services.values():
        service.stop()


def _backend(request: pytest.FixtureRequest, kind: str, folder: Path) -> Backend:
    if kind == SMALL:
        return Small(folder)
    return Large(request.getfixturevalue("postgres_server"), request.getfixturevalue("redis_server"))


@pytest.fixture(params=[SMALL, ON_LARGE])
def service(request: pytest.FixtureRequest, started: Started) -> Service:
    """A service that many stories share; what a story kills is put up again before the next one."""
    return started(request.param)


@pytest.fixture
async def story(service: Service) -> AsyncIterator[Story]:
    """Every command that a story makes the service send is one that the vendor's list knows."""
    left_at = service.portal("clock")["now"]
    service.portal("reset", {"state": "empty"})
    service.backend.rest()
    async with (
        httpx.AsyncClient(base_url=service.portal_url, trust_env=False, timeout=40) as portal,
        httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=40) as api,
    ):
        story = Story(service, portal, api)
        if await story.now() < datetime.fromisoformat(left_at):
            await story.in_step()
        await story.open_book()
        yield story
        await story.close_book()
        assert await story.wrong_commands() == []
