"""Notes that the client never sees: written by members and by guests, found again, left behind."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Answer, Command, Json
from core.bitrix24.encoding import neutral_staff_text
from core.effects import Policy
from tests.core.effects.samples import BRIEF, BRIEF_OF_A_MEMBER, KEY, LEAVE, NOON, WORDS, failed, ok


def test_a_guest_joins_writes_and_leaves() -> None:
    plan = BRIEF.plan(KEY)
    assert [command.method for command in plan.values()] == [
        "imopenlines.session.join",
        "im.message.add",
        "im.chat.leave",
    ]
    assert plan["brief"].params == {
        "DIALOG_ID": "chat1777",
        "MESSAGE": neutral_staff_text(WORDS),
        "SKIP_CONNECTOR": "Y",
        "TEMPLATE_ID": KEY,
    }


def test_a_member_only_writes() -> None:
    assert list(BRIEF_OF_A_MEMBER.plan(KEY)) == ["brief"]


def test_a_repeat_is_harmless() -> None:
    assert BRIEF.policy is Policy.KEYED
    assert BRIEF.plan(KEY)["brief"].params["TEMPLATE_ID"] == KEY


SETTLED: list[tuple[str, dict[str, Answer], str, bool]] = [
    ("all went well", {"join": ok(True), "brief": ok(501), "leave": ok(True)}, "confirmed", False),
    ("joining was refused", {"join": failed("ACCESS_DENIED")}, "refused", False),
    ("writing was refused, and we are in", {"join": ok(True), "brief": failed("PARAMS_ERROR")}, "refused", True),
    ("we could not leave", {"join": ok(True), "brief": ok(501), "leave": failed("ACCESS_ERROR")}, "confirmed", True),
    ("a strange answer", {"join": ok(True), "brief": ok(True), "leave": ok(True)}, "unknown", False),
]


@pytest.mark.parametrize(("why", "answers", "state", "inside"), SETTLED, ids=[row[0] for row in SETTLED])
def test_settling_a_note(why: str, answers: dict[str, Answer], state: str, inside: bool) -> None:
    settled = BRIEF.settle(answers)
    assert (settled.state, "inside" in settled.evidence) == (state, inside)


def test_a_member_has_nothing_to_leave() -> None:
    settled = BRIEF_OF_A_MEMBER.settle({"brief": ok("501")})
    assert (settled.state, settled.message_id, settled.evidence) == ("confirmed", 501, {"message_id": 501})
    assert "inside" not in BRIEF_OF_A_MEMBER.settle({"brief": failed("PARAMS_ERROR")}).evidence


def messages(*texts: str) -> Answer:
    rows: list[Json] = [{"id": 500 + number, "text": text} for number, text in enumerate(texts)]
    return ok({"messages": rows})


def test_a_note_is_found_again_by_its_text() -> None:
    found = BRIEF.reconcile({"messages": messages("привет", neutral_staff_text(WORDS))}, NOON)
    assert (found.verdict, found.message_id) == ("done", 501)
    assert BRIEF.reconcile({"messages": messages("привет")}, NOON).verdict == "not_done"
    assert BRIEF.reconcile({"messages": failed("ACCESS_ERROR")}, NOON).verdict == "unclear"


def test_leaving() -> None:
    assert LEAVE.plan(KEY) == {"leave": Command("im.chat.leave", {"CHAT_ID": 1777})}
    assert LEAVE.reconcile({"members": ok([27, 5])}, NOON).verdict == "done"
    assert LEAVE.reconcile({"members": ok(["1", 5])}, NOON).verdict == "not_done"
    assert LEAVE.reconcile({"members": ok([])}, NOON).verdict == "unclear"
