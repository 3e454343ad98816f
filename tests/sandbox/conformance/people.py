"""People and time: workdays, schedules, absences, users, departments (openlines.md part 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.demo import ANNA, CHIEF, DIRECTOR, DMITRY
from sandbox.people import Workday
from tests.sandbox.conformance.rule import rule
from tests.sandbox.conformance.world import World


@rule("openlines.md 5", "A workday is OPENED, PAUSED, CLOSED, or EXPIRED when it was opened before today and left so")
def workdays(w: World) -> None:
    user = w.portal.people.users[ANNA]
    for state in (Workday.OPENED, Workday.PAUSED, Workday.CLOSED):
        w.portal.people.set_workday(user, state, w.portal.now())
        assert w.admin("timeman.status", USER_ID=ANNA)["STATUS"] == state.value
    w.later(days=1)
    assert w.admin("timeman.status", USER_ID=ANNA)["STATUS"] == "CLOSED"
    assert w.admin("timeman.status", USER_ID=DMITRY)["STATUS"] == "EXPIRED"
    assert "TIME_FINISH_DEFAULT" in w.admin("timeman.status", USER_ID=DMITRY)


@rule(
    "openlines.md 5",
    "Who never opened a day has a status and nothing else; after closing the times are of the last record",
)
def records(w: World) -> None:
    user = w.portal.people.users[ANNA]
    w.portal.people.set_workday(user, Workday.CLOSED, w.portal.now())
    w.later(days=1)
    assert w.admin("timeman.status", USER_ID=ANNA)["TIME_START"].startswith("2026-11-24")
    user.workday_opened_at = None
    assert w.admin("timeman.status", USER_ID=ANNA) == {"STATUS": "CLOSED"}


@rule("openlines.md trap 17", "Others' worktime needs the right to manage it; the refusal has an empty code")
def rights(w: World) -> None:
    assert w.anna("timeman.status")["STATUS"] == "OPENED"
    for method in ("timeman.status", "timeman.settings"):
        assert w.anna.refused(method, USER_ID=DMITRY) == (400, "")
    w.portal.people.users[ANNA].manages_worktime = True
    assert w.anna("timeman.status", USER_ID=DMITRY)["STATUS"] == "OPENED"
    assert w.anna.refused("timeman.status", USER_ID=99) == (400, "")


@rule("openlines.md 5", "UF_TIMEMAN=false means the status says nothing: such an operator is always on shift")
def uncounted(w: World) -> None:
    user = w.portal.people.users[ANNA]
    user.counts_worktime = False
    w.portal.people.set_workday(user, Workday.CLOSED, w.portal.now())
    assert w.admin("timeman.settings", USER_ID=ANNA)["UF_TIMEMAN"] is False
    w.line.check_available, w.line.queue = True, [ANNA]
    w.portal.openlines.closing.close(w.chat, w.session())
    w.say()
    assert w.session().offered_to == ANNA


@rule("openlines.md 5", "Without worktime on the plan its methods are not there", switch="plan_has_timeman")
def plan(w: World) -> None:
    w.portal.switches.plan_has_timeman = False
    assert w.admin.refused("timeman.status") == (404, "ERROR_METHOD_NOT_FOUND")


@rule("openlines.md 5", "A schedule is asked for by its id, which nothing tells; none is an empty list")
def schedules(w: World) -> None:
    (shift,) = w.admin("timeman.schedule.get", id=1)["SHIFTS"]
    assert (shift["WORK_TIME_START"], shift["WORK_TIME_END"], shift["WORK_DAYS"]) == (32_400, 64_800, "12345")
    assert w.admin("timeman.schedule.get", id=2) == []


@rule("openlines.md 5", "Absences of many are one question; a wrong date fails with an empty code")
def absences(w: World) -> None:
    w.portal.office.set_vacation(w.portal.people.users[ANNA], w.portal.now() + timedelta(days=3))
    asked: dict[str, Any] = {"users": [ANNA, DMITRY], "from": "2026-11-25", "to": "2026-11-25"}
    said = w.anna("calendar.accessibility.get", **asked)
    assert [one["ACCESSIBILITY"] for one in said[str(ANNA)]] == ["absent"]
    assert said[str(DMITRY)] == []
    assert w.anna.refused("calendar.accessibility.get", **(asked | {"from": "soon"})) == (400, "")


@rule(
    "openlines.md 5",
    "im.user.list.get tells of many who is active, absent, a bot, a client",
    switch="absence_is_a_moment",
)
def presence(w: World) -> None:
    w.portal.office.set_vacation(w.portal.people.users[ANNA], w.portal.now() + timedelta(days=3))
    asked = [ANNA, DMITRY, 300, w.chat.client_id]
    anna, dmitry, bot, client = w.anna("im.user.list.get", ID=asked)
    assert (anna["absent"], dmitry["absent"]) == ("2026-11-27T11:00:00+03:00", False)
    assert (bot["bot"], client["connector"], client["external_auth_id"]) == (True, True, "imconnector")
    w.portal.switches.absence_is_a_moment = False
    assert w.anna("im.user.list.get", ID=[ANNA])[0]["absent"] == "2026-11-27"


@rule("openlines.md 5", "The company's calendar has hours, holidays, moved workdays and days off, and no time zone")
def company(w: World) -> None:
    w.portal.company.workdays = ["21.11"]
    said = w.anna("calendar.settings.get")
    assert (said["work_time_start"], said["work_time_end"], said["week_holidays"]) == ("9", "18", ["SA", "SU"])
    assert (said["year_holidays"].split(",")[0], said["year_workdays"]) == ("1.01", "21.11")
    assert not [name for name in said if "zone" in name.lower()]


@rule("openlines.md 5", "user.get leaves out bots and clients; filters stand inside FILTER or beside it")
def users(w: World) -> None:
    assert [row["ID"] for row in w.anna("user.get")] == ["1", "7", "8", "9", "12"]
    assert [row["ID"] for row in w.anna("user.get", FILTER={"ID": [7, 8], "ACTIVE": "Y"})] == ["7", "8"]
    assert [row["ID"] for row in w.anna("user.get", UF_DEPARTMENT=5)] == ["12"]


@rule("openlines.md 5", "The last activity is an empty object or a moment", switch="activity_dates_are_objects")
def activity_dates(w: World) -> None:
    assert w.anna("user.current")["LAST_ACTIVITY_DATE"] == {}
    w.portal.switches.activity_dates_are_objects = False
    assert w.anna("user.current")["LAST_ACTIVITY_DATE"] == "2026-11-24T11:00:00+03:00"


@rule("openlines.md 5", "A department names its head, or has no such key; heads and staff come by department")
def departments(w: World) -> None:
    assert w.anna("department.get", ID=3)[0]["UF_HEAD"] == str(CHIEF)
    assert w.anna("im.department.managers.get", ID=[1, 3, 99]) == {"1": [DIRECTOR], "3": [CHIEF]}
    assert w.anna("im.department.employees.get", ID=[3]) == {"3": [CHIEF, ANNA, DMITRY]}
    w.portal.people.departments[3].head = None
    assert "UF_HEAD" not in w.anna("department.get", ID=3)[0]


@rule("openlines.md 5", "Worktime of nobody is refused with an empty code")
def nobody(w: World) -> None:
    for method in ("timeman.status", "timeman.settings"):
        status, said = w.admin.try_(method, USER_ID=777)
        assert (status, said["error"], said["error_description"]) == (400, "", "User not found")
