"""Put what was read together into a view of the dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from core.bitrix24.documents import Item
from core.dialogs.activities import SessionRow
from core.dialogs.ball import Answers, judge
from core.dialogs.chat import Chat
from core.dialogs.conversation import Conversation
from core.dialogs.lexicon import SHIPPED, Lexicon
from core.dialogs.line import Line
from core.dialogs.message import Channel, Message, classify
from core.dialogs.own import NOTHING_SENT, OwnMessages
from core.dialogs.people import Users
from core.dialogs.resolve import PathStep
from core.dialogs.session import last_session
from core.dialogs.talk import confirmation
from core.dialogs.view import DialogView
from core.dialogs.window import window_of


@dataclass(frozen=True, slots=True)
class Eyes:
    """How to look: the moment, whose messages answer, the lists of phrases, and the reader's zone for the words."""

    now: datetime
    who: Answers = "human"
    lexicon: Lexicon = SHIPPED
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Found:
    """How the dialog was found: the session that led to it, the item it hangs on, and what else there is."""

    session_id: int
    by: Item | None = None
    path: tuple[PathStep, ...] = ()
    dialog_count: int = 1
    others: tuple[SessionRow, ...] = ()


def messages_of(chat: Chat, conversation: Conversation, own: OwnMessages) -> tuple[Message, ...]:
    return classify(conversation.raw, users=conversation.users, own=own, channel=Channel(client_id=chat.client_id))


def see(
    chat: Chat,
    conversation: Conversation,
    *,
    found: Found,
    eyes: Eyes,
    line: Line | None = None,
    own: OwnMessages = NOTHING_SENT,
) -> DialogView:
    """Return the view of a dialog at ``eyes.now``.

    An ending after which nobody wrote closes the session even where the chat still names it: the forced end of a
    dismissed operator's dialogs leaves the chat's fields alone (imopenlines dismissedOperatorFinish).
    """
    read = messages_of(chat, conversation, own)
    session = last_session(read)
    names = _names(conversation.users, session.messages)
    session_id = chat.session_id or found.session_id
    is_open = chat.open and not session.ended
    return DialogView(
        chat=chat,
        line=line,
        session_id=session_id,
        is_open=is_open,
        messages=session.messages,
        read=read,
        whole=session.whole or conversation.by_history or not conversation.cut,
        verdict=judge(
            session.messages,
            session_id=session_id,
            is_open=is_open,
            who=eyes.who,
            lexicon=eyes.lexicon,
            names=names,
            zone=eyes.zone,
            now=eyes.now,
        ),
        window=window_of(chat, read, now=eyes.now),
        confirmed_by=confirmation(session.messages, lexicon=eyes.lexicon, names=names),
        users=conversation.users,
        found_by=found.by,
        path=found.path,
        dialog_count=found.dialog_count,
        others=found.others,
        by_history=conversation.by_history,
    )


def _names(users: Users, messages: Sequence[Message]) -> tuple[str, ...]:
    """Return the names of those whom the client may thank: the people of our side who wrote."""
    ours = {message.author_id for message in messages if message.ours}
    return tuple(user.name for number, user in users.items() if number in ours)
