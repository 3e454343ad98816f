"""A client who waits, for the tests of the escalation."""

from __future__ import annotations

from tests.activities.scene import Scene
from tests.core.robots.office import CHIEF

HEAD = [("notify_staff", CHIEF)]
THREE = "15: notify owner\n30: add head, notify head\n45: reassign pool=pool"
#: Closing time of Monday and opening time of Tuesday, in minutes from 15:00.
CLOSES, OPENS = 180, 18 * 60


def scene(**properties: object) -> Scene:
    """A client who asked at 15:00, and the robot that was started a minute later."""
    made = Scene("escalate_no_reply", dict(properties))
    made.client()
    made.minute = 1
    made.started_at = made.now
    return made
