"""Whether our own farewell is said, where the line may say goodbye itself and the channel may be shut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.dialogs.line import Line
from core.dialogs.view import DialogView
from core.robots.fields import Choice
from core.texts.text import Text


class Farewell(Choice):
    """What becomes of ours where the line has a closing text of its own."""

    SKIP = "skip", "Не отправлять наше", "Leave ours out"
    SEND = "send", "Отправить и наше", "Send ours as well"
    ONLY_IF_DISABLED = "only_if_disabled", "Наше — только если текст линии выключен", "Ours only if the line's is off"


@dataclass(frozen=True, slots=True)
class Bye:
    """Whether ours is said and why; ``by_line``: the client gets the line's own, ``silently``: he gets none."""

    said: bool
    why: Text
    by_line: bool = False
    silently: bool = False


_OURS: Final = Text("Прощаемся сами", "We say goodbye ourselves")
_LINES: Final = Text("Прощается сама линия: клиент получит одно сообщение", "The line says goodbye itself: one message")
_UNKNOWN: Final = Text(
    "Текст линии включён или неизвестен, наше не отправляем", "The line's text is on or not known, ours is left out"
)
_SHUT: Final = Text(
    "Окно канала закрыто: прощание не дойдёт, закрываем молча",
    "The channel window is closed: no farewell would arrive, closing silently",
)


def farewell_of(policy: Farewell, dialog: DialogView) -> Bye:
    """Decide by what the line does on the first finish (openlines.md fact 6); the client gets one farewell."""
    if not dialog.window_open:
        return Bye(said=False, why=_SHUT, silently=True)
    line = dialog.line
    if policy is Farewell.SEND:
        return Bye(said=True, why=_OURS)
    if line is not None and line.says_goodbye:
        return Bye(said=False, why=_LINES, by_line=True)
    if policy is Farewell.ONLY_IF_DISABLED and (line is None or line.close_rule == "text"):
        return Bye(said=False, why=_UNKNOWN)
    return Bye(said=True, why=_OURS)


def closes_at_once(line: Line | None, *, by_line: bool) -> bool:
    """Tell whether the second finish follows the first at once.

    Not where the line asks for a rating: the client has to have time for it, and a dialog that waits for one counts
    as closed. And not where the line has just said goodbye: the client has as long to answer as after ours.
    """
    return line is not None and line.close_rule == "text" and not line.asks_rating and not by_line
