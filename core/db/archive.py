"""Everything a database holds as one file, and back into an empty database of either kind.

The file is a gzipped tar: ``manifest.json`` with the format and the revision of the schema, and ``tables/<name>.jsonl``
with a row a line. Bytes are ``{"base64": …}``; everything else is what JSON has. What was sealed stays sealed.
"""

from __future__ import annotations

import base64
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection, MetaData, Table, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from core.db.migrate import current, known_revisions, migrate

FORMAT: Final = 1
#: What lives for minutes, and belongs to processes and browsers of before.
SHORT_LIVED: Final = frozenset({"session", "download", "worker", "pulse", "alembic_version"})

_MANIFEST: Final = "manifest.json"
_ROWS_AT_ONCE: Final = 500


class BadArchive(Exception):
    """The file cannot be taken; the sentence says why."""


class NotEmpty(Exception):
    """The database holds data that a restore would have to overwrite."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself; ``extra`` are further files in it, by name."""

    revision: str
    made_at: str
    rows: Mapping[str, int] = field(default_factory=dict)
    extra: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "format": FORMAT,
            "revision": self.revision,
            "made_at": self.made_at,
            "rows": dict(self.rows),
            "extra": list(self.extra),
        }


async def write_archive(url: str, target: Path, extra: Mapping[str, bytes] | None = None) -> Manifest:
    """Write the whole database as it is at one moment; others may go on working.

    The file appears whole or not at all, for its owner alone. Raises FileExistsError.
    """
    _refuse_to_replace(target)
    revision, _ = await current(url)
    manifest = Manifest(revision or "", datetime.now(UTC).isoformat(timespec="seconds"), extra=tuple(extra or ()))
    part = target.with_name(target.name + ".part")
    engine = create_async_engine(url)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            level = "SERIALIZABLE" if engine.dialect.name == "sqlite" else "REPEATABLE READ"
            async with engine.connect() as connection:
                await connection.execution_options(isolation_level=level)
                if engine.dialect.name == "sqlite":
                    await connection.exec_driver_sql("BEGIN")
                manifest = await connection.run_sync(_write, file, manifest, dict(extra or {}))
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
        await engine.dispose()
    return manifest


def read_manifest(source: Path) -> tuple[Manifest, dict[str, bytes]]:
    """Return what the archive says of itself, with its further files; raises BadArchive."""
    with _opened(source) as tar:
        told = _json_of(tar, _MANIFEST)
        if told.get("format") != FORMAT or told.get("revision") not in known_revisions():
            raise BadArchive("It was made by a newer release; restore it with that one.")
        names = [str(name) for name in told.get("extra", [])]
        rows = {str(name): int(count) for name, count in dict(told.get("rows", {})).items()}
        manifest = Manifest(str(told["revision"]), str(told.get("made_at", "")), rows, tuple(names))
        return manifest, {name: _member(tar, name).read() for name in names}


async def restore_archive(url: str, source: Path) -> Manifest:
    """Fill an empty database and bring it up to date; raises BadArchive, NotEmpty."""
    manifest, _ = read_manifest(source)
    if not _is_new_file(url):
        await _refuse_to_overwrite(url)
    await migrate(url, manifest.revision)
    engine = create_async_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_fill, source, manifest)
    finally:
        await engine.dispose()
    await migrate(url)
    return manifest


def _refuse_to_replace(target: Path) -> None:
    if target.exists():
        raise FileExistsError(target)


def _is_new_file(url: str) -> bool:
    address = make_url(url)
    return address.get_backend_name() == "sqlite" and not Path(address.database or "").exists()


async def _refuse_to_overwrite(url: str) -> None:
    engine = create_async_engine(url)
    try:
        async with engine.connect() as connection:
            if await connection.run_sync(_holds_rows):
                raise NotEmpty
    finally:
        await engine.dispose()


def _holds_rows(connection: Connection) -> bool:
    return any(
        connection.execute(select(func.count()).select_from(table)).scalar_one() for table in _tables(connection)
    )


def _tables(connection: Connection) -> list[Table]:
    """The tables that are kept, parents first, as this database has them."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in SHORT_LIVED]


def _write(connection: Connection, file: IO[bytes], manifest: Manifest, extra: Mapping[str, bytes]) -> Manifest:
    rows: dict[str, int] = {}
    with tarfile.open(fileobj=file, mode="w:gz") as tar:
        for table in _tables(connection):
            with tempfile.TemporaryFile() as lines:
                rows[table.name] = _write_rows(connection, table, lines)
                _add(tar, f"tables/{table.name}.jsonl", lines)
        for name, content in extra.items():
            _add(tar, name, io.BytesIO(content))
        told = Manifest(manifest.revision, manifest.made_at, rows, manifest.extra)
        _add(tar, _MANIFEST, io.BytesIO(json.dumps(told.as_json(), ensure_ascii=False, indent=1).encode()))
    return told


def _write_rows(connection: Connection, table: Table, lines: IO[bytes]) -> int:
    count = 0
    for row in connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table)).mappings():
        packed = {str(name): _packed(value) for name, value in row.items()}
        lines.write(json.dumps(packed, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        count += 1
    return count


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes]) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = content.seek(0, io.SEEK_END)
    entry.mode = 0o600
    content.seek(0)
    tar.addfile(entry, content)


def _fill(connection: Connection, source: Path, manifest: Manifest) -> None:
    with _opened(source) as tar:
        for table in _tables(connection):
            if table.name not in manifest.rows:
                continue
            count = 0
            for rows in _parts(_member(tar, f"tables/{table.name}.jsonl")):
                connection.execute(table.insert(), rows)
                count += len(rows)
            if count != manifest.rows[table.name]:
                raise BadArchive("It is not whole.")


def _parts(lines: IO[bytes]) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    try:
        for line in lines:
            rows.append({name: _unpacked(value) for name, value in json.loads(line).items()})
            if len(rows) == _ROWS_AT_ONCE:
                yield rows
                rows = []
    except (ValueError, AttributeError, EOFError, OSError) as error:
        raise BadArchive("It is damaged.") from error
    if rows:
        yield rows


def _packed(value: object) -> object:
    return {"base64": base64.b64encode(bytes(value)).decode()} if isinstance(value, bytes | memoryview) else value


def _unpacked(value: Any) -> object:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def _opened(source: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(source, mode="r:gz")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadArchive("It is no backup of Dezhurny, or cannot be read.") from error


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        found = tar.extractfile(name)
    except (KeyError, tarfile.TarError, EOFError, OSError) as error:
        raise BadArchive("It is not whole.") from error
    if found is None:
        raise BadArchive("It is not whole.")
    return found


def _json_of(tar: tarfile.TarFile, name: str) -> dict[str, Any]:
    try:
        told = json.loads(_member(tar, name).read())
    except (ValueError, EOFError, OSError) as error:
        raise BadArchive("It is damaged.") from error
    if not isinstance(told, dict):
        raise BadArchive("It is damaged.")
    return told
