"""What may go wrong around robots that write to clients by themselves: the client gets one text, or none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.portal_side import DMITRY, Deal
from tests.town import Town

TEXT = "Здравствуйте! Ваш заказ готов."


@dataclass(frozen=True)
class Case:
    """A robot that is about to write: how it comes there, what it says, by which method, after how many minutes."""

    code: str
    begin: Callable[[Town], Awaitable[Deal]]
    says: str
    method: str
    minutes: float


async def _sending(town: Town) -> Deal:
    await town.at("2026-11-24T12:00:00")
    await town.place("send_message", text=TEXT, after_minutes=5)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    return deal


async def _thanked(town: Town) -> Deal:
    await town.at("2026-11-24T12:00:00")
    await town.place("keep_last_word")
    deal = await town.deal(says="Когда будет отчёт?")
    await town.employee_says(deal, "Сегодня к вечеру.")
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    await town.client_says(deal, "Хорошо, спасибо")
    return deal


async def _at_night(town: Town) -> Deal:
    await town.at("2026-11-24T17:00:00")
    await town.place("offhours_reply", watch_days=2, skip_if_line_text=False, text_night="Ответим утром.")
    deal = await town.deal(says="Когда будет отчёт?")
    await town.employee_says(deal, "Завтра.")
    await town.move(deal)
    await town.settle()
    await town.at("2026-11-24T20:00:00")
    await town.client_says(deal, "А пораньше?")
    return deal


CASES = [
    Case("send_message", _sending, TEXT, "imopenlines.crm.message.add", 6),
    Case("keep_last_word", _thanked, "🤝", "imopenlines.crm.message.add", 11),
    Case("offhours_reply", _at_night, "Ответим утром.", "imopenlines.bot.session.message.send", 61),
]
EACH = pytest.mark.parametrize("case", CASES, ids=[case.code for case in CASES])


async def said(town: Town, deal: Deal, case: Case) -> int:
    return [one["text"] for one in await town.outbox(deal)].count(case.says)


async def later(town: Town, case: Case) -> None:
    """The robot's time comes, and all the looks after it."""
    await town.advance(minutes=case.minutes)
    await town.settle()
    for seconds in (6, 31, 121, 300):
        await town.advance(seconds=seconds)
        await town.settle()


@EACH
async def test_all_is_well(town: Town, case: Case) -> None:
    deal = await case.begin(town)
    await later(town, case)
    assert await said(town, deal, case) == 1


@EACH
async def test_f_15_the_answer_of_the_portal_is_lost(town: Town, case: Case) -> None:
    deal = await case.begin(town)
    await town.fault(case.method, "effect_then_drop")
    await later(town, case)
    assert await said(town, deal, case) == 1
    assert (await town.run()).run.status in {"done", "waiting"}


@EACH
async def test_the_request_is_lost(town: Town, case: Case) -> None:
    """Nobody can know, so nothing is repeated without a person's word."""
    deal = await case.begin(town)
    await town.fault(case.method, "drop_before_effect")
    await later(town, case)
    assert await said(town, deal, case) == 0
    assert (await town.run()).run.status == "unknown"


@EACH
async def test_f_14_the_portal_is_busy(town: Town, case: Case) -> None:
    deal = await case.begin(town)
    await town.fault(case.method, "query_limit", times=2)
    await later(town, case)
    assert await said(town, deal, case) == 1


@EACH
async def test_the_portal_refuses(town: Town, case: Case) -> None:
    deal = await case.begin(town)
    await town.fault(case.method, "error:ACCESS_DENIED", times=5)
    await later(town, case)
    assert await said(town, deal, case) == 0
    assert (await town.run()).run.status in {"failed", "waiting"}


@EACH
async def test_f_23_the_stage_changes_meanwhile(town: Town, case: Case) -> None:
    deal = await case.begin(town)
    await town.move(deal, "C3:WAIT")
    await later(town, case)
    assert await said(town, deal, case) == 0
    assert (await town.run()).run.result == "cancelled_stage"


@EACH
async def test_f_23_the_dialog_is_closed_by_hand(town: Town, case: Case) -> None:
    deal = await case.begin(town)
    await town.close(deal)
    sessions = await _sessions(town, deal)
    await later(town, case)
    assert await said(town, deal, case) == 0
    assert await _sessions(town, deal) == sessions, "nothing opens a new one"


async def _sessions(town: Town, deal: Deal) -> Any:
    return (await town.chat(deal))["session"]


@EACH
async def test_f_23_the_operator_changes(town: Town, case: Case) -> None:
    deal = await case.begin(town)
    await town.order(f"chats/{deal.chat}/transfer", to_user_id=DMITRY)
    await later(town, case)
    [message] = [one for one in await town.outbox(deal) if one["text"] == case.says]
    if case.method == "imopenlines.crm.message.add":
        assert message["author"] == DMITRY


@EACH
async def test_a_person_is_quicker(town: Town, case: Case) -> None:
    """Whoever answers the client himself needs no robot; an ordered message is sent all the same."""
    deal = await case.begin(town)
    await town.employee_says(deal, "Я тут.")
    await later(town, case)
    assert await said(town, deal, case) == (1 if case.code == "send_message" else 0)


@EACH
async def test_another_worker_does_it_once(town: Town, case: Case) -> None:
    deal = await case.begin(town)
    await town.advance(minutes=case.minutes)
    other = await town.another_worker()
    await other.turn()
    await later(town, case)
    assert await said(town, deal, case) == 1


@EACH
async def test_a_check_says_nothing_to_the_client(town: Town, case: Case) -> None:
    await town.sql("INSERT INTO setting VALUES (:p, 'mode', '\"dry\"', 0, 1)", p=await town.portal_id())
    town.base.lanes.changed(await town.portal_id())
    deal = await case.begin(town)
    await later(town, case)
    assert await said(town, deal, case) == 0
    assert await town.ledger("message") == []
