"""What a line itself does for a client whom nobody answers, beside what a robot is about to do; pure."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from core.dialogs.line import Line
from core.robots.outcomes import Check
from core.texts.text import Text, at_moment


def line_beside(
    line: Line | None, *, accepted: bool, since: datetime, due: datetime, now: datetime, zone: tzinfo
) -> tuple[Check, ...]:
    """Say who acts first: the line with its text for the unanswered, or the robot at ``due``.

    The line speaks only to dialogs that nobody accepted, and counts ordinary minutes (openlines.md 1.4). Where its
    time is over already there is nothing to compare.
    """
    if line is None or accepted or not line.tells_unanswered:
        return ()
    at = since + timedelta(seconds=line.no_answer_for)
    if at <= now:
        return ()
    first = Text(
        "Линия сама напишет клиенту «нет ответа» {at}, раньше этого уровня; ответом это не считается",
        "The line itself sends the client its “no answer” text {at}, before this level; it counts as no answer",
    )
    later = Text(
        "Линия сама напишет клиенту «нет ответа» только {at}, позже этого уровня",
        "The line itself sends the client its “no answer” text only {at}, after this level",
    )
    return (Check((first if at < due else later).format(at=at_moment(at, zone, now=now))),)
