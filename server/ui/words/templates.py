"""Words of ready texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.texts.text import Text

TITLE: Final = Text("Шаблоны сообщений", "Message templates")
ABOUT: Final = Text(
    "Тексты, на которые ссылаются роботы: укажите код шаблона или название быстрого ответа в поле «Быстрый ответ».",
    "Texts that robots refer to: put the code of a template or the title of a quick answer into “Quick reply”.",
)
NEW: Final = Text("Новый шаблон", "New template")
NAME: Final = Text("Название", "Name")
CODE: Final = Text("Код", "Code")
CODE_HELP: Final = Text("Латинские буквы, цифры, подчёркивание: thanks.", "Latin letters, digits, underscores: thanks.")
TEXT: Final = Text("Текст", "Text")
VERSIONS: Final = Text("Варианты", "Versions")
CHANGED: Final = Text("Изменён", "Changed")
EMPTY_TITLE: Final = Text("Своих шаблонов нет", "No templates of your own")
EMPTY: Final = Text(
    "Роботы пишут текст из своих настроек или быстрый ответ линии. Свой шаблон нужен, когда один текст нужен "
    "нескольким роботам или звучит по-разному в разных каналах.",
    "Robots write the text of their settings or a quick answer of the line. You need a template when several robots "
    "need one text, or when it differs by channel.",
)

ANSWERS: Final = Text("Быстрые ответы портала", "Quick answers of the portal")
ANSWERS_ABOUT: Final = Text(
    "Их ведут сами операторы в открытых линиях. Робот находит ответ по названию или по разделу.",
    "Operators keep them in open channels. A robot finds an answer by its title or its section.",
)
ANSWERS_EMPTY: Final = Text("Быстрых ответов нет, или вам их не видно.", "There are none, or you do not see them.")
ANSWERS_AWAY: Final = Text("Портал сейчас не отвечает.", "The portal does not answer now.")
ANSWERS_LOADING: Final = Text("Спрашиваем портал…", "Asking the portal…")
ANSWER: Final = Text("Ответ", "Answer")
LINE: Final = Text("Линия", "Channel line")
SECTION: Final = Text("Раздел", "Section")

BACK: Final = Text("Все шаблоны", "All templates")
MAIN: Final = Text("Основной текст", "Main text")
VERSION: Final = Text("Вариант", "Version")
VERSIONS_ABOUT: Final = Text(
    "Вместо основного текста — для канала, языка линии или того и другого.",
    "In the place of the main text: for a channel, a language of the line, or both.",
)
CHANNEL: Final = Text("Канал", "Channel")
ANY_CHANNEL: Final = Text("любой", "any")
LANGUAGE: Final = Text("Язык линии", "Language of the line")
ANY_LANGUAGE: Final = Text("любой", "any")
ADD: Final = Text("Добавить вариант", "Add a version")
REMOVE: Final = Text("Убрать вариант", "Take the version away")
SAVE: Final = Text("Сохранить", "Save")
DELETE: Final = Text("Удалить", "Delete")
DELETE_ASK: Final = Text("Удалить шаблон?", "Delete the template?")
DELETE_TEXT: Final = Text(
    "Роботы, в которых указан его код, отправят текст из своих настроек.",
    "Robots that name its code send the text of their settings.",
)
RESERVED: Final = Text("это слово занято, назовите иначе", "this word is taken, choose another")
TOO_MANY: Final = Text("Шаблонов не больше 500.", "There may be 500 templates at most.")
PLACES: Final[Mapping[str, Text]] = {"name": NAME, "code": CODE, "text": MAIN, "variants": VERSION}

INSERT: Final = Text("Подстановки", "Places to fill in")
INSERT_ABOUT: Final = Text(
    "Щёлкните — встанет туда, где курсор. В кавычках — что написать, если данных нет.",
    "Click one to put it where the cursor is. In quotes: what to write when nothing is known.",
)
OTHERS: Final = Text(
    "И любое поле: deal, lead, contact, company, item — {deal.title}, {contact.uf_crm_123}.",
    "And any field: deal, lead, contact, company, item, such as {deal.title} or {contact.uf_crm_123}.",
)
PREVIEW: Final = Text("Как увидит клиент", "What the client sees")
SAMPLE: Final = Text("На вымышленных данных.", "With made-up data.")
MISSING: Final = Text(
    "Не видно: {parts}. Это только совет: приветствие, суть, что делать и завершение.",
    "Not found: {parts}. It is only advice: a greeting, the essence, what to do, and an ending.",
)
ON_DEAL: Final = Text("На карточке «{title}»: {which}.", "With “{title}”: {which}.")
CHOSEN_MAIN: Final = Text("основной текст", "the main text")
CHOSEN_VERSION: Final = Text("вариант «{version}»", "the version “{version}”")
CHOOSE: Final = Text("Проверить на сделке", "Try with a deal")
UNCHOOSE: Final = Text("На вымышленных данных", "With made-up data")
NO_DIALOG: Final = Text("Проверить нельзя: {why}", "It cannot be tried: {why}")

#: What is offered: a place with its default, and what it is.
OFFERED: Final[tuple[tuple[str, Text | None, Text], ...]] = (
    ("client.first_name", Text("коллеги", "there"), Text("Имя клиента", "First name of the client")),
    ("client.name", Text("клиент", "client"), Text("Имя и фамилия клиента", "Name of the client")),
    ("company", Text("ваша компания", "your company"), Text("Компания клиента", "Company of the client")),
    ("operator.first_name", None, Text("Имя оператора", "First name of the operator")),
    ("operator.name", None, Text("Оператор", "Operator")),
    ("line.name", None, Text("Открытая линия", "Open channel")),
    ("deal.title", None, Text("Название сделки", "Title of the deal")),
    ("calendar.next_open", None, Text("Когда откроемся", "When we open")),
)
#: Made-up values for the preview.
SAMPLES: Final[Mapping[str, Text]] = {
    "client.first_name": Text("Анна", "Anna"),
    "client.last_name": Text("Соколова", "Fields"),
    "client.name": Text("Анна Соколова", "Anna Fields"),
    "contact.first_name": Text("Анна", "Anna"),
    "contact.name": Text("Анна", "Anna"),
    "contact.last_name": Text("Соколова", "Fields"),
    "company": Text("ООО «Ромашка»", "Daisy Ltd"),
    "company.title": Text("ООО «Ромашка»", "Daisy Ltd"),
    "operator.name": Text("Борис Ким", "Boris Kim"),
    "operator.first_name": Text("Борис", "Boris"),
    "operator.last_name": Text("Ким", "Kim"),
    "operator.position": Text("менеджер", "manager"),
    "line.name": Text("Поддержка", "Support"),
    "deal.title": Text("Заказ № 1042", "Order 1042"),
    "calendar.next_open": Text("завтра в 9:00", "tomorrow at 9:00"),
}
#: Connectors of Bitrix24 that most portals know, by the codes that dialogs name.
CHANNELS: Final[Mapping[str, Text]] = {
    "livechat": Text("Онлайн-чат", "Live chat"),
    "telegrambot": Text("Telegram", "Telegram"),
    "whatsappbytwilio": Text("WhatsApp (Twilio)", "WhatsApp (Twilio)"),
    "whatsappbyedna": Text("WhatsApp (edna)", "WhatsApp (edna)"),
    "viber": Text("Viber", "Viber"),
    "vkgroup": Text("ВКонтакте", "VK"),
    "avito": Text("Авито", "Avito"),
    "facebook": Text("Facebook", "Facebook"),
    "fbinstagramdirect": Text("Instagram Direct", "Instagram Direct"),
    "network": Text("Битрикс24 Network", "Bitrix24 Network"),
}
LANGUAGES: Final = ("ru", "en", "kz", "de", "fr", "la", "pl", "tr", "ua", "br")
