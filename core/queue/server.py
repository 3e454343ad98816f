"""The Redis server we talk to: one that the settings name, else the embedded one, kept alive."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from core.config import Settings
from core.queue.embedded import EmbeddedServer, NoServer
from core.queue.jobs import packed, unpacked

LOOK_EACH_SECONDS: Final = 1.0

log = logging.getLogger(__name__)


class RedisServer:
    """Where Redis is. Nothing here raises when it is away: the database is the truth and a sweep finds the work."""

    def __init__(self, url: str, embedded: EmbeddedServer | None = None) -> None:
        self._url = url
        self._embedded = embedded
        self._client: ArqRedis | None = None
        self._trouble = ""

    @classmethod
    def of(cls, settings: Settings) -> RedisServer:
        return cls(settings.redis_url, None if settings.redis_url else EmbeddedServer(settings.data_dir))

    @property
    def url(self) -> str:
        return self._embedded.url if self._embedded else self._url

    @asynccontextmanager
    async def running(self) -> AsyncIterator[RedisServer]:
        """Start the embedded server if it is ours to start, and start it again whenever it is gone."""
        await self.ensure()
        keeper = asyncio.create_task(self._keep(), name="redis keeper")
        try:
            yield self
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            await self.close()

    async def ensure(self) -> None:
        """Start the embedded server unless it runs; what prevents that is logged once."""
        if self._embedded is None:
            return
        trouble = ""
        try:
            await self._embedded.ensure()
        except NoServer as no_server:
            trouble = str(no_server)
        if trouble and trouble != self._trouble:
            log.warning("%s Timers are found by sweeping until then.", trouble)
        self._trouble = trouble

    def client(self) -> ArqRedis:
        """Return the client that everybody in this process shares; it connects when it is first used."""
        if self._client is None:
            self._client = connect(self.url)
        return self._client

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None
        if self._embedded is not None:
            self._embedded.close()

    async def _keep(self) -> None:
        while self._embedded is not None:
            await asyncio.sleep(LOOK_EACH_SECONDS)
            await self.ensure()


def connect(url: str) -> ArqRedis:
    """Return a client of its own, as an arq worker needs one; jobs travel as JSON, never as pickles."""
    pool = ConnectionPool.from_url(
        url,
        socket_connect_timeout=1,
        socket_timeout=5,
        # The first use of a connection that a restart has cut must not fail.
        retry=Retry(ExponentialBackoff(cap=0.1, base=0.01), 2),
        retry_on_error=[RedisConnectionError],
    )
    client = ArqRedis(pool_or_conn=pool, job_serializer=packed, job_deserializer=unpacked)
    client.auto_close_connection_pool = True
    return client
