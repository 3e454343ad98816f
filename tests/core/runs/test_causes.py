"""Errors by their cause: what differs from run to run does not part them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.bitrix24.documents import DEAL, Item
from core.db import Database
from core.runs.causes import Cause, causes, normalised
from core.runs.filters import Filter
from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import call, portal, run, store


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


def failed(english: str, *, minutes: float = 0, **fields: Any) -> Run:
    reason = Text("по-русски", english).as_json()
    return run(minutes=minutes, **({"status": "failed", "result": "failed", "reason": reason} | fields))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("No access for user 17", "No access for user 4"),
        ("The dialog “Windows” is closed", "The dialog “Doors and «more»” is closed"),
        ("Run 01hzx3k9abcdef is lost at 10:45", "Run 7f00aa11bb22 is  lost at 9:00:01"),
    ],
)
def test_what_differs_from_run_to_run_is_left_out(one: str, other: str) -> None:
    assert normalised(one) == normalised(other)


def test_words_stay() -> None:
    assert normalised("No access") != normalised("No dialog")


async def test_the_cause_of_most_leads(database: Database) -> None:
    many = [failed(f"No access for user {number}", minutes=number, item_id=number + 1) for number in range(3)]
    lone = failed("The portal did not answer", minutes=9)
    other_robot = failed("The portal did not answer", minutes=1, robot="send_message")
    await store(database, *many, lone, other_robot, run(), failed("x", status="done"), run("beta", status="failed"))
    found = await causes(database, "alpha", Filter())
    assert [(cause.count, cause.robot) for cause in found] == [
        (3, "escalate_no_reply"),
        (1, "escalate_no_reply"),
        (1, "send_message"),
    ]
    first = found[0]
    assert first.run_ids == tuple(one.id for one in reversed(many))
    assert (first.first_at, first.last_at) == (many[0].created_at, many[2].created_at)
    assert first.items[0] == (Item(DEAL, 3), "Окна на дачу")
    assert first.reason.en == "No access for user 2"


async def test_the_portals_code_parts_what_sounds_the_same(database: Database) -> None:
    by_request, by_command, without = failed("Refused"), failed("Refused"), failed("Refused")
    commands = [{"method": "crm.item.get", "error": None}, {"method": "im.notify", "error": "ACCESS_ERROR"}]
    await store(
        database,
        by_request,
        by_command,
        without,
        call(by_request, error="QUERY_LIMIT_EXCEEDED"),
        call(by_command, commands=commands),
        call(without, commands=[{"method": "crm.item.get", "error": None}]),
    )
    found: dict[str, Cause] = {cause.code: cause for cause in await causes(database, "alpha", Filter())}
    assert {code: cause.run_ids for code, cause in found.items()} == {
        "QUERY_LIMIT_EXCEEDED": (by_request.id,),
        "ACCESS_ERROR": (by_command.id,),
        "failed": (without.id,),
    }
    assert len({cause.id for cause in found.values()}) == 3
    assert all(len(cause.id) == 12 for cause in found.values())


async def test_a_code_of_one_command_is_found_by_search(database: Database) -> None:
    one = failed("Refused")
    commands = [{"method": "crm.item.get", "error": None}, {"method": "im.notify", "error": "ACCESS_ERROR"}]
    await store(database, one, call(one, commands=commands))
    assert len(await causes(database, "alpha", Filter(errors=("access_err",)))) == 1
    assert await causes(database, "alpha", Filter(errors=("crm.item",))) == []


async def test_a_filter_narrows_it(database: Database) -> None:
    await store(database, failed("a"), failed("b", robot="send_message"))
    found = await causes(database, "alpha", Filter(robots=("send_message",)))
    assert [cause.robot for cause in found] == ["send_message"]
