"""What has changed in the portal since a page last looked: rows and not the whole document."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from sandbox.portal import Portal
from sandbox.view.dialogs import chat_json
from sandbox.view.document import ROWS, WHOLE
from sandbox.wire import Json


@dataclass(slots=True)
class Part:
    """Rows of one part as they were last seen, each with the mark that brought it; and the keys that are gone."""

    rows: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)

    def see(self, now: dict[str, bytes], mark: int) -> bool:
        """Take over what is there now; tell whether anything differs."""
        fresh = {key: row for key, row in now.items() if key not in self.rows or self.rows[key][0] != row}
        lost = self.rows.keys() - now.keys()
        for key, row in fresh.items():
            self.rows[key] = row, mark
            self.gone.pop(key, None)
        for key in lost:
            del self.rows[key]
            self.gone[key] = mark
        return bool(fresh or lost)


class Changes:
    """Remembers the rows of a portal under marks, so that a page is told only what it does not have."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._parts = {name: Part() for name in ROWS}
        self._mark = 0
        self._version = -1

    def since(self, mark: int, *, instance: str, talk: int = 0) -> bytes:
        """Write what changed after a mark; a page that followed another portal gets everything.

        Rows are told under their keys, as ``{"items": {"2:17": {…}}}``, keys of rows that are gone under ``gone``.
        ``talk`` is the chat on the page's screen: only that one comes with its messages.
        """
        portal = self._portal
        if instance != portal.app_sid or mark > self._mark:
            mark = 0
        self._look()
        chat = portal.openlines.chats.get(talk)
        said: dict[str, object] = {
            "version": portal.version,
            "mark": self._mark,
            "since": mark,
            **{name: tell(portal) for name, tell in WHOLE.items()},
            "talk": chat_json(portal, chat) if chat else None,
            "rows": {name: _fresh(part, mark) for name, part in self._parts.items()},
            "gone": {name: [key for key, at in part.gone.items() if at > mark] for name, part in self._parts.items()},
        }
        return orjson.dumps(said, option=orjson.OPT_NON_STR_KEYS)

    def _look(self) -> None:
        """Compare with what was seen before, unless neither an act nor the running clock can have changed it."""
        portal = self._portal
        if portal.version == self._version and not portal.clock.speed:
            return
        self._version = portal.version
        told = [
            self._parts[name].see({_key(row, key): _written(row) for row in rows(portal)}, self._mark + 1)
            for name, (rows, key) in ROWS.items()
        ]
        self._mark += any(told)


def _fresh(part: Part, mark: int) -> dict[str, orjson.Fragment]:
    return {key: orjson.Fragment(row) for key, (row, at) in part.rows.items() if at > mark}


def _written(row: dict[str, Json]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_NON_STR_KEYS)


def _key(row: dict[str, Json], names: tuple[str, ...]) -> str:
    return ":".join(str(row[name]) for name in names)
