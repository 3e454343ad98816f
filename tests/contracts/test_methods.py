"""The checker of REST commands finds what it is for, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.bitrix24.command import Command, Json
from core.bitrix24.encoding import batch_commands
from tests.contracts import methods
from tests.contracts.methods import violations, violations_of

COMMENT: dict[str, Json] = {"ENTITY_ID": 1, "ENTITY_TYPE": "deal", "COMMENT": "x"}

CASES: list[tuple[str, str, dict[str, Json], list[str]]] = [
    ("right", "imopenlines.dialog.get", {"CHAT_ID": 1}, []),
    ("no parameters at all", "imopenlines.dialog.get", {}, []),
    ("no such method", "im.no.such", {}, ["im.no.such: there is no such method"]),
    (
        "wrong case",
        "imopenlines.dialog.get",
        {"chat_id": 1},
        ["imopenlines.dialog.get: unknown parameter chat_id"],
    ),
    (
        "both",
        "im.notify.system.add",
        {"TO": 1, "MESSAGE": "x"},
        ["im.notify.system.add: unknown parameter TO", "im.notify.system.add: missing parameter USER_ID"],
    ),
    ("null is not given", "crm.item.get", {"entityTypeId": 2, "id": None}, ["crm.item.get: missing parameter id"]),
    ("inside", "crm.item.update", {"entityTypeId": 2, "id": 1, "fields": {"assignedById": 1}}, []),
    (
        "inside, a field of the portal's own",
        "crm.item.update",
        {"entityTypeId": 2, "id": 1, "fields": {"ufCrm1": 1}},
        [],
    ),
    (
        "inside, unknown",
        "crm.item.update",
        {"entityTypeId": 2, "id": 1, "fields": {"ASSIGNED_BY_ID": 1}},
        ["crm.item.update: unknown parameter fields.ASSIGNED_BY_ID"],
    ),
    ("inside, all there", "crm.timeline.comment.add", {"fields": COMMENT}, []),
    (
        "inside, missing",
        "crm.timeline.comment.add",
        {"fields": {**COMMENT, "COMMENT": None}},
        ["crm.timeline.comment.add: missing parameter fields.COMMENT"],
    ),
    ("open ended", "tasks.task.add", {"fields": {"ANYTHING": 1}}, []),
    ("undocumented, with a source", "im.message.add", {"DIALOG_ID": "1", "MESSAGE": "x", "SKIP_CONNECTOR": "Y"}, []),
    ("the extra list wins", "placement.bind", {"PLACEMENT": "A", "HANDLER": "https://a.b"}, []),
    ("not known whether required", "timeman.status", {}, []),
    ("a list that is not to be trusted", "timeman.open", {"anything": 1}, []),
]


@pytest.mark.parametrize(("why", "method", "params", "found"), CASES, ids=[row[0] for row in CASES])
def test_what_is_found(why: str, method: str, params: dict[str, Json], found: list[str]) -> None:
    assert violations(method, params) == found


def test_a_batch_is_looked_into() -> None:
    commands = {
        "a": Command("imopenlines.dialog.get", {"CHAT_ID": 1}),
        "b": Command("im.chat.user.list", {"CHAT": "$result[a][id]"}),
        "c": Command("tasks.task.add", {"fields": {"TITLE": "a & b", "UF_CRM_TASK": ["D_1"]}}),
    }
    wrong = ["im.chat.user.list: unknown parameter CHAT", "im.chat.user.list: missing parameter CHAT_ID"]
    written: dict[str, Json] = dict(batch_commands(commands))
    assert violations("batch", {"halt": 0, "cmd": written}) == wrong
    assert violations_of(commands) == wrong
    assert violations("batch", {"halt": 0}) == ["batch: missing parameter cmd"]


def test_without_the_lists_a_test_is_skipped_with_a_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "BOOK", tmp_path)
    methods._book.cache_clear()
    try:
        with pytest.raises(pytest.skip.Exception, match="not on this machine"):
            violations("im.notify.system.add", {})
    finally:
        methods._book.cache_clear()
