"""Automation of the portal: robots placed on stages, workflows that run them, and the tokens they wait with."""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sandbox.crm import Item, document_type
from sandbox.errors import RestError, access_denied
from sandbox.properties import encoded, returned
from sandbox.queue import Delivery
from sandbox.visibility import is_offered
from sandbox.wire import Json

if TYPE_CHECKING:
    from sandbox.apps import App, Registration
    from sandbox.portal import Portal

KEPT_WORKFLOWS = 20_000


@dataclass(frozen=True, slots=True)
class PlacedRobot:
    """A robot as an administrator left it in a stage: its own copy of the settings (platform.md 1.4)."""

    code: str
    properties: dict[str, Json]
    wait_previous: bool = False
    auth_user_id: int = 0
    use_subscription: str | None = None


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    TERMINATED = "terminated"
    NOT_STARTED = "not started"


@dataclass(slots=True)
class RobotRun:
    """One robot inside a workflow; ``token`` is made anew each time the step is executed (platform.md 2.4)."""

    placed: PlacedRobot
    activity: str
    state: State = State.NOT_STARTED
    token: str = ""
    returned: dict[str, Json] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(slots=True)
class Workflow:
    """The robots of one stage entered once: parallel branches, each a sequence (platform.md 7.2)."""

    id: str
    item: tuple[int, int]
    document: tuple[str, str, str]
    stage_id: str
    branches: list[list[RobotRun]]
    started_at: datetime
    modified_at: datetime
    state: State = State.RUNNING

    @property
    def runs(self) -> list[RobotRun]:
        return [run for branch in self.branches for run in branch]


class Bizproc:
    """Runs the robots of stages and takes their answers; ``placed`` is what administrators have put where."""

    def __init__(self, portal: Portal, key: str) -> None:
        self._portal = portal
        self._key = key.encode()
        self.placed: dict[tuple[int, str], list[PlacedRobot]] = {}
        self.placed_triggers: dict[str, list[tuple[int, str]]] = {}
        self.workflows: dict[str, Workflow] = {}
        self.history: deque[Workflow] = deque(maxlen=KEPT_WORKFLOWS)

    # Stages -----------------------------------------------------------------------------------------------------

    def stage_entered(self, item: Item) -> None:
        """End every automation workflow of the item, then start the new stage under a new id (platform.md 7.1)."""
        self.stop_all(item)
        app = self._portal.apps.installed
        if app is None or not (app.installed or self._portal.switches.robots_before_install_finish):
            return
        robots = [
            robot
            for robot in self.placed.get((item.entity_type, item.stage_id), [])
            if (known := app.registrations.get(robot.code))
            and known.kind == "robot"
            and is_offered(known, item.entity_type)
        ]
        if robots:
            self._start(item, robots, app)

    def stop_all(self, item: Item) -> None:
        for workflow in [one for one in self.workflows.values() if one.item == item.key]:
            self._end(workflow, State.TERMINATED)

    def _start(self, item: Item, robots: list[PlacedRobot], app: App) -> None:
        branches: list[list[RobotRun]] = []
        for robot in robots:
            run = RobotRun(placed=robot, activity=self._portal.ids.activity())
            if robot.wait_previous and branches:
                branches[-1].append(run)
            else:
                branches.append([run])
        now = self._portal.clock.now()
        workflow = Workflow(self._portal.ids.workflow(), item.key, item.document, item.stage_id, branches, now, now)
        self.workflows[workflow.id] = workflow
        self.history.append(workflow)
        for branch in branches:
            self._execute_from(workflow, branch, 0, app)
        self._end_when_done(workflow)

    def _execute_from(self, workflow: Workflow, branch: list[RobotRun], index: int, app: App) -> None:
        """Execute robots of a branch until one waits; without subscription a step just closes (platform.md 1.5)."""
        for run in branch[index:]:
            registration = app.registrations.get(run.placed.code)
            if registration is None:
                run.state = State.TERMINATED
                continue
            run.started_at = self._portal.clock.now()
            run.token = self._token(workflow, run)
            saved = run.placed.use_subscription
            waits = registration.use_subscription if saved is None else saved
            self._call(workflow, run, registration, app, waits=waits)
            if waits == "Y":
                run.state = State.WAITING
                return
            run.state, run.finished_at = State.DONE, run.started_at

    def _end_when_done(self, workflow: Workflow) -> None:
        if all(run.state in (State.DONE, State.TERMINATED) for run in workflow.runs):
            self._end(workflow, State.DONE)

    def _end(self, workflow: Workflow, state: State) -> None:
        """Delete the instance; what was returned and done stays (platform.md 7.4, 7.9)."""
        workflow.state, workflow.modified_at = state, self._portal.clock.now()
        for run in workflow.runs:
            if run.state in (State.WAITING, State.NOT_STARTED):
                run.state = State.TERMINATED if state is State.TERMINATED else run.state
        self.workflows.pop(workflow.id, None)
        self._portal.touch()

    # Calls ------------------------------------------------------------------------------------------------------

    def _call(self, workflow: Workflow, run: RobotRun, registration: Registration, app: App, *, waits: str) -> None:
        """Queue the form of platform.md 2.2."""
        entity, kind = document_type(workflow.item[0])
        form: dict[str, Json] = {
            "workflow_id": workflow.id,
            "code": registration.code,
            "document_id": list(workflow.document),
            "document_type": ["crm", entity, kind],
            "event_token": run.token,
        }
        item = self._portal.crm.items[workflow.item]
        if registration.properties:
            form["properties"] = encoded(run.placed.properties, registration.properties, item)
        form["use_subscription"] = waits
        form["timeout_duration"] = "0"
        form["ts"] = str(int(self._portal.clock.now().timestamp()))
        user = self._portal.people.get(run.placed.auth_user_id or registration.auth_user_id)
        if user is None and self._portal.switches.tokens_without_user:
            user = self._portal.people.get(app.installed_by)
        form["auth"] = self._portal.oauth.auth_block(app, user, refreshable=True)
        self._portal.queue.push(Delivery(kind="robot", name=registration.code, url=registration.handler, form=form))

    def _token(self, workflow: Workflow, run: RobotRun) -> str:
        """Make ``workflow|activity|random32.hmac``; nothing in it expires (platform.md 2.4)."""
        value = f"{workflow.id}|{run.activity}|{self._portal.ids.secret(32)}"
        return f"{value}.{self._signature(value)}"

    def _signature(self, value: str) -> str:
        return hmac.new(self._key, f"bizproc{value}".encode(), hashlib.sha256).hexdigest()

    def minted(self, token: str) -> bool:
        value, _, signature = token.rpartition(".")
        return bool(value) and hmac.compare_digest(self._signature(value).encode(), signature.encode())

    def find(self, token: str) -> tuple[Workflow, RobotRun | None] | None:
        """Return the living workflow of a token, and its robot if the random part is still the current one."""
        workflow = self.workflows.get(token.partition("|")[0])
        if workflow is None:
            return None
        return workflow, next((run for run in workflow.runs if run.token == token), None)

    # Answers ----------------------------------------------------------------------------------------------------

    def send_event(
        self, token: str, values: Json, message: str, *, later: Callable[[Callable[[], None]], None]
    ) -> None:
        """Accept an answer: ``true`` for a well signed token, the work is done after the hit (platform.md 2.8)."""
        if not self.minted(token):
            raise access_denied()
        if self._portal.switches.old_core:
            if self.find(token) is None:
                raise RestError("404", "Business process not found")
            self._resume(token, values, message)
        else:
            later(lambda: self._resume(token, values, message))

    def _resume(self, token: str, values: Json, message: str) -> None:
        """Complete the waiting step, if it still is; what was accepted for nothing is recorded as well."""
        found, app = self.find(token), self._portal.apps.installed
        run = found[1] if found else None
        if found is None or run is None or app is None or run.state is not State.WAITING:
            self._portal.record("event.send", token=token, values=values, log=message, effective=False, returned={})
            return
        workflow, registration = found[0], app.registrations.get(run.placed.code)
        run.returned = returned(values, registration.return_properties if registration else {})
        run.state, run.finished_at = State.DONE, self._portal.clock.now()
        if message:
            run.log.append(message)
        self._portal.record(
            "event.send", token=token, values=values, log=message, effective=True, returned=run.returned
        )
        workflow.modified_at = run.finished_at
        branch = next(branch for branch in workflow.branches if run in branch)
        self._execute_from(workflow, branch, branch.index(run) + 1, app)
        self._end_when_done(workflow)

    def log(self, token: str, message: str) -> None:
        """Write a line; the synchronous way to learn that a workflow is gone (platform.md 2.9)."""
        if not self.minted(token):
            raise access_denied()
        found = self.find(token)
        if found is None:
            raise RestError("404", "Business process not found")
        if found[1]:
            found[1].log.append(message)

    # Triggers ---------------------------------------------------------------------------------------------------

    def fire(self, code: str, item: Item, *, by: int) -> bool:
        """Move the item to the stage where the trigger stands, if it stands anywhere (platform.md 6.5)."""
        stages = [stage for kind, stage in self.placed_triggers.get(code, []) if kind == item.entity_type]
        for stage in stages:
            self._portal.crm.move(item, stage, by=by)
        return bool(stages) or self._portal.switches.unplaced_trigger_is_true
