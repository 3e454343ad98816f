"""Sentences that the engine itself says in the log."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from core.bitrix24.errors import BitrixError, LimitExceeded, MethodRests, NotSent, Revoked, Suspended, Unavailable
from core.runs.evidence_words import evidence_words
from core.texts.text import Text

PARKED: Final = Text(
    "Эта версия сервиса не знает такого робота или шага; запуск ждёт обновления.",
    "This release does not know the robot or the step; the run waits for an update.",
)
QUARANTINED: Final = Text(
    "На этом запуске трижды аварийно завершился рабочий процесс; запуск отложен, обратитесь к тому, кто обслуживает "
    "сервис.",
    "The worker process died three times on this run; it was set aside, tell whoever runs the service.",
)
RESTS: Final = Text(
    "Ошибка в самом роботе ({place}); попытки исчерпаны.", "A mistake in the robot itself ({place}); no tries are left."
)
UNDECIDED: Final = Text(
    "Неизвестно, дошло ли действие до Битрикс24; решение за человеком.",
    "It is not known whether the action reached Bitrix24; a person has to say.",
)

SCHEDULED: Final = Text("Процессу отвечено сразу: запланировано.", "The process was answered at once: scheduled.")
ANSWERED: Final = Text(
    "Процессу отвечено: он идёт дальше, а робот ещё не закончил.",
    "The process was answered and goes on; the robot still has something to do.",
)


def exhausted(code: str) -> Text:
    return Text(
        "Робот «{code}» так и не появился в сервисе за сутки.",
        "The robot “{code}” did not appear in the service within a day.",
    ).format(code=code)


def too_old(created_at: datetime) -> Text:
    return Text(
        "Срок жизни запуска истёк (он создан {day}).", "The run outlived its term (it was made on {day})."
    ).format(day=f"{created_at:%d.%m.%Y}")


def trouble_words(trouble: BitrixError) -> Text:
    """Say in a sentence what Bitrix24 answered and what we do about it."""
    match trouble:
        case LimitExceeded():
            return Text(
                "Слишком много запросов к порталу; ждём, пока освободится лимит.",
                "Too many requests to the portal; waiting for the limit to clear.",
            )
        case MethodRests():
            return Text(
                "Битрикс24 временно не принимает метод {method}; ждём.", "Bitrix24 lets {method} rest for now; waiting."
            ).format(method=trouble.method)
        case NotSent() | Unavailable():
            return Text(
                "Портал не ответил ({why}); повторим.", "The portal did not answer ({why}); it will be tried again."
            ).format(why=evidence_words(trouble.evidence))
        case Suspended():
            return Text(
                "Портал временно закрыт для приложения ({why}); запуск ждёт.",
                "The portal is closed to the application for now ({why}); the run waits.",
            ).format(why=trouble.reason)
        case Revoked():
            return Text(
                "Приложение в портале больше не авторизовано ({why}); откройте его в портале ещё раз.",
                "The application is no longer authorised in the portal ({why}); open it there once more.",
            ).format(why=trouble.reason)
        case _:
            return Text("Битрикс24 отказал: {why}", "Bitrix24 refused: {why}").format(why=trouble)
