"""Whether processes of a portal wait for robots whose call reached nobody, as far as was seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from core.checks.check import Check
from core.db import Database
from core.runs.launches import Lost, lost_lately
from core.texts.text import Text

_DAY: Final = timedelta(days=1)


async def waiting(database: Database, portal_id: str, now: datetime) -> Check:
    """Look at what was found within a day; raises DatabaseAway."""
    return lost_calls(await lost_lately(database, portal_id, since=now - _DAY))


def lost_calls(lost: Lost) -> Check:
    if lost.blind:
        return _BLIND if lost.blind == "plan" else _NO_RIGHTS
    said = _FOUND.format(number=lost.told + lost.begun)
    if not lost.told:
        return Check("lost", "ok", said + _ALL_BEGUN if lost.begun else said)
    begun = _OF_THEM.format(number=lost.begun) if lost.begun else Text("", "")
    return Check("lost", "warn", said + begun, _WHY, _FIX)


_FOUND: Final = Text(ru="потерянных вызовов за сутки: {number}", en="calls lost within a day: {number}")
_ALL_BEGUN: Final = Text(ru=", все восстановлены", en=", all of them recovered")
_OF_THEM: Final = Text(ru=", из них восстановлено: {number}", en=", recovered of these: {number}")
_WHY: Final = Text(
    ru="Битрикс24 не повторяет вызовы роботов, и их процессы ждут",
    en="Bitrix24 does not repeat calls of robots, and their processes wait",
)
_FIX: Final = Text(
    ru="откройте «Запуски», робот «Сообщение администратору»: там названы карточки",
    en="open Runs, robot “A word to the administrator”: the cards are named there",
)
_BLIND: Final = Check(
    "lost",
    "skip",
    Text(
        ru="тариф портала не показывает процессы: потерянные вызовы не найти",
        en="the portal's plan does not show processes: lost calls cannot be found",
    ),
)
_NO_RIGHTS: Final = Check(
    "lost",
    "warn",
    Text(ru="портал не показывает нам процессы", en="the portal does not show us its processes"),
    Text(ru="потерянные вызовы роботов не найти", en="lost calls of robots cannot be found"),
    Text(
        ru="откройте приложение в портале администратором",
        en="open the application in the portal as an administrator",
    ),
)
