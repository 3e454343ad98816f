"""Whether an employee is on shift, until when, and how we know; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from core.bitrix24.command import Answer
from core.bitrix24.wire import as_bool_yn, as_datetime, as_dict, as_str
from core.robots.fields import Choice
from core.robots.people import Person
from core.texts.text import Text, moment
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.rota import Rota, on_break, shift_end
from core.worktime.zones import moment_at


class Source(Choice):
    """Where a shift is known from; the first source that knows something decides."""

    TIMEMAN = "timeman", "рабочий день в Битрикс24", "the working day in Bitrix24"
    SCHEDULE = "schedule", "график портала", "the portal's schedule"
    OUR_SHIFT = "our_shift", "наша таблица смен", "our table of shifts"
    FIXED_TIME = "fixed_time", "указанное время", "the given time"


class Presence(Choice):
    ON = "on", "на смене", "on shift"
    PAUSED = "paused", "на перерыве", "on a break"
    OFF = "off", "не на смене", "off shift"
    UNKNOWN = "unknown", "смена неизвестна", "shift not known"


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """What ``timeman`` tells: the status of the day, whether days are counted at all, when it began and ended."""

    status: str = ""
    counted: bool | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None


def working_day(day: Answer | None, settings: Answer | None) -> WorkingDay:
    """Read ``timeman.status`` and ``timeman.settings``; refused ones tell nothing (openlines.md trap 17)."""
    fields = as_dict(day.result) if day is not None and day.ok else {}
    counted = as_dict(settings.result).get("UF_TIMEMAN") if settings is not None and settings.ok else None
    return WorkingDay(
        as_str(fields.get("STATUS")),
        as_bool_yn(counted) if counted is not None else None,
        as_datetime(fields.get("TIME_START")),
        as_datetime(fields.get("TIME_FINISH")),
    )


@dataclass(frozen=True, slots=True)
class Plans:
    """What is planned: the schedule named in the settings, our table, and a time of day for everybody (minutes)."""

    schedule: Calendar | None = None
    rota: Rota = field(default_factory=Rota)
    fixed: int | None = None
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def calendar(self, source: Source, user_id: int) -> Calendar | None:
        match source:
            case Source.SCHEDULE:
                return self.schedule
            case Source.OUR_SHIFT:
                return self.rota.of_user(user_id)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Shift:
    """An employee's shift at one moment; ``ends_at`` is planned, ``since`` and ``ended_at`` are observed.

    ``free``: nobody counts his working days, so he passes for one who is always on shift.
    """

    presence: Presence
    why: Text
    since: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    free: bool = False

    @property
    def is_on(self) -> bool:
        return self.presence is Presence.ON

    @property
    def is_there(self) -> bool:
        """Surely at work, be it at lunch."""
        return self.presence in {Presence.ON, Presence.PAUSED}

    @property
    def is_over(self) -> bool:
        """Surely not at work, and not only at lunch."""
        return self.presence is Presence.OFF

    @property
    def is_known(self) -> bool:
        return self.presence is not Presence.UNKNOWN


def shift_of(
    person: Person, day: WorkingDay, plans: Plans, sources: Sequence[Source], *, now: datetime, zone: tzinfo
) -> Shift:
    """Say whether this employee is on shift now; ``zone`` is the reader's, for the words.

    Who is dismissed or away is off whatever the sources say; whose days nobody counts is on shift as Bitrix24 itself
    takes it (imopenlines/lib/queue.php getActiveStatusByTimeman), unless another source knows better.
    """
    ends_at = _planned_end(person.id, plans, sources, now)
    if gone := _gone(person):
        return Shift(Presence.OFF, gone)
    free: Shift | None = None
    for source in sources:
        found = _by(source, person.id, day, plans, now=now, zone=zone)
        if found is None:
            continue
        presence, why = found
        observed = day if source is Source.TIMEMAN else WorkingDay()
        shift = Shift(presence, why, observed.began_at, ends_at, observed.ended_at)
        if source is Source.TIMEMAN and day.counted is False:
            free = Shift(Presence.ON, why, None, ends_at, free=True)
            continue
        return shift
    return free or Shift(Presence.UNKNOWN, _UNKNOWN, None, ends_at)


_UNKNOWN: Final = Text("смена неизвестна: ни один источник о ней не знает", "shift not known: no source tells of it")
_DISMISSED: Final = Text("уволен или отключён", "dismissed or switched off")
_AWAY: Final = Text("отсутствует: отпуск, болезнь или отгул", "away: vacation, illness or a day off")


def _gone(person: Person) -> Text | None:
    if person.bot:
        return Text("это бот", "is a bot")
    if not person.active:
        return _DISMISSED
    return _AWAY if person.absent else None


def _by(
    source: Source, user_id: int, day: WorkingDay, plans: Plans, *, now: datetime, zone: tzinfo
) -> tuple[Presence, Text] | None:
    match source:
        case Source.TIMEMAN:
            return _by_timeman(day, now=now, zone=zone)
        case Source.FIXED_TIME:
            return _by_fixed_time(plans, now=now, zone=zone)
        case _:
            calendar = plans.calendar(source, user_id)
            return _by_calendar(calendar, now=now, zone=zone) if calendar is not None else None


def _by_timeman(day: WorkingDay, *, now: datetime, zone: tzinfo) -> tuple[Presence, Text] | None:
    """OPENED is at work, PAUSED a break, EXPIRED a day that somebody forgot to close (openlines.md part 5)."""
    if day.counted is False:
        return Presence.ON, Text("рабочий день не учитывается, считаем на смене", "days are not counted, taken for on")
    match day.status:
        case "OPENED":
            return Presence.ON, Text("рабочий день открыт{at}", "the working day is open{at}").format(
                at=_since(day.began_at, zone, now)
            )
        case "PAUSED":
            return Presence.PAUSED, Text("рабочий день на паузе", "the working day is paused")
        case "CLOSED":
            at = _at(day.ended_at, zone, now)
            return Presence.OFF, Text("рабочий день закрыт{at}", "the working day is closed{at}").format(at=at)
        case "EXPIRED":
            return Presence.OFF, Text("рабочий день забыли закрыть", "the working day was left open by mistake")
        case _:
            return None


def _by_calendar(calendar: Calendar, *, now: datetime, zone: tzinfo) -> tuple[Presence, Text]:
    if calendar.is_open(now):
        end = shift_end(calendar, now)
        until = Text(" до {end}", " until {end}").format(end=moment(end, zone, now=now)) if end else Text("", "")
        return Presence.ON, Text("{name}: смена{until}", "{name}: on shift{until}").format(
            name=calendar.name, until=until
        )
    if (opens := on_break(calendar, now)) is not None:
        return Presence.PAUSED, Text("{name}: перерыв до {at}", "{name}: a break until {at}").format(
            name=calendar.name, at=moment(opens, zone, now=now)
        )
    try:
        begins = moment(calendar.next_open(now), zone, now=now)
    except NeverOpen:
        return Presence.OFF, Text("{name}: смен больше нет", "{name}: no more shifts").format(name=calendar.name)
    return Presence.OFF, Text("{name}: смена начнётся {at}", "{name}: the shift begins {at}").format(
        name=calendar.name, at=begins
    )


def _by_fixed_time(plans: Plans, *, now: datetime, zone: tzinfo) -> tuple[Presence, Text] | None:
    """The day ends at the given time, and nobody says when it begins: at midnight."""
    if plans.fixed is None:
        return None
    end = _fixed_on(plans, now.astimezone(plans.zone).date())
    clock = moment(end, zone, now=now)
    if now < end:
        return Presence.ON, Text("смена до {at}", "the shift lasts until {at}").format(at=clock)
    return Presence.OFF, Text("смена закончилась в {at}", "the shift ended at {at}").format(at=clock)


def _fixed_on(plans: Plans, day: date) -> datetime:
    return moment_at(day, plans.fixed or 0, plans.zone)


def _planned_end(user_id: int, plans: Plans, sources: Sequence[Source], now: datetime) -> datetime | None:
    """The end by the first source that plans anything."""
    for source in sources:
        if source is Source.FIXED_TIME and plans.fixed is not None:
            day = now.astimezone(plans.zone).date()
            end = _fixed_on(plans, day)
            return end if now < end else _fixed_on(plans, day + timedelta(days=1))
        calendar = plans.calendar(source, user_id)
        planned = shift_end(calendar, now) if calendar is not None else None
        if planned is not None:
            return planned
    return None


def _since(at: datetime | None, zone: tzinfo, now: datetime) -> Text:
    return Text(" с {at}", " since {at}").format(at=moment(at, zone, now=now)) if at else Text("", "")


def _at(at: datetime | None, zone: tzinfo, now: datetime) -> Text:
    return Text(" в {at}", " at {at}").format(at=moment(at, zone, now=now)) if at else Text("", "")


def shifts_of(
    persons: Mapping[int, Person],
    answers: Mapping[str, Answer],
    plans: Plans,
    sources: Sequence[Source],
    *,
    now: datetime,
    zone: tzinfo,
) -> dict[int, Shift]:
    """Judge many at once; ``answers`` are those to ``shift_commands`` (`core.robots.people`)."""
    return {
        user_id: shift_of(
            person,
            working_day(answers.get(f"day{user_id}"), answers.get(f"set{user_id}")),
            plans,
            sources,
            now=now,
            zone=zone,
        )
        for user_id, person in persons.items()
    }
