"""The catalogue of robots."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import activities
from activities import load
from core.portals.settings import change_settings
from core.portals.tasks import owe
from core.runs.weeks import Week
from server.ui.catalogue import Known
from server.ui.robots import _ICONS, bars
from tests.core.runs.rows import NOON, run, store, waiting
from tests.server.ui.people import CATALOGUE, House

SENDERS = {"SendAsOperator", "SendAutomatic", "spoken", "automatic"}


async def page(home: House, path: str = "/ui/robots", access: str = "tok_A_admin", language: str = "en") -> str:
    answer = await home.client.get(path, headers=await home.as_(access, language=language))
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


async def test_a_card_for_each_robot(home: House) -> None:
    await store(home.database, run(), run(status="failed"), waiting())
    html = await page(home)
    assert "Escalate if there is no reply" in html
    assert "3 in 7 days" in html
    assert "33 % failed" in html
    assert "did not run in 7 days" in html
    assert html.count("Not in the portal yet") == 2
    assert 'data-post="/api/robots/send_message"' in html


async def test_who_only_looks_has_no_switches(home: House) -> None:
    for path in ("/ui/robots", "/ui/robots/send_message"):
        assert "data-post=" not in await page(home, path, "tok_A_user")


async def test_off_and_dry_are_told(home: House) -> None:
    values = {"robots_off": ["send_message"], "mode": "dry"}
    await change_settings("alpha", home.database, values=values, user_id=1, at=NOON)  # type: ignore[arg-type]  # Json
    html = await page(home, language="ru")
    assert "Выключен" in html
    assert "Портал в режиме проверки" in html
    assert html.count("проверка</span>") == 2


async def test_registration_under_way_is_told(home: House) -> None:
    await owe("alpha", home.database, kind="sync", due_at=NOON)
    assert "Waiting for a worker" in await page(home)


async def test_everything_about_one_robot(home: House) -> None:
    html = await page(home, "/ui/robots/escalate_no_reply")
    assert "<h3>How it counts</h3>" in html
    assert "Whom to tell" in html
    assert "<code>owner</code>" in html
    assert "<code>result</code>" in html
    assert "<code>told</code>" in html
    assert 'href="https://alpha.bitrix24.ru/crm/deal/automation/0/"' in html
    assert 'data-field="minutes"' in html
    assert '"code": "escalate_no_reply"' in html


async def test_no_such_robot(home: House) -> None:
    answer = await home.client.get("/ui/robots/levitate", headers=await home.as_())
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def known(*days: int) -> Known:
    return Known(CATALOGUE["send_message"], "done", "inherit", dry=False, week=Week(days))


def test_the_picture_of_a_week() -> None:
    assert [height for _, _, height in bars(known(0, 1, 2, 4, 0, 0, 1000))] == [0.75, 1.5, 1.5, 1.5, 0.75, 0.75, 24.0]
    assert all(height == 0.75 for _, _, height in bars(known(*[0] * 7)))


@pytest.mark.parametrize("code", load())
def test_every_robot_has_a_picture(code: str) -> None:
    assert code in _ICONS


@pytest.mark.parametrize("code", load())
def test_who_can_write_to_clients_says_so(code: str) -> None:
    source = Path(inspect.getfile(activities)).parent / f"{code}.py"
    names = {node.id for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
    assert load()[code].speaks or not names & SENDERS
