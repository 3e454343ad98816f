"""Two portals of one town: with equal numbers for their deals and chats, and one service between them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from sandbox.portal import Portal
from sandbox.scenario import reset
from tests.portal_side import PortalSide
from tests.town import CLIENT_ID, SERVICE, Town

OTHER = "https://other.bitrix24.ru"


@dataclass(frozen=True, slots=True)
class Side:
    """One portal: its people, itself, and what the service calls it."""

    people: PortalSide
    portal: Portal
    portal_id: str


async def both_sides(town: Town) -> tuple[Side, Side]:
    """Put a second portal beside the town's, with the same clock, and install the application there, too."""
    other = Portal(origin=OTHER, client=lambda: town.wire.client(SERVICE))
    reset(other, "empty")
    other.clock = town.portal.clock
    other.clock.listeners.append(other.settle)
    town.portal.neighbours.add(other)
    town.wire.serve(OTHER, town.wire._apps[town.portal.origin])
    people = PortalSide(town.wire.client(OTHER))
    app = town.portal.apps.installed
    assert app is not None
    order = people.order(
        "install",
        client_id=CLIENT_ID,
        client_secret=app.client_secret,
        scope=app.scope,
        app_url=app.app_url,
        install_url=app.install_url,
    )
    await town.wire.together(order, other.queue.drain)
    await town.settle()
    return await _side(town, town, town.portal), await _side(town, people, other)


async def _side(town: Town, people: PortalSide, portal: Portal) -> Side:
    [row] = await town.sql("SELECT id FROM portal WHERE member_id = :member_id", member_id=portal.member_id)
    return Side(people, portal, str(row["id"]))


async def settled(town: Town, *sides: Side) -> None:
    """Let everything happen that is due on any side."""
    while True:
        before = [len(side.portal.queue.log) for side in sides]
        await asyncio.gather(*(side.portal.queue.drain() for side in sides))
        await town.settle()
        if before == [len(side.portal.queue.log) for side in sides]:
            return
