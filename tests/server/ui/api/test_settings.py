"""Settings as JSON."""

from __future__ import annotations

import gzip

import pytest
from sqlmodel import select

from core.portals.tables import Audit, Portal, Setting
from core.portals.tasks import owed
from tests.core.runs.rows import run, store
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
        "overdue": "ask",
        "overdue_minutes": 30,
    }
    answer = await home.client.post("/api/settings", json=body, headers=session)
    assert (answer.status_code, answer.json()) == (200, {"status": "saved"})
    read = (await home.client.get("/api/settings", headers=session)).json()
    assert {name: read[name] for name in body} == body
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
        {"overdue": "sing"},
        {"overdue_minutes": 4},
        {"overdue_minutes": 10081},
        {"overdue_minutes": "60"},
        {"message_text": "Y"},
        {"masking": 0},
        {"language": "de"},
        {"log_days": 2},
        {"log_days": 3651},
        {"log_days": True},
        {"payload_days": "14"},
        {"robot_modes": {"nobody": "dry"}},
        {"robot_modes": {"escalate_no_reply": "loud"}},
        {"robot_modes": []},
        {"robots_off": ["escalate_no_reply", "send_message"]},
        {"robots_off": ["nobody"]},
        {"robots_off": [5]},
        {"robots_off": "send_message"},
        {"access": {"everybody": "admin"}},
        {"notify_failures": ["user_1"]},
        {"notify_failures": [0]},
        {"notify_failures": list(range(1, 30))},
        {"shift_sources": ""},
        {"shift_sources": "timeman,stars"},
        {"shift_sources": "fixed_time"},
        {"shift_sources": ["timeman"]},
        {"unknown_shift": "perhaps"},
        {"shift_schedule_id": -1},
        {"shift_schedule_id": True},
        {"hold_field": "UF_CRM_1; DROP"},
        {"hold_field": None},
        {"orphan_detector": "on"},
        {"orphan_minutes": 0},
        {"orphan_minutes": 1441},
        {"orphan_minutes": "10"},
        {"orphan_pool": ["anna"]},
        {"orphan_pool": "user_7"},
        {"lost_launches": "ask"},
        {"orphan_pool": ["user_7"] * 30},
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


async def test_everything_holds_something_from_the_beginning(home: House) -> None:
    read = (await home.client.get("/api/settings", headers=await home.as_())).json()
    assert read.pop("access")["people"][0] == {"id": 7, "role": "viewer", "lines": [], "name": ""}
    assert read == {
        "timezone": "Europe/Moscow",
        "language": "ru",
        "mode": "live",
        "robot_modes": {},
        "robots_off": [],
        "naming_exceptions": [],
        "message_text": False,
        "masking": True,
        "log_days": 30,
        "payload_days": 14,
        "notify_failures": [],
        "overdue": "run",
        "overdue_minutes": 60,
        "shift_sources": "timeman,our_shift,schedule",
        "unknown_shift": "on",
        "shift_schedule_id": 0,
        "hold_field": "",
        "orphan_detector": False,
        "orphan_minutes": 10,
        "orphan_pool": [],
        "lost_launches": "tell",
    }


async def test_who_else_may_look_is_for_administrators_to_know(home: House) -> None:
    read = (await home.client.get("/api/settings", headers=await home.as_("tok_A_user"))).json()
    assert "access" not in read


async def test_the_rest_is_read_back(home: House) -> None:
    session = await home.as_()
    people = [{"id": 9, "role": "supervisor", "lines": [3], "name": "Степан"}]
    body = {
        "language": "en",
        "robot_modes": {"send_message": "dry"},
        "robots_off": ["send_message"],
        "masking": False,
        "log_days": 90,
        "payload_days": 7,
        "access": {"everybody": "viewer", "people": people},
        "notify_failures": [1, 7],
        "shift_sources": "our_shift,timeman",
        "unknown_shift": "off",
        "shift_schedule_id": 4,
        "hold_field": "UF_CRM_HOLD",
        "orphan_detector": True,
        "orphan_minutes": 15,
        "orphan_pool": ["user_7", "group_d3"],
        "lost_launches": "run",
    }
    answer = await home.client.post("/api/settings", json=body, headers=session)
    assert (answer.status_code, answer.json()) == (200, {"status": "saved"})
    read = (await home.client.get("/api/settings", headers=session)).json()
    assert {name: read[name] for name in body} == body


async def test_the_portal_is_told_when_robots_are_switched_or_speak_another_language(home: House) -> None:
    session = await home.as_()
    await home.client.post("/api/settings", json={"mode": "dry"}, headers=session)
    assert await owed("alpha", home.database) == {}
    await home.client.post("/api/settings", json={"robots_off": ["send_message"]}, headers=session)
    assert set(await owed("alpha", home.database)) == {"sync"}
    await home.client.post("/api/settings", json={"language": "en"}, headers=await home.as_("tok_B_admin", "beta"))
    assert set(await owed("beta", home.database)) == {"sync"}


async def test_personal_data_is_shown_to_administrators_who_ask_for_it(home: House) -> None:
    one = run(properties={"text": "Звоните +7 912 345-67-89", "token": "CANARY"})
    await store(home.database, one)
    anna, oleg = await home.as_(), await home.as_("tok_A_user")
    for masking, admin_sees in ((True, False), (False, True)):
        await home.client.post("/api/settings", json={"masking": masking}, headers=anna)
        for session, sees in ((anna, admin_sees), (oleg, False)):
            for address in (f"/api/runs/{one.id}", f"/ui/runs/{one.id}"):
                text = (await home.client.get(address, headers=session)).text
                assert ("345-67-89" in text) is sees, (address, masking)
                assert "CANARY" not in text
