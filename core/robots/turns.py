"""Whose turn it is: who of a pool was given a dialog when, as the service remembers it between runs; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    """A dialog that was given; ``by`` names the asker, who gets the same answer when he asks again.

    ``done_at``: since then the portal counts it.
    """

    user_id: int
    number: int
    at: datetime
    by: str
    done_at: datetime | None = None


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
        """Count what others are giving him, and what the portal did not count yet when it was read at ``now``."""
        return sum(
            turn.user_id == user_id
            and turn.by != by
            and turn.at > now - FRESH_FOR
            and (turn.done_at is None or turn.done_at > now)
            for turn in self.fresh
        )

    def taken(self, user_id: int, *, by: str, now: datetime) -> Turns:
        """Return the turns after this one is given."""
        turn = Turn(user_id, self.version + 1, now, by)
        fresh = [one for one in self.fresh if one.at > now - FRESH_FOR]
        last = MappingProxyType({**self.last, user_id: turn})
        return Turns(self.version + 1, last, (*fresh[-_MOST_FRESH:], turn))

    def finished(self, by: str, *, now: datetime) -> Turns | None:
        """Return the turns after this asker's dialog was given for good; None when there is nothing to note."""
        if not any(turn.by == by and turn.done_at is None for turn in self.fresh):
            return None
        fresh = [replace(turn, done_at=now) if turn.by == by else turn for turn in self.fresh]
        return Turns(self.version + 1, self.last, tuple(fresh))

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
    return [turn.user_id, turn.number, _millis(turn.at), turn.by, _millis(turn.done_at) if turn.done_at else None]


def _read(row: Json) -> Turn | None:
    parts = [*as_list(row), None, None, None, None, None][:5]
    user_id, number, at, done_at = (as_int(part) for part in (*parts[:3], parts[4]))
    by = as_str(parts[3])
    if not by or user_id is None or number is None or at is None:
        return None
    return Turn(user_id, number, _moment(at), by, _moment(done_at) if done_at is not None else None)


def _millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC)
