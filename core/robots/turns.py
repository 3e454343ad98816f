"""Whose turn it is: who of a pool was given a dialog when, as the service remembers it between runs; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.wire import as_dict, as_int, as_list, as_str

#: What was given within this time may not show yet in what the portal counts.
FRESH_FOR: Final = timedelta(minutes=1)
_MOST_FRESH: Final = 500


@dataclass(frozen=True, slots=True)
class Turn:
    """A dialog that was given; ``by`` names the asker, who gets the same answer when he asks again."""

    user_id: int
    number: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Turns:
    """The last turn of each employee of a pool, and all turns of the last minute; ``version`` 0: nobody had any."""

    version: int = 0
    last: Mapping[int, Turn] = field(default_factory=lambda: MappingProxyType({}))
    fresh: tuple[Turn, ...] = ()

    def number(self, user_id: int) -> int:
        """Return which turn was his last, 0 when he had none: the smallest number has waited longest."""
        turn = self.last.get(user_id)
        return turn.number if turn else 0

    def at(self, user_id: int) -> datetime | None:
        turn = self.last.get(user_id)
        return turn.at if turn else None

    def given_to(self, by: str) -> int | None:
        """Return whom this very asker got before: a step that runs again takes no second turn."""
        mine = [turn for turn in (*self.fresh, *self.last.values()) if turn.by == by]
        return max(mine, key=lambda turn: turn.number).user_id if mine else None

    def underway(self, user_id: int, *, by: str, now: datetime) -> int:
        """Count what others were just told to give him, which the portal may not count yet."""
        return sum(turn.user_id == user_id and turn.by != by and turn.at > now - FRESH_FOR for turn in self.fresh)

    def taken(self, user_id: int, *, by: str, now: datetime) -> Turns:
        """Return the turns after this one is given."""
        turn = Turn(user_id, self.version + 1, now, by)
        fresh = [one for one in self.fresh if one.at > now - FRESH_FOR]
        last = MappingProxyType({**self.last, user_id: turn})
        return Turns(self.version + 1, last, (*fresh[-_MOST_FRESH:], turn))

    def as_json(self) -> dict[str, Json]:
        last: list[Json] = [_written(turn) for turn in self.last.values()]
        fresh: list[Json] = [_written(turn) for turn in self.fresh]
        return {"last": last, "fresh": fresh}

    @classmethod
    def from_json(cls, version: int, value: Json) -> Turns:
        """Read what ``as_json`` wrote; what cannot be read was never given."""
        fields = as_dict(value)
        last = [turn for row in as_list(fields.get("last")) if (turn := _read(row)) is not None]
        fresh = [turn for row in as_list(fields.get("fresh")) if (turn := _read(row)) is not None]
        return cls(version, MappingProxyType({turn.user_id: turn for turn in last}), tuple(fresh))


def _written(turn: Turn) -> Json:
    return [turn.user_id, turn.number, int(turn.at.timestamp()), turn.by]


def _read(row: Json) -> Turn | None:
    parts = as_list(row)
    numbers = [as_int(part) for part in parts[:3]]
    user_id, number, at = (*numbers, None, None, None)[:3]
    if len(parts) < 4 or user_id is None or number is None or at is None:
        return None
    return Turn(user_id, number, datetime.fromtimestamp(at, UTC), as_str(parts[3]))
