"""`make fuzz`: look for an hour (or as many minutes as told) for a request that breaks something."""

from __future__ import annotations

import asyncio
import logging
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from core.db.migrate import migrate
from tests.corpus.entries import FILE, entries
from tests.corpus.service import running
from tests.fuzz.people import Asks
from tests.fuzz.portals import one
from tests.server.ui.people import house
from tests.servers import free_port

_MINUTES = 60.0
#: Growth of the process behind the first minute that is no noise any more, in megabytes.
_GROWTH = 100


async def main(minutes: float, seed: int) -> int:
    """Return how many requests broke something; each is printed as it can be sent again."""
    if not FILE.exists():
        sys.exit(
            "The corpus ../shared/data/bad_inputs.jsonl is not on this machine, so there is nothing to start from."
        )
    logging.disable()
    print(f"Looking for {minutes:g} minutes with the seed {seed} …", flush=True)
    seeds, chance = entries(), random.Random(seed)
    ends = time.monotonic() + minutes * 60
    broken, sent = 0, 0
    with tempfile.TemporaryDirectory(prefix="dezhurny-fuzz-") as name:
        folder = Path(name)
        urls = [f"sqlite+aiosqlite:///{folder}/{file}.db" for file in ("portals", "people")]
        for url in urls:
            await migrate(url)
        ports = free_port(), free_port()
        async with (
            running(urls[0], folder, ports=ports, protocol="httptools") as service,
            house(folder, folder, url=urls[1]) as home,
        ):
            asks = await Asks.of(home, chance)
            steady = 0
            while time.monotonic() < ends:
                for wrong in (await one(service, seeds, chance), await asks.once()):
                    sent += 1
                    if wrong:
                        broken += 1
                        print(wrong, flush=True)
                if sent == 20_000:
                    steady = _megabytes()
            if steady and _megabytes() - steady > _GROWTH:
                broken += 1
                print(f"The process grew from {steady} to {_megabytes()} MB.", flush=True)
    print(f"{sent} requests, {broken} broke something.")
    return broken


def _megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    told = sys.argv[1:]
    sys.exit(1 if asyncio.run(main(float(told[0]) if told else _MINUTES, int(told[1]) if told[1:] else 1)) else 0)
