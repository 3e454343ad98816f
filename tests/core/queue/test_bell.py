"""The bell against a real server: one per slot, none beyond the horizon, never an error."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from arq.constants import default_queue_name

from core.clock import FakeClock
from core.queue.bell import Bell
from core.queue.embedded import EmbeddedServer
from core.queue.jobs import DRAIN, packed, unpacked
from core.queue.server import RedisServer


class Bench:
    def __init__(self, server: RedisServer, clock: FakeClock) -> None:
        self.server = server
        self.clock = clock
        self.bell = Bell(server, clock)

    async def scores(self) -> dict[str, int]:
        found = await self.server.client().zrange(default_queue_name, 0, -1, withscores=True)
        return {job_id.decode(): int(score) for job_id, score in found}


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    clock = FakeClock(datetime.now(UTC).replace(microsecond=0))
    async with RedisServer("", EmbeddedServer(tmp_path)).running() as server:
        bench = Bench(server, clock)
        yield bench
        await bench.bell.close()


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


async def test_runs_of_one_slot_share_a_bell_that_is_never_early(bench: Bench) -> None:
    soon = bench.clock.now() + timedelta(seconds=10)
    for part in (1, 20, 99, 100):
        await bench.bell.ring(soon + timedelta(milliseconds=part))
    scores = await bench.scores()
    assert len(scores) == 1
    assert set(scores.values()) == {milliseconds(soon) + 105}


async def test_a_whole_second_is_rung_for_at_once(bench: Bench) -> None:
    soon = bench.clock.now() + timedelta(seconds=10)
    await bench.bell.ring(soon)
    assert list((await bench.scores()).values()) == [milliseconds(soon) + 5]


@pytest.mark.parametrize("tenth", range(10))
async def test_the_end_of_a_slot_belongs_to_it_and_a_moment_later_to_the_next(bench: Bench, tenth: int) -> None:
    """Tenths of a second are no round numbers for a computer."""
    ends = bench.clock.now() + timedelta(milliseconds=100 * tenth)
    slot = bench.bell.slot(ends)
    assert slot * 100 == milliseconds(ends)
    assert bench.bell.slot(ends + timedelta(microseconds=1)) == slot + 1
    assert bench.bell.slot(ends - timedelta(microseconds=1)) == slot


async def test_a_redis_is_known_by_a_word_until_it_loses_what_it_held(bench: Bench) -> None:
    word = await bench.bell.epoch()
    assert word
    assert await bench.bell.epoch() == word
    await bench.server.client().flushall()
    assert await bench.bell.epoch() not in {"", word}


async def test_beyond_the_horizon_nothing_is_in_redis(bench: Bench) -> None:
    await bench.bell.ring(bench.clock.now() + timedelta(seconds=61))
    assert await bench.scores() == {}
    await bench.bell.ring(bench.clock.now() + timedelta(seconds=60))
    assert len(await bench.scores()) == 1


async def test_business_time_is_turned_into_real_time(bench: Bench) -> None:
    bench.clock.jump(timedelta(days=3))
    await bench.bell.ring(bench.clock.now() + timedelta(seconds=10))
    assert list((await bench.scores()).values()) == [milliseconds(bench.clock.real() + timedelta(seconds=10)) + 5]


@pytest.mark.parametrize("ago", [None, 0, 90_000])
async def test_what_is_due_is_rung_for_now_under_a_name_of_its_own(bench: Bench, ago: int | None) -> None:
    await bench.bell.ring(None if ago is None else bench.clock.now() - timedelta(seconds=ago))
    scores = await bench.scores()
    assert [name for name in scores if not name.startswith("due:")] == list(scores)
    assert len(scores) == 1
    assert abs(next(iter(scores.values())) - time.time() * 1000) < 5000


async def test_a_crowd_of_due_runs_makes_few_bells_and_one_after_the_last(bench: Bench) -> None:
    await asyncio.gather(*(bench.bell.ring() for _ in range(500)))
    assert len(await bench.scores()) == 1
    assert bench.bell._again is not None
    await bench.bell._again
    assert len(await bench.scores()) == 2


async def test_a_job_is_json_with_the_name_of_the_drain(bench: Bench) -> None:
    await bench.bell.ring()
    [job] = await bench.server.client().queued_jobs()
    assert (job.function, list(job.args), job.kwargs) == (DRAIN, [], {})
    stored = await bench.server.client().get(f"arq:job:{job.job_id}")
    assert unpacked(stored or b"")["f"] == DRAIN


@pytest.mark.parametrize("record", [b"\x80\x04\x95\x10", b"[]", b"", b'"drain"'])
def test_what_is_no_json_record_is_refused(record: bytes) -> None:
    with pytest.raises(ValueError, match="not a record of a job"):
        unpacked(record)


def test_a_record_survives_the_journey() -> None:
    record: dict[str, object] = {"t": None, "f": DRAIN, "a": [], "k": {}, "et": 1764000000000}
    assert unpacked(packed(record)) == record


async def test_without_redis_it_is_silent_and_says_so_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock(datetime.now(UTC))
    server = RedisServer(f"unix://{tmp_path / 'nobody.sock'}")
    bell = Bell(server, clock)
    for _ in range(3):
        await bell.ring(clock.now() + timedelta(seconds=1))
        bell._silent_until = 0
    assert len(caplog.records) == 1
    assert "found by sweeping" in caplog.text
    assert await bell.epoch() == ""
    assert await bell.hang(1) is False
    await server.close()


async def test_a_redis_that_hangs_is_tried_once_and_then_left_alone(bench: Bench, tmp_path: Path) -> None:
    callers: list[asyncio.StreamWriter] = []

    async def deaf(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer)

    async with await asyncio.start_unix_server(deaf, tmp_path / "hang.sock") as hanging:
        server = RedisServer(f"unix://{tmp_path / 'hang.sock'}")
        bell = Bell(server, bench.clock)
        for second in range(10):
            await bell.ring(bench.clock.now() + timedelta(seconds=second + 1))
            bell._silent_until += 60 if bell._silent_until > 0 else 0
        assert len(callers) == 1
        await server.close()
        for writer in callers:
            writer.close()
        hanging.close()


async def test_after_a_restart_the_first_ring_arrives(bench: Bench) -> None:
    await bench.bell.ring(bench.clock.now() + timedelta(seconds=1))
    assert bench.server._embedded is not None
    bench.server._embedded.close()
    await bench.server.ensure()
    await bench.bell.ring(bench.clock.now() + timedelta(seconds=2))
    assert len(await bench.scores()) == 1
