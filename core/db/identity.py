"""Identifiers of rows that people may see in an address."""

from __future__ import annotations

import secrets
import threading
import time
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_BITS: Final = 80

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return 26 characters: 10 of the moment (milliseconds), 16 random.

    An id sorts after all that this process made before, also within one millisecond: the log of a run is read in
    this order.
    """
    global _last  # noqa: PLW0603 - the order of ids is a thing of the process
    moment = (time.time_ns() // 1_000_000) << _RANDOM_BITS
    with _lock:
        _last = max(moment | secrets.randbits(_RANDOM_BITS), _last + 1)
        number = _last
    letters = []
    for _ in range(26):
        number, index = divmod(number, 32)
        letters.append(_ALPHABET[index])
    return "".join(reversed(letters))
