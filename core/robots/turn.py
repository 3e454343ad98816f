"""Whose turn it is when a robot's settings say whose answers count, and what ends a wait for an answer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from core.dialogs.ball import Answers, Ball, Episode, Verdict, answers, judge
from core.dialogs.message import Author, Message
from core.dialogs.view import DialogView
from core.texts.text import Text


def turn_of(dialog: DialogView, who: Answers, *, zone: tzinfo, now: datetime) -> Verdict:
    """Judge the dialog as ``who`` says; a view is judged by the answers of people."""
    if who == "human":
        return dialog.verdict
    names = {dialog.users[message.author_id].name for message in dialog.messages if _is_ours(message, dialog)}
    return judge(
        [_without_holding(message) for message in dialog.messages],
        session_id=dialog.session_id,
        is_open=dialog.is_open,
        who=who,
        names=names,
        zone=zone,
        now=now,
    )


def reply_after(dialog: DialogView, episode: Episode, who: Answers) -> Message | None:
    """Return the first answer after the message of an episode; a holding text of a robot is none (robots.md R3)."""
    return next(
        (
            message
            for message in dialog.read
            if message.id > episode.message_id and answers(_without_holding(message), who)
        ),
        None,
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """Why nobody waits for our answer any more: a result code, the sentence, and the answer itself if there is one."""

    result: str
    text: Text
    reply: Message | None = None


def ending_of(dialog: DialogView, episode: Episode, who: Answers, *, zone: tzinfo, now: datetime) -> Ending | None:
    """Return what ended the wait of an episode; None while the client still waits for the same thing."""
    reply = reply_after(dialog, episode, who)
    if reply is not None:
        return Ending("cancelled_reply", Text("Клиенту ответили.", "The client was answered."), reply)
    if not dialog.is_open or dialog.session_id != episode.session_id:
        text = Text("Диалог закрыт, отвечать больше не на что.", "The dialog is closed, there is nothing to answer.")
        return Ending(dialog.closed_as, text)
    turn = turn_of(dialog, who, zone=zone, now=now)
    if turn.ball is not Ball.US or turn.episode is None:
        return Ending("nothing_to_do", turn.why)
    if turn.episode != episode:
        return Ending("superseded", Text("Это ожидание сменилось новым.", "This wait was superseded by a new one."))
    return None


def _is_ours(message: Message, dialog: DialogView) -> bool:
    return message.ours and message.author_id in dialog.users


def _without_holding(message: Message) -> Message:
    """What we send automatically is a robot's by our ledger, and no answer all the same."""
    return replace(message, author=Author.SYSTEM) if message.automatic else message
