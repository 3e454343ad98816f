"""One HTTP request to REST: commands executed in order, work left for afterwards, the envelope around the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from sandbox.errors import NothingDone, RestError
from sandbox.journal import CallRecord
from sandbox.outcome import Outcome
from sandbox.rest.registry import METHODS, Call, Method, Page
from sandbox.wire import Json, Params, moment

if TYPE_CHECKING:
    from sandbox.apps import App
    from sandbox.people import User
    from sandbox.portal import Portal

#: Scopes that open a method which asks for another (platform.md 4; openlines.md part 5).
SCOPE_ALIASES = {"user": {"user", "user_basic", "user_brief"}, "task": {"task", "tasks"}}


class Hit:
    """Executes commands for one user, of one application or of none.

    What commands leave for ``later`` is done by ``finish``, when all of them are through: the platform does the work
    of event.send and the delivery of im.message.add in background jobs (platform.md 2.8, openlines.md part 2).
    """

    def __init__(self, portal: Portal, *, user: User, app: App | None, expires: float = 0.0) -> None:
        self.portal = portal
        self.user = user
        self.app = app
        self.expires = expires
        self.request = portal.ids.next("request")
        self.started_at = portal.now()
        self._afterwards: list[tuple[CallRecord | None, Callable[[], None]]] = []

    def later(self, job: Callable[[], None]) -> None:
        self._afterwards.append((self.portal.call, job))

    def finish(self) -> None:
        self.portal.actor = self.user
        try:
            for record, job in self._afterwards:
                self.portal.call = record
                job()
        finally:
            self.portal.call = self.portal.actor = None

    def run(self, name: str, params: Params, *, batch: str | None = None) -> Outcome:
        """Execute one command and write it into the journal, whatever becomes of it."""
        began = time.perf_counter()
        portal = self.portal
        record = CallRecord(
            id=portal.ids.next("call"),
            request=self.request,
            at=portal.now(),
            method=name,
            params=params,
            user_id=self.user.id,
            batch=batch,
        )
        portal.journal.calls.append(record)
        outer, portal.call, portal.actor = portal.call, record, self.user
        try:
            return self._executed(name, params, record)
        except NothingDone:
            return Outcome(True, time=self.time_of(METHODS.get(name), began))
        except RestError as error:
            record.status, record.error = error.status, error.code
            return Outcome(error=error, time=self.time_of(METHODS.get(name), began))
        finally:
            portal.call = outer
            portal.actor = self.user if outer else None
            record.ms = (time.perf_counter() - began) * 1_000

    def _executed(self, name: str, params: Params, record: CallRecord) -> Outcome:
        began = time.perf_counter()
        method = METHODS.published(name, self.portal)
        if method is None:
            record.violations.append("unknown method")
            raise RestError("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)
        self._check_scope(method)
        accepted, record.violations = method.accept(params)
        self._disturb(method)
        self._check_missing(method, accepted)
        answer = method.handler(Call(self.portal, self, method, accepted, self.user, self.app))
        self.portal.operating.spend(method.name, method.seconds, self.portal.now().timestamp())
        times = self.time_of(method, began)
        if isinstance(answer, Page):
            return Outcome(answer.result, total=answer.total, next=answer.next, time=times)
        return Outcome(answer, time=times)

    def _check_scope(self, method: Method) -> None:
        if not method.scope or self.app is None:
            return
        if not SCOPE_ALIASES.get(method.scope, {method.scope}) & set(self.app.scope):
            raise RestError(
                "insufficient_scope", "The request requires higher privileges than provided by the access token", 403
            )

    def _disturb(self, method: Method) -> None:
        """Apply the fault ordered for this command, and the limit of operating time."""
        now = self.portal.now().timestamp()
        fault = self.portal.faults.take([method.name.lower()], of_request=False)
        if (fault and fault.kind == "op_limit") or (
            self.portal.switches.limits and self.portal.operating.exceeded(method.name, now)
        ):
            raise RestError("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", 429)
        if fault and fault.error_code is not None:
            raise RestError(fault.error_code, "Ordered by the sandbox", fault.error_status)
        if fault and fault.kind == "locked":
            raise RestError("423", "Workflow is locked")
        if fault and fault.kind == "true_without_effect":
            raise NothingDone

    @staticmethod
    def _check_missing(method: Method, params: Params) -> None:
        for name in method.missing(params):
            if method.controller:
                raise RestError("100", f"Could not find value for parameter {{{name}}}")
            if method.missing_code is not None:
                raise RestError(method.missing_code.format(name=name), f"Argument '{name}' is null or empty")

    def time_of(self, method: Method | None, began: float) -> Json:
        """Make the ``time`` block; ``operating`` counts the simulated work of the method (platform.md 4)."""
        return times(self.portal, self.started_at, time.perf_counter() - began, method.name if method else None)


def times(portal: Portal, started_at: datetime, spent: float, method: str | None) -> Json:
    now = portal.now().timestamp()
    start = started_at.timestamp()
    said = moment(started_at, portal.zone)
    block: dict[str, Json] = {
        "start": start,
        "finish": start + spent,
        "duration": spent,
        "processing": spent,
        "date_start": said,
        "date_finish": said,
        "operating_reset_at": int(now) + 600,
        "operating": 0,
    }
    if method:
        block["operating"] = portal.operating.spent(method, now)
        block["operating_reset_at"] = portal.operating.reset_at(method, now)
    return block
