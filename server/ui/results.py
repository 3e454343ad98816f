"""The result codes of runs in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

RESULTS: Final[Mapping[str, Text]] = {
    "scheduled": Text("Запланировано", "Scheduled"),
    "done": Text("Сделано", "Done"),
    "nothing_to_do": Text("Делать нечего", "Nothing to do"),
    "dry_run": Text("Режим проверки", "Dry run"),
    "cancelled_reply": Text("Ответили раньше", "Answered before"),
    "cancelled_closed": Text("Диалог закрыт", "Dialog closed"),
    "cancelled_spam": Text("Спам", "Spam"),
    "cancelled_stage": Text("Сменилась стадия", "Stage changed"),
    "cancelled_owner": Text("Сменился ответственный", "Owner changed"),
    "cancelled_user": Text("Остановил человек", "Stopped by a person"),
    "superseded": Text("Заменён новым", "Superseded"),
    "skipped_duplicate": Text("Уже есть такой же", "A duplicate"),
    "skipped_manual": Text("Сделано вручную", "Done by hand"),
    "skipped_late": Text("Опоздал и пропущен", "Late and skipped"),
    "skipped_quiet_hours": Text("Тихие часы", "Quiet hours"),
    "guard_failed": Text("Сработала защита", "A guard held it"),
    "blocked_window": Text("Канал закрыт для сообщений", "Channel window closed"),
    "no_dialog": Text("Диалога нет", "No dialog"),
    "ambiguous_dialog": Text("Диалогов несколько", "Several dialogs"),
    "no_candidate": Text("Некому", "Nobody available"),
    "expired": Text("Вышел срок", "Expired"),
    "timeout_exceeded": Text("Превышено время", "Timed out"),
    "failed": Text("Ошибка", "Failed"),
    "unknown": Text("Исход неизвестен", "Outcome unknown"),
}


#: Codes that say no more than the status beside them or the sentence behind them.
PLAIN: Final = frozenset(
    {
        *("", "done", "failed", "unknown", "nothing_to_do", "scheduled"),
        *("cancelled_reply", "cancelled_closed", "cancelled_stage", "cancelled_user"),
        *("no_dialog", "ambiguous_dialog", "skipped_duplicate", "expired"),
    }
)


def result_of(code: str) -> Text:
    """Return the words for a code; an empty Text for none, the code itself for one we do not know."""
    return RESULTS.get(code) or Text(code, code)
