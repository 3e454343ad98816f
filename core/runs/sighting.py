"""Which of a portal's open dialogs nobody sees, read with as few commands as will tell (S4-13)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from core.bitrix24.command import Command, Reads
from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD, Item
from core.bitrix24.errors import Refused
from core.bitrix24.wire import as_list, as_str
from core.db import Database
from core.dialogs.activities import SessionRow
from core.dialogs.ball import Episode
from core.dialogs.chat import Chat, chat_of
from core.dialogs.known import KnownDialog
from core.dialogs.line import line_command, line_of
from core.dialogs.own import OwnMessages
from core.dialogs.reader import read_dialog
from core.dialogs.view import DialogView
from core.portals.lane import Lane
from core.portals.papers import PortalPapers
from core.robots.calendars import Calendars
from core.robots.dialog_input import DialogInput
from core.robots.duty import Rules, shifts_now, somebody_is_there
from core.robots.orphan import USUAL_MINUTES, as_owner, is_waiting, left_alone, may_be_left_alone
from core.robots.portal_settings import ORPHAN_MINUTES, ORPHAN_POOL
from core.robots.shifts import Shift
from core.runs.own_messages import own_messages
from core.texts.text import Text
from core.worktime.calendar import NeverOpen

#: Dialogs whose messages are read at once: three commands each, so that they fit into one request.
_AT_ONCE: Final = 15


@dataclass(frozen=True, slots=True)
class Orphan:
    """A dialog that nobody sees: the item it hangs on, what is known of it, and why it is one."""

    item: Item
    known: KnownDialog
    episode: Episode
    owner_id: int
    why: Text
    minutes: int
    pool: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asker:
    read: Reads
    desk: PortalPapers
    now: datetime
    zone: ZoneInfo


class Sighting:
    """One look at a portal; who is on shift is asked once, and so is each working time.

    ``quiet`` are chats whose client does not wait, by their newest message; it outlives the look.
    """

    def __init__(self, lane: Lane, database: Database, *, now: datetime, quiet: dict[int, int]) -> None:
        self._lane = lane
        self._database = database
        self._asker = _Asker(lane.read, PortalPapers(lane, database), now, lane.portal.zone)
        self._calendars = Calendars(lane.read, lane.portal.zone, lane.schedules)
        self._quiet = quiet
        self._shifts: dict[int, Shift] = {}
        self._queues: dict[tuple[int, ...], bool] = {}
        minutes = lane.settings.get(ORPHAN_MINUTES)
        self._minutes = minutes if isinstance(minutes, int) else USUAL_MINUTES
        self._pool = tuple(as_str(one) for one in as_list(lane.settings.get(ORPHAN_POOL)))

    async def left_alone(self, sessions: Sequence[SessionRow]) -> list[Orphan]:
        """Return those of the sessions that nobody sees; at most fifty may be asked for."""
        chats = await self._chats(sessions)
        await self._read_shifts({chat.owner_id for _, chat in chats if chat.owner_id})
        doubtful = [(row, chat) for row, chat in chats if self._is_doubtful(chat)]
        await self._read_lines({chat.line_id for _, chat in doubtful})
        doubtful = [(row, chat) for row, chat in doubtful if self._is_working_time(chat.line_id)]
        found: list[Orphan] = []
        for at in range(0, len(doubtful), _AT_ONCE):
            part = doubtful[at : at + _AT_ONCE]
            seen = await asyncio.gather(*(self._judged(row, chat) for row, chat in part))
            found += [orphan for orphan in seen if orphan is not None]
        return found

    async def _chats(self, sessions: Sequence[SessionRow]) -> list[tuple[SessionRow, Chat]]:
        commands = {
            f"s{row.session_id}": Command("imopenlines.dialog.get", {"SESSION_ID": row.session_id}) for row in sessions
        }
        answers = await self._lane.read(commands) if commands else {}
        found: dict[int, tuple[SessionRow, Chat]] = {}
        for row in sessions:
            answer = answers[f"s{row.session_id}"]
            chat = chat_of(answer.result) if answer.ok else None
            if chat is not None and chat.open and not chat.closing:
                found[chat.id] = (row, chat)
        return list(found.values())

    async def _read_shifts(self, user_ids: Iterable[int]) -> None:
        unknown = [user_id for user_id in sorted(user_ids) if user_id not in self._shifts]
        if unknown:
            found = await shifts_now(self._asker, unknown, Rules())
            self._shifts |= {user_id: as_owner(person, shift) for user_id, (person, shift) in found.items()}

    def _is_doubtful(self, chat: Chat) -> bool:
        """Whether its client may wait and nobody see it, as far as the chat itself tells."""
        if self._quiet.get(chat.id) == chat.last_message_id:
            return False
        return may_be_left_alone(self._shifts[chat.owner_id] if chat.owner_id else None)

    async def _read_lines(self, line_ids: Iterable[int]) -> None:
        unknown = [number for number in sorted(line_ids) if number and self._lane.lines.get(number) is None]
        answers = await self._lane.read({f"l{number}": line_command(number) for number in unknown}) if unknown else {}
        for answer in answers.values():
            line = line_of(answer.result) if answer.ok else None
            if line is not None:
                self._lane.lines.put(line)

    def _is_working_time(self, line_id: int) -> bool:
        """At night nobody is woken, so nothing has to be read."""
        line = self._lane.lines.get(line_id)
        try:
            return line is None or self._calendars.line(line).is_open(self._asker.now)
        except NeverOpen:
            return False

    async def _judged(self, row: SessionRow, chat: Chat) -> Orphan | None:
        item = _item_of(row, chat)
        dialog = await self._dialog(row, chat, item) if item is not None else None
        if item is None or dialog is None:
            return None
        if not is_waiting(dialog) or dialog.episode is None:
            self._quiet[chat.id] = chat.last_message_id
            return None
        owner = self._shifts.get(dialog.owner_id)
        if dialog.owner_id and owner is None:
            return None
        calendar = await self._calendars.chosen(DialogInput(), dialog)
        there = not dialog.owner_id and await self._is_queue_there(dialog)
        now, minutes = self._asker.now, self._minutes
        why = left_alone(dialog, calendar, now, minutes=minutes, owner=owner, is_queue_there=there)
        if why is None:
            return None
        return Orphan(item, dialog.known, dialog.episode, dialog.owner_id, why, minutes, self._pool)

    async def _dialog(self, row: SessionRow, chat: Chat, item: Item) -> DialogView | None:
        known = KnownDialog(chat.id, row.session_id, chat.line_id, item, user_code=chat.user_code)
        try:
            reading = await read_dialog(
                self._lane.read,
                item,
                own=self._own,
                now=self._asker.now,
                lines=self._lane.lines,
                known=known,
                lexicon=self._lane.lexicon,
                zone=self._asker.zone,
            )
        except Refused:
            return None
        seen = reading.resolution
        return seen if isinstance(seen, DialogView) and seen.chat.id == chat.id else None

    async def _is_queue_there(self, dialog: DialogView) -> bool:
        queue = dialog.line.queue if dialog.line is not None else ()
        if queue not in self._queues:
            self._queues[queue] = await somebody_is_there(self._asker, queue, Rules())
        return self._queues[queue]

    async def _own(self, chat_id: int) -> OwnMessages:
        return await own_messages(self._lane.portal.id, self._database, chat_id, now=self._asker.now)


def _item_of(row: SessionRow, chat: Chat) -> Item | None:
    """Return the item that people look at when they look for the dialog: its deal or lead before its client."""
    places = (*chat.bindings, row.found_by)
    with_stages = [place for place in places if place.entity_type_id in {DEAL, LEAD} or place.is_dynamic]
    known = [place for place in places if place.id > 0 and place.entity_type_id in _WITH_DIALOGS]
    return next(iter(sorted(with_stages, key=_deals_first)), next(iter(known), None))


def _deals_first(place: Item) -> bool:
    return place.entity_type_id == LEAD


_WITH_DIALOGS: Final = frozenset({LEAD, DEAL, CONTACT, COMPANY})
