"""Sentences of the robot that hands dialogs over at the end of a shift."""

from __future__ import annotations

from typing import Final

from core.robots.shift_state import ReassignState
from core.texts.text import Text


def moved(state: ReassignState) -> Text:
    """Where the dialog went."""
    if not state.to_id:
        return Text("Диалог возвращён в очередь линии.", "The dialog went back to the queue of the line.")
    return Text("Диалог передан: {name}.", "The dialog was handed to {name}.").format(name=state.to_name)


NOTHING: Final = Text("", "")
NOT_HIS: Final = Text(
    "Диалог не у того, чья смена важна: передавать не от кого.",
    "The dialog is not with the one whose shift matters: there is nobody to hand it over from.",
)
NO_SOURCE: Final = Text(
    " Узнать конец смены неоткуда: дайте право на учёт рабочего времени, укажите график, таблицу смен или время.",
    " Nothing tells when the shift ends: give the right to working time, a schedule, a table of shifts, or a time.",
)
NEVER_ENDS: Final = Text(" Конца смены не будет.", " The shift will not end.")
ASKING: Final = Text(" Следим, когда он закроет рабочий день.", " Watching for the day to be closed.")
STILL_NOBODY: Final = Text("На смене по-прежнему никого.", "Still nobody is on shift.")
