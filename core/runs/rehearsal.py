"""What a robot would do with an item if it came now: the robot's own steps over real reads, and nothing is changed.

Effects are only described, waits are over at once; what is read is the portal as it is now, for every later moment too.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal, NoReturn, assert_never

from core.bitrix24.client import Ready
from core.bitrix24.command import Answer, Command, Json, Reads
from core.bitrix24.documents import Item
from core.bitrix24.wire import as_str
from core.clock import Clock
from core.db import Database, Row, Statement
from core.effects import Effect
from core.portals.lane import Lane
from core.robots import Act, AnyRobot, Check, Done, EffectResult, Failed, Input, Next, Outcome, Reason, WaitUntil
from core.robots.decoding import encode
from core.robots.robot import step_name
from core.robots.turns import Turns
from core.runs.desk import PortalDesk, guard_name
from core.runs.look import Ended, Looking, is_dry
from core.runs.moment import Moment
from core.runs.progress import Progress, whole_seconds
from core.runs.record import RunRecord
from core.runs.stage import ctx_of
from core.runs.words import too_old
from core.texts.text import Text

#: A robot that goes on and on is told so far.
MOST_WAITS: Final = 12
MOST_STEPS: Final = 60

SEEN: Final = Text("Диалог «{title}».", "The dialog “{title}”.")

_GUARDED: Final = """
SELECT run_guard.run_id FROM run_guard JOIN run ON run.id = run_guard.run_id
WHERE run_guard.portal_id = :portal_id AND run_guard.name = :name AND run.finished_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """One thing that would happen, at a moment of business time.

    A wait has its end in ``until`` and the working time it is made of in ``counted``; what would be done has its
    ``effect``; the end has its result code.
    """

    kind: Literal["looked", "decided", "waits", "would", "ended"]
    at: datetime
    text: Text
    checks: tuple[Check, ...] = ()
    until: datetime | None = None
    counted: tuple[tuple[datetime, datetime], ...] = ()
    effect: Effect | None = None
    result: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The scenes in their order; ``cut`` when the robot would go on after the last one.

    ``output`` is what the process would get back in the end. ``dry``: the robot only shows, by its own settings.
    """

    scenes: tuple[Scene, ...]
    output: Mapping[str, Json]
    cut: bool
    dry: bool

    @property
    def result(self) -> str:
        return self.scenes[-1].result if self.scenes else ""


class Remembered:
    """Reads that are not made twice (`core.bitrix24.command.Reads`): the same question gets the same answer."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._answers: dict[str, Mapping[str, Answer]] = {}

    async def __call__(self, commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]:
        asked = {name: [command.method, dict(command.params)] for name, command in commands.items()}
        key = json.dumps([asked, halt], ensure_ascii=False, default=str)
        if key not in self._answers:
            self._answers[key] = await self._reads(commands, halt=halt)
        return self._answers[key]


async def rehearse(
    robot: AnyRobot,
    properties: Mapping[str, object],
    item: Item,
    *,
    lane: Lane,
    database: Database,
    clock: Clock,
) -> Rehearsal:
    """Play the robot to its end; raises BadProperty, and what the lane raises."""
    given = robot.decoded(properties)
    moment = Moment.of(clock)
    run = _run(robot, properties, item, lane, moment.now)
    lane = replace(lane, read=Remembered(lane.read), write=_never, write_beside=_never)
    return await _Play(robot, given, lane, Progress.of(run, Glass(database)), moment).whole()


@dataclass(slots=True)
class _Play:
    """A rehearsal while it goes on; ``moment`` runs ahead with each wait."""

    robot: AnyRobot
    given: Input
    lane: Lane
    progress: Progress
    moment: Moment
    scenes: list[Scene] = field(default_factory=list)
    output: Mapping[str, Json] = field(default_factory=dict)
    results: tuple[EffectResult, ...] = ()
    waits: int = 0
    #: Whether the process would have its answer by now.
    answered: bool = False
    over: bool = False

    async def whole(self) -> Rehearsal:
        for _ in range(MOST_STEPS):
            self._take(await self._step())
            if self.over or self.waits >= MOST_WAITS:
                break
        dry = is_dry(self.given, self.lane, self.robot.code, was=False)
        return Rehearsal(tuple(self.scenes), self.output, cut=not self.over, dry=dry)

    async def _step(self) -> Outcome:
        progress, expires_at = self.progress, self.progress.run.expires_at
        if self.moment.now >= expires_at:
            return Done("expired", too_old(progress.run.created_at))
        name = progress.step or self.robot.first_step
        looking = Looking(progress, self.lane, self.given, self.moment)
        ctx = ctx_of(
            progress,
            self.lane,
            self.robot,
            self.given,
            looking.item_ref,
            moment=self.moment,
            look=looking,
            desk=_Desk(progress, self.lane, self.given),
            url=self.lane.portal.origin,
            results=self.results,
        )
        ctx.answered = self.answered
        try:
            outcome = await self.robot.run(name, ctx)
        except Ended as ended:
            outcome = ended.outcome
        else:
            progress.state = ctx.state.model_dump(mode="json")
        self._tell_of_look()
        return outcome

    def _tell_of_look(self) -> None:
        """What is seen stays the same, so it is told once."""
        lines = [line for line in self.progress.lines if line.kind == "looked"]
        self.progress.lines.clear()
        if lines and not any(scene.kind == "looked" for scene in self.scenes):
            title = as_str(lines[0].data.get("title"))
            self._add("looked", SEEN.format(title=title) if title else lines[0].text)

    def _take(self, outcome: Outcome) -> None:
        self.results = ()
        match outcome:
            case Next():
                self._reasoned("decided", outcome.because)
                self.progress.step = step_name(outcome.then)
            case Act():
                self._reasoned("decided", outcome.because)
                self.results = tuple(self._would(effect) for effect in outcome.effects)
                self.progress.step = step_name(outcome.then)
            case WaitUntil():
                self._wait(outcome)
            case Done() | Failed():
                self.over = True
                self.output = encode(outcome.output)
                result = outcome.result if isinstance(outcome, Done) else "failed"
                self._reasoned("ended", outcome.because, result=result)
            case _:
                assert_never(outcome)

    def _wait(self, wait: WaitUntil) -> None:
        until = min(whole_seconds(wait.due), self.progress.run.expires_at)
        if not wait.quiet:
            self._reasoned("waits", wait.because, until=until, counted=wait.counted)
        self.waits += 1
        self.progress.step = step_name(wait.then)
        self.answered = self.answered or wait.answer is not None or not self._waits_for_result
        # A wait that is over by now would be taken for one that never ends.
        self.moment = replace(self.moment, now=max(until, self.moment.now + timedelta(seconds=1)))

    @property
    def _waits_for_result(self) -> bool:
        return bool(self.robot.waits and getattr(self.given, "wait_result", True))

    def _would(self, effect: Effect) -> EffectResult:
        effect = effect.named(self.lane.heard.people)
        self._add("would", effect.summary(), effect=effect)
        return EffectResult(effect.kind, "dry", effect.summary())

    def _reasoned(
        self,
        kind: Literal["decided", "waits", "ended"],
        because: Text | Reason,
        *,
        until: datetime | None = None,
        counted: tuple[tuple[datetime, datetime], ...] = (),
        result: str = "",
    ) -> None:
        reason = Reason.of(because)
        scene = Scene(kind, self.moment.now, reason.text, reason.checks, until, counted, result=result)
        self.scenes.append(scene)

    def _add(self, kind: Literal["looked", "would"], text: Text, *, effect: Effect | None = None) -> None:
        self.scenes.append(Scene(kind, self.moment.now, text, effect=effect))


class Glass(Database):
    """A database behind glass: everything in it may be read, and nothing changed."""

    def __init__(self, database: Database) -> None:
        self._behind = database

    async def write(self, *statements: Statement) -> list[list[Row]]:
        if not all(statement.sql.lstrip()[:7].upper() == "SELECT " for statement in statements):
            raise TypeError("A rehearsal changes nothing.")
        return await self._behind.read(*statements)

    async def read(self, *statements: Statement) -> list[list[Row]]:
        return await self._behind.read(*statements)


class _Desk(PortalDesk):
    """The portal's desk as it lies; turns are taken and things guarded in the mind only."""

    def __init__(self, progress: Progress, lane: Lane, given: Input) -> None:
        super().__init__(progress, lane)
        self._would_be_dry = is_dry(given, lane, progress.run.robot, was=False)

    async def take_turn(self, pool: str, seen: Turns, taken: Turns) -> bool:  # noqa: ARG002
        return True

    async def only_one(self, thing: str) -> bool:
        run = self._progress.run
        params = {"portal_id": run.portal_id, "name": guard_name(run.robot, thing, dry=self._would_be_dry)}
        return not (await self._progress.database.read(Statement(_GUARDED, params)))[0]


async def _never(
    commands: Mapping[str, Command],  # noqa: ARG001
    *,
    halt: bool = True,  # noqa: ARG001
    ready: Ready | None = None,  # noqa: ARG001
) -> NoReturn:
    raise TypeError("A rehearsal changes nothing.")


def _run(robot: AnyRobot, properties: Mapping[str, object], item: Item, lane: Lane, now: datetime) -> RunRecord:
    """A run that is nowhere: it is answered and proven, so that nobody asks the portal about its process."""
    return RunRecord(
        id="",
        portal_id=lane.portal.id,
        robot=robot.code,
        workflow_id="",
        event_token=b"",
        item=item,
        title="",
        properties=properties,
        step="",
        state={},
        acting_from=0,
        origin="strong",
        dry=True,
        answered=True,
        stage_id="",
        chat_id=0,
        session_id=0,
        known={},
        attempt=0,
        mistakes=0,
        deaths=0,
        cancel_requested="",
        lease_no=0,
        wake_at=now,
        timer_at=None,
        expires_at=now + timedelta(days=robot.lifetime_days),
        created_at=now,
    )
