"""`dezhurny doctor`: is this installation well, and if not, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from core.checks.check import Check

_MARKS = {"ok": "✓", "warn": "!", "fail": "✗", "skip": "–"}


def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object for a machine.")] = False,
    lang: Annotated[Literal["ru", "en"] | None, typer.Option(help="Language of the findings.")] = None,
) -> None:
    """Say what is well and what to mend.

    Looks at settings, database, Redis, keys, portals and workers; exit code 1 when something must be mended.
    """
    import asyncio

    from core.config import SettingsError, load

    try:
        settings = load()
        settings.needs("PUBLIC_URL", "CLIENT_ID", "CLIENT_SECRET", "SECRET_KEYS")
    except SettingsError as error:
        language, checks = lang or "ru", [_settings(str(error))]
    else:
        from core.checks.doctor import examine

        language, checks = lang or settings.language, asyncio.run(examine(settings))
    (_print_json if json else _print)(checks, language)
    if any(check.state == "fail" for check in checks):
        raise typer.Exit(1)


def _settings(sentence: str) -> Check:
    from core.checks.check import Check
    from core.texts.text import Text

    return Check(
        "settings",
        "fail",
        Text(sentence, sentence),
        Text(ru="без этого сервис не запускается", en="without it the service does not start"),
        Text(ru="исправьте переменную или выполните dezhurny init", en="correct the variable or run dezhurny init"),
    )


def _print(checks: list[Check], language: str) -> None:
    for check in checks:
        typer.echo(f"{_MARKS[check.state]} {check.name:<11} {check.what.said_in(language)}")
        for text in filter(None, (check.why, check.fix)):
            typer.echo(f"  {'':<11} {text.said_in(language)}")


def _print_json(checks: list[Check], language: str) -> None:
    from json import dumps

    ok = not any(check.state == "fail" for check in checks)
    body = {"ok": ok, "checks": [check.as_json(language) for check in checks]}
    typer.echo(dumps(body, ensure_ascii=False))
