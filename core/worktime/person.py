"""The working hours of one employee, as far as REST tells them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.bitrix24.command import Json
from core.bitrix24.wire import as_bool_yn, as_str
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.intervals import Hours, Interval, Week

_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?", re.ASCII)
#: Rules of arrival and leaving allow this much (minutes) around the hours that everybody has.
_ALLOWANCE: Final = 60


def from_person(user: Mapping[str, Json], rules: Mapping[str, Json], company: Calendar) -> Calendar:
    """Build the calendar from ``user.get`` and ``timeman.settings``: the company's days in the person's own zone.

    No REST method tells somebody's schedule. ``UF_TM_MAX_START`` and ``UF_TM_MIN_FINISH`` say when he must be there at
    the latest and until when at the least, so an edge of the day is moved only where they differ by over an hour.
    """
    name = " ".join(part for part in (as_str(user.get("NAME")), as_str(user.get("LAST_NAME"))) if part)
    calendar = replace(
        company,
        zone=_zone(user.get("TIME_ZONE"), company.zone),
        name=Text("график сотрудника {name}", "hours of {name}").format(name=name or "#" + as_str(user.get("ID"))),
    )
    if as_bool_yn(rules.get("UF_TIMEMAN")) is not True or as_bool_yn(rules.get("UF_TM_FREE")) is True:
        return calendar
    starts, ends = _minutes(rules.get("UF_TM_MAX_START")), _minutes(rules.get("UF_TM_MIN_FINISH"))
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        _moved(hours, starts, ends) for hours in calendar.week.days
    )
    return replace(calendar, week=Week((monday, tuesday, wednesday, thursday, friday, saturday, sunday)))


def _moved(hours: Hours, starts: int | None, ends: int | None) -> Hours:
    if not hours:
        return hours
    opens, closes = hours[0].start, hours[-1].end
    start = starts if starts is not None and abs(starts - opens) > _ALLOWANCE else opens
    end = ends if ends is not None and abs(ends - closes) > _ALLOWANCE else closes
    if (start, end) == (opens, closes) or start >= end:
        return hours
    inside = [one for one in hours if one.start < end and one.end > start]
    if not inside:
        return (Interval(start, end),)
    inside[0] = Interval(start, inside[0].end)
    inside[-1] = Interval(inside[-1].start, end)
    return tuple(inside)


def _minutes(value: Json) -> int | None:
    match = _CLOCK.fullmatch(as_str(value))
    return int(match.group(1)) * 60 + int(match.group(2)) if match else None


def _zone(value: Json, company: ZoneInfo) -> ZoneInfo:
    """People who never chose a zone live in the company's."""
    name = as_str(value).strip()
    try:
        return ZoneInfo(name) if name else company
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return company
