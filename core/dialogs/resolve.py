"""Which dialog belongs to a CRM item: what to ask, how to read it, how to choose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.dialogs.activities import SessionRow
from core.dialogs.item import name_of
from core.texts.text import Text, plural


class DialogPick(StrEnum):
    """Which of several dialogs; the values of the common property ``dialog_pick``."""

    LATEST_ACTIVE = "latest_active"
    LATEST_ANY = "latest_any"
    ALL_ACTIVE = "all_active"
    BY_LINE = "by_line"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a robot's common properties say about the dialog; empty lines and channels mean any."""

    pick: DialogPick = DialogPick.LATEST_ACTIVE
    line_ids: frozenset[int] = frozenset()
    channels: tuple[str, ...] = ()

    def fits(self, row: SessionRow) -> bool:
        return (not self.line_ids or row.line_id in self.line_ids) and (
            not self.channels or any(_is_channel(row.connector, name) for name in self.channels)
        )


@dataclass(frozen=True, slots=True)
class PathStep:
    """One place where we looked for the dialog, and how many we found there."""

    text: Text
    found: int

    def as_json(self) -> dict[str, Json]:
        return {"text": {"ru": self.text.ru, "en": self.text.en}, "found": self.found}


@dataclass(frozen=True, slots=True)
class Picked:
    """The chosen session; ``others`` are the sessions of other chats that fit too, the latest first."""

    row: SessionRow
    others: tuple[SessionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """No session fits."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several chats fit and the robot was told to choose by line, but not which."""

    candidates: tuple[SessionRow, ...]


Choice = Picked | Nothing | Ambiguous


def choose(steps: Sequence[Sequence[SessionRow]], wanted: Wanted) -> Choice:
    """Choose among the sessions found on each step of the path (the item's own first).

    An open dialog further along the path wins over a closed one nearer, unless any will do; with closed ones only it
    is the latest closed one of the nearest step.
    """
    fitting = [_latest_first(row for row in rows if wanted.fits(row)) for rows in steps]
    if wanted.pick is DialogPick.LATEST_ANY:
        layers = fitting
    else:
        layers = [[row for row in rows if row.open] for rows in fitting] + fitting
    rows = next((rows for rows in layers if rows), None)
    if rows is None:
        return Nothing()
    chats = _one_a_chat(rows)
    if wanted.pick is DialogPick.BY_LINE and not wanted.line_ids and len(chats) > 1:
        return Ambiguous(chats)
    return Picked(chats[0], chats[1:])


def chats_in(rows: Iterable[SessionRow]) -> int:
    return len({row.chat_key for row in rows})


def _one_a_chat(rows: Iterable[SessionRow]) -> tuple[SessionRow, ...]:
    found: dict[str, SessionRow] = {}
    for row in rows:
        found.setdefault(row.chat_key, row)
    return tuple(found.values())


def _latest_first(rows: Iterable[SessionRow]) -> list[SessionRow]:
    def age(row: SessionRow) -> tuple[float, int]:
        at = row.updated_at or row.started_at
        return (at.timestamp() if at else 0.0, row.session_id)

    return sorted(rows, key=age, reverse=True)


def _is_channel(connector: str, name: str) -> bool:
    """Compare a connector with what an administrator typed: its id, or the messenger's name for all its connectors."""
    wanted, actual = name.strip().lower(), connector.lower()
    if wanted in {"whatsapp", "telegram", "viber"}:
        return actual.startswith(wanted)
    if wanted == "instagram":
        return wanted in actual
    return wanted == actual


def looked_at(place: Item, rows: Sequence[SessionRow], wanted: Wanted) -> PathStep:
    """Say what was found on one step of the path."""
    fitting = [row for row in rows if wanted.fits(row)]
    chats, active = chats_in(fitting), chats_in(row for row in fitting if row.open)
    if not rows:
        return PathStep(Text("{place}: диалогов нет", "{place}: no dialogs").format(place=name_of(place)), 0)
    if not fitting:
        left_out = Text("{place}: есть диалоги, но не тех линий и каналов", "{place}: only of other lines or channels")
        return PathStep(left_out.format(place=name_of(place)), 0)
    words = Text("{place}: {chats}, открытых {active}", "{place}: {chats}, {active} open").format(
        place=name_of(place),
        chats=plural(chats, ("диалог", "диалога", "диалогов"), ("dialog", "dialogs")),
        active=active,
    )
    return PathStep(words, chats)
