"""The page of the lists of phrases."""

from __future__ import annotations

from core.portals.lexicons import put_list
from tests.core.runs.rows import NOON
from tests.server.ui.people import House


async def page(home: House, language: str = "en") -> str:
    answer = await home.client.get("/ui/settings/words", headers=await home.as_(language=language))
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


async def test_our_lists_are_shown_until_the_portal_has_its_own(home: House) -> None:
    html = await page(home)
    assert html.count("our list</span>") == 3
    assert "спасибо\n" in html
    assert "Bring ours back" not in html


async def test_a_list_of_the_portal(home: House) -> None:
    await put_list("alpha", home.database, "promises", "сделаем</textarea><script>", user_id=1, at=NOON)
    html = await page(home, "ru")
    assert html.count("свой список</span>") == 1
    assert "Вернуть наш" in html
    assert "сделаем&lt;/textarea&gt;" in html
