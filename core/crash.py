"""Places where tests may kill the process, to see that nothing is lost and nothing is done twice."""

from __future__ import annotations

import os
import signal
from typing import Final

#: Read once: in production the variable is not there, and the call costs one comparison.
_CRASH_AT: Final = os.environ.get("DEZHURNY_CRASH_AT", "")


def crashpoint(name: str) -> None:
    """Die as by ``kill -9`` when the test named this place; only a process with a test clock obeys."""
    if name == _CRASH_AT and os.environ.get("DEZHURNY_CLOCK_URL"):
        os.kill(os.getpid(), signal.SIGKILL)
