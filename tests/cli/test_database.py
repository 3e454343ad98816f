"""The schema before anything starts, and why it cannot be brought up to date."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.servers import PostgresServer, free_port


def test_migrate_makes_the_database_and_may_be_repeated(dezhurny: Command, settings_file: Path) -> None:
    for _ in range(2):
        said = dezhurny("migrate")
        assert (said.code, said.out) == (0, "The database is up to date.\n")
    with sqlite3.connect(settings_file.parent / "test.db") as database:
        assert database.execute("SELECT count(*) FROM run").fetchone() == (0,)
    database.close()


def refused(dezhurny: Command, monkeypatch: pytest.MonkeyPatch, url: str) -> str:
    monkeypatch.setenv("DEZHURNY_DATABASE_URL", url)
    said = dezhurny("migrate")
    assert said.code == 1
    assert said.err.startswith("The database named by DEZHURNY_DATABASE_URL cannot be used: ")
    assert "CANARY" not in said.err
    return said.err.partition("used: ")[2]


def test_a_closed_port_is_told(dezhurny: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"postgresql+asyncpg://user:CANARY@127.0.0.1:{free_port()}/x"
    assert refused(dezhurny, monkeypatch, url) == "nothing listens there.\n"


def test_a_missing_database_is_told(
    dezhurny: Command, monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer
) -> None:
    url = f"postgresql+asyncpg://dezhurny:CANARY@127.0.0.1:{postgres_server.port}/nowhere"
    assert refused(dezhurny, monkeypatch, url) == "it has no database of this name.\n"


def test_a_user_without_rights_is_told(
    dezhurny: Command, monkeypatch: pytest.MonkeyPatch, postgres_url: str, postgres_server: PostgresServer
) -> None:
    postgres_server.sql("CREATE ROLE guest LOGIN")
    url = postgres_url.replace("dezhurny@", "guest:CANARY@")
    assert refused(dezhurny, monkeypatch, url) == "the user may not create tables in it.\n"


def test_a_file_that_is_no_database_is_told(dezhurny: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("CANARY " * 500, encoding="utf-8")
    assert refused(dezhurny, monkeypatch, f"sqlite+aiosqlite:///{tmp_path}/text.db") == "DatabaseError.\n"


def test_a_folder_that_cannot_be_is_told(dezhurny: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert refused(dezhurny, monkeypatch, f"sqlite+aiosqlite:///{tmp_path}/file/x.db") == "File exists.\n"
