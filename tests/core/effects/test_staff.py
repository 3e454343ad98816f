"""What only employees see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.bitrix24.command import Answer, Json
from core.bitrix24.encoding import WORD_JOINER, neutral_staff_text
from core.effects import Effect, Policy
from tests.core.effects.samples import COMMENT, KEY, NOON, NOTIFY, TASK, WORDS, failed, ok

NEUTRAL = neutral_staff_text(WORDS)


def test_words_for_staff_are_broken_where_a_batch_would_replace_them() -> None:
    assert f"${WORD_JOINER}result" in NEUTRAL
    assert NOTIFY.plan(KEY)["notify"].params == {"USER_ID": 5, "MESSAGE": NEUTRAL, "TAG": NOTIFY.tag}
    comment = COMMENT.plan(KEY)["comment"].params["fields"]
    assert comment == {"ENTITY_ID": 9, "ENTITY_TYPE": "deal", "COMMENT": NEUTRAL}
    task = TASK.plan(KEY)["task"].params["fields"]
    assert task == {
        "TITLE": NEUTRAL,
        "DESCRIPTION": NEUTRAL,
        "RESPONSIBLE_ID": 5,
        "CREATED_BY": 1,
        "DEADLINE": "2025-11-24T09:00:00+00:00",
        "UF_CRM_TASK": ["D_9"],
    }


SETTLED: list[tuple[str, Effect, Answer, str]] = [
    ("notified", NOTIFY, ok(12345), "confirmed"),
    ("notified, as text", NOTIFY, ok("12345"), "confirmed"),
    ("not notified", NOTIFY, ok(False), "refused"),
    ("no right to notify", NOTIFY, failed("WRONG_AUTH_TYPE"), "refused"),
    ("whom?", NOTIFY, failed("USER_ID_EMPTY"), "refused"),
    ("commented", COMMENT, ok(999), "confirmed"),
    ("commented, as text", COMMENT, ok("999"), "confirmed"),
    ("a comment without a number", COMMENT, ok(None), "unknown"),
    ("no right to comment", COMMENT, failed("ACCESS_DENIED"), "refused"),
    ("a task", TASK, ok({"task": {"id": "8017"}}), "confirmed"),
    ("a task without a number", TASK, ok({"task": {}}), "unknown"),
    ("no task at all", TASK, ok([]), "unknown"),
    ("a task refused", TASK, failed("ERROR_CORE"), "refused"),
]


@pytest.mark.parametrize(("why", "effect", "answer", "state"), SETTLED, ids=[row[0] for row in SETTLED])
def test_settling(why: str, effect: Effect, answer: Answer, state: str) -> None:
    assert effect.settle(dict.fromkeys(effect.plan(KEY), answer)).state == state


def test_numbers_are_kept_as_evidence() -> None:
    assert TASK.settle({"task": ok({"task": {"id": "8017"}})}).evidence == {"task_id": 8017}
    assert COMMENT.settle({"comment": ok("999")}).evidence == {"comment_id": 999}


def test_a_notification_may_be_repeated() -> None:
    assert NOTIFY.policy is Policy.SET_STATE
    assert NOTIFY.recheck() == {}
    assert NOTIFY.reconcile({}, NOON).verdict == "not_done"


def comment(minutes: float, text: str = NEUTRAL) -> dict[str, Json]:
    return {"ID": "999", "COMMENT": text, "CREATED": (NOON + timedelta(minutes=minutes)).isoformat()}


def task(minutes: float, title: str = NEUTRAL) -> dict[str, Json]:
    return {"id": "8017", "title": title, "createdDate": (NOON + timedelta(minutes=minutes)).isoformat()}


FOUND: list[tuple[str, Effect, Answer, str]] = [
    ("the comment", COMMENT, ok([comment(0.1)]), "done"),
    ("the comment, clocks differ", COMMENT, ok([comment(-1.5)]), "done"),
    ("an older comment of the same words", COMMENT, ok([comment(-60)]), "not_done"),
    ("another comment", COMMENT, ok([comment(0.1, "другое")]), "not_done"),
    ("no comments", COMMENT, ok([]), "not_done"),
    ("comments are denied", COMMENT, failed("ACCESS_DENIED"), "unclear"),
    ("the task", TASK, ok({"tasks": [task(0.1)]}), "done"),
    ("an older task of the same title", TASK, ok({"tasks": [task(-60)]}), "not_done"),
    ("the task behind an older one", TASK, ok({"tasks": [task(-60), task(0.1)]}), "done"),
    ("another task", TASK, ok({"tasks": [task(0.1, "другое")]}), "not_done"),
    ("no tasks", TASK, ok({"tasks": []}), "not_done"),
    ("tasks are denied", TASK, failed("ACCESS_DENIED"), "unclear"),
]


@pytest.mark.parametrize(("why", "effect", "answer", "verdict"), FOUND, ids=[row[0] for row in FOUND])
def test_finding_it_again(why: str, effect: Effect, answer: Answer, verdict: str) -> None:
    found = effect.reconcile(dict.fromkeys(effect.recheck(), answer), NOON)
    assert found.verdict == verdict
    assert effect.policy is Policy.CHECK_THEN_ACT
