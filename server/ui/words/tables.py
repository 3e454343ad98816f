"""Headings of the tables that people take along."""

from __future__ import annotations

from typing import Final

from core.texts.text import Text

YES: Final = Text("да", "yes")
NO: Final = Text("нет", "no")

RUN_COLUMNS: Final = (
    Text("Номер запуска", "Run"),
    Text("Начат", "Began"),
    Text("Закончен", "Ended"),
    Text("Длился, с", "Lasted, s"),
    Text("Статус", "Status"),
    Text("Итог", "Outcome"),
    Text("Робот", "Robot"),
    Text("Элемент CRM", "CRM item"),
    Text("Название", "Title"),
    Text("Почему", "Why"),
    Text("Сработает", "Fires"),
    Text("Режим проверки", "Dry run"),
)
