"""What becomes of a wait that came due while the service did not work: it is done, skipped, or a person is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from core.bitrix24.command import Json
from core.db import Row, Statement, Value, from_millis, to_millis
from core.portals.lane import Lane
from core.runs.moment import Moment
from core.runs.progress import Progress
from core.runs.pulse import LATE
from core.runs.record import RunRecord
from core.texts.text import Text, moment
from core.worktime.words import duration

#: Settings of a portal.
OVERDUE: Final = "overdue"
OVERDUE_MINUTES: Final = "overdue_minutes"
USUAL_MINUTES: Final = 60
SHORTEST_MINUTES: Final = 5
LONGEST_MINUTES: Final = 7 * 24 * 60
#: Of a shorter time it is said how long it was: its ends may lie in one minute.
_SHORT: Final = timedelta(minutes=2)
#: The result of a run whose wait was skipped.
SKIPPED: Final = "skipped_late"

#: One that is told of no longer judges anything, except the run that was judged by it and waited for a person since.
_LOOK: Final = """
SELECT outage.id, outage.began_at, outage.ended_at, late_wait.choice, late_wait.due_at, late_wait.after_minutes
FROM outage LEFT JOIN late_wait ON late_wait.outage_id = outage.id AND late_wait.run_id = :run_id
WHERE outage.portal_id = :portal_id
  AND (outage.told_at IS NULL AND (outage.ended_at IS NULL OR outage.ended_at >= :real_due)
    OR late_wait.due_at = :due)
ORDER BY outage.began_at DESC
"""
_JUDGED: Final = """
INSERT INTO late_wait (outage_id, run_id, portal_id, due_at, choice, after_minutes)
VALUES (:outage_id, :run_id, :portal_id, :due, :choice, :minutes)
ON CONFLICT (outage_id, run_id) DO NOTHING
"""


class Choice(StrEnum):
    """What an administrator may want of late waits."""

    RUN = "run"
    SKIP = "skip"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a portal wants of waits that are later than ``after``; all others are done."""

    choice: Choice = Choice.RUN
    after: timedelta = timedelta(minutes=USUAL_MINUTES)

    @classmethod
    def of(cls, settings: Mapping[str, Json]) -> Policy:
        choice, minutes = settings.get(OVERDUE), settings.get(OVERDUE_MINUTES)
        return cls(
            Choice(choice) if isinstance(choice, str) and choice in set(Choice) else Choice.RUN,
            timedelta(minutes=minutes if isinstance(minutes, int) else USUAL_MINUTES),
        )

    def choose(self, late_for: timedelta) -> Choice:
        return self.choice if late_for > self.after else Choice.RUN


@dataclass(frozen=True, slots=True)
class Late:
    """A late wait of a run and what becomes of it; the moments of the outage are business time."""

    choice: Choice
    late_for: timedelta
    began_at: datetime
    ended_at: datetime | None
    #: It was said in the log before.
    known: bool

    def said(self, lane: Lane, now: datetime) -> Text:
        """Say how late it is and why, and what is done about it."""
        away = stood_still(self.began_at, self.ended_at or now, lane.portal.zone, now)
        text = Text("Срок прошёл {late} назад: {away}. {what}", "Its time passed {late} ago: {away}. {what}")
        return text.format(late=duration(self.late_for), away=away.inside(), what=_WHAT[self.choice])


def stood_still(began_at: datetime, ended_at: datetime, zone: tzinfo, now: datetime) -> Text:
    """Say from when until when the service did not work, without a full stop; all moments are business time."""
    ended = moment(ended_at, zone, now=now)
    if ended_at - began_at < _SHORT:
        text = Text("Сервис не работал {length}, до {ended}", "The service did not work for {length}, until {ended}")
        return text.format(length=duration(ended_at - began_at), ended=ended)
    text = Text("Сервис не работал с {began} до {ended}", "The service did not work from {began} until {ended}")
    return text.format(began=moment(began_at, zone, now=now), ended=ended)


_WHAT: Final[Mapping[Choice, Text]] = {
    Choice.RUN: Text("Выполняем сейчас.", "It is done now."),
    Choice.SKIP: Text("Пропускаем.", "It is skipped."),
    Choice.ASK: Text("Ждём решения человека.", "A person is asked."),
}


def counts_as_timer(run: RunRecord) -> datetime | None:
    """Return when the wait that a run wakes from was due for people; None for a retry, a look, an act, a call.

    A run cannot be later than since it was called.
    """
    if run.timer_at is None or run.acting_from or run.attempt or run.mistakes or run.cancel_requested:
        return None
    return max(run.timer_at, run.created_at)


def _is_of_this_wait(run: RunRecord) -> bool:
    """The release before this one knows no such moments, so that of an earlier wait stays: no wait outlasts its own."""
    return run.timer_at is not None and run.wake_at <= run.timer_at


async def late_wait(progress: Progress, lane: Lane, moment: Moment) -> Late | None:
    """Return what becomes of the run, and keep it, if its wait came due while the service did not work.

    What was chosen holds until a person chooses otherwise: a run is judged once for each outage.
    """
    run = progress.run
    due = counts_as_timer(run)
    if due is None or moment.now - due <= LATE or moment.now >= run.expires_at:
        return None
    key: dict[str, Value] = {"run_id": run.id, "portal_id": run.portal_id, "due": to_millis(due)}
    where: dict[str, Value] = {**key, "real_due": to_millis(due) - moment.shift}
    [found] = await progress.database.read(Statement(_LOOK, where))
    rows = [row for row in found if row["choice"] is not None or _is_of_this_wait(run)]
    if not rows:
        return None
    late = _late(rows, Policy.of(lane.settings), moment, due=due)
    if not late.known:
        minutes = Policy.of(lane.settings).after // timedelta(minutes=1)
        kept: dict[str, Value] = {"outage_id": rows[0]["id"], "choice": late.choice.value, "minutes": minutes}
        await progress.database.write(Statement(_JUDGED, {**key, **kept}))
    return late


def _late(rows: list[Row], policy: Policy, moment: Moment, *, due: datetime) -> Late:
    """The newest outage judges, unless this very wait was judged by an older one."""
    row = next((row for row in rows if row["choice"] is not None), rows[0])
    late_for = moment.now - due
    choice = Choice(str(row["choice"])) if row["choice"] is not None else policy.choose(late_for)
    ended = row["ended_at"]
    return Late(
        choice,
        late_for,
        from_millis(int(row["began_at"] or 0) + moment.shift),
        from_millis(int(ended) + moment.shift) if ended is not None else None,
        known=row["choice"] is not None,
    )
