"""`dezhurny runs`: look at runs and act on them without a browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.trouble import WRONG_USE, Trouble

if TYPE_CHECKING:
    from core.clock import Clock
    from core.config import Settings
    from core.db import Database
    from core.runs.listing import RunCard, RunLine

app = typer.Typer(help="Look at runs, try one again, stop one.", no_args_is_help=True)

Portal = Annotated[str, typer.Option(help="member_id of the portal; not needed when only one is installed.")]
RunId = Annotated[str, typer.Argument(help="Id of the run, as the list shows it.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a command works with: one portal of one open database."""

    settings: Settings
    database: Database
    clock: Clock
    portal_id: str


@app.command("list")
def list_runs(
    portal: Portal = "",
    status: Annotated[list[str] | None, typer.Option(help="Only runs of this status; may be repeated.")] = None,
    robot: Annotated[list[str] | None, typer.Option(help="Only runs of this robot; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many, the newest first.")] = 20,
) -> None:
    """Print the newest runs, one a line."""

    async def show(desk: Desk) -> None:
        from core.runs.filters import Filter
        from core.runs.listing import Listing

        wanted = Filter(statuses=tuple(status or ()), robots=tuple(robot or ()))
        page = await Listing(desk.database).runs(desk.portal_id, wanted, limit=limit)
        for line in page.items:
            typer.echo(_line(line, desk.settings.language))

    _at_desk(portal, show)


@app.command()
def show(run_id: RunId, portal: Portal = "") -> None:
    """Print one run with its log, its effects and its REST calls."""

    async def print_card(desk: Desk) -> None:
        from core.runs.listing import Listing

        card = await Listing(desk.database).run(desk.portal_id, run_id)
        if card is None:
            raise _no_such(run_id)
        for line in _card(card, desk.settings.language):
            typer.echo(line)

    _at_desk(portal, print_card)


@app.command()
def retry(
    run_id: RunId,
    start: Annotated[
        Literal["step", "start", "reply"],
        typer.Option("--from", help="From the step it stopped at, from the start, or only the answer to the process."),
    ] = "step",
    portal: Portal = "",
) -> None:
    """Let a finished run go on; effects that are done are not repeated."""

    async def again(desk: Desk) -> None:
        from core.runs import commands

        actor = commands.Actor(0, "operator")
        await commands.retry(desk.database, desk.portal_id, run_id, start=start, actor=actor, clock=desk.clock)
        typer.echo(f"{run_id} goes on.")

    _at_desk(portal, again)


@app.command()
def cancel(
    run_id: RunId,
    reason: Annotated[str, typer.Option(help="Why; the log shows it.")] = "",
    portal: Portal = "",
) -> None:
    """Stop a run before its next effect; its process gets an answer."""

    async def stop(desk: Desk) -> None:
        from core.runs import commands

        actor = commands.Actor(0, "operator")
        await commands.cancel(desk.database, desk.portal_id, run_id, reason=reason, actor=actor, clock=desk.clock)
        typer.echo(f"{run_id} is being stopped.")

    _at_desk(portal, stop)


def _at_desk(member_id: str, work: Callable[[Desk], Awaitable[None]]) -> None:
    import asyncio

    from core.config import load

    asyncio.run(_work(load(), member_id, work))


async def _work(settings: Settings, member_id: str, work: Callable[[Desk], Awaitable[None]]) -> None:
    from core.clock import ticking
    from core.db import Database
    from core.runs.commands import NoSuchRun, NotNow

    if settings.database_file is not None and not settings.database_file.exists():
        raise Trouble(f"There is no database at {settings.database_file} yet.")
    async with Database(settings.database_url) as database, ticking(settings.clock_url) as clock:
        desk = Desk(settings, database, clock, await _portal_id(database, member_id))
        try:
            await work(desk)
        except NoSuchRun:
            raise Trouble("This portal has no such run.", code=WRONG_USE) from None
        except NotNow as refusal:
            raise Trouble(refusal.text.said_in(settings.language)) from None


async def _portal_id(database: Database, member_id: str) -> str:
    from sqlmodel import select

    from core.portals.tables import Portal as PortalRow

    async with database.session() as session:
        found = (await session.exec(select(PortalRow.id, PortalRow.member_id, PortalRow.origin))).all()
    wanted = [row for row in found if not member_id or row[1] == member_id]
    if len(wanted) == 1:
        return wanted[0][0]
    if not wanted:
        raise Trouble("No such portal is installed." if member_id else "No portal is installed.", code=WRONG_USE)
    names = ", ".join(f"{row[1]} ({row[2]})" for row in wanted)
    raise Trouble(f"Several portals are installed, name one with --portal: {names}.", code=WRONG_USE)


def _no_such(run_id: str) -> Trouble:
    return Trouble(f"This portal has no run {run_id}.", code=WRONG_USE)


def _line(line: RunLine, language: str) -> str:
    what = line.title or line.document
    head = f"{line.id}  {line.created_at:%Y-%m-%d %H:%M:%S}  {line.status:<11} {line.robot:<20} {what}"
    return f"{head}  {line.reason.said_in(language)}".rstrip()


def _card(card: RunCard, language: str) -> list[str]:
    from core.texts.text import Text

    lines = [_line(card.line, language), ""]
    lines += [
        f"{event.at:%Y-%m-%d %H:%M:%S}  {event.kind:<9} {Text.from_json(event.text).said_in(language)}"
        for event in card.events
    ]
    if card.effects:
        lines.append("")
    lines += [
        f"{effect.kind:<20} {effect.state:<10} {Text.from_json(effect.summary).said_in(language)}"
        for effect in card.effects
    ]
    if card.calls:
        lines.append("")
    lines += [
        f"{call.at:%Y-%m-%d %H:%M:%S}  {call.method:<40} {call.milliseconds:>5} ms  {call.status} {call.error}".rstrip()
        for call in card.calls
    ]
    return lines
