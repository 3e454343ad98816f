"""All that is stored as one file from the console, and back, with and without the keys."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from core.db import Database
from core.db.migrate import migrate
from core.portals.keyring import Keyring
from core.portals.passphrase import WrongPassphrase, seal, unseal
from tests.cli.conftest import KEY, Command
from tests.core.runs.rows import portal, run, store

WORD = "correct horse"


@pytest.fixture
def filled(settings_file: Path) -> Path:
    """The settings of a service with one portal and one run."""

    async def fill() -> None:
        url = f"sqlite+aiosqlite:///{settings_file.parent}/test.db"
        await migrate(url)
        async with Database(url) as database:
            data_key = Keyring([b"k" * 32]).new_data_key("alpha")
            await store(database, portal("alpha", data_key=data_key), run(title="Окна на дачу"))

    asyncio.run(fill())
    return settings_file


def elsewhere(settings: Path, *, without: str = "") -> None:
    """Point the settings at a database that is not there yet."""
    lines = settings.read_text().replace("test.db", "fresh.db").splitlines()
    settings.write_text("\n".join(line for line in lines if not without or without not in line) + "\n")


def test_there_and_back(dezhurny: Command, filled: Path) -> None:
    made = dezhurny("backup", "b.tar.gz")
    assert (made.code, made.err) == (0, "")
    assert "portals 1, runs 1" in made.out
    assert "DEZHURNY_SECRET_KEYS" in made.out, "whoever backs up must hear that the keys are not in it"
    elsewhere(filled)
    back = dezhurny("restore", "b.tar.gz")
    assert (back.code, back.err) == (0, "")
    assert back.out.startswith("Restored: portals 1, runs 1")
    assert "does not open" not in back.out
    assert "Окна на дачу" in dezhurny("runs", "list").out
    assert "Work is held for 1 portals" in back.out
    assert dezhurny("restored", "--go-on").out == "Work goes on for 1 portals.\n"
    assert dezhurny("restored").out.startswith("Work is held for 1 portals.")


def test_the_keys_go_along_under_a_passphrase(dezhurny: Command, filled: Path) -> None:
    Path("word").write_text(WORD + "\n")
    assert dezhurny("backup", "b.tar.gz", "--with-keys", "--passphrase-file", "word").code == 0
    elsewhere(filled, without="SECRET")
    Path("other").write_text("wrong\n")
    wrong = dezhurny("restore", "b.tar.gz", "--with-keys", "--passphrase-file", "other")
    assert (wrong.code, wrong.err) == (2, "The passphrase is wrong.\n")
    back = dezhurny("restore", "b.tar.gz", "--with-keys", "--passphrase-file", "word")
    assert (back.code, back.err) == (0, "")
    assert f"DEZHURNY_SECRET_KEYS='{KEY}'" in filled.read_text()
    assert "CANARY-secret" in filled.read_text()


def test_other_keys_are_not_replaced(dezhurny: Command, filled: Path) -> None:
    Path("word").write_text(WORD)
    dezhurny("backup", "b.tar.gz", "--with-keys", "--passphrase-file", "word")
    elsewhere(filled)
    filled.write_text(filled.read_text().replace(KEY, base64.urlsafe_b64encode(b"b" * 32).decode()))
    refused = dezhurny("restore", "b.tar.gz", "--with-keys", "--passphrase-file", "word")
    assert refused.code == 2
    assert "has other keys" in refused.err
    without = dezhurny("restore", "b.tar.gz")
    assert without.code == 0
    assert "does not open its tokens" in without.out


def test_what_cannot_be_done_is_one_sentence(dezhurny: Command, filled: Path) -> None:
    Path("empty").write_text("")
    assert dezhurny("backup", "b.tar.gz").code == 0
    for words, code, said in (
        (["backup", "b.tar.gz"], 2, "b.tar.gz is there already; choose another name.\n"),
        (
            ["backup", "no/such/folder.tar.gz"],
            1,
            "no/such/folder.tar.gz cannot be written: No such file or directory.\n",
        ),
        (["restore", "b.tar.gz"], 2, "The database has data in it; restore into an empty one.\n"),
        (
            ["restore", "nothing.tar.gz"],
            2,
            "nothing.tar.gz cannot be restored. It is no backup of Dezhurny, or cannot be read.\n",
        ),
        (
            ["restore", "b.tar.gz", "--with-keys", "--passphrase-file", "empty"],
            2,
            "empty has no passphrase in its first line.\n",
        ),
        (["backup", "c.tar.gz", "--with-keys", "--passphrase-file", "none"], 2, "none cannot be read.\n"),
    ):
        answer = dezhurny(*words)
        assert (answer.code, answer.err) == (code, said), words
    assert not Path("c.tar.gz").exists()


def test_no_database_no_backup(dezhurny: Command, settings_file: Path) -> None:
    answer = dezhurny("backup", "b.tar.gz")
    assert answer.code == 1
    assert answer.err.startswith("There is no database at ")


def test_a_sealed_text_opens_with_its_passphrase_alone() -> None:
    sealed = seal("ключ", WORD)
    assert unseal(sealed, WORD) == "ключ"
    for broken in (sealed[:-1], sealed[:20], b""):
        with pytest.raises(WrongPassphrase):
            unseal(broken, WORD)
