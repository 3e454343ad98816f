"""The administrator is told a sentence: once, in the portal's language, with a link to where the log says it."""

from __future__ import annotations

import json

from core.bitrix24.documents import Item
from core.runs.moment import Moment
from core.runs.telling import tell
from core.texts.text import Text
from tests.portal_side import DEAL, DIRECTOR
from tests.town import Town, told

SENTENCE = Text("Ночью сервис стоял: [17 таймеров] опоздали.", "The service stood at night: 17 timers were late.")


async def say(town: Town, name: str, *, item: Item | None = None) -> str | None:
    lane = await town.base.lanes.lane(await town.portal_id())
    moment = Moment.of(town.base.clock)
    run_id = await tell(lane, town.base.database, SENTENCE, name=name, moment=moment, item=item)
    await town.settle()
    return run_id


async def test_a_sentence_is_told_once(town: Town) -> None:
    run_id = await say(town, "overdue|2026-11-24")
    assert await say(town, "overdue|2026-11-24") is None
    [notice] = await town.notifications()
    assert notice["user_id"] == DIRECTOR
    assert "Ночью сервис стоял" in notice["text"]
    assert f"params[run]={run_id}" in notice["text"].replace("%5B", "[").replace("%5D", "]")
    card = await town.run()
    assert (card.run.status, card.run.item_id) == ("done", 0)
    assert "Администратор предупреждён." in told(card)
    assert told(card, "en").startswith("The service stood at night")
    assert await town.ledger("event.send") == [], "no process waits for it"


async def test_a_sentence_about_an_item_stands_in_its_log(town: Town) -> None:
    deal = await town.deal()
    await say(town, "lost|1", item=Item(DEAL, deal.id))
    assert (await town.run()).run.document == f"DEAL_{deal.id}"


async def test_another_sentence_is_told_too(town: Town) -> None:
    await say(town, "lost|1")
    await say(town, "lost|2")
    assert len(await town.notifications()) == 2


async def test_a_portal_that_only_tries_robots_out_is_told_for_real(town: Town) -> None:
    await town.sql("INSERT INTO setting VALUES (:p, 'mode', :v, 0, 1)", p=await town.portal_id(), v=json.dumps("dry"))
    town.base.lanes.changed(await town.portal_id())
    await say(town, "lost|1")
    assert len(await town.notifications()) == 1
