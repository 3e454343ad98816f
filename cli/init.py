"""`dezhurny init`: write `.env`, and say what to type into the portal's form."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cli.trouble import WRONG_USE, Trouble

if TYPE_CHECKING:
    from core.config import Settings

ASKED = (
    ("PUBLIC_URL", "Address under which portals reach this service (https://…)"),
    ("CLIENT_ID", "Application id of the portal's form (client_id; empty if you do not have it yet)"),
    ("CLIENT_SECRET", "Application key of the portal's form (client_secret; empty if you do not have it yet)"),
)


def init(
    public_url: Annotated[str, typer.Option(help="Address under which portals reach this service.")] = "",
    client_id: Annotated[str, typer.Option(help="Application id that the portal's form showed.")] = "",
    file: Annotated[Path, typer.Option(help="The settings file to write.")] = Path(".env"),
    lang: Annotated[Literal["ru", "en"] | None, typer.Option(help="Language of the text for the form.")] = None,
    non_interactive: Annotated[
        bool, typer.Option("--non-interactive", help="Ask nothing; leave out what is not known.")
    ] = False,
) -> None:
    """Write .env and print what the form wants.

    Makes new keys once, asks for what is not known, changes nothing that is there.
    """
    given = {"PUBLIC_URL": public_url, "CLIENT_ID": client_id}
    known = _read(file)
    added = {name: value for name, value in given.items() if value and name not in known}
    if "SECRET_KEYS" not in known:
        added["SECRET_KEYS"] = _new_key()
    if not non_interactive:
        for name, question in ASKED:
            if name not in known and name not in added:
                answer = typer.prompt(question, default="", show_default=False, hide_input=name == "CLIENT_SECRET")
                added |= {name: answer} if answer else {}
    settings = _checked(known | added)
    _append(file, added)
    what = ", ".join(f"DEZHURNY_{name}" for name in added) or "nothing, all is there"
    typer.echo(f"{file}: added {what}.\n")
    _print_form(settings, lang or settings.language)


def _new_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _read(file: Path) -> dict[str, str]:
    from dotenv import dotenv_values

    from core.config import PREFIX

    try:
        values = dotenv_values(file)
    except (OSError, UnicodeDecodeError):
        raise Trouble(f"The settings file {file} cannot be read.", code=WRONG_USE) from None
    return {name.removeprefix(PREFIX): value for name, value in values.items() if value and name.startswith(PREFIX)}


def _checked(values: dict[str, str]) -> Settings:
    """Refuse a wrong answer before it is written."""
    import tempfile

    from core.config import load

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".env") as draft:
        draft.writelines(_line(name, value) for name, value in values.items())
        draft.flush()
        return load(Path(draft.name))


def _line(name: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"DEZHURNY_{name}='{quoted}'\n"


def _append(file: Path, values: dict[str, str]) -> None:
    is_new = not file.exists()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as handle:
        if is_new:
            handle.write(
                "# Settings of Dezhurny; all of them are in .env.example. Keep this file secret and backed up:\n"
            )
            handle.write("# without SECRET_KEYS the stored tokens of portals cannot be read.\n")
        handle.writelines(_line(name, value) for name, value in values.items())
    file.chmod(0o600)


def _print_form(settings: Settings, language: str) -> None:
    from cli.form import form

    typer.echo(form(settings.public_url or "https://…").said_in(language))
