"""A person's word about an effect of which nobody knows whether it arrived, on both databases."""

from __future__ import annotations

from typing import Literal

import pytest
from sqlmodel import select

from core.clock import FakeClock
from core.db import Database
from core.runs.commands import Actor, decide
from core.runs.tables import EffectRow
from tests.core.runs.rows import NOON, effect, portal, run, store


@pytest.mark.parametrize(
    ("decision", "state", "is_settled"),
    [("arrived", "confirmed", True), ("send_again", "planned", False), ("skip", "skipped", True)],
)
async def test_what_is_decided(
    database_url: str, decision: Literal["arrived", "send_again", "skip"], state: str, is_settled: bool
) -> None:
    one = run(status="unknown", finished_at=None)
    doubtful = effect(one, 1, "unknown")
    async with Database(database_url) as database:
        await store(database, portal("alpha"), one, doubtful)
        anna = Actor(1, "Анна")
        await decide(database, "alpha", doubtful.id, decision=decision, actor=anna, clock=FakeClock(NOON))
        async with database.session() as session:
            row = (await session.exec(select(EffectRow))).one()
    assert (row.state, row.settled_at is not None) == (state, is_settled)
