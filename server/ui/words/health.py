"""Words of the page of health."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Здоровье", "Health")
LAST_CALL: Final = Text("последний вызов портала", "last call of the portal")
SAME: Final = Text("то же, что показывает", "the same as shown by")
WHY: Final = Text("Почему важно", "Why it matters")
FIX: Final = Text("Что сделать", "What to do")
ASKING: Final = Text("Спрашиваем портал", "Asking the portal")
NOT_ASKED: Final = Text(
    "Спросить не получилось; обновите страницу позже.", "It could not be asked; reload the page later."
)
REPORT: Final = Text("Отчёт для поддержки", "Report for support")
REPORT_HINT: Final = Text("Без ключей и без текстов людей", "Without keys and without words of people")

WHOLE: Final[Mapping[str, Text]] = {
    "ok": Text("всё работает", "all is well"),
    "warn": Text("есть замечания", "something to look at"),
    "fail": Text("нужно вмешательство", "needs mending"),
    "skip": Text("не проверено", "not checked"),
}
STATES: Final[Mapping[str, Text]] = {
    "ok": Text("в порядке", "well"),
    "warn": Text("замечание", "warning"),
    "fail": Text("ошибка", "failure"),
    "skip": Text("не проверено", "not checked"),
}
TONES: Final[Mapping[str, str]] = {"ok": "green", "warn": "amber", "fail": "red", "skip": "grey"}

GROUPS: Final[Mapping[str, Text]] = {
    "portal": Text("Портал", "The portal"),
    "service": Text("Сервис", "The service"),
    "outages": Text("Перерывы в работе за месяц", "Breaks of the service in a month"),
    "asked": Text("Проверка сейчас", "Checked right now"),
    "traffic": Text("Запросы к порталу", "Requests to the portal"),
}
DECIDE: Final = Text("Решить", "Decide")
BY_HOUR: Final = Text("Запросы за последние сутки по часам", "Requests of the last day by the hour")
HOURS_AGO: Final = Text("{hours} ч назад", "{hours} h ago")
PEAK: Final = Text("Пик {level} из {limit} разрешённых подряд", "Peak {level} of {limit} allowed at once")

STREAM_OK: Final = Text("страница узнаёт новости сразу", "this page hears news at once")
STREAM_WAIT: Final = Text("проверяем поток новостей", "the stream of news is being checked")
STREAM_BAD: Final = Text(
    "новости не доходят сразу: прокси задерживает поток, страница обновляется раз в 10 секунд",
    "news do not come at once: a proxy holds the stream back, the page is refreshed every 10 seconds",
)
