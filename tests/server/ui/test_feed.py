"""News of a portal: nothing is lost, not even what was committed late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.db import id_before, new_id
from core.runs.listing import Listing
from core.texts.text import Text
from server.ui.feed import Feed, Listener, News, Watch
from tests.core.runs.rows import event, run, store
from tests.server.ui.people import House


@pytest.fixture
def feed(home: House) -> Feed:
    return Feed(Listing(home.database), ask_each=3600)


async def heard(listener: Listener) -> News:
    news = await listener.next(within=30)
    assert news is not None
    return news


async def test_new_runs_and_new_lines_are_told_once(home: House, feed: Feed) -> None:
    watch = Watch()
    listener = Listener()
    watch.listeners.add(listener)
    old = run(id=id_before(new_id(), timedelta(hours=1)))
    await store(home.database, old)
    fresh = run()
    await store(home.database, fresh, event(old, "woke", Text("", "")), event(fresh, "accepted", Text("", "")))
    await feed.ask("alpha", watch)
    assert set((await heard(listener)).run_ids) == {old.id, fresh.id}
    await feed.ask("alpha", watch)
    assert await listener.next(within=0) is None


async def test_what_was_committed_late_is_told_too(home: House, feed: Feed) -> None:
    late_id = new_id()
    watch, listener = Watch(), Listener()
    watch.listeners.add(listener)
    one = run()
    await store(home.database, one)
    await feed.ask("alpha", watch)
    first = await heard(listener)
    late = run(id=late_id)
    await store(home.database, late)
    await feed.ask("alpha", watch)
    second = await heard(listener)
    assert second.run_ids == (late.id,)
    assert second.last == first.last


async def test_another_portal_is_not_told(home: House, feed: Feed) -> None:
    watch, listener = Watch(), Listener()
    watch.listeners.add(listener)
    await store(home.database, run("beta"))
    await feed.ask("alpha", watch)
    assert await listener.next(within=0) is None


async def test_while_the_database_is_away_nothing_is_lost(home: House, feed: Feed) -> None:
    watch, listener = Watch(asked=id_before(new_id(), timedelta(minutes=10))), Listener()
    watch.listeners.add(listener)
    old = run(id=id_before(new_id(), timedelta(minutes=5)))
    await store(home.database, old)
    await feed.ask("alpha", watch)
    assert (await heard(listener)).run_ids == (old.id,)


async def test_a_listener_that_was_away_hears_what_it_missed(home: House, feed: Feed) -> None:
    since = new_id()
    fresh = run()
    await store(home.database, fresh)
    missed = await feed.missed("alpha", since)
    assert (missed.run_ids, missed.last, missed.lost) == ((fresh.id,), fresh.id, False)
    assert (await feed.missed("beta", since)).run_ids == ()


async def test_who_missed_too_much_is_told_to_look_anew(home: House, feed: Feed) -> None:
    since = new_id()
    await store(home.database, *(run() for _ in range(501)))
    assert (await feed.missed("alpha", since)).lost


def test_a_listener_that_does_not_listen_is_told_that_it_lost_something() -> None:
    listener = Listener()
    for number in range(100):
        listener.tell(News(str(number), (str(number),)))
    assert listener.queue.qsize() <= 64
    assert listener.queue.get_nowait().lost


async def test_the_database_is_asked_while_somebody_listens_and_not_longer(home: House) -> None:
    feed = Feed(Listing(home.database), ask_each=0.01)
    async with feed.listen("alpha") as one, feed.listen("alpha") as other:
        fresh = run()
        await store(home.database, fresh)
        assert (await heard(one)).run_ids == (await heard(other)).run_ids == (fresh.id,)
        assert len(feed.watched) == 1
    assert not feed.watched
