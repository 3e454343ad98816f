"""The form in which a run is repeated with other values: the robot's own fields with what they held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from core.bitrix24.command import Json
from core.robots import AnyRobot
from core.robots.fields import Choice
from core.robots.registration import form
from core.robots.shape import Kind, Shape
from core.texts.text import Text
from server.ui.masking import masked_text

MOST_VALUES: Final = 100
LONGEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class EditField:
    """One field; ``values`` are those of the wire, several of them where ``multiple``.

    ``hides``: something in them is hidden, and stays what it is unless the field is written anew.
    """

    name: str
    kind: Kind
    label: Text
    help: Text | None
    required: bool
    multiple: bool
    minimum: int
    maximum: int
    options: tuple[tuple[str, Text], ...]
    values: tuple[str, ...]
    hides: bool = False

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""


def edit_fields(robot: AnyRobot, properties: Mapping[str, Json]) -> Iterator[EditField]:
    """Yield the fields of a robot with what a run was given; what it was not given has its default."""
    for shape in form(robot.input_model):
        given = tuple(_told(properties[shape.name])) if shape.name in properties else ()
        shown = tuple(masked_text(value) for value in given)
        yield EditField(
            name=shape.name,
            kind=shape.kind,
            label=shape.property.label,
            help=shape.property.help,
            required=shape.property.required,
            multiple=shape.multiple,
            minimum=shape.property.minimum,
            maximum=shape.property.maximum,
            options=tuple((str(option), option.label) for option in shape.options or ()),
            values=shown or tuple(_default(shape)),
            hides=shown != given,
        )


def _told(value: Json) -> Iterator[str]:
    match value:
        case None | "":
            return
        case list():
            for part in value:
                yield from _told(part)
        case dict():
            for part in value.values():
                yield from _told(part)
        case _:
            yield str(value)


def _default(shape: Shape) -> Iterator[str]:
    match shape.default:
        case None | "":
            return
        case bool():
            yield "Y" if shape.default else "N"
        case Choice():
            yield shape.default.value
        case list() | tuple():
            yield from (str(part) for part in shape.default)
        case _:
            yield str(shape.default)
