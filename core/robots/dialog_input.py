"""The properties that all robots with a dialog share."""

from __future__ import annotations

import re
from typing import ClassVar

from core.robots.fields import Choice, Input, prop
from core.texts.text import Text
from core.worktime.schedule import CODE


class DialogPick(Choice):
    LATEST_ACTIVE = "latest_active", "Последний открытый", "The latest open one"
    LATEST_ANY = "latest_any", "Последний любой", "The latest of any"
    ALL_ACTIVE = "all_active", "Все открытые", "All open ones"
    BY_LINE = "by_line", "По линии", "By line"


class CalendarChoice(Choice):
    LINE = "line", "Открытой линии", "Of the open line"
    PORTAL = "portal", "Портала", "Of the portal"
    PERSON = "person", "Сотрудника", "Of the person"
    ALWAYS = "always", "Круглосуточно", "Around the clock"


class Mode(Choice):
    INHERIT = "inherit", "Как в настройках", "As in the settings"
    LIVE = "live", "Боевой", "Live"
    DRY = "dry", "Проверка: только показать", "Check: only show"


class DialogInput(Input):
    """Which dialog, whose working time, for real or not, and when the process goes on."""

    #: Whether it can do its work in all open dialogs at once; else it is about one of them.
    takes_all: ClassVar[bool] = True

    dialog_pick: DialogPick = prop(
        DialogPick.LATEST_ACTIVE,
        ru="Какой диалог",
        en="Which dialog",
        help=Text(
            "«Все открытые»: у каждого диалога свой запуск, процессу отвечает запуск последнего.",
            "“All open ones”: each dialog has a run of its own, that of the latest answers the process.",
        ),
    )
    line_ids: str = prop("", ru="Только линии (ID через запятую)", en="Only lines (IDs, comma-separated)")
    channels: str = prop("", ru="Только каналы (через запятую)", en="Only channels (comma-separated)")
    calendar: CalendarChoice = prop(CalendarChoice.LINE, ru="Рабочее время", en="Working time")
    calendar_name: str = prop(
        "",
        ru="Свой график (код)",
        en="Own schedule (code)",
        help=Text("Если заполнено, считаем по нему.", "When filled in, time is counted by it."),
    )
    mode: Mode = prop(Mode.INHERIT, ru="Режим (боевой / проверка)", en="Mode (live / check)")
    wait_result: bool = prop(True, ru="Ждать результата", en="Wait for the result")
    stop_on_stage: bool = prop(True, ru="Остановить при смене стадии", en="Stop when the stage changes")

    @property
    def lines(self) -> tuple[int, ...]:
        return tuple(int(part) for part in _listed(self.line_ids))

    @property
    def around_the_clock(self) -> bool:
        """A schedule that is named wins over the choice, so that all time is alike only without one."""
        return self.calendar is CalendarChoice.ALWAYS and not self.calendar_name.strip()

    @property
    def connectors(self) -> tuple[str, ...]:
        return tuple(_listed(self.channels))

    def problem(self) -> Text | None:
        if any(not re.fullmatch(r"[0-9]{1,9}", part, re.ASCII) for part in _listed(self.line_ids)):
            return Text(
                "«Только линии»: нужны номера линий через запятую, например 1, 4.",
                "“Only lines”: must be line numbers separated by commas, such as 1, 4.",
            )
        if self.dialog_pick is DialogPick.ALL_ACTIVE and not self.takes_all:
            return Text(
                "«Какой диалог»: этот робот возвращает ответ об одном диалоге, а не обо всех сразу.",
                "“Which dialog”: this robot returns an answer about one dialog, not about all of them.",
            )
        if self.calendar_name.strip() and not CODE.fullmatch(self.calendar_name.strip()):
            return Text(
                "«Свой график (код)»: нужен код графика из настроек Дежурного, например support.",
                "“Own schedule (code)”: must be the code of a schedule in Dezhurny's settings, such as support.",
            )
        return None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
