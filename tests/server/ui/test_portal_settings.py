"""The page of settings."""

from __future__ import annotations

from core.bitrix24.command import Json
from core.portals.settings import change_settings
from tests.core.runs.rows import NOON
from tests.server.ui.people import House


async def page(home: House, language: str = "en") -> str:
    answer = await home.client.get("/ui/settings", headers=await home.as_(language=language))
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


async def test_what_holds_is_shown(home: House) -> None:
    html = await page(home)
    assert '<input type="radio" name="mode" value="live" checked>' in html
    assert 'name="robot_modes.send_message"' in html
    assert 'name="log_days" min="3" max="3650" step="1" required value="30"' in html
    assert 'value="Europe/Moscow"' in html
    assert '"id": 8' in html.replace("&#34;", '"')
    assert "under the newest key" in html
    assert "Анна Админ" in html


async def test_what_was_set_is_shown(home: House) -> None:
    values: dict[str, Json] = {
        "mode": "dry",
        "robot_modes": {"send_message": "live"},
        "log_days": 90,
        "naming_exceptions": ["^VIP <b>"],
    }
    await change_settings("alpha", home.database, values=values, user_id=1, at=NOON)
    html = await page(home, "ru")
    assert '<input type="radio" name="mode" value="dry" checked>' in html
    assert 'value="90"' in html
    assert "^VIP &lt;b&gt;</textarea>" in html
    assert '<option value="live" selected>Боевой</option>' in html


async def test_a_name_in_an_attribute_cannot_leave_it(home: House) -> None:
    access: Json = {"people": [{"id": 7, "role": "viewer", "name": "'><img src=x onerror=alert(1)>"}]}
    await change_settings("alpha", home.database, values={"access": access}, user_id=1, at=NOON)
    html = await page(home)
    assert "<img src=x" not in html
    assert "\\u0027\\u003e\\u003cimg" in html


async def test_keys_that_are_not_the_newest_are_told(home: House) -> None:
    await home.services.store.change("alpha", data_key=b"\0" * 8 + b"x" * 40, application_token_hash="old:abc")
    html = await page(home)
    assert "under a former key; moves when a worker starts" in html
    assert "under a former key; moves when the portal calls next" in html


async def test_settings_are_for_administrators(home: House) -> None:
    for access in ("tok_A_user", "tok_A_head"):
        answer = await home.client.get("/ui/settings", headers=await home.as_(access))
        assert answer.status_code == 403
        assert "open to administrators of the portal only" in answer.text
        listed = await home.client.get("/ui/runs", headers=await home.as_(access))
        assert "/ui/settings" not in listed.text


async def test_what_becomes_of_late_waits_is_chosen(home: House) -> None:
    html = await page(home, "ru")
    assert '<input type="radio" name="overdue" value="run" checked>' in html
    assert '<option value="60" selected>60 минут</option>' in html
    values: dict[str, Json] = {"overdue": "ask", "overdue_minutes": 45}
    await change_settings("alpha", home.database, values=values, user_id=1, at=NOON)
    html = await page(home)
    assert '<input type="radio" name="overdue" value="ask" checked>' in html
    assert '<option value="45" selected>45 minutes</option>' in html
