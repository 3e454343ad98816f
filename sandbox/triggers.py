"""Triggers on stages: what moves an item by itself, ordered by applications or by open lines (platform.md 6.5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.crm import CONTACT, FIRST_DYNAMIC, TYPE_NAMES, Item

if TYPE_CHECKING:
    from sandbox.portal import Portal

#: Triggers of the platform itself that start robots without an application asking (openlines.md 1.4).
SESSION_STARTED, CLIENT_WROTE, ANSWERED = "OPENLINE", "OPENLINE_MSG", "OPENLINE_ANSWER"


@dataclass(frozen=True, slots=True)
class Spot:
    """A trigger on a stage; ``backwards`` lets it bring items back, ``text`` is looked for in a client's message."""

    entity_type: int
    stage_id: str
    backwards: bool = False
    text: str = ""


class Triggers:
    """Where administrators have put triggers, and what happens when one fires."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.placed: dict[str, list[Spot]] = {}

    def place(self, code: str, spot: Spot) -> None:
        spots = self.placed.setdefault(code, [])
        self.placed[code] = [
            one for one in spots if (one.entity_type, one.stage_id) != (spot.entity_type, spot.stage_id)
        ]
        self.placed[code].append(spot)

    def clear_stage(self, entity_type: int, stage_id: str) -> None:
        for code, spots in self.placed.items():
            self.placed[code] = [one for one in spots if (one.entity_type, one.stage_id) != (entity_type, stage_id)]

    def fire(self, code: str, item: Item, *, by: int, text: str = "") -> bool:
        """Move the item to the stage where the trigger stands; tell whether it stands anywhere."""
        spots = [one for one in self.placed.get(code, []) if one.entity_type == item.entity_type]
        for spot in spots:
            if spot.text.lower() in text.lower() and self._leads_on(item, spot):
                self._portal.crm.move(item, spot.stage_id, by=by)
        return bool(spots)

    def _leads_on(self, item: Item, spot: Spot) -> bool:
        """Only a trigger that allows previous stages moves an item back; standing still is no move."""
        here, there = (self._place(item.entity_type, stage) for stage in (item.stage_id, spot.stage_id))
        return there != here and (spot.backwards or there > here)

    def _place(self, entity_type: int, stage_id: str) -> int:
        found = self._portal.crm.stage(entity_type, stage_id)
        return [stage.id for stage in found[0].stages].index(stage_id) if found else -1

    def fire_for(self, code: str, keys: Iterable[tuple[int, int]], *, text: str = "") -> None:
        """Fire a trigger of the platform for the items of a dialog; contacts and companies have no stages."""
        if not self.placed.get(code) or self._portal.building:
            return
        for kind, number in keys:
            item = self._portal.crm.get(kind, number)
            if item and (kind >= FIRST_DYNAMIC or (kind in TYPE_NAMES and kind < CONTACT)):
                self.fire(code, item, by=0, text=text)
