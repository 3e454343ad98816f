"""Telling employees of a client who waits, where nobody set a chain of levels for it."""

from __future__ import annotations

from core.dialogs.message import Message
from core.dialogs.view import DialogView
from core.effects import NotifyStaff
from core.robots.circle import Around, Circle, people_of
from core.robots.context import Ctx, InputT, StateT
from core.robots.heads import heads_of
from core.robots.levels import Action
from core.robots.staff_words import Facts, waits
from core.texts.text import for_minutes


async def neglected(
    ctx: Ctx[InputT, StateT], dialog: DialogView, first: Message, *, heads: bool
) -> tuple[NotifyStaff, ...]:
    """Notify the operator of the dialog, or with ``heads`` his head; of an unaccepted one the queue and that head.

    A later notification about the same dialog replaces this one.
    """
    item = await ctx.look.item()
    around = Around.of(dialog, item)
    bosses = await heads_of(ctx.read, around.boss_of) if around.boss_of and (heads or not around.owner_id) else {}
    circle = Circle(around, ctx.admin_id, heads=tuple(bosses))
    calendar = await ctx.calendar(dialog)
    facts = Facts(
        item=ctx.item,
        title=item.title or str(ctx.item),
        language=ctx.language,
        waited=for_minutes(calendar.between(first.at, ctx.now)),
        now=ctx.now,
        level=1,
        sync_crm=False,
    )
    whom = people_of(Action("notify", "head" if heads else "owner"), circle)
    return tuple(
        NotifyStaff(user_id=user_id, text=waits(facts, dialog), tag=f"question|{dialog.session_id}") for user_id in whom
    )
