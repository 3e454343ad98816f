"""The shape of one field as Bitrix24 knows it: its type, whether it is multiple, its options."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.robots.fields import Choice, LongText, Property, SiteMoment, UserRef, property_of

Kind = Literal["bool", "int", "double", "string", "text", "date", "datetime", "user", "select"]

_KINDS: dict[object, Kind] = {
    bool: "bool",
    int: "int",
    float: "double",
    str: "string",
    LongText: "text",
    date: "date",
    datetime: "datetime",
    SiteMoment: "datetime",
    UserRef: "user",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """One field; ``kind`` is that of a single value, ``multiple`` tells whether there may be several."""

    name: str
    kind: Kind
    multiple: bool
    default: object
    property: Property
    options: type[Choice] | None = None
    #: What the model calls it, where the wire uses a word that Python keeps for itself (``from``).
    attribute: str = ""

    def value_in(self, model: BaseModel) -> object:
        """Return what a model holds in this field."""
        return getattr(model, self.attribute or self.name)


@cache
def shapes(model: type[BaseModel]) -> tuple[Shape, ...]:
    """Return the fields that an input or output model offers, in their order; a model never changes."""
    offered = (pair for pair in model.model_fields.items() if property_of(pair[1]).offered)
    return tuple(replace(_shape(info.alias or name, info), attribute=name) for name, info in offered)


def _shape(name: str, info: FieldInfo) -> Shape:
    inner, multiple = _unwrapped(info.annotation)
    default = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(inner, type) and issubclass(inner, Choice):
        return Shape(name, "select", multiple, default, property_of(info), inner)
    try:
        kind = _KINDS[inner]
    except KeyError:
        raise TypeError(f"The field {name!r} has a type that Bitrix24 does not know.") from None
    return Shape(name, kind, multiple, default, property_of(info))


def _unwrapped(annotation: object) -> tuple[object, bool]:
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        return _unwrapped(next(part for part in get_args(annotation) if part is not type(None)))
    if origin is list:
        return get_args(annotation)[0], True
    return annotation, False
