"""`dezhurny migrate`: the schema of the database."""

from __future__ import annotations

import typer


def migrate() -> None:
    """Bring the database up to date.

    `serve` and `worker` do it by themselves when they start.
    """
    import asyncio

    from cli.database import bring_up_to_date
    from core.config import load

    asyncio.run(bring_up_to_date(load()))
    typer.echo("The database is up to date.")
