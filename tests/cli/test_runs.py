"""Runs from the console: list, show, retry, cancel, in one portal at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from core.db import Database
from core.db.migrate import migrate
from core.runs.tables import Run
from core.texts.text import Text
from tests.cli.conftest import Command
from tests.core.runs.rows import call, effect, event, portal, run, store, waiting

Work = Callable[[Database], Awaitable[None]]


@pytest.fixture
def in_database(settings_file: Path) -> Callable[[Work], None]:
    url = f"sqlite+aiosqlite:///{settings_file.parent}/test.db"

    async def work_in(work: Work) -> None:
        await migrate(url)
        async with Database(url) as database:
            await work(database)

    return lambda work: asyncio.run(work_in(work))


@pytest.fixture
def one_portal(in_database: Callable[[Work], None]) -> dict[str, Run]:
    """One portal with a finished and a waiting run."""
    runs = {"done": run(minutes=1), "waiting": waiting(minutes=2, title="Акт сверки")}

    async def fill(database: Database) -> None:
        await store(database, portal("alpha"), *runs.values())
        done = runs["done"]
        await store(database, event(done, "decided", Text("Клиент ждёт.", "The client waits.")))
        await store(database, effect(done, 1), call(done, "im.notify.personal.add", status=503, error="QUERY_LIMIT"))

    in_database(fill)
    return runs


def test_the_newest_come_first(dezhurny: Command, one_portal: dict[str, Run]) -> None:
    said = dezhurny("runs", "list")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == [one_portal["waiting"].id, one_portal["done"].id]
    assert "Акт сверки" in said.out


def test_times_are_the_portals_and_say_so(dezhurny: Command, one_portal: dict[str, Run]) -> None:
    assert "2026-11-23 12:01:00 +0300" in dezhurny("runs", "list").out
    assert "+0300" in dezhurny("runs", "show", one_portal["done"].id).out


def test_the_log_speaks_the_language_that_is_asked_for(dezhurny: Command, one_portal: dict[str, Run]) -> None:
    assert "Клиент ждёт." in dezhurny("runs", "show", one_portal["done"].id).out
    assert "The client waits." in dezhurny("runs", "show", one_portal["done"].id, "--lang", "en").out


def test_a_status_that_is_none_is_refused(dezhurny: Command, one_portal: dict[str, Run]) -> None:
    refused = dezhurny("runs", "list", "--status", "broken")
    assert refused.code == 2
    assert refused.err.startswith("There is no status broken; there are ")
    assert "waiting" in refused.err


def test_the_list_may_be_narrowed(dezhurny: Command, one_portal: dict[str, Run]) -> None:
    assert dezhurny("runs", "list", "--status", "done").out.split()[0] == one_portal["done"].id
    assert dezhurny("runs", "list", "--robot", "send_message").out == ""
    assert len(dezhurny("runs", "list", "--limit", "1").out.splitlines()) == 1


def test_one_run_is_shown_with_all_that_happened(
    dezhurny: Command, one_portal: dict[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = dezhurny("runs", "show", one_portal["done"].id)
    for part in ("Клиент ждёт.", "Уведомление руководителю", "confirmed", "im.notify.personal.add", "503 QUERY_LIMIT"):
        assert part in said.out
    monkeypatch.setenv("DEZHURNY_LANGUAGE", "en")
    assert "The client waits." in dezhurny("runs", "show", one_portal["done"].id).out


@pytest.mark.parametrize("word", ["show", "retry", "cancel"])
def test_an_unknown_run_is_told(dezhurny: Command, one_portal: dict[str, Run], word: str) -> None:
    said = dezhurny("runs", word, "nothing")
    assert (said.code, said.err) == (2, "This portal has no such run.\n")


def test_a_finished_run_goes_on(
    dezhurny: Command, one_portal: dict[str, Run], in_database: Callable[[Work], None]
) -> None:
    run_id = one_portal["done"].id
    assert dezhurny("runs", "retry", run_id, "--from", "start").out == f"{run_id} goes on.\n"

    async def look(database: Database) -> None:
        async with database.session() as session:
            again = await session.get(Run, run_id)
            assert again is not None
            assert (again.status, again.finished_at) == ("waiting", None)

    in_database(look)


def test_a_waiting_run_is_asked_to_stop(
    dezhurny: Command, one_portal: dict[str, Run], in_database: Callable[[Work], None]
) -> None:
    run_id = one_portal["waiting"].id
    assert dezhurny("runs", "cancel", run_id, "--reason", "holiday").out == f"{run_id} is being stopped.\n"

    async def look(database: Database) -> None:
        async with database.session() as session:
            stopped = await session.get(Run, run_id)
            assert stopped is not None
            assert stopped.cancel_requested == "operator: holiday"

    in_database(look)


def test_what_cannot_be_done_now_is_said_in_words(dezhurny: Command, one_portal: dict[str, Run]) -> None:
    said = dezhurny("runs", "cancel", one_portal["done"].id)
    assert (said.code, said.err) == (1, "Запуск уже закончен.\n")


def test_with_several_portals_one_must_be_named(
    dezhurny: Command, one_portal: dict[str, Run], in_database: Callable[[Work], None]
) -> None:
    async def add(database: Database) -> None:
        await store(database, portal("beta"), run("beta", title="Чужая сделка"))

    in_database(add)
    said = dezhurny("runs", "list")
    assert said.code == 2
    assert "name one with --portal" in said.err
    assert "https://beta.bitrix24.ru" in said.err
    assert "Чужая сделка" not in dezhurny("runs", "list", "--portal", "a" * 32).out
    assert dezhurny("runs", "list", "--portal", "x").err == "No such portal is installed.\n"


def test_without_a_portal_or_a_database_it_says_so(
    dezhurny: Command, settings_file: Path, in_database: Callable[[Work], None]
) -> None:
    assert dezhurny("runs", "list").err == f"There is no database at {settings_file.parent}/test.db yet.\n"

    async def nothing(database: Database) -> None:
        assert database.is_sqlite

    in_database(nothing)
    said = dezhurny("runs", "list")
    assert (said.code, said.err) == (2, "No portal is installed.\n")


def test_robots_are_registered_anew_in_active_portals(
    dezhurny: Command, one_portal: dict[str, Run], in_database: Callable[[Work], None]
) -> None:
    async def add(database: Database) -> None:
        await store(database, portal("beta", status="uninstalled"))

    in_database(add)
    said = dezhurny("robots", "sync")
    assert said.out == "https://alpha.bitrix24.ru: a worker registers the robots anew.\n"

    async def look(database: Database) -> None:
        from sqlmodel import select

        from core.portals.tables import Portal, PortalTask

        async with database.session() as session:
            tasks = (await session.exec(select(PortalTask))).all()
            alpha = await session.get(Portal, "alpha")
        assert [(task.portal_id, task.kind) for task in tasks] == [("alpha", "sync")]
        assert alpha is not None
        assert alpha.robots_fingerprint == ""

    in_database(look)
