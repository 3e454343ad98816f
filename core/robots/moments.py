"""Moments as portals write them into a robot's properties."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

#: Site formats: day first with dots or dashes; month first with slashes and am/pm, as American sites write.
_DOTTED: Final = re.compile(r"(\d{1,2})[.-](\d{1,2})[.-](\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_SLASHED: Final = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4})(?: +(\d{1,2}):(\d{2})(?::(\d{2}))? *([ap]m)?)?", re.ASCII | re.IGNORECASE
)
#: Stored forms of business processes end with the offset in seconds (bizproc/lib/basetype/date.php).
_OFFSET: Final = re.compile(r"(.*\S)\s*\[(-?\d{1,5})\]", re.ASCII | re.DOTALL)
_MOST_OFFSET: Final = 14 * 3600


def read_moment(text: str, zone: tzinfo) -> datetime | None:
    """Read ISO 8601, else a site's own format (``24.11.2026 18:30:00``, ``11/24/2026 06:30:00 pm``); None if neither.

    What bears no offset is meant in ``zone``; a date alone is its midnight. Returns UTC.
    """
    text, offset = _offset(text.strip())
    at = _iso(text) or _dotted(text) or _slashed(text)
    if at is None:
        return None
    try:
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone) if offset is None else (at - offset).replace(tzinfo=UTC)
        return at.astimezone(UTC)
    except OverflowError:
        return None


def _offset(text: str) -> tuple[str, timedelta | None]:
    match = _OFFSET.fullmatch(text)
    if match is None or abs(int(match.group(2))) > _MOST_OFFSET:
        return text, None
    return match.group(1), timedelta(seconds=int(match.group(2)))


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text[:4].isdigit() else None
    except ValueError:
        return None


def _dotted(text: str) -> datetime | None:
    match = _DOTTED.fullmatch(text)
    if match is None:
        return None
    day, month, year, *clock = match.groups()
    return _moment(year, month, day, clock)


def _slashed(text: str) -> datetime | None:
    """Slashes without am/pm are day first where they can be nothing else, and otherwise nobody knows."""
    match = _SLASHED.fullmatch(text)
    if match is None:
        return None
    first, second, year, hours, minutes, seconds, half = match.groups()
    if half is None:
        return _moment(year, second, first, [hours, minutes, seconds]) if int(first) > 12 else None
    if not 1 <= int(hours) <= 12:
        return None
    hour = int(hours) % 12 + (12 if half.lower() == "pm" else 0)
    return _moment(year, first, second, [str(hour), minutes, seconds])


def _moment(year: str, month: str, day: str, clock: list[str | None]) -> datetime | None:
    hours, minutes, seconds = (int(part or 0) for part in clock)
    try:
        return datetime(int(year), int(month), int(day), hours, minutes, seconds)  # noqa: DTZ001  # the zone comes next
    except ValueError:
        return None
