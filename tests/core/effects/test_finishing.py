"""A dialog finished: in one phase or two, never a new one, never over unseen words."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Answer, Command
from core.effects import FinishDialog, Policy
from tests.core.effects.samples import FINISH, FINISH_OWN, FINISH_THROUGH, KEY, NOON, failed, ok


def dialog(session: int = 343, *, closing: bool = False, last: int = 100) -> Answer:
    data = f"Y|DEAL|9|N|{'Y' if closing else 'N'}|{session}|1773682918|0|0|0"
    return ok({"id": 1777, "owner": 27, "last_message_id": last, "entity_data_1": data})


def test_others_and_ones_own_take_different_methods() -> None:
    other = Command("imopenlines.operator.another.finish", {"CHAT_ID": 1777})
    assert FINISH.plan(KEY) == {"finish": other, **FINISH.recheck()}
    assert FINISH_OWN.plan(KEY)["finish"] == Command("imopenlines.operator.finish", {"CHAT_ID": 1777})
    assert [*FINISH_THROUGH.plan(KEY)] == ["finish", "again", "dialog"]
    assert FINISH_THROUGH.plan(KEY)["again"] == other
    assert FINISH.policy is Policy.CHECK_THEN_ACT


SETTLED: list[tuple[str, FinishDialog, dict[str, Answer], str]] = [
    ("closed", FINISH, {"finish": ok(True), "dialog": dialog(0, last=103)}, "confirmed"),
    ("closing by itself", FINISH, {"finish": ok(True), "dialog": dialog(closing=True, last=103)}, "confirmed"),
    ("a new session began", FINISH, {"finish": ok(True), "dialog": dialog(344, last=109)}, "confirmed"),
    ("true, and nothing happened", FINISH, {"finish": ok(True), "dialog": dialog()}, "unknown"),
    ("true, and nothing can be read", FINISH, {"finish": ok(True), "dialog": failed("ACCESS_ERROR")}, "unknown"),
    ("true, and the answer is strange", FINISH, {"finish": ok(True), "dialog": ok({"id": 1777})}, "unknown"),
    ("closed before", FINISH, {"finish": failed("NOT_LOAD_SESSION_OR_CHAT")}, "confirmed"),
    ("no right", FINISH, {"finish": failed("ACCESS_DENIED")}, "refused"),
    ("not the operator any more", FINISH_OWN, {"finish": failed("ERROR_USER_NOT_OPERATOR")}, "refused"),
    (
        "both phases",
        FINISH_THROUGH,
        {"finish": ok(True), "again": ok(True), "dialog": dialog(0, last=105)},
        "confirmed",
    ),
    (
        "the first was enough",
        FINISH_THROUGH,
        {"finish": ok(True), "again": failed("NOT_LOAD_SESSION_OR_CHAT")},
        "confirmed",
    ),
    (
        "the second did nothing",
        FINISH_THROUGH,
        {"finish": ok(True), "again": ok(True), "dialog": dialog(closing=True, last=103)},
        "unknown",
    ),
    (
        "the second was refused",
        FINISH_THROUGH,
        {"finish": ok(True), "again": failed("ACCESS_DENIED")},
        "unknown",
    ),
]


@pytest.mark.parametrize(("why", "effect", "answers", "state"), SETTLED, ids=[row[0] for row in SETTLED])
def test_settling(why: str, effect: FinishDialog, answers: dict[str, Answer], state: str) -> None:
    assert effect.settle(answers).state == state


READ: list[tuple[str, FinishDialog, Answer, str]] = [
    ("closed", FINISH, dialog(0), "done"),
    ("closing", FINISH, dialog(closing=True), "done"),
    ("closing, and it has to be closed", FINISH_THROUGH, dialog(closing=True), "not_done"),
    ("open as before", FINISH, dialog(), "not_done"),
    ("open, and somebody wrote", FINISH, dialog(last=101), "changed"),
    ("a new session", FINISH, dialog(350, last=120), "done"),
    ("denied", FINISH, failed("ACCESS_ERROR"), "unclear"),
]


@pytest.mark.parametrize(("why", "effect", "answer", "verdict"), READ, ids=[row[0] for row in READ])
def test_reconciling(why: str, effect: FinishDialog, answer: Answer, verdict: str) -> None:
    assert effect.reconcile({"dialog": answer}, NOON).verdict == verdict


def test_what_ended_is_told() -> None:
    new = FINISH.settle({"finish": ok(True), "dialog": dialog(344)})
    assert new.evidence == {"closed": True, "closing": False, "new_session": 344}
    rating = FINISH.settle({"finish": ok(True), "dialog": dialog(closing=True)})
    assert rating.evidence == {"closed": False, "closing": True}
    assert FINISH.undo({}) is None
