"""Words of the page of statistics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Статистика", "Statistics")
PERIODS: Final[Mapping[str, Text]] = {
    "7d": Text("7 дней", "7 days"),
    "14d": Text("14 дней", "14 days"),
    "30d": Text("30 дней", "30 days"),
    "90d": Text("90 дней", "90 days"),
}
RUNS: Final = Text("Запусков", "Runs")
SUCCESS: Final = Text("Без ошибок", "Without errors")
SUCCESS_HINT: Final = Text("из {ended} законченных", "of {ended} that ended")
MEDIAN: Final = Text("Обычно за", "Usually within")
P95: Final = Text("19 из 20 — за {length}", "19 of 20 within {length}")
ANSWERED: Final = Text("Клиенту отвечают за", "Clients are answered within")
ANSWERED_HINT: Final = Text(
    "рабочих минут или быстрее — половина; ответов: {count}", "working minutes or sooner in half; answers: {count}"
)
NONE: Final = Text("—", "—")

BY_DAY: Final = Text("Запуски по дням", "Runs by day")
DAY_PART: Final = Text("{day}: {status} — {count}", "{day}: {status} — {count}")
WEEK: Final = Text("Когда это бывает", "When it happens")
WEEK_CELL: Final = Text("{day}, {hour}:00 — {count}", "{day}, {hour}:00 — {count}")
WEEKDAYS: Final = (
    Text("Пн", "Mon"),
    Text("Вт", "Tue"),
    Text("Ср", "Wed"),
    Text("Чт", "Thu"),
    Text("Пт", "Fri"),
    Text("Сб", "Sat"),
    Text("Вс", "Sun"),
)
ANSWERS: Final = Text("За сколько рабочих минут ответили", "Working minutes until the answer")
UP_TO: Final = Text("{lower}–{upper} мин", "{lower}–{upper} min")
OVER: Final = Text("больше {lower} мин", "over {lower} min")
ANSWERS_NONE: Final = Text(
    "Ответы считает робот «Эскалация, если нет ответа»: за период он их не видел.",
    "Answers are counted by the robot “Escalate if no reply”: it saw none in the period.",
)
LEVELS: Final = Text("До какого уровня дошла эскалация", "How far escalations went")
LEVEL: Final = Text("Уровень {level}", "Level {level}")
LEVELS_NONE: Final = Text("До эскалации ни разу не дошло.", "It never came to an escalation.")
ITEMS: Final = Text("Чаще всего", "Most often")
ITEM_TROUBLED: Final = Text("с ошибкой {count}", "{count} failed")
CAUSES: Final = Text("Ошибки", "Errors")
CAUSES_NONE: Final = Text("Ошибок за период нет.", "No errors in the period.")
NUMBERS: Final = Text("Показать числа", "Show the numbers")
DAY: Final = Text("День", "Day")
STATUS: Final = Text("Статус", "Status")
COUNT: Final = Text("Запусков", "Runs")
SHARE: Final = Text("Доля", "Share")
CSV_HINT: Final = Text("Скачать числа по дням таблицей CSV", "Download the numbers by day as CSV")
EMPTY_TITLE: Final = Text("За этот период запусков не было", "No runs in this period")
EMPTY: Final = Text("Выберите период подлиннее или другого робота.", "Choose a longer period or another robot.")

COLUMNS: Final = (DAY, STATUS, COUNT)
