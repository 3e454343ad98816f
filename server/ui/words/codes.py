"""Return values that are codes for conditions, in words for people: by the return value's name, then by its code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.dialogs.ball import Ball
from core.dialogs.message import Author
from core.robots.awaited import MEANINGS
from core.robots.shift_end import Kind
from core.texts.text import Text
from core.worktime.days import DayKind
from server.ui.results import RESULTS
from server.ui.words.templates import CHANNELS

_NOBODY: Final = Text("никто", "nobody")
_MEANINGS: Final[Mapping[str, Text]] = {meaning.value: text for meaning, text in MEANINGS.items()}

CODES: Final[Mapping[str, Mapping[str, Text]]] = {
    "result": RESULTS,
    "blocked_reason": RESULTS,
    "status": {
        "none": Text("диалога нет", "no dialog"),
        "queue": Text("в очереди, не принят", "in the queue, not accepted"),
        "work": Text("в работе", "being worked on"),
        "closing": Text("завершается", "being finished"),
        "closed": Text("закрыт", "closed"),
    },
    "ball": {
        Ball.US.value: Text("за нами: клиент ждёт ответа", "ours: the client waits for an answer"),
        Ball.CLIENT.value: Text("за клиентом", "the client's"),
        Ball.ACK.value: Text("за нами, но хватит знака", "ours, but a sign is enough"),
        Ball.NONE.value: Text("ни за кем", "nobody's"),
    },
    "last_author": {
        Author.CLIENT.value: Text("клиент", "the client"),
        Author.HUMAN.value: Text("сотрудник", "an employee"),
        Author.ROBOT.value: Text("робот", "a robot"),
        Author.SYSTEM.value: Text("система", "the system"),
        Author.HIDDEN.value: Text("скрытое сообщение сотрудника", "a hidden message of an employee"),
        Author.UNKNOWN.value: Text("неизвестно кто", "it is not known who"),
        "none": _NOBODY,
    },
    "client_class": _MEANINGS,
    "message_class": _MEANINGS,
    "kind": {kind.value: kind.label for kind in Kind},
    "day_kind": {
        DayKind.WORKDAY.value: Text("рабочий", "a working day"),
        DayKind.WEEKEND.value: Text("выходной", "a day off"),
        DayKind.HOLIDAY.value: Text("праздник", "a holiday"),
        DayKind.SHORT.value: Text("короткий", "a short day"),
        DayKind.MOVED.value: Text("рабочий по переносу", "a working day by transfer"),
    },
    "window_kind": {
        "night": Text("ночь", "the night"),
        "weekend": Text("выходной", "a day off"),
        "holiday": Text("праздник", "a holiday"),
        "lunch": Text("обед", "lunch"),
    },
    "channel": CHANNELS,
}
