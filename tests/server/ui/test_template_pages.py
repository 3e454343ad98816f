"""The pages of ready texts."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from tests.server.ui.people import House

BODY: dict[str, Any] = {
    "name": "Thanks <b>",
    "text": '{client.first_name, default "there"}, thank you <i>! {deal.uf_crm_5}',
    "variants": [{"channel": "telegrambot", "language": "en", "text": '{nobody, default "x"} {line.name}'}],
}
BODY["variants"][0]["text"] = "Telegram: {line.name}"


async def kept(home: House) -> None:
    answer = await home.client.put("/api/templates/thanks", json=BODY, headers=await home.as_())
    assert answer.status_code == 200, answer.text


async def page(home: House, path: str, access: str = "tok_A_admin", status: int = 200) -> str:
    answer = await home.client.get(path, headers=await home.as_(access, language="en"))
    assert answer.status_code == status, answer.text[:300]
    return answer.text


async def attempt(home: House, **body: Any) -> tuple[int, Any]:
    headers = await home.as_(language="en")
    answer = await home.client.post("/ui/templates/new/try", json=body, headers=headers)
    return answer.status_code, answer.json()


def plain(text: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


async def test_nothing_yet(home: House) -> None:
    text = await page(home, "/ui/templates")
    assert "No templates of your own" in text
    assert 'href="/ui/templates/new"' in text
    assert 'hx-get="/ui/quick-answers"' in text


async def test_the_list_shows_texts_as_texts(home: House) -> None:
    await kept(home)
    text = await page(home, "/ui/templates", "tok_A_user")
    assert "Thanks &lt;b&gt;" in text
    assert "thank you &lt;i&gt;" in text
    assert "Telegram, en" in text
    assert 'href="/ui/templates/new"' not in text


async def test_the_editor_holds_what_is_kept(home: House) -> None:
    await kept(home)
    text = await page(home, "/ui/templates/thanks")
    found = re.search(r"data-variants='([^']*)'", text)
    assert found
    assert json.loads(html.unescape(found.group(1))) == BODY["variants"]
    assert html.unescape(text).count("{client.first_name, default") >= 2
    assert "data-locked" in await page(home, "/ui/templates/thanks", "tok_A_user")
    assert "Places to fill in" in await page(home, "/ui/templates/new")
    await page(home, "/ui/templates/other", status=404)


async def test_the_trial_names_parts_that_are_not_there(home: House) -> None:
    """«Чёткая структура ответа: приветствие, основная информация, инструкции и завершение» (S2-17)."""
    essence = "Order {deal.title} was handed to the courier and arrives tomorrow between nine and noon."
    _, told = await attempt(home, template={**BODY, "text": essence}, shown=None)
    assert "Not found: a greeting, what the client is to do, an ending." in plain(told["html"])
    whole = f"Hello, {{client.first_name}}!\n\n{essence}\nPlease reply to move it.\n\nKind regards, {{operator.name}}"
    _, good = await attempt(home, template={**BODY, "text": whole}, shown=None)
    assert "Not found" not in plain(good["html"])


async def test_a_text_is_filled_with_made_up_data(home: House) -> None:
    status, told = await attempt(home, template=BODY, shown=None)
    assert status == 200
    assert "Anna, thank you <i>! [deal.uf_crm_5]" in plain(told["html"])
    assert "<i>" not in told["html"]
    _, other = await attempt(home, template=BODY, shown=0)
    assert "Telegram: Support" in plain(other["html"])
    _, beyond = await attempt(home, template=BODY, shown=9)
    assert "Anna, thank you" in plain(beyond["html"])


async def test_a_mistake_is_said_at_its_place(home: House) -> None:
    bad = {**BODY, "text": "{clinet}", "variants": [{"channel": "tg", "text": ""}]}
    status, told = await attempt(home, template=bad)
    assert (status, set(told["problems"])) == (200, {"text", "variants.0"})
    assert told["problems"]["text"] == "There is no {clinet}."


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"template": []},
        {"template": BODY, "item": 5},
        {"template": BODY, "item": "deal:x"},
        {"template": BODY, "item": {}},
        {"template": BODY, "item": ["deal:17"]},
    ],
)
async def test_nothing_to_try(home: House, body: dict[str, Any]) -> None:
    assert (await attempt(home, **body))[0] == 400


async def test_a_portal_that_does_not_answer_is_told(home: House) -> None:
    assert "The portal does not answer now." in await page(home, "/ui/quick-answers")
    status, told = await attempt(home, template=BODY, item="deal:17")
    assert status == 200
    assert "It cannot be tried:" in plain(told["html"])
