"""Limits and ordered faults: platform.md 4."""

from __future__ import annotations

from datetime import timedelta
from json import JSONDecodeError

import httpx
import pytest

from sandbox.faults import Fault, Faults, is_known
from sandbox.limits import Bucket, Operating
from sandbox.portal import Portal
from tests.sandbox.conftest import Asker
from tests.sandbox.demo_dialogs import chat_of


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_bucket_takes_fifty_and_drains_two_a_second() -> None:
    ticks = Ticks()
    bucket = Bucket(monotonic=ticks)
    assert [bucket.admit() for _ in range(51)] == [True] * 50 + [False]
    ticks.now += 0.4
    assert not bucket.admit()
    ticks.now += 0.2
    assert bucket.admit()
    ticks.now += 100
    assert sum(bucket.admit() for _ in range(60)) == 50


def test_operating_time_counts_ten_minutes_in_minutes() -> None:
    operating = Operating(threshold=30)
    for minute in range(3):
        operating.spend("m", 10, minute * 60.0)
    assert operating.exceeded("m", 150)
    assert operating.reset_at("m", 150) == 600
    assert not operating.exceeded("other", 150)
    assert operating.spent("m", 600) == 20


def test_a_batch_is_one_request_for_the_bucket(portal: Portal, ask: Asker) -> None:
    portal.switches.limits = True
    for _ in range(50):
        ask.batch({f"c{n}": "user.admin" for n in range(3)})
    assert ask.refused("user.admin") == (503, "QUERY_LIMIT_EXCEEDED")
    assert portal.journal.calls[-1].status == 503


def test_operating_time_is_counted_for_commands_inside_a_batch(portal: Portal, ask: Asker) -> None:
    portal.switches.limits = True
    portal.operating.threshold = 30
    ask("crm.automation.trigger.add", CODE="t", NAME="T")
    fire = "crm.automation.trigger.execute?CODE=t&OWNER_TYPE_ID=2&OWNER_ID=1"
    said = ask.batch({f"c{n}": fire for n in range(4)})
    assert said["result_error"]["c3"]["error"] == "OPERATION_TIME_LIMIT"
    assert said["result_time"]["c2"]["operating"] == 39
    assert ask.refused("crm.automation.trigger.execute", CODE="t", OWNER_TYPE_ID=2, OWNER_ID=1)[0] == 429
    portal.clock.advance(timedelta(minutes=10))
    assert ask("crm.automation.trigger.execute", CODE="t", OWNER_TYPE_ID=2, OWNER_ID=1) is True


# Faults ---------------------------------------------------------------------------------------------------------------


def test_faults_are_used_up_in_order() -> None:
    faults = Faults()
    for kind in ("ok", "op_limit"):
        faults.order(Fault("im.message.add", kind))
    faults.order(Fault("im.message.add", "html_502", times=2))
    assert faults.take(["im.message.add"], of_request=True) is None  # its turn has not come
    assert [fault.kind for _ in range(2) if (fault := faults.take(["im.message.add"], of_request=False))] == [
        "ok",
        "op_limit",
    ]
    assert faults.take(["other"], of_request=True) is None
    assert [bool(faults.take(["x", "im.message.add"], of_request=True)) for _ in range(3)] == [True, True, False]


def test_a_fault_may_wait_for_the_next_change() -> None:
    faults = Faults()
    faults.order(Fault("writes", "effect_then_drop"))
    for look in (
        "crm.item.get",
        "imopenlines.crm.chat.getLastId",
        "bizproc.activity.log",
        "user.current",
        "batch",
        "bizproc.event.send",
    ):
        assert faults.take([look.lower()], of_request=True) is None
    assert faults.take(["batch", "crm.item.get", "im.notify.system.add"], of_request=True) is not None
    assert faults.ordered == []


@pytest.mark.parametrize(("kind", "known"), [("delay", True), ("error:FOO", True), ("explode", False)])
def test_kinds_of_faults(kind: str, known: bool) -> None:
    assert is_known(kind) is known


@pytest.mark.parametrize(
    ("kind", "status", "body", "happened"),
    [
        ("html_502", 502, "<html>", False),
        ("html_200", 200, "<html>", False),
        ("query_limit", 503, '{"error":"QUERY_LIMIT_EXCEEDED"', False),
        ("expired", 401, '{"error":"expired_token"', False),
        ("op_limit", 429, '{"error":"OPERATION_TIME_LIMIT"', False),
        ("error:CHAT_NOT_IN_CRM", 400, '{"error":"CHAT_NOT_IN_CRM"', False),
        ("locked", 400, '{"error":"423"', False),
        ("true_without_effect", 200, '{"result":true', False),
        ("truncated", 200, '{"result":true', True),
        ("delay", 200, '{"result":true', True),
        ("ok", 200, '{"result":true', True),
    ],
)
async def test_a_fault_and_what_it_leaves_behind(
    portal: Portal, ask: Asker, http: httpx.AsyncClient, kind: str, status: int, body: str, happened: bool
) -> None:
    chat = chat_of(portal, 1)
    method = "imopenlines.bot.session.message.send"
    portal.faults.order(Fault(method, kind, seconds=0))
    params = {"auth": ask.access, "CHAT_ID": chat.id, "NAME": "DEFAULT", "MESSAGE": "Hi"}
    first = await http.post(f"/rest/{method}", json=params)
    assert (first.status_code, first.text[: len(body)]) == (status, body)
    assert bool(portal.journal.outbox) is happened
    again = await http.post(f"/rest/{method}", json=params)
    assert again.json()["result"] is True


@pytest.mark.parametrize(("kind", "happened"), [("drop_before_effect", False), ("effect_then_drop", True)])
async def test_a_dropped_connection(
    portal: Portal, ask: Asker, http: httpx.AsyncClient, kind: str, happened: bool
) -> None:
    """Without the server of sandbox.main an error stands for the closed connection."""
    chat = chat_of(portal, 1)
    portal.faults.order(Fault("imopenlines.bot.session.message.send", kind))
    command = f"imopenlines.bot.session.message.send?CHAT_ID={chat.id}&NAME=DEFAULT&MESSAGE=Hi"
    with pytest.raises(ConnectionAbortedError):
        await http.post("/rest/batch", json={"auth": ask.access, "cmd": {"a": "user.admin", "b": command}})
    assert bool(portal.journal.outbox) is happened
    record = next(one for one in portal.journal.calls if one.method == "batch")
    assert record.fault == kind


async def test_a_truncated_answer_is_no_json(ask: Asker, portal: Portal, http: httpx.AsyncClient) -> None:
    portal.faults.order(Fault("*", "truncated"))
    said = await http.get("/rest/user.admin", params={"auth": ask.access})
    with pytest.raises(JSONDecodeError):
        said.json()


async def test_a_renamed_portal_redirects(portal: Portal, ask: Asker, http: httpx.AsyncClient) -> None:
    """Platform.md 3.7."""
    portal.faults.order(Fault("*", "redirect", location="https://new.bitrix24.ru/rest/profile"))
    said = await http.post("/rest/profile", json={"auth": ask.access})
    assert (said.status_code, said.headers["location"]) == (302, "https://new.bitrix24.ru/rest/profile")


async def test_the_token_endpoint_fails_on_order_too(portal: Portal, http: httpx.AsyncClient) -> None:
    portal.faults.order(Fault("oauth", "html_502"))
    assert (await http.post("/oauth/token/")).status_code == 502
    assert (await http.post("/oauth/token/")).json()["error"] == "wrong_client"
