"""What an administrator fills in and what the process gets back: models that also make the form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NewType, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.fields import FieldInfo

from core.texts.text import Text

LongText = NewType("LongText", str)
#: ``user_7``, ``group_d5`` or ``group_hr3``; groups are expanded when the robot acts.
UserRef = NewType("UserRef", str)

#: A moment as the portal writes it; ``core.robots.moments`` reads it.
SiteMoment = NewType("SiteMoment", str)

#: A year of minutes (robots.md, Values).
MOST_MINUTES = 525_600

_META = "dezhurny"


class Choice(StrEnum):
    """The options of a select: ``NOTIFY = "notify", "Уведомить", "Notify"``."""

    ru: str
    en: str

    def __new__(cls, value: str, ru: str, en: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.ru, member.en = ru, en
        return member

    @property
    def label(self) -> Text:
        return Text(self.ru, self.en)


@dataclass(frozen=True, slots=True)
class Property:
    """How one field looks to an administrator."""

    label: Text
    help: Text | None = None
    minimum: int = 0
    maximum: int = MOST_MINUTES
    required: bool = False
    #: False: a field that a form inherits and has no use for; nobody is asked for it and nobody can set it.
    offered: bool = True


def prop(
    default: object,
    *,
    ru: str,
    en: str,
    help: Text | None = None,
    minimum: int = 0,
    maximum: int = MOST_MINUTES,
    required: bool = False,
    offered: bool = True,
    wire: str | None = None,
) -> Any:
    """Declare a field of a robot's input or output; ``required`` means that blank rejects the launch.

    ``wire`` is the property's name where Python has other use for the word.
    """
    meta = Property(Text(ru, en), help, minimum, maximum, required, offered)
    if isinstance(default, list):
        return Field(default_factory=lambda: list(default), json_schema_extra={_META: meta})  # type: ignore[dict-item]
    return Field(default, alias=wire, json_schema_extra={_META: meta})  # type: ignore[dict-item]  # pydantic keeps it


def property_of(info: FieldInfo) -> Property:
    extra = info.json_schema_extra
    meta = extra.get(_META) if isinstance(extra, dict) else None
    if not isinstance(meta, Property):
        raise TypeError("Every field of a robot is declared with prop(): labels need both languages.")
    return meta


class BadProperty(Exception):
    """A launch with a value that cannot work; ``text`` names the property in the words of its label."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Input(BaseModel):
    """What an administrator set; every field has a default, because placed robots keep old forms."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    def problem(self) -> Text | None:
        """Return why these values cannot work together, or None."""
        return None


class State(BaseModel):
    """What a run remembers between its steps; every field has a default, for ever."""

    model_config = ConfigDict(extra="ignore")


class Output(BaseModel):
    """What the process gets back."""

    model_config = ConfigDict(frozen=True)
