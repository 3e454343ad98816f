"""Runs that come of other runs: with other values, taken back; and raw data in the open."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from core.portals.tables import Audit
from core.runs.tables import Run
from tests.core.runs.rows import effect, run, store, waiting
from tests.server.ui.people import House

FORM = {"minutes": "30", "text": "Позвоните +7 912 345-67-89"}
RENAME = {"chat_id": 5, "title": "новое", "seen_title": "старое"}


async def post(home: House, path: str, body: dict[str, Any], **who: str) -> httpx.Response:
    return await home.client.post(path, json=body, headers=await home.as_(**who))


async def copies(home: House) -> list[Run]:
    async with home.database.session() as session:
        return list((await session.exec(select(Run).where(col(Run.copy_of).is_not(None)))).all())


async def actions(home: House) -> list[tuple[str, str, str]]:
    async with home.database.session() as session:
        return [(one.action, one.object_id, one.actor_id) for one in (await session.exec(select(Audit))).all()]


async def test_repeated_with_other_values(home: House) -> None:
    one = run(status="failed", properties=FORM)
    await store(home.database, one)
    answer = await post(home, f"/api/runs/{one.id}/repeat", {"values": {"minutes": "45", "people": ["user_7"]}})
    [copy] = await copies(home)
    assert answer.json() == {"status": "done", "id": copy.id}
    assert copy.properties == {**FORM, "minutes": "45", "people": ["user_7"]}
    assert await actions(home) == [("retry_edited", one.id, "1")]
    assert home.bell.rung == 1


async def test_values_that_cannot_work_are_answered_in_words(home: House) -> None:
    one = run(status="failed", properties=FORM)
    await store(home.database, one)
    answer = await post(home, f"/api/runs/{one.id}/repeat", {"values": {"minutes": "х"}}, language="ru")
    assert answer.status_code == 422
    assert answer.json()["error"] == "bad_values"
    assert answer.json()["reason"].startswith("«Сколько ждать, минут»")
    assert await copies(home) == []


@pytest.mark.parametrize(
    "values",
    [None, [], "x", {"minutes": 5}, {"minutes": None}, {"people": [5]}, {"text": {"a": "b"}}, {"text": "x" * 20_001}],
)
async def test_what_no_form_sends_is_refused(home: House, values: Any) -> None:
    one = run(status="failed", properties=FORM)
    await store(home.database, one)
    assert (await post(home, f"/api/runs/{one.id}/repeat", {"values": values})).status_code == 400


async def test_what_goes_on_is_not_repeated(home: House) -> None:
    one, strange = waiting(properties=FORM), run(robot="of_the_future")
    await store(home.database, one, strange)
    answer = await post(home, f"/api/runs/{one.id}/repeat", {"values": {}}, language="ru")
    assert (answer.status_code, answer.json()) == (409, {"error": "not_now", "reason": "Запуск ещё идёт."})
    assert (await post(home, f"/api/runs/{strange.id}/repeat", {"values": {}})).status_code == 404


async def test_an_effect_is_taken_back_once(home: House) -> None:
    one = run()
    renamed = effect(one, 1, kind="rename_dialog", body=RENAME)
    await store(home.database, one, renamed)
    answer = await post(home, f"/api/effects/{renamed.id}/undo", {})
    [copy] = await copies(home)
    assert answer.json() == {"status": "done", "id": copy.id}
    assert (copy.robot, copy.properties["undoes"]) == ("take_back", renamed.id)
    again = await post(home, f"/api/effects/{renamed.id}/undo", {}, language="ru")
    assert (again.status_code, again.json()["reason"]) == (409, "Это действие уже отменяли.")
    assert await actions(home) == [("undo", one.id, "1")]


async def test_a_message_is_not_taken_back(home: House) -> None:
    one = run()
    sent = effect(one, 1)
    await store(home.database, one, sent)
    answer = await post(home, f"/api/effects/{sent.id}/undo", {}, language="ru")
    assert (answer.status_code, answer.json()["reason"]) == (409, "Это действие отменить нельзя.")


async def test_what_is_hidden_is_shown_to_administrators_and_it_is_written_down(home: House) -> None:
    one = run(properties={**FORM, "access_token": "secret"})
    await store(home.database, one)
    answer = await post(home, f"/api/runs/{one.id}/reveal", {})
    assert answer.json()["data"]["input"] == {**FORM, "access_token": "•••"}
    assert await actions(home) == [("reveal", one.id, "1")]
    html = (await home.client.get(f"/ui/runs/{one.id}?tab=raw", headers=await home.as_())).text
    assert "912" not in html, "the next page hides it again"


@pytest.mark.parametrize("path", ["/api/runs/{run}/reveal", "/api/effects/{effect}/undo"])
async def test_supervisors_may_not(home: House, path: str) -> None:
    one = run(properties=FORM)
    renamed = effect(one, 1, kind="rename_dialog", body=RENAME)
    await store(home.database, one, renamed)
    answer = await post(home, path.format(run=one.id, effect=renamed.id), {}, access="tok_A_head")
    assert (answer.status_code, answer.json()) == (403, {"error": "admin_required"})
    assert await actions(home) == []


async def test_nothing_of_another_portal(home: House) -> None:
    one = run("beta", status="failed", properties=FORM)
    renamed = effect(one, 1, kind="rename_dialog", body=RENAME)
    await store(home.database, one, renamed)
    empty: dict[str, Any] = {}
    for path, body in (
        (f"/api/runs/{one.id}/repeat", {"values": empty}),
        (f"/api/runs/{one.id}/reveal", empty),
        (f"/api/effects/{renamed.id}/undo", empty),
    ):
        assert (await post(home, path, body)).status_code == 404, path
    assert await copies(home) == []
