"""A fleet for each test process, and a crowd of deals whose robots all fire."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.chaos.crowd import Crowd
from tests.chaos.fleet import Fleet
from tests.servers import PostgresServer, RedisProcess, folder_for, missing, postgres_bin, redis_program


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All of this needs servers; what takes long is for `make chaos` alone."""
    for item in items:
        if "whole_fleet" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)
            item.add_marker(pytest.mark.redis)
    if os.environ.get("DEZHURNY_CHAOS") != "1":
        long = [item for item in items if item.get_closest_marker("chaos")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in long]


@pytest.fixture(scope="session")
def whole_fleet() -> Iterator[Fleet]:
    programs, program = postgres_bin(), redis_program()
    if programs is None or program is None:
        missing("PostgreSQL or Redis")
    with folder_for("postgres") as data, folder_for("redis") as memory:
        postgres, redis = PostgresServer(programs, data), RedisProcess(program, memory)
        postgres.initialise()
        postgres.start()
        redis.start()
        folder = Path(tempfile.mkdtemp(prefix="dezhurny-fleet-"))
        fleet = Fleet(folder, postgres, redis)
        fleet.start()
        yield fleet
        fleet.stop()
        redis.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def fleet(whole_fleet: Fleet) -> Fleet:
    """A fleet that is whole."""
    whole_fleet.mend()
    whole_fleet.portal("reset", {"state": "empty"})
    whole_fleet.backend.rest()
    return whole_fleet


@pytest.fixture
async def crowd(fleet: Fleet) -> AsyncIterator[Crowd]:
    async with (
        httpx.AsyncClient(base_url=fleet.portal_url, trust_env=False, timeout=60) as portal,
        httpx.AsyncClient(base_url=fleet.url, trust_env=False, timeout=60) as api,
    ):
        crowd = Crowd(fleet, portal, api)
        await crowd.open_book()
        await crowd.switch(limits=False)
        yield crowd
        await crowd.close_book()
        assert await crowd.wrong_commands() == []
