"""Ready texts as they are kept: each portal's own, replaced as a whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from core.db import Statement
from core.portals.templates import drop_template, portal_templates, put_template, template_of
from core.texts.template import Template, Variant
from tests.portal_kit import World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
THANKS = Template("thanks", "Спасибо", "Спасибо!", (Variant("Thanks!", language="en"),))


async def test_what_is_put_is_there_until_it_is_dropped(world: World) -> None:
    mine, other = [(await world.row(await world.installed(name))).id for name in ("a", "b")]
    later = NOW + timedelta(days=1)
    await put_template(mine, world.database, Template("thanks", "A", "a"), user_id=1, at=NOW)
    await put_template(mine, world.database, THANKS, user_id=7, at=later)
    kept = (await portal_templates(mine, world.database))["thanks"]
    assert (kept.template, kept.at, kept.by) == (THANKS, later, 7)
    assert await template_of(mine, world.database, " Thanks ") == THANKS
    assert await portal_templates(other, world.database) == {}
    assert await template_of(other, world.database, "thanks") is None
    assert await drop_template(other, world.database, "thanks") is False
    assert await drop_template(mine, world.database, "thanks") is True
    assert await template_of(mine, world.database, "thanks") is None


async def test_titles_of_quick_answers_are_no_codes(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    assert await template_of(portal_id, world.database, "Реквизиты и оплата") is None


async def test_one_that_cannot_be_read_any_more_is_not_in_the_way_of_others(world: World) -> None:
    portal_id = (await world.row(await world.installed("a"))).id
    for code in ("thanks", "lost"):
        await put_template(portal_id, world.database, Template(code, "A", "a"), user_id=1, at=NOW)
    await world.database.write(Statement("UPDATE template SET body = '{\"text\": \"{x}\"}' WHERE code = 'lost'"))
    assert set(await portal_templates(portal_id, world.database)) == {"thanks"}
    assert await template_of(portal_id, world.database, "lost") is None
