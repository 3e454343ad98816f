"""Whether a dialog may be given to somebody else: hands that took it a moment ago are respected."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime, timedelta

from core.dialogs.message import Author, Message
from core.dialogs.view import DialogView
from core.robots.context import Ctx, InputT, StateT
from core.robots.duty import Rules, shift_now
from core.robots.fields import Choice
from core.texts.text import Text, moment


class NoCandidate(Choice):
    """What is done when nobody can be found (decisions.md 44)."""

    FIRST_OPEN = "first_open", "Ждать первого, кто откроет день", "Wait for whoever opens the day first"
    HEAD = "head", "Руководителю", "The head"
    QUEUE = "queue", "В очередь линии", "The queue of the line"
    NOTHING = "nothing", "Ничего", "Nothing"


class CrmSync(Choice):
    """Whether the responsible of the card follows the operator of the dialog."""

    ALWAYS = "always", "Всегда", "Always"
    CREATED_ONLY = "created_only", "Как в Битрикс24", "As Bitrix24 does"
    NEVER = "never", "Никогда", "Never"


#: Effects of ours that leave no line of the portal in the chat.
_SILENT = frozenset({"notify_staff", "comment_timeline", "create_task", "set_responsible", "fire_trigger"})


def taken_by_hand(
    dialog: DialogView, *, now: datetime, minutes: int, done_by_us: tuple[tuple[str, int], ...]
) -> datetime | None:
    """Return when a person last showed that the dialog is his, within so many minutes; None when nobody did.

    His words show it, and the lines that the portal writes when somebody accepts or hands on a dialog. These bear no
    mark that tells them from others, so they count only where no robot did anything in the chat meanwhile.
    """
    if not dialog.accepted or dialog.owner_is_bot:
        return None
    handed = {user_id for kind, user_id in done_by_us if kind.startswith(("transfer_", "take_"))}
    if dialog.owner_id in handed:
        return None
    quiet = all(kind in _SILENT for kind, _ in done_by_us)
    since = now - timedelta(minutes=minutes)
    signs = [
        message.at
        for message in dialog.messages
        if message.at > since and (_own_words(message, dialog.owner_id) or (quiet and _line_of_portal(message)))
    ]
    return max(signs, default=None)


async def kept_by_hand(
    ctx: Ctx[InputT, StateT], dialog: DialogView, *, minutes: int, rules: Rules
) -> tuple[Text, int] | None:
    """Say who took the dialog himself a moment ago, and keeps it because he is there; None when nobody does."""
    if minutes <= 0:
        return None
    done = await ctx.desk.done_in_chat(dialog.chat.id, since=ctx.now - timedelta(minutes=minutes))
    at = taken_by_hand(dialog, now=ctx.now, minutes=minutes, done_by_us=done)
    if at is None:
        return None
    person, shift = await shift_now(ctx, dialog.owner_id, rules)
    if person.bot or shift.is_over:
        return None
    text = Text("Диалог взят вручную: {name}, {at}. Не забираем.", "Taken by hand: {name}, {at}. It is left alone.")
    return text.format(name=person.name, at=moment(at, ctx.zone, now=ctx.now)), person.id


def _own_words(message: Message, owner_id: int) -> bool:
    return message.author is Author.HUMAN and message.author_id == owner_id and not message.deleted


def _line_of_portal(message: Message) -> bool:
    return message.author is Author.SYSTEM and not message.automatic and message.boundary is None


def first_words_of(dialog: DialogView, user_id: int, *, after_message_id: int) -> Message | None:
    """Return what an employee first said to the client after a dialog was given to him (decisions.md 26)."""
    return next(
        (
            message
            for message in dialog.read
            if message.id > after_message_id and message.author_id == user_id and message.author is Author.HUMAN
        ),
        None,
    )


def answer_of_others(dialog: DialogView, user_id: int, *, after_message_id: int) -> Message | None:
    """Return what any other person said to the client meanwhile."""
    return next(
        (
            message
            for message in dialog.read
            if message.id > after_message_id and message.author is Author.HUMAN and message.author_id != user_id
        ),
        None,
    )


_CLOSED = Text("Диалог закрыт, назначать больше нечего.", "The dialog is closed, there is nothing to assign any more.")


def no_more_needed(
    dialog: DialogView, *, holders: Container[int], but_by: int, after_message_id: int
) -> tuple[str, Text, int] | None:
    """Return why nobody is to be assigned any more, as a result code, words, and who has it; None when somebody is.

    ``holders`` may have the dialog (nobody always may), ``but_by`` may have answered since ``after_message_id``.
    """
    if not dialog.is_open or dialog.closing:
        return dialog.closed_as, _CLOSED, but_by
    reply = answer_of_others(dialog, but_by, after_message_id=after_message_id)
    if reply is not None:
        return "cancelled_reply", Text("Клиенту уже ответили.", "Somebody answered the client."), reply.author_id
    if dialog.owner_id and dialog.owner_id not in holders:
        return "cancelled_owner", Text("Диалог взял другой человек.", "Somebody took the dialog."), dialog.owner_id
    return None
