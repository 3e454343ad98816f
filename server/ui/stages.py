"""Names of stages for pages: the log keeps their codes, for a name may be changed at any time."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.command import Command, Reads
from core.bitrix24.documents import DEAL, LEAD, Item
from core.bitrix24.errors import BitrixError
from core.bitrix24.wire import as_dict, as_list, as_str
from core.clock import Clock
from core.portals.keyring import Unreadable
from core.portals.lane import LaneClosed
from core.runs.listing import RunLine
from core.texts.text import Text
from server.errors import Bad
from server.ui.sessions import Visitor
from server.ui.timeline import Moment

KNOWN_FOR: Final = timedelta(minutes=10)
#: A portal that did not tell is not asked again by every page.
UNKNOWN_FOR: Final = timedelta(minutes=1)
_MOST_REMEMBERED: Final = 1000
#: A list of runs speaks of few funnels.
_MOST_SETS: Final = 5
_OF_DEAL: Final = re.compile(r"C([0-9]{1,9}):.+", re.ASCII)
_OF_PROCESS: Final = re.compile(r"DT[0-9]{1,9}_([0-9]{1,9}):.+", re.ASCII)
_QUOTED: Final = re.compile(r"«([^«»]+)»|“([^“”]+)”")

StageNames = Mapping[str, str]


class Stages:
    """Asks with the token of the person in front of the page, once for a set of stages, and remembers for a portal."""

    def __init__(self, reads: Callable[[Visitor], Awaitable[Reads]], clock: Clock) -> None:
        self._reads = reads
        self._clock = clock
        self._known: OrderedDict[tuple[str, str], tuple[datetime, StageNames]] = OrderedDict()
        self._lacking: set[tuple[str, str]] = set()

    async def of(self, visitor: Visitor, item: Item | None, stage_id: str) -> StageNames:
        """Return the names of all stages of the funnel, by code; a page without names is better than none."""
        wanted = stage_set(item, stage_id) if item is not None else ""
        if not wanted:
            return {}
        key = visitor.portal_id, wanted
        until, names = self._known.get(key, (None, {}))
        if until is None or until <= self._clock.now():
            names = await self._asked(visitor, wanted)
            self._remember(key, names)
        return names

    def in_line(self, visitor: Visitor, line: RunLine) -> RunLine:
        """Put the names that are known already into a line of a list, which does not wait for the portal."""
        if line.result != "cancelled_stage":
            return line
        key = visitor.portal_id, _set_in(line.item, line.reason)
        until, names = self._known.get(key, (None, {}))
        if key[1] and (until is None or until <= self._clock.now()):
            self._lacking.add(key)
        return replace(line, reason=with_names(line.reason, names))

    async def learn(self, visitor: Visitor) -> None:
        """Ask for what lists of this portal lacked, so that their next look has names."""
        lacking = {key for key in self._lacking if key[0] == visitor.portal_id}
        self._lacking -= lacking
        for key in sorted(lacking)[:_MOST_SETS]:
            self._remember(key, await self._asked(visitor, key[1]))

    async def _asked(self, visitor: Visitor, wanted: str) -> StageNames:
        command = Command("crm.status.list", {"filter": {"ENTITY_ID": wanted}})
        try:
            answer = (await (await self._reads(visitor))({"it": command}))["it"]
        except (BitrixError, LaneClosed, Unreadable, Bad):
            return {}
        rows = [as_dict(row) for row in as_list(answer.result)] if answer.ok else []
        return {as_str(row.get("STATUS_ID")): as_str(row.get("NAME")) for row in rows if as_str(row.get("NAME"))}

    def _remember(self, key: tuple[str, str], names: StageNames) -> None:
        self._known[key] = (self._clock.now() + (KNOWN_FOR if names else UNKNOWN_FOR), names)
        self._known.move_to_end(key)
        while len(self._known) > _MOST_REMEMBERED:
            self._known.popitem(last=False)


def _set_in(item: Item | None, sentence: Text) -> str:
    code = _QUOTED.search(sentence.ru)
    return stage_set(item, code[1] or code[2]) if item is not None and code is not None else ""


def stage_set(item: Item, stage_id: str) -> str:
    """Return what ``crm.status.list`` calls the set of stages that this one is of; empty when it has none."""
    if not stage_id:
        return ""
    if item.entity_type_id == LEAD:
        return "STATUS"
    if item.entity_type_id == DEAL:
        found = _OF_DEAL.fullmatch(stage_id)
        return f"DEAL_STAGE_{found[1]}" if found else "DEAL_STAGE"
    found = _OF_PROCESS.fullmatch(stage_id)
    return f"DYNAMIC_{item.entity_type_id}_STAGE_{found[1]}" if item.is_dynamic and found else ""


def with_names(text: Text, names: StageNames) -> Text:
    """Put names in the place of codes that stand in quotes."""
    return Text(_named(text.ru, names), _named(text.en, names)) if names else text


def moment_with_names(moment: Moment, names: StageNames) -> Moment:
    return replace(moment, text=with_names(moment.text, names))


def _named(sentence: str, names: StageNames) -> str:
    def name(found: re.Match[str]) -> str:
        code = found[1] or found[2]
        return found[0].replace(code, names[code]) if code in names else found[0]

    return _QUOTED.sub(name, sentence)
