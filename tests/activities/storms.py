"""Each robot on its way to what it does, for the tests of what may go wrong on that way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from sandbox.crm import COMPANY, Item
from tests.activities.farewells import SETTLED
from tests.portal_side import ANNA, CHIEF, DMITRY, Deal
from tests.town import Town

#: How long a lost answer is looked for, and when an answer to a process is said again.
AFTERWARDS: Final = (6, 31, 121, 300)


@dataclass(frozen=True)
class Storm:
    """A robot, how its launch comes about, what makes its time come, and by which ``method`` it acts first then.

    ``moved``, ``closed`` and ``taken`` are what a moved card, a closed dialog and another operator make of its result;
    empty: it goes on, None: that does not matter to it.
    """

    code: str
    begin: Callable[[Town], Awaitable[Deal]]
    time_comes: Callable[[Town, Deal], Awaitable[object]]
    method: str = ""
    moved: str | None = "cancelled_stage"
    closed: str | None = "cancelled_closed"
    taken: str = ""


async def later(town: Town, **time: float) -> None:
    await town.advance(**time)
    await town.settle()


async def _launched(town: Town, deal: Deal) -> Deal:
    await town.move(deal)
    await town.settle()
    return deal


async def _wrongly_named(town: Town) -> Deal:
    company = Item(COMPANY, 40, "ООО «Ромашка»", town.portal.now())
    town.portal.crm.put(company)
    await town.place("check_dialog_naming", action="notify", grace_minutes=30, repeat=1, notify="owner")
    deal = await town.deal()
    await town.order("items/change", entityTypeId=2, id=deal.id, fields={"companyId": 40})
    return await _launched(town, deal)


async def _settled(town: Town) -> Deal:
    await town.place("close_dialog")
    deal = await town.deal()
    await town.employee_says(deal, "Акт отправила на почту.")
    await town.client_says(deal, SETTLED)
    await town.advance(minutes=15)
    return await _launched(town, deal)


async def _asked(town: Town) -> Deal:
    await town.place("escalate_no_reply", levels="15: notify head", wait_result=True)
    return await _launched(town, await town.deal())


async def _awaited(town: Town) -> Deal:
    await town.place("wait_reply", max_minutes=60, wait_result=True)
    deal = await town.deal()
    await town.employee_says(deal, "Пришлите договор.")
    return await _launched(town, deal)


async def _answers(town: Town, deal: Deal) -> None:
    await town.client_says(deal, "Вот договор.")
    await later(town, minutes=61)


async def _on_shift(town: Town) -> Deal:
    await town.place("reassign_shift_end", shift_source="timeman,fixed_time", fixed_time="18:00")
    return await _launched(town, await town.deal())


async def _shift_ends(town: Town, deal: Deal) -> None:
    del deal
    await town.workday(ANNA, "close")
    await later(town, minutes=6)


async def _unassigned(town: Town) -> Deal:
    for user_id in (ANNA, DMITRY, CHIEF):
        await town.workday(user_id, "close")
    await town.place("assign_operator", no_candidate="first_open")
    return await _launched(town, await town.deal(accepted_by=0))


async def _day_begins(town: Town, deal: Deal) -> None:
    del deal
    await town.workday(CHIEF, "open")
    await later(town, minutes=6)


async def _thanked(town: Town) -> Deal:
    await town.place("keep_last_word", ack_text="🤝")
    deal = await town.deal()
    await town.employee_says(deal, "Сегодня к вечеру.")
    await town.advance(minutes=1)
    await _launched(town, deal)
    await town.client_says(deal, "Хорошо, спасибо")
    await town.settle()
    return deal


async def _watched_at_night(town: Town) -> Deal:
    await town.at("2026-11-24T17:00:00")
    await town.place("offhours_reply", watch_days=2, skip_if_line_text=False, text_night="Ответим утром.")
    deal = await town.deal()
    await town.employee_says(deal, "Завтра.")
    await _launched(town, deal)
    await town.at("2026-11-24T20:00:00")
    await town.settle()
    return deal


async def _writes_at_night(town: Town, deal: Deal) -> None:
    await town.client_says(deal, "А пораньше?")
    await town.settle()
    await later(town, minutes=61)


async def _ordered(town: Town) -> Deal:
    await town.place("send_message", text="Ваш заказ готов.", after_minutes=5)
    return await _launched(town, await town.deal())


async def _looked(town: Town) -> Deal:
    await town.place("dialog_state")
    return await _launched(town, await town.deal())


async def _paused(town: Town) -> Deal:
    await town.place("working_time", operation="wait_minutes", amount=30)
    return await _launched(town, await town.deal(dialog=False))


def _minutes(minutes: float) -> Callable[[Town, Deal], Awaitable[object]]:
    async def pass_by(town: Town, deal: Deal) -> None:
        del deal
        await later(town, minutes=minutes)

    return pass_by


NOTIFY, AS_OPERATOR = "im.notify.system.add", "imopenlines.crm.message.add"
TRANSFER, AUTOMATIC = "imopenlines.operator.transfer", "imopenlines.bot.session.message.send"

STORMS: Final = (
    Storm("check_dialog_naming", _wrongly_named, _minutes(31), NOTIFY),
    Storm("close_dialog", _settled, _minutes(1.1), "imopenlines.operator.another.finish", taken="cancelled_owner"),
    Storm("escalate_no_reply", _asked, _minutes(16), NOTIFY, taken="done"),
    Storm("wait_reply", _awaited, _answers),
    Storm("reassign_shift_end", _on_shift, _shift_ends, TRANSFER, taken="cancelled_owner"),
    Storm("assign_operator", _unassigned, _day_begins, TRANSFER, taken="cancelled_owner"),
    Storm("keep_last_word", _thanked, _minutes(11), AS_OPERATOR, closed=""),
    Storm("offhours_reply", _watched_at_night, _writes_at_night, AUTOMATIC, closed=""),
    Storm("send_message", _ordered, _minutes(6), AS_OPERATOR, taken="done"),
    Storm("dialog_state", _looked, _minutes(1), moved=None, closed=None),
    Storm("working_time", _paused, _minutes(31), closed=None),
)
