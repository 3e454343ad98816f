"""Words of the catalogue of robots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Роботы", "Robots")
ABOUT: Final = Text(
    "Поставьте робота на стадию воронки, и он сработает на каждой сделке, которая на неё придёт.",
    "Put a robot on a stage of a pipeline, and it fires for each deal that comes there.",
)
SYNC: Final = Text("Зарегистрировать заново", "Register anew")
SYNC_ASK: Final = Text("Зарегистрировать роботов заново?", "Register the robots anew?")
SYNC_TEXT: Final = Text(
    "Нужно, если в портале кто-то удалил роботов. То, что уже ждёт, не изменится.",
    "This is for when somebody deleted robots in the portal. What waits already does not change.",
)
SYNC_OWED: Final = Text("Регистрируем…", "Registering…")
NO_WORKER: Final = Text("Ждём рабочий процесс: он не запущен.", "Waiting for a worker: none is running.")
REFUSED: Final = Text(
    "Портал отказал: {note}. Попробуем ещё раз сами.", "The portal refused: {note}. We try again by ourselves."
)
DRY_PORTAL: Final = Text(
    "Портал в режиме проверки: роботы ничего не меняют.", "The portal is in dry mode: robots change nothing."
)

STATES: Final[Mapping[str, tuple[Text, str]]] = {
    "done": (Text("Зарегистрирован", "Registered"), "green"),
    "differs": (Text("Отличается от версии", "Differs from this release"), "amber"),
    "new": (Text("Ещё не в портале", "Not in the portal yet"), "amber"),
    "off": (Text("Выключен", "Off"), "grey"),
}
WAITS: Final = Text("ждёт", "waits")
SPEAKS: Final = Text("пишет клиенту", "writes to clients")
LOOKS: Final = Text("отвечает сразу", "answers at once")
NO_DIALOG: Final = Text("диалог не нужен", "needs no dialog")
DOCUMENTS: Final = Text("сделки, лиды, смарт-процессы", "deals, leads, smart processes")
DRY: Final = Text("проверка", "dry run")

WEEK: Final = Text("{total} за 7 дней", "{total} in 7 days")
WEEK_LINE: Final = Text("Запуски по дням: {days}", "Runs by day: {days}")
FAILED: Final = Text("{percent} % с ошибкой", "{percent} % failed")
NO_RUNS: Final = Text("за 7 дней не запускался", "did not run in 7 days")
WAITING: Final = Text("ждут: {count}", "waiting: {count}")
RUNS: Final = Text("Запуски робота", "Runs of the robot")

MORE: Final = Text("Подробнее", "More")
ON: Final = Text("Включить", "Switch on")
OFF: Final = Text("Выключить", "Switch off")
OFF_ASK: Final = Text("Выключить «{name}»?", "Switch “{name}” off?")
OFF_TEXT: Final = Text(
    "Робот исчезнет из списка роботов портала, и на стадиях, где он стоит, портал перестанет его вызывать. "
    "Что уже ждёт, доработает.",
    "The robot leaves the portal's list of robots, and where it stands on stages the portal calls it no more. "
    "What waits already goes on to its end.",
)
LAST_ONE: Final = Text("Хотя бы один робот должен остаться.", "One robot at least must stay.")

BACK: Final = Text("Все роботы", "All robots")
HELP: Final = Text("Как работает", "How it works")
PLACE: Final = Text("Как поставить на стадию", "How to put it on a stage")
STEPS: Final = (
    Text(
        "Откройте CRM → Сделки (лиды, смарт-процесс) → «Роботы».",
        "Open CRM → Deals (leads, a smart process) → Automation rules.",
    ),
    Text("На нужной стадии нажмите «Добавить» и найдите «{name}».", "On the stage press Add and find “{name}”."),
    Text(
        "Заполните свойства. Начните с режима «Проверка»: журнал покажет, что было бы.",
        "Fill in the properties. Begin with the mode Check: the log shows what would have been.",
    ),
    Text(
        "Сохраните, переведите сделку на эту стадию и посмотрите запуск в журнале.",
        "Save, move a deal to the stage and look at the run in the log.",
    ),
    Text("Всё так, как надо? Переключите режим на «Боевой».", "All as it should be? Switch the mode to Live."),
)
OPEN_DEALS: Final = Text("Роботы воронки сделок", "Automation rules of deals")
OPEN_LEADS: Final = Text("Роботы лидов", "Automation rules of leads")
MODE: Final = Text("Режим робота", "Mode of the robot")

PROPERTIES: Final = Text("Свойства", "Properties")
PROPERTY: Final = Text("Свойство", "Property")
VALUES: Final = Text("Что можно указать", "What may be given")
DEFAULT: Final = Text("Если не указано", "When left empty")
REQUIRED: Final = Text("обязательно", "required")
MULTIPLE: Final = Text("можно несколько", "several may be given")
RETURNS: Final = Text("Что возвращает процессу", "What the process gets back")
RETURNED: Final = Text("Значение", "Value")
KIND: Final = Text("Вид", "Kind")
CODE: Final = Text("Код", "Code")

SANDBOX: Final = Text("Прогнать без последствий", "Try it without consequences")
SANDBOX_ABOUT: Final = Text(
    "Выберите сделку и заполните свойства: здесь видно, что робот сделал бы с ней сейчас. Ничего не меняется и никому "
    "не пишется.",
    "Choose a deal and fill in the properties: you see what the robot would do with it now. Nothing is changed and "
    "nobody is written to.",
)
SANDBOX_FORM: Final = Text("Свойства для прогона", "Properties to try")

KINDS: Final[Mapping[str, Text]] = {
    "bool": Text("да или нет", "yes or no"),
    "int": Text("целое число", "a whole number"),
    "double": Text("число", "a number"),
    "string": Text("строка", "a line of text"),
    "text": Text("текст", "text"),
    "date": Text("дата", "a date"),
    "datetime": Text("дата и время", "a date and time"),
    "user": Text("сотрудник", "an employee"),
    "select": Text("значение из списка", "one of a list"),
}
