"""The values that a message to a client may name; only what the text asks for is read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.bitrix24.command import Command, Json
from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD
from core.bitrix24.wire import as_dict, as_str
from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.people import people
from core.texts.placeholders import families, places
from core.texts.text import moment

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


async def message_values(ctx: Ctx[InputT, StateT], dialog: DialogView, template: str) -> dict[str, str]:
    """Return the values of the places in the template, by their full names; what nobody knows is absent."""
    wanted = families(template)
    values: dict[str, str] = {}
    if wanted & {"contact", "client", "company", "deal", "lead", "item"}:
        values |= await _crm_values(ctx, wanted)
    values |= {f"client.{part}": text for part, text in _client(dialog, values).items() if text}
    if "operator" in wanted and dialog.owner_id:
        operator = (await people(ctx.read, [dialog.owner_id], shifts=False)).get(dialog.owner_id)
        values["operator.name"] = operator.name if operator else ""
    values["line.name"] = dialog.line.name if dialog.line else ""
    if "calendar" in wanted:
        calendar = await ctx.calendar(dialog)
        opening = moment(calendar.next_open(ctx.now), calendar.zone, now=ctx.now)
        values["calendar.next_open"] = opening.said_in(ctx.language)
    return {place.name: values[place.name] for place in places(template) if values.get(place.name)}


async def _crm_values(ctx: Ctx[InputT, StateT], wanted: frozenset[str]) -> dict[str, str]:
    facts = await ctx.look.item()
    commands: dict[str, Command] = {}
    if wanted & {"item", "deal", "lead"}:
        commands["item"] = _get(ctx.item.entity_type_id, ctx.item.id)
    if wanted & {"contact", "client"} and facts.contact_ids:
        commands["contact"] = _get(CONTACT, facts.contact_ids[0])
    if "company" in wanted and facts.company_id:
        commands["company"] = _get(COMPANY, facts.company_id)
    answers = await ctx.read(commands) if commands else {}
    values: dict[str, str] = {}
    for name, answer in answers.items():
        fields = as_dict(as_dict(answer.result).get("item"))
        for family in _families_of(name, ctx.item.entity_type_id):
            values |= _parts(family, fields)
    values["company"] = values.get("company.title", "")
    return values


def _get(entity_type_id: int, number: int) -> Command:
    return Command("crm.item.get", {"entityTypeId": entity_type_id, "id": number})


def _families_of(name: str, entity_type_id: int) -> tuple[str, ...]:
    if name != "item":
        return (name,)
    return ("item", *{DEAL: ("deal",), LEAD: ("lead",)}.get(entity_type_id, ()))


def _parts(family: str, fields: Mapping[str, Json]) -> dict[str, str]:
    """Every plain field under its own name and in the underscore writing: ``lastName`` and ``last_name``."""
    parts: dict[str, str] = {}
    for name, value in fields.items():
        if text := as_str(value).strip():
            parts[f"{family}.{name}"] = parts[f"{family}.{_CAPITAL.sub('_', name).lower()}"] = text
    if family == "contact":
        names = (as_str(fields.get("name")), as_str(fields.get("lastName")))
        parts["contact.first_name"] = names[0]
        parts["contact.full_name"] = " ".join(part for part in names if part)
    return parts


def _client(dialog: DialogView, values: Mapping[str, str]) -> dict[str, str]:
    """The client as the contact says, or as his messenger says."""
    user = dialog.users.get(dialog.chat.client_id)
    messenger = user.name if user else ""
    name = values.get("contact.full_name") or messenger
    first = values.get("contact.first_name") or messenger.partition(" ")[0]
    return {"name": name, "first_name": first, "last_name": values.get("contact.last_name", "")}
