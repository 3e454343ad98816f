"""Reads and writes of one portal: what is sent, what is repeated, what is raised and what is written down."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import httpx
import pytest

from core.bitrix24.breaker import FAILURES
from core.bitrix24.calls import current_run
from core.bitrix24.client import WRITES_AT_ONCE
from core.bitrix24.command import Command
from core.bitrix24.errors import (
    LimitExceeded,
    MethodRests,
    NotSent,
    OutcomeUnknown,
    Revoked,
    Suspended,
    TryLater,
    Unavailable,
    UserLocked,
)
from core.bitrix24.evidence import Sign
from core.bitrix24.limits import LaneRate
from core.bitrix24.outcome import Outcome
from core.bitrix24.transport import Transport
from tests.core.bitrix24.portal import NOON, Hands, PhpError, Portal, Tokens, failed, said

ONE = {"deal": Command("crm.item.get", {"entityTypeId": 2, "id": 17})}
TWO = {
    "act": Command("crm.activity.list", {"filter": {"OWNER_ID": 17}}),
    "dlg": Command("imopenlines.dialog.get", {"SESSION_ID": "0$result[act][0][SESSION]"}),
}


def refuse(code: str, description: str = "", *, status: int = 400) -> object:
    raise PhpError(code, description, status=status)


async def test_one_command_travels_alone_with_the_token_in_the_body(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.item.get"] = lambda params: {"id": params["id"]}
    answers = await hands.client.read(ONE)
    assert answers["deal"].ok
    assert answers["deal"].result == {"id": 17}
    (request,) = portal.requests
    assert str(request.url) == "https://portal.example/rest/crm.item.get"
    assert json.loads(request.content) == {"entityTypeId": 2, "id": 17, "auth": "access-1"}
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["content-type"] == "application/json"


async def test_several_commands_travel_as_a_batch_and_refer_to_each_other(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.activity.list"] = lambda _params: [{"SESSION": 41}]
    portal.methods["imopenlines.dialog.get"] = lambda params: params
    answers = await hands.client.read(TWO)
    assert answers["dlg"].result == {"SESSION_ID": "041"}
    (body,) = portal.bodies
    assert body["halt"] == 0
    assert list(body["cmd"]) == ["act", "dlg"]


async def test_a_method_s_own_error_stays_in_its_answer(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.activity.list"] = lambda _params: refuse("", "no code at all")
    portal.methods["imopenlines.dialog.get"] = lambda _params: {"id": 5}
    answers = await hands.client.read(TWO)
    assert (answers["act"].ok, answers["act"].error, answers["act"].description) == (False, "", "no code at all")
    assert answers["dlg"].ok


async def test_with_halt_what_was_not_reached_is_absent(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.activity.list"] = lambda _params: refuse("NOT_FOUND")
    answers = await hands.client.read(TWO, halt=True)
    assert list(answers) == ["act"]
    assert portal.bodies[0]["halt"] == 1


async def test_nothing_asked_is_nothing_sent(hands: Hands, portal: Portal) -> None:
    assert await hands.client.read({}) == {}
    assert await hands.client.write({}) == {}
    assert portal.requests == []


@pytest.mark.parametrize("code", ["expired_token", "invalid_token", "NO_AUTH_FOUND"])
async def test_a_stale_token_is_refreshed_once_and_the_call_repeated(hands: Hands, portal: Portal, code: str) -> None:
    portal.script = [failed(code, 401)]
    portal.methods["crm.item.get"] = lambda params: params["id"]
    assert (await hands.client.read(ONE))["deal"].result == 17
    assert portal.tokens == ["access-1", "access-2"]
    assert [call.attempt for call in hands.calls] == [1, 2]
    assert hands.calls[0].error == code


async def test_a_stale_token_lets_a_write_be_repeated_too(hands: Hands, portal: Portal) -> None:
    portal.script = [failed("expired_token", 401)]
    portal.methods["im.notify.system.add"] = lambda _params: 8
    outcomes = await hands.client.write({"tell": Command("im.notify.system.add", {"USER_ID": 1, "MESSAGE": "x"})})
    assert outcomes["tell"].outcome is Outcome.CONFIRMED
    assert len(portal.requests) == 2


@pytest.mark.parametrize(
    ("code", "error"), [("invalid_token", Revoked), ("NO_AUTH_FOUND", Revoked), ("expired_token", TryLater)]
)
async def test_a_fresh_token_that_is_refused_is_not_refreshed_again(
    hands: Hands, portal: Portal, code: str, error: type[Exception]
) -> None:
    portal.script = [failed(code, 401), failed(code, 401)]
    with pytest.raises(error):
        await hands.client.read(ONE)
    assert hands.tokens.refreshes == 1
    assert len(portal.requests) == 2


async def test_what_the_token_source_raises_comes_through(transport: Transport, portal: Portal) -> None:
    hands = Hands(transport, tokens=Tokens(refused=Revoked("invalid_grant")))
    portal.script = [failed("expired_token", 401)]
    with pytest.raises(Revoked, match="invalid_grant"):
        await hands.client.read(ONE)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_portal_that_moved_is_asked_at_the_address_the_refresh_brings(
    hands: Hands, portal: Portal, status: int
) -> None:
    hands.tokens.moves_to = "https://renamed.example/rest/"
    portal.script = [httpx.Response(status, headers={"location": "https://169.254.169.254/rest/crm.item.get"})]
    portal.methods["crm.item.get"] = lambda _params: "here"
    assert (await hands.client.read(ONE))["deal"].result == "here"
    assert [request.url.host for request in portal.requests] == ["portal.example", "renamed.example"]


async def test_a_portal_that_keeps_moving_is_tried_later(hands: Hands, portal: Portal) -> None:
    portal.script = [httpx.Response(302), httpx.Response(302)]
    with pytest.raises(Unavailable):
        await hands.client.read(ONE)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (failed("PAYMENT_REQUIRED", 401), Suspended),
        (failed("PORTAL_DELETED", 403), Suspended),
        (failed("PORTAL_DELETED", 500), Suspended),
        (failed("ACCESS_DENIED", 401, "REST is available only on commercial plans."), Suspended),
        (failed("OVERLOAD_LIMIT", 503), Suspended),
        (failed("APPLICATION_NOT_FOUND", 401), Revoked),
        (failed("ERROR_OAUTH", 401, "Application not installed"), Revoked),
        (failed("user_access_error", 403), UserLocked),
        (failed("authorization_error", 401), UserLocked),
        (failed("CONNECTION_ERROR", 401), Unavailable),
        (failed("INTERNAL_SERVER_ERROR", 500), Unavailable),
        (httpx.Response(502, text="<html>Bad Gateway</html>"), Unavailable),
        (httpx.Response(200, text="<html>Portal</html>"), Unavailable),
        (httpx.ReadTimeout("late"), Unavailable),
        (httpx.ConnectError("refused"), NotSent),
        (httpx.ConnectTimeout("late"), NotSent),
    ],
)
async def test_trouble_of_the_whole_request_is_raised_to_a_reader(
    hands: Hands, portal: Portal, answer: httpx.Response | Exception, error: type[Exception]
) -> None:
    portal.script = [answer]
    with pytest.raises(error):
        await hands.client.read(TWO)
    assert len(portal.requests) == 1


async def test_a_blocked_application_is_not_asked_again_within_the_hour(hands: Hands, portal: Portal) -> None:
    portal.script = [failed("OVERLOAD_LIMIT", 503)]
    with pytest.raises(Suspended) as caught:
        await hands.client.read(ONE)
    assert caught.value.after == timedelta(hours=1)


async def test_access_denied_of_a_method_is_the_method_s_own(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.item.get"] = lambda _params: refuse("ACCESS_DENIED", "Access denied!", status=403)
    assert (await hands.client.read(ONE))["deal"].error == "ACCESS_DENIED"


async def test_f_14_too_many_requests_make_the_lane_rest(transport: Transport, portal: Portal) -> None:
    hands = Hands(transport)
    portal.script = [failed("QUERY_LIMIT_EXCEEDED", 503), failed("QUERY_LIMIT_EXCEEDED", 503)]
    with pytest.raises(LimitExceeded) as first:
        await hands.client.read(ONE)
    assert first.value.after == timedelta(seconds=1)
    hands.seconds += 1.5
    with pytest.raises(LimitExceeded) as second:
        await hands.client.read(ONE)
    assert second.value.after == timedelta(seconds=2)
    hands.seconds += 0.5
    portal.methods["crm.item.get"] = lambda _params: 1
    await hands.client.read(ONE)
    assert sum(hands.naps) == pytest.approx(1.5)
    portal.script = [failed("QUERY_LIMIT_EXCEEDED", 503)]
    with pytest.raises(LimitExceeded) as after_success:
        await hands.client.read(ONE)
    assert after_success.value.after == timedelta(seconds=1)


async def test_a_portal_may_ask_for_a_longer_rest(hands: Hands, portal: Portal) -> None:
    portal.script = [httpx.Response(503, json={"error": "QUERY_LIMIT_EXCEEDED"}, headers={"retry-after": "30"})]
    with pytest.raises(LimitExceeded) as caught:
        await hands.client.read(ONE)
    assert caught.value.after == timedelta(seconds=30)


@pytest.mark.parametrize(("header", "after"), [("120", 120), ("999999", 3600), ("0", None), ("soon", None)])
async def test_a_proxy_may_ask_for_patience(hands: Hands, portal: Portal, header: str, after: int | None) -> None:
    portal.script = [httpx.Response(503, text="<html>", headers={"retry-after": header})]
    with pytest.raises(Unavailable) as caught:
        await hands.client.read(ONE)
    assert caught.value.after == (None if after is None else timedelta(seconds=after))


async def test_our_own_bucket_makes_a_call_wait_shortly(transport: Transport, portal: Portal) -> None:
    hands = Hands(transport, rate=LaneRate(burst=1, per_second=1))
    portal.methods["crm.item.get"] = lambda _params: 1
    await hands.client.read(ONE)
    await hands.client.read(ONE)
    assert hands.naps == [1.0]


async def test_waiting_ends_when_others_are_always_faster(transport: Transport, portal: Portal) -> None:
    hands = Hands(transport, rate=LaneRate(burst=1, per_second=1))

    async def another_was_faster() -> None:
        await hands.limiter.wait_for("p1")

    hands.during_nap = another_was_faster
    portal.methods["crm.item.get"] = lambda _params: 1
    await hands.client.read(ONE)
    with pytest.raises(LimitExceeded):
        await hands.client.read(ONE)
    assert hands.naps == [1.0, 1.0]


async def test_the_repeat_after_a_refresh_takes_a_place_of_its_own(transport: Transport, portal: Portal) -> None:
    hands = Hands(transport, rate=LaneRate(burst=1, per_second=1))
    portal.script = [failed("expired_token", 401)]
    portal.methods["crm.item.get"] = lambda _params: 1
    await hands.client.read(ONE)
    assert hands.naps == [1.0]


async def test_a_write_is_waited_for_longer_than_the_cloud_lets_it_run(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.item.get"] = lambda _params: 1
    await hands.client.read(ONE)
    await hands.client.write(ONE)
    patience = [request.extensions["timeout"] for request in portal.requests]
    assert [(each["connect"], each["read"]) for each in patience] == [(5.0, 30.0), (5.0, 70.0)]


async def test_and_a_long_wait_is_left_to_the_engine(transport: Transport, portal: Portal) -> None:
    hands = Hands(transport, rate=LaneRate(burst=1, per_second=0.1))
    portal.methods["crm.item.get"] = lambda _params: 1
    await hands.client.read(ONE)
    with pytest.raises(LimitExceeded) as caught:
        await hands.client.read(ONE)
    assert caught.value.after == timedelta(seconds=10)
    assert hands.naps == []
    assert len(portal.requests) == 1


async def test_f_14_a_method_without_time_rests_until_the_portal_says(hands: Hands, portal: Portal) -> None:
    reset_at = (NOON + timedelta(minutes=4)).timestamp()
    portal.script = [said({"error": "OPERATION_TIME_LIMIT", "time": {"operating_reset_at": reset_at}}, 429)]
    with pytest.raises(MethodRests) as caught:
        await hands.client.read(ONE)
    assert (caught.value.method, caught.value.after) == ("crm.item.get", timedelta(minutes=4))
    with pytest.raises(MethodRests):
        await hands.client.read({**TWO, **ONE})
    assert len(portal.requests) == 1
    hands.now = NOON + timedelta(minutes=4)
    portal.methods["crm.item.get"] = lambda _params: 1
    assert (await hands.client.read(ONE))["deal"].ok


async def test_without_a_moment_a_method_rests_longer_each_time_until_it_works(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.item.get"] = lambda _params: 1
    rests = []
    for refusals in (2, 1):
        portal.script = [failed("OPERATION_TIME_LIMIT", 429)] * refusals
        for _ in range(refusals):
            with pytest.raises(MethodRests) as caught:
                await hands.client.read(ONE)
            rests.append(caught.value.after)
            hands.now += timedelta(minutes=10)
        await hands.client.read(ONE)
    assert rests == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=1)]


async def test_a_method_that_rests_inside_a_batch_is_raised_by_name(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.activity.list"] = lambda _params: []
    portal.methods["imopenlines.dialog.get"] = lambda _params: refuse("OPERATION_TIME_LIMIT")
    with pytest.raises(MethodRests) as caught:
        await hands.client.read(TWO)
    assert caught.value.method == "imopenlines.dialog.get"
    portal.methods["crm.item.get"] = lambda _params: 1
    assert (await hands.client.read(ONE))["deal"].ok


async def test_a_command_without_any_answer_is_no_answer(hands: Hands, portal: Portal) -> None:
    portal.script = [said({"result": {"result": {"act": []}, "result_error": []}})]
    with pytest.raises(Unavailable):
        await hands.client.read(TWO)


async def test_a_write_tells_what_became_of_each_command(hands: Hands, portal: Portal) -> None:
    portal.methods["first"] = lambda _params: True
    portal.methods["second"] = lambda _params: refuse("CHAT_NOT_IN_CRM")
    commands = {"a": Command("first"), "b": Command("second"), "c": Command("third")}
    outcomes = await hands.client.write(commands)
    assert [outcomes[key].outcome for key in "abc"] == [Outcome.CONFIRMED, Outcome.BUSINESS, Outcome.NOT_SENT]
    assert outcomes["b"].answer is not None
    assert outcomes["b"].answer.error == "CHAT_NOT_IN_CRM"
    assert outcomes["c"].evidence.sign is Sign.NOT_REACHED


async def test_without_halt_a_write_goes_on(hands: Hands, portal: Portal) -> None:
    portal.methods["first"] = lambda _params: refuse("OPERATION_TIME_LIMIT")
    portal.methods["second"] = lambda _params: True
    outcomes = await hands.client.write({"a": Command("first"), "b": Command("second")}, halt=False)
    assert outcomes["a"].outcome is Outcome.REFUSED
    assert isinstance(outcomes["a"].trouble, MethodRests)
    assert outcomes["b"].outcome is Outcome.CONFIRMED


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ReadTimeout("late"),
        httpx.ReadError("reset"),
        httpx.WriteError("reset"),
        httpx.RemoteProtocolError("gone"),
        httpx.Response(502, text="<html>"),
        httpx.Response(200, text=""),
        httpx.Response(200, text='{"result": tr'),
        httpx.Response(503, text="busy"),
        failed("INTERNAL_SERVER_ERROR", 500),
    ],
)
async def test_a_write_in_doubt_is_told_and_never_repeated(
    hands: Hands, portal: Portal, answer: httpx.Response | Exception
) -> None:
    portal.script = [answer]
    outcomes = await hands.client.write({"send": Command("imopenlines.crm.message.add", {"MESSAGE": "hello"})})
    assert outcomes["send"].outcome is Outcome.UNKNOWN
    assert isinstance(outcomes["send"].trouble, OutcomeUnknown)
    assert len(portal.requests) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ConnectError("refused"), NotSent),
        (httpx.PoolTimeout("busy"), NotSent),
        (failed("QUERY_LIMIT_EXCEEDED", 503), LimitExceeded),
        (failed("PAYMENT_REQUIRED", 401), Suspended),
        (failed("NOT_INSTALLED", 401), Revoked),
    ],
)
async def test_a_write_raises_only_when_nothing_was_done(
    hands: Hands, portal: Portal, answer: httpx.Response | Exception, error: type[Exception]
) -> None:
    portal.script = [answer]
    with pytest.raises(error):
        await hands.client.write({"a": Command("first"), "b": Command("second")})


async def test_a_write_that_lacks_the_scope_is_refused_with_its_answer(hands: Hands, portal: Portal) -> None:
    portal.script = [failed("insufficient_scope", 403)]
    outcomes = await hands.client.write({"a": Command("first")})
    assert outcomes["a"].outcome is Outcome.REFUSED
    assert outcomes["a"].trouble is None
    assert outcomes["a"].answer is not None


async def test_every_request_is_recorded_with_its_commands(hands: Hands, portal: Portal) -> None:
    portal.methods["crm.activity.list"] = lambda _params: []
    portal.methods["imopenlines.dialog.get"] = lambda _params: refuse("ACCESS_ERROR")
    mark = current_run.set("run-7")
    try:
        await hands.client.read(TWO)
    finally:
        current_run.reset(mark)
    (call,) = hands.calls
    assert (call.at, call.lane, call.method, call.status, call.error, call.attempt) == (
        NOON,
        "p1",
        "batch",
        200,
        None,
        1,
    )
    assert call.methods == ("crm.activity.list", "imopenlines.dialog.get")
    assert [command.error for command in call.commands] == [None, "ACCESS_ERROR"]
    assert [command.run for command in call.commands] == ["run-7", "run-7"]
    assert call.operating == 1.0
    assert call.ms >= 0


async def test_a_request_without_an_answer_is_recorded_with_its_sign(hands: Hands, portal: Portal) -> None:
    portal.script = [httpx.ConnectTimeout("late")]
    with pytest.raises(NotSent):
        await hands.client.read(ONE)
    assert (hands.calls[0].status, hands.calls[0].error) == (None, "connect_timeout")


async def test_a_cancelled_request_is_recorded(hands: Hands, portal: Portal) -> None:
    started = asyncio.Event()

    async def never() -> None:
        started.set()
        await asyncio.Event().wait()

    portal.before_answer = never
    task = asyncio.create_task(hands.client.read(ONE))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert hands.calls[0].error == "given_up"


@pytest.mark.parametrize("method", ["", "../oauth/token", "crm.item.get?x=1", "a/b", "a b", "метод", "1x"])
async def test_a_method_is_a_name_and_no_address(hands: Hands, portal: Portal, method: str) -> None:
    with pytest.raises(ValueError, match="method"):
        await hands.client.read({"a": Command(method)})
    assert portal.requests == []


async def test_a_command_cannot_bring_a_token(hands: Hands, portal: Portal) -> None:
    with pytest.raises(ValueError, match="token"):
        await hands.client.read({"a": Command("profile", {"auth": "stolen"})})
    assert portal.requests == []
    assert hands.calls == []


async def test_more_than_a_batch_holds_is_refused_here(hands: Hands, portal: Portal) -> None:
    commands = {f"c{number}": Command("profile") for number in range(51)}
    with pytest.raises(ValueError, match="50"):
        await hands.client.read(commands)
    assert portal.requests == []


async def test_few_writes_are_under_way_at_once(hands: Hands, portal: Portal) -> None:
    """A portal that is slow must not collect our connections."""
    under_way: list[int] = []
    gate = asyncio.Event()

    async def slowly() -> None:
        under_way.append(len(under_way) + 1)
        await gate.wait()

    portal.before_answer = slowly
    portal.methods["crm.item.get"] = lambda _params: True
    writes = [asyncio.create_task(hands.client.write(ONE)) for _ in range(WRITES_AT_ONCE)]
    async with asyncio.timeout(60):
        while len(under_way) < WRITES_AT_ONCE:
            await asyncio.sleep(0)
    with pytest.raises(LimitExceeded, match="Enough writes"):
        await hands.client.write(ONE)
    gate.set()
    await asyncio.gather(*writes)
    assert len(portal.requests) == WRITES_AT_ONCE


async def test_a_portal_that_never_answers_is_left_alone(hands: Hands, portal: Portal) -> None:
    portal.script = [httpx.ConnectError("no way")] * FAILURES
    for _ in range(FAILURES):
        with pytest.raises(NotSent):
            await hands.client.read(ONE)
    assert hands.client.rests_for > 0
    for ask in (hands.client.read, hands.client.write):
        with pytest.raises(NotSent) as left_alone:
            await ask(ONE)
        assert left_alone.value.after is not None
    assert len(portal.requests) == FAILURES


async def test_a_write_asks_at_the_last_moment_what_is_to_go(transport: Transport, portal: Portal) -> None:
    portal.methods["crm.activity.list"] = lambda _params: 1
    hands = Hands(transport, rate=LaneRate(burst=1, per_second=1))
    await hands.client.write({"act": TWO["act"]})
    waited: list[int] = []

    async def ready() -> list[str]:
        waited.append(len(hands.naps))
        return ["act"]

    outcomes = await hands.client.write({"act": TWO["act"], "dlg": TWO["dlg"]}, ready=ready)
    assert list(outcomes) == ["act"]
    assert waited == [1]
    assert len(portal.requests) == 2


async def test_a_write_of_which_nothing_is_to_go_is_not_made(hands: Hands, portal: Portal) -> None:
    async def ready() -> list[str]:
        return []

    assert await hands.client.write(ONE, ready=ready) == {}
    assert portal.requests == []
