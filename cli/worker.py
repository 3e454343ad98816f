"""`dezhurny worker`: the part that runs robots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.config import Settings


def worker(
    metrics_port: Annotated[
        int, typer.Option("--metrics-port", help="Tell Prometheus on this port of 127.0.0.1 what this process counts.")
    ] = 0,
) -> None:
    """Run robots until told to stop.

    Any number of workers may run over PostgreSQL, one or two over SQLite.
    """
    from cli import hosting, logs
    from cli.serve import NEEDED
    from core import tracing
    from core.config import load

    settings = load()
    settings.needs(*NEEDED)
    logs.configure()
    tracing.begin()
    if metrics_port:
        from prometheus_client import start_http_server

        start_http_server(metrics_port, addr="127.0.0.1")
    hosting.run(_work(settings))


async def _work(settings: Settings) -> None:
    from cli import hosting
    from cli.database import bring_up_to_date
    from workers.main import run_worker

    await bring_up_to_date(settings)
    async with hosting.running(run_worker(settings), name="worker") as part:
        await hosting.until_stopped(part)
