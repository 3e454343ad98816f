"""A page that follows the portal by changes sees what a page sees that reads the whole of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.crm import DEAL
from sandbox.portal import Portal
from sandbox.scenario import reset
from sandbox.view import Changes, view
from sandbox.view.document import ROWS
from sandbox.wire import Json, decode, encode
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of


class Follower:
    """Keeps the rows it was told of, as the page does."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.changes = Changes(portal)
        self.mark = 0
        self.rows: dict[str, dict[str, Json]] = {name: {} for name in ROWS}

    def look(self, *, talk: int = 0) -> dict[str, Any]:
        said: Any = decode(self.changes.since(self.mark, instance=self.portal.app_sid, talk=talk))
        self.mark = said["mark"]
        for name, rows in self.rows.items():
            rows.update(said["rows"][name])
            for key in said["gone"][name]:
                rows.pop(key, None)
        return dict(said)

    def agrees(self) -> bool:
        whole: Any = decode(encode(view(self.portal)))
        for chat in whole["chats"]:
            del chat["messages"]
        return all(sorted(map(str, rows.values())) == sorted(map(str, whole[name])) for name, rows in self.rows.items())


@pytest.fixture
def follower(portal: Portal) -> Follower:
    made = Follower(portal)
    made.look()
    return made


def test_the_first_look_tells_everything(follower: Follower) -> None:
    assert follower.agrees()


def test_later_looks_tell_only_what_changed(portal: Portal, ask: Asker, follower: Follower) -> None:
    portal.openlines.talk.client_writes(chat_of(portal, 1), "Ещё")
    told = {name: list(rows) for name, rows in follower.look()["rows"].items() if rows}
    assert told == {"chats": [str(chat_of(portal, 1).id)]}
    portal.crm.move(portal.crm.items[DEAL, 2], "C3:LOSE")
    told = {name: list(rows) for name, rows in follower.look()["rows"].items() if rows}
    assert told == {"items": ["2:2"]}
    assert follower.look()["rows"]["items"] == {}
    assert follower.agrees()


def test_what_is_gone_is_told(portal: Portal, follower: Follower) -> None:
    portal.crm.delete(portal.crm.items[DEAL, 8])
    assert follower.look()["gone"]["items"] == ["2:8"]
    assert follower.agrees()
    reset(portal, "empty")
    follower.look()
    assert follower.agrees()
    reset(portal, "demo")
    follower.look()
    assert follower.agrees()


def test_what_the_clock_changes_is_told(portal: Portal, follower: Follower) -> None:
    portal.clock.run_at(1)
    portal.clock.advance(timedelta(hours=12))
    assert follower.look()["rows"]["lines"]["22"]["isWorking"] is False
    assert follower.agrees()


def test_only_the_chat_on_the_screen_comes_with_its_messages(portal: Portal, follower: Follower) -> None:
    chat = chat_of(portal, 1)
    assert follower.look()["talk"] is None
    assert len(follower.look(talk=chat.id)["talk"]["messages"]) == len(chat.messages)


def test_a_page_of_another_portal_gets_everything(portal: Portal) -> None:
    changes = Changes(portal)
    first: Any = decode(changes.since(0, instance=""))
    for mark, instance in ((first["mark"], "another"), (first["mark"] + 7, portal.app_sid)):
        again: Any = decode(changes.since(mark, instance=instance))
        assert (again["since"], len(again["rows"]["items"])) == (0, len(first["rows"]["items"]))
    assert decode(changes.since(first["mark"], instance=portal.app_sid))["rows"]["items"] == {}  # type: ignore[call-overload,index]


async def test_changes_are_served(portal: Portal, http: httpx.AsyncClient) -> None:
    first = (await http.get("/_sandbox/changes")).json()
    query = {"mark": first["mark"], "instance": first["instance"], "talk": chat_of(portal, 1).id}
    again = (await http.get("/_sandbox/changes", params=query)).json()
    assert (again["since"], again["rows"]["users"]) == (first["mark"], {})
    assert again["talk"]["messages"]


async def test_the_whole_can_be_asked_for_in_parts(http: httpx.AsyncClient) -> None:
    said = (await http.get("/_sandbox/view?parts=items,clock")).json()
    assert set(said) == {"version", "items", "clock"}
