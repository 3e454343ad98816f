"""What people choose for themselves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.server.ui.people import House


async def test_a_saved_filter_stands_in_the_list(home: House) -> None:
    session = await home.as_(language="ru")
    body = {"name": " <b>Ошибки</b> ", "address": "status=failed&q="}
    saved = (await home.client.post("/api/views", json=body, headers=session)).json()
    listed = (await home.client.get("/api/views", headers=session)).json()["items"]
    assert listed == [{"id": saved["id"], "name": "<b>Ошибки</b>", "address": "status=failed"}]
    html = (await home.client.get("/ui/runs?status=failed", headers=session)).text
    assert "&lt;b&gt;Ошибки&lt;/b&gt;" in html
    assert f"/api/views/{saved['id']}" in html
    assert "Сохранить отбор" not in html


async def test_it_belongs_to_one_person(home: House) -> None:
    body = {"name": "Мои", "address": "status=failed"}
    saved = (await home.client.post("/api/views", json=body, headers=await home.as_())).json()
    for who in ({"access": "tok_A_user"}, {"access": "tok_B_admin", "portal_name": "beta"}):
        other = await home.as_(**who)
        assert (await home.client.get("/api/views", headers=other)).json() == {"items": []}
        answer = await home.client.delete(f"/api/views/{saved['id']}", headers=other)
        assert answer.status_code == 404


async def test_it_is_deleted(home: House) -> None:
    session = await home.as_()
    saved = (await home.client.post("/api/views", json={"name": "x", "address": ""}, headers=session)).json()
    assert (await home.client.delete(f"/api/views/{saved['id']}", headers=session)).json() == {"status": "deleted"}
    assert (await home.client.delete(f"/api/views/{saved['id']}", headers=session)).status_code == 404


async def test_there_is_an_end_to_it(home: House) -> None:
    session = await home.as_()
    answers = [
        (await home.client.post("/api/views", json={"name": str(n), "address": ""}, headers=session)).status_code
        for n in range(31)
    ]
    assert answers == [200] * 30 + [409]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "x"},
        {"name": "", "address": ""},
        {"name": "  ", "address": ""},
        {"name": "x" * 61, "address": ""},
        {"name": 5, "address": ""},
        {"name": "x", "address": "view=nonsense"},
        {"name": "x", "address": "q=" + "a" * 300},
        {"name": "x", "address": "q=a&q=b"},
        {"name": "x\x00", "address": ""},
    ],
)
async def test_what_makes_no_sense_is_not_saved(home: House, body: dict[str, Any]) -> None:
    answer = await home.client.post("/api/views", json=body, headers=await home.as_())
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


async def test_density_is_kept(home: House) -> None:
    session = await home.as_()
    for chosen, shown in (("compact", True), (None, False)):
        answer = await home.client.post("/api/preferences", json={"density": chosen}, headers=session)
        assert answer.json() == {"status": "saved"}
        html = (await home.client.get("/ui/runs", headers=session)).text
        assert ('data-density="compact"' in html) is shown


@pytest.mark.parametrize("body", [{"density": "tiny"}, {"density": ["compact"]}, {"colour": "red"}, {"density": 1}])
async def test_what_cannot_be_chosen_is_refused(home: House, body: dict[str, Any]) -> None:
    assert (await home.client.post("/api/preferences", json=body, headers=await home.as_())).status_code == 400
