"""The demo portal in words: a small accounting firm, its people, its clients and what they write. All invented."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class Said:
    ru: str
    en: str

    def to(self, lang: str) -> str:
        return self.ru if lang == "ru" else self.en


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    name: Said
    last_name: Said
    position: Said
    department: int
    email: str
    gender: str = "F"
    admin: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dialog: minutes before the scenario's present, who says it, what."""

    ago: int
    who: str
    text: Said


@dataclass(frozen=True, slots=True)
class Dialog:
    """``accepted_by`` 0 leaves it in the queue; ``contact_only`` binds it to the contact and not to the deal."""

    connector: str
    line: int
    accepted_by: int
    lines: tuple[Line, ...]
    closed: bool = False
    contact_only: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A deal or an element of the smart process, its client, and their dialog."""

    id: int
    title: Said
    company: Said
    contact: Said
    stage: str
    responsible: int
    opportunity: int
    dialog: Dialog | None = None


DIRECTOR, CHIEF, ANNA, DMITRY, SUPPORT = 1, 7, 8, 9, 12
ACCOUNTING_LINE, SUPPORT_LINE = 22, 24
FUNNEL, PROCESS_TYPE, PROCESS_FUNNEL = 3, 1036, 5
NEW, WORK, WAIT, WON = "C3:NEW", "C3:WORK", "C3:WAIT", "C3:WON"

PEOPLE = (
    Person(
        DIRECTOR,
        Said("Ольга", "Olga"),
        Said("Власова", "Vlasova"),
        Said("Директор", "Director"),
        1,
        "vlasova",
        admin=True,
    ),
    Person(
        CHIEF,
        Said("Ирина", "Irina"),
        Said("Петрова", "Petrova"),
        Said("Главный бухгалтер", "Chief accountant"),
        3,
        "petrova",
    ),
    Person(ANNA, Said("Анна", "Anna"), Said("Смирнова", "Smirnova"), Said("Бухгалтер", "Accountant"), 3, "smirnova"),
    Person(
        DMITRY,
        Said("Дмитрий", "Dmitry"),
        Said("Кузнецов", "Kuznetsov"),
        Said("Бухгалтер", "Accountant"),
        3,
        "kuznetsov",
        "M",
    ),
    Person(
        SUPPORT,
        Said("Сергей", "Sergey"),
        Said("Волков", "Volkov"),
        Said("Специалист поддержки", "Support specialist"),
        5,
        "volkov",
        "M",
    ),
)

BOT = 300
BOT_NAME = Said("Бот-помощник", "Helper bot")

#: id, name, parent, head
DEPARTMENTS = (
    (1, Said("Компания", "Company"), None, DIRECTOR),
    (3, Said("Бухгалтерия", "Accounting"), 1, CHIEF),
    (5, Said("Поддержка", "Support"), 1, SUPPORT),
)

LINE_NAMES = {
    ACCOUNTING_LINE: Said("Бухгалтерия", "Accounting"),
    SUPPORT_LINE: Said("Поддержка 24/7", "Support 24/7"),
}
OFF_HOURS = Said(
    "Спасибо за сообщение! Мы работаем по будням с 9 до 18 и ответим, как только откроемся.",
    "Thank you for your message! We work on weekdays from 9 to 18 and will answer as soon as we open.",
)

#: Quick answers of the accounting line: code and name of a section, then names and texts in it.
QUICK_LIST = 181
QUICK_SECTIONS = (
    (
        "GREETING",
        Said("Приветствие", "Greeting"),
        (
            (Said("Рукопожатие", "Handshake"), Said("🤝", "🤝")),
            (
                Said("Здравствуйте", "Hello"),
                Said("Здравствуйте! Чем можем помочь?", "Hello! How can we help you?"),
            ),
        ),
    ),
    (
        "PAYMENT",
        Said("Оплата", "Payment"),
        (
            (
                Said("Реквизиты", "Bank details"),
                Said("Реквизиты для оплаты отправили на почту.", "We have mailed you the bank details."),
            ),
        ),
    ),
    ("DELIVERY", Said("Доставка", "Delivery"), ()),
    (
        "COMMON",
        Said("Общее", "Common"),
        (
            (
                Said("Уточняем", "Finding out"),
                Said("Уточняем, вернёмся с ответом сегодня.", "We are finding out and will answer today."),
            ),
        ),
    ),
)

FUNNEL_NAME = Said("Обслуживание", "Service")
FUNNEL_STAGES = (
    (NEW, Said("Новый", "New"), "P", "#39A8EF"),
    (WORK, Said("В работе", "In progress"), "P", "#55D0E0"),
    (WAIT, Said("Ждём клиента", "Waiting for client"), "P", "#FFA900"),
    (WON, Said("Закрыт", "Closed"), "S", "#7BD500"),
)
PROCESS_NAME = Said("Сверки", "Reconciliations")
PROCESS_STAGES = (
    ("DT1036_5:NEW", Said("Новая", "New"), "P", "#39A8EF"),
    ("DT1036_5:CLIENT", Said("Ждём документы", "Waiting for papers"), "P", "#FFA900"),
    ("DT1036_5:SUCCESS", Said("Сверено", "Reconciled"), "S", "#7BD500"),
)

LEADS_NAME = Said("Лиды", "Leads")
LEAD_STAGES = (
    ("NEW", Said("Новый лид", "New lead"), "P", "#39A8EF"),
    ("IN_PROCESS", Said("Первый разговор", "First talk"), "P", "#55D0E0"),
    ("CONVERTED", Said("Стал клиентом", "Became a client"), "S", "#7BD500"),
    ("JUNK", Said("Не наш клиент", "Not our client"), "F", "#FF5752"),
)

#: Elements of the smart process: id, title, stage, responsible, and the case whose contact they share.
PROCESS_CASES = (
    (1, Said("Сверка с налоговой: «Вектор»", "Tax reconciliation: Vector"), "DT1036_5:NEW", DMITRY, 2),
    (2, Said("Сверка склада: «Кофе и книги»", "Stock reconciliation: Coffee and Books"), "DT1036_5:CLIENT", ANNA, 6),
)

FOLLOW_UP = Said(
    "Здравствуйте! Подскажите, пожалуйста, удалось посмотреть документы?",
    "Hello! Have you had a chance to look at the documents?",
)


MASK = Said("БС - {company}", "Acc - {company}")


@dataclass(frozen=True, slots=True)
class Placed:
    """A robot on a stage; ``after`` lets it wait for the one before it."""

    code: str
    properties: dict[str, Json]
    after: bool = False


def automation(lang: str) -> dict[tuple[int, str], tuple[Placed, ...]]:
    """Say which robots stand on which stages, by type; they act only if an application has registered them."""
    return {
        (2, NEW): (Placed("dialog_state", {}),),
        (2, WORK): (Placed("escalate_no_reply", {"after_minutes": "30"}),),
        (2, WAIT): (
            Placed("send_message", {"text": FOLLOW_UP.to(lang)}),
            Placed("wait_reply", {"max_minutes": "480"}, after=True),
        ),
        (2, WON): (Placed("close_dialog", {"quiet_minutes": "5"}),),
        (PROCESS_TYPE, "DT1036_5:NEW"): (
            Placed("check_dialog_naming", {"mask": MASK.to(lang), "grace_minutes": "30"}),
        ),
        (PROCESS_TYPE, "DT1036_5:CLIENT"): (
            Placed("working_time", {"operation": "wait_minutes", "amount": "120"}),
            Placed("keep_last_word", {"wait_minutes": "5"}),
        ),
        (1, "NEW"): (Placed("offhours_reply", {"watch_days": "3"}),),
        (1, "IN_PROCESS"): (Placed("assign_operator", {}), Placed("reassign_shift_end", {"lead_minutes": "15"})),
    }
