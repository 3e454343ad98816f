"""The leads of the demo portal: who asks for the first time, and what is said. All invented."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.demo import ACCOUNTING_LINE, ANNA, DMITRY, Dialog, Line, Said


@dataclass(frozen=True, slots=True)
class Lead:
    id: int
    title: Said
    person: Said
    stage: str
    responsible: int
    dialog: Dialog


LEADS = (
    Lead(
        1,
        Said("Заявка с сайта: учёт для ИП", "Request from the site: books for a trader"),
        Said("Кирилл Носов", "Kirill Nosov"),
        "NEW",
        ANNA,
        Dialog(
            "livechat",
            ACCOUNTING_LINE,
            0,
            (
                Line(
                    4,
                    "client",
                    Said("Здравствуйте! Возьмёте на учёт ИП на патенте?", "Hello! Do you keep books for sole traders?"),
                ),
            ),
        ),
    ),
    Lead(
        2,
        Said("Звонок: нулевая отчётность", "A call: zero reports"),
        Said("Римма Гончар", "Rimma Gonchar"),
        "IN_PROCESS",
        DMITRY,
        Dialog(
            "telegrambot",
            ACCOUNTING_LINE,
            DMITRY,
            (
                Line(
                    64, "client", Said("Нужно сдать нулевую отчётность за год.", "We need zero reports for the year.")
                ),
                Line(
                    60,
                    "staff",
                    Said(
                        "Сделаем. Пришлите, пожалуйста, карточку компании.",
                        "We will do it. Please send us the details of your company.",
                    ),
                ),
            ),
        ),
    ),
)
