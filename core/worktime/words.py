"""The arithmetic of working time in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from babel.dates import format_date

from core.texts.text import Text, joined, plural
from core.worktime.spans import Span

#: Waits of more stretches than this are summed up instead of listed.
MOST_LISTED: Final = 3


def explain(spans: Sequence[Span], due: datetime, *, zone: tzinfo, now: datetime) -> Text:
    """Say ``10 мин сегодня до 18:00, 20 мин завтра с 09:00``; ``now`` decides which day is today."""
    if not spans:
        return Text("сразу, {due}", "at once, {due}").format(due=_day_and_clock(due, zone, now))
    if len(spans) == 1:
        return _only(spans[0], zone, now)
    if len(spans) > MOST_LISTED:
        return _summed(spans, zone, now)
    parts = [_first(spans[0], zone, now)]
    parts += [_middle(span, zone, now) for span in spans[1:-1]]
    parts.append(_last(spans[-1], zone, now))
    return joined(parts)


def duration(length: timedelta) -> Text:
    """Say ``2 ч 05 мин``, ``40 мин``, ``3 д 2 ч``; under a minute in seconds."""
    seconds = int(length.total_seconds())
    if seconds < 60:
        return Text(f"{seconds} с", f"{seconds} s")
    minutes = seconds // 60
    hours, rest = divmod(minutes, 60)
    if not hours:
        return Text(f"{rest} мин", f"{rest} min")
    if not rest:
        return Text(f"{hours} ч", f"{hours} h")
    return Text(f"{hours} ч {rest:02d} мин", f"{hours} h {rest:02d} min")


def as_shown(start: datetime, end: datetime) -> timedelta:
    """Return the length between two clocks as they are shown, without seconds, so that what is said adds up."""
    shown = end.replace(second=0, microsecond=0) - start.replace(second=0, microsecond=0)
    return shown or end - start


def day_name(day: date, today: date) -> Text:
    """Say ``сегодня``, ``завтра``, ``вчера`` or ``24 нояб.`` (with the year when it is another)."""
    match (day - today).days:
        case 0:
            return Text("сегодня", "today")
        case 1:
            return Text("завтра", "tomorrow")
        case -1:
            return Text("вчера", "yesterday")
    pattern = "d MMM" if day.year == today.year else "d MMM y"
    return Text(format_date(day, pattern, locale="ru"), format_date(day, pattern, locale="en_GB"))


def _only(span: Span, zone: tzinfo, now: datetime) -> Text:
    start, end = span
    if _local_day(start, zone) == _local_day(end, zone):
        return Text("{length} {day} с {start} до {end}", "{length} {day} from {start} to {end}").format(
            length=duration(as_shown(start, end)),
            day=_day(start, zone, now),
            start=_clock(start, zone),
            end=_clock(end, zone),
        )
    return Text("{length}: {start} — {end}", "{length}: {start} – {end}").format(
        length=duration(as_shown(start, end)),
        start=_day_and_clock(start, zone, now),
        end=_day_and_clock(end, zone, now),
    )


def _first(span: Span, zone: tzinfo, now: datetime) -> Text:
    return Text("{length} {day} до {end}", "{length} {day} until {end}").format(
        length=duration(as_shown(*span)), day=_day(span.start, zone, now), end=_clock(span.end, zone)
    )


def _middle(span: Span, zone: tzinfo, now: datetime) -> Text:
    return Text("{length} {day}", "{length} {day}").format(
        length=duration(as_shown(*span)), day=_day(span.start, zone, now)
    )


def _last(span: Span, zone: tzinfo, now: datetime) -> Text:
    return Text("{length} {day} с {start}", "{length} {day} from {start}").format(
        length=duration(as_shown(*span)), day=_day(span.start, zone, now), start=_clock(span.start, zone)
    )


def _summed(spans: Sequence[Span], zone: tzinfo, now: datetime) -> Text:
    total = sum((as_shown(*span) for span in spans), timedelta())
    days = len({_local_day(span.start, zone) for span in spans})
    return Text(
        "{total} рабочего времени за {days}: {start} — {end}", "{total} of working time over {days}: {start} – {end}"
    ).format(
        total=duration(total),
        days=plural(days, ("день", "дня", "дней"), ("day", "days")),
        start=_day_and_clock(spans[0].start, zone, now),
        end=_day_and_clock(spans[-1].end, zone, now),
    )


def _day_and_clock(at: datetime, zone: tzinfo, now: datetime) -> Text:
    return _day(at, zone, now) + f" {_clock(at, zone)}"


def _day(at: datetime, zone: tzinfo, now: datetime) -> Text:
    return day_name(_local_day(at, zone), _local_day(now, zone))


def _local_day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def _clock(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"
