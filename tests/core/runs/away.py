"""A service that was away: its last signs of life are old, and a new process begins."""

from __future__ import annotations

from datetime import timedelta

from core.bitrix24.command import Json
from core.portals.settings import change_settings
from core.runs.overdue import OVERDUE, OVERDUE_MINUTES
from tests.town import Town


async def away(town: Town, **span: float) -> None:
    """Let time pass in which nobody works; then a new process begins, and has not looked at anything yet."""
    await town.advance(**span)
    await silent(town, **span)
    town.worker = await town.another_worker()


async def silent(town: Town, **span: float) -> None:
    """Make the last signs of life so old, in real time."""
    milliseconds = timedelta(**span) // timedelta(milliseconds=1)
    await town.sql("UPDATE worker SET seen_at = seen_at - :by", by=milliseconds)
    await town.sql("UPDATE pulse SET at = at - :by", by=milliseconds)


async def wants(town: Town, choice: str, minutes: int = 60) -> None:
    """Set what the portal wants of late waits."""
    values: dict[str, Json] = {OVERDUE: choice, OVERDUE_MINUTES: minutes}
    portal_id, at = await town.portal_id(), town.base.clock.real()
    await change_settings(portal_id, town.base.database, values=values, user_id=1, at=at)
    town.base.lanes.changed(portal_id)
