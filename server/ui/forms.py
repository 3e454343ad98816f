"""The settings of a robot in the words of its form, and what it returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Json
from core.robots import AnyRobot
from core.robots.fields import BadProperty, Choice
from core.robots.registration import CommonOutput, form
from core.robots.shape import Shape, shapes
from core.texts.text import Text, as_text, joined
from server.ui.masking import masked, masked_text

YES: Final = Text("да", "yes")
NO: Final = Text("нет", "no")
_BLANK: Final = Text("—", "—")


@dataclass(frozen=True, slots=True)
class Given:
    """One field: its label, what it holds, and whether that is more than the default."""

    label: Text
    value: Text
    changed: bool = True


def given_settings(robot: AnyRobot | None, properties: Mapping[str, object]) -> list[Given]:
    """Say what an administrator set; without the robot, or when it cannot read them, the raw names must do."""
    if robot is not None:
        try:
            model = robot.decoded(properties)
        except BadProperty:
            pass
        else:
            return [_given(shape, shape.value_in(model)) for shape in form(robot.input_model)]
    return [Given(as_text(name), _said(value)) for name, value in properties.items()]


def returned(robot: AnyRobot | None, output: Mapping[str, Json]) -> list[Given]:
    """Say what the process was given back, under the labels of its return values."""
    known = {shape.name: shape for shape in shapes(CommonOutput)}
    if robot is not None:
        known |= {shape.name: shape for shape in shapes(robot.output_model)}
    return [
        Given(known[name].property.label if name in known else as_text(name), _answer(known.get(name), value, name))
        for name, value in output.items()
    ]


def fields_of(robot: AnyRobot) -> list[tuple[Shape, Text]]:
    """Return every field of a robot's form with its default in words."""
    return [(shape, _said(shape.default)) for shape in form(robot.input_model)]


def _given(shape: Shape, value: object) -> Given:
    return Given(shape.property.label, _said(value), value != shape.default)


def _said(value: object) -> Text:
    match value:
        case None | "" | []:
            return _BLANK
        case bool():
            return YES if value else NO
        case Choice():
            return value.label
        case list() | tuple():
            return joined(_said(item) for item in value)
        case dict():
            return joined(_said(item) for item in value.values())
        case _:
            return as_text(masked_text(str(value)))


def _answer(shape: Shape | None, value: Json, name: str) -> Text:
    if shape is not None and shape.kind == "bool" and value in {"Y", "N"}:
        return YES if value == "Y" else NO
    return _said(masked(value, name))
