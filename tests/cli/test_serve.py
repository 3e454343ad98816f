"""The web part and the worker as processes: they start, answer, share one Redis, and stop politely."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.cli.conftest import Command
from tests.servers import free_port

PATIENCE_SECONDS = 60.0
PROGRAM = Path(sys.executable).parent / "dezhurny"


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([PROGRAM, *arguments], cwd=folder, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def ready(port: int) -> dict[str, object]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=30) as answer:
            found: dict[str, object] = json.load(answer)
    except (URLError, ConnectionError, TimeoutError):
        return {}
    return found


def has_worker(port: int) -> bool:
    worker = ready(port).get("worker")
    return isinstance(worker, dict) and worker["seen_seconds_ago"] is not None


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_one_process_serves_and_works(settings_file: Path, number: signal.Signals) -> None:
    port = free_port()
    with started(settings_file.parent, "serve", "--port", str(port), "--with-worker") as process:
        assert eventually(lambda: has_worker(port))
        assert ready(port)["redis"] == "ok"
        process.send_signal(number)
        assert process.wait(timeout=60) == 0
        assert process.stderr is not None
        lines = [json.loads(line) for line in process.stderr.read().splitlines()]
    assert lines[0]["event"] == f"Answering https://dezhurny.example.ru on 127.0.0.1 port {port}"
    assert {line["level"] for line in lines} == {"info"}


def test_web_and_worker_share_a_redis_that_outlives_either(settings_file: Path) -> None:
    port, folder = free_port(), settings_file.parent
    with (
        started(folder, "serve", "--port", str(port)) as web,
        started(folder, "worker") as worker,
    ):
        assert eventually(lambda: has_worker(port))
        first = int((folder / "valkey.pid").read_text(encoding="ascii"))
        owner, other = (web, worker) if _parent(first) == web.pid else (worker, web)
        owner.kill()
        owner.wait(timeout=60)
        assert eventually(lambda: _alive(folder) not in {None, first})
        other.send_signal(signal.SIGTERM)
        assert other.wait(timeout=60) == 0
        second = _alive(folder)
    assert second is None


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])


def _alive(folder: Path) -> int | None:
    """The number of the running embedded server."""
    try:
        pid = int((folder / "valkey.pid").read_text(encoding="ascii"))
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def test_a_database_that_is_away_stops_the_start(
    dezhurny: Command, settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEZHURNY_DATABASE_URL", f"postgresql+asyncpg://user:CANARY@127.0.0.1:{free_port()}/x")
    sentence = "The database named by DEZHURNY_DATABASE_URL cannot be used: nothing listens there.\n"
    for command in (["serve", "--port", str(free_port())], ["worker"]):
        said = dezhurny(*command)
        assert (said.code, said.err) == (1, sentence)
