"""What may be set for a portal, and how each value is checked before it is kept; every check raises ValueError."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.bitrix24.command import Json
from core.config import SHORTEST_LOG_DAYS
from core.portals.access import ACCESS, read_access
from core.portals.lane import KEEPS_TEXT
from core.portals.switches import OFF
from core.robots import BadProperty
from core.robots.chains import BadChain, parse_chain
from core.robots.decoding import decode
from core.robots.patterns import compiles
from core.robots.portal_settings import (
    HOLD_FIELD,
    LOST_LAUNCHES,
    ORPHAN_DETECTOR,
    ORPHAN_MINUTES,
    ORPHAN_POOL,
    SCHEDULE_ID,
    SHIFT_SOURCES,
    UNKNOWN_SHIFT,
)
from core.robots.shifts import Source
from core.runs.failures import FAILURES_TO
from core.runs.look import ROBOT_MODES
from core.runs.overdue import LONGEST_MINUTES, OVERDUE, OVERDUE_MINUTES, SHORTEST_MINUTES, Choice
from core.runs.rescue import RescueInput
from core.runs.retention import LOG_DAYS, LONGEST_DAYS, PAYLOAD_DAYS
from server.ui.masking import MASKING

TIME_ZONE: Final = "timezone"
LANGUAGE: Final = "language"
MODE: Final = "mode"
EXCEPTIONS: Final = "naming_exceptions"

MOST_PATTERNS: Final = 50
MOST_TOLD: Final = 20
_LARGEST: Final = 2**31 - 1
_FIELD: Final = re.compile(r"(?:[A-Za-z][A-Za-z0-9_]{0,99})?", re.ASCII)

Check = Callable[[Json], Json]


def accepts(robots: Collection[str]) -> Mapping[str, Check]:
    """Return the check of every setting; ``robots`` are the codes that this release has."""
    return {
        TIME_ZONE: time_zone,
        LANGUAGE: one_of("ru", "en"),
        MODE: one_of("live", "dry"),
        ROBOT_MODES: modes_of(robots),
        OFF: some_but_not_all(robots),
        EXCEPTIONS: patterns,
        KEEPS_TEXT: yes_or_no,
        MASKING: yes_or_no,
        LOG_DAYS: days,
        PAYLOAD_DAYS: days,
        ACCESS: lambda value: read_access(value).as_json(),
        FAILURES_TO: people,
        OVERDUE: one_of(*Choice),
        OVERDUE_MINUTES: number_from(SHORTEST_MINUTES, LONGEST_MINUTES),
        **_ABOUT_PEOPLE,
    }


def time_zone(value: Json) -> Json:
    """Accept the name of a zone of the IANA database."""
    if not isinstance(value, str) or not value or len(value) > 64 or value.startswith(("/", ".")) or ".." in value:
        raise ValueError("no zone")
    try:
        return ZoneInfo(value).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("no zone") from None


def one_of(*words: str) -> Check:
    def check(value: Json) -> Json:
        if value not in words:
            raise ValueError("none of these words")
        return value

    return check


def yes_or_no(value: Json) -> Json:
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def days(value: Json) -> Json:
    if not isinstance(value, int) or isinstance(value, bool) or not SHORTEST_LOG_DAYS <= value <= LONGEST_DAYS:
        raise ValueError("no number of days")
    return value


def patterns(value: Json) -> Json:
    """Accept one RE2 pattern or a list of them; blank lines of a text are no patterns."""
    if isinstance(value, str):
        return [_pattern(value)]
    if not isinstance(value, list) or len(value) > MOST_PATTERNS:
        raise ValueError("no list of patterns")
    return [_pattern(pattern) for pattern in value]


def _pattern(value: Json) -> str:
    if not isinstance(value, str) or not value or not compiles(value):
        raise ValueError("no pattern")
    return value


def modes_of(robots: Collection[str]) -> Check:
    """Accept ``{code: "live" | "dry" | "inherit"}``; a robot that is not named goes by the portal's mode, too."""

    def check(value: Json) -> Json:
        if not isinstance(value, dict) or not value.keys() <= set(robots):
            raise ValueError("no modes of robots")
        if not all(mode in {"live", "dry", "inherit"} for mode in value.values()):
            raise ValueError("no mode")
        return {code: mode for code, mode in sorted(value.items()) if mode != "inherit"}

    return check


def some_but_not_all(robots: Collection[str]) -> Check:
    """Accept a list of codes of robots; one robot at least must stay."""

    def check(value: Json) -> Json:
        codes = [code for code in value if isinstance(code, str)] if isinstance(value, list) else None
        if codes is None or not isinstance(value, list) or len(codes) != len(value):
            raise ValueError("no list of robots")
        if not set(codes) < set(robots):
            raise ValueError("an unknown robot, or all of them")
        return [*sorted(set(codes))]

    return check


def chain_of_sources(value: Json) -> Json:
    """Accept where shifts are known from, in their order; a time of day is given by a robot's form only."""
    try:
        chain = parse_chain(value if isinstance(value, str) else "", Source)
    except BadChain:
        raise ValueError("no chain") from None
    if Source.FIXED_TIME in chain:
        raise ValueError("no time is known here")
    return ",".join(source.value for source in chain)


def number_from(least: int, most: int) -> Check:
    def check(value: Json) -> Json:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError("no number, or out of its range")
        return value

    return check


def field_code(value: Json) -> Json:
    """Accept the code of a field of a card, or an empty text for none."""
    if not isinstance(value, str) or not _FIELD.fullmatch(value):
        raise ValueError("no code of a field")
    return value


def pool(value: Json) -> list[str]:
    """Accept employees and groups as robots' forms take them, such as ``["user_7", "group_d5"]``."""
    if not isinstance(value, list) or len(value) > MOST_TOLD:
        raise ValueError("no list of people")
    try:
        return [*decode(RescueInput, {"pool": value}).pool]
    except BadProperty:
        raise ValueError("neither an employee nor a group") from None


#: Settings by which robots find people and leave dialogs alone.
_ABOUT_PEOPLE: Final[Mapping[str, Check]] = {
    SHIFT_SOURCES: chain_of_sources,
    UNKNOWN_SHIFT: one_of("on", "off"),
    SCHEDULE_ID: number_from(0, _LARGEST),
    HOLD_FIELD: field_code,
    ORPHAN_DETECTOR: yes_or_no,
    ORPHAN_MINUTES: number_from(1, 1440),
    ORPHAN_POOL: lambda value: [*pool(value)],
    LOST_LAUNCHES: one_of("tell", "run"),
}


def people(value: Json) -> Json:
    """Accept a list of ids of employees."""
    if not isinstance(value, list) or len(value) > MOST_TOLD:
        raise ValueError("no list of people")
    for user_id in value:
        if not isinstance(user_id, int) or isinstance(user_id, bool) or not 0 < user_id <= _LARGEST:
            raise ValueError("no employee")
    return value
