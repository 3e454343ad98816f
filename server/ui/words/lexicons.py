"""Words about lists of words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Слова клиентов", "Words of clients")
ABOUT: Final = Text(
    "По этим спискам роботы понимают короткие сообщения: «спасибо» не ждёт ответа, обещание сотрудника ждёт.",
    "By these lists robots understand short messages: thanks wait for no answer, a promise of an employee does.",
)
HOW: Final = Text(
    "По одной фразе в строке. Звёздочка в конце — любое окончание: «решил*». Пустой список вернёт наш.",
    "A phrase a line. A star at the end is any ending: “solv*”. An empty list brings ours back.",
)
NAMES: Final[Mapping[str, Text]] = {
    "gratitude": Text("Благодарность", "Thanks"),
    "confirmations": Text("Вопрос решён", "The matter is settled"),
    "promises": Text("Обещания сотрудников", "Promises of employees"),
}
USES: Final[Mapping[str, Text]] = {
    "gratitude": Text(
        "Сообщение только из этих слов ответа не требует.", "A message of nothing but these words wants no answer."
    ),
    "confirmations": Text(
        "Разрешает закрыть диалог, если робот ждёт подтверждения.",
        "Lets a robot close the dialog when it waits for a confirmation.",
    ),
    "promises": Text(
        "После таких слов клиент ждёт нас, хотя последнее сообщение наше.",
        "After these the client waits for us although the last message is ours.",
    ),
}
OWN: Final = Text("свой список", "own list")
SHIPPED: Final = Text("наш список", "our list")
BACK: Final = Text("Вернуть наш", "Bring ours back")
BACK_ASK: Final = Text("Вернуть наш список?", "Bring our list back?")
BACK_TEXT: Final = Text("Ваш список будет удалён.", "Your list is deleted.")

TRY: Final = Text("Проверить сообщение", "Try a message")
MESSAGE: Final = Text("Сообщение", "Message")
BEFORE: Final = Text("Что мы писали перед ним (необязательно)", "What we wrote before it (may be left out)")
MESSAGE_HINT: Final = Text("Спасибо, всё получили!", "Thanks, got everything!")
BEFORE_HINT: Final = Text("Вопрос решён?", "Is it solved?")
TRIED: Final = Text("Клиент пишет это: ", "A client writes this: ")
TRIED_PROMISE: Final = Text(
    "Сотрудник пишет это: обещание по словам «{words}»", "An employee writes this: a promise by the words “{words}”"
)
TRIED_NO_PROMISE: Final = Text("Сотрудник пишет это: не обещание", "An employee writes this: no promise")
NOTHING_TRIED: Final = Text(
    "Напишите сообщение, и здесь будет видно, как его понимают.", "Write a message to see how it is understood."
)
UNSAVED: Final = Text("Проверяется и то, что ещё не сохранено.", "What is not saved yet is tried, too.")

MEANINGS: Final[Mapping[str, Text]] = {
    "question": Text("вопрос, нужен ответ", "a question that wants an answer"),
    "gratitude": Text("благодарность, ответ не нужен", "thanks, no answer is owed"),
    "confirmation": Text("подтверждение, что вопрос решён", "a confirmation that the matter is settled"),
    "number": Text("число, нужен ответ", "a number that wants an answer"),
    "file": Text("файл, нужен ответ", "a file that wants an answer"),
    "other": Text("сообщение, нужен ответ", "a message that wants an answer"),
}
