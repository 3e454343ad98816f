"""The console command `dezhurny`; each of its words lives in a module of its own and imports only when it runs."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from cli import backup, demo, doctor, init, migrate, restored, robots, runs, sandbox, serve, worker
from cli.trouble import explained

app = typer.Typer(
    name="dezhurny",
    help="Robots for Bitrix24 that watch client chats, wait in working time, act, and show why.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (
    demo.demo,
    init.init,
    serve.serve,
    worker.worker,
    migrate.migrate,
    restored.restored,
    doctor.doctor,
    sandbox.sandbox,
):
    app.command()(command)
app.command()(backup.backup)
app.command()(backup.restore)
app.add_typer(robots.app, name="robots")
app.add_typer(runs.app, name="runs")


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"dezhurny {version('dezhurny')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Hold the options that stand before the command."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 failed, 2 used wrongly. An error is one sentence, never a traceback."""
    try:
        app(arguments, prog_name="dezhurny")
    except Exception as error:  # noqa: BLE001  # the edge of the process
        trouble = explained(error)
        typer.echo(str(trouble), err=True)
        sys.exit(trouble.code)
