"""The scripts of the page: they write texts only, and every word that they say is told to them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from server.ui.assets import FOLDER
from server.ui.reader import Reader
from server.ui.robot_settings.script import script_words

SCRIPTS = sorted((FOLDER / "robot").glob("*.js"))
READER = Reader("ru", ZoneInfo("Europe/Moscow"), datetime(2026, 11, 24, tzinfo=UTC))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_write_texts_only(script: object) -> None:
    source = script.read_text()  # type: ignore[attr-defined]
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|localStorage", source
    )


def test_every_word_is_known() -> None:
    said = script_words(READER)
    used = {name for script in SCRIPTS for name in re.findall(r"\bwords\.(\w+)", script.read_text())}
    assert used == set(said)


def test_they_stay_small() -> None:
    assert sum(path.stat().st_size for path in (FOLDER / "robot").iterdir()) < 45_000
