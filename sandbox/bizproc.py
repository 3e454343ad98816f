"""Automation of the portal: robots placed on stages, workflows that run them, and the tokens they wait with."""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sandbox.crm import Item, document_type
from sandbox.errors import RestError, access_denied
from sandbox.php import to_text
from sandbox.properties import document_field, encoded, returned
from sandbox.queue import Delivery
from sandbox.visibility import is_offered
from sandbox.wire import Json
from sandbox.workflows import Fault, PlacedRobot, RobotRun, State, Workflow

if TYPE_CHECKING:
    from sandbox.apps import App, Registration
    from sandbox.portal import Portal

KEPT_WORKFLOWS = 20_000


class Bizproc:
    """Runs the robots of stages and takes their answers; ``placed`` is what administrators have put where."""

    def __init__(self, portal: Portal, key: str) -> None:
        self._portal = portal
        self._key = key.encode()
        self.placed: dict[tuple[int, str], list[PlacedRobot]] = {}
        self.workflows: dict[str, Workflow] = {}
        self.history: deque[Workflow] = deque(maxlen=KEPT_WORKFLOWS)
        self._by_item: dict[tuple[int, int], list[Workflow]] = {}
        self._templates: dict[tuple[int, str], int] = {}
        #: When a delay or a wait of some process is over next; None when none is known to end.
        self._next_due_at: datetime | None = None

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
            if (known := robot.known_to(app)) is None or (known.kind == "robot" and is_offered(known, item.entity_type))
        ]
        if robots:
            self._start(item, robots, app)

    def stop_all(self, item: Item) -> None:
        for workflow in list(self._by_item.get(item.key, [])):
            self._end(workflow, State.TERMINATED)

    def terminate(self, workflow: Workflow, said: str) -> None:
        """End one workflow on order of an administrator, who may say why (platform.md 7.6)."""
        workflow.said = said
        self._end(workflow, State.TERMINATED)

    def kill(self, workflow: Workflow) -> None:
        """Delete a workflow and the memory of it (platform.md 7.6)."""
        self._end(workflow, State.TERMINATED)
        self.history.remove(workflow)

    def _start(self, item: Item, robots: list[PlacedRobot], app: App) -> None:
        branches: list[list[RobotRun]] = []
        for robot in robots:
            run = RobotRun(placed=robot, activity=self._portal.ids.activity())
            if robot.wait_previous and branches:
                branches[-1].append(run)
            else:
                branches.append([run])
        now = self._portal.clock.now()
        template = self._templates.setdefault((item.entity_type, item.stage_id), len(self._templates) + 1)
        workflow = Workflow(
            self._portal.ids.workflow(), item.key, item.document, item.stage_id, branches, now, now, template
        )
        self.workflows[workflow.id] = workflow
        self._by_item.setdefault(item.key, []).append(workflow)
        self.history.append(workflow)
        self._go_on(workflow, [(branch, 0) for branch in branches], app)

    def _go_on(self, workflow: Workflow, from_here: list[tuple[list[RobotRun], int]], app: App) -> None:
        """Execute branches from a place on; a step that cannot be executed faults the workflow (platform.md 1.7)."""
        try:
            for branch, index in from_here:
                self._execute_from(workflow, branch, index, app)
        except Fault as fault:
            workflow.said = str(fault)
            self._end(workflow, State.FAULTED)
        else:
            self._end_when_done(workflow)

    def _execute_from(self, workflow: Workflow, branch: list[RobotRun], index: int, app: App) -> None:
        """Execute robots of a branch until one waits; without subscription a step just closes (platform.md 1.5)."""
        for run in branch[index:]:
            if run.begins_at is None and run.placed.delay_seconds:
                run.begins_at = self._portal.clock.now() + timedelta(seconds=run.placed.delay_seconds)
                self._due(run.begins_at)
                return
            run.started_at = self._portal.clock.now()
            if run.placed.stock or not self._is_met(run.placed, workflow):
                run.state, run.finished_at = State.DONE, run.started_at
                continue
            run.token = self._token(workflow, run)
            registration = self._executable(run, app)
            saved = run.placed.use_subscription
            waits = registration.use_subscription if saved is None else saved
            self._call(workflow, run, registration, app, waits=waits)
            if waits == "Y" or (not waits and self._portal.switches.absent_subscription_waits):
                run.state = State.WAITING
                self._time(run)
                return
            run.state, run.finished_at = State.DONE, run.started_at

    def _is_met(self, placed: PlacedRobot, workflow: Workflow) -> bool:
        item = self._portal.crm.items[workflow.item]
        return all(document_field(self._portal, item, name) == to_text(one) for name, one in placed.only_if.items())

    @staticmethod
    def _executable(run: RobotRun, app: App) -> Registration:
        """Find what a step calls; an unknown robot and an unpaid application are faults (platform.md 1.7, 2.1)."""
        registration = run.placed.known_to(app)
        if registration is None:
            run.state = State.FAULTED
            raise Fault(f"{run.placed.code}: activity or robot not found")
        if not app.paid:
            run.state = State.FAULTED
            raise Fault("Rest application: payment required")
        return registration

    # Time -------------------------------------------------------------------------------------------------------

    def _time(self, run: RobotRun) -> None:
        if run.placed.timeout_seconds and run.started_at:
            run.times_out_at = run.started_at + timedelta(seconds=run.placed.timeout_seconds)
            self._due(run.times_out_at)

    def _due(self, at: datetime) -> None:
        self._next_due_at = min(self._next_due_at or at, at)

    def settle(self) -> None:
        """Go on where a delay is over, or a step waited too long: it closes without values (platform.md 2.7)."""
        now, app = self._portal.now(), self._portal.apps.installed
        if self._next_due_at is None or self._next_due_at > now or app is None:
            return
        timed = [(flow, run) for flow in self.workflows.values() for run in flow.runs if _ends_at(run)]
        for workflow, run in timed:
            at = _ends_at(run)
            if at is None or at > now or workflow.id not in self.workflows:
                continue
            if run.state is State.WAITING:
                run.timed_out = True
                self._step_over(workflow, run, app)
            else:
                branch = next(branch for branch in workflow.branches if run in branch)
                workflow.modified_at = now
                self._go_on(workflow, [(branch, branch.index(run))], app)
        self._next_due_at = min(
            filter(None, (_ends_at(run) for flow in self.workflows.values() for run in flow.runs)), default=None
        )

    def _end_when_done(self, workflow: Workflow) -> None:
        if all(run.state in (State.DONE, State.TERMINATED) for run in workflow.runs):
            self._end(workflow, State.DONE)

    def _end(self, workflow: Workflow, state: State) -> None:
        """Delete the instance; what was returned and done stays (platform.md 7.4, 7.9)."""
        workflow.state, workflow.modified_at = state, self._portal.clock.now()
        for run in workflow.runs:
            if run.state in (State.WAITING, State.NOT_STARTED) and state is not State.DONE:
                run.state = State.TERMINATED
        if self.workflows.pop(workflow.id, None):
            self._by_item[workflow.item].remove(workflow)
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
            form["properties"] = encoded(self._portal, run.placed.properties, registration.properties, item)
        form["use_subscription"] = waits
        form["timeout_duration"] = str(run.placed.timeout_seconds)
        form["ts"] = str(int(self._portal.clock.now().timestamp()))
        user = self._portal.people.get(run.placed.auth_user_id or registration.auth_user_id)
        if user is None and self._portal.switches.tokens_without_user:
            user = self._portal.people.get(app.installed_by)
        refreshable = self._portal.switches.robot_calls_carry_refresh_token
        form["auth"] = self._portal.oauth.auth_block(app, user, refreshable=refreshable)
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
        workflow, registration = found[0], run.placed.known_to(app)
        run.returned = returned(values, registration.return_properties if registration else {})
        if message:
            run.log.append(message)
        self._portal.record(
            "event.send", token=token, values=values, log=message, effective=True, returned=run.returned
        )
        self._step_over(workflow, run, app)

    def _step_over(self, workflow: Workflow, run: RobotRun, app: App) -> None:
        """Close a waiting step and execute what follows it in its branch."""
        workflow.modified_at = run.finished_at = self._portal.clock.now()
        run.state = State.DONE
        branch = next(branch for branch in workflow.branches if run in branch)
        self._go_on(workflow, [(branch, branch.index(run) + 1)], app)

    def log(self, token: str, message: str) -> None:
        """Write a line; the synchronous way to learn that a workflow is gone (platform.md 2.9)."""
        if not self.minted(token):
            raise access_denied()
        found = self.find(token)
        if found is None:
            raise RestError("404", "Business process not found")
        # The process is loaded and saved for it, as for an answer (platform.md 2.9).
        found[0].modified_at = self._portal.clock.now()
        if found[1]:
            found[1].log.append(message)


def _ends_at(run: RobotRun) -> datetime | None:
    """When the delay before a step is over, or its wait; None when it has none or it is past."""
    if run.state is State.NOT_STARTED:
        return run.begins_at
    return run.times_out_at if run.state is State.WAITING else None
