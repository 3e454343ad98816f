"""REST methods of open lines themselves: their settings, read and changed (openlines.md 3.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sandbox.dialogs import Line
from sandbox.errors import RestError
from sandbox.php import to_int, to_text, values_of
from sandbox.rest.line_settings import UNUSED
from sandbox.rest.lists import Row, ordered, picked, selected
from sandbox.rest.registry import Call, method
from sandbox.wire import Json

#: How an hour must be written; what is written otherwise falls back to 9 and 18.30 (openlines.md trap 19).
_HOUR = re.compile(r"\d{1,2}(\.\d{1,2})?")
_STANDARD_HOURS = {"WORKTIME_FROM": "9", "WORKTIME_TO": "18.30"}
#: Settings that this portal keeps, and the attributes of ``Line`` that keep them, by type.
_FLAGS = {
    "ACTIVE": "active",
    "CRM": "crm",
    "CRM_TRANSFER_CHANGE": "crm_transfer_change",
    "CHECK_AVAILABLE": "check_available",
    "WORKTIME_ENABLE": "worktime_enabled",
    "VOTE_MESSAGE": "vote",
}
_TEXTS = {"LINE_NAME": "name", "CRM_CREATE": "crm_create", "QUEUE_TYPE": "queue_type", "WORKTIME_TIMEZONE": "time_zone"}
_NUMBERS = {
    "QUEUE_TIME": "queue_time",
    "NO_ANSWER_TIME": "no_answer_seconds",
    "FULL_CLOSE_TIME": "full_close_minutes",
    "AUTO_CLOSE_TIME": "auto_close_seconds",
}
#: A rule that is ``text`` says the text beside it; any other rule says nothing.
_RULED = {
    "CLOSE_RULE": ("CLOSE_TEXT", "close_text"),
    "WORKTIME_DAYOFF_RULE": ("WORKTIME_DAYOFF_TEXT", "off_hours_text"),
    "NO_ANSWER_RULE": ("NO_ANSWER_TEXT", "no_answer_text"),
}
_LISTS = {"WORKTIME_HOLIDAYS": "holidays", "WORKTIME_DAYOFF": "days_off"}


@method(
    "imopenlines.config.get",
    scope="imopenlines",
    missing_code="{name}_EMPTY",
    params={"CONFIG_ID*": "integer", "WITH_QUEUE": "char", "SHOW_OFFLINE": "char"},
    cased=True,
)
def config_get(call: Call) -> Json:
    """Give the settings of a line to anyone, or ``false``; all values are texts (openlines.md 3.2)."""
    if call.integer("CONFIG_ID") <= 0:
        raise RestError("CONFIG_ID_EMPTY", "Config id is empty")
    line = call.portal.openlines.lines.get(call.integer("CONFIG_ID"))
    if line is None:
        return False
    settings = _settings(call, line)
    return settings | _queue(line) if call.flag("WITH_QUEUE", True) else settings


def _settings(call: Call, line: Line) -> Row:
    said: Row = {"ID": str(line.id), **UNUSED}
    said |= {name: "Y" if getattr(line, kept) else "N" for name, kept in _FLAGS.items()}
    said |= {name: getattr(line, kept) for name, kept in _TEXTS.items()}
    said |= {name: str(getattr(line, kept)) for name, kept in _NUMBERS.items()}
    said |= {name: list(getattr(line, kept)) or [""] for name, kept in _LISTS.items()}
    for rule, (name, kept) in _RULED.items():
        said |= {rule: "text" if getattr(line, kept) else "none", name: getattr(line, kept)}
    return said | {
        "WORKTIME_FROM": line.worktime_from,
        "WORKTIME_TO": line.worktime_to,
        "VOTE_MESSAGE_2_TEXT": line.vote_text,
        "WELCOME_BOT_ENABLE": "Y" if line.welcome_bot else "N",
        "WELCOME_BOT_ID": str(line.welcome_bot),
        "QUICK_ANSWERS_IBLOCK_ID": str(line.quick_answers),
        "LANGUAGE_ID": call.portal.lang,
    }


def _queue(line: Line) -> Row:
    about: Row = {"USER_NAME": None, "USER_WORK_POSITION": None, "USER_AVATAR": None, "USER_AVATAR_ID": "0"}
    full: Row = {
        str(one): {"ID": str(index + 1), "SORT": str(index), "USER_ID": str(one), "DEPARTMENT_ID": "0", **about}
        for index, one in enumerate(line.queue)
    }
    return {
        "QUEUE": [str(one) for one in line.queue],
        "QUEUE_FULL": full,
        "QUEUE_USERS_FIELDS": {str(one): about for one in line.queue},
        "QUEUE_ONLINE": "Y",
    }


@method(
    "imopenlines.config.list.get",
    scope="imopenlines",
    params={"PARAMS": "object", "OPTIONS": "object"},
    cased=True,
)
def config_list_get(call: Call) -> Json:
    """List lines for anyone; ``PARAMS`` are select, order, filter, limit and offset (openlines.md 3.2)."""
    wanted, options = call.mapping("PARAMS"), call.mapping("OPTIONS")
    rows = [_settings(call, line) for line in call.portal.openlines.lines.values()]
    if to_text(options.get("QUEUE")) == "Y":
        rows = [{**row, **_listed_queue(call, call.portal.openlines.lines[to_int(row["ID"])])} for row in rows]
    if to_text(options.get("CONFIG_QUEUE")) == "Y":
        rows = [{**row, "CONFIG_QUEUE": _config_queue(call.portal.openlines.lines[to_int(row["ID"])])} for row in rows]
    rows = ordered(picked(rows, _mapping(wanted, "filter")), _mapping(wanted, "order"))
    first = to_int(wanted.get("offset"))
    last = first + to_int(wanted["limit"]) if wanted.get("limit") else None
    return [_chosen(row, values_of(wanted.get("select"))) for row in rows[max(first, 0) : last]]


def _chosen(row: Row, names: list[Json]) -> Row:
    return selected(row, [*names, "ID", "QUEUE", "QUEUE_USERS_FIELDS", "CONFIG_QUEUE"] if names else [])


def _listed_queue(call: Call, line: Line) -> Row:
    """Give a queue as lists do: numbers as numbers, and who they are."""
    users = [user for one in line.queue if (user := call.portal.people.get(one))]
    fields: Row = {
        str(one.id): {
            "USER_NAME": one.full_name,
            "USER_WORK_POSITION": one.position,
            "USER_AVATAR": "",
            "USER_AVATAR_ID": None,
        }
        for one in users
    }
    return {"QUEUE": list(line.queue), "QUEUE_USERS_FIELDS": fields}


def _config_queue(line: Line) -> Json:
    return [{"ENTITY_ID": str(one), "ENTITY_TYPE": "user"} for one in line.queue]


def _mapping(given: Mapping[str, Json], name: str) -> dict[str, Json]:
    value = given.get(name)
    return dict(value) if isinstance(value, Mapping) else {}


@method(
    "imopenlines.config.update",
    scope="imopenlines",
    missing_code="{name}_EMPTY",
    params={"CONFIG_ID*": "integer", "PARAMS": "object"},
    cased=True,
)
def config_update(call: Call) -> Json:
    """Change settings of a line, with the right to; ``09:00`` is no hour and sets both anew (openlines.md 3.2)."""
    line = call.portal.openlines.lines.get(call.integer("CONFIG_ID"))
    if line is None:
        raise RestError("CONFIG_ID_EMPTY", "Config id is empty")
    if not (call.user.admin or call.user.manages_lines):
        raise RestError("CONFIG_WRONG_USER_PERMISSION", "Permission denied", 403)
    given = call.mapping("PARAMS")
    for name, kept in _FLAGS.items():
        if name in given:
            setattr(line, kept, to_text(given[name]) == "Y")
    for name, kept in {**_TEXTS, "VOTE_MESSAGE_2_TEXT": "vote_text"}.items():
        if name in given:
            setattr(line, kept, to_text(given[name]))
    for name, kept in _NUMBERS.items():
        if name in given:
            setattr(line, kept, to_int(given[name]))
    for name, kept in _LISTS.items():
        if name in given:
            setattr(line, kept, [text for one in values_of(given[name]) if (text := to_text(one))])
    _rule(line, given)
    _hours(line, given)
    if "QUEUE" in given:
        line.queue = [number for one in values_of(given["QUEUE"]) if (number := to_int(one))]
    call.portal.touch()
    return True


def _rule(line: Line, given: Mapping[str, Json]) -> None:
    for rule, (name, kept) in _RULED.items():
        if name in given:
            setattr(line, kept, to_text(given[name]))
        if to_text(given.get(rule)) not in ("", "text"):
            setattr(line, kept, "")


def _hours(line: Line, given: Mapping[str, Json]) -> None:
    hours = {name: to_text(given[name]) for name in _STANDARD_HOURS if name in given}
    if any(not _HOUR.fullmatch(one) for one in hours.values()):
        hours = dict(_STANDARD_HOURS)
    line.worktime_from = hours.get("WORKTIME_FROM", line.worktime_from)
    line.worktime_to = hours.get("WORKTIME_TO", line.worktime_to)
