"""The demo as a newcomer starts it: one address, a working service behind it, nothing left when it ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from activities import load
from cli import hosting
from cli.demo import demo_settings
from tests.cli.conftest import Command
from tests.servers import free_port

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Demo:
    process: subprocess.Popen[str]
    port: int
    portal_port: int
    folder: Path

    def ask(self, port: int, path: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if order is None else json.dumps(order).encode()
        with urlopen(Request(f"http://127.0.0.1:{port}{path}", data=body), timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def portal(self, path: str, order: dict[str, Any] | None = None) -> dict[str, Any]:
        return self.ask(self.portal_port, f"/_sandbox/{path}", order)


def eventually(found: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def started(folder: Path, *more: str) -> Iterator[Demo]:
    port, portal_port = free_port(), free_port()
    program = Path(sys.executable).parent / "dezhurny"
    ports = ["--port", str(port), "--portal-port", str(portal_port)]
    with subprocess.Popen(
        [program, "demo", "--no-open", *ports, *more],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Demo(process, port, portal_port, folder)
        finally:
            process.kill()


def test_it_prints_one_address_and_runs_robots(tmp_path: Path) -> None:
    with started(tmp_path) as demo:
        assert demo.process.stdout is not None
        assert demo.process.stderr is not None
        first = demo.process.stdout.readline()
        assert re.findall(r"http://\S+", first) == [f"http://localhost:{demo.portal_port}"]

        assert eventually(lambda: all(robot["registered"] for robot in _robots(demo)))
        assert {robot["code"] for robot in _robots(demo)} == set(load())
        demo.portal("items/move", {"entityTypeId": 2, "id": 1, "stageId": "C3:WORK"})
        assert eventually(lambda: any(one["status"] == 200 for one in demo.portal("deliveries")["deliveries"]))
        assert demo.ask(demo.port, "/readyz")["database"] == "ok"

        server = int((tmp_path / f"var/demo-{demo.port}/valkey.pid").read_text(encoding="ascii"))
        demo.process.send_signal(signal.SIGTERM)
        assert demo.process.wait(timeout=30) == 0
        assert demo.process.stderr.read() == ""
        assert "http" not in demo.process.stdout.read()
        with pytest.raises(ProcessLookupError):
            os.kill(server, 0)


def _robots(demo: Demo) -> list[dict[str, Any]]:
    return [robot for stage in demo.portal("view")["automation"] for robot in stage["robots"]]


def test_killed_it_leaves_no_server_behind_and_starts_fresh(tmp_path: Path) -> None:
    with started(tmp_path, "--lang", "en") as demo:
        assert demo.process.stdout is not None
        assert demo.process.stdout.readline().startswith("Dezhurny is running: http://localhost:")
        server = int((tmp_path / f"var/demo-{demo.port}/valkey.pid").read_text(encoding="ascii"))
        demo.process.kill()
        demo.process.wait(timeout=60)
        assert eventually(lambda: not Path(f"/proc/{server}").exists())


@pytest.mark.parametrize("option", ["--port", "--portal-port"])
def test_a_taken_port_is_one_sentence(dezhurny: Command, option: str) -> None:
    with hosting.bound("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        other = "--portal-port" if option == "--port" else "--port"
        said = dezhurny("demo", "--no-open", option, str(port), other, str(free_port()))
    assert said.code == 2
    assert said.err == f"Port {port} of 127.0.0.1 is taken by another program; choose another one with {option}.\n"


def test_its_settings_owe_nothing_to_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (
        "PUBLIC_URL",
        "LANGUAGE",
        "METRICS_TOKEN",
        "REDIS_URL",
        "LOG_RETENTION_DAYS",
        "ALLOW_PRIVATE_NETWORKS",
    ):
        monkeypatch.setenv(f"DEZHURNY_{name}", "not a value")
    settings = demo_settings(tmp_path, port=8089, portal_port=8088, language="en")
    assert settings.public_url == "http://127.0.0.1:8089"
    assert settings.oauth_hosts == ("http://127.0.0.1:8088",)
    assert settings.allowed_portals == ("http://localhost:8088",)
    assert settings.clock_url == "http://127.0.0.1:8088/_sandbox/clock"
    assert settings.allow_private_networks
    assert settings.data_dir == tmp_path
    assert len(settings.key_ring) == 1
