"""What is shown without a session: a shell without data, the same for all."""

from __future__ import annotations

import pytest

from tests.core.runs.rows import run, store
from tests.server.ui.people import House

ADDRESSES = (
    "/ui/runs",
    "/ui/timers",
    "/ui/health",
    "/ui/robots",
    "/ui/settings",
    "/ui/statistics",
    "/ui",
    "/ui/x/y",
    "/",
)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_outside_of_a_portal_a_friendly_word(home: House, address: str) -> None:
    await store(home.database, run(title="Окна на дачу"))
    russian = await home.client.get(address, headers={"Accept-Language": "ru-RU,ru;q=0.9"})
    assert russian.status_code == 200
    assert "Откройте внутри Битрикс24" in russian.text
    english = await home.client.get(address, headers={"Accept-Language": "en-GB"})
    assert "Open it inside Bitrix24" in english.text
    for answer in (russian, english):
        assert "Окна на дачу" not in answer.text
        assert "data-token" not in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


async def test_the_shell_of_a_run_does_not_tell_whether_it_exists(home: House) -> None:
    one = run()
    await store(home.database, one)
    existing = await home.client.get(f"/ui/runs/{one.id}")
    missing = await home.client.get("/ui/runs/nonsense")
    assert existing.text == missing.text
    assert existing.status_code == missing.status_code == 200


async def test_the_shell_may_be_framed_by_whoever_may_install_and_names_no_customer(home: House) -> None:
    policy = (await home.client.get("/ui/runs")).headers["content-security-policy"]
    ancestors = policy.split("frame-ancestors ")[1].split()
    assert "https://*.bitrix24.ru" in ancestors
    assert "https://*.bitrix24.com.br" in ancestors
    assert not any("alpha" in source for source in ancestors)


async def test_in_a_frame_the_shell_waits_for_the_portal(home: House) -> None:
    framed = (await home.client.get("/ui/runs", headers={"Sec-Fetch-Dest": "iframe"})).text
    assert '<main id="outside" class="outside" hidden>' in framed
    alone = (await home.client.get("/ui/runs", headers={"Sec-Fetch-Dest": "document"})).text
    assert '<main id="outside" class="outside">' in alone


async def test_a_wrong_session_is_no_reason_for_the_shell(home: House) -> None:
    for address in ADDRESSES[:-1]:
        answer = await home.client.get(address, headers={"Authorization": "Bearer " + "A" * 43})
        assert (answer.status_code, answer.json()) == (401, {"error": "unauthorized"}), address


async def test_a_section_that_does_not_exist_says_so_to_who_came_in(home: House) -> None:
    answer = await home.client.get("/ui/no-such-section", headers=await home.as_())
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert 'href="/ui/runs"' in answer.text


async def test_only_get(home: House) -> None:
    for address in ("/ui/runs", "/ui/timers", "/ui/events"):
        answer = await home.client.post(address)
        assert (answer.status_code, answer.json()) == (405, {"error": "method_not_allowed"})
