"""What keeps a dialog open that was about to be finished, and what a reader of the log should know; pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.dialogs.message import Author
from core.dialogs.view import DialogView
from core.robots import closing_words as words
from core.robots.closing import Around, Guard, clients_in, not_active, wrote_after
from core.robots.outcomes import Check
from core.texts.text import Text


@dataclass(frozen=True, slots=True)
class Stop:
    """The result code, the sentence, and the guard that says so, if it is one; ``closed``: there is no such dialog."""

    result: str
    text: Text
    guard: Guard | None = None
    closed: bool = False


def what_stops(
    dialog: DialogView,
    around: Around,
    *,
    session_id: int,
    after_message_id: int,
    owners: Collection[int],
    active_client_field: str = "",
) -> Stop | None:
    """Return what happened since all spoke for closing; None when nothing did.

    Any word of the client, a person who writes or takes the dialog over, a client who was marked as active.
    """
    if not dialog.is_open or dialog.session_id != session_id:
        return Stop(dialog.closed_as, words.CLOSED_BY_OTHERS, closed=True)
    match wrote_after(dialog, after_message_id):
        case Author.CLIENT:
            return Stop("cancelled_reply", words.CLIENT_WROTE)
        case Author.HUMAN:
            return Stop("cancelled_owner", words.PERSON_WROTE)
    if dialog.owner_id not in owners and not dialog.owner_is_bot:
        return Stop("cancelled_owner", words.PERSON_WROTE)
    if active_client_field and not (guard := not_active(active_client_field, around.card)).passed:
        return Stop("guard_failed", words.MARKED_ACTIVE, guard)
    return None


def closing_notes(dialog: DialogView) -> tuple[Check, ...]:
    """What a reader of the log should know, and what decides nothing."""
    notes: list[Check] = []
    if clients_in(dialog) > 1 or not dialog.chat.client_id:
        text = Text("Групповой чат: достаточно подтверждения одного", "A group chat: the confirmation of one is enough")
        notes.append(Check(text))
    if not dialog.accepted:
        text = Text(
            "Диалог никем не принят: Битрикс24 сначала примет его на пользователя приложения",
            "Nobody accepted the dialog: Bitrix24 first accepts it for the application's user",
        )
        notes.append(Check(text))
    return tuple(notes)
