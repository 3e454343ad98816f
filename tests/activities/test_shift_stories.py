"""Shift work, played in the portal: both cases of the article and its nuance (seeds/004, S4-01 … S4-13)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.portals.shifts import replace_shifts
from core.runs.listing import RunCard
from core.worktime.intervals import Interval
from core.worktime.rota import PlannedShift
from tests.portal_side import ACCOUNTING, ANNA, CHIEF, DEAL, DIRECTOR, DMITRY, NEW, WAIT, WORK, Deal
from tests.town import Town, told

CODE = "reassign_shift_end"
#: The scene begins on a Tuesday at 11:00; Anna's shift lasts until 18:00.
UNTIL_SIX = {"shift_source": "timeman,fixed_time", "fixed_time": "18:00"}


async def on_shift(town: Town, *lines: tuple[str, str], responsible: int = ANNA, **form: Any) -> Deal:
    """Anna serves a client; both say their lines; the deal comes to the robot's stage."""
    await town.place(CODE, **{**UNTIL_SIX, **form})
    deal = await town.deal(responsible=responsible)
    for who, text in lines:
        await (town.client_says(deal, text) if who == "client" else town.employee_says(deal, text))
    await town.move(deal)
    await town.settle()
    return deal


async def later(town: Town, **time: float) -> None:
    await town.advance(**time)
    await town.settle()


async def at(town: Town, moment: str) -> None:
    await town.at(f"2026-11-{moment}")
    await town.settle()


async def go_home(town: Town, *people: int) -> None:
    for user_id in people:
        await town.workday(user_id, "close")


async def leave(town: Town, *people: int) -> None:
    """They close their days, and the next common look sees it."""
    await go_home(town, *people)
    await later(town, minutes=6)


async def owner(town: Town, deal: Deal) -> int:
    return int((await town.chat(deal))["owner"])


async def responsible(town: Town, deal: Deal) -> int:
    return int((await town.item(deal))["assignedById"])


async def texts(town: Town, deal: Deal) -> list[str]:
    return [one["text"] for one in await town.outbox(deal)]


async def ended(town: Town) -> RunCard:
    card = await town.run()
    assert card.run.finished_at is not None
    return card


ASKED = ("us", "Пришлите, пожалуйста, договор.")
PROMISED = ("us", "Уточню у коллег и вернусь с ответом.")


# --- case 1: the employee wrote last and left -----------------------------------------------------------------------


async def test_case_1_the_client_stays_silent(town: Town) -> None:
    """«Сотрудник задал вопрос, клиент не ответил, сотрудник ушёл» (S4-01): it stays with him, and is watched."""
    deal = await on_shift(town, ASKED)
    await leave(town, ANNA)
    assert await owner(town, deal) == ANNA
    assert "Диалог остаётся за ним, следим" in told(await town.run())
    await later(town, hours=2)
    assert await owner(town, deal) == ANNA
    assert await town.ledger("transfer") == []


async def test_case_1_the_client_answers_when_nobody_sees_it(town: Town) -> None:
    """«Если клиент ответит …» — whoever is on shift gets it at once, with the card (S4-03, S4-04, S4-05)."""
    deal = await on_shift(town, ASKED)
    await leave(town, ANNA)
    await town.client_says(deal, "Вот договор, посмотрите")
    await later(town, minutes=6)
    assert await owner(town, deal) == DMITRY
    assert await responsible(town, deal) == DMITRY
    assert (await ended(town)).run.output["kind"] == "client_waiting"


async def test_case_1_the_employee_promised_and_left(town: Town) -> None:
    """«Клиент что-то спросил, админ сказал, что уточнит. И ушёл отдыхать» (S4-02): the ball is ours all the same."""
    deal = await on_shift(town, PROMISED)
    await leave(town, ANNA)
    assert await owner(town, deal) == DMITRY
    assert (await ended(town)).run.output["kind"] == "promise"
    [note] = await town.notifications(DMITRY)
    assert "мы обещали вернуться с ответом" in note["text"]


async def test_case_1_back_from_his_days_off_he_goes_on(town: Town) -> None:
    """«Видит, что диалог по-прежнему на нём — он может продолжить общение» (S4-06)."""
    deal = await on_shift(town, ASKED)
    await leave(town, ANNA)
    await at(town, "25T09:00:00")
    await town.workday(ANNA, "open")
    await later(town, minutes=6)
    assert "По плану смена до" in told(await town.run())
    await town.client_says(deal, "Вот договор")
    await later(town, minutes=20)
    assert await owner(town, deal) == ANNA


async def test_case_1_works_without_availability_control(town: Town) -> None:
    """«На тарифе Профессиональный …» (S4-07): a portal that tells no working days is served by the planned end."""
    await town.order("users", id=DIRECTOR, admin=True)
    await town.fault("timeman.status", "error:ERROR_METHOD_NOT_FOUND", times=500)
    await town.fault("timeman.settings", "error:ERROR_METHOD_NOT_FOUND", times=500)
    deal = await on_shift(town)
    await at(town, "24T17:49:00")
    assert await owner(town, deal) == ANNA
    await at(town, "24T17:51:00")
    assert await owner(town, deal) == DMITRY


# --- case 2: the client wrote last ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (ASKED, ("client", "Отправила вам на почту")),
        (("us", "Готово, проверьте."), ("client", "А печать где?")),
    ],
    ids=["a question that was read", "an answer to our question", "the talk goes on"],
)
async def test_case_2_the_client_wrote_last(town: Town, lines: tuple[tuple[str, str], ...]) -> None:
    """«Сотрудник прочитал, но не успел ответить. Смена закончилась» (S4-08)."""
    deal = await on_shift(town, *lines)
    await leave(town, ANNA)
    assert await owner(town, deal) == DMITRY
    assert await responsible(town, deal) == DMITRY
    run = (await ended(town)).run
    assert (run.result, run.output["kind"], run.output["new_owner"]) == ("done", "client_waiting", f"user_{DMITRY}")


async def test_case_2_thanks_are_answered_and_go_nowhere(town: Town) -> None:
    """«Клиент поставил лайк или поблагодарил» (S4-08): split off, answered with a sign."""
    deal = await on_shift(town, ("us", "Расчёт готов, отправила."), ("client", "Спасибо!"))
    await leave(town, ANNA)
    assert await owner(town, deal) == ANNA
    assert (await texts(town, deal))[-1] == "🤝"
    assert (await ended(town)).run.output["kind"] == "gratitude"


async def test_case_2_the_portal_takes_unanswered_ones_away_itself(town: Town) -> None:
    """«Диалог будет снят с оператора сразу, как он завершит свой рабочий день» (S4-09)."""
    await town.order("lines", id=ACCOUNTING, check_available=True)
    deal = await on_shift(town)
    await go_home(town, ANNA)
    assert await owner(town, deal) == 0, "the portal put it into the queue"
    await later(town, minutes=6)
    assert await owner(town, deal) == DMITRY, "and it does not lie there"


async def test_case_2_what_was_pinned_is_never_returned_by_the_portal(town: Town) -> None:
    """Stock logic leaves pinned dialogs alone, so the robot takes, unpins and hands on (S4-09, decisions.md 23)."""
    await town.order("lines", id=ACCOUNTING, check_available=True)
    deal = await on_shift(town)
    await town.order(f"chats/{deal.chat}", pinned=True)
    await leave(town, ANNA)
    chat = await town.chat(deal)
    assert (chat["owner"], chat["pinned"]) == (DMITRY, False)
    assert "Сделано: диалог откреплён." in told(await town.run())


async def test_case_2_nobody_is_there_and_the_first_one_gets_it(town: Town) -> None:
    """«Как только новый оператор откроет рабочий день, диалог перейдёт на него» (S4-10)."""
    deal = await on_shift(town)
    await leave(town, ANNA, DMITRY, CHIEF)
    assert await owner(town, deal) == ANNA
    await at(town, "25T08:55:00")
    assert await owner(town, deal) == ANNA
    await town.workday(DMITRY, "open")
    await later(town, minutes=6)
    assert await owner(town, deal) == DMITRY
    assert await responsible(town, deal) == DMITRY


async def test_case_2_the_former_operator_learns_who_has_it(town: Town) -> None:
    """«Вернувшись в смену, уже не найдёт диалога» (S4-11): both are told, with a link."""
    deal = await on_shift(town)
    await leave(town, ANNA)
    [mine] = await town.notifications(ANNA)
    assert "Ваша смена закончилась: диалог теперь ведёт Дмитрий Кузнецов." in mine["text"]
    assert f"/crm/deal/details/{deal.id}/" in mine["text"]
    [his] = await town.notifications(DMITRY)
    assert "Вам передан диалог: смена закончилась (Анна Смирнова)" in his["text"]


async def test_case_2_nobody_is_left_with_half_of_it(town: Town) -> None:
    """«Выглядит как неотвеченный у обоих сотрудников» (S4-12): one has it, and only he is in the chat."""
    deal = await on_shift(town)
    await leave(town, ANNA)
    chat = await town.chat(deal)
    assert chat["owner"] == DMITRY
    assert ANNA not in chat["members"]


async def test_case_2_it_goes_back_if_nobody_touched_it(town: Town) -> None:
    """S4-06 with ``return_policy``: Dmitry did not answer, Anna is back."""
    deal = await on_shift(town, return_policy="return_if_untouched")
    await leave(town, ANNA)
    assert await owner(town, deal) == DMITRY
    await at(town, "25T09:00:00")
    await town.workday(ANNA, "open")
    await later(town, minutes=6)
    assert await owner(town, deal) == ANNA
    assert await responsible(town, deal) == ANNA


# --- the nuance -----------------------------------------------------------------------------------------------------


async def test_the_nuance_the_dialog_disappears_for_everyone(town: Town) -> None:
    """«Если клиента никто не возьмёт и он напишет снова, диалог исчезнет у всех операторов» (S4-13)."""
    await town.order("lines", id=ACCOUNTING, check_available=True)
    deal = await on_shift(town)
    await town.order("automation", entityTypeId=DEAL, stageId=WAIT, robots=[], triggers=["orphan_found"])
    await leave(town, DMITRY, CHIEF, ANNA)
    await town.client_says(deal, "Вы где? Отчёт нужен сегодня")
    await later(town, minutes=6)
    chat = await town.chat(deal)
    assert chat["owner"] == 0
    [note] = await town.notifications(CHIEF)
    assert "Клиент написал снова, а на смене никого нет" in note["text"]
    assert [one["code"] for one in await town.ledger("trigger")] == ["orphan_found"]
    await town.client_says(deal, "Ау!")
    await later(town, minutes=10)
    assert len(await town.notifications(CHIEF)) == 1, "once per episode"
    await town.workday(DMITRY, "open")
    await later(town, minutes=6)
    assert await owner(town, deal) == DMITRY


# --- the rest -------------------------------------------------------------------------------------------------------


async def test_the_card_moves_with_it(town: Town) -> None:
    """«Отследить можно, работая с лидами или сделками» (S4-03): the trigger moves the card."""
    await town.place(CODE, **UNTIL_SIX)
    await town.order("automation", entityTypeId=DEAL, stageId=WAIT, robots=[], triggers=["shift_handover"])
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await leave(town, ANNA)
    assert (await town.item(deal))["stageId"] == WAIT
    assert (await ended(town)).run.result == "done"


async def test_nothing_of_it_reaches_the_client(town: Town) -> None:
    """The note stays hidden, the client sees only what is meant for him."""
    deal = await on_shift(town, client_text="Ваш вопрос передан коллеге.")
    await leave(town, ANNA)
    assert await texts(town, deal) == ["Ваш вопрос передан коллеге."]
    [note] = [one for one in (await town.chat(deal))["messages"] if one["author"] == DIRECTOR]
    assert "Диалог передан: Анна Смирнова → Дмитрий Кузнецов." in note["text"]
    assert note["delivered"] is False


async def test_overtime_is_respected(town: Town) -> None:
    deal = await on_shift(town)
    await at(town, "24T17:46:00")
    await town.employee_says(deal, "Минутку, досчитываю.")
    await town.client_says(deal, "Жду")
    await at(town, "24T17:51:00")
    assert await owner(town, deal) == ANNA
    await at(town, "24T17:59:00")
    assert await owner(town, deal) == ANNA
    await at(town, "24T18:02:00")
    assert await owner(town, deal) == DMITRY


async def test_a_forgotten_day_is_over(town: Town) -> None:
    deal = await on_shift(town, shift_source="timeman", fixed_time="")
    await town.workday(ANNA, "expire")
    await later(town, minutes=6)
    assert await owner(town, deal) == DMITRY


async def test_two_robots_for_one_dialog(town: Town) -> None:
    deal = await on_shift(town)
    other = await town.order(
        "items", entityTypeId=DEAL, title="Вторая", stageId=NEW, assignedById=ANNA, contactIds=[deal.contact]
    )
    await town.order("items/move", entityTypeId=DEAL, id=other["id"], stageId=WORK)
    await town.settle()
    newest, first = await town.runs()
    assert (newest.run.result, first.run.result) == ("skipped_duplicate", "")


@pytest.mark.parametrize("wait_result", [True, False])
async def test_a_duplicate_is_answered_as_one(town: Town, wait_result: bool) -> None:
    """decisions.md 50: also with ``wait_result=N``, and not with ``scheduled``."""
    deal = await on_shift(town, wait_result=wait_result)
    other = await town.order(
        "items", entityTypeId=DEAL, title="Вторая", stageId=NEW, assignedById=ANNA, contactIds=[deal.contact]
    )
    await town.order("items/move", entityTypeId=DEAL, id=other["id"], stageId=WORK)
    await town.settle()
    assert (await town.process(Deal(other["id"], 0, 0)))["returned"]["result"] == "skipped_duplicate"


async def test_a_moved_stage_stops_it(town: Town) -> None:
    deal = await on_shift(town)
    await town.move(deal, NEW)
    await leave(town, ANNA)
    assert (await town.run()).run.result == "cancelled_stage"
    assert await owner(town, deal) == ANNA


async def test_a_dialog_closed_by_hand_is_never_opened_anew(town: Town) -> None:
    deal = await on_shift(town)
    await town.close(deal)
    await leave(town, ANNA)
    assert (await town.run()).run.result == "cancelled_closed"
    assert (await town.chat(deal))["session"]["open"] is False


async def test_a_refused_transfer_goes_the_other_way_and_then_to_the_head(town: Town) -> None:
    deal = await on_shift(town)
    await town.fault("imopenlines.operator.transfer", "error:OPERATOR_WRONG")
    await leave(town, ANNA)
    assert await owner(town, deal) == DMITRY, "taken first, then handed on"


async def test_what_cannot_be_handed_over_is_the_heads(town: Town) -> None:
    await on_shift(town)
    await town.fault("imopenlines.operator.transfer", "error:OPERATOR_WRONG", times=5)
    await leave(town, ANNA)
    [note] = await town.notifications(CHIEF)
    assert "передать диалог не удалось" in note["text"]
    assert (await ended(town)).run.result == "failed"


async def test_a_lost_answer_makes_no_second_transfer(town: Town) -> None:
    deal = await on_shift(town)
    await town.fault("imopenlines.operator.transfer", "effect_then_drop")
    await leave(town, ANNA)
    await later(town, seconds=6)
    assert await owner(town, deal) == DMITRY
    assert len(await town.ledger("transfer")) == 1


async def test_a_dry_run_lists_who_would_get_what(town: Town) -> None:
    deal = await on_shift(town, mode="dry")
    await leave(town, ANNA)
    run = (await ended(town)).run
    assert (run.result, run.output["new_owner"]) == ("dry_run", f"user_{DMITRY}")
    assert await owner(town, deal) == ANNA
    assert "Было бы сделано: диалог передан — Дмитрий Кузнецов." in told(await town.run())
    assert await town.ledger() == []


async def test_what_it_costs(town: Town, requests: list[list[str]]) -> None:
    """A small look each five minutes; then one look at all that matters, and two acts (openlines.md 7.D)."""
    await on_shift(town)
    await later(town, minutes=6)
    requests.clear()
    await later(town, minutes=5)
    assert [methods for methods in requests if "bizproc.workflow.instances" not in methods] == [
        ["im.user.list.get", "timeman.status", "timeman.settings"]
    ]
    await go_home(town, ANNA)
    requests.clear()
    await later(town, minutes=5)
    assert len(requests) == 4
    assert requests[2] == ["imopenlines.operator.transfer", "imopenlines.dialog.get"]


async def test_our_own_table_of_shifts_is_enough(town: Town) -> None:
    zone = ZoneInfo("Europe/Moscow")
    shifts = [
        PlannedShift(ANNA, Interval.between("09:00", "15:00"), zone, weekday=1),
        PlannedShift(DMITRY, Interval.between("15:00", "21:00"), zone, weekday=1),
    ]
    await replace_shifts(await town.portal_id(), town.base.database, shifts)
    assert datetime(2026, 11, 24, tzinfo=UTC).weekday() == 1
    deal = await on_shift(town, shift_source="our_shift", fixed_time="", lead_minutes=0)
    await at(town, "24T14:59:00")
    assert await owner(town, deal) == ANNA
    await at(town, "24T15:01:00")
    assert await owner(town, deal) == DMITRY
