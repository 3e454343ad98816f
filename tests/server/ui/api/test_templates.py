"""Ready texts as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from core.portals.tables import Audit
from tests.server.ui.people import House

BODY: dict[str, Any] = {
    "name": "Спасибо",
    "text": "{client.first_name}, спасибо!",
    "variants": [{"channel": "telegrambot", "language": "", "text": "Спасибо :)"}],
}


async def test_what_is_saved_is_read_back_until_it_is_deleted(home: House) -> None:
    session = await home.as_()
    answer = await home.client.put("/api/templates/thanks", json=BODY, headers=session)
    assert (answer.status_code, answer.json()) == (200, {"status": "saved"})
    kept = (await home.client.get("/api/templates/thanks", headers=session)).json()
    assert kept == {"code": "thanks", **BODY}
    assert (await home.client.put("/api/templates/thanks", json=kept, headers=session)).status_code == 200
    assert (await home.client.get("/api/templates", headers=session)).json() == {"items": [kept]}
    assert (await home.client.delete("/api/templates/thanks", headers=session)).json() == {"status": "deleted"}
    assert (await home.client.delete("/api/templates/thanks", headers=session)).status_code == 404
    async with home.database.session() as database:
        noted = (await database.exec(select(Audit).order_by("at", "id"))).all()
    assert [(one.action, one.actor_id, one.detail) for one in noted] == [
        ("template", "1", {"code": "thanks"}),
        ("template", "1", {"code": "thanks"}),
        ("template_deleted", "1", {"code": "thanks"}),
    ]


async def test_portals_have_their_own_and_administrators_write(home: House) -> None:
    await home.client.put("/api/templates/thanks", json=BODY, headers=await home.as_())
    other = await home.as_("tok_B_admin", "beta")
    assert (await home.client.get("/api/templates/thanks", headers=other)).status_code == 404
    assert (await home.client.delete("/api/templates/thanks", headers=other)).status_code == 404
    user = await home.as_("tok_A_user")
    assert (await home.client.get("/api/templates/thanks", headers=user)).status_code == 200
    answer = await home.client.put("/api/templates/thanks", json=BODY, headers=user)
    assert (answer.status_code, answer.json()) == (403, {"error": "admin_required"})


@pytest.mark.parametrize(
    ("code", "change", "reason", "problems"),
    [
        ("thanks", {"text": "{clinet}"}, "Основной текст: Нет такой подстановки: {clinet}.", {"text"}),
        ("thanks", {"name": ""}, "Название: Нужно название, до 100 знаков.", {"name"}),
        ("thanks", {"variants": [{"text": "a"}]}, "Вариант: Укажите канал или язык.", {"variants.0"}),
        ("thanks", {"variants": 5}, "Шаблон не понят.", {""}),
        ("new", {}, "Код: это слово занято, назовите иначе", {"code"}),
    ],
)
async def test_impossible(home: House, code: str, change: dict[str, Any], reason: str, problems: set[str]) -> None:
    answer = await home.client.put(
        f"/api/templates/{code}", json={**BODY, **change}, headers=await home.as_(language="ru")
    )
    told = answer.json()
    assert (answer.status_code, told["error"], told["reason"]) == (422, "invalid_settings", reason)
    assert set(told["problems"]) == problems
    assert (await home.client.get("/api/templates", headers=await home.as_())).json() == {"items": []}


async def test_no_code(home: House) -> None:
    session = await home.as_()
    for code in ("Thanks", "a-b", "%20"):
        assert (await home.client.put(f"/api/templates/{code}", json=BODY, headers=session)).status_code == 404
    answer = await home.client.put("/api/templates/thanks", json={**BODY, "code": "other"}, headers=session)
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})
