"""Who is told when nobody of a pool can be found: the head, and for want of one the administrator."""

from __future__ import annotations

from core.robots.context import Ctx, InputT, StateT
from core.robots.heads import heads_of
from core.robots.people import Person, people


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
