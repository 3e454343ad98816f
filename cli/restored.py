"""`dezhurny restored`: after a database was put back from a copy, nothing is sent before a person agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.config import Settings


def restored(
    go_on: Annotated[bool, typer.Option("--go-on", help="Let the work that was held go on.")] = False,
) -> None:
    """Hold everything after a restore, before the service starts.

    What was meant when the copy was made is looked for in Bitrix24 before it is repeated.
    """
    import asyncio

    from core.config import load

    held = asyncio.run(_restored(load(), go_on=go_on))
    if go_on:
        typer.echo(f"Work goes on for {held} portals.")
    else:
        typer.echo(f"Work is held for {held} portals. Look at the runs, then: dezhurny restored --go-on")


async def _restored(settings: Settings, *, go_on: bool) -> int:
    from datetime import UTC, datetime

    from core.db import Database
    from core.portals.store import PortalStore
    from core.runs.restored import hold, let_go

    async with Database(settings.database_url) as database:
        act = let_go if go_on else hold
        return await act(database, PortalStore(database), at=datetime.now(UTC))
