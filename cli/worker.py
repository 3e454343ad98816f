"""`dezhurny worker`: the part that runs robots."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.config import Settings


def worker() -> None:
    """Run robots until told to stop.

    Any number of workers may run over PostgreSQL, one or two over SQLite.
    """
    from cli import hosting, logs
    from cli.serve import NEEDED
    from core.config import load

    settings = load()
    settings.needs(*NEEDED)
    logs.configure()
    hosting.run(_work(settings))


async def _work(settings: Settings) -> None:
    from cli import hosting
    from cli.database import bring_up_to_date
    from workers.main import run_worker

    await bring_up_to_date(settings)
    async with hosting.running(run_worker(settings), name="worker") as part:
        await hosting.until_stopped(part)
