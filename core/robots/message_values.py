"""The values that a message to a client may name; only what the text asks for is read."""

from __future__ import annotations

import re
from collections.abc import Mapping

from core.bitrix24.command import Command, Json
from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD
from core.bitrix24.wire import as_dict, as_list, as_str
from core.dialogs.item import ItemFacts
from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.texts.placeholders import families, places
from core.texts.text import neutral_moment

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Families that are read as CRM items.
_CRM = frozenset({"contact", "client", "company", "deal", "lead", "item"})
_OWN_FAMILY: Mapping[int, str] = {DEAL: "deal", LEAD: "lead", CONTACT: "contact", COMPANY: "company"}


async def message_values(ctx: Ctx[InputT, StateT], dialog: DialogView, template: str) -> dict[str, str]:
    """Return the values of the places in the template, by their full names; what nobody knows is absent."""
    wanted = families(template)
    values = await _crm_values(ctx, wanted) if wanted & _CRM else {}
    values |= _client(dialog, values)
    if "operator" in wanted and dialog.owner_id:
        values |= await _operator(ctx, dialog.owner_id)
    values["line.name"] = dialog.line.name if dialog.line else ""
    if "calendar" in wanted:
        calendar = await ctx.calendar(dialog)
        opening = neutral_moment(calendar.next_open(ctx.now), calendar.zone)
        values["calendar.next_open"] = opening.said_in(ctx.language)
    return {place.name: values[place.name] for place in places(template) if values.get(place.name)}


async def _crm_values(ctx: Ctx[InputT, StateT], wanted: frozenset[str]) -> dict[str, str]:
    commands = _commands(ctx, wanted, await ctx.look.item())
    answers = await ctx.read(commands) if commands else {}
    values: dict[str, str] = {}
    for name, answer in answers.items():
        fields = as_dict(as_dict(answer.result).get("item"))
        for family in _families_of(name, ctx.item.entity_type_id):
            values |= _parts(family, fields)
    values["company"] = values.get("company.title", "")
    return values


def _commands(ctx: Ctx[InputT, StateT], wanted: frozenset[str], facts: ItemFacts) -> dict[str, Command]:
    """The item itself may be the contact or the company, and a lead tells the client's name where no contact does."""
    own = _OWN_FAMILY.get(ctx.item.entity_type_id, "item")
    if "client" in wanted:
        wanted |= {"contact"} if facts.contact_ids or own == "contact" else {own}
    commands: dict[str, Command] = {}
    if wanted & {"item", "deal", "lead", own}:
        commands["item"] = _get(ctx.item.entity_type_id, ctx.item.id)
    if "contact" in wanted and own != "contact" and facts.contact_ids:
        commands["contact"] = _get(CONTACT, facts.contact_ids[0])
    if "company" in wanted and own != "company" and facts.company_id:
        commands["company"] = _get(COMPANY, facts.company_id)
    return commands


def _get(entity_type_id: int, number: int) -> Command:
    return Command("crm.item.get", {"entityTypeId": entity_type_id, "id": number})


def _families_of(name: str, entity_type_id: int) -> tuple[str, ...]:
    own = _OWN_FAMILY.get(entity_type_id)
    return (name,) if name != "item" else ("item", own) if own else ("item",)


def _parts(family: str, fields: Mapping[str, Json]) -> dict[str, str]:
    """Every plain field under its own name and in the underscore writing: ``lastName`` and ``last_name``."""
    parts: dict[str, str] = {}
    for name, value in fields.items():
        if text := as_str(value).strip():
            parts[f"{family}.{name}"] = parts[f"{family}.{_CAPITAL.sub('_', name).lower()}"] = text
    if family in {"contact", "lead"}:
        names = (as_str(fields.get("name")).strip(), as_str(fields.get("lastName")).strip())
        parts[f"{family}.first_name"] = names[0]
        parts[f"{family}.full_name"] = " ".join(part for part in names if part)
    return parts


def _client(dialog: DialogView, values: Mapping[str, str]) -> dict[str, str]:
    """The client as the contact or the lead says, or as his messenger says; he has all that the contact has."""
    source = "contact" if values.get("contact.full_name") else "lead"
    client = {
        f"client.{name.removeprefix(f'{source}.')}": value
        for name, value in values.items()
        if name.startswith(f"{source}.") and (source == "contact" or name.endswith("name"))
    }
    user = dialog.users.get(dialog.chat.client_id)
    messenger = user.name if user else ""
    client["client.name"] = values.get(f"{source}.full_name") or messenger
    client["client.first_name"] = values.get(f"{source}.first_name") or messenger.partition(" ")[0]
    return client


async def _operator(ctx: Ctx[InputT, StateT], user_id: int) -> dict[str, str]:
    answers = await ctx.read({"operator": Command("im.user.list.get", {"ID": [user_id]})})
    row = next((as_dict(row) for row in as_list(answers["operator"].result)), {})
    fields = {"name": "name", "first_name": "first_name", "last_name": "last_name", "position": "work_position"}
    return {f"operator.{name}": as_str(row.get(field)).strip() for name, field in fields.items()}
