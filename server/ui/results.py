"""The result codes of runs in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

RESULTS: Final[Mapping[str, Text]] = {
    "scheduled": Text("запланировано", "scheduled"),
    "done": Text("сделано", "done"),
    "nothing_to_do": Text("делать нечего", "nothing to do"),
    "dry_run": Text("режим проверки", "dry run"),
    "cancelled_reply": Text("ответили раньше", "answered before"),
    "cancelled_closed": Text("диалог закрыт", "dialog closed"),
    "cancelled_spam": Text("спам", "spam"),
    "cancelled_stage": Text("сменилась стадия", "stage changed"),
    "cancelled_owner": Text("сменился ответственный", "owner changed"),
    "cancelled_user": Text("остановил человек", "stopped by a person"),
    "superseded": Text("заменён новым", "superseded"),
    "skipped_duplicate": Text("уже есть такой же", "a duplicate"),
    "skipped_manual": Text("сделано вручную", "done by hand"),
    "skipped_quiet_hours": Text("тихие часы", "quiet hours"),
    "guard_failed": Text("сработала защита", "a guard held it"),
    "blocked_window": Text("канал закрыт для сообщений", "channel window closed"),
    "no_dialog": Text("диалога нет", "no dialog"),
    "ambiguous_dialog": Text("диалогов несколько", "several dialogs"),
    "no_candidate": Text("некому", "nobody available"),
    "expired": Text("вышел срок", "expired"),
    "timeout_exceeded": Text("превышено время", "timed out"),
    "failed": Text("ошибка", "failed"),
    "unknown": Text("исход неизвестен", "outcome unknown"),
}


def result_of(code: str) -> Text:
    """Return the words for a code; an empty Text for none, the code itself for one we do not know."""
    return RESULTS.get(code) or Text(code, code)
