"""Dialogs whose client waits while nobody sees them are found, given to somebody and told of (S4-13)."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest

from core.runs import lookout as module
from core.runs.commands import NotNow
from core.runs.listing import RunCard
from core.runs.lookout import Lookout
from tests.core.runs.hands import retried
from tests.portal_side import ACCOUNTING, ANNA, CHIEF, DEAL, DMITRY, NEW, WAIT, Deal
from tests.town import Town, told


class Watchman(Lookout):
    """The looking of one process, a round at a time; ``rung`` counts the bells."""

    def __init__(self, town: Town) -> None:
        self.rung = 0
        super().__init__(town.base.database, town.base.lanes, town.base.clock, ring=self._hear)

    async def _hear(self) -> None:
        self.rung += 1


async def setting(town: Town, name: str, value: object) -> None:
    sql = """INSERT INTO setting VALUES (:p, :n, :v, 0, 1)
        ON CONFLICT (portal_id, name) DO UPDATE SET value = excluded.value"""
    await town.sql(sql, p=await town.portal_id(), n=name, v=json.dumps(value))
    town.base.lanes.changed(await town.portal_id())


@pytest.fixture
async def watchman(town: Town) -> Watchman:
    """It is Tuesday, noon; the portal wants its dialogs looked after."""
    await town.at("2026-11-24T12:00:00")
    await setting(town, "orphan_detector", True)
    return Watchman(town)


@pytest.fixture
def requests(town: Town) -> list[list[str]]:
    """The methods of every HTTP request to the portal from now on; a batch is one request."""
    seen: list[list[str]] = []

    async def note(methods: list[str]) -> None:
        seen.append(methods)

    town.wire.before = note
    return seen


async def look(town: Town, watchman: Watchman, *, minutes: float = 0) -> None:
    """Let time pass and the interval be over, and look."""
    await town.advance(minutes=minutes)
    await town.sql("UPDATE lookout SET looked_at = 0, due_at = 0")
    await watchman.run_due()
    await town.settle()


async def go_home(town: Town, *people: int) -> None:
    for user_id in people:
        await town.workday(user_id, "close")


async def owner(town: Town, deal: Deal) -> int:
    return int((await town.chat(deal))["owner"])


async def only(town: Town) -> RunCard:
    card = await town.run()
    assert card.line.robot == "orphan_found"
    return card


# --- what is found --------------------------------------------------------------------------------------------------


async def test_the_operator_went_home_and_the_client_waits(town: Town, watchman: Watchman) -> None:
    deal = await town.deal()
    await go_home(town, ANNA)
    await look(town, watchman, minutes=9)
    assert await town.runs() == [], "he has not waited long enough"
    await look(town, watchman, minutes=2)
    assert await owner(town, deal) == DMITRY
    assert (await town.item(deal))["assignedById"] == DMITRY
    card = await only(town)
    assert (card.run.status, card.run.result) == ("done", "done")
    assert "Клиент ждёт, а оператора нет" in told(card)
    assert watchman.rung == 1
    [new], [head] = await town.notifications(DMITRY), await town.notifications(CHIEF)
    assert "Вам назначен диалог, который остался без оператора" in new["text"]
    assert "Теперь его ведёт Дмитрий Кузнецов" in head["text"]
    [former] = await town.notifications(ANNA)
    assert "диалог теперь ведёт Дмитрий Кузнецов" in former["text"]
    assert await town.outbox(deal) == [], "nothing of it reaches the client"


async def test_the_nuance_the_dialog_disappears_for_everyone(town: Town, watchman: Watchman) -> None:
    """«Если клиента так никто и не возьмёт … и клиент напишет снова, то диалог исчезнет у всех операторов»."""
    await town.order("lines", id=ACCOUNTING, check_available=True)
    await town.order("automation", entityTypeId=DEAL, stageId=WAIT, robots=[], triggers=["orphan_found"])
    deal = await town.deal()
    await go_home(town, DMITRY, CHIEF, ANNA)
    assert await owner(town, deal) == 0, "the portal takes it from her by itself"
    await look(town, watchman, minutes=11)
    card = await only(town)
    assert card.run.status == "waiting"
    assert "Клиент ждёт, диалог никто не принял, и в очереди линии никого на смене." in told(card)
    assert "Ждём первого, кто откроет день" in told(card)
    [head] = await town.notifications(CHIEF)
    assert "на смене никого нет" in head["text"]
    assert [one["code"] for one in await town.ledger("trigger")] == ["orphan_found"]
    assert (await town.item(deal))["stageId"] == WAIT

    await town.client_says(deal, "Ау!")
    await look(town, watchman, minutes=20)
    assert len(await town.runs()) == 1, "one run sees to it"
    assert len(await town.notifications(CHIEF)) == 1, "the head is told once"

    await town.workday(DMITRY, "open")
    await town.advance(minutes=6)
    await town.settle()
    assert await owner(town, deal) == DMITRY
    assert (await only(town)).run.result == "done"


async def test_nobody_takes_it_and_the_client_writes_again(town: Town, watchman: Watchman) -> None:
    """Colleagues are there, and the portal may show it to none of them."""
    deal = await town.deal(accepted_by=0)
    await look(town, watchman, minutes=15)
    assert await town.runs() == [], "it is offered to the queue"
    await town.client_says(deal, "Вы тут?")
    await look(town, watchman, minutes=1)
    assert await owner(town, deal) in {ANNA, DMITRY}
    assert "Диалог никто не принял, и клиент написал снова" in told(await only(town))


async def test_whoever_was_named_gets_them(town: Town, watchman: Watchman) -> None:
    await setting(town, "orphan_pool", [f"user_{CHIEF}"])
    await setting(town, "orphan_minutes", 3)
    deal = await town.deal()
    await go_home(town, ANNA)
    await look(town, watchman, minutes=4)
    assert await owner(town, deal) == CHIEF


async def test_the_next_operator_leaves_as_well(town: Town, watchman: Watchman) -> None:
    """The client has waited for two of them by now: it is found again, and the trigger is not fired twice."""
    await setting(town, "orphan_pool", [f"user_{DMITRY}", f"user_{CHIEF}"])
    deal = await town.deal()
    await go_home(town, ANNA, CHIEF)
    await look(town, watchman, minutes=11)
    assert await owner(town, deal) == DMITRY
    await town.workday(CHIEF, "open")
    await go_home(town, DMITRY)
    await look(town, watchman, minutes=11)
    assert await owner(town, deal) == CHIEF
    assert len(await town.runs()) == 2
    assert len(await town.ledger("trigger")) == 1


# --- what is left alone ---------------------------------------------------------------------------------------------


async def test_nothing_is_looked_at_where_nobody_wants_it(town: Town) -> None:
    await town.at("2026-11-24T12:00:00")
    await town.deal()
    await go_home(town, ANNA)
    await town.advance(minutes=30)
    assert await Watchman(town).run_due() == 0


async def test_dialogs_that_are_in_good_hands(town: Town, watchman: Watchman) -> None:
    served = await town.deal()
    answered = await town.deal(client="Пётр Иванов", accepted_by=DMITRY)
    await town.employee_says(answered, "Сделано.", by=DMITRY)
    closed = await town.deal(client="Олег Попов", accepted_by=DMITRY)
    await town.close(closed, by=DMITRY)
    await go_home(town, DMITRY)
    await look(town, watchman, minutes=60)
    assert await town.runs() == []
    assert await owner(town, served) == ANNA
    assert await owner(town, answered) == DMITRY


async def test_nobody_is_woken_at_night(town: Town, watchman: Watchman, requests: list[list[str]]) -> None:
    await town.deal()
    await go_home(town, ANNA)
    await look(town, watchman, minutes=1)
    await town.at("2026-11-24T23:00:00")
    requests.clear()
    await look(town, watchman)
    assert await town.runs() == []
    assert "im.dialog.messages.get" not in {method for methods in requests for method in methods}


async def test_what_was_read_is_not_read_again(town: Town, watchman: Watchman, requests: list[list[str]]) -> None:
    """Only messages of dialogs that may be left alone are read, and only when there are new ones."""
    deal = await town.deal()
    await town.employee_says(deal, "Готово.")
    await town.deal(client="Пётр Иванов", accepted_by=DMITRY)
    await go_home(town, ANNA)
    await look(town, watchman, minutes=1)
    first = [method for methods in requests for method in methods]
    assert first.count("im.dialog.messages.get") == 1
    requests.clear()
    await look(town, watchman, minutes=20)
    again = [method for methods in requests for method in methods]
    assert "im.dialog.messages.get" not in again
    assert len(requests) == 3, "the list, the dialogs, the shifts"


async def test_a_run_that_waits_for_the_end_of_the_shift_sees_to_it_itself(town: Town, watchman: Watchman) -> None:
    await town.place("reassign_shift_end", shift_source="timeman,fixed_time", fixed_time="18:00")
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await go_home(town, ANNA, DMITRY, CHIEF)
    await look(town, watchman, minutes=30)
    assert [card.line.robot for card in await town.runs()] == ["reassign_shift_end"]


async def test_a_check_only_shows(town: Town, watchman: Watchman) -> None:
    await setting(town, "mode", "dry")
    deal = await town.deal()
    await go_home(town, ANNA)
    await look(town, watchman, minutes=11)
    assert await owner(town, deal) == ANNA
    assert await town.ledger("transfer", "notify", "trigger") == []
    card = await only(town)
    assert card.run.result == "dry_run"
    assert "Было бы сделано" in told(card)


# --- one process at a time, and no more than is bearable --------------------------------------------------------------


async def test_two_processes_look_once(any_town: Town) -> None:
    town = any_town
    await town.at("2026-11-24T12:00:00")
    await setting(town, "orphan_detector", True)
    deal = await town.deal()
    await go_home(town, ANNA)
    await town.advance(minutes=11)
    looks = await asyncio.gather(*(Watchman(town).run_due() for _ in range(4)))
    assert sum(looks) == 1
    await town.settle()
    assert len(await town.runs()) == 1
    assert await owner(town, deal) == DMITRY
    await look(town, Watchman(town), minutes=11)
    assert len(await town.runs()) == 1


async def test_what_a_process_left_half_done_is_looked_at_by_another(town: Town, watchman: Watchman) -> None:
    await watchman.run_due()
    far = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000)
    await town.sql("UPDATE lookout SET lease_until = :far, looked_at = 0, due_at = 0", far=far)
    assert await watchman.run_due() == 0
    await town.sql("UPDATE lookout SET lease_until = 1")
    assert await watchman.run_due() == 1


async def test_many_are_dealt_with_by_and_by(town: Town, watchman: Watchman, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.MOST_RUNS == 10
    monkeypatch.setattr(module, "MOST_RUNS", 2)
    for number in range(3):
        await town.deal(client=f"Клиент {number}")
    await go_home(town, ANNA)
    await look(town, watchman, minutes=11)
    assert len(await town.runs()) == 2
    await look(town, watchman, minutes=5)
    assert len(await town.runs()) == 3


async def test_a_look_that_had_to_stop_goes_on_where_it_stopped(town: Town, watchman: Watchman) -> None:
    deal = await town.deal()
    await go_home(town, ANNA)
    await watchman.run_due()
    await town.sql("UPDATE lookout SET after_activity_id = 1000000")
    await look(town, watchman, minutes=11)
    assert await owner(town, deal) == ANNA, "it stands before the place"
    await look(town, watchman, minutes=1)
    assert await owner(town, deal) == DMITRY, "and the next look begins anew"


@pytest.mark.parametrize("fault", ["error:ACCESS_DENIED", "drop_before_effect", "error:INTERNAL_SERVER_ERROR"])
async def test_a_portal_in_trouble_is_looked_at_later(town: Town, watchman: Watchman, fault: str) -> None:
    deal = await town.deal()
    await go_home(town, ANNA)
    await town.fault("crm.activity.list", fault)
    await look(town, watchman, minutes=11)
    assert await owner(town, deal) == ANNA
    await look(town, watchman, minutes=20)
    assert await owner(town, deal) == DMITRY


async def test_it_can_be_repeated_and_owes_nobody_an_answer(town: Town, watchman: Watchman) -> None:
    await town.deal()
    await go_home(town, ANNA)
    await look(town, watchman, minutes=11)
    card = await only(town)
    assert await town.ledger("event.send") == []
    with pytest.raises(NotNow) as refused:
        await retried(town, card, "reply")
    assert refused.value.text.ru == "Этот запуск начали мы сами: отвечать некому."
    await retried(town, card, "start")
    await town.settle()
    assert (await only(town)).run.result == "nothing_to_do"


async def test_somebody_takes_it_meanwhile(town: Town, watchman: Watchman) -> None:
    deal = await town.deal()
    await go_home(town, ANNA)
    await town.advance(minutes=11)
    await watchman.run_due()
    await town.order(f"chats/{deal.chat}/transfer", to_user_id=CHIEF)
    await town.settle()
    assert await owner(town, deal) == CHIEF
    assert (await only(town)).run.result == "nothing_to_do"
    assert (await town.item(deal))["stageId"] == NEW


# --- what may go wrong with the run itself ----------------------------------------------------------------------------


async def found(town: Town, watchman: Watchman) -> Deal:
    """A dialog that nobody sees; the run for it is there and has done nothing yet."""
    deal = await town.deal()
    await go_home(town, ANNA)
    await town.advance(minutes=11)
    await watchman.run_due()
    return deal


async def test_a_lost_answer_makes_no_second_transfer(town: Town, watchman: Watchman) -> None:
    deal = await found(town, watchman)
    await town.fault("imopenlines.operator.transfer", "effect_then_drop")
    await town.settle()
    await town.advance(seconds=6)
    await town.settle()
    assert await owner(town, deal) == DMITRY
    assert len(await town.ledger("transfer")) == 1
    assert len(await town.notifications(CHIEF)) == 1


async def test_a_refused_transfer_goes_the_other_way(town: Town, watchman: Watchman) -> None:
    deal = await found(town, watchman)
    await town.fault("imopenlines.operator.transfer", "error:OPERATOR_WRONG")
    await town.settle()
    assert await owner(town, deal) == DMITRY, "taken first, then handed on"


async def test_what_cannot_be_handed_over_is_the_heads(town: Town, watchman: Watchman) -> None:
    await found(town, watchman)
    await town.fault("imopenlines.operator.transfer", "error:OPERATOR_WRONG", times=5)
    await town.settle()
    assert (await only(town)).run.result == "failed"
    assert "передать его не удалось" in (await town.notifications(CHIEF))[-1]["text"]


@pytest.mark.parametrize("ending", ["closed", "answered", "back"])
async def test_it_ends_by_itself_while_nobody_is_there(town: Town, watchman: Watchman, ending: str) -> None:
    deal = await town.deal()
    await go_home(town, ANNA, DMITRY, CHIEF)
    await look(town, watchman, minutes=11)
    assert (await only(town)).run.status == "waiting"
    match ending:
        case "closed":
            await town.close(deal)
        case "answered":
            await town.employee_says(deal, "Отвечаю из дома: всё готово.")
        case _:
            await town.workday(ANNA, "open")
    await town.advance(minutes=6)
    await town.settle()
    results = {"closed": "cancelled_closed", "answered": "nothing_to_do", "back": "nothing_to_do"}
    assert (await only(town)).run.result == results[ending]
    assert await town.ledger("transfer") == []


async def test_it_does_not_wait_for_ever(town: Town, watchman: Watchman) -> None:
    await town.deal()
    await go_home(town, ANNA, DMITRY, CHIEF)
    await look(town, watchman, minutes=11)
    await town.advance(hours=7 * 24 + 1)
    await town.settle()
    assert (await only(town)).run.result == "expired"
