"""Values of robot properties on the wire: what is sent to a handler, what is kept of its answer."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.crm import COMPANY, CONTACT, Item
from sandbox.php import is_array, to_int, to_text, values_of
from sandbox.wire import Json

if TYPE_CHECKING:
    from sandbox.portal import Portal

_DOCUMENT_FIELD = re.compile(r"\{=Document:([\w.]+)\}")
#: Names that the executor keeps for itself and never sends (platform.md 1.2).
RESERVED = frozenset(
    {
        "Title",
        "UseSubscription",
        "IsTimeout",
        "AuthUserId",
        "SetStatusMessage",
        "StatusMessage",
        "TimeoutDuration",
        "TimeoutDurationType",
    }
)


def encoded(
    portal: Portal, saved: dict[str, Json], declared: dict[str, dict[str, Json]], item: Item
) -> dict[str, Json]:
    """Encode the properties that a registration declares now, from what a placed robot has saved."""
    return {
        name: sent(portal, saved_or_default(saved, name, spec), spec, item)
        for name, spec in declared.items()
        if name not in RESERVED
    }


def saved_or_default(saved: dict[str, Json], name: str, spec: dict[str, Json]) -> Json:
    """Take the saved value, or the registration's default for a property added later (platform.md 2.3)."""
    value = next((one for key, one in saved.items() if key.lower() == name.lower()), None)
    return value if value is not None else _key(spec, "Default")


def _key(spec: dict[str, Json], name: str) -> Json:
    return next((value for key, value in spec.items() if key.lower() == name.lower()), None)


def sent(portal: Portal, value: Json, spec: dict[str, Json], item: Item) -> Json:
    """Encode a property as the executor does (platform.md 2.3); a user travels as a list even when single."""
    kind = to_text(_key(spec, "Type")).lower() or "string"
    multiple = to_text(_key(spec, "Multiple")) == "Y"
    values = [_scalar(portal, one, kind, item) for one in values_of(value)]
    is_list = kind == "user" or (kind == "select" and portal.switches.single_selects_are_lists)
    if multiple or (is_list and values):
        return values
    return values[0] if values else ""


def _scalar(portal: Portal, value: Json, kind: str, item: Item) -> str:
    if kind == "bool":
        return "Y" if value in (True, 1, "Y", "1", "true") else "N"
    text = _DOCUMENT_FIELD.sub(lambda found: document_field(portal, item, found[1]), to_text(value))
    if kind in ("date", "datetime"):
        return _site_format(portal, text, kind)
    return f"user_{text}" if kind == "user" and text.isdecimal() else text


def _site_format(portal: Portal, text: str, kind: str) -> str:
    """Write a moment as the portal's site does, in its own time (platform.md 2.3); what is none is left as typed."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    local = at.astimezone(portal.zone) if at.tzinfo else at
    return local.strftime("%d.%m.%Y" if kind == "date" else "%d.%m.%Y %H:%M:%S")


def document_field(portal: Portal, item: Item, name: str) -> str:
    """Fill in ``{=Document:NAME}``; fields of the company and the first contact are named through a dot."""
    contact = portal.crm.get(CONTACT, item.contact_ids[0]) if item.contact_ids else None
    company = portal.crm.get(COMPANY, item.company_id)
    known: dict[str, str] = {
        "ID": str(item.id),
        "TITLE": item.title,
        "STAGE_ID": item.stage_id,
        "STATUS_ID": item.stage_id,
        "CATEGORY_ID": str(item.category_id),
        "ASSIGNED_BY_ID": f"user_{item.assigned_by}",
        "COMPANY_ID": str(item.company_id or ""),
        "CONTACT_ID": str(item.contact_ids[0]) if item.contact_ids else "",
        "OPPORTUNITY": str(item.opportunity),
        "NAME": item.name,
        "LAST_NAME": item.last_name,
        "DATE_CREATE": _site_format(portal, item.created_at.isoformat(), "datetime"),
        "COMPANY.TITLE": company.title if company else "",
        "CONTACT.NAME": contact.name if contact else "",
        "CONTACT.LAST_NAME": contact.last_name if contact else "",
    }
    value = known.get(name, item.custom.get(name, item.fields.get(name)))
    return ", ".join(to_text(one) for one in values_of(value))


_DOCUMENT_FIELDS = {
    "ID": ("int", "ID", "ID"),
    "TITLE": ("string", "Название", "Title"),
    "ASSIGNED_BY_ID": ("user", "Ответственный", "Responsible"),
    "OPPORTUNITY": ("double", "Сумма", "Amount"),
    "STAGE_ID": ("select", "Стадия", "Stage"),
    "DATE_CREATE": ("datetime", "Дата создания", "Created"),
    "COMPANY.TITLE": ("string", "Компания: название", "Company: name"),
    "CONTACT.NAME": ("string", "Контакт: имя", "Contact: first name"),
    "CONTACT.LAST_NAME": ("string", "Контакт: фамилия", "Contact: last name"),
}


def document_fields(lang: str) -> dict[str, Json]:
    """Describe the fields that expressions can name, as the settings page of a robot gets them (platform.md 5.1)."""
    return {
        name: {"Name": russian if lang == "ru" else english, "Type": kind, "Multiple": False}
        for name, (kind, russian, english) in _DOCUMENT_FIELDS.items()
    }


def returned(values: Json, declared: dict[str, dict[str, Json]]) -> dict[str, Json]:
    """Keep what RETURN_PROPERTIES declare, matched without regard to case (platform.md 2.8)."""
    if not isinstance(values, dict):
        return {}
    names = {name.lower(): name for name in declared}
    return {
        names[key.lower()]: _converted(value, declared[names[key.lower()]])
        for key, value in values.items()
        if key.lower() in names
    }


def _converted(value: Json, spec: dict[str, Json]) -> Json:
    if not value or is_array(value):
        return value
    match to_text(_key(spec, "Type")).lower():
        case "int":
            return to_int(value)
        case "bool":
            return "Y" if value in (True, 1, "Y", "1") else "N"
        case _:
            return value
