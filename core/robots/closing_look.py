"""What closing a dialog looks at besides the dialog, in the same request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.documents import Item
from core.bitrix24.wire import as_dict, as_int, as_list
from core.dialogs.item import item_command
from core.dialogs.view import DialogView
from core.robots.circle_reading import both
from core.robots.closing import Around, ClosingRules
from core.robots.context import Ctx, InputT, StateT

#: The status of a task that is done (tasks-task-list.md); put off or waiting for a check is not.
_COMPLETED: Final = 5


async def closing_look(ctx: Ctx[InputT, StateT], rules: ClosingRules) -> tuple[DialogView, Around]:
    """Look at the dialog, the card and its open tasks, as far as the rules ask for them."""
    dialog, answers = await both(ctx.dialog(), _beside(ctx, rules))
    calendar = await ctx.calendar(dialog)
    around = Around(
        now=ctx.now,
        zone=ctx.zone,
        is_open_hours=calendar.is_open(ctx.now),
        card=_card(answers),
        open_tasks=_open_tasks(answers) if "tasks" in answers else (),
    )
    return dialog, around


async def _beside(ctx: Ctx[InputT, StateT], rules: ClosingRules) -> Mapping[str, Answer]:
    commands = _commands(ctx.item, rules)
    return await ctx.read(commands) if commands else {}


def _commands(item: Item, rules: ClosingRules) -> dict[str, Command]:
    commands: dict[str, Command] = {}
    if rules.active_client_field or rules.confirmed_field:
        commands["card"] = item_command(item)
    if rules.keep_if_open_tasks:
        commands["tasks"] = Command(
            "tasks.task.list",
            {
                "filter": {"UF_CRM_TASK": item.task_binding, "!STATUS": _COMPLETED},
                "order": {"ID": "desc"},
                "select": ["ID", "STATUS"],
            },
        )
    return commands


def _card(answers: Mapping[str, Answer]) -> dict[str, Json]:
    answer = answers.get("card")
    return as_dict(as_dict(answer.result).get("item")) if answer is not None and answer.ok else {}


def _open_tasks(answers: Mapping[str, Answer]) -> Sequence[int] | None:
    """The numbers of the tasks that are not done; None when the portal does not tell."""
    answer = answers["tasks"]
    if not answer.ok:
        return None
    rows = map(as_dict, as_list(as_dict(answer.result).get("tasks")))
    return [as_int(row.get("id")) or 0 for row in rows if as_int(row.get("status")) != _COMPLETED]
