"""Advance one claimed run: look, let the robot decide, perform what it decided, save."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final, assert_never

from core import tracing
from core.bitrix24.calls import current_run
from core.bitrix24.command import Json
from core.bitrix24.errors import BitrixError, LimitExceeded, Revoked, Suspended, TryLater
from core.clock import Clock
from core.crash import crashpoint
from core.db import Database, DatabaseAway, Statement
from core.portals.lane import Lane, LaneClosed, Lanes
from core.robots import Act, AnyRobot, BadProperty, Done, Failed, Next, Outcome, Output, Reason, WaitUntil, Watch
from core.robots.decoding import encode
from core.robots.robot import step_name
from core.runs import ledger
from core.runs.act import Unsettled, doubt, perform
from core.runs.answer import answer_of, final_answer, result_of, scheduled_answer
from core.runs.beside import begin_beside
from core.runs.desk import PortalDesk
from core.runs.journal import Line, reasoned
from core.runs.ledger import UnknownEffect
from core.runs.look import Ended, Looking, is_dry
from core.runs.moment import Moment
from core.runs.overdue import SKIPPED, Choice, late_wait
from core.runs.progress import LeaseLost, Progress, whole_seconds
from core.runs.record import RunRecord
from core.runs.stage import NO_ITEM, ctx_of, run_url
from core.runs.words import (
    ANSWERED,
    PARKED,
    QUARANTINED,
    RESTS,
    SCHEDULED,
    UNDECIDED,
    exhausted,
    too_old,
    trouble_words,
)
from core.texts.text import Text

log = logging.getLogger(__name__)

#: A robot or a step that this release does not know is asked for again after this long.
PARK_EACH: Final = timedelta(minutes=1)
PARK_FOR: Final = timedelta(hours=24)
#: A process may die on one run this often before the run is taken out of circulation. The death of the process that
#: works on it now is counted in advance.
DEATHS: Final = 3
#: A robot's own mistake is tried this often, from ten seconds to an hour.
TRIES: Final = 5
_LONGEST_PAUSE: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Workshop:
    """What advancing a run needs, whichever run it is."""

    database: Database
    lanes: Lanes
    catalogue: Mapping[str, AnyRobot]
    clock: Clock
    #: The application's code in a portal's address of our page.
    client_id: str


async def advance(run: RunRecord, workshop: Workshop) -> datetime | None:
    """Bring the run to its next rest or its end, and return when it wants to be woken.

    A run that another worker took over is left alone.
    """
    progress = Progress.of(run, workshop.database)
    token = current_run.set(run.id)
    try:
        # Before anything that could be what it dies of.
        await progress.charge()
        crashpoint("after_claim")
        await _advance(progress, workshop)
    except LeaseLost:
        await _let_go(progress)
    finally:
        current_run.reset(token)
    return progress.wake_at


async def _advance(progress: Progress, workshop: Workshop) -> None:
    moment = Moment.of(workshop.clock)
    run = progress.run
    try:
        lane = await workshop.lanes.lane(run.portal_id)
    except LaneClosed:
        # Closed portals are not claimed, so what we remember of this one is old.
        workshop.lanes.changed(run.portal_id)
        progress.timer_at = run.timer_at
        await progress.rest(moment.now, wake_at=run.wake_at)
        return
    if run.deaths > DEATHS:
        await doubt(progress, lane, moment)
        progress.tell(Line("ended", QUARANTINED, {"deaths": DEATHS}))
        await _end(progress, lane, workshop, moment, Failed(QUARANTINED), status="quarantined")
        return
    robot = workshop.catalogue.get(run.robot)
    if robot is None or (progress.step and not robot.knows(progress.step)):
        await _park(progress, lane, workshop, moment)
        return
    try:
        if await _is_late(progress, lane, workshop, moment):
            return
        await _work(progress, lane, robot, workshop)
    except (Suspended, Revoked) as closed:
        await workshop.lanes.suspend(run.portal_id, closed)
        progress.tell(Line("retries", trouble_words(closed)))
        progress.timer_at = run.timer_at
        await progress.rest(moment.now, wake_at=run.wake_at)
    except TryLater as trouble:
        await _later(progress, moment, trouble)
    except (LeaseLost, DatabaseAway):
        raise
    except UnknownEffect:
        await _park(progress, lane, workshop, moment)
    except BitrixError as trouble:
        await _end(progress, lane, workshop, moment, Failed(trouble_words(trouble)))
    except Exception as mistake:  # noqa: BLE001  # the one place where a robot's mistake is caught
        await _mistaken(progress, lane, workshop, moment, mistake)


async def _is_late(progress: Progress, lane: Lane, workshop: Workshop, moment: Moment) -> bool:
    """Do with a wait that the service could not keep what the portal wants of such; True when it is not done now."""
    late = await late_wait(progress, lane, moment)
    if late is None:
        return False
    said = late.said(lane, moment.now)
    match late.choice:
        case Choice.RUN:
            if not late.known:
                progress.tell(Line("woke", said))
            return False
        case Choice.SKIP:
            await _end(progress, lane, workshop, moment, Done(SKIPPED, said))
        case Choice.ASK:
            progress.timer_at = progress.run.timer_at
            progress.tell(Line("person", said))
            await progress.rest(moment.now, wake_at=progress.run.expires_at, status="held")
        case _:
            assert_never(late.choice)
    return True


async def _work(progress: Progress, lane: Lane, robot: AnyRobot, workshop: Workshop) -> None:
    """Run step after step until the run rests or ends."""
    while True:
        moment = Moment.of(workshop.clock)
        if progress.run.cancel_requested:
            because = Text("Остановлено человеком: {who}.", "Stopped by a person: {who}.").format(
                who=progress.run.cancel_requested
            )
            await _end(progress, lane, workshop, moment, Done("cancelled_user", because))
            return
        if moment.now >= progress.run.expires_at:
            await _end(progress, lane, workshop, moment, Done("expired", too_old(progress.run.created_at)))
            return
        if progress.acting_from and await _acting(progress, lane, workshop, moment):
            return
        outcome = await _step(progress, lane, robot, workshop, moment)
        if not await _apply(progress, lane, workshop, moment, outcome):
            return


async def _acting(progress: Progress, lane: Lane, workshop: Workshop, moment: Moment) -> bool:
    """Perform the present act; True when the run must rest because of an unknown outcome."""
    unsettled = await perform(progress, lane, moment)
    if unsettled is None:
        return False
    await _unknown(progress, lane, workshop, moment, unsettled)
    return True


async def _step(progress: Progress, lane: Lane, robot: AnyRobot, workshop: Workshop, moment: Moment) -> Outcome:
    name = progress.step or robot.first_step
    progress.step, progress.seen = name, None
    try:
        given = robot.decoded(progress.run.properties)
    except BadProperty as bad:
        return Failed(bad.text)
    progress.dry = is_dry(given, lane, progress.run.robot, was=progress.dry)
    done = (
        await ledger.entries(progress.database, lane.portal.vault, progress.run, progress.acting_from)
        if progress.acting_from
        else []
    )
    progress.stage_id = ledger.stage_after(done, progress.run.item, progress.stage_id)
    looking = Looking(progress, lane, given, moment, on_found=partial(begin_beside, progress, given, moment))
    ctx = ctx_of(
        progress,
        lane,
        robot,
        given,
        looking.item_ref if robot.needs_item else progress.run.item or NO_ITEM,
        moment=moment,
        look=looking,
        desk=PortalDesk(progress, lane),
        url=_url(progress, lane, workshop),
        results=[entry.as_result() for entry in done],
    )
    with tracing.span(f"step {name}", run=progress.run.id, step=name):
        try:
            outcome = await robot.run(name, ctx)
            if isinstance(outcome, Act):
                await looking.prove_origin()
        except Ended as ended:
            return ended.outcome
    progress.state = ctx.state.model_dump(mode="json")
    progress.attempt = progress.mistakes = 0
    return outcome


async def _apply(progress: Progress, lane: Lane, workshop: Workshop, moment: Moment, outcome: Outcome) -> bool:
    """Save what the step returned; True when the run goes on at once."""
    match outcome:
        case Next():
            progress.acting_from, progress.step = 0, step_name(outcome.then)
            progress.tell(reasoned("decided", outcome.because))
            await progress.keep(moment.now)
            return True
        case Act():
            await _plan(progress, lane, moment, outcome)
            return True
        case WaitUntil():
            await _wait(progress, lane, workshop, moment, outcome)
            return False
        case Done() | Failed():
            await _end(progress, lane, workshop, moment, outcome)
            return False
        case _:
            assert_never(outcome)


async def _plan(progress: Progress, lane: Lane, moment: Moment, act: Act) -> None:
    """Keep what is going to be done before anything of it is done."""
    first = await ledger.last_ordinal(progress.database, progress.run) + 1
    effects = [effect.named(lane.heard.people) for effect in act.effects]
    progress.tell(reasoned("decided", act.because))
    if progress.dry:
        for effect in effects:
            progress.tell(
                Line(
                    "acted",
                    Text("Было бы сделано: {what}.", "Would be done: {what}.").format(what=effect.summary().inside()),
                    {"state": "dry"},
                )
            )
    progress.step, progress.acting_from = step_name(act.then), first
    plans = [
        ledger.planned(progress.run, lane.portal.vault, effect, ordinal, dry=progress.dry)
        for ordinal, effect in enumerate(effects, first)
    ]
    await progress.keep(moment.now, also=plans)


async def _wait(progress: Progress, lane: Lane, workshop: Workshop, moment: Moment, wait: WaitUntil) -> None:
    due = min(whole_seconds(wait.due), progress.run.expires_at)
    progress.acting_from, progress.step, progress.watch = 0, step_name(wait.then), _unseen(wait.watch, progress.seen)
    progress.timer_at = min(whole_seconds(wait.timer_at), progress.run.expires_at) if wait.timer_at else None
    if not wait.quiet:
        spans: list[Json] = [[start.isoformat(), end.isoformat()] for start, end in wait.counted]
        progress.tell(reasoned("waits", wait.because, {"due": due.isoformat(), "counted": spans}))
    also: list[Statement] = []
    if not progress.answered and (wait.answer is not None or not waits_for_result(progress, workshop)):
        url = _url(progress, lane, workshop)
        scheduled = scheduled_answer(progress, lane, wait, url)
        answer = scheduled if wait.answer is None else final_answer(progress, lane, wait.answer, url)
        also.append(progress.reply(moment.now, answer))
        progress.answered = True
        progress.tell(Line("answered", ANSWERED if wait.answer else SCHEDULED))
    await progress.rest(moment.now, wake_at=due, also=also)


def _unseen(watch: Watch | None, seen: Watch | None) -> Watch | None:
    """Watch for what this step has not seen; a wait that was planned before would be woken by it for ever."""
    if watch is None or seen is None or watch.chat_id != seen.chat_id:
        return watch
    return Watch(watch.chat_id, max(watch.message_id, seen.message_id))


def waits_for_result(progress: Progress, workshop: Workshop) -> bool:
    robot = workshop.catalogue[progress.run.robot]
    given = robot.decoded(progress.run.properties)
    return bool(robot.waits and getattr(given, "wait_result", True))


async def _end(
    progress: Progress,
    lane: Lane,
    workshop: Workshop,
    moment: Moment,
    outcome: Done | Failed,
    *,
    status: str | None = None,
) -> None:
    result, reason = result_of(progress, outcome), Reason.of(outcome.because)
    if result == "refused":
        # Nobody waits for the answer to a call that the portal did not make.
        progress.answered = True
    progress.watch = None
    progress.tell(reasoned("ended", outcome.because, {"result": result}))
    answer = final_answer(progress, lane, outcome, _url(progress, lane, workshop))
    await progress.finish(moment.now, result=result, reason=reason.text, answer=answer, status=status)


async def _unknown(progress: Progress, lane: Lane, workshop: Workshop, moment: Moment, unsettled: Unsettled) -> None:
    """Rest until the next look at the portal; after the last one the process is told and a person decides."""
    also: list[Statement] = []
    if unsettled.look_at is None:
        progress.tell(Line("person", UNDECIDED))
        if not progress.answered:
            url = _url(progress, lane, workshop)
            answer = answer_of(progress, lane, result="unknown", reason=UNDECIDED, output=encode(Output()), url=url)
            also.append(progress.reply(moment.now, answer))
            progress.answered = True
    await progress.rest(moment.now, wake_at=unsettled.look_at, status="unknown", also=also)


async def _park(progress: Progress, lane: Lane, workshop: Workshop, moment: Moment) -> None:
    if moment.now >= progress.run.created_at + PARK_FOR and progress.run.robot not in workshop.catalogue:
        await _end(progress, lane, workshop, moment, Failed(exhausted(progress.run.robot)))
        return
    if progress.attempt == 0:
        progress.tell(Line("parked", PARKED))
    progress.attempt += 1
    await progress.rest(moment.now, wake_at=moment.now + PARK_EACH, status="parked")


async def _later(progress: Progress, moment: Moment, trouble: TryLater) -> None:
    progress.attempt += 1
    pause = trouble.after or min(timedelta(seconds=2.0 ** min(progress.attempt, 10)), _LONGEST_PAUSE)
    at = whole_seconds(moment.now + pause)
    # Waiting for a place among many is told once and not at every turn.
    if progress.attempt == 1 or not isinstance(trouble, LimitExceeded):
        progress.tell(Line("retries", trouble_words(trouble), {"attempt": progress.attempt, "at": at.isoformat()}))
    await progress.rest(moment.now, wake_at=min(at, progress.run.expires_at), status="retrying")


async def _mistaken(progress: Progress, lane: Lane, workshop: Workshop, moment: Moment, mistake: Exception) -> None:
    """A robot raised: the state is as before the step, and the step is tried again a few times."""
    place = place_of(mistake)
    log.error(
        "A step failed by its own mistake",
        extra={"run": progress.run.id, "robot": progress.run.robot, "step": progress.step, "error": place},
    )
    progress.mistakes += 1
    if progress.mistakes >= TRIES:
        await _end(progress, lane, workshop, moment, Failed(RESTS.format(place=place)))
        return
    at = whole_seconds(moment.now + timedelta(seconds=10 * 6 ** (progress.mistakes - 1)))
    progress.tell(
        Line(
            "retries",
            Text(
                "Ошибка в самом роботе ({place}); повторим.",
                "A mistake in the robot itself ({place}); it will be tried again.",
            ).format(place=place),
            {"attempt": progress.mistakes, "at": at.isoformat()},
        )
    )
    await progress.rest(moment.now, wake_at=at, status="retrying")


def place_of(mistake: Exception) -> str:
    """Name the kind of error and the line, never its words: they may quote a client."""
    trace = mistake.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}" if trace else "?"
    return f"{type(mistake).__name__} {where}"


async def _let_go(progress: Progress) -> None:
    sql = "UPDATE run SET lease_until = NULL, owner = '' WHERE id = :id AND lease_no = :lease_no"
    await progress.database.write(Statement(sql, {"id": progress.run.id, "lease_no": progress.run.lease_no}))


def _url(progress: Progress, lane: Lane, workshop: Workshop) -> str:
    return run_url(lane, workshop.client_id, progress.run.id)
