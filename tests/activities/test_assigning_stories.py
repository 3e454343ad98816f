"""Who gets a request, played in the portal: the first line, the queue, the load, the head (S0-01 … S3-03)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from core.runs.listing import RunCard
from sandbox.office import Task
from tests.portal_side import ANNA, BOT, CHIEF, DIRECTOR, DMITRY, NEW, SUPPORT, WORK, Deal
from tests.town import Town, told

CODE = "assign_operator"
LINE_QUEUE = (ANNA, DMITRY, CHIEF)


async def arrived(town: Town, *, accepted_by: int = 0, **form: Any) -> Deal:
    """A client wrote; nobody, or somebody, accepted; the deal comes to the robot's stage."""
    await town.place(CODE, **form)
    deal = await town.deal(accepted_by=accepted_by)
    await town.move(deal)
    await town.settle()
    return deal


async def owner(town: Town, deal: Deal) -> int:
    return int((await town.chat(deal))["owner"])


async def returned(town: Town, deal: Deal) -> Any:
    return (await town.process(deal))["returned"]


async def go_home(town: Town, *people: int) -> None:
    for user_id in people:
        await town.workday(user_id, "close")


async def later(town: Town, **time: float) -> None:
    await town.advance(**time)
    await town.settle()


def acting(requests: list[list[str]]) -> list[list[str]]:
    """All requests but the answers to the process (decisions.md 13)."""
    return [methods for methods in requests if "bizproc.event.send" not in methods]


# --- S0-01 … S0-05, S2-03, S2-07, S2-08 -----------------------------------------------------------------------------


async def test_the_first_line_gets_every_message_first(town: Town) -> None:
    """«Ассистент/администратор первым получает все сообщения» (S0-01, S2-03, S2-07)."""
    deal = await arrived(town, pool=[f"user_{SUPPORT}"], strategy="round_robin")
    assert await owner(town, deal) == SUPPORT
    assert (await town.item(deal))["assignedById"] == SUPPORT
    values = await returned(town, deal)
    assert (values["result"], values["assignee"], values["hops"]) == ("done", f"user_{SUPPORT}", 1)
    assert "Сергей Волков: назначаем — рабочий день открыт с 09:00" in values["explain"]
    [note] = await town.notifications(SUPPORT)
    assert "Вам назначен диалог: клиент ждёт ответа" in note["text"]
    assert "Назначаем: Сергей Волков (по очереди)." in told(await town.run())


async def test_an_executor_answers_his_own_clients(town: Town) -> None:
    """«Исполнитель отвечает своим клиентам» (S0-02, S0-03): the owner of the contact goes before the pool."""
    await town.place(CODE, pool=[f"user_{SUPPORT}"])
    deal = await town.deal(accepted_by=0)
    await town.order("items/change", entityTypeId=3, id=deal.contact, fields={"assignedById": DMITRY})
    await town.move(deal)
    await town.settle()
    assert await owner(town, deal) == DMITRY
    assert "ответственный за клиента, не из пула" in (await returned(town, deal))["explain"]


async def test_the_head_distributes_when_there_is_no_assistant(town: Town) -> None:
    """«Если ассистента нет — распределяет руководитель или ответственный за очередь» (S0-04, S0-05)."""
    await go_home(town, SUPPORT)
    deal = await arrived(town, pool=[f"user_{SUPPORT}"], wait_result=True)
    assert (await returned(town, deal))["result"] == "no_candidate"
    assert await owner(town, deal) == CHIEF, "she heads Anna, who is responsible"
    [note] = await town.notifications(CHIEF)
    assert "Распределите его" in note["text"]
    assert "Сергей Волков: не подходит — рабочий день закрыт" in (await returned(town, deal))["explain"]


async def test_pools_by_topic_live_with_us(town: Town) -> None:
    """One channel belongs to one line only, so queues by topic are pools of ours (S2-08)."""
    deal = await arrived(town, pool=["group_d5"], strategy="round_robin")
    assert await owner(town, deal) == SUPPORT


# --- S2-04, S2-05, S3-02, S3-03: in turn, by load, on shift, not too many -------------------------------------------


async def many(town: Town, count: int, **form: Any) -> tuple[list[Deal], list[RunCard]]:
    """So many clients write, and their deals come to the robot's stage at once."""
    await town.place(CODE, stage=WORK, **form)
    deals = [await town.deal(accepted_by=0, client=f"Клиент {number}") for number in range(count)]
    for deal in deals:
        await town.move(deal)
    await town.settle()
    return deals, await town.runs()


async def test_twenty_launches_at_once_never_get_the_same_turn(town: Town) -> None:
    """«Распределение по очереди» (S2-04): parallel launches of one pool of four get five turns each."""
    people = [f"user_{user_id}" for user_id in (*LINE_QUEUE, SUPPORT)]
    deals, runs = await many(town, 20, pool=people, strategy="round_robin")
    assert {card.run.result for card in runs} == {"done"}
    owners = Counter([await owner(town, deal) for deal in deals])
    assert owners == dict.fromkeys((*LINE_QUEUE, SUPPORT), 5)


async def test_launches_at_once_are_spread_by_load_too(town: Town) -> None:
    """What others are just being given weighs, although the portal does not count it yet."""
    people = (DMITRY, CHIEF, SUPPORT)
    deals, _ = await many(town, 9, pool=[f"user_{user_id}" for user_id in people], strategy="least_loaded")
    assert Counter([await owner(town, deal) for deal in deals]) == dict.fromkeys(people, 3)


async def test_whoever_has_tasks_gets_less(town: Town) -> None:
    """«Проверять активные задачи, чтобы не перегружать» (S2-05)."""
    office = town.portal.office
    for number, user_id in enumerate([ANNA, DMITRY] * 3, 1):
        office.tasks[number] = Task(
            number, "Сверка", responsible=user_id, created_by=CHIEF, created_at=town.portal.now()
        )
    deal = await arrived(town, strategy="least_loaded")
    assert await owner(town, deal) == CHIEF
    assert "3 задачи; нагрузка 1.5" in (await returned(town, deal))["explain"]


@pytest.mark.parametrize("state", ["close", "pause", "expire"])
async def test_only_who_is_on_shift_gets_anything(town: Town, state: str) -> None:
    """«Проверка доступности: уволен, отпуск, онлайн» (S3-02)."""
    await town.workday(ANNA, state)
    await town.order("users", id=DMITRY, absent_until="2026-12-01T00:00:00+03:00")
    deal = await arrived(town, strategy="round_robin")
    assert await owner(town, deal) == CHIEF
    explained = (await returned(town, deal))["explain"]
    assert "Анна Смирнова: не подходит — рабочий день" in explained
    assert "Дмитрий Кузнецов: не подходит — отсутствует" in explained


async def test_a_limit_of_dialogs(town: Town) -> None:
    """«Лимит одновременных обращений» (S3-03)."""
    people = [f"user_{user_id}" for user_id in (DMITRY, CHIEF)]
    deals, _ = await many(town, 2, pool=people, strategy="round_robin", max_open=1)
    assert sorted([await owner(town, deal) for deal in deals]) == [CHIEF, DMITRY]
    full = await town.deal(accepted_by=0, client="Четвёртый")
    await town.move(full)
    await town.settle()
    newest = (await town.runs())[0]
    assert newest.run.result == "no_candidate"
    assert "открытых диалогов 1, предел 1" in str(newest.run.output)


# --- S2-06: not accepted in time ------------------------------------------------------------------------------------


async def test_whoever_does_not_answer_loses_it_to_the_next(town: Town) -> None:
    """«Переназначить, если нет ответа за заданное время» (S2-06)."""
    deal = await arrived(town, strategy="round_robin", accept_minutes=10)
    assert await owner(town, deal) == ANNA
    await later(town, minutes=11)
    assert await owner(town, deal) == DMITRY
    await town.employee_says(deal, "Добрый день, смотрю.", by=DMITRY)
    await later(town, minutes=11)
    assert await owner(town, deal) == DMITRY
    values = await returned(town, deal)
    assert (values["result"], values["assignee"], values["hops"]) == ("done", f"user_{DMITRY}", 2)
    assert "Принято: Дмитрий Кузнецов" in told(await town.run())


async def test_a_person_who_takes_it_ends_the_waiting(town: Town) -> None:
    deal = await arrived(town, strategy="round_robin", accept_minutes=10)
    await town.order(f"chats/{deal.chat}/transfer", user_id=ANNA, to_user_id=SUPPORT)
    await later(town, minutes=11)
    assert (await returned(town, deal))["result"] == "cancelled_owner"
    assert await owner(town, deal) == SUPPORT


# --- hands, bots, tokens --------------------------------------------------------------------------------------------


async def test_what_was_taken_by_hand_is_left_alone(town: Town) -> None:
    deal = await arrived(town, accepted_by=SUPPORT)
    assert (await returned(town, deal))["result"] == "skipped_manual"
    assert await owner(town, deal) == SUPPORT
    assert await town.ledger("transfer") == []


async def test_a_bots_dialog_is_fetched(town: Town, requests: list[list[str]]) -> None:
    await town.place(CODE, strategy="round_robin")
    deal = await town.deal(accepted_by=0)
    await town.accept(deal, by=BOT)
    await town.move(deal)
    await town.settle()
    assert await owner(town, deal) == ANNA
    assert (await returned(town, deal))["result"] == "done"
    methods = [method for batch in requests for method in batch]
    assert "imopenlines.bot.session.transfer" in methods
    assert "imopenlines.bot.session.operator" in methods


async def test_the_user_of_the_token_can_be_assigned_too(town: Town) -> None:
    """The portal refuses a transfer to the very user who asks for it (S1-02)."""
    deal = await arrived(town, pool=[f"user_{DIRECTOR}"])
    assert await owner(town, deal) == DIRECTOR
    assert (await returned(town, deal))["result"] == "done"


async def test_whoever_has_it_already_is_not_disturbed(town: Town) -> None:
    deal = await arrived(town, accepted_by=ANNA, respect_manual_minutes=0, pool=[f"user_{ANNA}"])
    assert (await returned(town, deal))["result"] == "done"
    assert await town.notifications(ANNA) == []
    assert await town.ledger("transfer") == []


async def test_a_closed_dialog_is_never_opened_anew(town: Town) -> None:
    await town.place(CODE)
    deal = await town.deal()
    await town.close(deal)
    await town.move(deal)
    await town.settle()
    assert (await returned(town, deal))["result"] == "nothing_to_do"
    assert (await town.chat(deal))["session"]["open"] is False


async def test_the_first_who_opens_the_day_gets_it(town: Town) -> None:
    """«Если никого нет на линии, ничего страшного» (S4-10)."""
    await go_home(town, *LINE_QUEUE)
    deal = await arrived(town, no_candidate="first_open", strategy="round_robin")
    await later(town, minutes=6)
    assert await owner(town, deal) == 0
    lines = len((await town.run()).events)
    await later(town, minutes=5)
    await later(town, minutes=5)
    assert len((await town.run()).events) == lines, "the log does not repeat itself"
    await town.workday(DMITRY, "open")
    await later(town, minutes=5)
    assert await owner(town, deal) == DMITRY
    assert (await returned(town, deal))["result"] == "done"


async def test_a_moved_stage_ends_the_waiting(town: Town) -> None:
    await go_home(town, *LINE_QUEUE)
    deal = await arrived(town, no_candidate="first_open")
    await town.move(deal, NEW)
    await later(town, minutes=70)
    assert (await town.run()).run.result == "cancelled_stage"


# --- trouble --------------------------------------------------------------------------------------------------------


async def test_it_takes_two_looks_and_two_acts(town: Town, requests: list[list[str]]) -> None:
    await arrived(town, strategy="round_robin")
    assert len(acting(requests)) == 4
    assert acting(requests)[2] == ["imopenlines.operator.transfer", "imopenlines.dialog.get"]
    assert acting(requests)[3] == ["im.notify.system.add"], "Anna is responsible already"


async def test_a_refused_transfer_is_tried_the_other_way(town: Town) -> None:
    await town.fault("imopenlines.operator.transfer", "error:OPERATOR_WRONG")
    deal = await arrived(town, strategy="round_robin")
    assert await owner(town, deal) == ANNA
    assert (await returned(town, deal))["result"] == "done"
    assert "Битрикс24 не принял оператора" in told(await town.run())


async def test_a_lost_answer_makes_no_second_transfer(town: Town) -> None:
    await town.fault("imopenlines.operator.transfer", "effect_then_drop")
    deal = await arrived(town, strategy="round_robin")
    await later(town, seconds=6)
    assert await owner(town, deal) == ANNA
    assert len(await town.ledger("transfer")) == 1
    assert (await returned(town, deal))["result"] == "done"


async def test_a_call_delivered_twice_assigns_once(town: Town) -> None:
    await town.switch(deliver_twice=True)
    await arrived(town, strategy="round_robin")
    assert len(await town.ledger("transfer")) == 1
    assert len(await town.runs()) == 1


async def test_two_robots_for_one_dialog(town: Town) -> None:
    await go_home(town, *LINE_QUEUE)
    await town.place(CODE, no_candidate="first_open")
    deal = await town.deal(accepted_by=0)
    await town.move(deal)
    await town.settle()
    other = await town.order(
        "items", entityTypeId=2, title="Вторая", stageId=NEW, assignedById=ANNA, contactIds=[deal.contact]
    )
    await town.order("items/move", entityTypeId=2, id=other["id"], stageId=WORK)
    await town.settle()
    assert [card.run.result for card in await town.runs()] == ["skipped_duplicate", ""]


async def test_a_check_shows_and_does_nothing(town: Town) -> None:
    deal = await arrived(town, mode="dry", strategy="round_robin")
    assert (await returned(town, deal))["result"] == "dry_run"
    assert (await returned(town, deal))["assignee"] == f"user_{ANNA}"
    assert await town.ledger() == []
    assert await town.sql("SELECT version FROM assignment_pointer") == []
    assert "Было бы сделано: диалог передан — Анна Смирнова." in told(await town.run())
