"""People of the portal: employees, clients, departments, and who has an open workday."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

RIGHTS = ("reads_crm", "joins_lines", "manages_lines", "rates_dialogs", "saves_quick_answers", "manages_worktime")


class Workday(StrEnum):
    OPENED = "OPENED"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"
    EXPIRED = "EXPIRED"


@dataclass(slots=True)
class User:
    """An employee, a bot, or a client who writes through a connector.

    ``reads_crm``, ``joins_lines``, ``manages_lines``, ``rates_dialogs``, ``saves_quick_answers`` and
    ``manages_worktime`` are the rights that decide about REST calls (openlines.md parts 3 and 5); an administrator has
    them all. ``uses_app`` is the access to the installed application (platform.md 3.6).
    """

    id: int
    name: str
    last_name: str = ""
    position: str = ""
    departments: tuple[int, ...] = ()
    email: str = ""
    admin: bool = False
    active: bool = True
    external_auth_id: str = "default"
    time_zone: str = ""
    gender: str = ""
    reads_crm: bool = True
    joins_lines: bool = False
    manages_lines: bool = False
    rates_dialogs: bool = False
    saves_quick_answers: bool = True
    manages_worktime: bool = False
    uses_app: bool = True
    counts_worktime: bool = True
    absent_until: datetime | None = None
    workday: Workday = Workday.CLOSED
    workday_opened_at: datetime | None = None
    workday_closed_at: datetime | None = None

    @property
    def full_name(self) -> str:
        return f"{self.name} {self.last_name}".strip()

    @property
    def on_shift(self) -> bool:
        """Tell whether open lines take him for present; who is not counted always is (openlines.md part 5)."""
        return self.workday is Workday.OPENED or not self.counts_worktime

    @property
    def is_client(self) -> bool:
        return self.external_auth_id == "imconnector"

    @property
    def is_bot(self) -> bool:
        return self.external_auth_id == "bot"

    @property
    def is_employee(self) -> bool:
        return not self.is_client and not self.is_bot


@dataclass(slots=True)
class Department:
    id: int
    name: str
    parent: int | None = None
    head: int | None = None


@dataclass(slots=True)
class People:
    users: dict[int, User] = field(default_factory=dict)
    departments: dict[int, Department] = field(default_factory=dict)

    def get(self, user_id: int) -> User | None:
        return self.users.get(user_id)

    def employees(self) -> list[User]:
        return [user for user in self.users.values() if user.is_employee]

    def employee(self, user_id: int) -> User | None:
        """Return an active employee; bots and clients are none."""
        user = self.users.get(user_id)
        return user if user and user.is_employee and user.active else None

    def path_of(self, department: Department) -> list[str]:
        """Name a department and those above it, itself first."""
        names: list[str] = []
        here: Department | None = department
        while here is not None and len(names) < len(self.departments):
            names.append(here.name)
            here = self.departments.get(here.parent or 0)
        return names

    def first_admin(self) -> User:
        return self._admins()[0]

    def only_admin(self) -> User | None:
        admins = self._admins()
        return admins[0] if len(admins) == 1 else None

    def _admins(self) -> list[User]:
        return [user for user in self.users.values() if user.admin and user.active]

    def set_workday(self, user: User, state: Workday, at: datetime) -> None:
        if state is Workday.OPENED and user.workday is not Workday.PAUSED:
            user.workday_opened_at, user.workday_closed_at = at, None
        if state is Workday.CLOSED:
            user.workday_closed_at = at
        user.workday = state
