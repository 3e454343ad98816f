"""REST methods of the messenger about people: notifications, users and departments (openlines.md parts 5, 6)."""

from __future__ import annotations

from sandbox.errors import RestError
from sandbox.people import Department, User
from sandbox.php import to_int
from sandbox.rest.chats import app_name, user_json
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json

# Notifications --------------------------------------------------------------------------------------------------------

_NOTIFY = {
    "USER_ID*": "integer",
    "MESSAGE*": "string",
    "MESSAGE_OUT": "string",
    "TAG": "string",
    "SUB_TAG": "string",
    "ATTACH": "object",
    "CLIENT_ID": "string",
}


@method("im.notify.system.add", scope="im", missing_code="{name}_EMPTY", params=_NOTIFY)
def notify_system(call: Call) -> Json:
    """Notify in the name of the application, which the text begins with (openlines.md part 6)."""
    return _notify(call, author=0, text=f"{app_name(call)}\n{call.text('MESSAGE')}")


@method("im.notify.personal.add", scope="im", missing_code="{name}_EMPTY", params=_NOTIFY)
def notify_personal(call: Call) -> Json:
    return _notify(call, author=call.user.id, text=call.text("MESSAGE"))


def _notify(call: Call, *, author: int, text: str) -> Json:
    """Notify; a number that names nobody gives ``false`` (openlines.md part 6)."""
    if call.integer("USER_ID") <= 0:
        raise RestError("USER_ID_EMPTY", "User id can't be empty")
    user = call.portal.people.employee(call.integer("USER_ID"))
    if user is None:
        return False
    made = call.portal.office.notify(user.id, text, author=author, tag=call.text("TAG"), sub_tag=call.text("SUB_TAG"))
    return made.id


@method(
    "im.notify.delete",
    scope="im",
    params={"ID": "integer", "TAG": "string", "SUB_TAG": "string", "CLIENT_ID": "string"},
)
def notify_delete(call: Call) -> Json:
    """Take notifications back by one's own id, or those with a tag from everybody."""
    office, number = call.portal.office, call.integer("ID")
    tag, sub_tag = call.text("TAG"), call.text("SUB_TAG")
    if not (number or tag or sub_tag):
        raise RestError("PARAMS_ERROR", "Incorrect params")
    before = len(office.notifications)
    office.notifications = [
        one
        for one in office.notifications
        if not (
            (number and one.id == number and one.user_id == call.user.id)
            or (tag and one.tag == tag)
            or (sub_tag and one.sub_tag == sub_tag)
        )
    ]
    call.portal.touch()
    return len(office.notifications) < before


# Users ----------------------------------------------------------------------------------------------------------------


@method("im.user.get", scope="im", params={"ID": "integer", "AVATAR_HR": "string"})
def user_get(call: Call) -> Json:
    """Say one user, the caller himself without an id."""
    if call.given("ID") is None:
        return user_json(call.portal, call.user)
    if call.integer("ID") <= 0:
        raise RestError("ID_EMPTY", "User ID can't be empty")
    user = call.portal.people.get(call.integer("ID"))
    if user is None:
        raise RestError("USER_NOT_EXISTS", "User is not exists")
    return user_json(call.portal, user)


@method(
    "im.user.list.get",
    scope="im",
    missing_code="{name}_EMPTY",
    params={"ID*": "array", "AVATAR_HR": "string", "RESULT_TYPE": "string"},
)
def user_list(call: Call) -> Json:
    """Say who is there and who is absent, of many at once (openlines.md part 5)."""
    found = [call.portal.people.get(to_int(one)) for one in call.items("ID")]
    return [user_json(call.portal, one) for one in found if one]


# Departments ----------------------------------------------------------------------------------------------------------

_DEPARTMENTS = {"ID*": "array", "USER_DATA": "string"}


def _departments(call: Call) -> list[Department]:
    found = [call.portal.people.departments.get(to_int(one)) for one in call.items("ID")]
    return [one for one in found if one]


def _said(call: Call, users: list[User]) -> Json:
    """Say users by their numbers, or whole when the caller wants so."""
    if call.flag("USER_DATA"):
        return [user_json(call.portal, one) for one in users]
    return [one.id for one in users]


def _staff_of(call: Call, department: Department) -> list[User]:
    return [one for one in call.portal.people.employees() if one.active and department.id in one.departments]


@method("im.department.get", scope="im", missing_code="{name}_EMPTY", params=_DEPARTMENTS)
def department_get(call: Call) -> Json:
    rows: list[Json] = []
    for one in _departments(call):
        row: dict[str, Json] = {"id": one.id, "name": one.name, "manager_user_id": one.head or 0}
        row["full_name"] = " / ".join(call.portal.people.path_of(one))
        head = call.portal.people.get(one.head or 0)
        if call.flag("USER_DATA"):
            row["manager_user_data"] = user_json(call.portal, head) if head else None
        rows.append(row)
    return rows


@method("im.department.managers.get", scope="im", missing_code="{name}_EMPTY", params=_DEPARTMENTS)
def department_managers(call: Call) -> Json:
    """Give heads by department (openlines.md part 5)."""
    heads = {
        str(one.id): _said(call, [call.portal.people.users[one.head]])
        for one in _departments(call)
        if one.head in call.portal.people.users
    }
    return heads or []


@method("im.department.employees.get", scope="im", missing_code="{name}_EMPTY", params=_DEPARTMENTS)
def department_employees(call: Call) -> Json:
    """Give active employees by department, of itself alone and not of those below it."""
    return {str(one.id): _said(call, _staff_of(call, one)) for one in _departments(call)} or []


@method(
    "im.department.colleagues.list",
    scope="im",
    params={"USER_DATA": "string", "OFFSET": "integer", "LIMIT": "integer"},
)
def colleagues(call: Call) -> Page:
    """List those who share a department with the caller."""
    own = set(call.user.departments)
    found = [one for one in call.portal.people.employees() if one.active and own & set(one.departments)]
    first = max(call.integer("OFFSET"), 0)
    last = first + min(max(call.integer("LIMIT", 10), 1), 50)
    return Page(_said(call, found[first:last]), len(found), last if last < len(found) else None)
