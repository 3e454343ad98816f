"""`dezhurny robots`: which robots there are, and their registration in portals."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

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
