"""What a sleeping run will do when it wakes, by its robot and the step that comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

RETRIES: Final = Text("Повторит шаг: портал не отвечал.", "Tries the step again: the portal did not answer.")
PARKED: Final = Text("Ждёт версии сервиса, которая знает робота.", "Waits for a release that knows the robot.")
LOOKS: Final = Text("Посмотрит на диалог заново и решит.", "Looks at the dialog anew and decides.")

AHEAD: Final[Mapping[tuple[str, str], Text]] = {
    ("escalate_no_reply", "arm"): Text(
        "Дождётся вопроса клиента и начнёт отсчёт.", "Waits for the client's question and begins to count."
    ),
    ("escalate_no_reply", "fire"): Text(
        "Если клиенту не ответили, поднимет тревогу.", "Raises the alarm if the client was not answered."
    ),
    ("send_message", "send"): Text("Напишет клиенту, если ещё нужно.", "Writes to the client if it is still needed."),
    ("close_dialog", "look"): Text("Проверит, можно ли прощаться.", "Looks whether it is time to say goodbye."),
    ("close_dialog", "leave"): Text("Завершит диалог, если никто не написал.", "Finishes the dialog if nobody wrote."),
    ("check_dialog_naming", "look"): Text(
        "Сверит название диалога ещё раз.", "Compares the title of the dialog once more."
    ),
    ("assign_operator", "wait"): Text(
        "Снова поищет, кому передать диалог.", "Looks again for somebody to hand the dialog to."
    ),
    ("assign_operator", "accepted"): Text(
        "Проверит, принят ли диалог; если нет, передаст дальше.",
        "Looks whether the dialog was accepted; if not, hands it on.",
    ),
    ("keep_last_word", "watch"): Text("Проверит, за кем последнее слово.", "Looks who had the last word."),
    ("offhours_reply", "look"): Text(
        "Проверит, не написал ли клиент в нерабочее время.", "Looks whether the client wrote outside working time."
    ),
    ("reassign_shift_end", "wait"): Text(
        "Передаст диалог, если сотрудник ушёл со смены.", "Hands the dialog over if the employee left his shift."
    ),
    ("reassign_shift_end", "watching"): Text(
        "Передаст диалог, если клиент напишет, пока сотрудника нет.",
        "Hands the dialog over if the client writes while the employee is away.",
    ),
    ("reassign_shift_end", "nobody"): Text(
        "Передаст диалог первому, кто откроет рабочий день.", "Hands the dialog to whoever opens the day first."
    ),
    ("reassign_shift_end", "back"): Text(
        "Вернёт диалог прежнему оператору, если клиенту никто не ответил.",
        "Gives the dialog back to its former operator if nobody answered the client.",
    ),
    ("orphan_found", "nobody"): Text(
        "Отдаст диалог первому, кто откроет рабочий день.", "Gives the dialog to whoever opens the day first."
    ),
    ("wait_reply", "look"): Text(
        "Отпустит процесс: ответил клиент или вышел срок.", "Lets the process go on: answered, or out of time."
    ),
    ("working_time", "awake"): Text("Отпустит процесс дальше.", "Lets the process go on."),
}


def ahead_of(robot: str, step: str, status: str) -> Text:
    """Say what comes when a run wakes."""
    match status:
        case "retrying":
            return RETRIES
        case "parked":
            return PARKED
        case _:
            return AHEAD.get((robot, step), LOOKS)
