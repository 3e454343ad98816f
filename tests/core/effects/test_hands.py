"""Dialogs taken, unpinned, fetched from bots; and those that somebody closed meanwhile."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Answer, Command
from core.effects import Effect, Policy, TransferDialog
from tests.core.effects.samples import ANSWER, FROM_BOT, INTERCEPT, KEY, NOON, RELEASE, UNPIN, failed, ok

TOKEN, ANNA, CHIEF, OTHER, BOT = 1, 27, 5, 9, 597


def dialog(owner: int, *, session: int = 343, pinned: bool = False) -> Answer:
    data = f"Y|DEAL|9|{'Y' if pinned else 'N'}|N|{session}|1773682918|0|0|0"
    return ok({"id": 1777, "owner": owner, "entity_data_1": data})


CASES: list[tuple[str, Effect, Answer, str]] = [
    ("taken", INTERCEPT, dialog(TOKEN), "done"),
    ("not taken, whatever was answered", INTERCEPT, dialog(ANNA), "not_done"),
    ("somebody else took it", INTERCEPT, dialog(OTHER), "changed"),
    ("answered", ANSWER, dialog(TOKEN), "done"),
    ("still in the queue", ANSWER, dialog(0), "not_done"),
    ("unpinned", UNPIN, dialog(TOKEN), "done"),
    ("still pinned", UNPIN, dialog(TOKEN, pinned=True), "not_done"),
    ("fetched from the bot", FROM_BOT, dialog(CHIEF), "done"),
    ("the bot has it still", FROM_BOT, dialog(BOT), "not_done"),
    ("the bot gave it to somebody", FROM_BOT, dialog(OTHER), "changed"),
    ("released", RELEASE, dialog(0), "done"),
    ("released, and taken at once", RELEASE, dialog(OTHER), "done"),
    ("not released", RELEASE, dialog(BOT), "not_done"),
]


@pytest.mark.parametrize(("why", "effect", "seen", "verdict"), CASES, ids=[row[0] for row in CASES])
def test_what_came_of_it(why: str, effect: Effect, seen: Answer, verdict: str) -> None:
    assert effect.reconcile({"dialog": seen}, NOON).verdict == verdict
    first, *_ = effect.plan(KEY)
    settled = effect.settle({first: ok(True), "dialog": seen})
    assert settled.state == ("confirmed" if verdict == "done" else "unknown")


EVERY = pytest.mark.parametrize("effect", [INTERCEPT, ANSWER, UNPIN, FROM_BOT, RELEASE], ids=lambda one: one.kind)


@EVERY
def test_a_dialog_that_was_closed_meanwhile_is_left_alone(effect: Effect) -> None:
    for session in (0, 344):
        assert effect.reconcile({"dialog": dialog(0, session=session)}, NOON).verdict == "changed"


@EVERY
def test_true_alone_is_no_proof(effect: Effect) -> None:
    first, *_ = effect.plan(KEY)
    assert effect.settle({first: ok(True)}).state == "unknown"
    assert effect.settle({first: ok(True), "dialog": failed("ACCESS_ERROR")}).state == "unknown"
    assert effect.policy is Policy.CHECK_THEN_ACT
    assert effect.chat == 1777


@EVERY
def test_a_refusal_is_one_whatever_is_read(effect: Effect) -> None:
    """Answering, pinning and skipping fail with an empty code (openlines.md trap 18)."""
    first, *_ = effect.plan(KEY)
    for code in ("", "OPERATOR_WRONG", "BOT_ID_ERROR", "WRONG_CHAT"):
        assert effect.settle({first: failed(code), "dialog": dialog(TOKEN)}).state == "refused"


def test_which_way_a_dialog_is_taken() -> None:
    assert INTERCEPT.plan(KEY)["take"] == Command("imopenlines.session.intercept", {"CHAT_ID": 1777})
    assert ANSWER.plan(KEY)["take"] == Command("imopenlines.operator.answer", {"CHAT_ID": 1777})


def test_only_what_was_taken_is_unpinned() -> None:
    assert UNPIN.requires == INTERCEPT.kind
    assert UNPIN.plan(KEY)["unpin"].params == {"CHAT_ID": 1777, "ACTIVATE": "N"}


def test_bots() -> None:
    assert FROM_BOT.plan(KEY)["transfer"].params == {"CHAT_ID": 1777, "USER_ID": 5, "LEAVE": "Y"}
    assert RELEASE.plan(KEY)["release"] == Command("imopenlines.bot.session.operator", {"CHAT_ID": 1777})


def test_a_transfer_knows_its_session_too() -> None:
    """A repeated transfer of a dialog that was closed meanwhile would open a new one (openlines.md trap 3)."""
    from_queue = TransferDialog(chat_id=1777, user_id=CHIEF, seen_owner_id=0, session_id=343)
    assert from_queue.reconcile({"dialog": dialog(0)}, NOON).verdict == "not_done"
    assert from_queue.reconcile({"dialog": dialog(0, session=0)}, NOON).verdict == "changed"
    assert from_queue.reconcile({"dialog": dialog(CHIEF)}, NOON).verdict == "done"
