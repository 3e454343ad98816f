"""The live stream of a page."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import timedelta
from typing import ClassVar

import pytest
from sse_starlette import ServerSentEvent

from core.db import new_id
from core.runs.listing import Listing
from core.texts.text import Text
from server.ui import door_of
from server.ui.events import LONGEST_SECONDS, MOST_STREAMS, Events
from server.ui.feed import Feed
from server.ui.sessions import Sessions, Visitor
from tests.core.runs.rows import NOON, event, run, store
from tests.server.ui.people import House


class Stopwatch:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Stream:
    """The stream of one visitor, message by message; it is closed before the house is."""

    opened: ClassVar[list[Stream]] = []

    def __init__(self, home: House, token: str, visitor: Visitor, *, run_id: str = "", since: str = "") -> None:
        self.watch = Stopwatch()
        sessions = Sessions(home.database, home.clock)
        feed = Feed(Listing(home.database), ask_each=0.01)
        self.events = Events(door_of(home.services), sessions, feed, home.clock, monotonic=self.watch)
        self.messages: AsyncGenerator[ServerSentEvent, None] = self.events.messages(
            visitor, run_id=run_id, since=since, token=token
        )
        self.opened.append(self)

    async def next(self) -> tuple[str, str, str]:
        """Return name, data and id of the next message."""
        message = await anext(self.messages)
        return str(message.event), str(message.data), str(message.id or "")


@pytest.fixture(autouse=True)
async def _closed(home: House) -> AsyncIterator[None]:
    yield
    while Stream.opened:
        await Stream.opened.pop().messages.aclose()


@pytest.fixture
async def who(home: House) -> tuple[str, Visitor]:
    token = await home.token()
    visitor = await Sessions(home.database, home.clock).find(token)
    assert visitor is not None
    return token, visitor


async def test_hello_with_the_time_and_then_what_changes(home: House, who: tuple[str, Visitor]) -> None:
    stream = Stream(home, *who)
    assert await stream.next() == ("hello", NOON.isoformat(), "")
    one = run()
    await store(home.database, one)
    name, data, last = await stream.next()
    assert (name, json.loads(data), last) == ("runs", [one.id], one.id)


async def test_the_stream_of_one_run_tells_of_that_run(home: House, who: tuple[str, Visitor]) -> None:
    one, other = run(), run()
    await store(home.database, one, other)
    stream = Stream(home, *who, run_id=one.id)
    await stream.next()
    await store(home.database, event(other, "woke", Text("", "")), event(one, "woke", Text("", "")))
    _, data, _ = await stream.next()
    assert json.loads(data) == [one.id]


async def test_a_stream_goes_on_where_the_last_one_ended(home: House, who: tuple[str, Visitor]) -> None:
    since = new_id()
    one = run()
    await store(home.database, one)
    stream = Stream(home, *who, since=since)
    assert (await stream.next())[0] == "hello"
    name, data, last = await stream.next()
    assert (name, json.loads(data), last) == ("runs", [one.id], one.id)


async def test_a_moved_clock_is_told(home: House, who: tuple[str, Visitor]) -> None:
    stream = Stream(home, *who)
    await stream.next()
    home.clock.jump(timedelta(hours=2))
    assert await stream.next() == ("clock", (NOON + timedelta(hours=2)).isoformat(), "")


async def test_a_stream_ends_when_its_session_does(home: House, who: tuple[str, Visitor]) -> None:
    stream = Stream(home, *who)
    await stream.next()
    await Sessions(home.database, home.clock).end(who[1].token_hash)
    stream.watch.seconds += 61
    with pytest.raises(StopAsyncIteration):
        await stream.next()


async def test_no_stream_is_for_ever(home: House, who: tuple[str, Visitor]) -> None:
    stream = Stream(home, *who)
    await stream.next()
    stream.watch.seconds += LONGEST_SECONDS
    with pytest.raises(StopAsyncIteration):
        await stream.next()


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("?run=%27", 404, "not_found"), ("?run=a&run=b", 400, "bad_request"), ("?run=" + "a" * 41, 400, "bad_request")],
)
async def test_streams_of_nothing(home: House, query: str, status: int, code: str) -> None:
    answer = await home.client.get(f"/ui/events{query}", headers=await home.as_())
    assert (answer.status_code, answer.json()) == (status, {"error": code})


async def test_one_person_has_few_streams(home: House, who: tuple[str, Visitor]) -> None:
    stream = Stream(home, *who)
    streams = [stream.events.messages(who[1], run_id="", since="", token=who[0]) for _ in range(MOST_STREAMS)]
    for one in streams:
        await anext(one)
    assert stream.events.is_full(who[1])
    for one in streams:
        await one.aclose()
    assert not stream.events.is_full(who[1])
