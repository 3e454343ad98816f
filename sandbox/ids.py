"""Identifiers: counted for things people see, random from one seed for secrets and processes."""

from __future__ import annotations

import random
from collections import defaultdict


class Ids:
    """Gives the same identifiers for the same seed.

    A reset of the portal does not start it again, so that a process or message never bears an identifier twice.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - the secrets of a toy portal must be repeatable
        self._last: defaultdict[str, int] = defaultdict(int)

    def next(self, kind: str, *, above: int = 0) -> int:
        self._last[kind] = max(self._last[kind], above) + 1
        return self._last[kind]

    def hex(self, length: int) -> str:
        return "".join(self._random.choices("0123456789abcdef", k=length))

    def secret(self, length: int = 32) -> str:
        return "".join(self._random.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=length))

    def workflow(self) -> str:
        """Make an identifier of the shape of PHP's ``uniqid('', true)``: 14 hex digits, a dot, 8 digits."""
        return f"{self.hex(14)}.{self._random.randrange(10**8):08d}"

    def activity(self) -> str:
        return "A" + "_".join(str(self._random.randrange(1_000, 99_999)) for _ in range(4))
