"""The portal emulator alone, as a developer of another application starts it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.servers import free_port


def test_it_says_its_address_and_is_the_same_for_the_same_seed() -> None:
    port = free_port()
    assert started(port) == started(port)


def started(port: int) -> dict[str, Any]:
    program = Path(sys.executable).parent / "dezhurny"
    order = [str(program), "sandbox", "--port", str(port), "--state", "empty", "--lang", "en", "--seed", "4"]
    with subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            assert process.stdout.readline() == f"http://localhost:{port}\n"
            with urlopen(f"http://127.0.0.1:{port}/_sandbox/portals", timeout=10) as answer:
                (portal,) = json.load(answer)["portals"]
            process.send_signal(signal.SIGTERM)
            assert (process.wait(timeout=10), process.stderr.read()) == (0, "")
        finally:
            process.kill()
    assert (portal["lang"], portal["client_id"]) == ("en", None)
    return dict(portal)
