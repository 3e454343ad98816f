"""Read who is who around a dialog, in as few requests as the level needs."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.escalation import Circle, people_of
from core.robots.levels import Level
from core.robots.people import expanded, heads_of, open_dialogs, people


async def circle_around(ctx: Ctx[InputT, StateT], dialog: DialogView, level: Level, *, pool: Sequence[str]) -> Circle:
    """Return the people whom the level may concern, with their shifts and, for a hand-over, their load."""
    item = await ctx.look.item()
    boss_of = dialog.owner_id if dialog.owner_id and not dialog.owner_is_bot else item.assigned_by_id
    needs_heads = any(action.target == "head" or action.verb == "reassign" for action in level.actions)
    heads = tuple(await heads_of(ctx.read, boss_of)) if needs_heads and boss_of else ()
    chosen = tuple(await expanded(ctx.read, pool)) if pool else ()
    queue = dialog.line.queue if dialog.line else ()
    bare = Circle(dialog.owner_id, item.assigned_by_id, heads, queue, chosen, ctx.admin_id, {}, {})
    concerned = [user_id for action in level.actions for user_id in people_of(action, bare)]
    candidates: list[int] = []
    for action in level.actions:
        if action.verb == "reassign":
            named = [int(part.removeprefix("user:")) for part in action.target.split("+") if part.startswith("user:")]
            candidates += named or list(chosen) or list(queue)
    persons = await people(ctx.read, [*concerned, *heads, *candidates])
    loads = await open_dialogs(ctx.read, list(dict.fromkeys(candidates)))
    return Circle(dialog.owner_id, item.assigned_by_id, heads, queue, chosen, ctx.admin_id, persons, loads)
