"""Processes that are measured: started, waited for, looked at, ended."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.servers import PostgresServer, folder_for

DEZHURNY = Path(sys.executable).parent / "dezhurny"
PATIENCE_SECONDS = 30.0


@contextmanager
def running(command: list[str], folder: Path, environment: Mapping[str, str], *, port: int) -> Iterator[int]:
    """Run a server until the block ends and give its process id; it must listen on ``port`` within half a minute."""
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(port, process)
            yield process.pid
        finally:
            process.terminate()


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """A cluster with durable commits, unlike that of the tests."""
    with folder_for("postgres") as folder:
        server = PostgresServer(programs, folder, durable=True)
        server.initialise()
        server.start()
        try:
            yield server.new_database()
        finally:
            server.stop()


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended at once")
        if _listens(port):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not answer")


def _listens(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def family(pid: int) -> list[int]:
    """The process and all that descend from it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [pid, *(member for child in children for member in family(int(child)))]


def resident_megabytes(pid: int) -> float:
    """Memory of a process and its descendants, each page counted for whoever shares it in equal parts."""
    kilobytes = 0
    for member in family(pid):
        for line in Path(f"/proc/{member}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                kilobytes += int(line.split()[1])
    return kilobytes / 1024
