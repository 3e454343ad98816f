"""The page of the log of actions."""

from __future__ import annotations

from datetime import timedelta

from core.bitrix24.command import Json
from core.portals.audit import audit
from core.portals.registration import EVENTS, PLACEMENTS
from tests.core.runs.rows import NOON, run, store
from tests.server.ui.people import House


async def page(home: House, query: str = "", language: str = "en") -> str:
    answer = await home.client.get(f"/ui/settings/audit{query}", headers=await home.as_(language=language))
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


async def test_who_did_what(home: House) -> None:
    one = run()
    await store(home.database, one)
    await audit(
        "alpha", home.database, action="cancel", at=NOON, actor=("user", "1"), object_id=one.id, outcome="refused"
    )
    await audit("alpha", home.database, action="synced", at=NOON, detail={"added": ["send_message"], "deleted": []})
    await audit("alpha", home.database, action="levitated", at=NOON, detail={"after": "hash", "height": "<b>5</b>"})
    await audit("beta", home.database, action="cancel", at=NOON, actor=("user", "77"))
    html = await page(home)
    assert "Run stopped" in html
    assert "Анна Админ" in html
    assert "refused" in html
    assert f'href="/ui/runs/{one.id}"' in html
    assert "added: “Send a message”" in html
    assert "taken away" not in html
    assert "levitated" in html
    assert "height: &lt;b&gt;5&lt;/b&gt;" in html
    assert "hash" not in html
    assert "#77" not in html
    assert "добавлены: «Отправить сообщение»" in await page(home, language="ru")


async def test_what_has_a_name_is_called_by_it(home: House) -> None:
    detail: dict[str, Json] = {
        "added": [f"robot_{number}" for number in range(14)],
        "bound": [*EVENTS, *PLACEMENTS],
        "triggers": ["client_wrote"],
        "refused": {"send_message": "ACCESS_DENIED"},
    }
    await audit("alpha", home.database, action="synced", at=NOON, detail=detail)
    html = await page(home)
    assert "robot_11 and 2 more; bound: application installed, " in html
    assert [code for code in (*EVENTS, *PLACEMENTS) if code in html] == []
    assert "triggers: “Client wrote”" in html
    assert "refused by the portal: “Send a message” ACCESS_DENIED" in html


async def test_only_people(home: House) -> None:
    await audit("alpha", home.database, action="synced", at=NOON)
    await audit("alpha", home.database, action="settings", at=NOON, actor=("user", "1"), detail={"names": "mode"})
    html = await page(home, "?who=people")
    assert "Settings changed" in html
    assert "Robots registered" not in html


async def test_fifty_more(home: House) -> None:
    for number in range(55):
        at = NOON + timedelta(seconds=number)
        await audit("alpha", home.database, action="settings", at=at, detail={"names": f"n{number}."})
    first = await page(home)
    assert "n54." in first
    assert "n4." not in first
    before = first.split("?before=")[1].split('"')[0]
    second = await page(home, f"?before={before}")
    assert "n4." in second
    assert "n5." not in second
    assert "?before=" not in second


async def test_nothing_yet(home: House) -> None:
    assert "No rows" in await page(home)
