"""Who is told when nobody of a pool can be found: the head, and for want of one the administrator."""

from __future__ import annotations

from core.dialogs.view import DialogView
from core.effects import Effect
from core.robots.context import Ctx, InputT, StateT
from core.robots.handover import told
from core.robots.heads import heads_of
from core.robots.people import Person, people
from core.texts.text import Text, joined


async def superiors(ctx: Ctx[InputT, StateT], *, owner_id: int, responsible_id: int) -> list[Person]:
    """Return the heads of the operator, without one of the responsible, without both the administrator.

    decisions.md 45; heads who are at work come first.
    """
    boss_of = owner_id or responsible_id
    heads = list((await heads_of(ctx.read, boss_of)).values()) if boss_of else []
    if not heads:
        found = await people(ctx.read, [ctx.admin_id])
        heads = list(found.values()) or [Person(ctx.admin_id, f"#{ctx.admin_id}")]
    return sorted(heads, key=lambda head: not head.reachable)


async def to_superiors(
    ctx: Ctx[InputT, StateT], dialog: DialogView | None, text: str, *, owner_id: int, robot: str
) -> tuple[tuple[Effect, ...], Text]:
    """Return the notifications of the heads, and who they are in words."""
    facts = await ctx.look.item()
    heads = await superiors(ctx, owner_id=owner_id, responsible_id=facts.assigned_by_id)
    session_id = dialog.session_id if dialog is not None else 0
    effects = told([head.id for head in heads], text, session_id=session_id, robot=robot, what="nobody")
    words = Text(" Сообщаем: {names}.", " Told: {names}.").format(names=joined([head.name for head in heads]))
    return effects, words
