"""The whole of it as real processes on free ports: a portal, the web side, an arq worker."""

from __future__ import annotations

import base64
import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from core.portals.scopes import SCOPES
from tests.acceptance.backends import Backend
from tests.acceptance.process import Process
from tests.servers import free_port

PATIENCE_SECONDS = 60.0
CLIENT_ID, CLIENT_SECRET = "local.acceptance", "CANARY-client-secret"
METRICS_TOKEN = "CANARY-metrics-token"
#: A worker that was silent for so long has lost its leases.
SILENT_MILLISECONDS = 16_000

_opener = build_opener(ProxyHandler({}))


class Service:
    """Start it with `start`; single processes may be killed and started again."""

    def __init__(self, folder: Path, backend: Backend) -> None:
        self._folder = self.folder = folder
        self.backend = backend
        self.portal_url = f"http://localhost:{free_port()}"
        self.url = f"http://127.0.0.1:{free_port()}"
        self._portal: Process | None = None
        self._web: Process | None = None
        self._worker: Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of this machine but a PATH without servers: the embedded one must come from its wheel."""
        nowhere = self._folder / "bin"
        nowhere.mkdir(exist_ok=True)
        portal = self.portal_url.replace("localhost", "127.0.0.1")
        settings = {
            "PUBLIC_URL": self.url,
            "CLIENT_ID": CLIENT_ID,
            "CLIENT_SECRET": CLIENT_SECRET,
            "SECRET_KEYS": base64.urlsafe_b64encode(b"k" * 32).decode(),
            "DATABASE_URL": self.backend.database_url,
            "REDIS_URL": self.backend.redis_url,
            "OAUTH_HOSTS": portal,
            "ALLOWED_PORTALS": self.portal_url,
            "ALLOW_PRIVATE_NETWORKS": "true",
            "CLOCK_URL": f"{portal}/_sandbox/clock",
            "STORE_MESSAGE_TEXT": "false",
            "METRICS_TOKEN": METRICS_TOKEN,
        }
        kept = {name: os.environ[name] for name in ("LANG", "TZ", "TMPDIR", "PYTHONPATH") if name in os.environ}
        return {"PATH": str(nowhere), **kept, **{f"DEZHURNY_{name}": value for name, value in settings.items()}}

    @property
    def web(self) -> Process:
        assert self._web is not None
        return self._web

    @property
    def worker(self) -> Process:
        assert self._worker is not None
        return self._worker

    # Life -------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        portal = self._portal = Process(self._folder, self.environment, "sandbox", "--port", _port(self.portal_url))
        self.start_web(waits=False)
        self.until(lambda: self.portal("clock"), "the portal", lives=portal)
        self.until(self.is_ready, "the web side", lives=self.web)
        self.start_worker()
        self.portal("reset", {"state": "empty"})
        self.install()

    def start_web(self, *, crash_at: str = "", waits: bool = True) -> None:
        self._web = Process(self._folder, self._with(crash_at), "serve", "--port", _port(self.url))
        if waits:
            self.until(self.is_ready, "the web side", lives=self.web)

    def start_worker(self, *, crash_at: str = "") -> None:
        """Start a worker and wait until it says that it lives."""
        worker = self._worker = Process(self._folder, self._with(crash_at), "worker")
        self.until(lambda: self.is_known(worker.pid), "the worker", lives=worker)

    def install(self) -> None:
        """Install the application as an administrator does, and wait until its robots are registered."""
        order = {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "scope": [scope.code for scope in SCOPES],
            "app_url": f"{self.url}/b24/app",
            "install_url": f"{self.url}/b24/install",
        }
        delivered = self.portal("install", order)["delivered"]
        assert delivered["status"] == 200, delivered
        self.until(self.robots_known, "the registration of robots")

    def mend(self) -> None:
        """Put up again whatever a test has killed."""
        if not self.web.is_alive:
            self.start_web()
        if not self.worker.is_alive:
            self.forget(self.worker)
            self.start_worker()

    def kill(self) -> None:
        for process in (self._worker, self._web, self._portal):
            if process is not None and process.is_alive:
                process.kill()

    def stop(self) -> None:
        self.kill()
        if not self.backend.redis_url:
            shutil.rmtree(self._folder, ignore_errors=True)

    # Looking ----------------------------------------------------------------------------------------------------

    def portal(self, path: str, order: dict[str, Any] | None = None) -> Any:
        body = None if order is None else json.dumps(order).encode()
        with _opener.open(Request(f"{self.portal_url}/_sandbox/{path}", data=body), timeout=40) as answer:
            return json.load(answer)

    def is_ready(self) -> bool:
        with _opener.open(f"{self.url}/readyz", timeout=5) as answer:
            return bool(json.load(answer)["database"] == "ok")

    def robots_known(self) -> set[str]:
        """The codes of the robots that the portal knows, empty while one of ours is missing."""
        app = self.portal("view")["app"]
        known = {robot["code"] for robot in app["robots"]} if app else set()
        return known if {"dialog_state", "send_message", "escalate_no_reply"} <= known else set()

    def is_known(self, pid: int) -> bool:
        return self.backend.sql(f"SELECT 1 FROM worker WHERE name LIKE '%:{pid}:%'") != []

    def forget(self, worker: Process) -> None:
        """Let a dead worker have been silent for so long that its leases are free."""
        self.backend.sql(
            f"UPDATE worker SET seen_at = seen_at - {SILENT_MILLISECONDS} WHERE name LIKE '%:{worker.pid}:%'"
        )

    def until(
        self, look: Callable[[], object], what: str, *, lives: Process | None = None, within: float = PATIENCE_SECONDS
    ) -> None:
        """Look again and again until it is so; the process that must live for it says why when it ended."""
        deadline = time.monotonic() + within
        while True:
            try:
                if look():
                    return
            except (URLError, ConnectionError, TimeoutError):
                pass
            assert lives is None or lives.is_alive, f"{what} ended\n{lives.last_words()}"
            assert time.monotonic() < deadline, f"{what}: not within {within} s\n{self.last_words()}"
            time.sleep(0.03)

    def last_words(self) -> str:
        processes = {"portal": self._portal, "web": self._web, "worker": self._worker}
        return "\n".join(f"--- {name}\n{process.last_words()}" for name, process in processes.items() if process)

    def _with(self, crash_at: str) -> dict[str, str]:
        return self.environment | ({"DEZHURNY_CRASH_AT": crash_at} if crash_at else {})


def _port(url: str) -> str:
    return url.rpartition(":")[2]
