"""Working minutes that run from a moment on: when they are over, and how they were counted, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from pydantic import BaseModel

from core.dialogs.message import Message
from core.dialogs.view import DialogView
from core.robots.outcomes import Step, WaitUntil, Watch, counted
from core.texts.text import Text, at_moment, for_minutes, lasting, moment
from core.worktime.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Countdown:
    """Minutes counted by a calendar from ``since``; ``zone`` is the reader's, for the words."""

    since: datetime
    calendar: Calendar
    now: datetime
    zone: tzinfo
    #: Around the clock all time is alike, and nobody speaks of working time.
    around_the_clock: bool = False

    def due(self, total: int) -> datetime:
        """When so many minutes are over; never before now. Raises NeverOpen."""
        return max(self.calendar.add(self.since, total), self.now)

    def is_over(self, total: int) -> bool:
        return self.now >= self.calendar.add(self.since, total)

    def passed(self, until: datetime | None = None) -> int:
        """How many whole minutes have passed until then, or until now."""
        return self.calendar.between(self.since, until or self.now)

    def said(self, number: int) -> Text:
        """Say ``21 минуту рабочего времени``; less than one is no number."""
        words = for_minutes(number) if number else Text("меньше минуты", "less than a minute")
        return words if self.around_the_clock else words + Text(" рабочего времени", " of working time")

    def after(self, number: int) -> Text:
        """Say ``через 21 минуту рабочего времени``."""
        if not number:
            return Text("меньше чем через минуту", "in less than a minute")
        return Text("через {spent}", "after {spent}").format(spent=self.said(number))

    def explained(self, total: int) -> Text:
        """Say from when so many minutes run, and on which days they are spent, or that they are spent already."""
        text = Text("{total} от {since} ({sum})", "{total} from {since} ({sum})")
        if self.is_over(total):
            text = Text("{total} от {since} истекли {due}", "{total} from {since} were over {due}")
        due = self.calendar.add(self.since, total)
        return text.format(
            total=lasting(total),
            since=moment(self.since, self.zone, now=self.now),
            due=at_moment(due, self.zone, now=self.now),
            sum=self.calendar.explain(self.since, due, zone=self.zone, now=self.now),
        )

    def spans(self, total: int) -> tuple[tuple[datetime, datetime], ...]:
        """The stretches that the minutes are made of; none when they are over already."""
        return () if self.is_over(total) else counted(self.calendar, self.since, self.due(total))


def answered_words(dialog: DialogView, reply: Message, countdown: Countdown) -> Text:
    """Say who answered the client, when, with which message, and how long that took."""
    user = dialog.users.get(reply.author_id)
    text = Text(" {who}, {at} (сообщение №{id}), {spent}.", " {who}, {at} (message {id}), {spent}.")
    return text.format(
        who=user.name if user and user.name else f"#{reply.author_id}",
        at=moment(reply.at, countdown.zone, now=countdown.now),
        id=reply.id,
        spent=countdown.after(countdown.passed(reply.at)),
    )


class PlannedWait(BaseModel):
    """A wait that was planned by a look at the dialog and is kept in a run's state until it begins."""

    due: datetime
    because: dict[str, str]
    counted: tuple[tuple[datetime, datetime], ...] = ()
    chat_id: int
    message_id: int

    @classmethod
    def of(cls, countdown: Countdown, total: int, dialog: DialogView, because: Text) -> PlannedWait:
        watch = Watch.of(dialog)
        return cls(
            due=countdown.due(total),
            because=because.as_json(),
            counted=countdown.spans(total),
            chat_id=watch.chat_id,
            message_id=watch.message_id,
        )

    def until(self, then: Step) -> WaitUntil:
        watch = Watch(self.chat_id, self.message_id)
        return WaitUntil(self.due, then=then, because=Text.from_json(self.because), watch=watch, counted=self.counted)
