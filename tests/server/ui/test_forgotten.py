"""A run whose data were deleted, by the time that its portal keeps them: it is looked at and not repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.runs.retention import forget
from core.runs.tables import Run
from tests.core.runs.rows import NOON, run, store, waiting
from tests.server.ui.people import House


async def forgotten(home: House) -> Run:
    one = run(status="failed", result="failed")
    await store(home.database, one, waiting(minutes=-5))
    await forget(home.database, "alpha", log_days=30, now=NOON + timedelta(days=20))
    return one


@pytest.mark.parametrize("start", ["step", "start", "reply"])
async def test_it_is_not_tried_again(home: House, start: str) -> None:
    one = await forgotten(home)
    headers = await home.as_(language="en")
    answer = await home.client.post(f"/api/runs/{one.id}/retry", json={"from": start}, headers=headers)
    assert answer.status_code == 409
    assert answer.json()["reason"] == "The data of this run are deleted; it cannot be repeated."


async def test_nor_with_other_values(home: House) -> None:
    one = await forgotten(home)
    body = {"values": {"text": "a"}}
    answer = await home.client.post(f"/api/runs/{one.id}/repeat", json=body, headers=await home.as_())
    assert answer.status_code == 409


async def test_nor_among_others(home: House) -> None:
    one, kept = await forgotten(home), run(status="failed", minutes=60 * 24 * 15)
    await store(home.database, kept)
    body = {"action": "retry_start", "ids": [one.id, kept.id]}
    preview = await home.client.post("/api/bulk/preview", json=body, headers=await home.as_())
    assert preview.json()["ids"] == [kept.id]


async def test_its_page_says_so_and_has_no_buttons_for_it(home: House) -> None:
    one = await forgotten(home)
    html = (await home.client.get(f"/ui/runs/{one.id}", headers=await home.as_(language="en"))).text
    assert "it cannot be repeated" in html
    assert "/retry" not in html
    assert "tab=edit" not in html
