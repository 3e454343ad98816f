"""The queue server: platform.md 2.1, 2.6."""

from __future__ import annotations

import asyncio

from sandbox.portal import Portal
from sandbox.queue import Delivery
from tests.sandbox.conftest import HANDLER, Receiver


def put(portal: Portal, name: str = "x") -> Delivery:
    return portal.queue.push(Delivery(kind="event", name=name, url=f"{HANDLER}/{name}", form={"event": name}))


async def test_failures_are_not_repeated(portal: Portal, receiver: Receiver) -> None:
    receiver.status = 500
    refused = put(portal)
    await portal.queue.drain()
    receiver.fails = True
    unheard = put(portal)
    await portal.queue.drain()
    await portal.queue.drain()
    assert len(receiver.requests) == 2
    assert (refused.status, refused.error) == (500, "")
    assert (unheard.status, unheard.error) == (None, "ConnectError")


async def test_duplicates_can_be_ordered(portal: Portal, receiver: Receiver) -> None:
    portal.switches.deliver_twice = True
    put(portal)
    await portal.queue.drain()
    assert len(receiver.requests) == 2
    assert receiver.requests[0].content == receiver.requests[1].content


async def test_a_delay_can_be_ordered(portal: Portal, receiver: Receiver) -> None:
    portal.switches.delivery_delay = 0.01
    running = asyncio.create_task(portal.queue.run())
    delivery = put(portal)
    await asyncio.sleep(0)
    assert receiver.requests == []
    await asyncio.wait_for(delivery.done.wait(), 1)
    assert delivery.status == 200
    running.cancel()


async def test_a_running_queue_delivers_by_itself(portal: Portal, receiver: Receiver) -> None:
    running = asyncio.create_task(portal.queue.run())
    delivery = put(portal)
    await asyncio.wait_for(delivery.done.wait(), 1)
    assert delivery.status == 200
    running.cancel()


async def test_a_paused_queue_holds_back(portal: Portal, receiver: Receiver) -> None:
    running = asyncio.create_task(portal.queue.run())
    portal.queue.paused = True
    delivery = put(portal)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert receiver.requests == []
    portal.queue.resume()
    await asyncio.wait_for(delivery.done.wait(), 1)
    running.cancel()


async def test_deliveries_are_remembered(portal: Portal) -> None:
    put(portal, "first")
    await portal.queue.drain()
    said = portal.queue.as_json()
    assert said[-1] == {
        "id": 1,
        "kind": "event",
        "name": "first",
        "url": f"{HANDLER}/first",
        "at": "2026-11-24T11:00:00+03:00",
        "status": 200,
        "answer": '{"status":"accepted"}',
        "error": "",
    }


async def test_a_call_of_a_robot_can_be_lost(portal: Portal, receiver: Receiver) -> None:
    portal.queue.loses = 1
    event = put(portal)
    lost, sent = (portal.queue.push(Delivery("robot", "r", f"{HANDLER}/r", {"code": "r"})) for _ in range(2))
    await portal.queue.drain()
    assert (event.status, lost.status, sent.status) == (200, None, 200)
    assert (lost.error, lost.done.is_set(), portal.queue.loses) == ("lost", True, 0)
    assert [str(one.url) for one in receiver.requests] == [f"{HANDLER}/x", f"{HANDLER}/r"]
