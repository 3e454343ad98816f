"""The document that the pages draw: its parts, and the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import islice

from sandbox.portal import Portal
from sandbox.view.application import app_json, clock, faults
from sandbox.view.automation import automation, process_json
from sandbox.view.dialogs import chat_json, chat_row, line_json
from sandbox.view.items import categories, items, tasks, timeline
from sandbox.view.people import departments, notifications, users
from sandbox.wire import Json

SHOWN_PROCESSES = 200
SHOWN_DELIVERIES = 50
Rows = list[dict[str, Json]]


def _processes(portal: Portal) -> Rows:
    history = portal.bizproc.history
    return [process_json(portal, one) for one in islice(history, max(0, len(history) - SHOWN_PROCESSES), None)]


#: Parts that are lists of rows, and what tells the rows of each apart.
ROWS: dict[str, tuple[Callable[[Portal], Rows], tuple[str, ...]]] = {
    "users": (users, ("id",)),
    "departments": (departments, ("id",)),
    "lines": (lambda portal: [line_json(portal, one) for one in portal.openlines.lines.values()], ("id",)),
    "categories": (categories, ("entityTypeId", "id")),
    "items": (items, ("entityTypeId", "id")),
    "chats": (lambda portal: [chat_row(portal, one) for one in portal.openlines.chats.values()], ("id",)),
    "automation": (automation, ("entityTypeId", "stageId")),
    "processes": (_processes, ("id",)),
    "notifications": (notifications, ("id",)),
    "tasks": (tasks, ("id",)),
    "timeline": (timeline, ("id",)),
    "deliveries": (lambda portal: portal.queue.as_json()[-SHOWN_DELIVERIES:], ("id",)),
}
#: Parts that are small and always told whole.
WHOLE: dict[str, Callable[[Portal], Json]] = {
    "lang": lambda portal: portal.lang,
    "domain": lambda portal: portal.domain,
    "instance": lambda portal: portal.app_sid,
    "clock": clock,
    "app": app_json,
    "switches": lambda portal: portal.switches.as_json(),
    "faults": faults,
    "breaks": lambda portal: sorted(portal.breaks),
}


def view(portal: Portal, parts: Collection[str] = ()) -> dict[str, Json]:
    """Say the whole portal, chats with all their messages; or only the named parts of it."""
    wanted = set(parts) or {*ROWS, *WHOLE}
    said: dict[str, Json] = {"version": portal.version}
    said |= {name: tell(portal) for name, tell in WHOLE.items() if name in wanted}
    said |= {name: rows(portal) for name, (rows, _) in ROWS.items() if name in wanted}
    if "chats" in wanted:
        said["chats"] = [chat_json(portal, one) for one in portal.openlines.chats.values()]
    return said
