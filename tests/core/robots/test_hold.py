"""The mark that keeps a dialog open on purpose."""

from datetime import UTC, datetime

import pytest

from core.bitrix24.command import Json
from core.robots.hold import holds

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "held"),
    [
        (None, False),
        ("", False),
        (False, False),
        ("N", False),
        ("0", False),
        ([], False),
        (True, True),
        ("Y", True),
        ("1", True),
        (1, True),
        ("ждём договор", True),
        (["", "45"], True),
        ("2026-11-24T18:00:00+03:00", True),
        ("2026-11-25T00:00:00+03:00", True),
        ("2026-11-24T14:59:00+03:00", False),
        ("2020-01-01", False),
    ],
)
def test_what_holds(value: Json, held: bool) -> None:
    assert holds(value, now=NOW) is held
