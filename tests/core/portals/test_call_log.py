"""The log of REST calls is written behind, and its troubles are nobody else's."""

import logging

import pytest

from core.bitrix24.calls import CommandCall, RestCall
from core.db import Database
from core.portals.call_log import CallLog
from tests.portal_kit import NOW, World


def call(portal_id: str, *commands: CommandCall, method: str = "batch") -> RestCall:
    return RestCall(NOW, portal_id, method, commands, 12, 200, None, 1)


async def test_runs_that_share_a_request_have_a_row_each(any_world: World) -> None:
    portal = await any_world.row(await any_world.installed("a"))
    log = CallLog(any_world.database)
    log(
        call(
            portal.id,
            CommandCall("crm.item.get", "run-1", None, 0.5),
            CommandCall("imopenlines.dialog.get", "run-2", "ACCESS_DENIED", 0.25),
            CommandCall("crm.item.list", "run-1", None, None),
        )
    )
    await log.flush()
    rows = await any_world.sql(
        "SELECT run_id, commands, operating, milliseconds, status FROM rest_call "
        "WHERE run_id IS NOT NULL ORDER BY run_id"
    )
    assert [(row["run_id"], row["operating"], row["milliseconds"], row["status"]) for row in rows] == [
        ("run-1", 0.5, 12, 200),
        ("run-2", 0.25, 12, 200),
    ]
    assert rows[0]["commands"] == '[{"method":"crm.item.get","error":null},{"method":"crm.item.list","error":null}]'


async def test_thousands_of_calls_are_written_in_order(world: World) -> None:
    portal = await world.row(await world.installed("a"))
    await world.lanes.calls.flush()
    before = len(await world.sql("SELECT 1 FROM rest_call"))
    log = CallLog(world.database)
    for number in range(1000):
        log(call(portal.id, CommandCall("profile", f"run-{number:04}")))
    await log.flush()
    rows = await world.sql("SELECT run_id FROM rest_call WHERE run_id IS NOT NULL ORDER BY id")
    assert len(rows) == 1000
    assert len(await world.sql("SELECT 1 FROM rest_call")) == before + 1000


async def test_without_a_database_the_caller_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    log = CallLog(Database("sqlite+aiosqlite:////nonexistent/x.db"))
    with caplog.at_level(logging.WARNING):
        log(call("p", CommandCall("profile", "run-1")))
        await log.flush()
        log(call("p"))
        await log.flush()
    assert "1 rows of the REST call log are lost" in caplog.text


async def test_a_row_that_cannot_be_written_takes_no_other_along(
    any_world: World, caplog: pytest.LogCaptureFixture
) -> None:
    portal = await any_world.row(await any_world.installed("a"))
    log = CallLog(any_world.database)
    with caplog.at_level(logging.WARNING):
        log(call("purged", CommandCall("profile", "run-1")))
        log(call(portal.id, CommandCall("profile", "run-2")))
        await log.flush()
    rows = await any_world.sql("SELECT run_id FROM rest_call WHERE run_id IS NOT NULL")
    assert [row["run_id"] for row in rows] == ["run-2"]
    assert "1 rows of the REST call log are lost" in caplog.text
