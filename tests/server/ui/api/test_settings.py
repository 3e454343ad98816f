"""Settings as JSON."""

from __future__ import annotations

import gzip

import pytest
from sqlmodel import select

from core.portals.tables import Audit, Portal, Setting
from tests.server.ui.people import House


async def stored(home: House) -> dict[str, object]:
    async with home.database.session() as session:
        rows = (await session.exec(select(Setting).where(Setting.name != "access"))).all()
        return {row.name: row.value for row in rows}


async def test_what_is_saved_is_read_back(home: House) -> None:
    session = await home.as_()
    body = {
        "timezone": "Asia/Yekaterinburg",
        "naming_exceptions": ["^VIP", r"(\w+)$"],
        "mode": "dry",
        "message_text": True,
    }
    answer = await home.client.post("/api/settings", json=body, headers=session)
    assert (answer.status_code, answer.json()) == (200, {"status": "saved"})
    assert (await home.client.get("/api/settings", headers=session)).json() == body
    async with home.database.session() as database:
        portal = (await database.exec(select(Portal).where(Portal.id == "alpha"))).one()
        (noted,) = (await database.exec(select(Audit))).all()
    assert portal.time_zone == "Asia/Yekaterinburg"
    assert (noted.action, noted.actor_id) == ("settings", "1")


async def test_one_pattern_under_its_short_name(home: House) -> None:
    answer = await home.client.post("/api/settings", json={"pattern": r"^(\w+)$"}, headers=await home.as_())
    assert answer.json() == {"status": "saved"}
    assert await stored(home) == {"naming_exceptions": [r"^(\w+)$"]}


@pytest.mark.parametrize(
    "body",
    [
        {"pattern": "(?=a)b"},
        {"pattern": "(a"},
        {"pattern": ""},
        {"pattern": "a" * 201},
        {"naming_exceptions": [1]},
        {"naming_exceptions": ["a"] * 51},
        {"naming_exceptions": None},
        {"timezone": "/etc/localtime"},
        {"timezone": "../../etc/passwd"},
        {"timezone": "Mars/Phobos"},
        {"timezone": "europe"},
        {"timezone": 3},
        {"timezone": ""},
        {"mode": "loud"},
        {"message_text": "Y"},
        {"timezone": "Europe/Moscow", "pattern": "(a"},
    ],
)
async def test_well_formed_and_impossible(home: House, body: object) -> None:
    answer = await home.client.post("/api/settings", json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (422, {"error": "invalid_settings"})
    assert await stored(home) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"null",
        b"[]",
        b"5",
        b"{",
        b"",
        b'{"__proto__":{"admin":true}}',
        b'{"unknown":1}',
        b'{"timezone":"Europe/Moscow","timezone":"Asia/Tokyo"}',
        b'{"pattern":"a","naming_exceptions":"b"}',
        b'{"timezone":NaN}',
        b'{"timezone":"\\u0000"}',
        b'{"timezone":"\\ud800"}',
        b"[" * 50_000 + b"]" * 50_000,
        '{"timezone":"x"}'.encode("utf-16"),
        b'{"timezone":"\xff"}',
    ],
)
async def test_no_json_object_of_settings(home: House, body: bytes) -> None:
    headers = {**await home.as_(), "Content-Type": "application/json"}
    answer = await home.client.post("/api/settings", content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})
    assert await stored(home) == {}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Content-Type": "text/plain"}, "unsupported_media_type"),
        ({"Content-Type": "application/json; charset=utf-16"}, "unsupported_media_type"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "unsupported_media_type"),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, "unsupported_encoding"),
    ],
)
async def test_other_media(home: House, headers: dict[str, str], code: str) -> None:
    answer = await home.client.post(
        "/api/settings", content=gzip.compress(b"{}"), headers={**await home.as_(), **headers}
    )
    assert (answer.status_code, answer.json()) == (415, {"error": code})


async def test_a_form_of_another_site_is_nobody(home: House) -> None:
    answer = await home.client.post("/api/settings", data={"pattern": "x"}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"})
    assert "access-control-allow-origin" not in answer.headers


async def test_only_administrators(home: House) -> None:
    user = await home.as_("tok_A_user")
    answer = await home.client.post("/api/settings", json={}, headers=user)
    assert (answer.status_code, answer.json()) == (403, {"error": "admin_required"})
    assert (await home.client.get("/api/settings", headers=user)).status_code == 200
    other = await home.client.delete("/api/settings", headers=user)
    assert (other.status_code, sorted(other.headers["allow"].split(", "))) == (405, ["GET", "HEAD", "POST"])
