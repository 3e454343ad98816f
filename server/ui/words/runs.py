"""Words of the list of runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from core.texts.text import Text, plural
from core.worktime.words import duration

TITLE: Final = Text("Запуски роботов", "Robot runs")
SEARCH: Final = Text("Сделка, ID, робот, слова…", "Deal, ID, robot, words…")
SEARCH_LABEL: Final = Text("Поиск по запускам", "Search the runs")
SEARCH_HELP: Final = Text(
    "deal:4812 · lead:991 · spa:128/77 · robot:эскалация · status:ошибка · err:QUERY_LIMIT · after:2026-11-20 · "
    "before:2026-11-21T18:00 · prop.minutes=30 · слова из названия или адрес карточки из портала",
    "deal:4812 · lead:991 · spa:128/77 · robot:escalate · status:failed · err:QUERY_LIMIT · after:2026-11-20 · "
    "before:2026-11-21T18:00 · prop.minutes=30 · words of a title, or the address of a card in the portal",
)
STATUS: Final = Text("Статус", "Status")
ANY_STATUS: Final = Text("Любой статус", "Any status")
ROBOT: Final = Text("Робот", "Robot")
ANY_ROBOT: Final = Text("Все роботы", "All robots")
PERIOD: Final = Text("Период", "Period")
PERIODS: Final[dict[str, Text]] = {
    "": Text("За всё время", "All time"),
    "1h": Text("За час", "Last hour"),
    "24h": Text("За сутки", "Last 24 hours"),
    "7d": Text("За 7 дней", "Last 7 days"),
    "30d": Text("За 30 дней", "Last 30 days"),
}
RESET: Final = Text("Сбросить", "Reset")

CHIPS: Final = Text("Условия отбора", "Conditions of the filter")
CHIP_ROBOT: Final = Text("Робот: {what}", "Robot: {what}")
CHIP_RESULT: Final = Text("Итог: {what}", "Outcome: {what}")
CHIP_ERROR: Final = Text("Ошибка: {what}", "Error: {what}")
CHIP_AFTER: Final = Text("с {at}", "from {at}")
CHIP_BEFORE: Final = Text("до {at}", "before {at}")
CHIP_WORD: Final = Text("«{what}»", "“{what}”")
CHIP_CAUSE: Final = Text("одна причина ошибки", "one cause of errors")
TAKE_AWAY: Final = Text("Убрать условие: {what}", "Take the condition away: {what}")

VIEWS: Final = Text("Готовые отборы", "Ready filters")
VIEW_ALL: Final = Text("Все", "All")
LATELY: Final = Text("{count} за сутки", "{count} in 24 h")
VIEW_WAITING: Final = Text("Ждут", "Waiting")
VIEW_TROUBLED: Final = Text("С ошибкой за сутки", "Failed in 24 h")
VIEW_UNDECIDED: Final = Text("Нужно решение", "Need a decision")

VIEW_CAUSES: Final = Text("По причинам", "By cause")
SAVED_VIEWS: Final = Text("Мои отборы", "My filters")
SAVE_VIEW: Final = Text("Сохранить отбор", "Save the filter")
SAVE_VIEW_NAME: Final = Text("Название", "Name")
SAVE: Final = Text("Сохранить", "Save")
FORGET_VIEW: Final = Text("Удалить отбор «{name}»", "Delete the filter “{name}”")

PLOT: Final = Text("Запуски по времени и длительности", "Runs by time and length")
PLOT_HINT: Final = Text(
    "Чем выше точка, тем дольше. Потяните мышью, чтобы отобрать время.",
    "The higher a dot, the longer. Drag to choose a time.",
)
PLOT_DOT: Final = Text("{at} · {runs} · {status} · {length}", "{at} · {runs} · {status} · {length}")
PLOT_AHEAD: Final = Text("{at} · сработает: {runs}", "{at} · will fire: {runs}")
PLOT_SUMMARY: Final = Text(
    "С {since} до {until}: {runs}, с ошибкой {bad}.", "From {since} until {until}: {runs}, {bad} of them failed."
)
PLOT_NOW: Final = Text("сейчас", "now")
UP_TO: Final = Text("до {length}", "up to {length}")
LONGER: Final = Text("дольше недели", "longer than a week")


def lane_length(length: timedelta) -> Text:
    """Say ``10 мин``, ``1 ч``, ``7 дней``."""
    days = length // timedelta(days=1)
    return duration(length) if days < 1 else plural(days, ("дня", "дней", "дней"), ("day", "days"))


def lane_label(length: timedelta) -> Text:
    """Say the same in the shortest way: ``10 мин``, ``1 д``."""
    days = length // timedelta(days=1)
    return duration(length) if days < 1 else Text(f"{days} д", f"{days} d")


CAUSES_TITLE: Final = Text("Ошибки по причинам", "Errors by cause")
CAUSE_RUNS: Final = Text("Показать запуски", "Show the runs")
CAUSE_RETRY: Final = Text("Повторить группу", "Retry the group")
CAUSE_SEEN: Final = Text("впервые {first}, последний раз {last}", "first {first}, last {last}")
CAUSE_MORE: Final = Text("и другие", "and others")
CAUSE_SPARK: Final = Text("Как часто: от первого раза до сейчас", "How often, from the first time until now")
NO_CAUSES_TITLE: Final = Text("Ошибок нет", "No errors")
NO_CAUSES: Final = Text("Под этот отбор не подходит ни одна ошибка.", "No error fits this filter.")

PICK: Final = Text("Выбрать запуск", "Select the run")
PICK_ALL: Final = Text("Выбрать все на странице", "Select all on the page")
PICKED: Final = Text("Выбрано", "Selected")
PICK_FOUND: Final = Text("Выбрать все найденные", "Select all found")
BULK: Final = Text("Действия с выбранными", "Actions with the selected")
PICKED_ALL: Final = Text("все найденные", "all found")
UNPICK: Final = Text("Снять выбор", "Clear the selection")
CSV: Final = Text("CSV", "CSV")
CSV_HINT: Final = Text("Скачать найденное таблицей CSV", "Download what was found as CSV")
DENSITY: Final = Text("Плотность строк", "Density of rows")
SLIDER: Final = Text("Открыть в слайдере", "Open in a slider")

TIME: Final = Text("Время", "Time")
ITEM: Final = Text("Элемент CRM", "CRM item")
WHY: Final = Text("Итог и почему", "Outcome and why")
NEXT: Final = Text("Срок", "Timing")
AT_ONCE: Final = Text("сразу", "at once")
LASTED: Final = Text("за {length}", "took {length}")
QUEUED: Final = Text("сейчас начнёт", "about to start")
DRY: Final = Text("проверка", "dry run")
ATTEMPT: Final = Text("попытка {number}", "attempt {number}")
OPEN_CARD: Final = Text("Открыть карточку в портале", "Open the card in the portal")

MORE: Final = Text("Показать ещё 50", "Show 50 more")
NEW_ONE: Final = Text("новый", "new")
NEW_FEW: Final = Text("новых", "new")
NEW_MANY: Final = Text("новых", "new")
THE_END: Final = Text("Это все запуски.", "These are all the runs.")

EMPTY_TITLE: Final = Text("Запусков пока нет", "No runs yet")
EMPTY: Final = Text(
    "Поставьте робота на стадию воронки и переведите в неё сделку: запуск появится здесь сам, обновлять страницу "
    "не нужно.",
    "Put a robot on a stage of a pipeline and move a deal there: the run will appear here by itself, no need to "
    "reload.",
)
EMPTY_LINK: Final = Text("Открыть роботов воронки сделок", "Open the robots of the deal pipeline")
NOTHING_TITLE: Final = Text("Ничего не найдено", "Nothing found")
NOTHING: Final = Text(
    "Под этот отбор не подходит ни один запуск. Уберите часть условий.",
    "No run fits this filter. Take some of the conditions away.",
)

LEAD: Final = Text("Лид", "Lead")
DEAL: Final = Text("Сделка", "Deal")
CONTACT: Final = Text("Контакт", "Contact")
COMPANY: Final = Text("Компания", "Company")
SMART: Final = Text("Смарт-процесс {type}", "Smart process {type}")
NO_ITEM: Final = Text("Не элемент CRM", "Not a CRM item")
