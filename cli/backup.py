"""`dezhurny backup` and `dezhurny restore`: all that is stored in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.trouble import WRONG_USE, Trouble

if TYPE_CHECKING:
    from core.config import Settings
    from core.db.archive import Manifest

#: What of the settings goes along with --with-keys; without the first, stored tokens cannot be read.
KEPT = ("DEZHURNY_SECRET_KEYS", "DEZHURNY_CLIENT_ID", "DEZHURNY_CLIENT_SECRET")
KEYS_FILE = "keys.sealed"

WithKeys = Annotated[bool, typer.Option("--with-keys", help="The keys too, sealed with a passphrase.")]
PassphraseFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the passphrase; asked for when left out.")
]


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as dezhurny.tar.gz.")],
    with_keys: WithKeys = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write the whole database into one file.

    The service may go on meanwhile. Tokens stay sealed: keep DEZHURNY_SECRET_KEYS apart from the file, or take the keys
    along with --with-keys. Without them portals must open the application once after a restore.
    """
    import asyncio

    from core.config import load
    from core.db.archive import write_archive

    settings = load()
    if settings.database_file is not None and not settings.database_file.exists():
        raise Trouble(f"There is no database at {settings.database_file} yet.")
    extra = {KEYS_FILE: _sealed(settings, _passphrase(passphrase_file, new=True))} if with_keys else {}
    try:
        manifest = asyncio.run(write_archive(settings.database_url, file, extra))
    except FileExistsError:
        raise Trouble(f"{file} is there already; choose another name.", code=WRONG_USE) from None
    except OSError as error:
        raise Trouble(f"{file} cannot be written: {error.strerror or type(error).__name__}.") from None
    typer.echo(f"{file}: {_told(manifest)}.")
    if not with_keys:
        typer.echo("The keys are not in it: keep a copy of DEZHURNY_SECRET_KEYS.")


def restore(
    file: Annotated[Path, typer.Argument(help="The file that `dezhurny backup` wrote.")],
    with_keys: WithKeys = False,
    passphrase_file: PassphraseFile = None,
    settings_file: Annotated[Path, typer.Option(help="Where --with-keys writes keys that are missing.")] = Path(".env"),
) -> None:
    """Fill an empty database from a backup.

    SQLite or PostgreSQL, whichever it was made of. Stop the service first. What robots did after the backup is not
    in it, so nothing is done before you say `dezhurny restored --go-on`.
    """
    import asyncio

    from core.config import load
    from core.db.archive import BadArchive, NotEmpty, read_manifest, restore_archive

    try:
        _, extra = read_manifest(file)
        if with_keys:
            _write_keys(extra.get(KEYS_FILE), _passphrase(passphrase_file, new=False), settings_file)
        settings = load()
        manifest = asyncio.run(restore_archive(settings.database_url, file))
    except BadArchive as bad:
        raise Trouble(f"{file} cannot be restored. {bad}", code=WRONG_USE) from None
    except NotEmpty:
        raise Trouble("The database has data in it; restore into an empty one.", code=WRONG_USE) from None
    typer.echo(f"Restored: {_told(manifest)}.")
    asyncio.run(_check_keys(settings))
    if held := asyncio.run(_held(settings, manifest.made_at)):
        typer.echo(f"Work is held for {held} portals. Look at the runs, then: dezhurny restored --go-on")


async def _held(settings: Settings, made_at: str) -> int:
    from datetime import UTC, datetime

    from core.db import Database
    from core.portals.store import PortalStore
    from core.runs.restored import hold

    async with Database(settings.database_url) as database:
        since = datetime.fromisoformat(made_at) if made_at else None
        return await hold(database, PortalStore(database), at=datetime.now(UTC), since=since)


def _told(manifest: Manifest) -> str:
    portals, runs = manifest.rows.get("portal", 0), manifest.rows.get("run", 0)
    return f"portals {portals}, runs {runs}, all rows {sum(manifest.rows.values())}, made {manifest.made_at}"


def _passphrase(file: Path | None, *, new: bool) -> str:
    if file is None:
        asked: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=new)
        return asked
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Trouble(f"{file} cannot be read.", code=WRONG_USE) from None
    if not lines or not lines[0].strip():
        raise Trouble(f"{file} has no passphrase in its first line.", code=WRONG_USE)
    return lines[0].strip()


def _sealed(settings: Settings, passphrase: str) -> bytes:
    from core.portals.passphrase import seal

    values = (settings.secret_keys, settings.client_id, settings.client_secret)
    texts = [value if isinstance(value, str) else value.get_secret_value() for value in values]
    return seal("\n".join(texts), passphrase)


def _write_keys(sealed: bytes | None, passphrase: str, settings_file: Path) -> None:
    from cli.init import append, known_in
    from core.portals.passphrase import WrongPassphrase, unseal

    if sealed is None:
        raise Trouble("The backup has no keys in it.", code=WRONG_USE)
    try:
        values = dict(zip(KEPT, unseal(sealed, passphrase).split("\n"), strict=True))
    except (WrongPassphrase, ValueError):
        raise Trouble("The passphrase is wrong.", code=WRONG_USE) from None
    known = known_in(settings_file)
    if known.get(KEPT[0], values[KEPT[0]]) != values[KEPT[0]]:
        raise Trouble(f"{settings_file} has other keys; take DEZHURNY_SECRET_KEYS out of it first.", code=WRONG_USE)
    append(settings_file, {name: value for name, value in values.items() if value and name not in known})


async def _check_keys(settings: Settings) -> None:
    """Say at once when the tokens of the backup cannot be opened with the keys of the settings."""
    from sqlmodel import select

    from core.db import Database
    from core.portals.keyring import Keyring, Unreadable
    from core.portals.tables import Portal

    keyring = Keyring(settings.key_ring)
    async with Database(settings.database_url) as database, database.session() as session:
        portals = (await session.exec(select(Portal))).all()
    for portal in portals:
        try:
            keyring.vault(portal.data_key, portal.id)
        except Unreadable:
            typer.echo(
                f"{portal.origin}: DEZHURNY_SECRET_KEYS does not open its tokens; open the application there once."
            )
