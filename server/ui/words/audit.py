"""Words of the log of actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Журнал действий", "Log of actions")
ABOUT: Final = Text(
    "Кто и что менял в «Дежурном». Записи только добавляются.",
    "Who changed what in Dezhurny. Rows are only ever added.",
)
TIME: Final = Text("Время", "Time")
WHO: Final = Text("Кто", "Who")
WHAT: Final = Text("Что", "What")
DETAIL: Final = Text("Подробности", "Details")
EVERYBODY: Final = Text("Все", "Everybody")
PEOPLE: Final = Text("Только люди", "People only")
FILTER: Final = Text("Чьи действия", "Whose actions")
EMPTY_TITLE: Final = Text("Записей нет", "No rows")
EMPTY: Final = Text(
    "Здесь появится всё, что меняют люди и сам сервис.", "What people and the service change shows up here."
)
BESIDES: Final = Text(" и ещё {count}", " and {count} more")
REFUSED: Final = Text("отказано", "refused")
RUN: Final = Text("запуск", "the run")
MORE: Final = Text("Показать ещё 50", "Show 50 more")

ACTORS: Final[Mapping[str, Text]] = {
    "system": Text("Дежурный", "Dezhurny"),
    "portal": Text("Портал", "The portal"),
    "robot": Text("Робот", "A robot"),
    "operator": Text("Оператор сервиса", "The operator of the service"),
}

ACTIONS: Final[Mapping[str, Text]] = {
    "install_create": Text("Приложение установлено", "Application installed"),
    "install_renew": Text("Приложение открыто администратором заново", "Application opened anew by an administrator"),
    "install_adopt": Text("Приложение вернулось", "Application came back"),
    "install_pend": Text("Новая установка ждёт подтверждения портала", "A new installation waits for the portal"),
    "new_secret_not_proven": Text("Новый секрет не подтверждён", "New secret not proven"),
    "synced": Text("Роботы зарегистрированы", "Robots registered"),
    "sync_asked": Text("Регистрация роботов запрошена", "Registration of robots asked for"),
    "lane_closed": Text("Работа с порталом остановлена", "Work for the portal stopped"),
    "lane_opened": Text("Работа с порталом продолжена", "Work for the portal goes on"),
    "portal_moved": Text("Портал сменил адрес", "The portal has a new address"),
    "portal_frozen": Text(
        "Адрес портала меняется туда и обратно: похоже на копию, работа остановлена до переустановки",
        "The address of the portal goes back and forth: it looks like a copy, work is stopped until a reinstallation",
    ),
    "uninstall_claimed": Text("Заявлено удаление приложения", "Uninstallation claimed"),
    "uninstall_was_forged": Text("Удаление не подтвердилось", "The uninstallation was not true"),
    "uninstalled": Text("Приложение удалено", "Application uninstalled"),
    "settings": Text("Изменены настройки", "Settings changed"),
    "robot_on": Text("Робот включён", "Robot switched on"),
    "robot_off": Text("Робот выключен", "Robot switched off"),
    "robot_mode": Text("Изменён режим робота", "Mode of a robot changed"),
    "lexicon": Text("Изменён список слов", "List of words changed"),
    "schedule": Text("Изменён график", "Schedule changed"),
    "schedule_deleted": Text("График удалён", "Schedule deleted"),
    "shifts": Text("Изменена таблица смен", "Table of shifts changed"),
    "template": Text("Изменён шаблон", "Template changed"),
    "template_deleted": Text("Шаблон удалён", "Template deleted"),
    "cancel": Text("Запуск остановлен", "Run stopped"),
    "retry_step": Text("Запуск повторён с шага", "Run repeated from its step"),
    "retry_start": Text("Запуск повторён с начала", "Run repeated from the start"),
    "retry_reply": Text("Процессу отвечено ещё раз", "Process answered once more"),
    "retry_edited": Text("Запуск повторён с правкой", "Run repeated with other values"),
    "decide_arrived": Text("Решено: дошло", "Decided: it arrived"),
    "decide_send_again": Text("Решено: сделать ещё раз", "Decided: do it again"),
    "decide_skip": Text("Решено: пропустить", "Decided: skip it"),
    "late_run": Text("Решено: выполнить опоздавшее", "Decided: do what is late"),
    "late_skip": Text("Решено: пропустить опоздавшее", "Decided: skip what is late"),
    "timer_now": Text("Таймер сработал по кнопке", "Timer fired by hand"),
    "timer_move": Text("Таймер перенесён", "Timer moved"),
    "now": Text("Таймер сработал по кнопке", "Timer fired by hand"),
    "move": Text("Таймер перенесён", "Timer moved"),
    "recount": Text("Таймеры пересчитаны по новому графику", "Timers counted anew by a changed schedule"),
    "undo": Text("Действие отменено", "Action taken back"),
    "reveal": Text("Показаны скрытые данные", "Hidden data shown"),
    "erase": Text("Стёрты личные данные в запусках элемента", "Personal data erased in the runs of an item"),
    "export": Text("Выгружена таблица", "Table taken along"),
}

#: What the parts of the details are called; fingerprints say nothing to people and are left out.
DETAILS: Final[Mapping[str, Text]] = {
    "added": Text("добавлены", "added"),
    "updated": Text("обновлены", "updated"),
    "deleted": Text("убраны", "taken away"),
    "bound": Text("подключены", "bound"),
    "triggers": Text("триггеры", "triggers"),
    "refused": Text("портал отказал", "refused by the portal"),
    "strangers": Text("чужие обработчики", "handlers of others"),
    "origin": Text("адрес", "address"),
    "reason": Text("причина", "reason"),
    "names": Text("что", "which"),
    "code": Text("код", "code"),
    "phrases": Text("фраз", "phrases"),
    "lines": Text("строк", "lines"),
    "mode": Text("режим", "mode"),
    "timers": Text("таймеров", "timers"),
}
#: What stands in the details by its code, besides robots and triggers.
CODES: Final[Mapping[str, Text]] = {
    "ONAPPINSTALL": Text("приложение установлено", "application installed"),
    "ONAPPUPDATE": Text("приложение обновлено", "application updated"),
    "ONAPPUNINSTALL": Text("приложение удалено", "application uninstalled"),
    "ONOPENLINEMESSAGEADD": Text("сообщение в открытой линии", "message in an open line"),
    "ONSESSIONFINISH": Text("диалог завершён", "dialog finished"),
    "ONCRMDEALUPDATE": Text("сделка изменена", "deal changed"),
    "CRM_DEAL_DETAIL_TAB": Text("вкладка в карточке сделки", "tab in a deal's card"),
    "CRM_LEAD_DETAIL_TAB": Text("вкладка в карточке лида", "tab in a lead's card"),
}
HIDDEN: Final = frozenset({"before", "after"})
