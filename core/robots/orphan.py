"""Whether anybody can see a dialog whose client waits; pure (S4-13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from core.dialogs.ball import Ball
from core.dialogs.view import DialogView
from core.robots.people import Person
from core.robots.shifts import Presence, Shift
from core.robots.situation import minutes_waited
from core.texts.text import Text
from core.worktime.calendar import Calendar

#: How long a client waits before his dialog counts as left alone, where the portal says nothing else.
USUAL_MINUTES: Final = 10


def may_be_left_alone(owner: Shift | None) -> bool:
    """Whether it is worth reading what was said in a dialog; ``owner`` None: nobody accepted it."""
    return owner is None or owner.is_over


def is_waiting(dialog: DialogView) -> bool:
    """Whether the client of an open dialog waits for people; what a bot leads is the bot's."""
    waits = dialog.ball is Ball.US and dialog.waiting_since is not None
    return waits and dialog.is_open and not dialog.closing and not dialog.owner_is_bot


def as_owner(person: Person, shift: Shift) -> Shift:
    """A bot is always there: what it leads is not left alone."""
    return replace(shift, presence=Presence.ON) if person.bot else shift


def left_alone(
    dialog: DialogView, calendar: Calendar, now: datetime, *, minutes: int, owner: Shift | None, is_queue_there: bool
) -> Text | None:
    """Say why nobody sees the dialog of a client who has waited ``minutes``, or None when somebody does.

    A dialog without an owner is offered to the queue. When nobody takes it and the client writes again, Bitrix24 may
    show it to nobody at all, so his second message counts even if the queue is there (S4-13, the author's nuance).
    Whose shift is not known is taken to be there; at night nobody is woken.
    """
    since = dialog.waiting_since
    if not is_waiting(dialog) or since is None or not calendar.is_open(now):
        return None
    if minutes_waited(dialog, calendar, now) < minutes:
        return None
    if dialog.owner_id:
        gone = owner is not None and owner.is_over
        return _OWNER_GONE.format(why=owner.why) if gone and owner is not None else None
    if not is_queue_there:
        return _QUEUE_GONE
    again = dialog.last_client_message
    wrote_again = again is not None and again.at > since and calendar.between(since, again.at) >= minutes
    return _NOT_TAKEN if wrote_again else None


_OWNER_GONE: Final = Text(
    "Клиент ждёт, а оператора нет: {why}.", "The client waits and the operator is not there: {why}."
)
_QUEUE_GONE: Final = Text(
    "Клиент ждёт, диалог никто не принял, и в очереди линии никого на смене.",
    "The client waits, nobody accepted the dialog, and nobody of the line's queue is on shift.",
)
_NOT_TAKEN: Final = Text(
    "Диалог никто не принял, и клиент написал снова: Битрикс24 может не показать его никому.",
    "Nobody accepted the dialog and the client wrote again: Bitrix24 may show it to nobody.",
)
