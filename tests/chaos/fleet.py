"""Many processes over one PostgreSQL and one Redis: web sides behind a balancer, and workers that come and go."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from tests.acceptance.backends import Large
from tests.acceptance.process import Process
from tests.acceptance.service import Service
from tests.chaos.balancer import Balancer
from tests.servers import PostgresServer, RedisProcess, free_port

T = TypeVar("T")


class Fleet(Service):
    """`serve` ×2 and `worker` ×3; ``redis`` and ``postgres`` are this fleet's own and may be hurt."""

    def __init__(self, folder: Path, postgres: PostgresServer, redis: RedisProcess) -> None:
        self.store = Large(postgres, redis)
        super().__init__(folder, self.store)
        self._folder = folder
        self.postgres, self.redis = postgres, redis
        self.workers: list[Process] = []
        self._webs: dict[int, Process] = {}
        # The kernel ends a process with the thread that has started it, so that thread must stay.
        self._hand = ThreadPoolExecutor(1)
        self._balancer = Balancer(int(self.url.rpartition(":")[2]))

    def start(self) -> None:
        self._balancer.start()
        super().start()
        for _ in range(2):
            self.add_worker()

    async def beside(self, act: Callable[..., T], *given: Any, **named: Any) -> T:
        """Do what takes its time while the test goes on."""
        return await asyncio.get_running_loop().run_in_executor(self._hand, partial(act, *given, **named))

    def start_web(self, *, crash_at: str = "", waits: bool = True) -> None:
        for port in list(self._webs) or [free_port(), free_port()]:
            self.restart_web(port, crash_at=crash_at)
        if waits:
            self.until(self.is_ready, "the web side", lives=self.web)

    def restart_web(self, port: int, *, crash_at: str = "") -> None:
        """Put up one web side; one that lives is told to go first, and the other one answers meanwhile."""
        old = self._webs.pop(port, None)
        self._balancer.backends = list(self._webs)
        if old is not None and old.is_alive:
            old.terminate()
        web = self._web = self._webs[port] = Process(self._folder, self._with(crash_at), "serve", "--port", str(port))
        if self._webs.keys() != {port}:
            self.until(lambda: _listens(port), "a web side", lives=web)
        self._balancer.backends = list(self._webs)

    def start_worker(self, *, crash_at: str = "") -> None:
        super().start_worker(crash_at=crash_at)
        self.workers.append(self.worker)

    def add_worker(self, *, more: Mapping[str, str] | None = None) -> Process:
        """One more worker, perhaps with something in its environment that lies to it."""
        worker = Process(self._folder, {**self.environment, **(more or {})}, "worker")
        self.until(lambda: self.is_known(worker.pid), "a worker", lives=worker)
        self.workers.append(worker)
        return worker

    def living(self) -> list[Process]:
        self.workers = [worker for worker in self.workers if worker.is_alive]
        return self.workers

    def mend(self) -> None:
        """Three workers and two web sides, whatever was done to them."""
        for web_port, web in list(self._webs.items()):
            if not web.is_alive:
                self.restart_web(web_port)
        for worker in self.workers:
            if not worker.is_alive:
                self.forget(worker)
        while len(self.living()) < 3:
            self.add_worker()
        self._worker = self.workers[0]

    def stop(self) -> None:
        for process in [*self.living(), *self._webs.values()]:
            if process.is_alive:
                process.send(signal.SIGCONT)
                process.kill()
        super().stop()
        self._balancer.stop()
        self._hand.shutdown()

    @property
    def database(self) -> str:
        """The name of the database."""
        return self.store.database_url.rpartition("/")[2]

    def count(self, sql: str) -> int:
        return int(self.backend.sql(sql)[0][0])

    @contextmanager
    def rested(self, *, each: float = 0.3) -> Iterator[None]:
        """Forget what the lane has used, all the time: these tests are about what is done, not about how fast."""
        over = threading.Event()

        def forget() -> None:
            while not over.wait(each):
                # Redis may be among what is hurt.
                with suppress(AssertionError):
                    self.backend.empty_redis()

        thread = threading.Thread(target=forget, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _listens(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
