"""The portal with much in it: what is in there, and that nothing looks at all of it for an answer about one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from sandbox.apps import App
from sandbox.crm import DEAL
from sandbox.portal import Portal
from sandbox.scenario import reset
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of


def made(state: str, app: App) -> tuple[Portal, Asker]:
    portal = Portal(seed=7, speed=0)
    portal.switches.limits = False
    reset(portal, state)
    portal.apps.install(app, by=portal.people.users[1])
    return portal, Asker(portal, portal.people.users[1])


def test_a_thousand_deals_and_five_hundred_open_dialogs(app: App) -> None:
    portal, _ = made("large", app)
    assert len(portal.crm.of_type(DEAL)) == 1_000
    assert sum(1 for chat in portal.openlines.chats.values() if portal.openlines.session_of(chat)) == 500
    again, _ = made("large", app)
    assert [one.title for one in again.crm.of_type(DEAL)] == [one.title for one in portal.crm.of_type(DEAL)]
    assert portal.clock.now() == portal.start_at


def lines_run(act: Callable[[], object]) -> int:
    """Count the lines of Python that an act takes: the same on every machine."""
    count = 0

    def trace(_: object, event: str, __: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        act()
    finally:
        sys.settrace(None)
    return count


Call = Callable[[Asker, Portal], object]
CALLS: dict[str, Call] = {
    "crm.item.get": lambda ask, _: ask("crm.item.get", entityTypeId=DEAL, id=1),
    "crm.item.update": lambda ask, _: ask("crm.item.update", entityTypeId=DEAL, id=1, fields={"assignedById": 9}),
    "imopenlines.dialog.get": lambda ask, portal: ask("imopenlines.dialog.get", CHAT_ID=chat_of(portal, 1).id),
    "im.dialog.messages.get": lambda ask, portal: ask(
        "im.dialog.messages.get", DIALOG_ID=f"chat{chat_of(portal, 1).id}"
    ),
    "imopenlines.session.history.get": lambda ask, portal: ask(
        "imopenlines.session.history.get", SESSION_ID=chat_of(portal, 1).session_id
    ),
    "imopenlines.config.get": lambda ask, _: ask("imopenlines.config.get", CONFIG_ID=22),
    "imopenlines.bot.session.message.send": lambda ask, portal: ask(
        "imopenlines.bot.session.message.send", CHAT_ID=chat_of(portal, 1).id, NAME="DEFAULT", MESSAGE="x"
    ),
    "imopenlines.operator.transfer": lambda ask, portal: ask(
        "imopenlines.operator.transfer", CHAT_ID=chat_of(portal, 1).id, USER_ID=9
    ),
    "timeman.status": lambda ask, _: ask("timeman.status", USER_ID=8),
    "im.user.list.get": lambda ask, _: ask("im.user.list.get", ID=[8, 9]),
    "im.notify.system.add": lambda ask, _: ask("im.notify.system.add", USER_ID=8, MESSAGE="x", TAG="t"),
    "tasks.task.add": lambda ask, _: ask("tasks.task.add", fields={"TITLE": "x", "RESPONSIBLE_ID": 8}),
}


def cost(name: str, state: str, app: App) -> int:
    """Count what a call costs the second time, without what finding its chat costs the test."""
    portal, ask = made(state, app)
    CALLS[name](ask, portal)
    return lines_run(lambda: CALLS[name](ask, portal)) - lines_run(lambda: chat_of(portal, 1))


@pytest.mark.parametrize("name", sorted(CALLS))
def test_an_answer_about_one_does_not_look_at_all(app: App, name: str) -> None:
    """The call costs in a portal fifty times as large what it costs in the demo."""
    in_demo, in_crowd = cost(name, "demo", app), cost(name, "large", app)
    assert in_crowd < in_demo * 1.5 + 50
