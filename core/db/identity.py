"""Identifiers of rows that people may see in an address."""

from __future__ import annotations

import base64
import secrets
import threading
import time
from datetime import timedelta
from typing import Final

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS: Final = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET.encode())
_MOMENT_LETTERS: Final = 10
_RANDOM_LETTERS: Final = 16
_RANDOM_BITS: Final = 5 * _RANDOM_LETTERS

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
        return _written(_last, _MOMENT_LETTERS + _RANDOM_LETTERS)


def id_before(made: str, by: timedelta) -> str:
    """Return the smallest id of a moment earlier than that of ``made``: where to look for what was committed late."""
    moment = 0
    for letter in made[:_MOMENT_LETTERS]:
        moment = moment * 32 + _ALPHABET.index(letter)
    moment = max(0, moment - by // timedelta(milliseconds=1))
    return _written(moment, _MOMENT_LETTERS) + _ALPHABET[0] * _RANDOM_LETTERS


def _written(number: int, length: int) -> str:
    bits = 5 * length
    octets = (number << -bits % 8).to_bytes(-(-bits // 8), "big")
    return base64.b32encode(octets)[:length].translate(_LETTERS).decode()
