"""What many escalations due at once on one portal cost it: HTTP requests, beside the fewest that could carry them."""

from __future__ import annotations

import math
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bench.figure import Figure
from bench.firing import Bench, is_registered
from bench.process import DEZHURNY, running
from tests.servers import free_port

DEALS = 300
PER_BATCH = 50
PATIENCE_SECONDS = 60.0
_TEXTS = ("im.notify.system.add", "im.notify.personal.add", "imopenlines.crm.message.add")


def measure() -> list[Figure]:
    port, portal_port = free_port(), free_port()
    command = [str(DEZHURNY), "demo", "--no-open", "--port", str(port), "--portal-port", str(portal_port)]
    with (
        tempfile.TemporaryDirectory(prefix="dezhurny-bench-") as folder,
        running(command, Path(folder), os.environ, port=port),
    ):
        bench = Bench(portal_port)
        bench.until(lambda: is_registered(bench))
        # Counted is how many, not how fast: neither side holds anything back.
        bench.ask("switches", {"limits": False})
        with _rested(Path(folder)):
            return _escalating(bench)


def _escalating(bench: Bench) -> list[Figure]:
    bench.place("WON", "escalate_no_reply", after_minutes="60")
    answered = bench.answered()
    deals = [bench.talk(f"Клиент {number}")[0] for number in range(DEALS)]
    for deal in deals:
        bench.move(deal, "WON")
    _until(bench, "event.send", answered + DEALS)
    told = _count(bench, "notification")
    with bench.watched() as requests:
        bench.ask("clock", {"advance_seconds": 3700})
        _until(bench, "notification", told + DEALS)
    # Processes are answered when their robots are armed; those answers, said again, only fall into the same time.
    requests = [methods for methods in requests if not any(method.startswith("bizproc.") for method in methods)]
    commands = sum(len(methods) for methods in requests)
    texts = sum(method in _TEXTS for methods in requests for method in methods)
    least, ruled = math.ceil(commands / PER_BATCH), texts + math.ceil((commands - texts) / PER_BATCH)
    name = f"{DEALS} escalations at once: requests"
    beside = f"{len(requests)} requests with {commands} commands, which {least} could carry"
    kept = f"{ruled} could carry them where each of {texts} texts travels alone, as is our rule"
    return [
        Figure(f"{name} to the fewest", len(requests) / least, "", beside, ("≤", 1.2)),
        Figure(f"{name} to the fewest under the rule for texts", len(requests) / ruled, "", kept),
    ]


def _count(bench: Bench, kind: str) -> int:
    return sum(effect["kind"] == kind for effect in bench.ask("ledger")["effects"])


def _until(bench: Bench, kind: str, count: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _count(bench, kind) < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"Only {_count(bench, kind)} of {count} effects {kind!r} were seen.")
        time.sleep(0.2)


@contextmanager
def _rested(folder: Path) -> Iterator[None]:
    """Forget what the lane has used, all the time."""
    over = threading.Event()

    def forget() -> None:
        while not over.wait(0.05):
            for place in folder.rglob("valkey.sock"):
                with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
                    client.connect(str(place))
                    client.sendall(b"FLUSHALL\r\n")
                    client.recv(16)

    thread = threading.Thread(target=forget, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
