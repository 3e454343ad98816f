"""The READMEs say what the code says: settings, commands, rights, and the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cli.main import app
from core.config import Settings
from core.portals.scopes import SCOPES

TOP = Path(__file__).parent.parent
READMES = {"en": "README.md", "ru": "README.ru.md"}


@pytest.fixture(params=READMES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def text_of(language: str) -> str:
    return (TOP / READMES[language]).read_text(encoding="utf-8")


def test_every_setting_is_in_the_table(language: str) -> None:
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \|", text_of(language), re.M)
    assert set(re.findall(r"`([A-Z_]+)`", " ".join(rows))) == {name.upper() for name in Settings.model_fields}


def test_every_command_is_in_the_table(language: str) -> None:
    shown = set(re.findall(r"^\| `dezhurny (\w+)", text_of(language), re.M))
    commands = {getattr(command.callback, "__name__", "") for command in app.registered_commands}
    assert shown == commands | {group.name for group in app.registered_groups}


def test_every_right_is_there_with_its_reason(language: str) -> None:
    rows = dict(re.findall(r"^   \| `(\w+)`[^|]*\| ([^|]+) \|$", text_of(language), re.M))
    assert rows.keys() == {scope.code for scope in SCOPES}
    for scope in SCOPES:
        said = rows[scope.code]
        expected = scope.reason.said_in(language)
        assert said.split(",")[0].split()[:3] == expected.split(",")[0].split()[:3]


def test_files_that_are_named_exist(language: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", text_of(language))
    missing = [link for link in links if not (TOP / link).exists() and not link.startswith("docs/log.")]
    assert missing == []


def test_both_languages_have_the_same_chapters() -> None:
    shapes = [re.findall(r"^(#+|\d\.|\*\*|```|\|)", text_of(language), re.M) for language in READMES]
    assert shapes[0] == shapes[1]
