"""What the end of a shift means for one dialog: how it stands, what is to be done, and when not yet; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.dialogs.ball import Ball
from core.dialogs.message import Author, Message
from core.dialogs.view import DialogView
from core.robots.fields import Choice
from core.robots.shifts import Shift

#: Whoever wrote within this time is still at it, and is let go on for that long after his last words.
STILL_AT_IT: Final = timedelta(minutes=10)
OVERTIME: Final = timedelta(minutes=15)
MOST_OVERTIMES: Final = 4


class Kind(Choice):
    """How a dialog stands when its operator leaves; the values are those that the robot returns."""

    CLIENT_WAITING = "client_waiting", "клиент ждёт ответа", "the client waits for an answer"
    PROMISE = "promise", "мы обещали вернуться с ответом", "we promised to come back"
    OUR_QUESTION = "our_question", "последнее слово за нами", "the last word is ours"
    GRATITUDE = "gratitude", "клиент поблагодарил", "the client thanked"
    HOLD = "hold", "на удержании", "on hold"
    DONE = "done", "вопрос исчерпан", "nothing is open"


class Deed(Choice):
    """What is done with a dialog of one kind."""

    REASSIGN = "reassign", "Передать", "Hand over"
    TO_QUEUE = "to_queue", "В очередь линии", "To the queue of the line"
    NOTIFY_HEAD = "notify_head", "Сообщить руководителю", "Tell the head"
    WATCH = "watch", "Оставить и следить", "Leave and watch"
    ACK = "ack", "Ответить знаком", "Answer with a sign"
    NOTHING = "nothing", "Ничего", "Nothing"


def kind_of(dialog: DialogView, *, on_hold: bool = False) -> Kind:
    """Say how the dialog stands; a client who waits and a promise of ours outweigh everything.

    Our last word leaves the dialog open, whether it was a question or not: the client may answer when nobody is there
    (S4-01). Only what the client confirmed is done.
    """
    if dialog.ball is Ball.US:
        return Kind.PROMISE if dialog.verdict.by_promise else Kind.CLIENT_WAITING
    if on_hold:
        return Kind.HOLD
    if dialog.ball is Ball.ACK:
        return Kind.GRATITUDE
    return Kind.OUR_QUESTION if dialog.ball is Ball.CLIENT and not dialog.confirmed else Kind.DONE


def last_words_of(dialog: DialogView, user_id: int) -> Message | None:
    """Return what an employee said to the client last."""
    return next(
        (
            message
            for message in reversed(dialog.messages)
            if message.author is Author.HUMAN and message.author_id == user_id and not message.deleted
        ),
        None,
    )


def overtime_until(dialog: DialogView, user_id: int, shift: Shift, *, now: datetime, taken: int) -> datetime | None:
    """Return until when the operator is let go on, because he is just writing; None when his shift is over.

    A day that was closed is over, unless he wrote after closing it. ``taken`` counts how often he was let go on.
    """
    words = last_words_of(dialog, user_id)
    if words is None or taken >= MOST_OVERTIMES or now - words.at >= STILL_AT_IT:
        return None
    if shift.is_over and (shift.ended_at is None or words.at <= shift.ended_at):
        return None
    return words.at + OVERTIME


def newest_of_client(dialog: DialogView) -> int:
    """Return the number of the client's newest message, 0 when there is none."""
    return max((message.id for message in dialog.read if message.from_client), default=0)
