"""Lists of phrases as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select

from core.portals.lexicons import own_lists
from core.portals.tables import Audit
from tests.server.ui.people import House


async def put(home: House, kind: str, words: object, access: str = "tok_A_admin") -> tuple[int, Any]:
    answer = await home.client.put(f"/api/lexicons/{kind}", json={"words": words}, headers=await home.as_(access))
    return answer.status_code, answer.json()


async def attempt(home: House, **body: str) -> Any:
    answer = await home.client.post("/api/lexicons/try", json=body, headers=await home.as_())
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_ours_hold_until_a_portal_has_its_own(home: House) -> None:
    items = (await home.client.get("/api/lexicons", headers=await home.as_())).json()["items"]
    assert [item["kind"] for item in items] == ["gratitude", "confirmations", "promises"]
    assert not any(item["own"] for item in items)
    assert "спасибо" in items[0]["words"].split("\n")


async def test_a_list_of_ones_own_takes_the_place_of_ours(home: House) -> None:
    assert (await attempt(home, text="Мерсибо"))["meaning"] == "other"
    assert await put(home, "gratitude", "мерсибо, спасибо\n") == (200, {"status": "saved"})
    assert (await attempt(home, text="Мерсибо!"))["meaning"] == "gratitude"
    items = (await home.client.get("/api/lexicons", headers=await home.as_())).json()["items"]
    assert items[0] == {"kind": "gratitude", "words": "мерсибо, спасибо", "own": True}
    async with home.database.session() as session:
        (noted,) = (await session.exec(select(Audit).where(col(Audit.action) == "lexicon"))).all()
    assert (noted.object_id, noted.actor_id, noted.detail) == ("gratitude", "1", {"phrases": 2})
    assert await own_lists("beta", home.database) == {}


async def test_a_blank_list_takes_the_portal_back_to_ours(home: House) -> None:
    await put(home, "promises", "сделаю всё")
    assert await put(home, "promises", "  \n") == (200, {"status": "saved"})
    assert await own_lists("alpha", home.database) == {}


async def test_a_list_is_tried_before_it_is_kept(home: House) -> None:
    tried = await attempt(home, text="Скоро будет готово", promises="скоро будет*")
    assert tried == {"meaning": "other", "promise": "скоро будет*"}
    assert (await attempt(home, text="Скоро будет готово"))["promise"] == ""
    assert await own_lists("alpha", home.database) == {}


async def test_an_answer_is_understood_after_our_question(home: House) -> None:
    assert (await attempt(home, text="Да", before="Вопрос решён?"))["meaning"] == "confirmation"


@pytest.mark.parametrize("words", [", ; !", "x" * 20_001, "\n".join(f"слово{n}" for n in range(1001)), 5, None])
async def test_no_list(home: House, words: object) -> None:
    assert await put(home, "gratitude", words) == (422, {"error": "invalid_settings"})


async def test_no_such_list(home: House) -> None:
    assert await put(home, "denials", "нет") == (404, {"error": "not_found"})


@pytest.mark.parametrize("body", [{"words": "a", "own": True}, {}, {"text": "a"}])
async def test_no_body_of_a_list(home: House, body: object) -> None:
    answer = await home.client.put("/api/lexicons/gratitude", json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


@pytest.mark.parametrize("body", [{}, {"text": 5}, {"text": "x" * 2001}, {"text": "a", "fillers": "b"}])
async def test_nothing_to_try(home: House, body: object) -> None:
    answer = await home.client.post("/api/lexicons/try", json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})
