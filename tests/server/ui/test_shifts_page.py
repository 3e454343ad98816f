"""The page of planned shifts."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from tests.server.ui.people import House

LINES: list[dict[str, Any]] = [
    {"user": 7, "weekday": "WE", "from": "09:00", "to": "12:00", "zone": "Europe/Moscow"},
    {"user": 7, "weekday": "WE", "from": "12:30", "to": "18:00", "zone": "Europe/Moscow"},
    {"user": 7, "weekday": "TU", "from": "22:00", "to": "06:00", "zone": "Europe/Moscow"},
    {"user": 8, "weekday": "MO", "from": "00:00", "to": "24:00", "zone": "Asia/Tokyo"},
    {"user": 8, "date": "2099-01-01", "zone": "Asia/Tokyo"},
    {"user": 8, "date": "2001-01-01", "from": "10:00", "to": "12:00", "zone": "Asia/Tokyo"},
]


async def page(home: House, access: str = "tok_A_admin", language: str = "en") -> str:
    answer = await home.client.get("/ui/shifts", headers=await home.as_(access, language=language))
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def told(text: str, name: str) -> Any:
    found = re.search(rf"data-{name}='([^']*)'", text)
    assert found
    return json.loads(html.unescape(found.group(1)))


async def test_nothing_planned_yet(home: House) -> None:
    text = await page(home)
    assert "The table is empty" in text
    assert (told(text, "people"), told(text, "days")) == ([], [])


async def test_the_table_is_shown_as_people_write_it(home: House) -> None:
    session = await home.as_()
    assert (await home.client.put("/api/shifts", json={"items": LINES}, headers=session)).status_code == 200
    await home.client.put("/api/skills", json={"skills": {"7": ["english", "<b>"], "9": ["payroll"]}}, headers=session)
    text = await page(home)
    seven, eight, nine = told(text, "people")
    assert seven["week"] == {"WE": "09:00-12:00, 12:30-18:00", "TU": "22:00-06:00"}
    assert (seven["skills"], seven["zone"]) == ("english, <b>", "Europe/Moscow")
    assert (eight["week"], eight["zone"], eight["skills"]) == ({"MO": "00:00-24:00"}, "Asia/Tokyo", "")
    assert (nine["week"], nine["zone"], nine["skills"]) == ({}, "Europe/Moscow", "payroll")
    assert told(text, "days") == [{"user": 8, "date": "2099-01-01", "hours": ""}]
    assert "<b>" not in text.split("<shift-table")[1].split("</shift-table")[0].split(">", 1)[0]


async def test_who_is_on_shift_now_is_said(home: House) -> None:
    day = {"user": 7, "zone": "Europe/Moscow", "from": "06:00", "to": "23:00"}
    items = [{**day, "weekday": code} for code in ("MO", "TU", "WE", "TH", "FR", "SA", "SU")]
    await home.client.put("/api/shifts", json={"items": items}, headers=await home.as_())
    [seven] = told(await page(home), "people")
    assert seven["now"] == "on shift until 23:00"


async def test_who_only_looks_changes_nothing(home: House) -> None:
    await home.client.put("/api/shifts", json={"items": LINES}, headers=await home.as_())
    text = await page(home, "tok_A_user", "ru")
    assert "data-locked" in text
    assert 'name="shift_sources"' not in text
    assert "data-add-people" not in text


async def test_where_shifts_are_known_from(home: House) -> None:
    values = {"shift_sources": "our_shift,schedule", "unknown_shift": "off", "shift_schedule_id": 12}
    await home.client.post("/api/settings", json=values, headers=await home.as_())
    text = await page(home)
    assert re.findall(r'value="(\w*)" selected', text) == ["our_shift", "schedule", "off"]
    assert 'value="12"' in text
