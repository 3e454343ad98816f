"""When people may be disturbed, also where minutes are counted around the clock."""

from __future__ import annotations

from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.dialog_input import CalendarChoice, DialogInput
from core.worktime.calendar import Calendar


async def hours_of_people(ctx: Ctx[InputT, StateT], dialog: DialogView, counting: Calendar) -> Calendar:
    """Return the calendar that the robot counts by, and for one that never closes the line's or the portal's."""
    if not isinstance(ctx.input, DialogInput) or not ctx.input.around_the_clock:
        return counting
    return await ctx.look.calendar(dialog, by=CalendarChoice.LINE)
