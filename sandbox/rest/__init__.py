"""REST methods of the portal, one file for each family; importing this fills the table."""

from sandbox.rest import (
    app,
    bizproc,
    bots,
    calendar,
    crm,
    dialogs,
    im,
    operators,
    people,
    sending,
    tasks,
    timeline,
    timeman,
    triggers,
)

__all__ = [
    "app",
    "bizproc",
    "bots",
    "calendar",
    "crm",
    "dialogs",
    "im",
    "operators",
    "people",
    "sending",
    "tasks",
    "timeline",
    "timeman",
    "triggers",
]
