"""Whether a process heard an answer that Bitrix24 took, and what is done when it did not; pure.

A process that was answered in the same moment by somebody else is locked, and the portal then drops the answer without
a word (platform.md 2.8). A living process alone says nothing: other robots may stand behind ours. But what moves a
process also changes when it was last put down.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from core.runs.processes import Process

#: When to look after the repetition that every answer has, and after each further one.
PAUSES: Final = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=1),
)
MOST_REPEATS: Final = len(PAUSES) - 1
#: Where it cannot be told whether it was heard, one more can do no harm, and more would help nobody.
DOUBTFUL_REPEATS: Final = 1
#: The portal gives whole seconds.
_SECOND: Final = timedelta(seconds=1)

Verdict = Literal["over", "busy", "moved", "again", "deaf"]


def verdict(
    process: Process | None,
    *,
    sent_at: datetime,
    too_late_at: datetime,
    repeats: int,
    has_others: bool,
    now: datetime,
) -> Verdict:
    """Judge by the process as it is now; ``sent_at`` is when it was first answered, all by the portal's own clock.

    ``too_late_at`` is when the step went on without us. ``has_others``: the process called us more than once, so that
    two answers may have collided and one been heard.
    """
    if process is None:
        return "over"
    if process.owned_until is not None and process.owned_until > now:
        return "busy"
    if sent_at >= too_late_at:
        return "moved"
    modified_at = process.modified_at or now
    if modified_at > sent_at + _SECOND and not has_others:
        return "moved"
    if modified_at > sent_at - _SECOND:
        return "again" if repeats < DOUBTFUL_REPEATS else "moved"
    return "again" if repeats < MOST_REPEATS else "deaf"
