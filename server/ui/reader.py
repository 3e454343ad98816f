"""How to speak to the person who reads: language, time zone, what time it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from core.texts.text import Language, Text, as_text
from core.worktime.words import duration

#: English of the world: 24 hours, the day before the month.
_LOCALES: Mapping[Language, str] = {"ru": "ru", "en": "en_GB"}


@dataclass(frozen=True, slots=True)
class Reader:
    """A language, a zone and the business time of this answer."""

    language: Language
    zone: ZoneInfo
    now: datetime

    def said(self, text: Text | str) -> str:
        return as_text(text).said_in(self.language)

    def clock(self, at: datetime) -> str:
        """Say ``14:05:12`` for today, ``22 нояб., 14:05`` for another day, with the year for another year."""
        local = at.astimezone(self.zone)
        today = self.now.astimezone(self.zone).date()
        if local.date() == today:
            return f"{local:%H:%M:%S}"
        return f"{self.day(at)}, {local:%H:%M}"

    def day(self, at: datetime) -> str:
        """Say ``22 нояб.``, with the year for another year."""
        local, today = at.astimezone(self.zone), self.now.astimezone(self.zone)
        return format_date(local, "d MMM" if local.year == today.year else "d MMM y", locale=self.locale)

    def due(self, at: datetime) -> str:
        """Say when something will happen, without seconds: ``15:00``, ``24 нояб., 09:00``."""
        local = at.astimezone(self.zone)
        if local.date() == self.now.astimezone(self.zone).date():
            return f"{local:%H:%M}"
        return self.clock(at)

    def exact(self, at: datetime) -> str:
        """Say the moment with everything, for a tooltip."""
        local = at.astimezone(self.zone)
        return f"{format_datetime(local, 'd MMMM y, HH:mm:ss', locale=self.locale)} {local:%Z}"

    def left(self, at: datetime) -> str:
        """Say ``через 28 минут`` or ``5 минут назад``."""
        return format_timedelta(at - self.now, add_direction=True, locale=self.locale)

    def lasted(self, length: timedelta) -> str:
        return self.said(duration(length))

    def milliseconds(self, length: timedelta) -> str:
        """Say how long something took, also when that was less than a second: ``210 мс``, ``1,2 с``, ``2 ч 14 мин``."""
        seconds = length.total_seconds()
        if seconds < 1:
            return f"{round(seconds * 1000)} {self.said(Text('мс', 'ms'))}"
        if seconds < 60:
            return f"{format_decimal(round(seconds, 1), locale=self.locale)} {self.said(Text('с', 's'))}"
        return self.lasted(length)

    def percent(self, share: float, digits: int = 0) -> str:
        """Say a part of one: ``82,8 %``."""
        return format_percent(
            round(share, 2 + digits), format=f"#,##0.{'#' * digits} %" if digits else "#,##0 %", locale=self.locale
        )

    def day_start(self) -> datetime:
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)

    @property
    def locale(self) -> str:
        return _LOCALES[self.language]
