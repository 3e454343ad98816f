"""The command as a whole: quick, and one sentence for every error."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli import database
from cli.trouble import Trouble, explained
from core.config import SettingsError
from core.db import DatabaseAway
from tests.cli.conftest import Command

#: Each of them costs a tenth of a second or more.
HEAVY = {"sqlalchemy", "sqlmodel", "alembic", "arq", "redis", "httpx", "pydantic", "starlette", "uvicorn", "structlog"}
COMMANDS = [
    "demo",
    "init",
    "serve",
    "worker",
    "migrate",
    "restored",
    "doctor",
    "sandbox",
    "backup",
    "restore",
    "robots",
    "runs",
]


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, cli.main; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert set(done.stdout.split()) & HEAVY == set()


def test_the_installed_command_answers() -> None:
    program = Path(sys.executable).parent / "dezhurny"
    done = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    assert re.fullmatch(r"dezhurny \d+\.\d+\.\d+\n", done.stdout)


def test_help_lists_every_command(dezhurny: Command) -> None:
    said = dezhurny("--help")
    assert said.code == 0
    assert re.findall(r"^  (\w+)  ", said.out, re.M)[-len(COMMANDS) :] == COMMANDS
    assert "..." not in said.out.partition("Commands:")[2]


@pytest.mark.parametrize(
    "words",
    [[name] for name in COMMANDS]
    + [["robots", "list"], ["robots", "sync"]]
    + [["runs", name] for name in ("list", "show", "retry", "cancel")],
)
def test_every_command_explains_itself(dezhurny: Command, words: list[str]) -> None:
    said = dezhurny(*words, "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: dezhurny {' '.join(words)}")


@pytest.mark.parametrize("words", [["dance"], ["serve", "--port", "many"], ["demo", "--lang", "de"], ["runs", "show"]])
def test_wrong_use_is_exit_code_2(dezhurny: Command, words: list[str]) -> None:
    said = dezhurny(*words)
    assert said.code == 2
    assert "Traceback" not in said.err


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "runs list", "robots list"])
def test_a_wrong_setting_is_one_sentence(dezhurny: Command, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("DEZHURNY_LOG_RETENTION_DAYS", "1")
    said = dezhurny(*command.split())
    assert said.code == 2
    assert said.err == "DEZHURNY_LOG_RETENTION_DAYS must be greater than or equal to 3.\n"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_missing_setting_is_named(dezhurny: Command, command: str) -> None:
    said = dezhurny(command)
    assert said.code == 2
    assert said.err == "DEZHURNY_PUBLIC_URL is not set; `dezhurny init` writes it into .env.\n"


def test_a_surprise_is_told_by_its_place_and_not_by_its_text(
    dezhurny: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "migrate", lambda _: 1 / 0)
    said = dezhurny("migrate")
    assert said.code == 1
    assert re.fullmatch(r"Something that should not happen did: ZeroDivisionError at \S+:\d+\.\n", said.err)


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (Trouble("It rains.", code=2), "It rains.", 2),
        (SettingsError("X is not set."), "X is not set.", 2),
        (DatabaseAway("CANARY"), "The database named by DEZHURNY_DATABASE_URL does not answer.", 1),
        (ValueError("CANARY"), "Something that should not happen did: ValueError at an unknown place.", 1),
    ],
)
def test_errors_become_sentences_without_their_secrets(error: Exception, sentence: str, code: int) -> None:
    trouble = explained(error)
    assert (str(trouble), trouble.code) == (sentence, code)
