"""The table of shifts as people write it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from core.bitrix24.command import Json
from core.worktime.intervals import Interval
from core.worktime.roster import MOST_LINES, BadRoster, read_roster, shift_json
from core.worktime.rota import PlannedShift

MOSCOW, OMSK = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Omsk")
WEEKLY: dict[str, Json] = {"user": 8, "weekday": "MO", "from": "09:00", "to": "18:00", "zone": "Asia/Omsk"}
DATED: dict[str, Json] = {"user": 8, "date": "2026-12-31", "from": "09:00", "to": "15:00", "zone": "Asia/Omsk"}


@pytest.mark.parametrize(
    ("line", "shift"),
    [
        (WEEKLY, PlannedShift(8, Interval(540, 1080), OMSK, weekday=0)),
        (DATED, PlannedShift(8, Interval(540, 900), OMSK, day=date(2026, 12, 31))),
        ({**DATED, "from": None, "to": None}, PlannedShift(8, None, OMSK, day=date(2026, 12, 31))),
        ({**WEEKLY, "zone": None}, PlannedShift(8, Interval(540, 1080), MOSCOW, weekday=0)),
        ({**WEEKLY, "zone": ""}, PlannedShift(8, Interval(540, 1080), MOSCOW, weekday=0)),
        ({**WEEKLY, "date": None}, PlannedShift(8, Interval(540, 1080), OMSK, weekday=0)),
        ({**WEEKLY, "from": "22:00", "to": "06:30"}, PlannedShift(8, Interval(1320, 1830), OMSK, weekday=0)),
        ({**WEEKLY, "from": "12:00", "to": "24:00"}, PlannedShift(8, Interval(720, 1440), OMSK, weekday=0)),
        ({**WEEKLY, "from": "00:00", "to": "00:00"}, PlannedShift(8, Interval(0, 1440), OMSK, weekday=0)),
        ({**WEEKLY, "from": "18:00", "to": "00:00"}, PlannedShift(8, Interval(1080, 1440), OMSK, weekday=0)),
    ],
)
def test_a_line_is_read_and_written(line: dict[str, Json], shift: PlannedShift) -> None:
    assert read_roster([line], zone=MOSCOW) == [shift]
    assert read_roster([shift_json(shift)], zone=MOSCOW) == [shift]


@pytest.mark.parametrize(
    "table",
    [
        None,
        {},
        "MO",
        [None],
        [[]],
        [{**WEEKLY, "color": "red"}],
        [{**WEEKLY, "user": 0}],
        [{**WEEKLY, "user": "8"}],
        [{**WEEKLY, "user": True}],
        [{**WEEKLY, "user": 2**31}],
        [{**WEEKLY, "weekday": "MONDAY"}],
        [{**WEEKLY, "weekday": 0}],
        [{**WEEKLY, "weekday": None}],
        [{**WEEKLY, "weekday": ["MO"]}],
        [{**WEEKLY, "date": "2026-12-31"}],
        [{**WEEKLY, "from": None, "to": None}],
        [{**WEEKLY, "to": None}],
        [{**WEEKLY, "from": "9:00"}],
        [{**WEEKLY, "from": "24:00"}],
        [{**WEEKLY, "from": 540}],
        [{**WEEKLY, "to": "25:00"}],
        [{**WEEKLY, "zone": "Mars/Phobos"}],
        [{**WEEKLY, "zone": "../etc/passwd"}],
        [{**WEEKLY, "zone": "/etc/passwd"}],
        [{**WEEKLY, "zone": "a" * 65}],
        [{**WEEKLY, "zone": 3}],
        [{**DATED, "date": "2026-02-30"}],
        [{**DATED, "date": "31.12.2026"}],
        [{**DATED, "date": 20261231}],
        [WEEKLY, WEEKLY],
        [WEEKLY, {**DATED, "zone": "Europe/Moscow"}],
        [DATED, {**DATED, "from": None, "to": None}],
        [{**WEEKLY, "user": number + 1} for number in range(MOST_LINES + 1)],
    ],
)
def test_what_cannot_be_kept(table: Json) -> None:
    with pytest.raises(BadRoster):
        read_roster(table, zone=MOSCOW)
