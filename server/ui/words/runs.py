"""Words of the list of runs."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Запуски роботов", "Robot runs")
SEARCH: Final = Text("Сделка, ID, робот, слова…", "Deal, ID, robot, words…")
SEARCH_LABEL: Final = Text("Поиск по запускам", "Search the runs")
SEARCH_HELP: Final = Text(
    "deal:4812 · lead:991 · spa:128/77 · robot:эскалация · status:ошибка · err:QUERY_LIMIT · after:2026-11-20 "
    "или адрес карточки из портала",
    "deal:4812 · lead:991 · spa:128/77 · robot:escalate · status:failed · err:QUERY_LIMIT · after:2026-11-20 "
    "or the address of a card in the portal",
)
STATUS: Final = Text("Статус", "Status")
ANY_STATUS: Final = Text("Любой статус", "Any status")
ROBOT: Final = Text("Робот", "Robot")
ANY_ROBOT: Final = Text("Все роботы", "All robots")
RESET: Final = Text("Сбросить", "Reset")

VIEWS: Final = Text("Готовые отборы", "Ready filters")
VIEW_ALL: Final = Text("Все", "All")
LATELY: Final = Text("{count} за сутки", "{count} in 24 h")
VIEW_WAITING: Final = Text("Ждут", "Waiting")
VIEW_TROUBLED: Final = Text("С ошибкой за сутки", "Failed in 24 h")
VIEW_UNDECIDED: Final = Text("Нужно решение", "Need a decision")

TIME: Final = Text("Время", "Time")
ITEM: Final = Text("Элемент CRM", "CRM item")
WHY: Final = Text("Итог и почему", "Outcome and why")
NEXT: Final = Text("Срок", "Timing")
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
