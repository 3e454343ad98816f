"""The arq worker of this process, kept running whatever its queue holds: runs are found without bells, too."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Final

from arq.connections import ArqRedis
from arq.constants import default_queue_name
from arq.worker import Function, Worker, func
from redis.exceptions import RedisError

from core.metrics import QUEUE_TROUBLES
from core.queue.jobs import DRAIN, unpacked
from core.queue.server import connect
from core.runs.engine import Engine
from workers.jobs import drain

RESTART_SECONDS: Final = 1.0
JOB_SECONDS: Final = 120
DEAF_SECONDS: Final = 0.5
#: How often the queue is looked at: half a slot of bells.
POLL_SECONDS: Final = 0.05
#: A queue that was heard for so long is well again.
WELL_AFTER_SECONDS: Final = 10.0
#: By these arq says what it finds in the queue.
ARQ: Final = ("arq.worker", "arq.jobs")

log = logging.getLogger(__name__)


def functions(engine: Engine) -> list[Function]:
    """Every arq function of the service. arq's own retries and results are never relied on."""
    return [func(drain(engine), name=DRAIN, keep_result=0, timeout=JOB_SECONDS, max_tries=1_000_000)]


class Sparing(logging.Filter):
    """Lets each kind of message through once in ten minutes, and says then how many more there were.

    What arq complains of is counted.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, each: float = 600.0) -> None:
        super().__init__()
        self._clock = clock
        self._each = each
        self._until: dict[str, float] = {}
        self._more: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        kind = str(record.msg)
        if record.levelno >= logging.WARNING:
            QUEUE_TROUBLES.labels("record").inc()
        if self._until.get(kind, float("-inf")) > self._clock():
            self._more[kind] = self._more.get(kind, 0) + 1
            return False
        self._until[kind] = self._clock() + self._each
        if more := self._more.pop(kind, 0):
            record.msg = f"{kind} (and {more} more)"
        return True


class Attended(Worker):
    """An arq worker that can be waited for: what it says of a job to Redis is shielded from the end of that job."""

    def __init__(self, functions: Sequence[Function], redis: ArqRedis) -> None:
        super().__init__(
            functions,
            redis_pool=redis,
            handle_signals=False,
            poll_delay=POLL_SECONDS,
            max_jobs=20,
            job_timeout=JOB_SECONDS,
            keep_result=0,
            log_results=False,
            job_serializer=_forgotten,
            job_deserializer=unpacked,
        )
        self._last_words: set[asyncio.Task[None]] = set()

    async def finish_job(
        self,
        job_id: str,
        finish: bool,
        result_data: bytes | None,
        result_timeout_s: float | None,
        keep_result_forever: bool,
        incr_score: int | None,
        keep_in_progress: float | None,
    ) -> None:
        words = super().finish_job(
            job_id, finish, result_data, result_timeout_s, keep_result_forever, incr_score, keep_in_progress
        )
        await self._said(words)

    async def finish_failed_job(self, job_id: str, result_data: bytes | None) -> None:
        await self._said(super().finish_failed_job(job_id, result_data))

    async def _said(self, words: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(words)
        self._last_words.add(task)
        task.add_done_callback(self._last_words.discard)
        await asyncio.shield(task)

    async def let_go(self) -> None:
        """End whatever was begun; arq's own way to close gives up where Redis or a job did."""
        if self.main_task is not None:
            await _ended({self.main_task})
        await _ended(set(self.tasks.values()))
        await _ended(set(self._last_words))


class Listening:
    """Runs arq until cancelled. What is wrong with the queue is said once, until it is well again."""

    def __init__(self, url: Callable[[], str], engine: Engine) -> None:
        self._url = url
        self._functions = functions(engine)
        self._trouble = ""

    async def for_ever(self) -> None:
        """arq ends when Redis does, and by records that are none; the sweep goes on without it."""
        sparing = Sparing()
        for name in ARQ:
            logging.getLogger(name).addFilter(sparing)
        try:
            while True:
                await self._once()
                await asyncio.sleep(RESTART_SECONDS)
        finally:
            for name in ARQ:
                logging.getLogger(name).removeFilter(sparing)

    async def _once(self) -> None:
        redis = connect(self._url())
        worker = Attended(self._functions, redis)
        well = asyncio.get_running_loop().call_later(WELL_AFTER_SECONDS, self._note, "")
        listening = asyncio.create_task(worker.async_run(), name="listening")
        try:
            await asyncio.wait([listening])
            listening.result()
        except (RedisError, OSError) as trouble:
            self._note(type(trouble).__name__)
        except Exception as trouble:  # noqa: BLE001  # whatever somebody wrote into the queue, it must not end the process
            self._note(type(trouble).__name__)
            with suppress(RedisError, OSError):
                await redis.delete(default_queue_name)
        finally:
            well.cancel()
            await _ended({listening})
            await worker.let_go()
            with suppress(RedisError, OSError):
                await redis.aclose()

    def _note(self, trouble: str) -> None:
        if trouble:
            QUEUE_TROUBLES.labels("listening").inc()
        if trouble and trouble != self._trouble:
            log.warning("The queue cannot be listened to (%s); runs are found by sweeping", trouble)
        elif self._trouble and not trouble:
            log.warning("The queue is listened to again")
        self._trouble = trouble


def _forgotten(result: dict[str, Any]) -> bytes:
    """Results are not kept, and what fails here is an exception, which is no JSON."""
    del result
    return b""


async def _ended(tasks: set[asyncio.Task[None]]) -> None:
    """Cancel until it is heard: a cancellation that meets a poll of the queue at its very end is lost in it."""
    going = tasks
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=DEAF_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
