"""What a REST call costs the emulated portal itself, without HTTP, with 1,000 deals and 500 open dialogs in it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping

from bench.figure import Figure
from sandbox.apps import App
from sandbox.crm import DEAL
from sandbox.demo import ANNA
from sandbox.portal import Portal
from sandbox.rest.answer import execute
from sandbox.scenario import reset
from sandbox.wire import Params

REPEATS = 50
BOUND_MS = 3.0
SCOPE = ("bizproc", "calendar", "crm", "department", "im", "imopenlines", "lists", "task", "timeman", "user")


def measure() -> list[Figure]:
    portal, access = _large()
    medians = {name: _median_ms(portal, access, *call) for name, call in _calls(portal).items()}
    slowest = max(medians, key=medians.__getitem__)
    among = f"the slowest of {len(medians)} calls; the middle one: {statistics.median(medians.values()):.2f} ms"
    return [Figure(f"portal, {slowest}", medians[slowest], "ms", among, ("≤", BOUND_MS))]


def _large() -> tuple[Portal, str]:
    """Make the portal, and a token of its administrator."""
    portal = Portal(seed=1, speed=0)
    portal.switches.limits = False
    reset(portal, "large")
    app = App(
        client_id="local.1",
        client_secret="secret",
        application_token="a" * 32,
        scope=SCOPE,
        app_url="http://127.0.0.1:1/app",
        install_url="",
    )
    administrator = portal.people.users[1]
    portal.apps.install(app, by=administrator)
    return portal, portal.oauth.issue(app, administrator).access


def _calls(portal: Portal) -> Mapping[str, tuple[str, Params]]:
    """Name the calls that robots and the application make, in the shape in which they make them."""
    chat = portal.openlines.chats[max(portal.openlines.chats)]
    last, person = portal.openlines.last_session(chat), ANNA
    assert last is not None
    deal: Params = {"entityTypeId": DEAL, "id": 500}
    sessions: Params = {"PROVIDER_ID": "IMOPENLINES_SESSION"}
    card: Params = {"CRM_ENTITY_TYPE": "deal", "CRM_ENTITY": 500}
    some: list[tuple[str, Params]] = [
        ("crm.item.get", deal),
        ("crm.item.update", {**deal, "fields": {"opportunity": 7}}),
        ("imopenlines.dialog.get", {"CHAT_ID": chat.id}),
        ("im.dialog.messages.get", {"DIALOG_ID": f"chat{chat.id}"}),
        ("imopenlines.session.history.get", {"SESSION_ID": last.id}),
        ("imopenlines.config.get", {"CONFIG_ID": chat.line_id}),
        ("imopenlines.crm.chat.get", card),
        ("imopenlines.bot.session.message.send", {"CHAT_ID": chat.id, "NAME": "DEFAULT", "MESSAGE": "x"}),
        ("imopenlines.operator.transfer", {"CHAT_ID": chat.id, "TRANSFER_ID": person}),
        ("user.get", {}),
        ("timeman.status", {"USER_ID": 1}),
        ("tasks.task.list", {}),
    ]
    lists: dict[str, tuple[str, Params]] = {
        "deals of a stage": ("crm.item.list", {"entityTypeId": DEAL, "filter": {"stageId": "C3:WORK"}}),
        "deals in the order of their creation": (
            "crm.item.list",
            {"entityTypeId": DEAL, "filter": {">createdTime": "2026-01-01"}, "order": {"createdTime": "desc"}},
        ),
        "deals as they were listed of old": ("crm.deal.list", {"filter": {"STAGE_ID": "C3:NEW"}}),
        "dialogs of a card": (
            "crm.activity.list",
            {"filter": {**sessions, "BINDINGS": [{"OWNER_TYPE_ID": DEAL, "OWNER_ID": 500}]}},
        ),
        "dialogs of an employee": ("crm.activity.list", {"filter": {**sessions, "RESPONSIBLE_ID": person}}),
    }
    return {name: (name, params) for name, params in some} | lists


def _median_ms(portal: Portal, access: str, method: str, params: Params) -> float:
    """Measure processor time: what else this machine does is not the portal's own."""
    times = []
    for _ in range(REPEATS):
        started_at = time.thread_time()
        status, _said = execute(portal, method, params, access)
        times.append(time.thread_time() - started_at)
        if status != 200:
            raise RuntimeError(f"{method} was refused with {status}")
    return statistics.median(times) * 1_000
