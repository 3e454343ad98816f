"""A dialog renamed: by members and by guests, proven by reading, taken back."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Answer, Command, Json
from core.effects import Policy, RenameDialog, effect_from
from tests.core.effects.samples import KEY, NOON, RENAME, RENAME_AS_GUEST, failed, ok

JOINED = ok(True)


def titled(name: Json) -> Answer:
    return ok({"id": 1777, "name": name})


def test_a_member_renames_and_reads_back() -> None:
    rename = Command("im.chat.updateTitle", {"CHAT_ID": 1777, "TITLE": "БС - Ромашка"})
    assert RENAME.plan(KEY) == {"rename": rename, **RENAME.recheck()}


def test_a_guest_joins_before_and_leaves_after() -> None:
    plan = RENAME_AS_GUEST.plan(KEY)
    assert [*plan] == ["join", "rename", "leave", "dialog"]
    assert plan["join"] == Command("imopenlines.session.join", {"CHAT_ID": 1777})
    assert plan["leave"] == Command("im.chat.leave", {"CHAT_ID": 1777})


SETTLED: list[tuple[str, dict[str, Answer], str]] = [
    ("renamed", {"rename": ok(True), "dialog": titled("БС - Ромашка")}, "confirmed"),
    ("renamed, spaces gone", {"rename": ok(True), "dialog": titled("БС  - Ромашка ")}, "confirmed"),
    ("true, and nothing happened", {"rename": ok(True), "dialog": titled("Гость №17")}, "unknown"),
    ("true, and somebody else renamed it", {"rename": ok(True), "dialog": titled("Марина")}, "unknown"),
    ("true, and nothing can be read", {"rename": ok(True), "dialog": failed("ACCESS_ERROR")}, "unknown"),
    ("no such chat", {"rename": failed("ACCESS_ERROR")}, "refused"),
    ("may not join", {"join": failed("ACCESS_DENIED")}, "refused"),
    (
        "could not leave",
        {"join": JOINED, "rename": ok(True), "leave": failed("ACCESS_ERROR"), "dialog": titled("БС - Ромашка")},
        "confirmed",
    ),
]


@pytest.mark.parametrize(("why", "answers", "state"), SETTLED, ids=[row[0] for row in SETTLED])
def test_settling(why: str, answers: dict[str, Answer], state: str) -> None:
    assert RENAME_AS_GUEST.settle(answers).state == state


READ: list[tuple[str, Answer, str]] = [
    ("ours", titled("БС - Ромашка"), "done"),
    ("the old one", titled("Гость №17"), "not_done"),
    ("a third one: a person acted", titled("VIP"), "changed"),
    ("denied", failed("ACCESS_ERROR"), "unclear"),
]


@pytest.mark.parametrize(("why", "answer", "verdict"), READ, ids=[row[0] for row in READ])
def test_reconciling(why: str, answer: Answer, verdict: str) -> None:
    assert RENAME.reconcile({"dialog": answer}, NOON).verdict == verdict


def test_quotes_may_come_back_as_entities() -> None:
    rename = RENAME.model_copy(update={"title": 'БС - ООО "Ромашка"'})
    assert rename.reconcile({"dialog": titled("БС - ООО &quot;Ромашка&quot;")}, NOON).verdict == "done"


def test_the_ledger_alone_takes_it_back() -> None:
    """What is kept of the effect after it was done is enough for the old title."""
    kept = effect_from(RENAME.kind, RENAME.open_part())
    back = kept.undo({})
    assert back == RenameDialog(chat_id=1777, title="Гость №17", seen_title="БС - Ромашка")
    assert back.undo({}) == RENAME
    assert RENAME.model_copy(update={"seen_title": ""}).undo({}) is None
    assert RENAME.policy is Policy.CHECK_THEN_ACT
