"""The working times that a robot's settings may name, built from what the portal and its administrators say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never
from zoneinfo import ZoneInfo

from core.bitrix24.command import Command, Reads
from core.bitrix24.wire import as_dict, as_list
from core.dialogs.line import Line
from core.dialogs.view import DialogView
from core.robots.dialog_input import CalendarChoice
from core.robots.fields import Input
from core.texts.text import Text
from core.worktime.calendar import Calendar
from core.worktime.line import from_line
from core.worktime.person import from_person
from core.worktime.portal import from_portal
from core.worktime.schedule import OVERLAY, NoSchedule, Schedule

_COMPANY = Command("calendar.settings.get")


@dataclass(slots=True)
class Calendars:
    """One portal's working times; what was read once is not read again.

    ``schedules`` are those that administrators defined; the one named ``portal`` is laid over all that Bitrix24 knows.
    """

    read: Reads
    zone: ZoneInfo
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    _company: Calendar | None = None

    async def chosen(
        self, given: Input, dialog: DialogView | None, *, by: CalendarChoice | None = None, person_id: int = 0
    ) -> Calendar:
        """Return the working time that the settings name, or that ``by`` names instead; the portal's without a dialog.

        A person is ``person_id`` or the owner of the dialog; an unaccepted dialog goes by its line. Raises NoSchedule.
        """
        code = getattr(given, "calendar_name", "").strip()
        if code and by is None:
            return self.named(code)
        choice = by if by is not None else _named_in(given)
        match choice:
            case CalendarChoice.ALWAYS:
                return Calendar.always(self.zone)
            case CalendarChoice.PERSON if whose := person_id or (dialog.owner_id if dialog is not None else 0):
                return await self.person(whose)
            case CalendarChoice.LINE | CalendarChoice.PERSON:
                line = dialog.line if dialog is not None else None
                return self.line(line) if line is not None else await self.company()
            case CalendarChoice.PORTAL:
                return await self.company()
            case _:
                assert_never(choice)

    def named(self, code: str) -> Calendar:
        schedule = self.schedules.get(code)
        if schedule is None or schedule.week is None:
            raise NoSchedule(
                Text("Нет графика с кодом «{code}».", "There is no schedule with the code “{code}”.").format(code=code)
            )
        return schedule.calendar(self.zone)

    def line(self, line: Line) -> Calendar:
        return self._laid_over(from_line(line.hours, portal_zone=self.zone))

    async def company(self) -> Calendar:
        if self._company is None:
            answers = await self.read({"calendar": _COMPANY})
            self._company = from_portal(as_dict(answers["calendar"].result), zone=self.zone)
        return self._laid_over(self._company)

    async def person(self, user_id: int) -> Calendar:
        """Return the hours of an employee; raises NoSchedule where the portal does not tell who he is."""
        answers = await self.read(
            {
                "user": Command("user.get", {"FILTER": {"ID": [user_id]}}),
                "rules": Command("timeman.settings", {"USER_ID": user_id}),
                "calendar": _COMPANY,
            }
        )
        users = as_list(answers["user"].result) if answers["user"].ok else []
        if not users:
            raise NoSchedule(
                Text(
                    "Портал не сообщает график сотрудника {id}: выберите рабочее время линии или портала.",
                    "The portal does not tell the hours of employee {id}: choose those of the line or of the portal.",
                ).format(id=user_id)
            )
        rules = as_dict(answers["rules"].result) if answers["rules"].ok else {}
        company = from_portal(as_dict(answers["calendar"].result), zone=self.zone)
        return self._laid_over(from_person(as_dict(users[0]), rules, company))

    def _laid_over(self, calendar: Calendar) -> Calendar:
        overlay = self.schedules.get(OVERLAY)
        return overlay.over(calendar) if overlay is not None else calendar


def _named_in(given: Input) -> CalendarChoice:
    choice: CalendarChoice = getattr(given, "calendar", CalendarChoice.PORTAL)
    return choice
