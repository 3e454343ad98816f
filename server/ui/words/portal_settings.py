"""Words of the settings of a portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Настройки", "Settings")
TABS: Final = Text("Разделы настроек", "Parts of the settings")
GENERAL: Final = Text("Общие", "General")
WORDS: Final = Text("Слова клиентов", "Words of clients")
AUDIT: Final = Text("Журнал действий", "Log of actions")
SAVE: Final = Text("Сохранить", "Save")

MODE: Final = Text("Режим", "Mode")
LIVE: Final = Text("Боевой", "Live")
LIVE_ABOUT: Final = Text("Роботы пишут, передают и закрывают.", "Robots write, hand over and close.")
DRY: Final = Text("Проверка", "Dry run")
DRY_ABOUT: Final = Text(
    "Роботы ничего не меняют: журнал показывает, что они сделали бы.",
    "Robots change nothing: the log shows what they would have done.",
)
BY_ROBOT: Final = Text("Отдельно для роботов", "By robot")
INHERIT: Final = Text("Как у портала", "As the portal")
BY_ROBOT_ABOUT: Final = Text(
    "Режим, выбранный в самом роботе на стадии, важнее этого.",
    "A mode that is chosen in the robot itself on its stage goes before this one.",
)

SPEECH: Final = Text("Язык и время", "Language and time")
LANGUAGE: Final = Text("Язык роботов в портале", "Language of the robots in the portal")
LANGUAGES: Final[Mapping[str, Text]] = {"ru": Text("Русский", "Russian"), "en": Text("Английский", "English")}
LANGUAGE_ABOUT: Final = Text(
    "На нём роботы называют себя и пишут сотрудникам. Язык этого окна выбирает портал.",
    "Robots name themselves and write to employees in it. The portal chooses the language of this window.",
)
ZONE: Final = Text("Часовой пояс портала", "Time zone of the portal")
ZONE_ABOUT: Final = Text(
    "Название из базы IANA: Europe/Moscow, Asia/Yekaterinburg.", "A name of the IANA base: Europe/Moscow, Asia/Tokyo."
)
HOLIDAYS: Final = Text("Праздники и переносы", "Holidays and moved days")
HOLIDAYS_ABOUT: Final = Text(
    "Дни, которые задаёте вы сами, ложатся поверх всего, что знает Битрикс24: портала, линий и сотрудников.",
    "Days that you set yourself lie over all that Bitrix24 knows: of the portal, of lines and of employees.",
)
HOLIDAYS_LINK: Final = Text("Открыть календарь портала", "Open the calendar of the portal")

LOG: Final = Text("Журнал", "Log")
LOG_DAYS: Final = Text("Хранить запуски и вызовы REST, дней", "Keep runs and REST calls, days")
LOG_DAYS_ABOUT: Final = Text(
    "Не меньше трёх: этого требует Битрикс24. То, что ещё ждёт, не удаляется никогда.",
    "Three at least: Bitrix24 asks for that. What still waits is never deleted.",
)
PAYLOAD_DAYS: Final = Text("Хранить данные запусков, дней", "Keep the data of runs, days")
PAYLOAD_DAYS_ABOUT: Final = Text(
    "Что получил и вернул робот. Потом остаётся только ход событий, повторить запуск нельзя.",
    "What a robot was given and returned. Then only the story remains, and the run cannot be repeated.",
)
KEEPS_TEXT: Final = Text("Хранить тексты сообщений", "Keep texts of messages")
KEEPS_TEXT_ABOUT: Final = Text(
    "Без этого журнал знает только номера и длину сообщений.",
    "Without it the log knows only numbers and lengths of messages.",
)
MASKING: Final = Text("Скрывать телефоны и почту", "Hide phone numbers and e-mail addresses")
MASKING_ABOUT: Final = Text(
    "Если выключить, их увидят администраторы. Ключи скрыты всегда.",
    "When switched off administrators see them. Keys are always hidden.",
)

WHO: Final = Text("Кто видит журнал", "Who sees the log")
WHO_ABOUT: Final = Text(
    "Администраторы портала видят и могут всё. Остальным доступ открываете вы.",
    "Administrators of the portal see everything and may do everything. You let in the others.",
)
EVERYBODY: Final = Text("Все сотрудники", "All employees")
EVERYBODY_NOBODY: Final = Text("не видят", "do not see it")
EVERYBODY_VIEWER: Final = Text("видят, но ничего не меняют", "see it and change nothing")
PEOPLE: Final = Text("И отдельно", "And these")
ADD_PERSON: Final = Text("Добавить сотрудника", "Add an employee")
REMOVE: Final = Text("Убрать", "Remove")
ROLE: Final = Text("Роль", "Role")
ROLES: Final[Mapping[str, Text]] = {
    "viewer": Text("смотрит", "looks"),
    "supervisor": Text("руководит линиями", "supervises lines"),
}
LINES: Final = Text("Линии", "Lines")
LINES_HINT: Final = Text("все линии или номера: 1, 3", "all lines, or numbers: 1, 3")
SUPERVISOR_ABOUT: Final = Text(
    "Руководитель останавливает, повторяет и переносит запуски, диалоги которых идут в его линиях.",
    "A supervisor stops, repeats and moves runs whose dialogs are of his lines.",
)

FAILURES: Final = Text("Сообщать об ошибках", "Tell of failures")
FAILURES_ABOUT: Final = Text(
    "Кому присылать уведомление, когда запуски заканчиваются ошибкой. Не чаще раза в 15 минут.",
    "Who gets a notification when runs end with a failure. Every 15 minutes at most.",
)

OVERDUE: Final = Text("Ожидания, которые опоздали", "Waits that are late")
OVERDUE_ABOUT: Final = Text(
    "Сервис не работал, а срок ожидания прошёл: эскалации, закрытия, конца смены. Перед действием робот в любом случае "
    "смотрит на диалог заново. О каждом таком перерыве администратор получает одно сообщение.",
    "The service did not work and the time of a wait passed: of an escalation, a closing, the end of a shift. A robot "
    "looks at the dialog anew before it acts in any case. The administrator gets one message for each such break.",
)
OVERDUE_CHOICES: Final[Mapping[str, tuple[Text, Text]]] = {
    "run": (
        Text("Выполнить", "Do them"),
        Text("Как только сервис снова работает.", "As soon as the service works again."),
    ),
    "skip": (
        Text("Пропустить слишком поздние", "Skip what is too late"),
        Text(
            "Процесс получит ответ skipped_late и пойдёт дальше.", "The process is answered skipped_late and goes on."
        ),
    ),
    "ask": (
        Text("Спросить о слишком поздних", "Ask about what is too late"),
        Text(
            "Запуск и его процесс ждут: решение за вами, в «Запусках» → «Нужно решение».",
            "The run and its process wait: you decide, in Runs → Need a decision.",
        ),
    ),
}
OVERDUE_AFTER: Final = Text("Слишком поздно, если опоздали больше чем на", "Too late is later than")
#: Minutes that are offered; the API takes every number between them.
OVERDUE_MINUTES: Final = (5, 15, 30, 60, 120, 240, 480, 1440, 4320, 10080)

NAMES: Final = Text("Что роботы не трогают", "What robots leave alone")
EXCEPTIONS: Final = Text("Не трогать диалоги с такими названиями", "Leave dialogs with such titles alone")
EXCEPTIONS_ABOUT: Final = Text(
    "По одному выражению RE2 в строке, например ^VIP.", "One RE2 pattern a line, such as ^VIP."
)
HOLD_FIELD: Final = Text("Поле «Не закрывать»", "Field “Keep open”")
HOLD_FIELD_ABOUT: Final = Text(
    "Код поля карточки: пока в нём что-то есть, диалог не закрывают. Пусто — такого поля нет.",
    "The code of a field of the card: while something is in it the dialog is not closed. Empty: there is none.",
)

ORPHANS: Final = Text("Диалоги без оператора", "Dialogs without an operator")
ORPHANS_ABOUT: Final = Text(
    "Клиент ждёт, а диалога не видит никто: оператор ушёл со смены, в очереди линии пусто или её никто не разбирает. "
    "Дежурный отдаёт такой диалог тому, кто на смене, и сообщает руководителю.",
    "A client waits and nobody sees the dialog: the operator has left, nobody is in the queue of the line or takes "
    "from it. Dezhurny gives such a dialog to somebody on shift and tells the head.",
)
ORPHAN_DETECTOR: Final = Text("Искать такие диалоги", "Look for such dialogs")
ORPHAN_MINUTES: Final = Text("Клиент ждёт, рабочих минут", "The client waits, working minutes")
ORPHAN_POOL: Final = Text("Кому отдавать", "Who gets them")
ORPHAN_POOL_ABOUT: Final = Text("Если никого не выбрать, очереди линии.", "Nobody chosen: the queue of the line.")

LOST: Final = Text("Потерянные вызовы", "Lost calls")
LOST_ABOUT: Final = Text(
    "Битрикс24 отправляет вызов робота один раз. Если он не дошёл, процесс ждёт напрасно; Дежурный находит такие "
    "процессы за несколько минут.",
    "Bitrix24 sends the call of a robot one time. When it does not arrive the process waits in vain; Dezhurny finds "
    "such processes within minutes.",
)
LOST_WHAT: Final = Text("Что делать", "What to do")
LOST_CHOICES: Final[Mapping[str, Text]] = {
    "tell": Text("Только сообщить администратору", "Only tell the administrator"),
    "run": Text("Запустить робота и сообщить", "Run the robot and tell"),
}
LOST_RUN_ABOUT: Final = Text(
    "Запускаем в течение часа и только там, где на стадии один наш робот и его настройки были одинаковы в пяти "
    "процессах подряд. Если робот стоит там за условием, сообщения могут быть напрасны, а запуск лишним.",
    "Only within an hour, and where one robot of ours stands on the stage and its settings were the same in five "
    "processes in a row. If the robot stands behind a condition there, a word may be for nothing and a run too many.",
)

SAFETY: Final = Text("Права и ключи", "Rights and keys")
RIGHTS: Final = Text("Роботы работают с правами", "Robots act with the rights of")
RIGHTS_ABOUT: Final = Text(
    "Это администратор, который установил приложение последним.",
    "This is the administrator who installed the application last.",
)
DATA_KEY: Final = Text("Ключ данных портала", "Data key of the portal")
SECRET: Final = Text("Отпечаток секрета портала", "Fingerprint of the portal's secret")
NEWEST: Final = Text("на новейшем ключе", "under the newest key")
OLDER: Final = Text(
    "на прежнем ключе; перейдёт при запуске рабочего процесса",
    "under a former key; moves when a worker starts",
)
OLDER_SECRET: Final = Text(
    "на прежнем ключе; перейдёт при следующем вызове портала",
    "under a former key; moves when the portal calls next",
)
ROTATION: Final = Text(
    "Новый ключ ставят первым в DEZHURNY_SECRET_KEYS. Прежний убирают, когда здесь всё на новейшем.",
    "A new key goes first in DEZHURNY_SECRET_KEYS. The former one may go when all is under the newest here.",
)
