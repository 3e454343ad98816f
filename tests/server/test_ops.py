"""What an operator watches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from tests.core.runs.conftest import any_town, migrated, postgres_town, probe, town
from tests.core.runs.probe import Probe, wait_for
from tests.town import SERVICE, Town

__all__ = ["any_town", "migrated", "postgres_town", "probe", "town"]

TOKEN = "CANARY-metrics"


@pytest.fixture
async def client(any_town: Town) -> AsyncIterator[httpx.AsyncClient]:
    async with any_town.wire.client(SERVICE) as client:
        yield client


def opened(town: Town) -> None:
    town.base.settings.__dict__["metrics_token"] = SecretStr(TOKEN)


def told(text: str) -> dict[str, float]:
    lines = [line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_without_a_token_there_is_no_such_page(client: httpx.AsyncClient, any_town: Town) -> None:
    assert (await client.get("/metrics")).status_code == 404
    opened(any_town)
    assert (await client.get("/metrics")).status_code == 401
    wrong = await client.get("/metrics", headers=[(b"Authorization", "Bearer другой".encode())])
    assert wrong.status_code == 401


async def test_prometheus_reads_what_is_done_and_what_is_late(
    client: httpx.AsyncClient, any_town: Town, probe: Probe
) -> None:
    opened(any_town)
    wait_for(probe, minutes=5)
    await any_town.fire("probe")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    before = told((await client.get("/metrics", headers=headers)).text)
    assert before['dezhurny_runs_total{result="waiting",robot="probe"}'] == 1
    assert before["dezhurny_due_runs"] == 0
    await any_town.advance(minutes=6)
    late = told((await client.get("/metrics", headers=headers)).text)
    assert late["dezhurny_due_runs"] == 1
    assert late["dezhurny_oldest_due_seconds"] >= timedelta(seconds=55).total_seconds()
    await any_town.settle()
    answer = await client.get("/metrics", headers=headers)
    assert answer.headers["content-type"].startswith("text/plain; version=")
    after = told(answer.text)
    assert after['dezhurny_runs_total{result="done",robot="probe"}'] == 1
    assert after["dezhurny_due_runs"] == 0
    assert after["dezhurny_timer_lag_seconds_count"] - before["dezhurny_timer_lag_seconds_count"] == 1
    assert after['dezhurny_rest_commands_total{method="bizproc.event.send"}'] >= 1
    assert after['dezhurny_portals{status="active"}'] == 1
    [level] = [value for name, value in after.items() if name.startswith("dezhurny_portal_bucket_level")]
    assert 0 < level < 1
    assert after["dezhurny_worker_silent_seconds"] < 60
