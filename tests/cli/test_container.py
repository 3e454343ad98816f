"""What the image runs: roles, and the health of a web part and of a worker."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli import container, health
from core.db import Database
from core.db.migrate import migrate
from core.runs.tables import WorkerRow
from tests.core.runs.rows import store
from tests.servers import free_port


@pytest.fixture(autouse=True)
def port(monkeypatch: pytest.MonkeyPatch) -> int:
    free = free_port()
    monkeypatch.setattr(health, "PORT", free)
    return free


@contextmanager
def web(port: int, status: int) -> Iterator[None]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    with HTTPServer(("127.0.0.1", port), Answer) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        yield
        thread.join()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_a_web_part_is_as_well_as_it_says(port: int, status: int, code: int) -> None:
    with web(port, status):
        assert health.main() == code


def test_a_web_part_that_hangs_is_ill(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", port)):
        assert health.main() == 1


@pytest.mark.parametrize(
    ("host", "ago", "code"), [(socket.gethostname(), 1, 0), (socket.gethostname(), 60, 1), ("other", 1, 1)]
)
def test_a_worker_is_well_while_it_is_seen(settings_file: Path, host: str, ago: float, code: int) -> None:
    async def fill() -> None:
        url = f"sqlite+aiosqlite:///{settings_file.parent}/test.db"
        seen_at = datetime.now(UTC) - timedelta(seconds=ago)
        await migrate(url)
        async with Database(url) as database:
            await store(database, WorkerRow(name="w", seen_at=seen_at, started_at=seen_at, host=host))

    asyncio.run(fill())
    assert health.main() == code


def test_with_the_database_away_a_worker_is_ill(settings_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEZHURNY_DATABASE_URL", f"postgresql+asyncpg://user@127.0.0.1:{free_port()}/x")
    assert health.main() == 1


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (["migrate", "--help"], "Usage: dezhurny migrate"),
        (["worker", "--help"], "Usage: dezhurny worker"),
        (["all", "--help"], "Usage: dezhurny serve"),
        (["doctor", "--help"], "Usage: dezhurny doctor"),
    ],
)
def test_a_role_is_a_command(arguments: list[str], shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        container.main(arguments)
    assert capsys.readouterr().out.startswith(shown)


def test_the_word_health_ends_with_its_verdict(settings_file: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        container.main(["health"])
    assert ended.value.code == 1
