"""What every contender is to do: a line in a ledger for each timer. Runs in their environments, so it imports nothing.

A line is the timer's number and the moment at which its work began. It stands in the middle of the work, as the effect
of a request to somebody else does: the request takes its time to get there, and so does the answer.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path

TIMERS, SECONDS = 3_000, 40.0
#: How long a queue lets one timer work before it takes the worker for dead.
MOST_SECONDS = 10
AT_ONCE = 50


def due(number: int) -> float:
    """When a timer is to go off, in seconds of the epoch; SINCE says when the first one is."""
    return float(os.environ["SINCE"]) + number * SECONDS / TIMERS


def due_at(number: int) -> datetime:
    return datetime.fromtimestamp(due(number), UTC)


def store() -> str:
    """The address of the database or Redis that is the contender's own."""
    return os.environ["STORE"]


async def happen(number: int) -> None:
    """Do the work of one timer."""
    began = time.time()
    await asyncio.sleep(random.uniform(0.01, 0.03))
    note(number, began)
    await asyncio.sleep(random.uniform(0.01, 0.03))


def note(number: int, began: float) -> None:
    with Path(os.environ["LEDGER"]).open("a", encoding="ascii") as ledger:
        ledger.write(f"{number} {began:.3f}\n")
