"""The database restarts, is locked or is full: nothing is acknowledged or done that is not written down."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.acceptance.backends import Small
from tests.acceptance.call import held_call
from tests.acceptance.service import Service
from tests.acceptance.story import Record, Story
from tests.chaos.crowd import TEXT, Crowd
from tests.portal_side import CHIEF


@pytest.mark.parametrize(("restarts", "count"), [pytest.param(3, 16), pytest.param(20, 150, marks=pytest.mark.chaos)])
async def test_f_11_the_database_restarts_at_random_while_messages_go_out(
    crowd: Crowd, figure: Record, restarts: int, count: int
) -> None:
    fleet, chance = crowd.fleet, random.Random(restarts)
    deals = await crowd.come(count)
    await crowd.place("send_message", text=TEXT)
    await crowd.fault("imopenlines.crm.message.add", "delay", times=count, seconds=0.4)
    await crowd.moved(deals)
    assert {delivery["error"] for delivery in await crowd.deliveries()} == {""}
    with fleet.rested():
        for _ in range(restarts):
            await asyncio.sleep(chance.uniform(0.1, 1.2))
            await fleet.beside(fleet.postgres.stop, signal.SIGQUIT)
            await fleet.beside(fleet.postgres.start)
        stand = await crowd.settled(deals)
    await crowd.proven(deals, stand)
    assert len(fleet.living()) == 3
    figure(f"in doubt of {count} messages after {restarts} restarts", stand["unknown"])


async def test_f_12_somebody_holds_the_table(crowd: Crowd, figure: Record) -> None:
    fleet = crowd.fleet
    [deal] = await crowd.come(1)
    call = await held_call(crowd, "send_message", deal, text=TEXT)
    lock = "BEGIN; LOCK TABLE run IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(4)"
    holding = await asyncio.create_subprocess_exec(
        *fleet.postgres.psql(lock, fleet.database), stdout=subprocess.DEVNULL
    )
    await asyncio.sleep(0.3)
    asked_at = time.monotonic()
    refused = await call.post(crowd.api)
    figure("refusal while a table is locked, seconds", time.monotonic() - asked_at)
    assert (refused.status_code, refused.json()) == (503, {"error": "unavailable"})
    assert await holding.wait() == 0
    answer = await call.post(crowd.api)
    assert answer.json() == {"status": "accepted"}
    assert (await crowd.ended(deal))["result"] == "done"
    assert len(await crowd.outbox(deal)) == 1
    await crowd.order("queue", paused=False)


@pytest.fixture(scope="module")
def small_disk() -> Iterator[Path]:
    """A disk of 48 MB, where the machine lets us have one."""
    folder = Path(tempfile.mkdtemp(prefix="dezhurny-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)
    folder.rmdir()


@pytest.fixture
async def cramped(small_disk: Path) -> AsyncIterator[Story]:
    service = Service(small_disk, Small(small_disk))
    service.start()
    async with (
        httpx.AsyncClient(base_url=service.portal_url, trust_env=False, timeout=60) as portal,
        httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=60) as api,
    ):
        yield Story(service, portal, api)
    service.kill()


async def test_f_13_a_full_disk_stops_everything_and_room_brings_it_back(cramped: Story, small_disk: Path) -> None:
    waiting, new = await cramped.deal(), await cramped.deal()
    await cramped.begun("escalate_no_reply", waiting, after_minutes=15, wait_result="Y")
    call = await held_call(cramped, "send_message", new, text=TEXT)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"0" * 65536)
        except OSError:
            pass
    refused = await call.post(cramped.api)
    assert (refused.status_code, refused.json()) == (503, {"error": "unavailable"})
    assert int(refused.headers["retry-after"]) > 0
    await cramped.advance(minutes=16)
    await asyncio.sleep(6)
    assert await cramped.notifications(CHIEF) == [], "nothing is begun that cannot be written down"
    assert await cramped.outbox() == []
    filler.unlink()
    await cramped.until(lambda: cramped.notifications(CHIEF), "the notification", within=20)

    async def taken() -> bool:
        answer = await call.post(cramped.api)
        return answer.status_code == 200

    await cramped.until(taken, "room for a call", within=20)
    assert (await cramped.ended(new))["result"] == "done"
    assert len(await cramped.outbox(new)) == 1
    assert len(await cramped.notifications(CHIEF)) == 1
