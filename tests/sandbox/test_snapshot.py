"""States of the portal kept and brought back."""

from __future__ import annotations

from datetime import timedelta

import httpx

from sandbox import snapshot
from sandbox.crm import DEAL
from sandbox.demo import WORK
from sandbox.portal import Portal
from sandbox.view import view
from sandbox.workflows import PlacedRobot
from tests.sandbox.conftest import HANDLER, Asker
from tests.sandbox.demo_dialogs import chat_of


def seen(portal: Portal) -> dict[str, object]:
    return {name: part for name, part in view(portal).items() if name not in ("version", "deliveries")}


def change_everything(portal: Portal, ask: Asker) -> None:
    ask("bizproc.robot.add", CODE="r", HANDLER=f"{HANDLER}/r", NAME="R", USE_SUBSCRIPTION="Y")
    portal.bizproc.placed[DEAL, WORK] = [PlacedRobot("r", {})]
    portal.crm.move(portal.crm.items[DEAL, 1], WORK)
    portal.openlines.talk.client_writes(chat_of(portal, 1), "Ещё вопрос")
    portal.office.notify(8, "Клиент ждёт")
    portal.people.users[8].active = False
    portal.switches.limits = True
    portal.clock.advance(timedelta(hours=5))


async def test_a_kept_state_comes_back_as_it_was(portal: Portal, ask: Asker, http: httpx.AsyncClient) -> None:
    before = seen(portal)
    assert (await http.post("/_sandbox/snapshot", json={"name": "morning"})).json()["names"] == ["morning"]
    for _ in range(2):
        change_everything(portal, ask)
        assert seen(portal) != before
        assert (await http.post("/_sandbox/restore", json={"name": "morning"})).status_code == 200
        assert seen(portal) == before
    missing = await http.post("/_sandbox/restore", json={"name": "evening"})
    assert (missing.status_code, missing.json()["error"]) == (404, "There is no snapshot evening.")


def test_a_restored_portal_works_and_its_parts_belong_together(portal: Portal, ask: Asker) -> None:
    kept = snapshot.take(portal)
    change_everything(portal, ask)
    snapshot.restore(portal, kept)
    chat = chat_of(portal, 1)
    session = portal.openlines.session_of(chat)
    assert session is not None
    sent = ask(
        "imopenlines.crm.message.add",
        CRM_ENTITY_TYPE="deal",
        CRM_ENTITY=1,
        USER_ID=8,
        CHAT_ID=chat.id,
        MESSAGE="Добрый день",
    )
    assert [one.message_id for one in portal.journal.outbox] == [sent]
    assert session.activity is not None
    assert session.activity.answered
    portal.clock.advance(timedelta(days=30))
    assert not session.is_open, "the clock closes the dialogs of the state that was brought back"


def test_names_are_never_given_twice_and_tokens_live_on(portal: Portal, ask: Asker) -> None:
    kept = snapshot.take(portal)
    change_everything(portal, ask)
    first = portal.bizproc.history[-1].id
    snapshot.restore(portal, kept)
    change_everything(portal, ask)
    assert portal.bizproc.history[-1].id != first
    assert ask("user.admin") is True


def test_the_journal_comes_back_too(portal: Portal, ask: Asker) -> None:
    ask("user.admin")
    kept = snapshot.take(portal)
    ask("profile")
    snapshot.restore(portal, kept)
    assert [one.method for one in portal.journal.calls] == ["user.admin"]
    ask("profile")
    snapshot.restore(portal, kept)
    assert [one.method for one in portal.journal.calls] == ["user.admin"]
