"""A database as one file, and back: nothing is lost, nothing is overwritten, nothing sealed is opened."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from pathlib import Path

import pytest
from sqlmodel import col, select

from core.bitrix24.secret import Secret
from core.db import Database
from core.db.archive import BadArchive, NotEmpty, read_manifest, restore_archive, write_archive
from core.db.migrate import migrate
from core.portals.keyring import Keyring
from core.portals.tables import Audit, Portal, Session
from core.runs.tables import EffectRow, Run, RunEvent
from core.texts.text import Text
from tests.core.runs.rows import NOON, effect, event, portal, run, store

RING = Keyring([b"k" * 32])
TOKEN = "CANARY-refresh-token"


async def filled(url: str, *, runs: int = 3) -> tuple[list[Run], bytes]:
    """A portal with runs, an audit row that nobody may change, a session, and something sealed."""
    await migrate(url)
    data_key = RING.new_data_key("alpha")
    sealed = RING.vault(data_key, "alpha").seal(Secret(TOKEN), "portal.token")
    made = [run(title="Окна «на дачу»\n\t", event_token=sealed) for _ in range(runs)]
    async with Database(url) as database:
        await store(database, portal("alpha", data_key=data_key), *made)
        await store(database, effect(made[0], 1), event(made[0], "woke", Text("Проснулся", "Woke")))
        async with database.session() as session:
            session.add(Audit(id="1", portal_id="alpha", at=NOON, actor_kind="user", actor_id="1", action="retry"))
            session.add(
                Session(
                    token_hash="h",
                    portal_id="alpha",
                    user_id=1,
                    user_name="Анна",
                    is_admin=True,
                    language="ru",
                    created_at=NOON,
                    seen_at=NOON,
                    admin_checked_at=NOON,
                    expires_at=NOON,
                )
            )
    return made, sealed


async def test_what_was_stored_is_there_again(database_url: str, tmp_path: Path) -> None:
    made, sealed = await filled(database_url)
    file = tmp_path / "backup.tar.gz"
    manifest = await write_archive(database_url, file)
    assert (manifest.rows["portal"], manifest.rows["run"], manifest.rows["audit"]) == (1, 3, 1)
    assert file.stat().st_mode & 0o077 == 0
    assert TOKEN.encode() not in gzip.decompress(file.read_bytes())

    other = f"sqlite+aiosqlite:///{tmp_path}/fresh/other.db"
    assert (await restore_archive(other, file)).rows == manifest.rows
    async with Database(other) as database, database.session() as session:
        runs = (await session.exec(select(Run).order_by(col(Run.id)))).all()
        restored = (await session.exec(select(Portal))).one()
        assert (await session.exec(select(Session))).all() == [], "sessions of before are over"
        assert (await session.exec(select(EffectRow))).one().run_id == made[0].id
        assert (await session.exec(select(RunEvent))).one().text == {"ru": "Проснулся", "en": "Woke"}
    assert [one.model_dump() for one in runs] == [one.model_dump() for one in sorted(made, key=lambda one: one.id)]
    assert RING.vault(restored.data_key, "alpha").open(sealed, "portal.token").reveal() == TOKEN


async def test_from_one_kind_of_database_to_the_other(postgres_url: str, tmp_path: Path) -> None:
    here = f"sqlite+aiosqlite:///{tmp_path}/here.db"
    empty = tmp_path / "empty.tar.gz"
    await filled(here, runs=501)
    file = tmp_path / "backup.tar.gz"
    manifest = await write_archive(here, file)
    assert (await restore_archive(postgres_url, file)).rows == manifest.rows
    assert (await write_archive(postgres_url, empty)).rows == manifest.rows


async def test_a_database_with_data_is_never_overwritten(database_url: str, tmp_path: Path) -> None:
    await filled(database_url)
    file = tmp_path / "backup.tar.gz"
    await write_archive(database_url, file)
    with pytest.raises(NotEmpty):
        await restore_archive(database_url, file)
    with pytest.raises(FileExistsError):
        await write_archive(database_url, file)


def _archive(file: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(file, "w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return file


def _manifest(**told: object) -> bytes:
    return json.dumps({"format": 1, "revision": "0001", "rows": {}, "extra": []} | told).encode()


BAD: list[tuple[str, dict[str, bytes] | bytes]] = [
    ("no archive", b"nonsense"),
    ("nothing", b""),
    ("no manifest", {"tables/run.jsonl": b""}),
    ("no object", {"manifest.json": b"[]"}),
    ("no JSON", {"manifest.json": b"{"}),
    ("another format", {"manifest.json": _manifest(format=2)}),
    ("a newer schema", {"manifest.json": _manifest(revision="9999")}),
]


@pytest.mark.parametrize(("why", "content"), BAD, ids=[row[0] for row in BAD])
def test_what_is_no_backup(why: str, content: dict[str, bytes] | bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.tar.gz"
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        _archive(file, content)
    with pytest.raises(BadArchive):
        read_manifest(file)


async def test_a_backup_that_was_cut_leaves_nothing_half_restored(database_url: str, tmp_path: Path) -> None:
    await filled(database_url)
    file = tmp_path / "backup.tar.gz"
    await write_archive(database_url, file)
    with tarfile.open(file, "r:gz") as tar:
        members = {entry.name: content.read() for entry in tar if (content := tar.extractfile(entry))}
    members["tables/run.jsonl"] = members["tables/run.jsonl"].splitlines(keepends=True)[0]
    other = f"sqlite+aiosqlite:///{tmp_path}/other.db"
    with pytest.raises(BadArchive):
        await restore_archive(other, _archive(tmp_path / "cut.tar.gz", members))
    async with Database(other) as database, database.session() as session:
        assert (await session.exec(select(Portal))).all() == []
