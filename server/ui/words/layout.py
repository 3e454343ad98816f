"""Words around every page."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

PRODUCT: Final = Text("Дежурный", "Dezhurny")
RUNS: Final = Text("Запуски", "Runs")
HEALTH: Final = Text("Здоровье", "Health")
STATISTICS: Final = Text("Статистика", "Statistics")
TIMERS: Final = Text("Таймеры", "Timers")
ROBOTS: Final = Text("Роботы", "Robots")
SCHEDULES: Final = Text("Графики", "Schedules")
TEMPLATES: Final = Text("Шаблоны", "Templates")
SETTINGS: Final = Text("Настройки", "Settings")
SECTIONS: Final = Text("Разделы", "Sections")
SKIP: Final = Text("К содержанию", "Skip to the content")

THEME: Final = Text("Оформление", "Appearance")
THEME_AUTO: Final = Text("Как в системе", "As in the system")
THEME_LIGHT: Final = Text("Светлое", "Light")
THEME_DARK: Final = Text("Тёмное", "Dark")

LIVE: Final = Text("в эфире", "live")
LIVE_CONNECTING: Final = Text("подключаемся", "connecting")
LIVE_LOST: Final = Text("нет связи, пробуем снова", "no connection, trying again")
LIVE_POLLING: Final = Text("обновляется раз в 10 секунд", "refreshed every 10 seconds")

CANCEL: Final = Text("Отмена", "Cancel")
CLOSE: Final = Text("Закрыть", "Close")
SAVED: Final = Text("Сохранено.", "Saved.")
DONE: Final = Text("Готово.", "Done.")
COPIED: Final = Text("Скопировано.", "Copied.")

KEYS: Final = Text("Клавиши", "Keys")
KEY_LIST: Final = (
    (("/",), Text("к поиску", "to the search")),
    (("j", "k"), Text("вниз и вверх по списку", "down and up the list")),
    (("Enter",), Text("открыть запуск", "open the run")),
    (("x",), Text("отметить запуск", "tick the run")),
    (("r",), Text("повторить отмеченное", "repeat what is ticked")),
    (("g", "r"), Text("запуски", "runs")),
    (("g", "t"), Text("таймеры", "timers")),
    (("g", "h"), Text("здоровье", "health")),
    (("g", "s"), Text("статистика", "statistics")),
    (("?",), Text("эта подсказка", "this help")),
)

LOST_TITLE: Final = Text("Сеанс истёк", "The session is over")
LOST_TEXT: Final = Text(
    "Портал не подтвердил, что это вы. Обновите страницу или откройте приложение заново.",
    "The portal did not confirm that it is you. Reload the page or open the application again.",
)
RELOAD: Final = Text("Обновить", "Reload")

#: What the browser says when a request fails, by the word of the answer.
ERRORS: Final[dict[str, Text]] = {
    "admin_required": Text(
        "Это может сделать только администратор портала.", "Only an administrator of the portal can do this."
    ),
    "supervisor_required": Text(
        "Это может сделать руководитель линии или администратор портала.",
        "Only a supervisor of the line or an administrator of the portal can do this.",
    ),
    "other_line": Text("Диалог этого запуска не из ваших линий.", "The dialog of this run is not of your lines."),
    "no_access": Text("У вас больше нет доступа к журналу.", "You have no access to the log any more."),
    "too_many_views": Text("Сохранено уже 30 отборов; удалите лишние.", "30 filters are saved by now; delete some."),
    "not_found": Text("Такого больше нет. Обновите страницу.", "It no longer exists. Reload the page."),
    "bad_request": Text("Запрос не понят. Обновите страницу.", "The request was not understood. Reload the page."),
    "unavailable": Text(
        "Сервис сейчас не может ответить. Попробуйте через несколько секунд.",
        "The service cannot answer right now. Try again in a few seconds.",
    ),
    "invalid_settings": Text(
        "Не сохранено: проверьте, что введено в полях.", "Not saved: look at what stands in the fields."
    ),
    "portal_unavailable": Text(
        "Портал сейчас не отвечает. Попробуйте через минуту.", "The portal does not answer now. Try again in a minute."
    ),
    "offline": Text("Нет связи с сервисом. Данные на экране сохранены.", "No connection. What is on the screen stays."),
    "failed": Text("Не получилось. Попробуйте ещё раз.", "It did not work. Try again."),
}
