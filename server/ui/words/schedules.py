"""Words of working time: schedules, their editor, shifts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Графики работы", "Schedules")
ABOUT: Final = Text(
    "По ним роботы считают рабочие минуты. Код графика указывают в роботе, в поле «Свой график».",
    "Robots count working minutes by them. The code of a schedule goes into a robot's field “Own schedule”.",
)
TABS: Final = Text("Рабочее время", "Working time")
LIST: Final = Text("Графики", "Schedules")
SHIFTS: Final = Text("Смены", "Shifts")
NEW: Final = Text("Новый график", "New schedule")
IMPORT: Final = Text("Взять из портала", "Take the portal's")
NAME: Final = Text("Название", "Name")
CODE: Final = Text("Код", "Code")
HOURS: Final = Text("Часы", "Hours")
ZONE: Final = Text("Часовой пояс", "Time zone")
WAITING: Final = Text("Таймеров", "Timers")
EMPTY_TITLE: Final = Text("Своих графиков нет", "No schedules of your own")
EMPTY: Final = Text(
    "Роботы считают по времени линии, портала или сотрудника. Свой график нужен, когда у отдела другие часы, обед или "
    "праздники.",
    "Robots go by the hours of the line, the portal or an employee. You need a schedule of your own when a department "
    "has other hours, a lunch or holidays.",
)

PORTAL: Final = Text("Рабочее время портала", "Working time of the portal")
PORTAL_ABOUT: Final = Text(
    "Праздники, переносы и короткие дни поверх того, что знает Битрикс24. Действует на портал, линии и сотрудников.",
    "Holidays, moved and short days over what Bitrix24 knows. It holds for the portal, its lines and its employees.",
)
OVERLAID: Final = Text("свои дни: {count}", "days of your own: {count}")
NOT_OVERLAID: Final = Text("как в Битрикс24", "as in Bitrix24")
WITH_COUNTRY: Final = Text("календарь: {country}", "calendar: {country}")
ALWAYS: Final = Text("круглосуточно", "around the clock")
PORTAL_AWAY: Final = Text(
    "Портал сейчас не сообщает свои часы; показаны обычные.",
    "The portal does not tell its hours now; usual ones are shown.",
)

BACK: Final = Text("Все графики", "All schedules")
NAME_RU: Final = Text("Название по-русски", "Name in Russian")
NAME_EN: Final = Text("Название по-английски", "Name in English")
TAKEN: Final = Text(
    "Часы и праздники взяты из портала. Проверьте и сохраните.",
    "Hours and holidays were taken from the portal. Look at them and save.",
)
CODE_HELP: Final = Text(
    "Латинские буквы, цифры, подчёркивание: support_msk.", "Latin letters, digits, underscores: support_msk."
)
ZONE_HELP: Final = Text("Пусто — пояс портала, {zone}.", "Empty: the portal's, {zone}.")
COUNTRY: Final = Text("Производственный календарь", "Calendar of a country")
NO_COUNTRY: Final = Text("не учитывать", "none")
WEEK: Final = Text("Неделя", "Week")
DAY_OFF: Final = Text("выходной", "day off")
ADD_INTERVAL: Final = Text("Добавить промежуток", "Add an interval")
REMOVE_INTERVAL: Final = Text("Убрать промежуток", "Take the interval away")
COPY: Final = Text("Понедельник — на все будни", "Monday to all weekdays")
OPENS: Final = Text("с", "from")
CLOSES: Final = Text("до", "to")
SAVE: Final = Text("Сохранить", "Save")
DELETE: Final = Text("Удалить", "Delete")
DELETE_ASK: Final = Text("Удалить график?", "Delete the schedule?")
DELETE_TEXT: Final = Text(
    "Роботы, в которых указан его код, ответят ошибкой. Таймеры, которые уже посчитаны, сработают в свой срок.",
    "Robots that name its code will fail. Timers that are counted already fire in their time.",
)
DELETED: Final = Text("Удалено.", "Deleted.")

YEAR: Final = Text("Год", "Year")
YEAR_BEFORE: Final = Text("Прошлый год", "The year before")
YEAR_AFTER: Final = Text("Следующий год", "The year after")
YEAR_HINT: Final = Text("Щёлкните день, чтобы сделать его особым.", "Click a day to make it special.")
KINDS: Final[Mapping[str, Text]] = {
    "workday": Text("рабочий", "working"),
    "weekend": Text("выходной", "day off"),
    "holiday": Text("праздник", "holiday"),
    "short": Text("короткий", "short"),
    "moved": Text("перенесён", "moved"),
}
OWN_DAY: Final = Text("задан вами", "set by you")
EXCEPTIONS: Final = Text("Особые дни", "Special days")
NO_EXCEPTIONS: Final = Text("Пока нет.", "None yet.")

DAY_TITLE: Final = Text("Особый день", "Special day")
AS_USUAL: Final = Text("Как обычно", "As usual")
OFF: Final = Text("Выходной", "Day off")
SHORT: Final = Text("Короткий день", "Short day")
WORKING: Final = Text("Рабочий день", "Working day")
EACH_YEAR: Final = Text("Каждый год", "Each year")
NOTE: Final = Text("Примечание", "Note")
NOTE_HINT: Final = Text("корпоратив", "company party")
APPLY: Final = Text("Применить", "Apply")

TRY: Final = Text("Проверка", "Try it")
START: Final = Text("Начало", "Beginning")
AMOUNT: Final = Text("Прибавить рабочих", "Add working")
UNITS: Final[Mapping[str, Text]] = {
    "minutes": Text("минут", "minutes"),
    "hours": Text("часов", "hours"),
    "days": Text("дней", "days"),
}
HOW: Final = Text("Как посчитано: {why}", "How it was counted: {why}")
NEVER: Final = Text("Впереди нет рабочего времени.", "There is no working time ahead.")
TOO_FAR: Final = Text("Слишком далеко.", "Too far away.")

AFFECTED: Final = Text("Изменение затронет таймеры", "The change concerns timers")
AFFECTED_TEXT: Final = Text("Посчитано по старому графику: {count}.", "Counted by the schedule as it was: {count}.")
RECOUNT: Final = Text("Пересчитать", "Count anew")
LEAVE: Final = Text("Оставить как есть", "Leave them")
RESERVED: Final = Text("График не сохранён: назовите код иначе.", "The schedule was not saved: choose another code.")
RECOUNTED: Final = Text("Сохранено. Пересчитано: {timers}.", "Saved. Counted anew: {timers}.")

WEEKDAYS: Final[Mapping[str, Text]] = {
    "MO": Text("Пн", "Mon"),
    "TU": Text("Вт", "Tue"),
    "WE": Text("Ср", "Wed"),
    "TH": Text("Чт", "Thu"),
    "FR": Text("Пт", "Fri"),
    "SA": Text("Сб", "Sat"),
    "SU": Text("Вс", "Sun"),
}
