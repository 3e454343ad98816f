"""People, worktime, calendar, tasks and notifications through REST: openlines.md parts 5 and 6."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sandbox.demo import ANNA, CHIEF, DIRECTOR, DMITRY
from sandbox.office import Absence
from sandbox.people import Workday
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker


def anna(portal: Portal) -> Asker:
    return Asker(portal, portal.people.users[ANNA])


# Users ----------------------------------------------------------------------------------------------------------------


def test_bots_and_clients_are_no_users(ask: Asker) -> None:
    assert [row["ID"] for row in ask("user.get")] == ["1", "7", "8", "9", "12"]


@pytest.mark.parametrize(
    ("params", "ids"),
    [
        ({"FILTER": {"ID": [7, 8]}}, ["7", "8"]),
        ({"FILTER": {"UF_DEPARTMENT": 3}}, ["7", "8", "9"]),
        ({"FILTER": {"ACTIVE": "true"}, "sort": "ID", "order": "DESC"}, ["12", "9", "8", "7", "1"]),
        ({"ID": 9}, ["9"]),
        ({"FILTER": {"IS_ONLINE": "N"}}, []),
    ],
)
def test_users_are_filtered(ask: Asker, params: dict[str, Any], ids: list[str]) -> None:
    assert [row["ID"] for row in ask("user.get", **params)] == ids


def test_the_current_user(portal: Portal) -> None:
    said = anna(portal)("user.current")
    assert (said["ID"], said["UF_DEPARTMENT"], said["TIME_ZONE"]) == (str(ANNA), [3], "Europe/Moscow")


def test_departments_and_their_heads(portal: Portal, ask: Asker) -> None:
    assert ask("department.get", ID=3) == [
        {"ID": "3", "NAME": "Бухгалтерия", "SORT": 500, "PARENT": "1", "UF_HEAD": str(CHIEF)}
    ]
    portal.people.departments[3].head = None
    assert "UF_HEAD" not in ask("department.get", ID=3)[0]
    assert ask("im.department.managers.get", ID=[1, 3, 99]) == {"1": [DIRECTOR]}


def test_the_messenger_tells_presence_of_many_at_once(portal: Portal, ask: Asker) -> None:
    portal.people.users[ANNA].absent_until = portal.now() + timedelta(days=3)
    first, second = ask("im.user.list.get", ID=[ANNA, DMITRY, 9999])
    assert (first["absent"], second["absent"]) == ("2026-11-27T11:00:00+03:00", False)
    assert (first["status"], first["connector"], first["bot"]) == ("online", False, False)


# Worktime -------------------------------------------------------------------------------------------------------------


def set_workday(portal: Portal, user: int, state: Workday) -> None:
    portal.people.set_workday(portal.people.users[user], state, portal.now())


@pytest.mark.parametrize("state", [Workday.OPENED, Workday.PAUSED, Workday.CLOSED])
def test_the_state_of_a_workday(portal: Portal, ask: Asker, state: Workday) -> None:
    set_workday(portal, ANNA, state)
    assert ask("timeman.status", USER_ID=ANNA)["STATUS"] == state.value


def test_a_forgotten_workday_is_expired(portal: Portal, ask: Asker) -> None:
    portal.clock.advance(timedelta(days=1))
    said = ask("timeman.status", USER_ID=ANNA)
    assert (said["STATUS"], said["TIME_FINISH_DEFAULT"]) == ("EXPIRED", "2026-11-24T18:00:00+03:00")


def test_who_never_opened_a_day_has_only_a_state(portal: Portal, ask: Asker) -> None:
    portal.people.users[ANNA].workday_opened_at = None
    assert ask("timeman.status", USER_ID=ANNA) == {"STATUS": "CLOSED"}


def test_worktime_of_others_needs_a_right_and_the_code_is_empty(portal: Portal) -> None:
    """Trap 17."""
    assert anna(portal)("timeman.status")["STATUS"] == "OPENED"
    assert anna(portal).refused("timeman.status", USER_ID=DMITRY) == (400, "")
    portal.people.users[ANNA].manages_worktime = True
    assert anna(portal)("timeman.status", USER_ID=DMITRY)["STATUS"] == "OPENED"
    assert anna(portal).refused("timeman.settings", USER_ID=9999) == (400, "")


def test_worktime_that_is_not_counted(portal: Portal, ask: Asker) -> None:
    portal.people.users[ANNA].counts_worktime = False
    assert ask("timeman.settings", USER_ID=ANNA)["UF_TIMEMAN"] is False


def test_schedules(ask: Asker) -> None:
    shift = ask("timeman.schedule.get", id=1)["SHIFTS"][0]
    assert (shift["WORK_TIME_START"], shift["WORK_TIME_END"], shift["WORK_DAYS"]) == (32_400, 64_800, "12345")
    assert ask("timeman.schedule.get", id=2) == []


# Calendar -------------------------------------------------------------------------------------------------------------


def test_hours_of_the_company(ask: Asker) -> None:
    said = ask("calendar.settings.get")
    assert (said["work_time_start"], said["work_time_end"], said["week_holidays"]) == ("9", "18", ["SA", "SU"])


def test_absences(portal: Portal, ask: Asker) -> None:
    start = portal.now() + timedelta(days=2)
    portal.office.absences.append(Absence(ANNA, "Отпуск", start, start + timedelta(days=5)))
    said = ask("calendar.accessibility.get", users=[ANNA, DMITRY], **{"from": "2026-11-26", "to": "2026-11-27"})
    assert [one["ACCESSIBILITY"] for one in said[str(ANNA)]] == ["absent"]
    assert said[str(DMITRY)] == []
    later = ask("calendar.accessibility.get", users=[ANNA], **{"from": "2026-12-10", "to": "2026-12-11"})
    assert later == {str(ANNA): []}
    wrong: dict[str, Any] = {"from": "tomorrow", "to": "2026-12-11"}
    assert ask.refused("calendar.accessibility.get", users=[ANNA], **wrong) == (400, "")


# Tasks and notifications ----------------------------------------------------------------------------------------------


def test_tasks(portal: Portal, ask: Asker) -> None:
    fields: dict[str, Any] = {
        "TITLE": "Answer",
        "RESPONSIBLE_ID": ANNA,
        "UF_CRM_TASK": ["D_1"],
        "DEADLINE": "2026-11-24T18:00:00+03:00",
    }
    task = ask("tasks.task.add", fields=fields)["task"]
    assert (task["title"], task["responsibleId"], task["ufCrmTask"], task["status"]) == (
        "Answer",
        str(ANNA),
        ["D_1"],
        "2",
    )
    assert ask("tasks.task.update", taskId=task["id"], fields={"STATUS": 5})["task"]["status"] == "5"
    changed: dict[str, Any] = {"TITLE": "Answer now", "DESCRIPTION": "d", "DEADLINE": "", "RESPONSIBLE_ID": DMITRY}
    again = ask("tasks.task.update", taskId=task["id"], fields=changed)["task"]
    assert (again["title"], again["description"], again["deadline"], again["responsibleId"]) == (
        "Answer now",
        "d",
        None,
        str(DMITRY),
    )
    open_ones = ask("tasks.task.list", filter={"!STATUS": 5, "UF_CRM_TASK": "D_1"})["tasks"]
    assert open_ones == []
    found = ask("tasks.task.list", filter={"UF_CRM_TASK": "D_1"}, select=["ID", "STATUS"])["tasks"]
    assert found == [{"id": task["id"], "status": "5"}]
    assert ask("tasks.task.get", taskId=task["id"], select=["TITLE"])["task"]["title"] == "Answer now"


@pytest.mark.parametrize("fields", [{"RESPONSIBLE_ID": ANNA}, {"TITLE": "x"}, {"TITLE": "x", "RESPONSIBLE_ID": 501}])
def test_a_task_needs_a_title_and_someone(ask: Asker, fields: dict[str, Any]) -> None:
    assert ask.refused("tasks.task.add", fields=fields) == (400, "ERROR_CORE")
    assert ask.refused("tasks.task.get", taskId=1) == (400, "ERROR_CORE")


def test_a_notification_with_the_same_tag_replaces_the_earlier(portal: Portal, ask: Asker) -> None:
    for text in ("first", "second"):
        assert ask("im.notify.system.add", USER_ID=ANNA, MESSAGE=text, TAG="ol|301|x") > 0
    ask("im.notify.personal.add", USER_ID=ANNA, MESSAGE="mine", TAG="other")
    assert [one.text for one in portal.office.notifications] == ["local.1\nsecond", "mine"]
    assert [one.author for one in portal.office.notifications] == [0, DIRECTOR]


def test_nobody_to_notify_is_false(ask: Asker) -> None:
    assert ask("im.notify.system.add", USER_ID=9999, MESSAGE="x") is False
    assert ask.refused("im.notify.system.add", USER_ID="0$result[x]", MESSAGE="x") == (400, "USER_ID_EMPTY")
    assert ask.refused("im.notify.system.add", USER_ID=ANNA) == (400, "MESSAGE_EMPTY")
