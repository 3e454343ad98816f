"""REST methods of worktime: who is on shift, how strictly it is counted, schedules (openlines.md part 5)."""

from __future__ import annotations

from datetime import timedelta

from sandbox.errors import RestError
from sandbox.people import User, Workday
from sandbox.rest.registry import Call, method
from sandbox.wire import Json, moment


def _user(call: Call) -> User:
    """Find whose worktime is asked; that of others needs the right to manage it, and the error code is empty."""
    if call.given("USER_ID") is None or call.integer("USER_ID") == call.user.id:
        return call.user
    if not (call.user.admin or call.user.manages_worktime):
        raise RestError("", "User does not have access to managing other users work time")
    user = call.portal.people.employee(call.integer("USER_ID"))
    if user is None:
        raise RestError("", "User not found")
    return user


@method("timeman.status", scope="timeman", feature="timeman", params={"USER_ID": "integer"}, seconds=0.05)
def status(call: Call) -> Json:
    """Say the state of a workday; who never opened one has only a status."""
    user, portal = _user(call), call.portal
    opened, zone = user.workday_opened_at, portal.zone
    if opened is None:
        return {"STATUS": "CLOSED"}
    state = user.workday
    if state is Workday.OPENED and opened.astimezone(zone).date() < portal.now().astimezone(zone).date():
        state = Workday.EXPIRED  # opened before today and not closed
    closed = user.workday_closed_at if state is Workday.CLOSED else None
    said: dict[str, Json] = {
        "STATUS": state.value,
        "TIME_START": moment(opened, zone),
        "TIME_FINISH": moment(closed, zone),
        "DURATION": str((closed - opened) if closed else timedelta()).split(".")[0].rjust(8, "0"),
        "TIME_LEAKS": "00:00:00",
        "ACTIVE": state is Workday.OPENED,
        "IP_OPEN": "",
        "IP_CLOSE": "",
        **dict.fromkeys(("LAT_CLOSE", "LAT_OPEN", "LON_CLOSE", "LON_OPEN"), 0),
        "TZ_OFFSET": int((opened.astimezone(zone).utcoffset() or timedelta()).total_seconds()),
    }
    if state is Workday.EXPIRED:
        said["TIME_FINISH_DEFAULT"] = moment(opened.astimezone(zone).replace(hour=18, minute=0, second=0), zone)
    return said


@method("timeman.settings", scope="timeman", feature="timeman", params={"USER_ID": "integer"})
def settings(call: Call) -> Json:
    """Say whether worktime is counted; where it is not, the status means nothing."""
    user = _user(call)
    return {
        "UF_TIMEMAN": user.counts_worktime,
        "UF_TM_FREE": False,
        "UF_TM_MAX_START": "09:15:00",
        "UF_TM_MIN_FINISH": "17:45:00",
        "UF_TM_MIN_DURATION": "08:00:00",
        "UF_TM_ALLOWED_DELTA": "00:15:00",
        "ADMIN": call.user.admin,
    }


#: What a schedule says and nothing here heeds; its rules of violation are all off.
_SCHEDULE: dict[str, Json] = {
    "ALLOWED_DEVICES": {"browser": True},
    "CONTROLLED_ACTIONS": 3,
    "CREATED_BY": 0,
    "DELETED": "0",
    "DELETED_AT": "",
    "DELETED_BY": 0,
    "REPORT_PERIOD": "MONTH",
    "REPORT_PERIOD_OPTIONS": {"START_WEEK_DAY": 0},
    "SCHEDULE_VIOLATION_RULES": [],
    "UPDATED_BY": 1,
    "WORKTIME_RESTRICTIONS": [],
}


@method("timeman.schedule.get", scope="timeman", feature="timeman", params={"id": "integer"})
def schedule(call: Call) -> Json:
    """Give the one schedule of the portal, or an empty list; nobody tells whose schedule it is."""
    if call.integer("id") != 1:
        return []
    return {
        **_SCHEDULE,
        "CREATED_AT": moment(call.portal.start_at, call.portal.zone),
        "ID": 1,
        "NAME": "Для всех сотрудников" if call.portal.lang == "ru" else "For all employees",
        "SCHEDULE_TYPE": "FIXED",
        "CALENDAR_ID": 1,
        "CALENDAR": {"ID": 1, "EXCLUSIONS": [], "NAME": "", "PARENT_CALENDAR_ID": 0, "SYSTEM_CODE": ""},
        "IS_FOR_ALL_USERS": True,
        "SHIFTS": [
            {
                "ID": 1,
                "NAME": "",
                "SCHEDULE_ID": 1,
                "WORK_TIME_START": 9 * 3_600,
                "WORK_TIME_END": 18 * 3_600,
                "BREAK_DURATION": 3_600,
                "WORK_DAYS": "12345",
                "DELETED": False,
            }
        ],
    }
