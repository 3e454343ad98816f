"""Whose turn it is in a dialog, since when, and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Literal

from core.bitrix24.command import Json
from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.message import Author, Message
from core.dialogs.talk import open_promise, wanting
from core.dialogs.words import promise_in
from core.texts.text import Text, moment, plural

#: Whose messages count as an answer to the client.
Answers = Literal["human", "human_or_robot"]


class Ball(StrEnum):
    """On whose side the dialog is; the values are those that ``dialog_state`` returns."""

    US = "us"
    CLIENT = "client"
    ACK = "ack"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Episode:
    """What a timer belongs to: a session and a message in it; a new one supersedes timers of the old one.

    Towards us it is the first unanswered message of the client (or our promise), towards the client our last message.
    """

    session_id: int
    message_id: int

    def as_json(self) -> dict[str, Json]:
        return {"session_id": self.session_id, "message_id": self.message_id}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose turn it is. ``waiting_since``: the client waits from then on, None when he does not wait.

    ``promise``: our promise that is still open. ``doubt``: a message of an unclear author that nobody of us answered;
    it starts and ends nothing, but a person should look.
    """

    ball: Ball
    why: Text
    episode: Episode | None = None
    waiting_since: datetime | None = None
    promise: Message | None = None
    doubt: Message | None = None

    @property
    def by_promise(self) -> bool:
        """The ball is ours only because of the promise; every message of the client has been answered."""
        return self.promise is not None and self.episode is not None and self.episode.message_id == self.promise.id


def answers(message: Message, who: Answers) -> bool:
    """Tell whether a message is an answer to the client; hidden, system and automatic ones never are."""
    if message.deleted:
        return False
    return message.author is Author.HUMAN or (who == "human_or_robot" and message.author is Author.ROBOT)


def judge(
    messages: Sequence[Message],
    *,
    session_id: int,
    is_open: bool,
    who: Answers = "human",
    lexicon: Lexicon = SHIPPED,
    names: Collection[str] = (),
    zone: tzinfo = UTC,
    now: datetime | None = None,
) -> Verdict:
    """Say whose turn it is after these messages of one session (ascending); ``zone`` and ``now`` are for the words."""
    if not is_open:
        return Verdict(Ball.NONE, Text("Диалог закрыт.", "The dialog is closed."))
    said = _Said(zone, now)
    tail = _after_last_answer(messages, who)
    promise = open_promise(messages, lexicon=lexicon)
    unanswered = [message for message in tail if message.from_client and not message.vote]
    waiting = list(wanting(_with_what_was_said(messages, tail), lexicon=lexicon, names=names))
    doubt = next((message for message in reversed(tail) if message.author is Author.UNKNOWN), None)
    hint = said.doubt() if doubt else ""
    if waiting:
        first = waiting[0]
        why = said.client_waits(first.at, len(waiting)) + hint
        return Verdict(Ball.US, why, Episode(session_id, first.id), first.at, promise, doubt)
    if promise is not None:
        why = said.promised(promise.at, promise_in(promise.text, lexicon=lexicon) or "") + hint
        return Verdict(Ball.US, why, Episode(session_id, promise.id), promise.at, promise, doubt)
    ball, why, about = _quiet(messages, unanswered, said)
    return Verdict(ball, why + hint, Episode(session_id, about.id) if about else None, doubt=doubt)


def _after_last_answer(messages: Sequence[Message], who: Answers) -> Sequence[Message]:
    last = next((at for at in range(len(messages) - 1, -1, -1) if answers(messages[at], who)), None)
    return messages if last is None else messages[last + 1 :]


def _with_what_was_said(messages: Sequence[Message], tail: Sequence[Message]) -> Sequence[Message]:
    """Return the tail, with the last message of ours before it in front: a bare "yes" is judged by what was asked."""
    ours = next((one for one in reversed(messages[: len(messages) - len(tail)]) if one.ours), None)
    return tail if ours is None else (ours, *tail)


def _quiet(messages: Sequence[Message], thanks: list[Message], said: _Said) -> tuple[Ball, Text, Message | None]:
    """Judge a session in which nobody waits for our answer, and name the message that it is about."""
    ours = [message for message in messages if message.ours]
    if thanks and not any(message.id > thanks[-1].id for message in ours):
        return Ball.ACK, said.thanked(thanks[-1].at), thanks[0]
    spoken = [message for message in ours if not message.automatic]
    if not spoken:
        return Ball.NONE, Text("В диалоге ещё никто не писал.", "Nobody has written in the dialog yet."), None
    by_people = [message for message in spoken if message.author is Author.HUMAN]
    last = (by_people or spoken)[-1]
    return Ball.CLIENT, said.we_wrote(last.at), last


@dataclass(frozen=True, slots=True)
class _Said:
    """The sentences, with moments in the reader's zone."""

    zone: tzinfo
    now: datetime | None

    def _at(self, at: datetime) -> Text:
        return moment(at, self.zone, now=self.now)

    def client_waits(self, since: datetime, count: int) -> Text:
        messages = plural(count, ("сообщение", "сообщения", "сообщений"), ("message", "messages"))
        text = Text(
            "Клиент ждёт ответа с {at}: без ответа {messages}.",
            "The client has waited for an answer since {at}: {messages} unanswered.",
        )
        return text.format(at=self._at(since), messages=messages)

    def promised(self, at: datetime, phrase: str) -> Text:
        text = Text(
            "Мы обещали вернуться с ответом («{phrase}», {at}) и ещё не вернулись.",
            "We promised to come back (“{phrase}”, {at}) and have not come back yet.",
        )
        return text.format(phrase=phrase, at=self._at(at))

    def thanked(self, at: datetime) -> Text:
        text = Text(
            "Клиент поблагодарил или согласился ({at}); ответа по сути он не ждёт.",
            "The client thanked or agreed ({at}) and expects no real answer.",
        )
        return text.format(at=self._at(at))

    def we_wrote(self, at: datetime) -> Text:
        text = Text(
            "Последнее слово за нами ({at}), ждём клиента.", "The last word is ours ({at}); the client is next."
        )
        return text.format(at=self._at(at))

    def doubt(self) -> Text:
        return Text(
            " Есть сообщение неясного автора: возможно, сотрудник писал не из Битрикс24.",
            " There is a message of an unclear author: an employee may have written outside Bitrix24.",
        )
