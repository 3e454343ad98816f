"""`dezhurny init`: write `.env`, and say what to type into the portal's form."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.trouble import WRONG_USE, Trouble

if TYPE_CHECKING:
    from core.config import Settings

QUESTIONS = {
    "DEZHURNY_PUBLIC_URL": "Address under which portals reach this service (https://…)",
    "DEZHURNY_CLIENT_ID": "client_id that the portal's form showed (empty if you do not have it yet)",
    "DEZHURNY_CLIENT_SECRET": "client_secret that the portal's form showed (empty if you do not have it yet)",
}
_HEAD = """\
# Settings of Dezhurny; .env.example lists all of them. Keep this file secret and keep a copy of it:
# without DEZHURNY_SECRET_KEYS the stored tokens of portals cannot be read.
"""


def init(
    public_url: Annotated[str, typer.Option(help="Address under which portals reach this service.")] = "",
    client_id: Annotated[str, typer.Option(help="client_id that the portal's form showed.")] = "",
    file: Annotated[Path, typer.Option(help="The settings file to write.")] = Path(".env"),
    lang: Annotated[Literal["ru", "en"] | None, typer.Option(help="Language of the text for the form.")] = None,
    non_interactive: Annotated[
        bool, typer.Option("--non-interactive", help="Ask nothing; leave out what is not known.")
    ] = False,
) -> None:
    """Write .env and print what the form wants.

    Makes new keys once, asks for what is not known, changes nothing that is there.
    """
    from cli.form import form

    known = known_in(file)
    given = {"DEZHURNY_PUBLIC_URL": public_url, "DEZHURNY_CLIENT_ID": client_id, **_new_secrets()}
    added = {name: value for name, value in given.items() if value and name not in known}
    if not non_interactive:
        added |= _asked({name for name in QUESTIONS if name not in known and name not in added})
    settings = _checked(known | added)
    append(file, added)
    typer.echo(f"{file}: added {', '.join(added) or 'nothing, all is there'}.\n")
    typer.echo(form(settings.public_url or "https://…").said_in(lang or settings.language))


def _new_secrets() -> dict[str, str]:
    return {
        "DEZHURNY_SECRET_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "POSTGRES_PASSWORD": secrets.token_hex(24),  # for compose.yaml
    }


def _asked(names: set[str]) -> dict[str, str]:
    answers = {
        name: str(typer.prompt(question, default="", show_default=False, hide_input=name.endswith("SECRET"))).strip()
        for name, question in QUESTIONS.items()
        if name in names
    }
    return {name: answer for name, answer in answers.items() if answer}


def known_in(file: Path) -> dict[str, str]:
    """Return what a settings file says; nothing when there is none."""
    from dotenv import dotenv_values

    try:
        values = dotenv_values(file)
    except (OSError, UnicodeDecodeError):
        raise Trouble(f"The settings file {file} cannot be read.", code=WRONG_USE) from None
    return {name: value for name, value in values.items() if value}


def _checked(values: Mapping[str, str]) -> Settings:
    """Refuse a wrong answer before it is written."""
    import tempfile

    from core.config import load

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".env") as draft:
        draft.writelines(_line(name, value) for name, value in values.items())
        draft.flush()
        return load(Path(draft.name))


def _line(name: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"{name}='{quoted}'\n"


def append(file: Path, values: Mapping[str, str]) -> None:
    """Add settings to a file that is its owner's alone; what stands in it stays."""
    try:
        _append(file, values)
    except OSError as error:
        raise Trouble(f"{file} cannot be written: {error.strerror or type(error).__name__}.", code=WRONG_USE) from None


def _append(file: Path, values: Mapping[str, str]) -> None:
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    gap = "\n" if before and not before.endswith("\n") else ""
    text = "".join(_line(name, value) for name, value in values.items())
    # Closed to others before a secret is in it.
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as handle:
        file.chmod(0o600)
        if text:
            handle.write((gap if before else _HEAD) + text)
