"""``POST /b24/robot/{code}``: durable before 200, once for each token, and silent about secrets."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from core.bitrix24.errors import Revoked
from core.db import Database, DatabaseAway
from tests.fake_bitrix import FakePortal
from tests.portal_kit import PUBLIC_URL, SECRET, World
from tests.server.intake.calls import FORM, auth, client_of, encoded, robot_call

GREET = "/b24/robot/greet"


async def post(world: World, data: Mapping[str, Any], path: str = GREET) -> httpx.Response:
    async with client_of(world) as client:
        return await client.post(path, content=encoded(data), headers=FORM)


async def runs(world: World) -> list[dict[str, Any]]:
    return [dict(row) for row in await world.sql("SELECT * FROM run ORDER BY created_at, id")]


async def test_a_good_call_is_a_run(any_world: World) -> None:
    portal = await any_world.installed("a")
    answer = await post(any_world, robot_call(portal))
    assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
    (run,) = await runs(any_world)
    assert (run["robot"], run["workflow_id"], run["entity_type_id"], run["item_id"], run["status"]) == (
        "greet",
        "65a1b2c3d4e5f6.00000001",
        2,
        7001,
        "waiting",
    )
    assert json.loads(run["properties"]) == {"text": "Hello"}
    assert any_world.rung == 1
    assert any_world.bitrix.methods() == ["profile", "app.info"]


async def test_the_same_token_again_is_a_duplicate_whatever_the_body(any_world: World) -> None:
    portal = await any_world.installed("a")
    await post(any_world, robot_call(portal))
    again = await post(any_world, robot_call(portal, properties={"text": "other"}))
    assert (again.status_code, again.json()) == (200, {"status": "duplicate"})
    (run,) = await runs(any_world)
    assert json.loads(run["properties"]) == {"text": "Hello"}


async def test_fifty_parallel_copies_are_one_run(any_world: World) -> None:
    portal = await any_world.installed("a")
    body = encoded(robot_call(portal))
    async with client_of(any_world) as client:
        answers = await asyncio.gather(*(client.post(GREET, content=body, headers=FORM) for _ in range(50)))
    said = [answer.json()["status"] for answer in answers]
    assert sorted(said) == ["accepted"] + ["duplicate"] * 49
    assert len(await runs(any_world)) == 1


async def test_the_same_token_of_another_portal_is_another_run(world: World) -> None:
    first, second = await world.installed("a"), await world.installed("b", secret="CANARY-b")
    await post(world, robot_call(first))
    answer = await post(world, robot_call(second, auth=auth(second, application_token="CANARY-b")))
    assert answer.json() == {"status": "accepted"}
    assert len(await runs(world)) == 2


async def test_an_unknown_code_with_the_right_secret_waits_for_a_release_that_knows_it(world: World) -> None:
    portal = await world.installed("a")
    answer = await post(world, robot_call(portal, code="future_robot"), "/b24/robot/future_robot")
    assert answer.json() == {"status": "accepted"}


async def test_a_launch_that_cannot_work_is_stored_and_answered(world: World) -> None:
    portal = await world.installed("a")
    answer = await post(world, robot_call(portal, document_id=["lists", "BizprocDocument", "lists_5"]))
    assert (answer.status_code, answer.json()) == (200, {"status": "rejected"})
    assert [run["status"] for run in await runs(world)] == ["rejected"]
    assert len(await world.sql("SELECT 1 FROM reply")) == 1


@pytest.mark.parametrize("status", ["suspended", "needs_reinstall", "uninstalling"])
async def test_calls_for_a_closed_portal_wait(world: World, status: str) -> None:
    portal = await world.installed("a")
    await world.store.change((await world.row(portal)).id, status=status)
    assert (await post(world, robot_call(portal))).json() == {"status": "accepted"}


FORGED: list[dict[str, Any]] = [
    {"application_token": "wrong"},
    {"application_token": SECRET[:-1]},
    {"application_token": SECRET + "\x00"},
    {"application_token": None},
    {"application_token": [SECRET]},
    {"application_token": {"a": SECRET}},
    {"member_id": "b" * 32},
    {"member_id": None},
    {"member_id": ""},
    {"member_id": ["a" * 32]},
    {"member_id": "../../../etc/passwd"},
]


@pytest.mark.parametrize("forged", FORGED)
async def test_without_the_secret_nothing_happens(world: World, forged: dict[str, Any]) -> None:
    portal = await world.installed("a")
    answer = await post(world, robot_call(portal, auth=auth(portal, **forged)))
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
    assert await runs(world) == []
    assert world.rung == 0


async def test_every_refusal_looks_the_same(world: World) -> None:
    portal = await world.installed("a")
    answers = [await post(world, robot_call(portal, auth=auth(portal, **forged))) for forged in FORGED]
    answers.append(await post(world, robot_call(portal, auth=None)))
    assert len({(answer.status_code, answer.content, str(answer.headers)) for answer in answers}) == 1


async def test_credentials_outside_the_body_do_not_count(world: World) -> None:
    portal = await world.installed("a")
    body = encoded(robot_call(portal, auth=auth(portal, application_token=None)))
    query = encoded({"auth": auth(portal)}).decode()
    async with client_of(world) as client:
        in_query = await client.post(f"{GREET}?{query}", content=body, headers=FORM)
        headers = {**FORM, "cookie": f"application_token={SECRET}", "authorization": f"Bearer {SECRET}"}
        in_headers = await client.post(GREET, content=body, headers=headers)
    assert (in_query.status_code, in_headers.status_code) == (401, 401)


async def test_no_refusal_tells_or_logs_a_secret(world: World, caplog: pytest.LogCaptureFixture) -> None:
    portal = await world.installed("a")
    with caplog.at_level(logging.DEBUG):
        answer = await post(world, robot_call(portal, auth=auth(portal, application_token="CANARY-guess")))
        await post(world, robot_call(portal, event_token=""))
    assert "CANARY" not in answer.text
    assert "CANARY" not in "".join(record.getMessage() for record in caplog.records if record.name != "aiosqlite")


async def test_the_run_keeps_no_readable_token(world: World) -> None:
    portal = await world.installed("a")
    await post(world, robot_call(portal))
    assert "CANARY" not in str(await runs(world))


IMPOSSIBLE: list[dict[str, Any]] = [
    {"event_token": None},
    {"event_token": ""},
    {"event_token": ["x"]},
    {"event_token": "x" * 2048},
    {"event_token": "a\x00b"},
    {"event_token": "a b"},
    {"event_token": "т"},
    {"code": None},
    {"code": "wave"},
    {"code": ["greet"]},
    {"workflow_id": None},
    {"workflow_id": ""},
    {"workflow_id": "a\x00b"},
    {"workflow_id": ["x"]},
    {"document_id": None},
    {"document_id": "DEAL_12"},
    {"document_id": ["crm", "CCrmDocumentDeal"]},
    {"document_id": ["crm", "CCrmDocumentDeal", "DEAL_1", "x"]},
    {"document_id": ["crm", "CCrmDocumentDeal", ["DEAL_1"]]},
    {"document_id": ["crm", "CCrmDocumentDeal", "DEAL_1\x00"]},
    {"document_type": "DEAL"},
]


@pytest.mark.parametrize("impossible", IMPOSSIBLE)
async def test_what_no_portal_sends_is_refused(world: World, impossible: dict[str, Any]) -> None:
    portal = await world.installed("a")
    answer = await post(world, robot_call(portal, **impossible))
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})
    assert await runs(world) == []


HARMLESS: list[dict[str, Any]] = [
    {"ts": "abc"},
    {"ts": "9" * 20},
    {"ts": None},
    {"ts": "１７６６"},
    {"use_subscription": "<script>"},
    {"timeout_duration": "-5"},
    {"timeout_duration": "1e309"},
    {"timeout_duration": "999999999999"},
    {"document_type": None},
    {"properties": None},
    {"properties": {}},
    {"extra": {"deep": ["x"]}},
]


@pytest.mark.parametrize("harmless", HARMLESS)
async def test_what_decides_nothing_refuses_nothing(world: World, harmless: dict[str, Any]) -> None:
    portal = await world.installed("a")
    assert (await post(world, robot_call(portal, **harmless))).json() == {"status": "accepted"}


async def test_nul_in_a_property_is_replaced(any_world: World) -> None:
    portal = await any_world.installed("a")
    call = robot_call(portal, properties={"text": "a\x00b", "more": ["c\x00"], "map": {"x": "d\x00"}})
    assert (await post(any_world, call)).json() == {"status": "accepted"}
    (run,) = await runs(any_world)
    assert json.loads(run["properties"]) == {"text": "a\ufffdb", "more": ["c\ufffd"], "map": {"x": "d\ufffd"}}


@pytest.mark.parametrize("code", ["greet%00", "greet/", "a" * 129, "%D1%82", "a%20b", "", "greet/x"])
async def test_an_address_that_is_none_is_not_found(world: World, code: str) -> None:
    portal = await world.installed("a")
    answer = await post(world, robot_call(portal), f"/b24/robot/{code}")
    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"])
async def test_only_post_is_allowed(world: World, method: str) -> None:
    async with client_of(world) as client:
        answer = await client.request(method, GREET)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


MEDIA = [
    ({}, 415, "unsupported_media_type"),
    ({"content-type": "application/json"}, 415, "unsupported_media_type"),
    ({"content-type": "multipart/form-data; boundary=x"}, 415, "unsupported_media_type"),
    ({"content-type": "application/x-www-form-urlencoded; charset=utf-16"}, 415, "unsupported_media_type"),
    ({"content-type": "application/x-www-form-urlencoded, application/json"}, 415, "unsupported_media_type"),
    ({**FORM, "content-encoding": "gzip"}, 415, "unsupported_encoding"),
    ({**FORM, "content-encoding": "identity"}, 415, "unsupported_encoding"),
]


@pytest.mark.parametrize(("headers", "status", "code"), MEDIA)
async def test_another_kind_of_body_is_refused(world: World, headers: dict[str, str], status: int, code: str) -> None:
    portal = await world.installed("a")
    async with client_of(world) as client:
        answer = await client.post(GREET, content=encoded(robot_call(portal)), headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"error": code})


@pytest.mark.parametrize(
    "media",
    ["Application/X-WWW-Form-Urlencoded; charset=UTF-8", 'application/x-www-form-urlencoded;charset="utf-8"'],
)
async def test_the_kind_of_body_may_be_written_otherwise(world: World, media: str) -> None:
    portal = await world.installed("a")
    async with client_of(world) as client:
        answer = await client.post(GREET, content=encoded(robot_call(portal)), headers={"content-type": media})
    assert answer.json() == {"status": "accepted"}


async def test_without_a_database_nothing_is_acknowledged(world: World) -> None:
    portal = await world.installed("a")
    await world.gate.admit(portal.member_id, SECRET)

    class Away(Database):
        async def write_all(self, statements: Any) -> Any:
            raise DatabaseAway("away")

        async def write(self, *statements: Any) -> Any:
            raise DatabaseAway("away")

    world.database = Away("sqlite+aiosqlite:////nonexistent/x.db")
    answer = await post(world, robot_call(portal))
    assert (answer.status_code, answer.json()) == (503, {"error": "unavailable"})
    assert answer.headers["retry-after"] == "5"


async def test_after_a_hundred_refusals_in_a_row_the_answer_asks_to_slow_down(world: World) -> None:
    portal = await world.installed("a")
    bad = encoded(robot_call(portal, auth=auth(portal, application_token="wrong")))
    good = encoded(robot_call(portal))
    async with client_of(world) as client:
        said = [(await client.post(GREET, content=bad, headers=FORM)).status_code for _ in range(102)]
        assert said == [401] * 100 + [429] * 2
        assert (await client.post(GREET, content=good, headers=FORM)).status_code == 200
        assert (await client.post(GREET, content=bad, headers=FORM)).status_code == 401


async def heals(world: World, portal: FakePortal, **more: Any) -> bool:
    await world.lanes.suspend((await world.row(portal)).id, Revoked("invalid_grant"))
    await post(world, robot_call(portal, auth=auth(portal, **more)))
    return "heal" in await world.tasks(portal)


async def test_fresh_tokens_for_a_portal_whose_own_died_are_noted_sealed(world: World) -> None:
    portal = await world.installed("a")
    assert await heals(world, portal)
    assert "CANARY" not in str([dict(row) for row in await world.sql("SELECT * FROM portal_task")])


async def test_an_access_token_alone_heals_nothing(world: World) -> None:
    portal = await world.installed("a")
    assert not await heals(world, portal, refresh_token=None)


async def test_tokens_for_a_healthy_portal_are_left_alone(world: World) -> None:
    portal = await world.installed("a")
    await post(world, robot_call(portal))
    assert await world.tasks(portal) == {"sync"}
    tokens = await world.another_lanes().tokens((await world.row(portal)).id)
    assert (await tokens.access()).reveal() == "t-a"
    assert (await world.row(portal)).client_endpoint == portal.endpoint


async def test_a_foreign_host_is_refused_first(world: World) -> None:
    portal = await world.installed("a")
    async with client_of(world) as client:
        answer = await client.post(GREET, content=encoded(robot_call(portal)), headers={**FORM, "host": "evil.example"})
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})
    assert PUBLIC_URL not in answer.text
