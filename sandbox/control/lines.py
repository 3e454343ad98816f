"""Orders about open lines: their settings, as an administrator of the portal changes them."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from starlette.requests import Request

from sandbox import view
from sandbox.control.orders import Body, Unusable, change, the_line
from sandbox.dialogs import WEEKDAYS
from sandbox.php import to_int, values_of
from sandbox.portal import Portal
from sandbox.wire import Json

_FLAGS = ("active", "crm", "crm_transfer_change", "check_available", "worktime_enabled", "vote")
_TEXTS = (
    "name",
    "queue_type",
    "worktime_from",
    "worktime_to",
    "time_zone",
    "off_hours_text",
    "close_text",
    "vote_text",
    "no_answer_text",
    "crm_create",
)
_NUMBERS = ("queue_time", "full_close_minutes", "auto_close_seconds", "no_answer_seconds", "welcome_bot")
_LISTS = ("queue", "holidays", "days_off")
_ALLOWED: dict[str, type] = {
    **dict.fromkeys(_FLAGS, bool),
    **dict.fromkeys(_TEXTS, str),
    **dict.fromkeys(_NUMBERS, int),
    **dict.fromkeys(_LISTS, list),
}
_HOUR = re.compile(r"([01]?\d|2[0-4])(\.[0-5]?\d)?")


def set_line(portal: Portal, body: Body, _: Request) -> Json:
    """Change settings of a line by its id: the attributes of ``Line``, each by its name; hours are ``9``, ``18.30``."""
    line = the_line(portal, to_int(body.get("id")))
    _check(portal, body)
    change(line, body, _ALLOWED)
    portal.touch()
    return view.line_json(portal, line)


def _check(portal: Portal, body: Body) -> None:
    """Refuse what a page of the portal would not let through."""
    for name in ("worktime_from", "worktime_to"):
        if name in body and not _HOUR.fullmatch(str(body[name])):
            raise Unusable(f"{name} must be an hour such as 9 or 18.30.")
    if body.get("crm_create", "none") not in ("none", "lead", "deal"):
        raise Unusable("crm_create must be none, lead or deal.")
    if any(one not in WEEKDAYS for one in values_of(body.get("days_off"))):
        raise Unusable(f"days_off must be of {', '.join(WEEKDAYS)}.")
    queue = body.get("queue")
    if isinstance(queue, list) and any(portal.people.employee(to_int(one)) is None for one in queue):
        raise Unusable("The queue must be of employees.")
    if "time_zone" in body:
        try:
            ZoneInfo(str(body["time_zone"]))
        except (KeyError, ValueError, OSError):
            raise Unusable("There is no such time zone.") from None
