"""How a run stands, in a word, a colour and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from core.texts.text import Text

Tone = Literal["blue", "amber", "green", "grey", "red", "violet"]


@dataclass(frozen=True, slots=True)
class Status:
    """One status as people see it; ``tone`` is a colour of the style sheet, never the only sign."""

    code: str
    word: Text
    tone: Tone
    meaning: Text


STATUSES: Final[Mapping[str, Status]] = {
    status.code: status
    for status in (
        Status(
            "waiting",
            Text("Ожидает", "Waiting"),
            "amber",
            Text("Ждёт срока, ответа или рабочего времени.", "Waits for a time, an answer or working hours."),
        ),
        Status(
            "running",
            Text("Выполняется", "Running"),
            "blue",
            Text("Робот сейчас смотрит и решает.", "The robot is looking and deciding right now."),
        ),
        Status(
            "retrying",
            Text("Повтор", "Retrying"),
            "amber",
            Text("Портал не ответил; попробуем ещё раз сами.", "The portal did not answer; we try again by ourselves."),
        ),
        Status(
            "done",
            Text("Успешно", "Done"),
            "green",
            Text("Робот сделал то, что должен был.", "The robot did what it was to do."),
        ),
        Status(
            "skipped",
            Text("Пропущен", "Skipped"),
            "grey",
            Text("Условие не выполнено, делать было нечего.", "A condition did not hold, so nothing was done."),
        ),
        Status(
            "cancelled",
            Text("Отменён", "Cancelled"),
            "grey",
            Text(
                "Стало не нужно: ответили, закрыли или остановил человек.",
                "No longer needed: answered, closed or stopped by a person.",
            ),
        ),
        Status(
            "failed",
            Text("Ошибка", "Failed"),
            "red",
            Text("Не получилось, и процессу об этом сказано.", "It did not work, and the process was told so."),
        ),
        Status(
            "unknown",
            Text("Неизвестно", "Unknown"),
            "violet",
            Text(
                "Нельзя узнать, дошло ли действие; решает человек.",
                "Nobody can tell whether the action arrived; a person decides.",
            ),
        ),
        Status(
            "held",
            Text("Опоздал", "Late"),
            "violet",
            Text(
                "Срок прошёл, пока сервис не работал; решает человек.",
                "Its time passed while the service did not work; a person decides.",
            ),
        ),
        Status(
            "rejected",
            Text("Отклонён", "Rejected"),
            "red",
            Text(
                "С такими настройками робот работать не может.", "The robot cannot work with the settings it was given."
            ),
        ),
        Status(
            "refused",
            Text("Не подтверждён", "Not confirmed"),
            "red",
            Text(
                "Портал не подтвердил, что вызов пришёл от него.",
                "The portal did not confirm that the call came from it.",
            ),
        ),
        Status(
            "parked",
            Text("Отложен", "Parked"),
            "grey",
            Text(
                "Эта версия не знает такого робота; запуск дождётся новой.",
                "This release does not know the robot; the run waits for one that does.",
            ),
        ),
        Status(
            "quarantined",
            Text("Карантин", "Quarantined"),
            "red",
            Text(
                "Несколько раз обрывался на одном шаге; ждёт решения человека.",
                "Broke off several times at one step; waits for a person.",
            ),
        ),
    )
}

_STRANGE: Final = Text("Другой версии", "Of another release")


def status_of(code: str) -> Status:
    """Return the status; one that this release does not know is shown by its code."""
    return STATUSES.get(code) or Status(code, Text(code, code), "grey", _STRANGE)


#: Words that people type for a status, besides the codes and the words themselves.
ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "error": ("failed", "rejected", "refused", "quarantined"),
    "errors": ("failed", "rejected", "refused", "quarantined"),
    "ошибки": ("failed", "rejected", "refused", "quarantined"),
    "ok": ("done",),
    "успех": ("done",),
    "wait": ("waiting", "retrying"),
    "ждёт": ("waiting", "retrying"),
    "ждет": ("waiting", "retrying"),
}


def statuses_called(word: str) -> tuple[str, ...]:
    """Return the codes that a person means by a word in either language; empty when there is no such status."""
    lower = word.lower()
    named = tuple(
        status.code
        for status in STATUSES.values()
        if lower in {status.code, status.word.ru.lower(), status.word.en.lower()}
    )
    return named or ALIASES.get(lower, ())


#: States of an effect in the ledger.
EFFECT_STATES: Final[Mapping[str, Status]] = {
    status.code: status
    for status in (
        Status("planned", Text("впереди", "ahead"), "grey", Text("Ещё не начато.", "Not begun yet.")),
        Status("prepared", Text("делается", "in progress"), "blue", Text("Вызов уже ушёл.", "The call is on its way.")),
        Status("confirmed", Text("сделано", "done"), "green", Text("Портал подтвердил.", "The portal confirmed it.")),
        Status("refused", Text("отказано", "refused"), "red", Text("Портал отказал.", "The portal refused.")),
        Status(
            "unknown",
            Text("неизвестно", "unknown"),
            "violet",
            Text("Ответа не было; дошло ли, неизвестно.", "No answer came; nobody knows whether it arrived."),
        ),
        Status("skipped", Text("пропущено", "skipped"), "grey", Text("Стало не нужно.", "No longer needed.")),
        Status(
            "dry",
            Text("проверка", "dry run"),
            "blue",
            Text("Режим проверки: так было бы в бою.", "Dry run: this is what would have been done."),
        ),
    )
}


def effect_state(code: str) -> Status:
    return EFFECT_STATES.get(code) or Status(code, Text(code, code), "grey", _STRANGE)
