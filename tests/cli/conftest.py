"""A command as a person runs it, without a process of its own."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.main import main

KEY = base64.urlsafe_b64encode(b"k" * 32).decode()


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each test runs in an empty folder with no settings around it."""
    for name in [name for name in os.environ if name.upper().startswith("DEZHURNY_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def dezhurny(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run ``dezhurny(*arguments)``."""

    def run(*arguments: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        printed = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    """A `.env` that every command is content with; its database is ``test.db``."""
    file = tmp_path / ".env"
    lines = {
        "PUBLIC_URL": "https://dezhurny.example.ru",
        "CLIENT_ID": "local.1",
        "CLIENT_SECRET": "CANARY-secret",
        "SECRET_KEYS": KEY,
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/test.db",
    }
    file.write_text("".join(f"DEZHURNY_{name}={value}\n" for name, value in lines.items()), encoding="utf-8")
    return file
