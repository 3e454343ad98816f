"""The settings of a robot in the words of its form, and what it returned."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

from core.bitrix24.command import Json
from core.robots import AnyRobot
from core.robots.fields import BadProperty, Choice
from core.robots.registration import CommonOutput, form
from core.robots.shape import Shape, shapes
from core.texts.text import Text, as_text, joined, moment
from server.ui.masking import masked, masked_text
from server.ui.words.codes import CODES

YES: Final = Text("да", "yes")
NO: Final = Text("нет", "no")
_BLANK: Final = Text("—", "—")
_USER: Final = re.compile(r"user_([0-9]{1,9})", re.ASCII)
#: Numbers that mean something only when another return value says yes.
_ONLY_WHEN: Final = {"answer_minutes": "answered"}

People: TypeAlias = Mapping[int, str]
NOBODY: Final[People] = {}


@dataclass(frozen=True, slots=True)
class Given:
    """One field: its label, what it holds, and whether that is more than the default.

    ``code`` is what conditions of the process compare, where ``value`` says it in words.
    """

    label: Text
    value: Text
    changed: bool = True
    code: str = ""


def given_settings(robot: AnyRobot | None, properties: Mapping[str, object], people: People = NOBODY) -> list[Given]:
    """Say what an administrator set; what cannot be read, as in a refused launch, is shown as it came."""
    if robot is not None:
        try:
            model = robot.decoded(properties)
        except BadProperty:
            known = {shape.name: shape for shape in form(robot.input_model)}
            return [_as_it_came(known.get(name), name, value, people) for name, value in properties.items()]
        return [_given(shape, shape.value_in(model), people) for shape in form(robot.input_model)]
    return [Given(as_text(name), _said(value, people)) for name, value in properties.items()]


def returned(robot: AnyRobot | None, output: Mapping[str, Json], people: People = NOBODY) -> list[Given]:
    """Say what the process was given back, under the labels of its return values."""
    known = {shape.name: shape for shape in shapes(CommonOutput)}
    if robot is not None:
        known |= {shape.name: shape for shape in shapes(robot.output_model)}
    return [_returned(robot, known.get(name), name, value, people, output) for name, value in output.items()]


def _returned(
    robot: AnyRobot | None, shape: Shape | None, name: str, value: Json, people: People, output: Mapping[str, Json]
) -> Given:
    label = shape.property.label if shape else as_text(name)
    if _says_nothing(name, output):
        return Given(label, _BLANK)
    if isinstance(value, str) and value and (word := _in_words(robot, name, value)):
        return Given(label, word, code=value)
    return Given(label, _answer(shape, value, name, people))


def _in_words(robot: AnyRobot | None, name: str, code: str) -> Text | None:
    """Return what a code means; a guard is called as the form calls it."""
    if name == "failed_guard" and robot is not None:
        return next((shape.property.label for shape in form(robot.input_model) if shape.name == code), None)
    return CODES.get(name, {}).get(code)


def people_in(*values: Mapping[str, object]) -> set[int]:
    """Return the employees whom settings or return values name."""
    texts = [str(part) for value in values for part in _parts(list(value.values()))]
    return {int(match[1]) for text in texts if (match := _USER.fullmatch(text))}


def fields_of(robot: AnyRobot) -> list[tuple[Shape, Text]]:
    """Return every field of a robot's form with its default in words."""
    return [(shape, _said(shape.default, NOBODY)) for shape in form(robot.input_model)]


def _given(shape: Shape, value: object, people: People) -> Given:
    return Given(shape.property.label, _said(value, people), value != shape.default)


def _as_it_came(shape: Shape | None, name: str, value: object, people: People) -> Given:
    if shape is None:
        return Given(as_text(name), _said(value, people))
    label = next((option.label for option in shape.options or () if str(option) == value), None)
    if shape.kind == "bool" and value in {"Y", "N"}:
        label = YES if value == "Y" else NO
    default = str(shape.default) if not isinstance(shape.default, bool) else "Y" if shape.default else "N"
    return Given(shape.property.label, label or _said(value, people), value not in {"", default})


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, list | tuple):
        for part in value:
            yield from _parts(part)
    else:
        yield value


def _says_nothing(name: str, output: Mapping[str, Json]) -> bool:
    return name in _ONLY_WHEN and output.get(_ONLY_WHEN[name]) == "N"


def _said(value: object, people: People) -> Text:
    match value:
        case None | "" | []:
            return _BLANK
        case bool():
            return YES if value else NO
        case Choice():
            return value.label
        case list() | tuple():
            return joined(_said(item, people) for item in value)
        case dict():
            return joined(_said(item, people) for item in value.values())
        case _:
            found = _USER.fullmatch(str(value))
            name = people.get(int(found[1])) if found else None
            return as_text(name or masked_text(str(value)))


def _answer(shape: Shape | None, value: Json, name: str, people: People) -> Text:
    if shape is None:
        return _said(masked(value, name), people)
    if shape.kind == "bool" and value in {"Y", "N"}:
        return YES if value == "Y" else NO
    if shape.kind == "datetime" and isinstance(value, str):
        return _moment(value)
    return _said(masked(value), people)


def _moment(value: str) -> Text:
    """Say a moment in the zone in which it was returned."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return as_text(value) if value else _BLANK
    return moment(at, at.tzinfo or UTC)
