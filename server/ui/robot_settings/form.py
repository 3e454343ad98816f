"""The fields of a robot's settings with what stands in them: its own first, those that all robots share after them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from core.bitrix24.command import Json
from core.robots import AnyRobot, DialogInput
from core.robots.checking import is_expression, problems_of
from core.robots.decoding import read_property
from core.robots.fields import BadProperty, Choice
from core.robots.levels import BadLevels, parse_levels
from core.robots.registration import form
from core.robots.shape import Kind, Shape
from core.texts.text import Text
from server.ui.robot_settings.placed import Placed, user_ref

Editor = Literal["", "levels"]

#: Fields with an editor of their own, and the fields that are of no use once it is filled in.
EDITORS: Final[Mapping[tuple[str, str], Editor]] = {("escalate_no_reply", "levels"): "levels"}
OVERRULED: Final[Mapping[Editor, frozenset[str]]] = {"levels": frozenset({"after_minutes", "escalate_to", "action"})}
#: These hold an expression among their words; the others hold either a value or an expression.
_WORDY: Final[frozenset[Kind]] = frozenset({"string", "text"})


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the page.

    ``wire`` is the name by which the portal is told, empty when it does not know the property yet. ``raw``: what
    stands in it is shown as text, because it is an expression or nothing that this field can hold. ``untold``: the
    portal has no value for it, so the default is told once the page is open. ``overruled_by`` is a field that, once
    filled in, makes this one of no use.
    """

    name: str
    wire: str
    kind: Kind
    label: Text
    help: Text | None
    required: bool
    multiple: bool
    options: tuple[tuple[str, Text], ...]
    values: tuple[str, ...]
    default: tuple[str, ...]
    raw: bool
    untold: bool
    editor: Editor = ""
    overruled_by: str = ""
    #: It is a message, in which places such as ``{client.name}`` are filled in by us.
    takes_places: bool = False

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def text(self) -> str:
        """What stands in the field, as one text."""
        return ", ".join(self.values) if self.multiple else self.value

    @property
    def changed(self) -> bool:
        return self.values != self.default


def own_and_shared(robot: AnyRobot, placed: Placed) -> tuple[list[Field], list[Field]]:
    """Return the fields of the page in two groups."""
    shared = frozenset(DialogInput.model_fields) if issubclass(robot.input_model, DialogInput) else frozenset()
    overruled = {
        name: field for (code, field), editor in EDITORS.items() if code == robot.code for name in OVERRULED[editor]
    }
    fields = [_field(robot, shape, placed, overruled) for shape in form(robot.input_model)]
    return [field for field in fields if field.name not in shared], [field for field in fields if field.name in shared]


def levels_json(text: str) -> Json:
    """Return a chain of levels for its editor; None when the text can be shown as text only."""
    try:
        levels = parse_levels(text)
    except BadLevels:
        return None
    return [
        {
            "minutes": level.minutes,
            "actions": [{"verb": action.verb, "target": action.target} for action in level.actions],
        }
        for level in levels
    ]


def people_of(fields: Sequence[Field]) -> set[int]:
    """Return the employees whose names the page needs."""
    return {int(ref) for ref in _refs(fields) if ref.isascii() and ref.isdigit()}


def _refs(fields: Sequence[Field]) -> Iterator[str]:
    for field in fields:
        if field.kind == "user":
            yield from (value.removeprefix("user_") for value in field.values if value.startswith("user_"))
        if field.editor == "levels":
            for word in field.value.replace("+", " ").replace(",", " ").split():
                yield word.rpartition("user:")[2] if "user:" in word else ""


def _field(robot: AnyRobot, shape: Shape, placed: Placed, overruled: Mapping[str, str]) -> Field:
    told = placed.values.get(shape.name.lower())
    default = tuple(_wire(shape.default))
    values = default if told is None else tuple(value for value in told if value.strip())
    if shape.kind == "user":
        values = tuple(user_ref(value.strip()) for value in values)
    return Field(
        name=shape.name,
        wire=placed.wire_name(shape.name),
        kind=shape.kind,
        label=shape.property.label,
        help=shape.property.help,
        required=shape.property.required,
        multiple=shape.multiple,
        options=tuple((str(option), option.label) for option in shape.options or ()),
        values=values,
        default=default,
        raw=shape.kind not in _WORDY and not _fits(shape, values),
        untold=told is None and bool(default),
        editor=EDITORS.get((robot.code, shape.name), ""),
        overruled_by=overruled.get(shape.name, ""),
        takes_places=shape.name in _messages(robot),
    )


@lru_cache(maxsize=256)
def _messages(robot: AnyRobot) -> frozenset[str]:
    """Return the fields in which the robot itself refuses a place that nobody can fill in."""
    names = [shape.name for shape in form(robot.input_model) if shape.kind in _WORDY]
    refused = {name for name in names if name in problems_of(robot.input_model, {name: "{nobody.knows}"})}
    return frozenset(name for name in refused if name not in problems_of(robot.input_model, {name: "x"}))


def _fits(shape: Shape, values: tuple[str, ...]) -> bool:
    """Whether the control of the field can show these values."""
    if any(is_expression(value) for value in values):
        return False
    if shape.kind not in {"bool", "select", "user"} or not values:
        return True
    try:
        read_property(shape, list(values))
    except BadProperty:
        return False
    return True


def _wire(default: object) -> Iterator[str]:
    match default:
        case None | "":
            return
        case bool():
            yield "Y" if default else "N"
        case Choice():
            yield default.value
        case list() | tuple():
            for part in default:
                yield from _wire(part)
        case _:
            yield str(default)
