"""What an action would do, said before it is done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.db import Database
from core.dialogs.known import KnownDialog
from core.runs.consequences import Action, Candidate, Deed, candidates, consequences
from tests.core.runs.rows import NOON, effect, portal, run, store, waiting

SENT = Deed("send_as_operator", "confirmed")
TOLD = Deed("notify_staff", "confirmed")
RENAMED = Deed("rename_dialog", "confirmed")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


def one(status: str = "failed", *deeds: Deed, answered: bool = True, waits: bool = False) -> Candidate:
    return Candidate("1", status, answered, NOON if waits else None, 0, deeds)


def said(action: Action, *found: Candidate, foreign: int = 0, language: str = "ru") -> list[str]:
    return [text.said_in(language) for text in consequences(action, found, foreign=foreign).said()]


def test_from_the_start_messages_may_go_again() -> None:
    found = (one("failed", SENT, TOLD), one("done", SENT, RENAMED), one("cancelled"))
    assert said("retry_start", *found) == [
        "3 запуска.",
        "2 сообщения клиентам могут уйти повторно.",
        "1 уведомление сотруднику может уйти повторно.",
        "1 действие в портале может повториться.",
        "Робот посмотрит на диалог заново и решит сам.",
    ]
    assert said("retry_start", *found, language="en")[1] == "2 messages to clients may be sent once more."


def test_what_the_ledger_lets_happen_once_is_no_danger() -> None:
    farewell = Deed("send_automatic", "confirmed", once=True)
    assert said("retry_start", one("done", farewell)) == [
        "1 запуск.",
        "Робот посмотрит на диалог заново и решит сам.",
    ]


@pytest.mark.parametrize("state", ["planned", "refused", "skipped", "dry"])
def test_what_never_happened_does_not_happen_again(state: str) -> None:
    assert len(said("retry_start", one("failed", Deed("send_as_operator", state)))) == 2


@pytest.mark.parametrize("state", ["confirmed", "unknown", "prepared"])
def test_what_may_have_happened_counts(state: str) -> None:
    assert said("retry_start", one("failed", Deed("send_as_operator", state)))[1].startswith("1 сообщение клиенту")


def test_from_the_step_what_is_done_stays_done() -> None:
    assert said("retry_step", one("failed", SENT, TOLD)) == [
        "1 запуск.",
        "1 сообщение клиенту уже ушло, второй раз не уйдёт.",
        "1 действие в портале уже сделано и не повторится.",
    ]
    assert said("retry_step", one("failed"))[1] == "Робот продолжит с шага, на котором встал."


def test_stopping_answers_the_processes_that_wait() -> None:
    found = (one("waiting", answered=False), one("waiting", answered=False), one("waiting"))
    assert said("cancel", *found)[:2] == ["3 запуска.", "2 процесса получат ответ «остановил человек»."]


def test_what_cannot_be_done_is_counted() -> None:
    assert said("cancel", one("waiting"), one("done"), one("failed"), foreign=1)[-2:] == [
        "2 запуска так изменить нельзя: они в другом состоянии.",
        "1 запуск не из ваших линий.",
    ]


@pytest.mark.parametrize(
    ("action", "status", "waits", "allowed"),
    [
        ("retry_step", "failed", False, True),
        ("retry_start", "waiting", True, False),
        ("reply", "done", False, True),
        ("reply", "rejected", False, False),
        ("cancel", "waiting", True, True),
        ("cancel", "done", False, False),
        ("now", "waiting", True, True),
        ("now", "unknown", False, False),
        ("shift", "retrying", True, True),
        ("shift", "done", True, False),
    ],
)
def test_what_a_state_allows(action: Action, status: str, waits: bool, allowed: bool) -> None:
    assert one(status, waits=waits).allows(action) is allowed


async def test_candidates_are_those_of_the_portal(database: Database) -> None:
    known = KnownDialog(chat_id=5, session_id=6, line_id=3).as_json()
    mine, foreign = waiting(known=known, wakes_in=5), run("beta")
    await store(
        database,
        mine,
        foreign,
        effect(mine, 1, kind="send_automatic", body={"once": "farewell|6"}),
        effect(mine, 2, "planned"),
    )
    (found,) = await candidates(database, "alpha", [mine.id, foreign.id, "nonsense"])
    assert found == Candidate(
        mine.id,
        "waiting",
        answered=False,
        wake_at=NOON + timedelta(minutes=5),
        line_id=3,
        deeds=(Deed("send_automatic", "confirmed", once=True), Deed("notify_staff", "planned")),
    )
