"""CRM activities: one for each session of a line with CRM, and to-dos (openlines.md 3.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC

from sandbox.dialogs import Activity, Chat, Session
from sandbox.errors import RestError
from sandbox.office import Todo
from sandbox.people import User
from sandbox.php import to_int, to_text, values_of
from sandbox.portal import Portal
from sandbox.rest.lists import Row, ordered_by, picked_by, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json, moment

PROVIDER = "IMOPENLINES_SESSION"
#: Fields that every activity has and nothing here heeds.
_BLANK: Row = {
    **dict.fromkeys(("ORIGINATOR_ID", "PROVIDER_DATA", "PROVIDER_GROUP_ID", "RESULT_CURRENCY_ID", "RESULT_SUM")),
    "RESULT_VALUE": None,
    "RESULT_STREAM": "0",
    "RESULT_MARK": "0",
    "AUTOCOMPLETE_RULE": "0",
    "DESCRIPTION_TYPE": "1",
    "LOCATION": "",
    "NOTIFY_TYPE": "0",
    "NOTIFY_VALUE": "0",
    "PRIORITY": "2",
    "SETTINGS": [],
}


@dataclass(frozen=True, slots=True)
class OfSession:
    """The activity of a session; written out only when it is shown."""

    portal: Portal
    session: Session
    activity: Activity

    def row(self) -> Row:
        return _session_row(self.portal, self.portal.openlines.chats[self.session.chat_id], self.session, self.activity)


@dataclass(frozen=True, slots=True)
class OfTodo:
    portal: Portal
    todo: Todo

    def row(self) -> Row:
        return _todo_row(self.portal, self.todo)


Entry = OfSession | OfTodo


def _reader(name: str) -> Callable[[Entry], Json]:
    """Give what reads one field, those that filters ask for most without writing out the rest."""
    read = _READ.get(name)

    def value(entry: Entry) -> Json:
        if read and isinstance(entry, OfSession):
            return read(entry.session, entry.activity)
        return entry.row().get(name)

    return value


_READ: dict[str, Callable[[Session, Activity], Json]] = {
    "ID": lambda _, activity: activity.id,
    "PROVIDER_ID": lambda *_: PROVIDER,
    "PROVIDER_TYPE_ID": lambda _, activity: str(activity.line_id),
    "ASSOCIATED_ENTITY_ID": lambda session, _: session.id,
    "COMPLETED": lambda _, activity: "Y" if activity.completed else "N",
    "RESPONSIBLE_ID": lambda _, activity: activity.responsible,
    "RESULT_STATUS": lambda _, activity: "2" if activity.answered else "1",
    # moments are compared as moments, whatever their offset
    "START_TIME": lambda session, _: moment(session.created_at, UTC),
    "CREATED": lambda session, _: moment(session.created_at, UTC),
    "LAST_UPDATED": lambda _, activity: moment(activity.updated_at, UTC),
}


def entries(portal: Portal, user: User, bindings: Json) -> list[Entry]:
    """Find the activities a user may read; ``bindings`` keeps those bound to any of the named entities."""
    wanted = _pairs(bindings)
    found: list[Entry] = [
        OfSession(portal, session, activity)
        for session in portal.openlines.sessions.values()
        if (activity := session.activity)
        and _bound(activity.bindings, wanted)
        and _readable(portal, user, activity.bindings)
    ]
    found += [
        OfTodo(portal, one)
        for one in portal.office.todos.values()
        if _bound([one.owner], wanted) and portal.crm.readable(user, one.owner)
    ]
    return found


def _pairs(bindings: Json) -> list[tuple[int | None, int | None]]:
    """Read ``[{OWNER_TYPE_ID, OWNER_ID}]``; each key may stand alone."""
    pairs: list[tuple[int | None, int | None]] = []
    for one in values_of(bindings):
        if isinstance(one, Mapping):
            kind, number = one.get("OWNER_TYPE_ID"), one.get("OWNER_ID")
            pairs.append((None if kind is None else to_int(kind), None if number is None else to_int(number)))
    return pairs


def _bound(bindings: list[tuple[int, int]], wanted: list[tuple[int | None, int | None]]) -> bool:
    if not wanted:
        return True
    return any(
        kind in (None, own_kind) and number in (None, own_number)
        for own_kind, own_number in bindings
        for kind, number in wanted
    )


def _readable(portal: Portal, user: User, bindings: list[tuple[int, int]]) -> bool:
    return user.admin or any(portal.crm.readable(user, key) for key in bindings)


def _session_row(portal: Portal, chat: Chat, session: Session, activity: Activity) -> Row:
    """Say what each field means for this provider (openlines.md 3.1)."""
    zone = portal.zone
    kind, number = activity.bindings[0] if activity.bindings else (0, 0)
    ends = moment(session.closed_at or activity.planned_end_at, zone)
    return {
        **_BLANK,
        "ID": str(activity.id),
        "OWNER_ID": str(number),
        "OWNER_TYPE_ID": str(kind),
        "TYPE_ID": "6",
        "PROVIDER_ID": PROVIDER,
        "PROVIDER_TYPE_ID": str(activity.line_id),
        "ASSOCIATED_ENTITY_ID": str(session.id),
        "SUBJECT": chat.title,
        "CREATED": moment(session.created_at, zone),
        "LAST_UPDATED": moment(activity.updated_at, zone),
        "START_TIME": moment(session.created_at, zone),
        "END_TIME": ends,
        "DEADLINE": ends,
        "COMPLETED": "Y" if activity.completed else "N",
        "STATUS": "2" if activity.completed else "1",
        "RESPONSIBLE_ID": str(activity.responsible),
        "DESCRIPTION": "",
        "DIRECTION": "1" if activity.incoming else "2",
        "ORIGIN_ID": f"IMOL_{session.id}",
        "AUTHOR_ID": str(activity.responsible),
        "EDITOR_ID": str(activity.responsible),
        "PROVIDER_PARAMS": {"USER_CODE": chat.user_code},
        "RESULT_STATUS": "2" if activity.answered else "1",
        "RESULT_SOURCE_ID": chat.connector,
    }


def _todo_row(portal: Portal, todo: Todo) -> Row:
    zone = portal.zone
    return {
        **_BLANK,
        "ID": str(todo.id),
        "OWNER_ID": str(todo.owner[1]),
        "OWNER_TYPE_ID": str(todo.owner[0]),
        "TYPE_ID": "6",
        "PROVIDER_ID": "CRM_TODO",
        "PROVIDER_TYPE_ID": "TODO",
        "ASSOCIATED_ENTITY_ID": str(todo.parent),
        "SUBJECT": todo.title,
        "DESCRIPTION": todo.description,
        "CREATED": moment(todo.created_at, zone),
        "LAST_UPDATED": moment(todo.updated_at or todo.created_at, zone),
        "START_TIME": moment(todo.created_at, zone),
        "END_TIME": todo.deadline,
        "DEADLINE": todo.deadline,
        "COMPLETED": "Y" if todo.completed else "N",
        "STATUS": "2" if todo.completed else "1",
        "RESPONSIBLE_ID": str(todo.responsible),
        "PROVIDER_PARAMS": [],
        "RESULT_STATUS": "0",
        "RESULT_SOURCE_ID": None,
        "DIRECTION": "0",
        "ORIGIN_ID": None,
        "AUTHOR_ID": str(todo.responsible),
        "EDITOR_ID": str(todo.responsible),
    }


# Methods --------------------------------------------------------------------------------------------------------------


@method(
    "crm.activity.list",
    scope="crm",
    params={"filter": "object", "order": "object", "select": "array", "start": "integer"},
)
def activity_list(call: Call) -> Page:
    """List activities, those of open-line sessions among them; permission is CRM read (openlines.md 3.1)."""
    conditions = call.mapping("filter")
    bindings = conditions.pop("BINDINGS", None)
    kept = picked_by(entries(call.portal, call.user, bindings), conditions, _reader)
    kept = ordered_by(kept, call.mapping("order") or {"START_TIME": "asc"}, _reader)
    return call.page(kept, lambda entry: selected(entry.row(), call.items("select")))


@method("crm.activity.get", scope="crm", params={"id*": "integer"})
def activity_get(call: Call) -> Json:
    found = picked_by(entries(call.portal, call.user, None), {"ID": call.integer("id")}, _reader)
    if not found:
        raise RestError("", "Activity is not found.")
    return found[0].row()


@method("crm.activity.update", scope="crm", params={"id*": "integer", "fields*": "array"}, seconds=0.2)
def activity_update(call: Call) -> Json:
    """Save an activity; completing that of a dialog closes it only for its operator (openlines.md 3.1)."""
    number, fields = call.integer("id"), call.mapping("fields")
    fields = {name.upper(): value for name, value in fields.items()}
    todo = call.portal.office.todos.get(number)
    if todo and call.portal.crm.readable(call.user, todo.owner):
        _save_todo(call, todo, fields)
        return True
    session = next(
        (one for one in call.portal.openlines.sessions.values() if one.activity and one.activity.id == number), None
    )
    if session is None or session.activity is None or not _readable(call.portal, call.user, session.activity.bindings):
        raise RestError("", "Activity is not found.")
    if to_text(fields.get("COMPLETED")) == "Y" and not session.activity.completed:
        _complete(call, session, session.activity)
    return True


def _save_todo(call: Call, todo: Todo, fields: Mapping[str, Json]) -> None:
    if "COMPLETED" in fields:
        todo.completed = to_text(fields["COMPLETED"]) == "Y"
    todo.title = to_text(fields.get("SUBJECT", todo.title))
    todo.description = to_text(fields.get("DESCRIPTION", todo.description))
    todo.deadline = to_text(fields.get("DEADLINE", todo.deadline))
    todo.responsible = to_int(fields.get("RESPONSIBLE_ID")) or todo.responsible
    todo.updated_at = call.portal.now()
    call.portal.touch()


def _complete(call: Call, session: Session, activity: Activity) -> None:
    lines = call.portal.openlines
    chat = lines.chats[session.chat_id]
    if session.is_open and chat.owner == call.user.id:
        lines.closing.finish(chat, by=call.user)
    activity.completed, activity.updated_at = True, call.portal.now()
    call.portal.touch()
