"""Words of the page of timers."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Что сработает", "What will fire")
ABOUT: Final = Text(
    "Перед срабатыванием робот смотрит на диалог заново, поэтому ответ клиенту отменит таймер и без вас.",
    "Before it fires a robot looks at the dialog anew, so an answer to the client cancels the timer without you.",
)
SEARCH_LABEL: Final = Text("Поиск по таймерам", "Search the timers")
NEXT_DAY: Final = Text("Ближайшие 24 часа по часам", "The next 24 hours by the hour")
SUM: Final = Text("сработает {count}", "{count} will fire")
WHAT: Final = Text("Что произойдёт", "What will happen")
LATE_NOTE: Final = Text(
    "Часть таймеров опаздывает: исполнитель занят или не работает.",
    "Some timers are late: the worker is busy or does not run.",
)
TO_HEALTH: Final = Text("Здоровье", "Health")
RECKONED: Final = Text("Как посчитано", "How it was reckoned")
NOTHING: Final = Text("Под этот отбор не подходит ни один таймер.", "No timer fits this filter.")
NOW_TITLE: Final = Text("Сработать сейчас?", "Fire now?")
SHIFT: Final = Text("Сдвинуть", "Shift")
SHIFT_TITLE: Final = Text("Сдвинуть таймеры", "Shift the timers")
SHIFT_LABEL: Final = Text("На сколько минут позже (раньше — с минусом)", "Minutes later (earlier with a minus)")
FIRES: Final = Text("Сработает", "Fires")
LEFT: Final = Text("Через", "In")
WHY: Final = Text("Почему тогда", "Why then")
ACTIONS: Final = Text("Действия", "Actions")
NOW: Final = Text("Сейчас", "Now")
MOVE: Final = Text("Перенести", "Move")
MOVE_TITLE: Final = Text("Перенести таймер", "Move the timer")
MOVE_TEXT: Final = Text("Новый срок, время портала", "New moment, in the time of the portal")
STOP: Final = Text("Отменить", "Cancel it")
OVERDUE_BY: Final = Text("просрочен на {length}", "overdue by {length}")

EMPTY_TITLE: Final = Text("Ничего не ждёт", "Nothing waits")
EMPTY: Final = Text(
    "Когда робот начнёт чего-то ждать, здесь будет срок и объяснение, откуда он взялся.",
    "When a robot begins to wait, the moment will stand here, and how it was reckoned.",
)
