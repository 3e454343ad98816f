"""What the pages draw, as JSON: the whole portal, or what has changed in it."""

from sandbox.view.application import app_json, clock, faults
from sandbox.view.automation import automation, processes
from sandbox.view.changes import Changes
from sandbox.view.dialogs import chat_json, line_json, message_json
from sandbox.view.document import view
from sandbox.view.items import item_json, items
from sandbox.view.people import notifications, user_json

__all__ = [
    "Changes",
    "app_json",
    "automation",
    "chat_json",
    "clock",
    "faults",
    "item_json",
    "items",
    "line_json",
    "message_json",
    "notifications",
    "processes",
    "user_json",
    "view",
]
