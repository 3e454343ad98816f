"""The mark by which people keep a dialog open on purpose: a field of the card that the portal's settings name."""

from __future__ import annotations

from datetime import datetime

from core.bitrix24.command import Json
from core.bitrix24.wire import as_datetime, as_dict, as_str
from core.dialogs.item import item_command
from core.robots.card_fields import field_of, is_set
from core.robots.context import Ctx, InputT, StateT
from core.robots.portal_settings import HOLD_FIELD


async def on_hold(ctx: Ctx[InputT, StateT]) -> bool:
    """Whether the card bears the mark now; without a field named for it nothing does."""
    code = as_str(ctx.desk.setting(HOLD_FIELD)).strip()
    if not code:
        return False
    answer = (await ctx.read({"item": item_command(ctx.item)}))["item"]
    fields = as_dict(as_dict(answer.result).get("item")) if answer.ok else {}
    return holds(field_of(fields, code), now=ctx.now)


def holds(value: Json, *, now: datetime) -> bool:
    """Read the mark: a date holds until it has passed, anything else by whether it is set."""
    until = as_datetime(value, now.tzinfo) if isinstance(value, str) else None
    return until > now if until is not None else is_set(value)
