"""The HTTP side of REST: how parameters and tokens may come, how answers look (platform.md 4)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from sandbox.portal import Portal
from tests.sandbox.conftest import Asker


@pytest.mark.parametrize("suffix", ["", ".json", "/"])
async def test_names_of_methods(ask: Asker, http: httpx.AsyncClient, suffix: str) -> None:
    said = await http.get(f"/rest/user.admin{suffix}", params={"auth": ask.access})
    assert said.json()["result"] is True


async def test_names_are_read_in_any_case(ask: Asker, http: httpx.AsyncClient) -> None:
    said = await http.get("/rest/USER.Admin", params={"auth": ask.access})
    assert said.json()["result"] is True


@pytest.mark.parametrize(
    "request_",
    [
        {"json": {"entityTypeId": 2, "id": 1, "auth": "TOKEN"}},
        {"content": "entityTypeId=2&id=1&auth=TOKEN", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"content": "entityTypeId=2&id=1", "params": {"auth": "TOKEN"}},
        {"json": {"entityTypeId": 2, "id": 1}, "headers": {"Authorization": "Bearer TOKEN"}},
        {"json": {"entityTypeId": 2, "id": 1}, "params": {"access_token": "TOKEN"}},
        {"json": {"entityTypeId": 2, "id": 1, "auth": {"access_token": "TOKEN"}}},
    ],
    ids=["json", "form", "query", "header", "access_token", "auth block"],
)
async def test_ways_of_sending(ask: Asker, http: httpx.AsyncClient, request_: dict[str, Any]) -> None:
    given = _with_token(request_, ask.access)
    said = await http.post("/rest/crm.item.get", **given)
    assert said.json()["result"]["item"]["id"] == 1
    assert "auth" not in ask.portal.journal.calls[-1].params


def _with_token(value: Any, access: str) -> Any:
    if isinstance(value, dict):
        return {key: _with_token(item, access) for key, item in value.items()}
    return value.replace("TOKEN", access) if isinstance(value, str) else value


async def test_broken_json_is_ignored_silently(ask: Asker, http: httpx.AsyncClient) -> None:
    said = await http.post(
        "/rest/crm.item.get",
        content=b"{oops",
        params={"auth": ask.access},
        headers={"Content-Type": "application/json"},
    )
    assert (said.status_code, said.json()["error"]) == (400, "100")


async def test_a_success_says_how_long_it_took(ask: Asker, http: httpx.AsyncClient) -> None:
    said = (await http.get("/rest/server.time", params={"auth": ask.access})).json()
    assert set(said) == {"result", "time"}
    assert set(said["time"]) == {
        "start",
        "finish",
        "duration",
        "processing",
        "date_start",
        "date_finish",
        "operating",
        "operating_reset_at",
    }
    assert said["time"]["date_start"] == "2026-11-24T11:00:00+03:00"
    assert said["time"]["operating"] > 0


async def test_what_is_not_built_says_so(ask: Asker, http: httpx.AsyncClient) -> None:
    said = await http.get("/rest/disk.folder.get", params={"auth": ask.access})
    assert (said.status_code, said.json()) == (
        404,
        {"error": "ERROR_METHOD_NOT_FOUND", "error_description": "Method not found!"},
    )
    assert ask.portal.journal.calls[-1].violations == ["unknown method"]


@pytest.mark.parametrize(
    ("params", "violations"),
    [
        ({"CHAT_ID": 1701, "NONSENSE": 1}, ["unknown parameter NONSENSE"]),
        ({"CHAT_ID": "abc"}, ["parameter CHAT_ID is not of type integer"]),
        ({}, ["missing parameter CHAT_ID"]),
        ({"chat_id": 1701}, ["unknown parameter chat_id", "missing parameter CHAT_ID"]),
        ({"CHAT_ID": 1701}, []),
    ],
)
def test_the_journal_names_what_the_documentation_does_not_allow(
    ask: Asker, params: dict[str, Any], violations: list[str]
) -> None:
    ask.try_("imopenlines.session.join", **params)
    assert ask.portal.journal.calls[-1].violations == violations


def test_the_journal_keeps_refusals(portal: Portal, ask: Asker) -> None:
    ask.access = "nonsense"
    ask.try_("profile")
    record = portal.journal.calls[-1]
    assert (record.method, record.status, record.error, record.user_id) == ("profile", 401, "invalid_token", 0)


async def test_a_page_is_fifty_long(ask: Asker, http: httpx.AsyncClient) -> None:
    for number in range(51):
        ask("tasks.task.add", fields={"TITLE": f"Task {number}", "RESPONSIBLE_ID": 1})
    first = (await http.get("/rest/tasks.task.list", params={"auth": ask.access})).json()
    assert (len(first["result"]["tasks"]), first["total"], first["next"]) == (50, 51, 50)
    second = (await http.get("/rest/tasks.task.list", params={"auth": ask.access, "start": 50})).json()
    assert (len(second["result"]["tasks"]), "next" in second) == (1, False)
    uncounted = (await http.get("/rest/tasks.task.list", params={"auth": ask.access, "start": -1})).json()
    assert (uncounted["total"], "next" in uncounted) == (0, False)
