"""Text in the two languages a person may read: Russian and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

from babel.dates import format_date

Language = Literal["ru", "en"]

#: From so many minutes on a length is said in hours.
_IN_HOURS = 120

#: Portal languages whose people read Russian; all others get English.
RUSSIAN_READERS = frozenset({"ru", "kz", "by"})


def language_for(portal_language: str | None, fallback: Language = "ru") -> Language:
    """Return the language we speak to a portal whose own language code is given."""
    if not portal_language:
        return fallback
    return "ru" if portal_language.lower()[:2] in RUSSIAN_READERS else "en"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or phrase in both languages; both are required by type."""

    ru: str
    en: str

    def __add__(self, other: Text | str) -> Text:
        tail = as_text(other)
        return Text(self.ru + tail.ru, self.en + tail.en)

    def __bool__(self) -> bool:
        return bool(self.ru or self.en)

    def said_in(self, language: str) -> str:
        return self.ru if language == "ru" else self.en

    def format(self, **values: object) -> Text:
        """Fill ``{name}`` places; a value that is itself a Text speaks the language of its sentence."""
        return Text(
            self.ru.format_map({name: _said(value, "ru") for name, value in values.items()}),
            self.en.format_map({name: _said(value, "en") for name, value in values.items()}),
        )

    def inside(self) -> Text:
        """The same within another sentence: with a small letter and without a full stop; names keep theirs."""
        return Text(_inside(self.ru), _inside(self.en))

    def as_json(self) -> dict[str, str]:
        return {"ru": self.ru, "en": self.en}

    @classmethod
    def from_json(cls, value: object) -> Text:
        if isinstance(value, dict):
            return cls(str(value.get("ru", "")), str(value.get("en", "")))
        return cls(str(value), str(value))


def _inside(sentence: str) -> str:
    keeps = sentence[1:2].isupper() or not sentence[1:2].isalpha() or sentence.startswith("«")
    return (sentence if keeps else sentence[:1].lower() + sentence[1:]).removesuffix(".")


def _said(value: object, language: Language) -> str:
    return value.said_in(language) if isinstance(value, Text) else str(value)


def as_text(value: Text | str) -> Text:
    """Return a plain string as the same words in both languages (names, codes, numbers)."""
    return value if isinstance(value, Text) else Text(value, value)


def joined(parts: Iterable[Text | str], separator: Text | str = ", ") -> Text:
    texts = [as_text(part) for part in parts]
    between = as_text(separator)
    return Text(between.ru.join(text.ru for text in texts), between.en.join(text.en for text in texts))


def plural(number: int, ru: tuple[str, str, str], en: tuple[str, str]) -> Text:
    """Say a number with its noun: ``plural(5, ("минута", "минуты", "минут"), ("minute", "minutes"))``."""
    return Text(f"{number} {ru[_russian_form(number)]}", f"{number} {en[0] if abs(number) == 1 else en[1]}")


def _russian_form(number: int) -> int:
    tens, ones = abs(number) % 100, abs(number) % 10
    if 11 <= tens <= 14:
        return 2
    if ones == 1:
        return 0
    return 1 if 2 <= ones <= 4 else 2


def minutes(number: int) -> Text:
    return plural(number, ("минута", "минуты", "минут"), ("minute", "minutes"))


def for_minutes(number: int) -> Text:
    """Say how long something lasts: ``ждёт 21 минуту``."""
    return plural(number, ("минуту", "минуты", "минут"), ("minute", "minutes"))


def characters(text: str) -> Text:
    """Say how long a text is: ``31 знак``."""
    return plural(len(text), ("знак", "знака", "знаков"), ("character", "characters"))


def lasting(number: int) -> Text:
    """Say so many minutes as people measure them: ``45 минут``, ``24 ч``, ``2 ч 30 мин``."""
    if number < _IN_HOURS:
        return minutes(number)
    hours, rest = divmod(number, 60)
    return Text(f"{hours} ч", f"{hours} h") + (Text(f" {rest} мин", f" {rest} min") if rest else "")


def moment(at: datetime, zone: tzinfo, *, now: datetime | None = None) -> Text:
    """Say when, in the zone of the reader: ``15:00`` if it is the day of ``now``, else ``24 нояб., 15:00``."""
    local = at.astimezone(zone)
    clock = f"{local:%H:%M}"
    if now is not None and local.date() == now.astimezone(zone).date():
        return Text(clock, clock)
    if now is not None and local.year != now.astimezone(zone).year:
        return Text(
            f"{format_date(local, 'd MMM y', locale='ru')}, {clock}",
            f"{format_date(local, 'd MMM y', locale='en_GB')}, {clock}",
        )
    return Text(
        f"{format_date(local, 'd MMM', locale='ru')}, {clock}",
        f"{format_date(local, 'd MMM', locale='en_GB')}, {clock}",
    )


def at_moment(at: datetime, zone: tzinfo, *, now: datetime | None = None) -> Text:
    """Say the same inside a sentence: ``в 15:00``, ``24 нояб. в 15:00``."""
    said = moment(at, zone, now=now)
    if "," not in said.ru:
        return Text("в ", "at ") + said
    return Text(" в ".join(said.ru.rsplit(", ", 1)), " at ".join(said.en.rsplit(", ", 1)))


_ON_WEEKDAY = (
    Text("в понедельник", "on Monday"),
    Text("во вторник", "on Tuesday"),
    Text("в среду", "on Wednesday"),
    Text("в четверг", "on Thursday"),
    Text("в пятницу", "on Friday"),
    Text("в субботу", "on Saturday"),
    Text("в воскресенье", "on Sunday"),
)


def neutral_moment(at: datetime, zone: tzinfo) -> Text:
    """Say when to somebody whose own zone nobody knows: ``в понедельник, 30 ноября, в 09:00 (UTC+3)``."""
    local = at.astimezone(zone)
    offset = f"{local:%z}"
    hours = f"{offset[0]}{int(offset[1:3])}" + (f":{offset[3:5]}" if offset[3:5] != "00" else "")
    return _ON_WEEKDAY[local.weekday()] + Text(
        f", {format_date(local, 'd MMMM', locale='ru')}, в {local:%H:%M} (UTC{hours})",
        f", {format_date(local, 'd MMMM', locale='en_GB')}, at {local:%H:%M} (UTC{hours})",
    )
