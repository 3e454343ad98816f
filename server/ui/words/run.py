"""Words of the page of one run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text, plural

TAB_TIMELINE: Final = Text("Хронология", "Timeline")
TAB_WATERFALL: Final = Text("Водопад", "Waterfall")
TABS: Final = Text("Виды запуска", "Views of the run")
TIMES: Final = Text("Время", "Times")
TIMES_PORTAL: Final = Text("портала", "of the portal")
TIMES_START: Final = Text("от начала", "from the start")
ZOOM_ACTIVE: Final = Text("Только работа", "Only the work")
ZOOM_WHOLE: Final = Text("Всё время", "All the time")
FOLDED: Final = Text("ожидание {length}, свёрнуто", "a wait of {length}, folded")
TOOK: Final = Text("{what}: {length}", "{what}: {length}")
NOTHING_TOOK: Final = Text("Пока ничего не длилось.", "Nothing has taken time yet.")
LINK: Final = Text("Ссылка", "Link")
LINK_HINT: Final = Text("Скопировать ссылку на запуск внутри портала", "Copy the link to the run inside the portal")
COPY_OF: Final = Text("Сделан из запуска", "Made of the run")
OTHER_RUN: Final = Text("Открыть запуск", "Open the run")
RELATED: Final = Text("Ещё по этому элементу", "More of this item")
RELATED_ALL: Final = Text("Все запуски элемента", "All runs of the item")
ADVICE: Final = Text("Что делать", "What to do")
RETRY_EDIT: Final = Text("С другими настройками", "With other settings")
RETRY_EDIT_HINT: Final = Text(
    "Новый запуск с тем же элементом; этот останется как есть.",
    "A new run with the same item; this one stays as it is.",
)
EDIT_TITLE: Final = Text("Повторить с другими настройками", "Repeat with other settings")
EDIT_ABOUT: Final = Text(
    "Робот начнёт сначала и посмотрит на диалог заново, поэтому может снова написать клиенту или сотрудникам. "
    "Процесс в портале уже получил свой ответ, второй раз его не получит.",
    "The robot begins anew and looks at the dialog again, so it may write to the client or to employees once more. "
    "The process in the portal has its answer already and gets no second one.",
)
EDIT_LIST_HINT: Final = Text("Несколько — каждое с новой строки.", "Several: each on a line of its own.")
EDIT_USER_HINT: Final = Text("Сотрудник: user_7, отдел: group_d5.", "An employee: user_7, a department: group_d5.")
EDIT_HIDES: Final = Text(
    "Скрытое точками останется прежним, если поле не менять.",
    "What is hidden by dots stays as it is unless you change the field.",
)
EDIT_REQUIRED: Final = Text("обязательно", "required")
EDIT_GO: Final = Text("Запустить", "Start")
UNDO: Final = Text("Отменить", "Take back")
UNDO_TITLE: Final = Text("Отменить действие?", "Take the action back?")
UNDO_TEXT: Final = Text(
    "Будет: {what}. Если это уже изменили вручную, робот ничего не тронет.",
    "This will be done: {what}. If it was changed by hand since, nothing is touched.",
)
UNDONE: Final = Text("отменено", "taken back")
REVEAL: Final = Text("Показать телефоны и почту", "Show phone numbers and e-mail addresses")
REVEAL_TITLE: Final = Text("Показать скрытое?", "Show what is hidden?")
REVEAL_TEXT: Final = Text(
    "В журнал действий запишется, что вы это смотрели. Ключи останутся скрыты.",
    "The audit log will say that you looked. Keys stay hidden.",
)
RAW_SEARCH: Final = Text("Найти в данных", "Search the data")
RAW_COPY: Final = Text("Скопировать путь", "Copy the path")
COMMANDS: Final = Text("{count} команд", "{count} commands")

BACK: Final = Text("Журнал", "Log")
PROGRESS: Final = Text("Ход", "What happened")
EFFECTS: Final = Text("Действия", "Actions")
CALLS: Final = Text("Вызовы REST", "REST calls")
RAW: Final = Text("Сырые данные", "Raw data")
RAW_NOTE: Final = Text("Телефоны, почта и ключи скрыты.", "Phone numbers, e-mail addresses and keys are hidden.")
SETTINGS: Final = Text("Настройки робота", "Settings of the robot")
DEFAULTS: Final = Text("Остальное по умолчанию", "Everything else by default")
ALL_DEFAULT: Final = Text("Всё по умолчанию", "Everything by default")
ANSWER: Final = Text("Ответ процессу", "Answer to the process")
CONTEXT: Final = Text("О запуске", "About the run")

OPEN_ITEM: Final = Text("Открыть в CRM", "Open in the CRM")
COPY_LINK: Final = Text("Номер запуска", "Run number")
RETRY: Final = Text("Повторить", "Retry")
RETRY_STEP: Final = Text("С этого шага", "From this step")
RETRY_STEP_HINT: Final = Text(
    "Что уже отправлено, второй раз не уйдёт.", "What was sent already is not sent a second time."
)
RETRY_START: Final = Text("С самого начала", "From the very start")
RETRY_START_HINT: Final = Text(
    "Робот посмотрит на сделку заново и может снова написать.",
    "The robot looks at the item anew and may write once more.",
)
RETRY_REPLY: Final = Text("Только ответить процессу", "Only answer the process")
RETRY_REPLY_HINT: Final = Text("Портал получит прежний итог ещё раз.", "The portal gets the former outcome once more.")
STOP: Final = Text("Остановить", "Stop")
STOP_TITLE: Final = Text("Остановить запуск?", "Stop the run?")
STOP_TITLE_MANY: Final = Text("Остановить запуски?", "Stop the runs?")
STOP_TEXT: Final = Text(
    "Робот больше ничего не сделает, процесс получит ответ «остановил человек».",
    "The robot will do nothing more, the process is answered “stopped by a person”.",
)
STOP_REASON: Final = Text("Почему (увидят в журнале)", "Why (shown in the log)")

DOUBT_TITLE: Final = Text("Нужно ваше решение", "Your decision is needed")
DOUBT_TEXT: Final = Text(
    "Портал не ответил, и узнать, дошло ли действие, не получилось. Посмотрите в портале и скажите:",
    "The portal did not answer and we could not find out whether the action arrived. Look in the portal and say:",
)
ARRIVED: Final = Text("Дошло", "It arrived")
SEND_AGAIN: Final = Text("Сделать ещё раз", "Do it again")
SEND_AGAIN_TEXT: Final = Text(
    "Если первое всё-таки дошло, получится дважды. Сделать ещё раз?",
    "If the first one did arrive, it will happen twice. Do it again?",
)
SKIP: Final = Text("Пропустить", "Skip it")

LATE_TEXT: Final = Text(
    "Срок прошёл, пока сервис не работал. Если выполнить сейчас, робот сначала посмотрит на диалог заново; если "
    "пропустить, процесс получит ответ «пропущено» и пойдёт дальше.",
    "Its time passed while the service did not work. If it is done now the robot looks at the dialog anew first; if it "
    "is skipped the process is answered “skipped” and goes on.",
)
LATE_RUN: Final = Text("Выполнить сейчас", "Do it now")

NOW: Final = Text("Сработать сейчас", "Fire now")
WAKES: Final = Text("Сработает", "Fires")
OVERDUE: Final = Text("Просрочен", "Overdue")
WORKING: Final = Text("рабочее время", "working time")
ALL_TIME: Final = Text("всего", "in all")
IDLE: Final = Text("не считается", "does not count")
BAR: Final = Text(
    "Ожидание с {start} до {end}: считается {counted}, остальное — нерабочее время.",
    "A wait from {start} to {end}: {counted} count, the rest is outside working time.",
)

BAR_PLAIN: Final = Text("Ожидание с {start} до {end}: {counted}.", "A wait from {start} to {end}: {counted}.")

PASSED: Final = Text("да", "yes")
NOT_PASSED: Final = Text("нет", "no")
FACT: Final = Text("к сведению", "noted")

METHOD: Final = Text("Метод", "Method")
MILLISECONDS: Final = Text("мс", "ms")
HTTP: Final = Text("HTTP", "HTTP")
OPERATING: Final = Text("operating, с", "operating, s")
ERROR: Final = Text("Ошибка", "Error")
NO_CALLS: Final = Text(
    "Отдельных вызовов нет: чтение этого запуска ушло вместе с другими в одном batch.",
    "No calls of its own: what this run read travelled with others in one batch.",
)
AGAIN_LAST: Final = Text("последний раз", "last")
NO_EVENTS: Final = Text("Робот ещё не начал.", "The robot has not begun yet.")
NO_EFFECTS: Final = Text("Робот ничего не менял.", "The robot changed nothing.")

CREATED: Final = Text("Портал вызвал", "Called by the portal")
FINISHED: Final = Text("Закончен", "Finished")
RESULT: Final = Text("Код результата", "Result code")
STEP: Final = Text("Шаг", "Step")
STAGE: Final = Text("Стадия", "Stage")
DIALOG: Final = Text("Диалог", "Dialog")
PROCESS: Final = Text("Процесс", "Process")
EXPIRES: Final = Text("Живёт до", "Lives until")
MODE: Final = Text("Режим", "Mode")
MODE_LIVE: Final = Text("боевой", "live")
MODE_DRY: Final = Text("проверка, ничего не меняет", "dry run, changes nothing")
REPLY: Final = Text("Ответ", "Answer")
ORIGIN: Final = Text("Вызов", "Call")

REPLIES: Final[Mapping[str, Text]] = {
    "due": Text("ещё не ушёл", "not sent yet"),
    "sent": Text("отправлен, повторим раз для надёжности", "sent, repeated once to be sure"),
    "settled": Text("отправлен; портал приём не доказывает", "sent; the portal gives no proof of it"),
    "gone": Text("некому: процесс уже завершён", "to nobody: the process is over"),
    "refused": Text("портал отказался принять", "refused by the portal"),
}
NO_REPLY: Final = Text("ждёт итога", "waits for the outcome")

ORIGINS: Final[Mapping[str, Text]] = {
    "unchecked": Text("ещё не подтверждён порталом", "not confirmed by the portal yet"),
    "strong": Text("подтверждён порталом", "confirmed by the portal"),
    "refused": Text("порталом не подтверждён", "not confirmed by the portal"),
}

KINDS: Final[Mapping[str, Text]] = {
    "accepted": Text("Вызов", "Call"),
    "looked": Text("Диалог", "Dialog"),
    "decided": Text("Решение", "Decision"),
    "waits": Text("Ожидание", "Wait"),
    "woke": Text("Проснулся", "Woke"),
    "acts": Text("Действие", "Action"),
    "acted": Text("Действие", "Action"),
    "answered": Text("Процесс", "Process"),
    "retries": Text("Повтор", "Retry"),
    "parked": Text("Отложен", "Parked"),
    "cancelled": Text("Отмена", "Cancelled"),
    "person": Text("Человек", "Person"),
    "ended": Text("Итог", "Outcome"),
}

#: How an action ended, where "acted" would say too much.
OUTCOMES: Final[Mapping[str, Text]] = {
    "refused": Text("Отказ", "Refused"),
    "unknown": Text("Неясно", "Unclear"),
    "skipped": Text("Пропустил", "Skipped"),
    "dry": Text("Проверка", "Dry run"),
}


def again(times: int) -> Text:
    """Say that the same was seen more than once."""
    return Text("Посмотрели ещё ", "Looked ") + plural(times, ("раз", "раза", "раз"), ("more time", "more times"))
