"""Telling a person at once of what cannot wait until the opening."""

from __future__ import annotations

from core.dialogs.view import DialogView
from core.effects import NotifyStaff
from core.robots.circle import Around, Circle, people_of
from core.robots.context import Ctx, InputT, StateT
from core.robots.fields import UserRef
from core.robots.levels import Action
from core.robots.people import expanded
from core.robots.staff_words import card_link, dialog_link
from core.texts.text import Text

_WORDS = Text(
    "Срочное обращение в нерабочее время: {title}. {chat}", "Urgent request outside working time: {title}. {chat}"
)


async def urgent_notes(
    ctx: Ctx[InputT, StateT], dialog: DialogView, *, to: UserRef | None, episode_id: int
) -> tuple[NotifyStaff, ...]:
    """Notify who is named, else the operator, of an unaccepted dialog the queue of its line; once for an episode."""
    item = await ctx.look.item()
    circle = Circle(Around.of(dialog, item), ctx.admin_id)
    whom = await expanded(ctx.read, [to]) if to else people_of(Action("notify", "owner"), circle)
    title = card_link(ctx.item, item.title or str(ctx.item))
    text = _WORDS.format(title=title, chat=dialog_link(dialog)).said_in(ctx.language)
    return tuple(
        NotifyStaff(
            user_id=user_id,
            text=text,
            tag=f"urgent|{dialog.session_id}",
            once=f"urgent|{dialog.chat.id}|{episode_id}|{user_id}",
        )
        for user_id in whom
    )
