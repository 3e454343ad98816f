"""The read side of runs: keys, filters, and nothing of another portal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.bitrix24.documents import DEAL, LEAD, Item
from core.db import Database, new_id
from core.runs.cursor import BadCursor, Sort
from core.runs.filters import Filter
from core.runs.listing import COUNTED, Listing
from core.runs.tables import Run
from core.texts.text import Text
from tests.core.runs.rows import NOON, call, effect, event, portal, run, store, waiting

ALL = Filter()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with Database(database_url) as database:
        await store(database, portal("alpha"), portal("beta"))
        yield database


@pytest.fixture
def listing(database: Database) -> Listing:
    return Listing(database)


async def titles(listing: Listing, wanted: Filter, **how: object) -> list[str]:
    page = await listing.runs("alpha", wanted, **how)  # type: ignore[arg-type]
    return [line.title for line in page.items]


async def test_the_newest_come_first_and_pages_join_without_a_gap(database: Database, listing: Listing) -> None:
    await store(database, *(run(minutes=number, title=str(number)) for number in range(7)))
    first = await listing.runs("alpha", ALL, limit=3)
    second = await listing.runs("alpha", ALL, limit=3, after=first.next)
    third = await listing.runs("alpha", ALL, limit=3, after=second.next)
    assert [line.title for page in (first, second, third) for line in page.items] == list("6543210")
    assert third.next is None


async def test_runs_of_one_moment_are_neither_lost_nor_doubled(database: Database, listing: Listing) -> None:
    await store(database, *(run(title=str(number)) for number in range(10)))
    seen: list[str] = []
    after = None
    for _ in range(5):
        page = await listing.runs("alpha", ALL, limit=2, after=after)
        seen += [line.title for line in page.items]
        after = page.next
    assert sorted(seen) == sorted(str(number) for number in range(10))
    assert after is None


async def test_a_cursor_stands_still_while_runs_come(database: Database, listing: Listing) -> None:
    await store(database, *(run(minutes=number, title=str(number)) for number in range(4)))
    first = await listing.runs("alpha", ALL, limit=2)
    await store(database, *(run(minutes=60 + number, title="new") for number in range(5)))
    assert await titles(listing, ALL, limit=2, after=first.next) == ["1", "0"]


async def test_the_oldest_first(database: Database, listing: Listing) -> None:
    await store(database, *(run(minutes=number, title=str(number)) for number in range(4)))
    page = await listing.runs("alpha", ALL, sort=Sort.OLDEST, limit=2)
    assert [line.title for line in page.items] == ["0", "1"]
    assert await titles(listing, ALL, sort=Sort.OLDEST, after=page.next) == ["2", "3"]


async def test_timers_are_what_sleeps_and_the_soonest_come_first(database: Database, listing: Listing) -> None:
    await store(
        database,
        run(title="over"),
        waiting(title="late", wakes_in=90),
        waiting(title="soon", wakes_in=5),
        waiting(title="busy", wakes_in=1, status="running"),
    )
    page = await listing.runs("alpha", ALL, sort=Sort.SOONEST, limit=1)
    assert [line.title for line in page.items] == ["soon"]
    assert await titles(listing, ALL, sort=Sort.SOONEST, after=page.next) == ["late"]


@pytest.mark.parametrize("text", ["", "!", "x" * 500, "LWNyZWF0ZWRfYXQ", "é", "\x00", "AAAA", "a"])
async def test_what_is_no_cursor_is_refused(listing: Listing, text: str) -> None:
    with pytest.raises(BadCursor):
        await listing.runs("alpha", ALL, after=text)


async def test_a_cursor_of_another_order_is_refused(database: Database, listing: Listing) -> None:
    await store(database, *(run(minutes=number) for number in range(3)))
    page = await listing.runs("alpha", ALL, limit=1)
    with pytest.raises(BadCursor):
        await listing.runs("alpha", ALL, sort=Sort.OLDEST, after=page.next)


async def store_variety(database: Database) -> None:
    broken = run(
        minutes=5,
        title="Ремонт",
        entity_type_id=LEAD,
        item_id=991,
        document="LEAD_991",
        robot="send_message",
        status="failed",
        result="failed",
        reason=Text("Портал ответил отказом.", "The portal refused.").as_json(),
    )
    await store(
        database,
        run(minutes=1, title="Окна на дачу"),
        run(minutes=2, title="100% предоплата", result="nothing_to_do", status="skipped"),
        run(minutes=3, title="100 рублей предоплата"),
        run(minutes=4, title="Snow_ball", entity_type_id=128, item_id=77, document="DYNAMIC_128_77"),
        broken,
        call(broken, "im.message.add", status=503, error="QUERY_LIMIT_EXCEEDED"),
    )


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(items=(Item(DEAL, 4820),)), ["100 рублей предоплата", "100% предоплата", "Окна на дачу"]),
        (Filter(items=(Item(LEAD, 991), Item(128, 77))), ["Ремонт", "Snow_ball"]),
        (Filter(robots=("send_message",)), ["Ремонт"]),
        (Filter(statuses=("failed", "skipped")), ["Ремонт", "100% предоплата"]),
        (Filter(results=("nothing_to_do",)), ["100% предоплата"]),
        (Filter(errors=("QUERY_LIMIT",)), ["Ремонт"]),
        (Filter(errors=("отказом",)), ["Ремонт"]),
        (Filter(words=("100%",)), ["100% предоплата"]),
        (Filter(words=("snow_",)), ["Snow_ball"]),
        (Filter(words=("nowXball",)), []),
        (Filter(words=("окна",)), ["Окна на дачу"]),
        (Filter(words=("РЕМОНТ",)), ["Ремонт"]),
        (Filter(words=("предоплата", "рублей")), ["100 рублей предоплата"]),
        (Filter(words=("refused",)), ["Ремонт"]),
        (Filter(words=("991",)), ["Ремонт"]),
        (Filter(words=("99999999999999999999",)), []),
        (Filter(words=("' OR '1'='1",)), []),
        (Filter(since=NOON + timedelta(minutes=4)), ["Ремонт", "Snow_ball"]),
        (Filter(until=NOON + timedelta(minutes=2)), ["Окна на дачу"]),
    ],
)
async def test_filters(database: Database, listing: Listing, wanted: Filter, found: list[str]) -> None:
    await store_variety(database)
    assert await titles(listing, wanted) == found


async def test_a_run_is_found_by_its_id(database: Database, listing: Listing) -> None:
    one = run(title="this")
    await store(database, one, run(title="that"))
    assert await titles(listing, Filter(words=(one.id,))) == ["this"]


async def test_some_tells_which_belong_to_the_list(database: Database, listing: Listing) -> None:
    good, bad, foreign = run(title="good"), run(title="bad", status="failed"), run("beta", title="foreign")
    await store(database, good, bad, foreign)
    found = await listing.some("alpha", [good.id, bad.id, foreign.id, "nonsense"], Filter(statuses=("failed",)))
    assert {line.title: belongs for line, belongs in found} == {"good": False, "bad": True}


async def test_one_run_with_all_that_happened(database: Database, listing: Listing) -> None:
    one = run()
    await store(
        database,
        one,
        event(one, "decided", Text("Клиент ждёт", "The client waits"), seconds=1),
        effect(one, 2),
        effect(one, 1, "unknown"),
        call(one),
    )
    card = await listing.run("alpha", one.id)
    assert card is not None
    assert [line.kind for line in card.events] == ["accepted", "decided"]
    assert card.events[0].at == one.created_at
    assert [done.ordinal for done in card.effects] == [1, 2]
    assert [made.method for made in card.calls] == ["batch"]
    assert card.line.item == Item(DEAL, 4820)
    assert card.run.properties == {"minutes": "30"}


async def test_a_run_that_nobody_looked_at_yet_was_called_by_the_portal(database: Database, listing: Listing) -> None:
    fresh, copied = waiting(reason=None, title="fresh"), waiting(reason=None, title="copied", copy_of="another")
    await store(database, fresh, copied)
    reasons = {line.title: line.reason.en for line in (await listing.runs("alpha", ALL)).items}
    assert reasons["fresh"] == "The portal called the robot."
    card = await listing.run("alpha", copied.id)
    assert card is not None
    assert card.events == [], "a person made it"


async def test_of_a_run_that_the_service_began_nobody_says_that_the_portal_called(
    database: Database, listing: Listing
) -> None:
    found = waiting(reason=None)
    await store(database, found, event(found, "accepted", Text("Нашли сами", "Found by ourselves")))
    card = await listing.run("alpha", found.id)
    assert card is not None
    assert [Text.from_json(line.text).en for line in card.events] == ["Found by ourselves"]


async def test_a_run_that_is_not_over_tells_the_last_line_of_its_log(database: Database, listing: Listing) -> None:
    asleep, over = waiting(reason=None, title="asleep"), run(title="over")
    await store(
        database,
        asleep,
        over,
        event(asleep, "waits", Text("До 15:00", "Until 15:00")),
        event(asleep, "answered", Text("Процессу отвечено", "The process was answered")),
        event(asleep, "looked", Text("Посмотрели", "Looked")),
        event(over, "ended", Text("Не это", "Not this")),
    )
    reasons = {line.title: line.reason.en for line in (await listing.runs("alpha", ALL)).items}
    assert reasons == {"asleep": "Until 15:00", "over": "The head was told."}
    ((line, _),) = await listing.some("alpha", [asleep.id], ALL)
    assert line.reason.en == "Until 15:00"
    card = await listing.run("alpha", asleep.id)
    assert card is not None
    assert card.line.reason.en == "Until 15:00"


async def test_the_line_of_a_run_is_that_of_its_dialog(database: Database, listing: Listing) -> None:
    known = waiting(known={"chat_id": 5, "session_id": 6, "line_id": 3})
    new, odd = waiting(), waiting(known=[])
    await store(database, known, new, odd)
    assert [await listing.line_of("alpha", run.id) for run in (known, new, odd)] == [3, 0, 0]
    card = await listing.run("alpha", known.id)
    assert card is not None
    assert card.line_id == 3
    assert await listing.line_of("alpha", "0") is None


async def test_another_portal_has_no_such_run(database: Database, listing: Listing) -> None:
    one = waiting()
    doubtful = effect(one, 1, "unknown")
    await store(database, one, event(one, "waits", Text("", "")), doubtful, call(one))
    assert await listing.run("beta", one.id) is None
    assert await listing.line_of("beta", one.id) is None
    assert await listing.run_of_effect("beta", doubtful.id) is None
    assert (await listing.runs("beta", ALL)).items == ()
    assert (await listing.runs("beta", Filter(words=(one.id,)))).items == ()
    assert await listing.some("beta", [one.id], ALL) == []
    assert await listing.changed("beta", since="") == []
    counts = await listing.counts("beta", since=NOON)
    assert (counts.lately, counts.waiting, counts.troubled, counts.undecided) == (0, 0, 0, 0)
    assert await listing.run_of_effect("alpha", doubtful.id) == one.id


async def test_numbers_over_the_list(database: Database, listing: Listing) -> None:
    yesterday = run(minutes=-1440, status="failed")
    today = run(status="failed")
    await store(database, yesterday, today, waiting(), run(), effect(today, 1, "unknown"), effect(today, 2))
    counts = await listing.counts("alpha", since=NOON)
    assert (counts.lately, counts.waiting, counts.troubled, counts.undecided) == (3, 1, 1, 1)


async def test_nobody_counts_further_than_needed(database: Database, listing: Listing) -> None:
    await store(database, *(run() for _ in range(COUNTED + 5)))
    assert (await listing.counts("alpha", since=NOON)).lately == COUNTED


async def test_changes_are_new_runs_and_new_lines(database: Database, listing: Listing) -> None:
    old = run()
    await store(database, old)
    since = new_id()
    later = _after(since)
    fresh = run(id=later + "a")
    line = event(old, "woke", Text("", ""), id=later + "b")
    await store(database, fresh, line)
    assert await listing.changed("alpha", since=since) == [(fresh.id, fresh.id), (line.id, old.id)]
    assert await listing.changed("alpha", since=line.id) == []
    assert await listing.changed("alpha", since=since, limit=1) == [(fresh.id, fresh.id)]


async def test_a_line_leaves_forms_and_secrets_in_the_database(database: Database, listing: Listing) -> None:
    await store(database, run(state={"secret": 1}))
    (line,) = (await listing.runs("alpha", ALL)).items
    assert not {"properties", "state", "event_token", "output"} & set(dir(line))


def _after(id: str) -> str:
    """An id of 25 characters that sorts after this one."""
    return id[:9] + "z" * 16


def test_rows_are_real() -> None:
    assert isinstance(run(), Run)


async def test_by_what_an_administrator_had_set(database: Database, listing: Listing) -> None:
    await store(
        database,
        run(title="plain", properties={"chain": "Sales", "x": "50%"}),
        run(title="several", properties={"chain": ["sales", "support"]}),
        run(title="other", properties={"chain": "salesforce", "x": "500"}),
        run(title="nothing", properties=None),
    )
    for properties, found in (
        ((("chain", "sales"),), {"plain", "several"}),
        ((("chain", "support"),), {"several"}),
        ((("x", "50%"),), {"plain"}),
        ((("chain", "sales"), ("x", "50%")), {"plain"}),
        ((("none", "sales"),), set()),
    ):
        assert set(await titles(listing, Filter(properties=properties))) == found, properties
    with pytest.raises(ValueError, match="name"):
        await titles(listing, Filter(properties=(('a"] OR 1', "x"),)))


async def test_these_and_no_others(database: Database, listing: Listing) -> None:
    one, other = run(title="one"), run(title="other")
    await store(database, one, other, run("beta", title="foreign"))
    assert await titles(listing, Filter(ids=(one.id, "nonsense"))) == ["one"]
    assert await titles(listing, Filter(ids=())) == []
