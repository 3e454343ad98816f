"""When people may be disturbed, also where minutes are counted around the clock."""

from __future__ import annotations

from core.bitrix24.command import Command
from core.bitrix24.wire import as_dict
from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.dialog_input import CalendarChoice
from core.worktime.calendar import Calendar
from core.worktime.line import from_line
from core.worktime.portal import from_portal


async def hours_of_people(ctx: Ctx[InputT, StateT], dialog: DialogView, counting: Calendar) -> Calendar:
    """Return the calendar that the robot counts by, and for one that never closes the line's or the portal's."""
    if getattr(ctx.input, "calendar", None) is not CalendarChoice.ALWAYS:
        return counting
    if dialog.line is not None:
        return from_line(dialog.line.hours, portal_zone=ctx.zone)
    answers = await ctx.read({"calendar": Command("calendar.settings.get")})
    return from_portal(as_dict(answers["calendar"].result), zone=ctx.zone)
