"""A ready text that administrators keep under a code, with other versions for some channels and languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Json
from core.texts.placeholders import LONGEST, first_unknown
from core.texts.text import Text

CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
LONGEST_NAME: Final = 100
MOST_VARIANTS: Final = 20
_CHANNEL: Final = re.compile(r"[a-z0-9_]{0,64}", re.ASCII)
_LANGUAGE: Final = re.compile(r"(?:[a-z]{2})?", re.ASCII)
_FIELDS: Final = frozenset({"name", "text", "variants"})
_VARIANT: Final = frozenset({"channel", "language", "text"})


@dataclass(frozen=True, slots=True)
class Variant:
    """What is said in one channel (a connector's id), to lines of one language, or both; an empty one means any."""

    text: str
    channel: str = ""
    language: str = ""

    def fits(self, channel: str, language: str) -> bool:
        return self.channel in ("", channel) and self.language in ("", language)

    @property
    def closeness(self) -> tuple[bool, bool]:
        """A channel decides before a language: what can be said there differs more."""
        return bool(self.channel), bool(self.language)


@dataclass(frozen=True, slots=True)
class Template:
    code: str
    name: str
    text: str
    variants: tuple[Variant, ...] = ()

    def said(self, *, channel: str, language: str) -> str:
        """Return the version that is closest to this dialog."""
        fitting = [one for one in self.variants if one.fits(channel, language)]
        return max(fitting, key=lambda one: one.closeness).text if fitting else self.text

    def as_json(self) -> dict[str, Json]:
        """Write it as `read_template` reads it."""
        variants: list[Json] = [
            {"channel": one.channel, "language": one.language, "text": one.text} for one in self.variants
        ]
        return {"name": self.name, "text": self.text, "variants": variants}


class BadTemplate(ValueError):
    """A template that cannot be kept; ``problems`` are by the places in it: ``name``, ``text``, ``variants.0``."""

    def __init__(self, problems: Mapping[str, Text]) -> None:
        super().__init__(", ".join(problems))
        self.problems = dict(problems)


def read_template(code: str, value: Mapping[str, Json]) -> Template:
    """Read ``{"name", "text", "variants": [{"channel", "language", "text"}]}``; BadTemplate has all mistakes."""
    if not CODE.fullmatch(code):
        raise BadTemplate({"code": _CODE})
    variants = value.get("variants", [])
    if not value.keys() <= _FIELDS or not isinstance(variants, list) or len(variants) > MOST_VARIANTS:
        raise BadTemplate({"": _SHAPE})
    name, text = value.get("name", ""), value.get("text")
    versions = [_variant(one) for one in variants]
    template = Template(code, str(name).strip(), str(text), tuple(versions))
    problems = dict(_problems(template)) if isinstance(name, str) and isinstance(text, str) else {"": _SHAPE}
    if problems:
        raise BadTemplate(problems)
    return template


def _variant(value: Json) -> Variant:
    if not isinstance(value, dict) or not value.keys() <= _VARIANT:
        raise BadTemplate({"": _SHAPE})
    text, channel, language = value.get("text"), value.get("channel", ""), value.get("language", "")
    if not (isinstance(text, str) and isinstance(channel, str) and isinstance(language, str)):
        raise BadTemplate({"": _SHAPE})
    return Variant(text, channel.strip().lower(), language.strip().lower())


def _problems(template: Template) -> Iterator[tuple[str, Text]]:
    if not template.name or len(template.name) > LONGEST_NAME:
        yield "name", _NAME
    if problem := text_problem(template.text):
        yield "text", problem
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(template.variants):
        about = (one.channel, one.language)
        if not _CHANNEL.fullmatch(one.channel) or not _LANGUAGE.fullmatch(one.language):
            yield f"variants.{number}", _WHERE
        elif about == ("", "") or about in seen:
            yield f"variants.{number}", _NOWHERE if about == ("", "") else _TWICE
        elif problem := text_problem(one.text):
            yield f"variants.{number}", problem
        seen.add(about)


def text_problem(text: str) -> Text | None:
    """Return why a client must not get this text, or None."""
    if not text.strip():
        return _EMPTY
    if len(text) > LONGEST:
        return _LONG
    unknown = first_unknown(text)
    return _UNKNOWN.format(name=unknown) if unknown else None


_CODE: Final = Text(
    "Код — латинские буквы, цифры и подчёркивание, начинается с буквы.",
    "A code is Latin letters, digits and underscores, with a letter first.",
)
_SHAPE: Final = Text("Шаблон не понят.", "The template makes no sense.")
_NAME: Final = Text("Нужно название, до 100 знаков.", "A name is needed, of up to 100 characters.")
_EMPTY: Final = Text("Нужен текст.", "A text is needed.")
_LONG: Final = Text("Больше 20 000 знаков отправить нельзя.", "More than 20,000 characters cannot be sent.")
_UNKNOWN: Final = Text("Нет такой подстановки: {{{name}}}.", "There is no {{{name}}}.")
_WHERE: Final = Text(
    "Канал — код коннектора, например telegrambot; язык — две буквы: en.",
    "A channel is the code of a connector, such as telegrambot; a language is two letters: en.",
)
_NOWHERE: Final = Text("Укажите канал или язык.", "Say a channel or a language.")
_TWICE: Final = Text("Такой вариант уже есть.", "There is such a version already.")
