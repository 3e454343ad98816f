"""REST methods of users and departments."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.people import User, Workday
from sandbox.php import to_text
from sandbox.portal import Portal
from sandbox.rest.lists import Row, ordered, picked, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json, moment

_BLANK = ("PERSONAL_BIRTHDAY", "PERSONAL_CITY", "PERSONAL_MOBILE", "PERSONAL_WWW", "UF_EMPLOYMENT_DATE", "WORK_PHONE")


def _row(portal: Portal, user: User) -> Row:
    """Say a user in upper-case fields (openlines.md part 5)."""
    return {
        "ID": str(user.id),
        "ACTIVE": user.active,
        "EMAIL": user.email,
        "NAME": user.name,
        "LAST_NAME": user.last_name,
        "SECOND_NAME": "",
        "WORK_POSITION": user.position,
        "PERSONAL_GENDER": user.gender,
        "IS_ONLINE": "Y" if user.workday is Workday.OPENED else "N",
        "LAST_ACTIVITY_DATE": _last_activity(portal, user),
        "TIMESTAMP_X": {},
        "TIME_ZONE": user.time_zone,
        "UF_DEPARTMENT": list(user.departments),
        "UF_TIMEMAN": "Y" if user.counts_worktime else "N",
        "USER_TYPE": "employee",
        "DATE_REGISTER": moment(portal.start_at, portal.zone),
        "LAST_LOGIN": moment(user.workday_opened_at, portal.zone) or "",
        **dict.fromkeys(_BLANK, ""),
    }


def _last_activity(portal: Portal, user: User) -> Json:
    """Documented samples give an empty object, or a moment (openlines.md part 5)."""
    if portal.switches.activity_dates_are_objects:
        return {}
    return moment(portal.now() if user.on_shift else user.workday_closed_at, portal.zone) or ""


@method(
    "user.get",
    scope="user",
    params={
        "FILTER": "string",
        "select": "array",
        "sort": "string",
        "order": "string",
        "start": "integer",
        "ADMIN_MODE": "boolean",
        "IMAGE_RESIZE": "string",
    },
    open_ended=True,
)
def user_get(call: Call) -> Page:
    """List employees; bots and clients are left out. Filter fields may stand beside FILTER (openlines.md part 5)."""
    given = call.given("FILTER")
    conditions: dict[str, Json] = dict(given) if isinstance(given, Mapping) else {}
    conditions |= {name: value for name, value in call.params.items() if name not in call.method.params}
    conditions = {name.upper(): _as_bool(name, value) for name, value in conditions.items()}
    rows = picked([_row(call.portal, user) for user in call.portal.people.employees()], conditions)
    sort = call.text("sort", "ID").upper()
    rows = ordered(rows, {sort: call.text("order", "ASC")})
    names: list[Json] = [*call.items("select"), "ID"] if call.items("select") else []
    return call.page(rows, lambda row: selected(row, names))


def _as_bool(name: str, value: Json) -> Json:
    if name.upper() == "ACTIVE" and not isinstance(value, bool):
        return to_text(value) in ("1", "Y", "true")
    return value


@method("user.current", scope="user")
def user_current(call: Call) -> Json:
    return _row(call.portal, call.user)


@method(
    "department.get",
    scope="department",
    params={
        "ID": "int",
        "NAME": "string",
        "SORT": "int",
        "PARENT": "int",
        "UF_HEAD": "int",
        "sort": "string",
        "order": "string",
        "START": "integer",
    },
)
def department_get(call: Call) -> Page:
    """List departments; the key of the head is absent when there is none (openlines.md part 5)."""
    rows: list[Row] = []
    for one in call.portal.people.departments.values():
        row: Row = {"ID": str(one.id), "NAME": one.name, "SORT": 500}
        if one.parent:
            row["PARENT"] = str(one.parent)
        if one.head:
            row["UF_HEAD"] = str(one.head)
        rows.append(row)
    conditions = {
        name: call.given(name) for name in ("ID", "NAME", "PARENT", "UF_HEAD") if call.given(name) is not None
    }
    return call.page(picked(rows, conditions), dict)
