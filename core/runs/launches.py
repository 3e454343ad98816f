"""Calls of robots that Bitrix24 sent and nobody got: found by the processes that wait for their answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from core.bitrix24.command import Json
from core.db import Database, Statement, Value, to_millis
from core.portals.calls import RobotCall
from core.portals.lane import Lane
from core.robots import AnyRobot
from core.robots.portal_settings import LOST_LAUNCHES
from core.runs.beginning import Beginning, begin, hash_of, instead_of
from core.runs.habit import Habit, silence
from core.runs.journal import Line
from core.runs.launch_words import recovered, told
from core.runs.learning import calls_of, keep
from core.runs.moment import Moment
from core.runs.processes import Process
from core.runs.telling import tell

#: What was to be done this long ago is not begun by ourselves any more.
RUN_WITHIN: Final = timedelta(hours=1)
#: A portal is told of a template so often in so long; whoever did not act on it by then knows why.
MOST_TELLINGS: Final = 3
TELLINGS_FOR: Final = timedelta(days=7)
#: What came late may come late again.
LATE: Final = timedelta(minutes=10)
#: How long it is remembered that a process was found: longer than processes are compared with runs.
REMEMBERED: Final = timedelta(days=60)

_FOUND: Final = """
INSERT INTO lost_launch (portal_id, workflow_id, template_id, state, found_at)
VALUES (:portal_id, :workflow_id, :template_id, :state, :found_at)
ON CONFLICT (portal_id, workflow_id) DO NOTHING
"""
_MILLISECOND: Final = timedelta(milliseconds=1)
_KNOWN: Final = "SELECT 1 FROM lost_launch WHERE portal_id = :portal_id AND workflow_id = :workflow_id"
_TELLINGS: Final = """
SELECT COUNT(DISTINCT found_at) AS tellings FROM lost_launch
WHERE portal_id = :portal_id AND template_id = :template_id AND found_at > :since AND state <> 'run'
"""
_PROPERTIES: Final = "SELECT properties FROM run WHERE id = :run_id AND portal_id = :portal_id"
_BEGUN: Final = "SELECT 1 FROM run WHERE portal_id = :portal_id AND event_token_hash = :instead AND robot = :robot"
_SLOW_AS_IT: Final = """
UPDATE template_habit SET slowest = :slowest
WHERE portal_id = :portal_id AND slowest < :slowest AND template_id = (
    SELECT template_id FROM lost_launch
    WHERE lost_launch.portal_id = :portal_id AND workflow_id = :workflow_id AND state = 'run')
"""
_CAME: Final = """
UPDATE lost_launch SET state = 'came' WHERE portal_id = :portal_id AND state = 'told' AND workflow_id IN (
    SELECT run.workflow_id FROM run
    WHERE run.portal_id = :portal_id AND run.created_at > :since AND run.workflow_id <> '')
RETURNING template_id
"""
_SLOW: Final = """
UPDATE template_habit SET slowest = :slowest
WHERE portal_id = :portal_id AND template_id = :template_id AND slowest < :slowest
"""
_LATELY: Final = """
SELECT state, COUNT(*) AS processes FROM lost_launch WHERE portal_id = :portal_id AND found_at > :since GROUP BY state
"""
_BLIND: Final = "SELECT blind FROM healing WHERE portal_id = :portal_id"


@dataclass(frozen=True, slots=True)
class Lost:
    """Lost calls that people were told of, and those that were made up for; ``blind``: why none can be seen."""

    told: int = 0
    begun: int = 0
    blind: str = ""


@dataclass(frozen=True, slots=True)
class _Silent:
    """Processes of one template that have not called."""

    habit: Habit
    processes: list[Process] = field(default_factory=list)


class Search:
    """Compares living processes of one portal with the calls that we had from them."""

    def __init__(
        self, lane: Lane, database: Database, moment: Moment, *, robots: Mapping[str, AnyRobot], opened_at: datetime
    ) -> None:
        self._lane = lane
        self._database = database
        self._moment = moment
        self._robots = robots
        #: What began before work for the portal began, or went on after a copy was put back, may have been done.
        self._opened_at = opened_at

    async def compare(self, processes: Sequence[Process], habits: Mapping[str, Habit]) -> bool:
        """Find those that ought to have called and did not; True when a run was begun for it, or to tell of it."""
        is_begun = False
        for silent in await self._silent(processes, habits):
            if not silent.habit.is_known:
                await keep(self._database, self._portal_id, [silence(silent.habit, len(silent.processes))])
            elif silent.habit.expects_a_call:
                is_begun = await self._treat(silent) or is_begun
        return is_begun

    @property
    def _portal_id(self) -> str:
        return self._lane.portal.id

    async def _silent(self, processes: Sequence[Process], habits: Mapping[str, Habit]) -> list[_Silent]:
        mine = [
            process
            for process in processes
            if process.item is not None
            and process.template_id in habits
            and process.started_at >= habits[process.template_id].first_at
        ]
        known = [Statement(_KNOWN, {"portal_id": self._portal_id, "workflow_id": process.id}) for process in mine]
        found = await self._database.read(*known) if known else []
        silent: dict[str, _Silent] = {}
        for process, calls, lost in zip(
            mine, await calls_of(self._database, self._portal_id, mine), found, strict=True
        ):
            if not calls and not lost:
                habit = habits[process.template_id]
                silent.setdefault(process.template_id, _Silent(habit)).processes.append(process)
        return list(silent.values())

    async def _treat(self, silent: _Silent) -> bool:
        """Begin what is known for sure, if the portal wants that; of the rest the administrator hears, in one word."""
        begun: list[Process] = []
        left: list[Process] = []
        robot, properties = await self._sure(silent.habit)
        for process in silent.processes:
            if robot is None or not self._is_fresh(process):
                left.append(process)
            elif await self._begin(process, silent.habit, robot, properties):
                begun.append(process)
        is_told = bool(left) and await self._told(silent.habit, left, "told")
        if begun:
            await self._told(silent.habit, begun, "run")
        return bool(begun) or is_told

    async def _sure(self, habit: Habit) -> tuple[AnyRobot | None, dict[str, Json]]:
        """The robot and its properties, where they are known and the portal wants lost calls to be made good."""
        robot = self._robots.get(habit.only_robot)
        if self._lane.settings.get(LOST_LAUNCHES) != "run" or robot is None or not habit.settings_are_known:
            return None, {}
        params: dict[str, Value] = {"run_id": habit.run_id, "portal_id": self._portal_id}
        [rows] = await self._database.read(Statement(_PROPERTIES, params))
        kept = rows[0]["properties"] if rows else None
        properties = json.loads(kept) if isinstance(kept, str) else None
        if not isinstance(properties, dict) or robot.check(properties) is not None:
            return None, {}
        return robot, properties

    def _is_fresh(self, process: Process) -> bool:
        return process.started_at >= max(self._opened_at, self._moment.now - RUN_WITHIN)

    async def _begin(self, process: Process, habit: Habit, robot: AnyRobot, properties: dict[str, Json]) -> bool:
        """Begin what the call should have begun; False when it has come after all."""
        beginning = Beginning(
            name=instead_of(process.id),
            robot=robot.code,
            properties=properties,
            item=process.item,
            workflow_id=process.id,
            lives_for=timedelta(days=robot.lifetime_days),
        )
        said = Line("accepted", recovered(habit.alike), {"workflow": process.id})
        also = [self._found(process, "run")]
        run_id = await begin(beginning, self._lane, self._database, moment=self._moment, said=said, also=also)
        return run_id is not None

    async def _told(self, habit: Habit, processes: Sequence[Process], state: str) -> bool:
        names = [self._robots[code].name if code in self._robots else code for code in habit.robots]
        tellings = await self._tellings(habit)
        if state == "told" and tellings >= MOST_TELLINGS:
            return False
        text = told(
            names,
            processes,
            self._lane.portal.zone,
            now=self._moment.now,
            is_begun=state == "run",
            is_last=state == "told" and tellings + 1 >= MOST_TELLINGS,
        )
        run_id = await tell(
            self._lane,
            self._database,
            text,
            name=f"lost_{state}|{processes[0].id}",
            moment=self._moment,
            item=processes[0].item,
            also=[self._found(process, state) for process in processes],
        )
        return run_id is not None

    async def _tellings(self, habit: Habit) -> int:
        params: dict[str, Value] = {
            "portal_id": self._portal_id,
            "template_id": habit.template_id,
            "since": to_millis(self._moment.now - TELLINGS_FOR),
        }
        [[row]] = await self._database.read(Statement(_TELLINGS, params))
        return int(row["tellings"] or 0)

    def _found(self, process: Process, state: str) -> Statement:
        return Statement(
            _FOUND,
            {
                "portal_id": self._portal_id,
                "workflow_id": process.id,
                "template_id": process.template_id,
                "state": state,
                "found_at": to_millis(self._moment.now),
            },
        )


async def came_late(database: Database, portal_id: str, call: RobotCall) -> bool:
    """Whether a run was begun in the place of this call, which has come now."""
    params: dict[str, Value] = {
        "portal_id": portal_id,
        "instead": hash_of(instead_of(call.workflow_id)),
        "robot": call.code,
        "workflow_id": call.workflow_id,
        "slowest": LATE // _MILLISECOND,
    }
    [rows, *_] = await database.write(Statement(_BEGUN, params), Statement(_SLOW_AS_IT, params))
    return bool(rows)


async def note_those_that_came(database: Database, portal_id: str, *, since: datetime) -> None:
    """Take back what was said of processes that have called since then: their templates may be slow."""
    params: dict[str, Value] = {"portal_id": portal_id, "since": to_millis(since), "slowest": LATE // _MILLISECOND}
    [rows] = await database.write(Statement(_CAME, params))
    for row in rows:
        await database.write(Statement(_SLOW, {**params, "template_id": row["template_id"]}))


async def lost_lately(database: Database, portal_id: str, *, since: datetime) -> Lost:
    """Return how many processes were found without their call since then, and whether we can see any."""
    params: dict[str, Value] = {"portal_id": portal_id, "since": to_millis(since)}
    rows, seen = await database.read(Statement(_LATELY, params), Statement(_BLIND, params))
    states = {str(row["state"]): int(row["processes"] or 0) for row in rows}
    return Lost(states.get("told", 0), states.get("run", 0), str(seen[0]["blind"]) if seen else "")


async def forget_found(database: Database, portal_id: str, *, now: datetime) -> None:
    """Take away what is too old to be found again."""
    params: dict[str, Value] = {"portal_id": portal_id, "before": to_millis(now - REMEMBERED)}
    await database.write(
        Statement("DELETE FROM lost_launch WHERE portal_id = :portal_id AND found_at < :before", params),
        Statement("DELETE FROM template_habit WHERE portal_id = :portal_id AND last_at < :before", params),
    )
