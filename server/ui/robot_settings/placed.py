"""What the portal tells when it opens the settings of a robot: what it knows of it, and what is set now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.documents import Item, UnsupportedDocument

#: Users as the portal's own form writes them: ``Анна Смирнова [8]``.
_NAMED: Final = re.compile(r".*\[([0-9]{1,9})\]", re.ASCII | re.DOTALL)
_TYPES: Final = {"LEAD": 1, "DEAL": 2, "CONTACT": 3, "COMPANY": 4}
_DYNAMIC: Final = re.compile(r"DYNAMIC_([0-9]{1,9})", re.ASCII)
_FIELD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,99}", re.ASCII)
_MOST_FIELDS: Final = 1000
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Placed:
    """A robot as it stands on a stage.

    ``declared`` has the names of properties as the portal knows them, by their small letters; empty when it does not
    tell. ``values`` are what is set, by small letters too. ``item`` is set when the dialog is about one item.
    ``fields`` are those of the document, by code.
    """

    declared: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    entity_type_id: int = 0
    item: Item | None = None
    fields: Mapping[str, str] = field(default_factory=dict)

    def wire_name(self, name: str) -> str:
        """Return the exact name to write a property by; empty when the portal does not know the property yet."""
        return self.declared.get(name.lower(), "") if self.declared else name


def read_placed(options: Json) -> Placed:
    """Read PLACEMENT_OPTIONS; whatever is missing or makes no sense is as if nothing was told."""
    told = options if isinstance(options, dict) else {}
    document = _document(told.get("document_id"))
    values = told.get("current_values")
    return Placed(
        declared={name.lower(): name for name in _declared(told.get("properties"))},
        values={name.lower(): _texts(value) for name, value in values.items()} if isinstance(values, dict) else {},
        entity_type_id=document.entity_type_id if document else _entity_type(told.get("document_type")),
        item=document,
        fields=dict(_fields(told.get("document_fields"))),
    )


def user_ref(value: str) -> str:
    """Return ``user_8`` for what a form of the portal calls ``Анна Смирнова [8]`` or ``8``."""
    if value.isascii() and value.isdigit():
        return f"user_{int(value)}"
    match = _NAMED.fullmatch(value)
    return f"user_{int(match[1])}" if match else value


def _declared(properties: Json) -> Iterator[str]:
    """The documentation has a list of items with ``Id``, the source a map by name (platform.md 5.1)."""
    match properties:
        case dict():
            yield from properties
        case list():
            for one in properties:
                for key, value in one.items() if isinstance(one, dict) else ():
                    if key.lower() == "id" and isinstance(value, str):
                        yield value
        case _:
            return


def _texts(value: Json) -> tuple[str, ...]:
    match value:
        case None:
            return ()
        case bool():
            return ("Y" if value else "N",)
        case str():
            return (value,)
        case int() | float():
            return (str(value),)
        case list():
            return tuple(text for part in value for text in _texts(part))
        case dict():
            return tuple(text for part in value.values() for text in _texts(part))


def _entity_type(document_type: Json) -> int:
    match document_type:
        case [_, _, str() as name] if name in _TYPES:
            return _TYPES[name]
        case [_, _, str() as name] if match := _DYNAMIC.fullmatch(name):
            return int(match[1])
        case _:
            return 0


def _document(document_id: Json) -> Item | None:
    name = document_id[2] if isinstance(document_id, list) and len(document_id) == 3 else document_id
    try:
        return Item.from_document(name) if isinstance(name, str) else None
    except UnsupportedDocument:
        return None


def _fields(fields: Json) -> Iterator[tuple[str, str]]:
    """Name the fields of the document, for expressions; the shape of an item is ``{"Name": …}`` in any letters."""
    for number, (code, about) in enumerate(fields.items() if isinstance(fields, dict) else ()):
        if number == _MOST_FIELDS:
            return
        name = (
            next((value for key, value in about.items() if key.lower() == "name"), "")
            if isinstance(about, dict)
            else ""
        )
        if _FIELD.fullmatch(code) and isinstance(name, str) and name.strip():
            yield code, name.strip()[:_LONGEST_NAME]
