"""One process of the service under test: it never outlives the tests, and tells its last words when it fails."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

DEZHURNY = Path(sys.executable).parent / "dezhurny"


class Process:
    """`dezhurny …` in a folder of its own, with nothing in the environment but what it is given."""

    def __init__(self, folder: Path, environment: Mapping[str, str], *arguments: str) -> None:
        self._log = folder / f"{arguments[0]}.log"
        with self._log.open("ab") as log:
            # The kernel ends it with the process of the tests, whatever becomes of that.
            command = ["/usr/bin/setpriv", "--pdeathsig", "KILL", str(DEZHURNY), *arguments]
            self._process = subprocess.Popen(command, cwd=folder, env=dict(environment), stdout=log, stderr=log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ended(self, *, within: float = 10) -> int:
        """Wait for its end and return its code, negative for a signal."""
        return self._process.wait(timeout=within)

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(timeout=60)

    def terminate(self, *, within: float = 30) -> int:
        self._process.send_signal(signal.SIGTERM)
        return self.ended(within=within)

    def last_words(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
