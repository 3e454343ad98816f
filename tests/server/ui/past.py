"""What a portal has behind it: some weeks of runs, and one run in which almost everything happened."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import SQLModel

from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import call, effect, event, run

#: The run in which almost everything happened.
RICH: Final = "0" * 25 + "1"
NAMES: Final = (
    "Окна на дачу",
    "Ромашка, расчёт зарплаты",
    "Иванов А. — договор",
    "ООО «Север» — аудит за год",
    "Кофейня «Пар»",
)
REFUSALS: Final = (
    Text("Битрикс24 отказал: сотрудник 17 уволен.", "Bitrix24 refused: employee 17 is dismissed."),
    Text("Битрикс24 отказал: сотрудник 23 уволен.", "Bitrix24 refused: employee 23 is dismissed."),
    Text("Портал не ответил трижды.", "The portal did not answer three times."),
)
ANSWERED: Final = Text("Клиент получил ответ человека.", "A person answered the client.")
TOLD: Final = Text("Руководитель предупреждён.", "The head was told.")
_ENDS: Final = (
    *[("done", "done")] * 6,
    *[("cancelled", "cancelled_reply")] * 8,
    *[("failed", "failed")] * 2,
    *[("skipped", "no_dialog"), ("waiting", ""), ("waiting", ""), ("retrying", ""), ("unknown", "unknown")],
)
_WAITS: Final = Text(
    "Клиент ждёт с 14:02. 30 минут сработают в 15:00: 28 мин сегодня до 18:00.",
    "The client waits since 14:02. 30 minutes end at 15:00: 28 min today until 18:00.",
)
_WITHIN_SECONDS: Final = 600.0


def past(portal_id: str, now: datetime, *, runs: int = 160, days: int = 12) -> Iterator[SQLModel]:
    """Rows for `store`, parents first; what waits wakes within hours of ``now``."""
    chance = random.Random(3)
    for number in range(runs):
        status, result = chance.choice(_ENDS)
        recent = status in {"waiting", "retrying"} or number % 2
        born = _working_moment(chance, now, 0 if recent else chance.randrange(days))
        fields: dict[str, Any] = {
            "status": status,
            "result": result,
            "title": chance.choice(NAMES),
            "item_id": 4800 + number % 40,
        }
        fields["robot"] = chance.choice(("escalate_no_reply", "escalate_no_reply", "send_message"))
        made = run(portal_id, **fields, created_at=born, expires_at=born + timedelta(days=30), finished_at=None)
        yield from _told(made, now, chance)
    yield from rich(portal_id, now)


def _working_moment(chance: random.Random, now: datetime, days_ago: int) -> datetime:
    at = now - timedelta(days=days_ago, minutes=chance.expovariate(1 / 200) + 2)
    return at - timedelta(days=2) if at.weekday() > 4 and chance.random() < 0.8 else at


def _told(made: Run, now: datetime, chance: random.Random) -> Iterator[SQLModel]:
    made.reason = {"failed": chance.choice(REFUSALS), "cancelled": ANSWERED, "done": TOLD}.get(made.status)
    made.reason = made.reason and made.reason.as_json()
    if made.status in {"waiting", "retrying"}:
        made.wake_at = now + timedelta(minutes=chance.expovariate(1 / 90) - 4)
        due = {"due": made.wake_at.isoformat(), "counted": [[made.created_at.isoformat(), made.wake_at.isoformat()]]}
        yield from (made, event(made, "waits", _WAITS, seconds=2, data=due))
        return
    took = chance.expovariate(1 / _WITHIN_SECONDS)
    made.finished_at = min(now, made.created_at + timedelta(seconds=took))
    if made.robot == "escalate_no_reply" and made.status in {"cancelled", "done"}:
        answered = made.status == "cancelled"
        level = 0 if answered else chance.choice((1, 1, 2))
        made.output = {
            "answered": "Y" if answered else "N",
            "answer_minutes": int(took / 30) if answered else 0,
            "level_reached": level,
        }
    yield made
    if made.status == "unknown":
        yield effect(made, 1, "unknown", prepared_at=made.finished_at, settled_at=made.finished_at)


def rich(portal_id: str, now: datetime) -> Iterator[SQLModel]:
    """A run that waited over a night, acted, and was refused at its third deed; and another of the same deal."""
    began = now - timedelta(hours=20)
    due = began + timedelta(hours=19, minutes=30)
    given = {"minutes": "30", "whom": "head", "text": "Клиент ждёт, звоните +7 912 345-67-89"}
    fields: dict[str, Any] = {"id": RICH, "status": "failed", "result": "failed", "properties": given, "attempt": 1}
    big = run(portal_id, **fields, created_at=began, finished_at=due + timedelta(seconds=3), workflow_id="65f0a2")
    big.expires_at = began + timedelta(days=30)
    big.reason = Text("Битрикс24 отказал: сотрудник уволен.", "Bitrix24 refused: the employee is dismissed.").as_json()
    yield big
    yield from _log(big, due)
    yield from _deeds(big, due)
    yield from _calls(big, due)
    related = run(portal_id, robot="send_message", created_at=now - timedelta(hours=3))
    related.finished_at = related.created_at + timedelta(seconds=2)
    yield related


def _log(big: Run, due: datetime) -> Iterator[SQLModel]:
    hour = timedelta(hours=1)
    counted = [[big.created_at, big.created_at + hour], [due - 2 * hour, due]]
    wait = {"due": due.isoformat(), "counted": [[moment.isoformat() for moment in pair] for pair in counted]}
    checks = [
        {"text": Text("Последним писал клиент, 14:02", "The client wrote last, 14:02").as_json(), "passed": True},
        {"text": Text("Ответа человека нет", "No person answered").as_json(), "passed": True},
        {"text": Text("Линия работает до 18:00", "The line works until 18:00").as_json(), "passed": None},
    ]
    later = (due - big.created_at).total_seconds()
    lines: tuple[tuple[float, str, Text, Any], ...] = (
        (
            1,
            "looked",
            Text("Диалог «Окна на дачу»: клиент ждёт с 14:02.", "The client waits since 14:02."),
            {"checks": checks},
        ),
        (
            1.3,
            "waits",
            Text(
                "Уровень 1 из 2: 30 мин — 1 ч сегодня до 18:00, 2 ч завтра с 09:00.",
                "Level 1 of 2: 1 h today until 18:00, 2 h tomorrow from 09:00.",
            ),
            wait,
        ),
        (later, "woke", Text("Подошло время.", "It is time."), None),
        (
            later + 1,
            "decided",
            Text("Ответа нет 3 ч рабочего времени: уровень 1 из 2.", "No answer for 3 working hours: level 1 of 2."),
            {"checks": checks},
        ),
        (
            later + 1.5,
            "acted",
            Text("Сделано: уведомление руководителю.", "Done: a notice to the head."),
            {"state": "confirmed"},
        ),
        (
            later + 2,
            "acted",
            Text("Битрикс24 отказал: передача диалога.", "Bitrix24 refused: the dialog is not handed over."),
            {"state": "refused"},
        ),
        (
            later + 3,
            "ended",
            Text("Битрикс24 отказал: сотрудник уволен.", "Bitrix24 refused: the employee is dismissed."),
            None,
        ),
    )
    for seconds, kind, text, data in lines:
        yield event(big, kind, text, seconds=seconds, data=data)


def _deeds(big: Run, due: datetime) -> Iterator[SQLModel]:
    def at(seconds: float) -> datetime:
        return due + timedelta(seconds=seconds)

    yield effect(big, 1, prepared_at=at(1), settled_at=at(1.4))
    renamed = Text("Название диалога: «БС - Ромашка»", "Title of the dialog: “БС - Ромашка”").as_json()
    body = {"chat_id": 5, "title": "БС - Ромашка", "seen_title": "Марина Белова"}
    yield effect(big, 2, kind="rename_dialog", body=body, summary=renamed, prepared_at=at(1.4), settled_at=at(1.9))
    handed = Text("Диалог передан сотруднику 17", "The dialog is handed to employee 17").as_json()
    refusal = {"error": "ACCESS_ERROR", "description": "User is dismissed"}
    more: dict[str, Any] = {"kind": "transfer_dialog", "summary": handed, "evidence": refusal}
    yield effect(big, 3, "refused", **more, prepared_at=at(1.9), settled_at=at(2.4))


def _calls(big: Run, due: datetime) -> Iterator[SQLModel]:
    looked = [{"method": method, "error": None} for method in ("crm.item.get", "imopenlines.dialog.get")]
    yield call(big, commands=looked, milliseconds=310, operating=0.2)
    yield call(big, at=due, milliseconds=280, commands=looked[1:])
    yield call(big, "im.notify.system.add", at=due + timedelta(seconds=1), milliseconds=190)
    refused: dict[str, Any] = {"status": 400, "error": "ACCESS_ERROR", "milliseconds": 420}
    yield call(big, "imopenlines.operator.transfer", at=due + timedelta(seconds=1.9), **refused)
