"""Messages to clients: how they are sent, settled and found again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.bitrix24.command import Answer, Command, Json
from core.effects import Effect, Policy
from tests.core.effects.samples import AUTOMATIC, KEY, NOON, SEND, WORDS, failed, ok


def test_how_they_are_sent() -> None:
    assert SEND.plan(KEY) == {
        "send": Command(
            "imopenlines.crm.message.add",
            {"CRM_ENTITY_TYPE": "deal", "CRM_ENTITY": 9, "USER_ID": 27, "CHAT_ID": 1777, "MESSAGE": WORDS},
        )
    }
    assert AUTOMATIC.plan(KEY) == {
        "send": Command("imopenlines.bot.session.message.send", {"CHAT_ID": 1777, "NAME": "DEFAULT", "MESSAGE": WORDS})
    }


@pytest.mark.parametrize("effect", [SEND, AUTOMATIC], ids=["operator", "automatic"])
def test_they_travel_alone_and_once(effect: Effect) -> None:
    assert effect.alone
    assert effect.policy is Policy.AT_MOST_ONCE
    assert effect.chat == 1777
    assert effect.said == WORDS


def test_the_author_is_known_to_the_ledger() -> None:
    assert SEND.author == 27
    assert AUTOMATIC.author == 0
    assert AUTOMATIC.verify
    assert not SEND.verify


SETTLED = [
    ("an id", ok(19880117), "confirmed", 19880117),
    ("an id as text", ok("19880117"), "confirmed", 19880117),
    ("zero", ok(0), "unknown", 0),
    ("false", ok(False), "unknown", 0),
    ("true", ok(True), "unknown", 0),
    ("nothing", ok(None), "unknown", 0),
    ("a map", ok({"id": 5}), "unknown", 0),
    *[
        (code or "empty code", failed(code), "refused", 0)
        for code in ("ACCESS_DENIED", "ERROR_ARGUMENT", "CHAT_NOT_IN_CRM", "MESSAGE_ADD_ERROR", "IM_NOT_INSTALLED", "")
    ],
]


@pytest.mark.parametrize(("why", "answer", "state", "message_id"), SETTLED, ids=[row[0] for row in SETTLED])
def test_settling_an_operators_message(why: str, answer: Answer, state: str, message_id: int) -> None:
    settled = SEND.settle({"send": answer})
    assert (settled.state, settled.message_id) == (state, message_id)


@pytest.mark.parametrize(
    ("answer", "state"),
    [(ok(True), "confirmed"), (failed("CHAT_ID_EMPTY"), "refused"), (failed("WRONG_AUTH_TYPE"), "refused")],
)
def test_settling_an_automatic_message(answer: Answer, state: str) -> None:
    assert AUTOMATIC.settle({"send": answer}).state == state


def live(*rows: dict[str, Json]) -> Answer:
    return ok({"chat_id": 1777, "messages": [*rows], "users": []})


def history(*rows: dict[str, Json]) -> Answer:
    return ok({"chatId": 1777, "message": {str(row["id"]): row for row in rows}})


def row(id: int, *, author: int = 27, text: str = WORDS, minutes: float = 0, key: str = "author_id") -> dict[str, Json]:
    at = (NOON + timedelta(minutes=minutes)).isoformat()
    return {"id": id, key: author, "date": at, "text": text}


def whisper(id: int, *, minutes: float = 0) -> dict[str, Json]:
    return {**row(id, minutes=minutes, key="senderid"), "id": str(id), "senderid": "27"}


DENIED = failed("ACCESS_ERROR")

FOUND: list[tuple[str, dict[str, Answer], str, int]] = [
    ("there", {"messages": live(row(101)), "history": DENIED}, "done", 101),
    (
        "there, line breaks rewritten",
        {"messages": live(row(101, text=WORDS.replace(" ", "[br]"))), "history": DENIED},
        "done",
        101,
    ),
    ("there, by its session", {"messages": DENIED, "history": history(whisper(101))}, "done", 101),
    ("newest left out, but in its session", {"messages": live(row(50)), "history": history(whisper(101))}, "done", 101),
    ("not there", {"messages": live(row(90, text="другое")), "history": history()}, "not_done", 0),
    ("an older one of the same words", {"messages": live(row(99)), "history": DENIED}, "not_done", 0),
    ("the same words of another", {"messages": live(row(101, author=28)), "history": DENIED}, "not_done", 0),
    ("the same words of long ago", {"messages": live(row(101, minutes=-30)), "history": DENIED}, "not_done", 0),
    ("clocks that differ a little", {"messages": live(row(101, minutes=-1.5)), "history": DENIED}, "done", 101),
    ("other words", {"messages": live(row(101, text="Здравствуйте")), "history": DENIED}, "not_done", 0),
    ("nothing may be read", {"messages": DENIED, "history": DENIED}, "unclear", 0),
    ("nothing was read", {}, "unclear", 0),
    ("an empty chat", {"messages": live(), "history": DENIED}, "not_done", 0),
]


@pytest.mark.parametrize(("why", "answers", "verdict", "message_id"), FOUND, ids=[row[0] for row in FOUND])
def test_finding_it_again(why: str, answers: dict[str, Answer], verdict: str, message_id: int) -> None:
    found = SEND.reconcile(answers, NOON)
    assert (found.verdict, found.message_id) == (verdict, message_id)


def test_an_automatic_one_has_no_author() -> None:
    assert AUTOMATIC.reconcile({"messages": live(row(101, author=0))}, NOON).verdict == "done"
    assert AUTOMATIC.reconcile({"messages": live(row(101, author=27))}, NOON).verdict == "not_done"
