"""Words of the page of timers."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Что сработает", "What will fire")
ABOUT: Final = Text(
    "Перед срабатыванием робот смотрит на диалог заново, поэтому ответ клиенту отменит таймер и без вас.",
    "Before it fires a robot looks at the dialog anew, so an answer to the client cancels the timer without you.",
)
FIRES: Final = Text("Сработает", "Fires")
LEFT: Final = Text("Через", "In")
WHY: Final = Text("Почему тогда", "Why then")
ACTIONS: Final = Text("Действия", "Actions")
NOW: Final = Text("Сейчас", "Now")
MOVE: Final = Text("Перенести", "Move")
MOVE_TITLE: Final = Text("Перенести таймер", "Move the timer")
MOVE_TEXT: Final = Text("Новый срок, время портала", "New moment, in the time of the portal")
STOP: Final = Text("Отменить", "Cancel it")
OVERDUE: Final = Text("просрочен", "overdue")

EMPTY_TITLE: Final = Text("Ничего не ждёт", "Nothing waits")
EMPTY: Final = Text(
    "Когда робот начнёт чего-то ждать, здесь будет срок и объяснение, откуда он взялся.",
    "When a robot begins to wait, the moment will stand here, and how it was reckoned.",
)
