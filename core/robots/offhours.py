"""When a client gets a text outside of working time, and which; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from core.dialogs.ball import Ball
from core.dialogs.message import Author, Message
from core.dialogs.view import DialogView
from core.robots.fields import Choice
from core.robots.outcomes import Check
from core.texts.placeholders import first_unknown
from core.texts.text import Text, moment
from core.worktime.calendar import Calendar, NeverOpen
from core.worktime.counting import back
from core.worktime.days import DayKind
from core.worktime.zones import moment_at

WindowKind = Literal["night", "weekend", "holiday", "lunch"]

#: So shortly before the opening nothing is sent: people are there before the client has read it.
THRESHOLD: Final = timedelta(minutes=5)
_CHANNEL: Final = re.compile(r"\s*([A-Za-z0-9_.-]{1,40})\s*:\s*(\S.*)")


class Once(Choice):
    """How often a client gets the text."""

    PER_WINDOW = "per_window", "Один раз за перерыв в работе", "Once for each stretch without work"
    PER_EPISODE = "per_episode", "Один раз на обращение", "Once for each request"
    EVERY = "every", "На каждое сообщение", "On every message"


@dataclass(frozen=True, slots=True)
class Closed:
    """The stretch without working time that a moment lies in."""

    kind: WindowKind
    since: datetime
    until: datetime

    @property
    def key(self) -> str:
        return str(int(self.until.timestamp()))


def closed_at(calendar: Calendar, now: datetime) -> Closed | None:
    """Return the closed stretch around ``now``; None while it is open. Raises NeverOpen."""
    if calendar.is_open(now):
        return None
    try:
        since = back(calendar, now, 1) + timedelta(minutes=1)
    except NeverOpen:
        since = now - timedelta(days=1)
    return Closed(_kind(calendar, now), since, calendar.next_open(now))


def _kind(calendar: Calendar, now: datetime) -> WindowKind:
    day = now.astimezone(calendar.zone).date()
    match calendar.day_kind(day):
        case DayKind.HOLIDAY:
            return "holiday"
        case DayKind.WEEKEND:
            return "weekend"
    hours = calendar.hours_on(day)
    began = any(moment_at(day, one.start, calendar.zone) <= now for one in hours)
    goes_on = any(moment_at(day, one.start, calendar.zone) > now for one in hours)
    return "lunch" if began and goes_on else "night"


@dataclass(frozen=True, slots=True)
class Waits:
    """The client's messages of this closed stretch that nobody answered; ``newest`` decides about once."""

    newest: Message
    first_id: int
    texts: tuple[str, ...]


def waits_in(dialog: DialogView, closed: Closed) -> Waits | None:
    """Return what the client wrote while it is closed and wants answered; None when there is nothing of it."""
    if not dialog.is_open or dialog.ball is not Ball.US or dialog.episode is None:
        return None
    mine = [
        message
        for message in dialog.messages
        if message.from_client and not message.vote and message.id >= dialog.episode.message_id
    ]
    if not mine or mine[-1].at < closed.since:
        return None
    return Waits(mine[-1], dialog.episode.message_id, tuple(one.text for one in mine if one.at >= closed.since))


def checks_of(
    dialog: DialogView, closed: Closed, *, now: datetime, zone_words: Calendar, skip_if_line_text: bool
) -> tuple[Check, ...]:
    """Hold everything against a text of ours that speaks against one: operator, opening, channel, the line's text."""
    at_work = any(
        message.author is Author.HUMAN and not message.deleted and message.at >= closed.since
        for message in dialog.messages
    )
    opening = moment(closed.until, zone_words.zone, now=now)
    soon = closed.until - now < THRESHOLD
    line_speaks = skip_if_line_text and _line_speaks(dialog)
    return (
        _either(
            not at_work,
            Text("Оператор сейчас не отвечает", "No operator is answering now"),
            Text("Оператор сейчас отвечает сам", "An operator is answering now"),
        ),
        _either(
            not soon,
            Text("До открытия не меньше 5 минут ({at})", "The opening is 5 minutes away or more ({at})"),
            Text("До открытия меньше 5 минут ({at})", "The opening is less than 5 minutes away ({at})"),
            at=opening,
        ),
        _either(
            dialog.window_open,
            Text("Окно канала открыто", "The channel window is open"),
            Text("Окно канала закрыто", "The channel window is closed"),
        ),
        _either(
            not line_speaks,
            Text("Линия сама не ответит", "The line itself sends no text"),
            Text("Линия отвечает сама", "The line itself sends a text"),
        ),
    )


def _either(passed: bool, yes: Text, no: Text, **values: object) -> Check:
    return Check((yes if passed else no).format(**values), passed)


def _line_speaks(dialog: DialogView) -> bool:
    """The line's own text goes only to dialogs that nobody accepted (openlines.md 1.4)."""
    if dialog.line is None or not dialog.line.tells_off_hours:
        return False
    client = dialog.last_client_message
    said = any(one.automatic and client is not None and one.id > client.id for one in dialog.messages)
    return said or not dialog.accepted


def once_key(once: Once, dialog: DialogView, closed: Closed, waits: Waits) -> str:
    """Return what the ledger lets happen one time only."""
    match once:
        case Once.PER_WINDOW:
            what = f"window|{closed.key}"
        case Once.PER_EPISODE:
            what = f"episode|{waits.first_id}"
        case Once.EVERY:
            what = f"message|{waits.newest.id}"
    return f"offhours|{dialog.chat.id}|{what}"


# --- texts of channels ------------------------------------------------------------------------------------------


def read_channels(text: str) -> tuple[tuple[str, str], ...]:
    """Read ``whatsapp: …`` lines; what cannot be read is passed over (`bad_channels` names it)."""
    found = [_CHANNEL.fullmatch(line) for line in text.splitlines()]
    return tuple((match.group(1).lower(), match.group(2).strip()) for match in found if match is not None)


def bad_channels(text: str, label: Text) -> Text | None:
    """Return which line cannot be used, in the words of the property's label; None when all can."""
    for number, line in enumerate(text.splitlines(), 1):
        match = _CHANNEL.fullmatch(line)
        if not line.strip():
            continue
        if match is None:
            return Text(
                "«{label}», строка {number}: нужно «канал: текст», например whatsapp: Ответим утром.",
                "“{label}”, line {number}: must be “channel: text”, such as whatsapp: We answer in the morning.",
            ).format(label=label, number=number)
        if unknown := first_unknown(match.group(2)):
            return Text(
                "«{label}», строка {number}: нет такой подстановки: {{{name}}}.",
                "“{label}”, line {number}: there is no {{{name}}}.",
            ).format(label=label, number=number, name=unknown)
    return None


def text_for(channels: tuple[tuple[str, str], ...], connector: str) -> str:
    """Return the text of the channel with the longest name that the connector's holds; '' when there is none.

    ``whatsapp`` is ``whatsappbyedna`` and ``whatsappbytwilio``, ``instagram`` is ``fbinstagramdirect``.
    """
    fitting = [(name, text) for name, text in channels if name in connector.lower()]
    return max(fitting, key=lambda one: len(one[0]))[1] if fitting else ""
