"""`dezhurny runs`: look at runs and act on them without a browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.trouble import WRONG_USE, Trouble

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from cli.desk import Desk
    from core.portals.tables import Portal
    from core.runs.listing import RunCard, RunLine

app = typer.Typer(help="Look at runs, try one again, stop one, erase what names people.", no_args_is_help=True)

PortalOption = Annotated[str, typer.Option(help="member_id of the portal; not needed when only one is installed.")]
LangOption = Annotated[
    Literal["ru", "en"] | None, typer.Option(help="Language of the log; left out: that of the settings.")
]
RunId = Annotated[str, typer.Argument(help="Id of the run, as the list shows it.")]


@app.command("list")
def list_runs(
    portal: PortalOption = "",
    status: Annotated[list[str] | None, typer.Option(help="Only runs of this status; may be repeated.")] = None,
    robot: Annotated[list[str] | None, typer.Option(help="Only runs of this robot; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many, the newest first.")] = 20,
    lang: LangOption = None,
) -> None:
    """Print the newest runs, one a line, with times of the portal."""

    async def look(desk: Desk, portal: Portal) -> None:
        from core.runs.filters import Filter
        from core.runs.listing import Listing

        wanted = Filter(statuses=tuple(_known(one) for one in status or ()), robots=tuple(robot or ()))
        page = await Listing(desk.database).runs(portal.id, wanted, limit=limit)
        for line in page.items:
            typer.echo(_line(line, lang or desk.settings.language, zone_of(portal)))

    _in_portal(portal, look)


@app.command()
def show(run_id: RunId, portal: PortalOption = "", lang: LangOption = None) -> None:
    """Print one run with its log, its effects and its REST calls, with times of the portal."""

    async def look(desk: Desk, portal: Portal) -> None:
        from core.runs.commands import NoSuchRun
        from core.runs.listing import Listing

        card = await Listing(desk.database).run(portal.id, run_id)
        if card is None:
            raise NoSuchRun
        for line in _card(card, lang or desk.settings.language, zone_of(portal)):
            typer.echo(line)

    _in_portal(portal, look)


@app.command()
def retry(
    run_id: RunId,
    start: Annotated[
        Literal["step", "start", "reply"],
        typer.Option("--from", help="From the step it stopped at, from the start, or only the answer to the process."),
    ] = "step",
    portal: PortalOption = "",
) -> None:
    """Let a finished run go on; effects that are done are not repeated."""

    async def again(desk: Desk, portal: Portal) -> None:
        from core.runs import commands

        actor = commands.Actor(0, "operator")
        await commands.retry(desk.database, portal.id, run_id, start=start, actor=actor, clock=desk.clock)
        typer.echo(f"{run_id} goes on.")

    _in_portal(portal, again)


@app.command()
def cancel(
    run_id: RunId,
    reason: Annotated[str, typer.Option(help="Why; the log shows it.")] = "",
    portal: PortalOption = "",
) -> None:
    """Stop a run before its next effect; its process gets an answer."""

    async def stop(desk: Desk, portal: Portal) -> None:
        from core.runs import commands

        actor = commands.Actor(0, "operator")
        await commands.cancel(desk.database, portal.id, run_id, reason=reason, actor=actor, clock=desk.clock)
        typer.echo(f"{run_id} is being stopped.")

    _in_portal(portal, stop)


@app.command()
def erase(
    item: Annotated[str, typer.Argument(help="Whose runs: deal:17, lead:5, contact:9, company:3 or dynamic_128:7.")],
    portal: PortalOption = "",
) -> None:
    """Take away at once whatever names people in the runs of an item that are over."""
    from core.bitrix24.documents import Item, UnsupportedDocument

    try:
        named = Item.from_document(item.strip().upper().replace(":", "_"))
    except UnsupportedDocument:
        raise Trouble(f"{item} is not an item; write deal:17, contact:9 and the like.", code=WRONG_USE) from None

    async def take(desk: Desk, portal: Portal) -> None:
        from core.runs.erasure import erase as erase_item

        done = await erase_item(desk.database, portal.id, named, at=desk.clock.now())
        typer.echo(f"Runs erased: {done.runs}.")
        if done.left:
            typer.echo(f"Runs that still go on: {done.left}; stop them and erase again.")

    _in_portal(portal, take)


def _in_portal(member_id: str, work: Callable[[Desk, Portal], Awaitable[None]]) -> None:
    from cli.desk import at_desk

    async def there(desk: Desk) -> None:
        from core.runs.commands import NoSuchRun, NotNow

        portal = await desk.portal(member_id)
        try:
            await work(desk, portal)
        except NoSuchRun:
            raise Trouble("This portal has no such run.", code=WRONG_USE) from None
        except NotNow as refusal:
            raise Trouble(refusal.text.said_in(desk.settings.language)) from None

    at_desk(there)


def _known(status: str) -> str:
    """Refuse a status that no run can have: an empty list would be taken for an answer."""
    from server.ui.statuses import STATUSES

    if status not in STATUSES:
        raise Trouble(f"There is no status {status}; there are {', '.join(STATUSES)}.", code=WRONG_USE)
    return status


def zone_of(portal: Portal) -> tzinfo:
    from datetime import UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(portal.time_zone)
    except (KeyError, ValueError, OSError):
        return UTC


def _at(at: datetime, zone: tzinfo) -> str:
    """Say a moment so that nobody has to guess whose it is: ``2026-11-24 11:00:02 +0300``."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"


def _line(line: RunLine, language: str, zone: tzinfo) -> str:
    what = line.title or line.document
    head = f"{line.id}  {_at(line.created_at, zone)}  {line.status:<11} {line.robot:<20} {what}"
    return f"{head}  {line.reason.said_in(language)}".rstrip()


def _card(card: RunCard, language: str, zone: tzinfo) -> list[str]:
    from core.texts.text import Text

    events = [
        f"{_at(event.at, zone)}  {event.kind:<9} {Text.from_json(event.text).said_in(language)}"
        for event in card.events
    ]
    effects = [
        f"{effect.kind:<20} {effect.state:<10} {Text.from_json(effect.summary).said_in(language)}"
        for effect in card.effects
    ]
    calls = [
        f"{_at(call.at, zone)}  {call.method:<40} {call.milliseconds:>5} ms  {call.status} {call.error}".rstrip()
        for call in card.calls
    ]
    blocks = [[_line(card.line, language, zone)], events, effects, calls]
    return "\n\n".join("\n".join(block) for block in blocks if block).splitlines()
