"""Automation triggers that robots fire: their codes and names, and where one is fired for a dialog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from core.bitrix24.documents import DEAL, LEAD, Item
from core.dialogs.ball import Episode, answers
from core.dialogs.message import Message
from core.dialogs.view import DialogView
from core.effects import FireTrigger
from core.robots.fields import Choice
from core.texts.text import Language, Text


class Trigger(Choice):
    """What an administrator finds among the triggers of a pipeline; the codes never change their meaning."""

    CLIENT_WROTE = "client_wrote", "Клиент написал", "Client wrote"
    CLIENT_THANKED = "client_thanked", "Клиент поблагодарил", "Client thanked"
    WE_REPLIED = "we_replied", "Мы ответили", "We replied"
    CLIENT_CONFIRMED = "client_confirmed", "Клиент подтвердил решение", "Client confirmed the solution"
    NAMING_BAD = "naming_bad", "Нарушено название диалога", "Dialog name is wrong"
    SHIFT_HANDOVER = "shift_handover", "Диалог передан по смене", "Dialog handed over at shift end"
    ORPHAN_FOUND = "orphan_found", "Диалог без оператора", "Dialog without an operator"


_TITLE: Final = Text("Дежурный: {name}", "Dezhurny: {name}")


def trigger_name(trigger: Trigger, language: Language) -> str:
    """Return the name as the portal shows it; it takes one language only (platform.md 6.5)."""
    return _TITLE.format(name=trigger.label).said_in(language)


def fired(
    trigger: Trigger | str,
    item: Item,
    dialog: DialogView | None = None,
    *,
    once: str,
    stage_id: str = "",
    goes_on: bool = False,
) -> tuple[FireTrigger, ...]:
    """Return the effects that fire a trigger for the run's item and for every item that the chat is bound to.

    It may be one of ours, or any other by the code that an administrator wrote.
    ``once`` names what the trigger is fired once for (`of_episode`, `of_session`, a transfer): the ledger refuses a
    second time, also when it is our own stage movement that started the robot again. ``stage_id`` is where the run's
    item stands now; ``goes_on``: the run does not stop where the trigger moves its item.
    """
    known = next((one for one in Trigger if one.value == str(trigger)), None)
    return tuple(
        FireTrigger(
            code=str(trigger),
            title=known.label.as_json() if known is not None else {},
            entity_type_id=place.entity_type_id,
            entity_id=place.id,
            seen_stage=stage_id if place == item else "",
            goes_on=goes_on,
            once=f"trigger|{trigger!s}|{place.entity_type_id}|{place.id}|{once}",
        )
        for place in dict.fromkeys(_places(item, dialog.chat.bindings if dialog is not None else ()))
    )


def of_episode(episode: Episode) -> str:
    return f"episode|{episode.session_id}|{episode.message_id}"


def episode_of(dialog: DialogView, message: Message) -> Episode:
    """Return the episode that a message belongs to: the client's first message that it asks with or answers.

    Messages of ours in a row belong to what the first of them answers.
    """
    first, asked = message, message.from_client
    for earlier in reversed([one for one in dialog.read if one.id < message.id]):
        if earlier.from_client:
            first, asked = earlier, True
        elif asked and answers(earlier, "human"):
            break
    return Episode(dialog.session_id, first.id)


def of_session(session_id: int) -> str:
    return f"session|{session_id}"


def _places(item: Item, bindings: Iterable[Item]) -> Iterator[Item]:
    """Contacts and companies have no pipeline, so no trigger can move them."""
    for place in (item, *bindings):
        if place.entity_type_id in {LEAD, DEAL} or place.is_dynamic:
            yield place
