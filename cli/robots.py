"""`dezhurny robots`: which robots there are, and their registration in portals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from cli.desk import Desk

app = typer.Typer(help="List robots, register them in portals.", no_args_is_help=True)


@app.command("list")
def list_robots(
    lang: Annotated[Literal["ru", "en"] | None, typer.Option(help="Language of the names.")] = None,
) -> None:
    """Print the robots of this release: code and name."""
    import activities
    from core.config import load

    language = lang or load().language
    for robot in activities.load().values():
        typer.echo(f"{robot.code:<22} {robot.name.said_in(language)}")


@app.command()
def sync(
    portal: Annotated[str, typer.Option(help="member_id of the portal; all active ones when left out.")] = "",
) -> None:
    """Register the robots anew.

    A start does it by itself when robots changed; this is for a portal where somebody deleted them. A worker does it.
    """
    from cli.desk import at_desk

    async def owe_all(desk: Desk) -> None:
        from core.portals.store import PortalStore
        from core.portals.tasks import owe

        found = [one for one in await desk.portals(portal) if one.status == "active"]
        for one in found:
            await PortalStore(desk.database).change(one.id, robots_fingerprint="")
            await owe(one.id, desk.database, kind="sync", due_at=desk.clock.now())
            typer.echo(f"{one.origin}: a worker registers the robots anew.")

    at_desk(owe_all)
