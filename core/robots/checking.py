"""Settings while they are being filled in: everything that cannot work, each at the property where it shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from core.robots.decoding import read_property
from core.robots.fields import BadProperty, Input
from core.robots.shape import Shape, shapes
from core.texts.text import Text

#: What the portal fills in when the robot fires: ``{=Document:TITLE}``, or ``{{Название}}`` as its forms write it.
_EXPRESSION: Final = re.compile(r"\{=[^{}]+\}|\{\{[^{}]+\}\}")
_QUOTED: Final = re.compile(r"«([^»]+)»")
#: What an expression may become: a number, a person, a line of a chain.
_FILLERS: Final = ("0", "user:1", "15: notify head")
#: The place of what belongs to no property alone.
NOWHERE: Final = ""


def is_expression(value: object) -> bool:
    """Whether the portal will put something into this value; until then nobody can say what it will be."""
    match value:
        case str():
            return _EXPRESSION.search(value) is not None
        case Mapping():
            return any(is_expression(part) for part in value.values())
        case list() | tuple():
            return any(is_expression(part) for part in value)
        case _:
            return False


def problems_of(model: type[Input], properties: Mapping[str, object]) -> dict[str, Text]:
    """Return why a launch with these settings would be rejected, by the names of properties.

    An expression may become anything: only a mistake that stays whatever it becomes is one.
    """
    fields = list(shapes(model))
    tries = [_tried(model, fields, _filled(fields, properties, filler)) for filler in _FILLERS]
    return {name: text for name, text in tries[0].items() if all(name in problems for problems in tries)}


def _filled(fields: Iterable[Shape], properties: Mapping[str, object], filler: str) -> dict[str, object]:
    """Put something in the place of expressions within texts."""
    texts = {field.name for field in fields if field.kind == "text"}
    return {
        name: _EXPRESSION.sub(filler, value) if name in texts and isinstance(value, str) else value
        for name, value in properties.items()
    }


def _tried(model: type[Input], fields: Iterable[Shape], properties: Mapping[str, object]) -> dict[str, Text]:
    found, values = dict[str, Text](), dict[str, object]()
    unknown = {field.name for field in fields if is_expression(properties.get(field.name))}
    for field in fields:
        if field.name in unknown:
            continue
        try:
            value = read_property(field, properties.get(field.name))
        except BadProperty as bad:
            found[field.name] = bad.text
            continue
        if value is not None:
            values[field.name] = value
    problem = model.model_validate(values).problem()
    if problem is not None:
        place = _place(model, fields, values, problem)
        if place not in unknown:
            found.setdefault(place, problem)
    return found


def _place(model: type[Input], fields: Iterable[Shape], values: Mapping[str, object], problem: Text) -> str:
    """Find the property that a problem speaks of: the one that it names, else one without which it is gone."""
    if quoted := _QUOTED.match(problem.ru):
        for field in fields:
            if field.property.label.ru.startswith(quoted[1]):
                return field.name
    for name in values:
        others = {other: value for other, value in values.items() if other != name}
        if model.model_validate(others).problem() != problem:
            return name
    return NOWHERE
