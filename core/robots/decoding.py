"""From the wire to a robot's input, and from its output to the wire."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import TypeVar

from pydantic import BaseModel

from core.bitrix24.command import Json
from core.robots.fields import BadProperty, Choice, Input
from core.robots.moments import read_moment
from core.robots.shape import Shape, shapes
from core.texts.text import Text

InputT = TypeVar("InputT", bound=Input)

#: ``int()`` also takes Arabic digits, underscores and blanks; the wire takes ASCII digits only.
_NUMBER = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_USER = re.compile(r"(?:user_)?([0-9]{1,9})", re.ASCII)
_GROUP = re.compile(r"group_(?:d|hr|hrr|dr)[0-9]{1,9}", re.ASCII)


def decode(model: type[InputT], properties: Mapping[str, object]) -> InputT:
    """Read the wire values of a launch; unknown properties are ignored, absent and blank ones take their default.

    Raises BadProperty, also for what the model's own ``problem()`` finds.
    """
    values: dict[str, object] = {}
    for shape in shapes(model):
        value = read_property(shape, properties.get(shape.name))
        if value is not None:
            values[shape.name] = value
    decoded = model.model_validate(values)
    if problem := decoded.problem():
        raise BadProperty(problem)
    return decoded


def read_property(shape: Shape, wire: object) -> object | None:
    """Read one property, by itself; None when it is blank and takes its default. Raises BadProperty."""
    raw = [part for part in _parts(shape, wire) if part.strip()]
    if not raw:
        if shape.property.required:
            raise BadProperty(_about(shape, Text("не заполнено.", "is empty.")))
        return None
    if not shape.multiple and len(raw) > 1:
        raise BadProperty(_about(shape, Text("здесь нужно одно значение.", "takes one value.")))
    read = [_value(shape, part) for part in raw]
    return read if shape.multiple else read[0]


def _parts(shape: Shape, raw: object) -> list[str]:
    """A single value may arrive as ``[x][0]``, a list with gaps as a map with numbers for keys (platform.md 2.3)."""
    match raw:
        case None:
            return []
        case str():
            return [raw]
        case list() | tuple():
            return [part for value in raw for part in _parts(shape, value)]
        case Mapping() if all(str(key).isascii() and str(key).isdigit() for key in raw):
            return [part for value in raw.values() for part in _parts(shape, value)]
        case _:
            raise BadProperty(_about(shape, Text("пришло в непонятном виде.", "came in a form that makes no sense.")))


def _value(shape: Shape, raw: str) -> object:
    match shape.kind:
        case "bool":
            return _yes_or_no(shape, raw)
        case "int":
            return _number(shape, raw)
        case "user":
            return _person(shape, raw)
        case "datetime":
            return _moment(shape, raw)
        case "select":
            return _option(shape, raw)
        case _:
            return raw


def _yes_or_no(shape: Shape, raw: str) -> bool:
    if raw in {"Y", "N"}:
        return raw == "Y"
    raise BadProperty(_about(shape, Text("нужно «да» или «нет» (Y или N).", "must be yes or no (Y or N).")))


def _number(shape: Shape, raw: str) -> int:
    low, high = shape.property.minimum, shape.property.maximum
    if not _NUMBER.fullmatch(raw) or not low <= int(raw) <= high:
        raise BadProperty(
            _about(
                shape,
                Text("нужно целое число от {low} до {high}.", "must be a whole number from {low} to {high}.").format(
                    low=low, high=high
                ),
            )
        )
    return int(raw)


def _person(shape: Shape, raw: str) -> str:
    if match := _USER.fullmatch(raw):
        return f"user_{int(match.group(1))}"
    if _GROUP.fullmatch(raw):
        return raw
    raise BadProperty(
        _about(
            shape,
            Text(
                "нужен сотрудник или отдел, выбранный из списка.",
                "must be an employee or a department chosen from the list.",
            ),
        )
    )


def _moment(shape: Shape, raw: str) -> str:
    """The zone of the portal is not known here, so only the writing is judged."""
    if read_moment(raw, UTC) is None:
        raise BadProperty(
            _about(
                shape,
                Text(
                    "нужны дата и время, например 24.11.2026 18:30:00.",
                    "must be a date and time, such as 2026-11-24T18:30:00.",
                ),
            )
        )
    return raw.strip()


def _option(shape: Shape, raw: str) -> str:
    options = _codes(shape.options) if shape.options else ()
    if raw in options:
        return raw
    raise BadProperty(
        _about(
            shape,
            Text("нет такого варианта; есть {options}.", "has no such option; there are {options}.").format(
                options=", ".join(options)
            ),
        )
    )


@cache
def _codes(options: type[Choice]) -> tuple[str, ...]:
    """Going through an enum anew costs as much as reading a whole form."""
    return tuple(str(option) for option in options)


def _about(shape: Shape, what: Text) -> Text:
    return Text("«{label}»: {what}", "“{label}”: {what}").format(label=shape.property.label, what=what)


def encode(output: BaseModel) -> dict[str, Json]:
    """Return the values of an output as ``RETURN_VALUES`` wants them: Y/N, ISO moments, ``user_7``, '' for nothing."""
    return {name: _wire(getattr(output, name)) for name in type(output).model_fields}


def _wire(value: object) -> Json:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, list | tuple):
        return [_wire(part) for part in value]
    if isinstance(value, int | float):
        return value
    return str(value)
