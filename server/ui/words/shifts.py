"""Words of planned shifts."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Смены", "Shifts")
ABOUT: Final = Text(
    "Кто когда работает. По этой таблице роботы решают, кто на смене и когда она кончится.",
    "Who works when. By this table robots know who is on shift and when the shift ends.",
)
EMPTY_TITLE: Final = Text("Таблица пуста", "The table is empty")
EMPTY: Final = Text(
    "Пока она пуста, роботы знают смены только из рабочего дня Битрикс24. Добавьте сотрудников и их часы.",
    "While it is empty robots know shifts from the working day of Bitrix24 only. Add employees and their hours.",
)
EMPLOYEE: Final = Text("Сотрудник", "Employee")
ADD: Final = Text("Добавить сотрудников", "Add employees")
OFF: Final = Text("выходной", "off")
NOW: Final = Text("на смене до {until}", "on shift until {until}")
SKILLS: Final = Text("Навыки", "Skills")
SKILLS_HINT: Final = Text("english, касса", "english, payroll")
SKILLS_ABOUT: Final = Text(
    "Навыки пишите через запятую; робот назначения выбирает по ним. Часы: 9-18 или 9-13, 14-18; ночная смена — 22-6.",
    "Write skills between commas; the assigning robot chooses by them. Hours: 9-18 or 9-13, 14-18; a night: 22-6.",
)
REMOVE: Final = Text("Убрать", "Remove")
WRONG: Final = Text("Часы не поняты: пишите 09:00-18:00.", "The hours make no sense: write 09:00-18:00.")

DAYS: Final = Text("Другие дни", "Days that are different")
DAYS_ABOUT: Final = Text(
    "Отпуск, подмена, короткий день. Дата важнее недели; без часов это выходной.",
    "A holiday, a stand-in, a short day. A date goes before the week; without hours it is a day off.",
)
DATE: Final = Text("Дата", "Date")
HOURS: Final = Text("Часы", "Hours")
ADD_DAY: Final = Text("Добавить", "Add")

KNOWN: Final = Text("Откуда знать смену", "Where shifts are known from")
KNOWN_ABOUT: Final = Text(
    "Решает первый источник, который что-то знает. В самом роботе можно указать другое.",
    "The first source that knows something decides. A robot itself may say otherwise.",
)
ORDER: Final = (Text("Сначала", "First"), Text("Потом", "Then"), Text("И потом", "And then"))
NOTHING: Final = Text("—", "—")
UNKNOWN: Final = Text("Если смена неизвестна, сотрудник", "Whose shift is not known is")
UNKNOWN_ON: Final = Text("на смене", "on shift")
UNKNOWN_OFF: Final = Text("не на смене", "off shift")
SCHEDULE: Final = Text("Номер графика портала", "Number of the portal's schedule")
SCHEDULE_ABOUT: Final = Text(
    "График учёта рабочего времени из Битрикс24; 0 — не использовать.",
    "A schedule of working time of Bitrix24; 0: none is used.",
)
