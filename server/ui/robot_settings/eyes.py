"""The portal as the person in front of the page sees it: everything is asked with his own token."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final

from core.bitrix24.command import Answer, Command, Reads
from core.bitrix24.documents import Item
from core.bitrix24.errors import Revoked
from core.bitrix24.wire import as_dict, as_int, as_list, as_str
from core.dialogs.item import ItemFacts, facts_of, item_command
from core.portals.lane import Lanes
from server.ui.door import Door, unauthorized
from server.ui.sessions import Visitor

MOST_PEOPLE: Final = 50
_MOST_REMEMBERED: Final = 5000


class Eyes:
    """Raises Bad 401 when the person's token is over, and TryLater or Suspended as the portal has it."""

    def __init__(self, door: Door, lanes: Lanes) -> None:
        self._door = door
        self._lanes = lanes
        self._names: OrderedDict[tuple[str, int], str] = OrderedDict()

    async def names(self, visitor: Visitor, people: Iterable[int]) -> Mapping[int, str]:
        """Return the names of employees; who is not seen has none."""
        wanted = sorted(set(people))[:MOST_PEOPLE]
        unknown = [number for number in wanted if (visitor.token_hash, number) not in self._names]
        if unknown:
            for number, name in (await self._asked(visitor, unknown)).items():
                self._remember(visitor, number, name)
        known = {number: self._names.get((visitor.token_hash, number), "") for number in wanted}
        return {number: name for number, name in known.items() if name}

    async def item(self, visitor: Visitor, item: Item) -> ItemFacts | None:
        """Return the item, or None when this person does not see it."""
        answer = await self._read(visitor, item_command(item))
        return facts_of(answer.result, item) if answer.ok and as_dict(answer.result).get("item") else None

    async def reads(self, visitor: Visitor) -> Reads:
        """Return how this person reads his portal."""
        access = self._door.access_of(visitor)
        if access is None:
            raise unauthorized()
        lane = await self._lanes.closed_lane(visitor.portal_id)
        return self._lanes.client_with(visitor.portal_id, lane.portal.client_endpoint, access).read

    async def _asked(self, visitor: Visitor, people: list[int]) -> Mapping[int, str]:
        answer = await self._read(visitor, Command("user.get", {"FILTER": {"ID": [*people]}}))
        found = [as_dict(row) for row in as_list(answer.result)] if answer.ok else []
        names = {as_int(row.get("ID")): f"{as_str(row.get('NAME'))} {as_str(row.get('LAST_NAME'))}" for row in found}
        return {number: (names.get(number) or "").strip() for number in people}

    async def _read(self, visitor: Visitor, command: Command) -> Answer:
        try:
            return (await (await self.reads(visitor))({"it": command}))["it"]
        except Revoked:
            raise unauthorized() from None

    def _remember(self, visitor: Visitor, number: int, name: str) -> None:
        self._names[visitor.token_hash, number] = name
        while len(self._names) > _MOST_REMEMBERED:
            self._names.popitem(last=False)
