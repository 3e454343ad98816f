"""The rights that the application asks a portal for, and what would be lost without each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.texts.text import Text


@dataclass(frozen=True, slots=True)
class Scope:
    """One right by its Bitrix24 code; `title` is its name in the portal's form, `reason` what we do with it."""

    code: str
    title: Text
    reason: Text


SCOPES: Final = (
    Scope(
        "imopenlines",
        Text(ru="Открытые линии", en="Open Channels"),
        Text(
            ru="читать диалоги с клиентами, отвечать в них, передавать и завершать",
            en="read dialogs with clients, answer in them, transfer and finish them",
        ),
    ),
    Scope(
        "im",
        Text(ru="Чат и уведомления", en="Chat and Notifications"),
        Text(ru="уведомлять сотрудников и звать их в чат", en="notify employees and call them into a chat"),
    ),
    Scope(
        "crm",
        Text(ru="CRM", en="CRM"),
        Text(
            ru="читать сделку, лид или контакт робота, его стадию и ответственного, писать в таймлайн",
            en="read the deal, lead or contact of a robot, its stage and its owner, write to the timeline",
        ),
    ),
    Scope(
        "bizproc",
        Text(ru="Бизнес-процессы", en="Business Processes"),
        Text(
            ru="поставить роботов в список роботов портала и отвечать процессу, который их ждёт",
            en="put the robots on the portal's list and answer the process that waits for them",
        ),
    ),
    Scope(
        "user_brief",
        Text(ru="Пользователи (минимальный)", en="Users (minimal)"),
        Text(ru="знать имена сотрудников", en="know the names of employees"),
    ),
    Scope(
        "department",
        Text(ru="Структура компании", en="Company Structure"),
        Text(ru="находить руководителя для эскалации", en="find the head to escalate to"),
    ),
    Scope(
        "timeman",
        Text(ru="Учёт рабочего времени", en="Time Management"),
        Text(ru="знать, кто сейчас на смене", en="know who is on shift now"),
    ),
    Scope(
        "calendar",
        Text(ru="Календарь", en="Calendar"),
        Text(
            ru="взять рабочие часы, выходные и праздники портала",
            en="take the portal's working hours, days off and holidays",
        ),
    ),
    Scope(
        "task",
        Text(ru="Задачи", en="Tasks"),
        Text(ru="ставить задачи, когда ответа всё нет", en="create tasks when there is still no answer"),
    ),
    Scope(
        "placement",
        Text(ru="Встраивание приложений", en="Application Embedding"),
        Text(
            ru="открывать настройки робота и журнал внутри портала",
            en="open a robot's settings and the log inside the portal",
        ),
    ),
    Scope(
        "lists",
        Text(ru="Списки", en="Lists"),
        Text(ru="читать быстрые ответы линии", en="read the quick answers of a line"),
    ),
)
