"""The deals of the demo portal: their clients, and what was said in their dialogs. All invented."""

from __future__ import annotations

from sandbox.demo import (
    ACCOUNTING_LINE,
    ANNA,
    DMITRY,
    NEW,
    SUPPORT,
    SUPPORT_LINE,
    WAIT,
    WON,
    WORK,
    Case,
    Dialog,
    Line,
    Said,
)

CASES = (
    Case(
        1,
        Said("Расчёт зарплаты за ноябрь", "Payroll for November"),
        Said("ООО «Ромашка»", "Daisy Ltd"),
        Said("Марина Белова", "Marina Belova"),
        NEW,
        ANNA,
        18_000,
        Dialog(
            "telegrambot",
            ACCOUNTING_LINE,
            ANNA,
            (
                Line(
                    34,
                    "client",
                    Said("Добрый день! Отправила табель за ноябрь.", "Good day! I have sent the November timesheet."),
                ),
                Line(
                    31,
                    "staff",
                    Said("Здравствуйте, Марина! Получили, спасибо.", "Hello Marina! We have it, thank you."),
                ),
                Line(
                    12,
                    "client",
                    Said(
                        "Подскажите, когда будет расчёт? Нужно успеть до пятницы.",
                        "When will the payroll be ready? We need it before Friday.",
                    ),
                ),
            ),
        ),
    ),
    Case(
        2,
        Said("Акт сверки с поставщиком", "Reconciliation with a supplier"),
        Said("ООО «Вектор»", "Vector LLC"),
        Said("Павел Громов", "Pavel Gromov"),
        NEW,
        DMITRY,
        7_500,
        Dialog(
            "whatsappbyedna",
            ACCOUNTING_LINE,
            DMITRY,
            (
                Line(
                    26,
                    "client",
                    Said(
                        "Добрый день, нужен акт сверки за третий квартал.",
                        "Good day, we need a reconciliation act for Q3.",
                    ),
                ),
                Line(
                    22,
                    "staff",
                    Said(
                        "Добрый день! Готовим, пришлём сегодня.",
                        "Good day! We are preparing it and will send it today.",
                    ),
                ),
                Line(
                    5,
                    "client",
                    Said(
                        "Поставщик торопит, получится до обеда?",
                        "The supplier is pressing us, can you make it before lunch?",
                    ),
                ),
            ),
        ),
    ),
    Case(
        3,
        Said("Закрывающие документы за октябрь", "Closing documents for October"),
        Said("АО «Север-Строй»", "North Build JSC"),
        Said("Елена Титова", "Elena Titova"),
        WAIT,
        ANNA,
        12_000,
        Dialog(
            "telegrambot",
            ACCOUNTING_LINE,
            ANNA,
            (
                Line(
                    95,
                    "client",
                    Said("Пришлите, пожалуйста, документы за октябрь.", "Please send us the documents for October."),
                ),
                Line(
                    80,
                    "staff",
                    Said(
                        "Отправила на почту. Проверьте, пожалуйста, всё ли на месте?",
                        "I have sent them by mail. Is everything there?",
                    ),
                ),
            ),
        ),
    ),
    Case(
        4,
        Said("Подключение маркетплейса", "Connecting a marketplace"),
        Said("ИП Лаврова", "Lavrova, sole trader"),
        Said("Софья Лаврова", "Sofya Lavrova"),
        NEW,
        DMITRY,
        25_000,
        Dialog(
            "fbinstagramdirect",
            ACCOUNTING_LINE,
            0,
            (
                Line(
                    8,
                    "client",
                    Said(
                        "Здравствуйте! Ведёте учёт для маркетплейсов? Сколько стоит?",
                        "Hello! Do you keep books for marketplaces? What does it cost?",
                    ),
                ),
            ),
        ),
    ),
    Case(
        5,
        Said("Доступ к личному кабинету", "Access to the client area"),
        Said("ООО «Альфа-Трейд»", "Alpha Trade LLC"),
        Said("Игорь Лебедев", "Igor Lebedev"),
        WORK,
        SUPPORT,
        3_000,
        Dialog(
            "livechat",
            SUPPORT_LINE,
            SUPPORT,
            (
                Line(50, "client", Said("Не могу войти в личный кабинет.", "I cannot log in to the client area.")),
                Line(
                    46,
                    "staff",
                    Said(
                        "Сбросил пароль, новый отправил вам на почту.",
                        "I have reset the password and mailed you a new one.",
                    ),
                ),
                Line(41, "client", Said("Спасибо!", "Thank you!")),
            ),
        ),
    ),
    Case(
        6,
        Said("Справка для банка", "Certificate for a bank"),
        Said("ООО «Кофе и книги»", "Coffee and Books LLC"),
        Said("Тимур Сафин", "Timur Safin"),
        WON,
        DMITRY,
        4_000,
        Dialog(
            "telegrambot",
            ACCOUNTING_LINE,
            DMITRY,
            (
                Line(
                    118,
                    "client",
                    Said("Нужна справка об оборотах для банка.", "We need a turnover certificate for the bank."),
                ),
                Line(
                    110,
                    "staff",
                    Said("Справка готова, отправил файл.", "The certificate is ready, I have sent the file."),
                ),
                Line(104, "client", Said("Всё получили, вопрос решён!", "Got everything, the matter is solved!")),
            ),
            closed=True,
        ),
    ),
    Case(
        7,
        Said("Восстановление учёта", "Restoring the books"),
        Said("ООО «Маяк»", "Lighthouse LLC"),
        Said("Наталья Орлова", "Natalia Orlova"),
        NEW,
        ANNA,
        60_000,
        Dialog(
            "whatsappbyedna",
            ACCOUNTING_LINE,
            ANNA,
            (
                Line(
                    40, "client", Said("Отправила выписки за полгода.", "I have sent bank statements for half a year.")
                ),
                Line(36, "staff", Said("Приняли, начинаем разбирать.", "Received, we are starting to sort them.")),
                Line(
                    20,
                    "client",
                    Said(
                        "Есть ли расхождения? Завтра встреча с инспектором.",
                        "Any discrepancies? I meet the inspector tomorrow.",
                    ),
                ),
            ),
            contact_only=True,
        ),
    ),
    Case(
        8,
        Said("Консультация по патенту", "Advice on a patent"),
        Said("ИП Дубров", "Dubrov, sole trader"),
        Said("Артём Дубров", "Artyom Dubrov"),
        NEW,
        DMITRY,
        2_500,
    ),
)
