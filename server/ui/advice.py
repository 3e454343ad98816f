"""What a person can do about an error, by the code of Bitrix24 or ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.bitrix24.command import Json
from core.runs.tables import EffectRow, RestCallRow
from core.texts.text import Text

ADVICE: Final[Mapping[str, Text]] = {
    "QUERY_LIMIT_EXCEEDED": Text(
        "Портал отвечает, что запросов слишком много. Обычно проходит само; если повторяется, посмотрите «Здоровье».",
        "The portal says that there are too many requests. It usually passes; if it comes again, look at Health.",
    ),
    "OPERATION_TIME_LIMIT": Text(
        "Портал даёт этому методу отдохнуть; запрос уйдёт сам, когда он освободится.",
        "The portal lets this method rest; the request goes by itself when it is free again.",
    ),
    "INSUFFICIENT_SCOPE": Text(
        "Приложению не хватает права. Откройте его настройки в портале, добавьте право и нажмите «Переустановить».",
        "The application lacks a right. Open its settings in the portal, add the right and press Reinstall.",
    ),
    "ACCESS_DENIED": Text(
        "У пользователя, от имени которого работают роботы, нет доступа. Проверьте его права на этот элемент и линию.",
        "The user in whose name robots work has no access. Check his rights on this item and on the open line.",
    ),
    "expired_token": Text(
        "Доступ к порталу истёк. Откройте приложение в портале администратором: доступ обновится сам.",
        "The access to the portal is over. Open the application there as an administrator: it is renewed by itself.",
    ),
    "ERROR_METHOD_NOT_FOUND": Text(
        "На тарифе или в версии портала такого действия нет. Выберите в роботе другое действие.",
        "The plan or the release of the portal has no such action. Choose another action in the robot.",
    ),
    "CHAT_ID": Text(
        "Диалог закрыт или принадлежит другой линии; писать в него нельзя.",
        "The dialog is closed or belongs to another line; it cannot be written to.",
    ),
    "expired": Text(
        "Робот ждал дольше, чем живёт запуск. Увеличьте срок или повторите запуск.",
        "The robot waited longer than a run lives. Allow more time or repeat the run.",
    ),
}
_ALSO: Final[Mapping[str, str]] = {
    "ACCESS_ERROR": "ACCESS_DENIED",
    "ERROR_ACCESS_DENIED": "ACCESS_DENIED",
    "NO_AUTH_FOUND": "expired_token",
    "invalid_token": "expired_token",
    "insufficient_scope": "INSUFFICIENT_SCOPE",
    "CHAT_TYPE": "CHAT_ID",
    "DIALOG_ID_EMPTY": "CHAT_ID",
}


def error_code(result: str, effects: Sequence[EffectRow], calls: Sequence[RestCallRow]) -> str:
    """Return the last code that the portal answered to a run, else the run's own result."""
    for effect in reversed(effects):
        evidence = effect.evidence if isinstance(effect.evidence, dict) else {}
        if effect.state == "refused" and isinstance(code := evidence.get("error"), str) and code:
            return code
    for call in reversed(calls):
        if code := call.error or _of_commands(call.commands):
            return code
    return result


def advice_for(code: str) -> Text | None:
    return ADVICE.get(_ALSO.get(code, code))


def _of_commands(commands: Json) -> str:
    listed = commands if isinstance(commands, list) else []
    told = [command.get("error") for command in listed if isinstance(command, dict)]
    return next((error for error in reversed(told) if isinstance(error, str) and error), "")
