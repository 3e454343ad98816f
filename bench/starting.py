"""How long a word of help takes, and how much memory the whole demo needs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figure import Figure
from bench.process import DEZHURNY, resident_megabytes, running
from tests.servers import free_port

REPEATS = 7


def measure() -> list[Figure]:
    helping, nothing = _seconds([str(DEZHURNY), "--help"]), _seconds([sys.executable, "-c", "pass"])
    return [
        Figure("dezhurny --help", helping, "s", f"python alone: {nothing:.3f} s", ("≤", 0.5)),
        _memory_of_demo(),
    ]


def _seconds(command: list[str]) -> float:
    times = []
    for _ in range(REPEATS):
        started_at = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started_at)
    return statistics.median(times)


def _memory_of_demo() -> Figure:
    port, portal_port = free_port(), free_port()
    command = [str(DEZHURNY), "demo", "--no-open", "--port", str(port), "--portal-port", str(portal_port)]
    with (
        tempfile.TemporaryDirectory(prefix="dezhurny-bench-") as folder,
        running(command, Path(folder), os.environ, port=port) as pid,
    ):
        time.sleep(3)
        megabytes = resident_megabytes(pid)
    return Figure("memory of the demo, idle", megabytes, "MB", "portal, web, worker and Redis together", ("≤", 250))
