"""Words of the tab in the card of an item."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Роботы", "Robots")
WAITING: Final = Text("Ждут", "Waiting")
NOTHING_WAITS: Final = Text("Ничего не ждёт.", "Nothing waits.")
LAST: Final = Text("Последние запуски", "Last runs")
ALL: Final = Text("Все запуски", "All runs")
STOP_ALL: Final = Text("Остановить всё", "Stop everything")
STOP_ALL_TITLE: Final = Text("Остановить всё, что ждёт?", "Stop everything that waits?")
EMPTY_TITLE: Final = Text("Роботы здесь ещё не работали", "No robot has worked here yet")
EMPTY: Final = Text(
    "Когда робот займётся этой карточкой, здесь будет видно, что он сделал и чего ждёт.",
    "When a robot works on this card you will see here what it did and what it waits for.",
)
