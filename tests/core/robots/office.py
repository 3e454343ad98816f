"""The portal of the dialog tests with employees in it: departments, heads, working days, loads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.wire import as_dict, as_int, as_list
from tests.contracts.methods import violations_of
from tests.core.dialogs.portal import ANNA, CLIENT, USERS, Portal, php_int

BORIS, VERA, GLEB, CHIEF, ADMIN = 31, 33, 35, 5, 1


@dataclass
class Employee:
    """``workday``: a status of timeman, or None for a day that was never opened."""

    id: int
    name: str
    departments: tuple[int, ...] = (7,)
    active: bool = True
    absent: Json = False
    bot: bool = False
    workday: str | None = "OPENED"
    counts_worktime: bool = True
    dialogs: int = 0
    not_accepted: int = 0
    tasks: int = 0
    began_at: str = ""
    ended_at: str = ""
    zone: str = ""


@dataclass
class Department:
    id: int
    head: int = 0
    parent: int = 0


def _staff() -> dict[int, Employee]:
    staff = [
        Employee(ADMIN, "Ольга Власова", (2,)),
        Employee(CHIEF, "Пётр Главный", (7,)),
        Employee(ANNA, "Анна Петрова"),
        Employee(BORIS, "Борис Орлов"),
        Employee(VERA, "Вера Белова"),
        Employee(GLEB, "Глеб Титов"),
    ]
    return {person.id: person for person in staff}


@dataclass
class Office(Portal):
    """Anna, Boris, Vera and Gleb work in department 7, which the chief heads; the administrator heads the company."""

    staff: dict[int, Employee] = field(default_factory=_staff)
    departments: dict[int, Department] = field(
        default_factory=lambda: {2: Department(2, head=ADMIN), 7: Department(7, head=CHIEF, parent=2)}
    )
    #: False: the token's user may not manage working time of others.
    manages_time: bool = True
    #: False: an old core, which leaves heads out of department.get.
    tells_heads: bool = True
    calendar: dict[str, Json] = field(default_factory=lambda: {"work_time_start": "9", "work_time_end": "18"})
    members: dict[int, list[Json]] = field(default_factory=dict)
    #: The one schedule of the portal, by the number 1.
    schedule: Json = None
    #: The list of quick answers, as lists.* give it.
    sections: list[Json] = field(default_factory=list)
    quick: list[Json] = field(default_factory=list)
    client_name: str = "Гость"

    async def __call__(self, commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        assert violations_of(commands) == []
        assert len(commands) <= 50
        return await super().__call__(commands, halt=halt)

    @property
    def requests(self) -> int:
        return len(self.journal)

    def _answer(self, method: str, params: Mapping[str, Json]) -> Answer:
        methods: dict[str, Callable[[Mapping[str, Json]], Answer]] = {
            "im.user.list.get": self._users,
            "user.get": self._accounts,
            "lists.element.get": lambda asked: Answer(result=self.quick if not asked.get("start") else []),
            "lists.section.get": lambda _: Answer(result=self.sections),
            "timeman.status": self._workday,
            "timeman.settings": self._counts,
            "department.get": self._department,
            "im.department.managers.get": self._managers,
            "im.department.employees.get": self._employees,
            "calendar.settings.get": lambda _: Answer(result=dict(self.calendar)),
            "tasks.task.list": self._open_tasks,
            "timeman.schedule.get": lambda asked: Answer(result=self.schedule if asked["id"] == 1 else []),
            "im.chat.user.list": lambda asked: Answer(result=self.members.get(php_int(asked["CHAT_ID"]), [])),
        }
        if method in self.refused:
            return Answer(error=self.refused[method], description="refused by the test")
        if method == "crm.activity.list" and "RESPONSIBLE_ID" in as_dict(params["filter"]):
            person = self.staff.get(php_int(as_dict(params["filter"])["RESPONSIBLE_ID"]))
            waiting = "RESULT_STATUS" in as_dict(params["filter"])
            return Answer(result=[], total=(person.not_accepted if waiting else person.dialogs) if person else 0)
        if method in methods:
            return methods[method](params)
        answer = super()._answer(method, params)
        if answer.ok and method in {"im.dialog.messages.get", "imopenlines.session.history.get"}:
            return replace(answer, result=as_dict(answer.result) | {"users": self._known_users()})
        return answer

    def _known_users(self) -> Json:
        """The client under the name of this office, the bot, and everybody who works here."""
        strangers: list[Json] = [{**user, "name": self.client_name} if user["id"] == CLIENT else user for user in USERS]
        staff: list[Json] = [
            {"id": one.id, "name": one.name, "bot": one.bot, "connector": False} for one in self.staff.values()
        ]
        return [*strangers, *staff]

    def _users(self, params: Mapping[str, Json]) -> Answer:
        known = [self.staff[number] for raw in as_list(params["ID"]) if (number := php_int(raw)) in self.staff]
        return Answer(
            result=[
                {
                    "id": person.id,
                    "name": person.name,
                    "first_name": person.name.partition(" ")[0],
                    "last_name": person.name.partition(" ")[2],
                    "work_position": "Оператор",
                    "active": person.active,
                    "absent": person.absent,
                    "bot": person.bot,
                    "departments": [*person.departments],
                }
                for person in known
            ]
        )

    def _accounts(self, params: Mapping[str, Json]) -> Answer:
        asked = [php_int(raw) for raw in as_list(as_dict(params["FILTER"])["ID"])]
        known = [self.staff[number] for number in asked if number in self.staff]
        return Answer(
            result=[
                {
                    "ID": str(person.id),
                    "NAME": person.name.partition(" ")[0],
                    "LAST_NAME": person.name.partition(" ")[2],
                    "TIME_ZONE": person.zone,
                    "USER_TYPE": "employee",
                }
                for person in known
            ]
        )

    def _worker(self, params: Mapping[str, Json]) -> Employee | Answer:
        if not self.manages_time:
            return Answer(error="", description="User does not have access to managing other users work time")
        return self.staff.get(php_int(params["USER_ID"])) or Answer(error="", description="User not found")

    def _workday(self, params: Mapping[str, Json]) -> Answer:
        person = self._worker(params)
        if isinstance(person, Answer):
            return person
        status = person.workday if person.workday and person.counts_worktime else "CLOSED"
        times: dict[str, Json] = {"TIME_START": person.began_at, "TIME_FINISH": person.ended_at}
        return Answer(result={"STATUS": status, **{name: at for name, at in times.items() if at}})

    def _open_tasks(self, params: Mapping[str, Json]) -> Answer:
        person = self.staff.get(php_int(as_dict(params["filter"]).get("RESPONSIBLE_ID")))
        return Answer(result={"tasks": []}, total=person.tasks if person else 0)

    def _counts(self, params: Mapping[str, Json]) -> Answer:
        person = self._worker(params)
        return person if isinstance(person, Answer) else Answer(result={"UF_TIMEMAN": person.counts_worktime})

    def _department(self, params: Mapping[str, Json]) -> Answer:
        if "PARENT" in params:
            rows = [one for one in self.departments.values() if one.parent == php_int(params["PARENT"])]
        else:
            rows = [one for one in self.departments.values() if one.id == php_int(params["ID"])]
        return Answer(result=[self._row(one) for one in rows])

    def _row(self, one: Department) -> Json:
        row: dict[str, Json] = {"ID": str(one.id), "NAME": f"Отдел {one.id}"}
        row |= {"PARENT": str(one.parent)} if one.parent else {}
        return row | ({"UF_HEAD": str(one.head)} if one.head and self.tells_heads else {})

    def _managers(self, params: Mapping[str, Json]) -> Answer:
        asked = [self.departments[n] for raw in as_list(params["ID"]) if (n := as_int(raw)) in self.departments]
        return Answer(result={str(one.id): [one.head] for one in asked if one.head} or [])

    def _employees(self, params: Mapping[str, Json]) -> Answer:
        return Answer(
            result={
                str(raw): [person.id for person in self.staff.values() if as_int(raw) in person.departments]
                for raw in as_list(params["ID"])
            }
        )


COLLEAGUES: Final = (ANNA, BORIS, VERA, GLEB)
