"""The healing of one process, a round at a time, and a portal whose processes it knows."""

from __future__ import annotations

import json
from typing import Any

from core.runs.healing import Healing
from tests.portal_side import DEAL, WORK, Deal
from tests.town import Town

INSTANCES = "bizproc.workflow.instances"
TEXT = "Здравствуйте! Ваш заказ готов."
SEND: dict[str, Any] = {"code": "send_message", "properties": {"text": TEXT}}
#: A pause of the portal's own that keeps the process alive behind a robot.
BEHIND: dict[str, Any] = {"code": "pause", "stock": True, "delay_seconds": 5 * 86_400, "wait_previous": True}


class Healer(Healing):
    """Rounds of one process; ``rung`` counts the bells."""

    def __init__(self, town: Town) -> None:
        self.rung = 0
        self._town = town
        base = town.base
        super().__init__(
            base.database,
            base.lanes,
            base.store,
            base.clock,
            robots=town.robots,
            log_days=base.settings.log_retention_days,
            ring=self._hear,
        )

    async def _hear(self) -> None:
        self.rung += 1

    async def look(self, *, minutes: float = 0) -> int:
        """Let time pass and the interval be over, look, and let all settle; how many portals were looked at."""
        await self._town.advance(minutes=minutes)
        await self._town.settle()
        await self._town.sql("UPDATE healing SET looked_at = 0, due_at = 0")
        looked = await self.run_due()
        if looked and (await self._town.sql("SELECT lease_no FROM healing"))[0]["lease_no"] == 1:
            return await self.look()
        await self._town.settle()
        return looked


async def set_up(town: Town, *robots: dict[str, Any]) -> None:
    """Let robots stand on the stage; time stands still between deals, so that all of them come in one second."""
    await town.switch(limits=False)
    await town.order("automation", entityTypeId=DEAL, stageId=WORK, robots=[*robots])


async def moved(town: Town, *, lost: bool = False) -> Deal:
    """A deal that comes onto the stage; ``lost``: the call of its robot reaches nobody."""
    deal = await town.deal()
    if lost:
        await town.order("queue", lose=1)
    await town.move(deal, WORK)
    await town.settle()
    return deal


async def taught(town: Town, healer: Healer, *, processes: int = 5) -> None:
    """Let the healer see so many processes of the stage that called at once."""
    for _ in range(processes):
        await moved(town)
    await healer.look()


async def setting(town: Town, name: str, value: object) -> None:
    sql = """INSERT INTO setting VALUES (:p, :n, :v, 0, 1)
        ON CONFLICT (portal_id, name) DO UPDATE SET value = excluded.value"""
    await town.sql(sql, p=await town.portal_id(), n=name, v=json.dumps(value))
    town.base.lanes.changed(await town.portal_id())


async def found(town: Town) -> list[str]:
    """What became of the processes that were found without their call."""
    return [str(row["state"]) for row in await town.sql("SELECT state FROM lost_launch ORDER BY found_at")]
