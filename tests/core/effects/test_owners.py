"""People added and removed, dialogs handed over, responsibles set, triggers fired."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.bitrix24.command import Answer, Command, Json
from core.effects import Effect, Policy, SetResponsible, TransferDialog
from tests.core.effects.samples import (
    ADD,
    KEY,
    NOON,
    REMOVE,
    RESPONSIBLE,
    TO_QUEUE,
    TRANSFER,
    TRIGGER,
    failed,
    ok,
)


def dialog(owner: Json) -> Answer:
    return ok({"id": 1777, "owner": owner})


def item(responsible: Json) -> Answer:
    return ok({"item": {"id": 9, "assignedById": responsible}})


# --- members ----------------------------------------------------------------------------------------------------

MEMBERS: list[tuple[str, Effect, Answer, str]] = [
    ("added", ADD, ok(1777), "confirmed"),
    ("added, as text", ADD, ok("1777"), "confirmed"),
    ("there is no chat", ADD, ok(0), "refused"),
    ("a strange answer", ADD, ok(True), "unknown"),
    *[
        (code, ADD, failed(code), "refused")
        for code in ("ACCESS_DENIED", "ERROR_ARGUMENT", "CHAT_NOT_IN_CRM", "CRM_CHAT_USER_NOT_ACTIVE", "WRONG_REQUEST")
    ],
    ("removed", REMOVE, ok(1777), "confirmed"),
    ("removed from no chat", REMOVE, ok(0), "refused"),
    *[
        (code, REMOVE, failed(code), "refused")
        for code in ("CHAT_DELETE_USER_PERMISSION_DENIED", "CRM_CHAT_EMPTY_USER", "CHAT_NOT_IN_CRM", "WRONG_REQUEST")
    ],
]


@pytest.mark.parametrize(("why", "effect", "answer", "state"), MEMBERS, ids=[row[0] for row in MEMBERS])
def test_settling_members(why: str, effect: Effect, answer: Answer, state: str) -> None:
    assert effect.settle(dict.fromkeys(effect.plan(KEY), answer)).state == state


WHO_IS_IN: list[tuple[str, Answer, str, str]] = [
    ("in", ok([27, 5]), "done", "not_done"),
    ("in, as text", ok(["27", "5"]), "done", "not_done"),
    ("not in", ok([27]), "not_done", "done"),
    ("an empty list is no right", ok([]), "unclear", "unclear"),
    ("denied", failed("ACCESS_ERROR"), "unclear", "unclear"),
]


@pytest.mark.parametrize(("why", "answer", "added", "removed"), WHO_IS_IN, ids=[row[0] for row in WHO_IS_IN])
def test_who_is_in_the_chat(why: str, answer: Answer, added: str, removed: str) -> None:
    assert ADD.reconcile({"members": answer}, NOON).verdict == added
    assert REMOVE.reconcile({"members": answer}, NOON).verdict == removed


def test_only_who_was_added_is_removed() -> None:
    assert REMOVE.requires == ADD.kind
    assert ADD.policy is REMOVE.policy is Policy.SET_STATE


def test_members_are_named_by_the_item_that_the_chat_hangs_on() -> None:
    params: dict[str, Json] = {"CRM_ENTITY_TYPE": "deal", "CRM_ENTITY": 9, "USER_ID": 5, "CHAT_ID": 1777}
    assert ADD.plan(KEY) == {"add": Command("imopenlines.crm.chat.user.add", params)}
    assert REMOVE.plan(KEY) == {"remove": Command("imopenlines.crm.chat.user.delete", params)}


# --- transfers --------------------------------------------------------------------------------------------------

TRANSFERS: list[tuple[str, TransferDialog, Answer, Answer | None, str]] = [
    ("to an employee", TRANSFER, ok(True), dialog(5), "confirmed"),
    ("to an employee, as text", TRANSFER, ok(True), dialog("5"), "confirmed"),
    ("true, and nothing happened", TRANSFER, ok(True), dialog(27), "unknown"),
    ("true, and somebody else took it", TRANSFER, ok(True), dialog(9), "unknown"),
    ("true, and nothing can be read", TRANSFER, ok(True), failed("ACCESS_ERROR"), "unknown"),
    ("true, and nothing was read", TRANSFER, ok(True), None, "unknown"),
    ("to the queue", TO_QUEUE, ok(True), dialog(0), "confirmed"),
    ("to the queue, and somebody took it at once", TO_QUEUE, ok(True), dialog(9), "confirmed"),
    ("to the queue, and nothing happened", TO_QUEUE, ok(True), dialog(27), "unknown"),
    *[
        (code or "empty code", TRANSFER, failed(code), None, "refused")
        for code in (
            "CHAT_ID_EMPTY",
            "USER_ID_EMPTY",
            "QUEUE_ID_EMPTY",
            "TRANSFER_ID_EMPTY",
            "OPERATOR_WRONG",
            "",
            "ACCESS_DENIED",
            "CHAT_TYPE",
        )
    ],
]


@pytest.mark.parametrize(("why", "effect", "said", "seen", "state"), TRANSFERS, ids=[row[0] for row in TRANSFERS])
def test_settling_a_transfer(why: str, effect: TransferDialog, said: Answer, seen: Answer | None, state: str) -> None:
    answers = {"transfer": said} | ({"dialog": seen} if seen else {})
    assert effect.settle(answers).state == state


OWNERS = [
    ("the target", TRANSFER, dialog(5), "done"),
    ("the old owner", TRANSFER, dialog(27), "not_done"),
    ("a third one", TRANSFER, dialog(9), "changed"),
    ("nobody", TRANSFER, dialog(0), "changed"),
    ("denied", TRANSFER, failed("ACCESS_ERROR"), "unclear"),
    ("the queue", TO_QUEUE, dialog(0), "done"),
    ("still the old owner", TO_QUEUE, dialog(27), "not_done"),
]


@pytest.mark.parametrize(("why", "effect", "answer", "verdict"), OWNERS, ids=[row[0] for row in OWNERS])
def test_who_owns_it_now(why: str, effect: TransferDialog, answer: Answer, verdict: str) -> None:
    assert effect.reconcile({"dialog": answer}, NOON).verdict == verdict


def test_a_transfer_reads_back_in_the_same_request() -> None:
    plan = TRANSFER.plan(KEY)
    assert list(plan) == ["transfer", "dialog"]
    assert plan["transfer"].params == {"CHAT_ID": 1777, "TRANSFER_ID": "5"}
    assert TO_QUEUE.plan(KEY)["transfer"].params == {"CHAT_ID": 1777, "TRANSFER_ID": "queue22"}
    assert TRANSFER.policy is Policy.CHECK_THEN_ACT


def test_a_transfer_is_taken_back() -> None:
    assert TRANSFER.undo({}) == TransferDialog(chat_id=1777, user_id=27, seen_owner_id=5)
    assert TransferDialog(chat_id=1777, user_id=5).undo({}) is None


# --- responsibles -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (item(5), "confirmed"),
        (item("5"), "confirmed"),
        (ok(True), "unknown"),
        (failed("ACCESS_DENIED"), "refused"),
        (failed("NOT_FOUND"), "refused"),
    ],
)
def test_settling_a_responsible(answer: Answer, state: str) -> None:
    assert RESPONSIBLE.settle({"responsible": answer}).state == state


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (item(5), "done"),
        (item(27), "not_done"),
        (item(9), "changed"),
        (item(None), "changed"),
        (failed("ACCESS_DENIED"), "unclear"),
    ],
)
def test_who_is_responsible_now(answer: Answer, verdict: str) -> None:
    assert RESPONSIBLE.reconcile({"item": answer}, NOON).verdict == verdict


def test_a_responsible_follows_the_transfer() -> None:
    assert RESPONSIBLE.requires == TRANSFER.kind
    assert RESPONSIBLE.policy is Policy.CHECK_THEN_ACT
    assert RESPONSIBLE.undo({}) == SetResponsible(entity_type_id=2, entity_id=9, user_id=27, seen_user_id=5)


# --- triggers ---------------------------------------------------------------------------------------------------


def stage(name: str) -> Answer:
    return ok({"item": {"id": 9, "stageId": name}})


@pytest.mark.parametrize(
    ("answer", "state"),
    [(ok(True), "confirmed"), (ok(False), "confirmed"), (ok(None), "unknown"), (failed("ACCESS_DENIED"), "refused")],
)
def test_settling_a_trigger(answer: Answer, state: str) -> None:
    answers = {"before": stage("C3:NEW"), "trigger": answer, "after": stage("C3:NEW")}
    assert TRIGGER.settle(answers).state == state


def test_the_ledger_tells_whether_the_portal_moved_the_item() -> None:
    moved = TRIGGER.settle({"before": stage("C3:NEW"), "trigger": ok(True), "after": stage("C3:WORK")})
    assert moved.evidence == {"stage_before": "C3:NEW", "stage_after": "C3:WORK", "moved": True}
    stayed = TRIGGER.settle({"before": stage("C3:NEW"), "trigger": ok(True), "after": stage("C3:NEW")})
    assert stayed.evidence["moved"] is False


def test_a_reading_that_failed_after_the_trigger_takes_nothing_back() -> None:
    answers = {"before": stage("C3:NEW"), "trigger": ok(True), "after": failed("ACCESS_DENIED")}
    assert TRIGGER.settle(answers).state == "confirmed"


def test_no_trigger_for_an_item_that_is_gone() -> None:
    assert TRIGGER.settle({"before": failed("NOT_FOUND")}).state == "refused"


def test_an_item_that_stands_where_it_stood_may_be_told_again() -> None:
    assert TRIGGER.policy is Policy.CHECK_THEN_ACT
    seen = TRIGGER.model_copy(update={"seen_stage": "C3:NEW"})
    assert list(seen.recheck()) == ["item"]
    assert seen.reconcile({"item": stage("C3:NEW")}, NOON).verdict == "not_done"
    assert seen.reconcile({"item": stage("C3:WORK")}, NOON).verdict == "changed"
    assert seen.reconcile({"item": failed("ACCESS_DENIED")}, NOON).verdict == "unclear"


MOVES: list[tuple[dict[str, Json], str]] = [
    ({"movedTime": (NOON - timedelta(days=4)).isoformat()}, "not_done"),
    ({"movedTime": (NOON - timedelta(minutes=2)).isoformat()}, "not_done"),
    ({"movedTime": (NOON - timedelta(seconds=30)).isoformat()}, "unclear"),
    ({"movedTime": (NOON + timedelta(seconds=5)).isoformat()}, "changed"),
    ({}, "unclear"),
]


@pytest.mark.parametrize(("fields", "verdict"), MOVES)
def test_without_the_stage_the_last_move_tells_whether_a_trigger_fired(fields: dict[str, Json], verdict: str) -> None:
    seen = ok({"item": {"id": 9, "stageId": "C3:NEW", **fields}})
    assert list(TRIGGER.recheck()) == ["item"]
    assert TRIGGER.reconcile({"item": seen}, NOON).verdict == verdict
    assert TRIGGER.reconcile({}, NOON).verdict == "unclear"
