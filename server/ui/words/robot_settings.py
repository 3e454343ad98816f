"""Words of the page on which a robot is set up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

SHARED: Final = Text("Общие настройки", "Shared settings")
SHARED_ABOUT: Final = Text("какой диалог, рабочее время, режим", "which dialog, working time, mode")
CHANGED: Final = Text("изменено: {count}", "changed: {count}")
REQUIRED: Final = Text("обязательно", "required")
NOT_CHOSEN: Final = Text("не выбрано", "not chosen")
CHOOSE: Final = Text("Выбрать", "Choose")
REMOVE: Final = Text("Убрать", "Remove")
EXPRESSION: Final = Text("Подставить значение поля", "Use the value of a field")
PLAIN: Final = Text("Вернуть обычное поле", "Back to the plain field")
EXPRESSION_HINT: Final = Text("Выражение, например {=Document:ID}", "An expression such as {=Document:ID}")
INSERT: Final = Text("Вставить поле…", "Insert a field…")
INSERT_FIND: Final = Text("Название поля", "Name of the field")
NOT_KNOWN_YET: Final = Text(
    "Портал ещё не знает этого поля: оно заработает, когда роботы в нём обновятся.",
    "The portal does not know this field yet: it works once the robots there are brought up to date.",
)
NOTICED: Final = Text(
    "Новое сообщение в диалоге заметим в течение {within}. На правильность это не влияет: перед каждым действием "
    "диалог читается заново.",
    "A new message in the dialog is noticed within {within}. That changes nothing about correctness: the dialog is "
    "read anew before every action.",
)

#: Places that we fill in within a message (robots.md, Placeholders).
PLACES: Final[Mapping[str, Text]] = {
    "{client.first_name}": Text("Имя клиента", "First name of the client"),
    "{client.name}": Text("Имя и фамилия клиента", "Name of the client"),
    "{company}": Text("Компания", "Company"),
    "{operator.name}": Text("Оператор диалога", "Operator of the dialog"),
    "{line.name}": Text("Открытая линия", "Open line"),
    "{calendar.next_open}": Text("Когда откроемся", "When we open"),
    "{item.title}": Text("Название элемента", "Title of the item"),
}

# The preview

WHAT_IF: Final = Text("Если элемент попадёт сюда сейчас", "If an item came here now")
WHAT_IF_ITEM: Final = Text("Если «{item}» попадёт сюда сейчас", "If “{item}” came here now")
CHOOSE_ITEM: Final = Text("Выбрать пример", "Choose an example")
OTHER_ITEM: Final = Text("Другой пример", "Another example")
NO_ITEM: Final = Text(
    "Выберите сделку или другой элемент, и здесь будет видно, что робот с ним сделает. Ничего не изменится.",
    "Choose a deal or another item to see here what the robot would do with it. Nothing will change.",
)
THINKING: Final = Text("Смотрим, что будет…", "Looking what would happen…")
FILL_FIRST: Final = Text(
    "Заполните поля со звёздочкой, и здесь будет видно, что робот сделает.",
    "Fill in the fields with an asterisk to see here what the robot would do.",
)
FIX_FIRST: Final = Text("Сначала исправьте поля, отмеченные красным.", "First put right the fields marked red.")
NOT_SEEN: Final = Text("Этот элемент не найден или вам не виден.", "This item was not found, or you may not see it.")
CLOSED: Final = Text(
    "Работа с порталом приостановлена, показать пример нельзя.", "Work for the portal is suspended; nothing to show."
)
BUSY: Final = Text(
    "Портал сейчас занят работой роботов; пример покажем через несколько секунд.",
    "The portal is busy with what robots do; the example comes in a few seconds.",
)
BROKEN: Final = Text(
    "Показать не удалось: ошибка в самом роботе.", "It cannot be shown: a mistake in the robot itself."
)
DRY: Final = Text(
    "Робот в режиме проверки: всё это он только покажет в журнале.",
    "The robot only checks: all of this would be shown in its log and not done.",
)
EXPRESSIONS: Final = Text(
    "Значения вида {=…} подставит Битрикс24; в примере их нет.",
    "Bitrix24 fills in values such as {=…}; the example is without them.",
)
RETURNED: Final = Text("Процесс получит", "The process would get")
AS_NOW: Final = Text(
    "Показано для случая, когда больше ничего не произойдёт: диалог и смены — как сейчас.",
    "Shown for the case that nothing else happens: the dialog and the shifts are as they are now.",
)
CUT: Final = Text("…и так далее.", "…and so on.")
NOW: Final = Text("Сейчас", "Now")
TO_CLIENT: Final = Text("Клиенту", "To the client")
TO_STAFF: Final = Text("Сотруднику", "To the employee")

AT_ONCE: Final = Text("Сразу: {what}", "At once: {what}")
AT: Final = Text("{when}: {what}", "{when}: {what}")
QUOTED: Final = Text(": «{said}»", ": “{said}”")
AND_MORE: Final = Text("{what} и ещё {count}", "{what} and {count} more")
ENDS: Final = Text("Ничего не сделает. {why}", "Would do nothing. {why}")
ENDS_LATER: Final = Text(
    "Подождёт до {when} и ничего не сделает. {why}", "Would wait until {when} and do nothing. {why}"
)
ANSWERS: Final = Text("Сразу ответит процессу. {why}", "Would answer the process at once. {why}")

# The levels

LEVELS_BUILD: Final = Text("Конструктор", "Builder")
LEVELS_TEXT: Final = Text("Текст", "Text")
LEVELS_NONE: Final = Text(
    "Один уровень: то, что выбрано в полях выше. Соберите цепочку, если уровней нужно больше.",
    "One level: what the fields above say. Build a chain when more levels are needed.",
)
LEVELS_START: Final = Text("Собрать цепочку", "Build a chain")
LEVEL: Final = Text("Уровень {number}", "Level {number}")
LEVEL_ADD: Final = Text("Добавить уровень", "Add a level")
LEVEL_REMOVE: Final = Text("Убрать уровень", "Remove the level")
LEVEL_UP: Final = Text("Выше", "Move up")
LEVEL_DOWN: Final = Text("Ниже", "Move down")
LEVEL_MINUTES: Final = Text("через", "after")
LEVEL_UNIT: Final = Text("раб. мин без ответа", "working min without a reply")
ACTION: Final = Text("Действие", "Action")
ACTION_ADD: Final = Text("Действие", "Action")
ACTION_REMOVE: Final = Text("Убрать действие", "Remove the action")
TARGET: Final = Text("Кому", "Whom")
PERSON: Final = Text("сотруднику…", "an employee…")
PEOPLE: Final = Text("сотрудникам…", "employees…")
TRIGGER_CODE: Final = Text("код триггера", "code of the trigger")
LEVELS_UNREADABLE: Final = Text(
    "Конструктор не понимает этот текст; сначала исправьте его.",
    "The builder does not understand this text; put it right first.",
)

VERBS: Final[Mapping[str, Text]] = {
    "notify": Text("Сообщить", "Notify"),
    "add": Text("Добавить в чат", "Add to the chat"),
    "reassign": Text("Передать диалог", "Hand the dialog over"),
    "task": Text("Поставить задачу", "Create a task"),
    "trigger": Text("Запустить триггер", "Fire a trigger"),
    "comment": Text("Написать в ленту сделки", "Comment on the timeline"),
}
TARGETS: Final[Mapping[str, Mapping[str, Text]]] = {
    "notify": {
        "owner": Text("оператору диалога", "the operator of the dialog"),
        "responsible": Text("ответственному", "the responsible"),
        "head": Text("руководителю", "the head"),
        "pool": Text("всем, кому передавать", "everybody of the pool"),
    },
    "add": {"head": Text("руководителя", "the head")},
    "reassign": {
        "line": Text("в очередь линии", "to the queue of the line"),
        "duty": Text("тому, кто на смене", "to whoever is on duty"),
        "pool": Text("из поля «Кому передавать»", "to the field “Hand over to”"),
    },
    "task": {"owner": Text("оператору диалога", "for the operator"), "head": Text("руководителю", "for the head")},
}
