"""Waiting for a reply: what ends the wait, what does not, and what the process learns (S2-13, S4-14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.effects import FireTrigger
from core.robots import Failed
from tests.activities.scene import CHAT, Scene, minutes_of, returned
from tests.core.dialogs.portal import BOT, CLIENT
from tests.core.robots.office import BORIS
from tests.core.runs.hands import cancelled
from tests.portal_side import ACCOUNTING
from tests.town import Town, told


def scene(**properties: object) -> Scene:
    """A wait that begins on Monday at 15:00, in a dialog where Anna had the last word five minutes ago."""
    it = Scene("wait_reply", dict(properties))
    it.client("Где мой заказ?", at=-10)
    it.human("Уже едет.", at=-5)
    return it


async def answered(it: Scene) -> dict[str, Any]:
    """The process got this, and the run has only its triggers left."""
    wait = await it.waits()
    assert wait.answer is not None
    assert wait.answer.result == "done"
    return returned(wait.answer)


async def test_it_waits_for_the_client_in_working_minutes() -> None:
    it = scene(max_minutes="200")
    wait = await it.waits()
    assert minutes_of(wait.due) == 18 * 60 + 20
    assert wait.watch is not None
    assert wait.watch.chat_id == CHAT
    assert len(wait.counted) == 2
    assert it.last.text.ru == (
        "Ждём ответа до 25 нояб., 09:20: 3 ч 20 мин от 15:00 (3 ч сегодня до 18:00, 20 мин завтра с 09:00)."
    )


async def test_ordinary_minutes() -> None:
    assert minutes_of((await scene(max_minutes="200", count="calendar").waits()).due) == 200


async def test_the_reply_that_comes_goes_to_the_process() -> None:
    it = scene()
    await it.waits()
    it.minute = 30
    it.client("А во сколько приедет?", at=29)
    assert await answered(it) == {
        "replied": True,
        "timed_out": False,
        "message_text": "",
        "message_class": "question",
        "author_id": f"user_{CLIENT}",
        "waited_minutes": 29,
    }
    assert it.last.text.ru.startswith("Процессу отвечено")


async def test_the_text_is_returned_only_where_the_portal_lets_it() -> None:
    it = scene()
    it.keeps_text = True
    it.client("[b]Да[/b], привозите", at=1)
    assert (await answered(it))["message_text"] == "Да , привозите"


async def test_a_reply_between_the_launch_and_the_first_look_counts() -> None:
    it = scene()
    it.minute = 4
    it.client("Хорошо, жду у подъезда", at=2)
    found = await answered(it)
    assert (found["replied"], found["waited_minutes"]) == (True, 2)


async def test_what_was_there_when_the_portal_called_is_no_reply() -> None:
    it = scene()
    it.client("Сообщение, с которого всё началось", at=0)
    await it.waits()


async def test_time_runs_out() -> None:
    it = scene(max_minutes="30")
    await it.waits_until(30)
    done = await it.done()
    assert done.result == "done"
    assert returned(done)["timed_out"] is True
    assert returned(done)["replied"] is False
    assert returned(done)["waited_minutes"] == 30
    assert it.last.text.ru == "Ответа не было 30 минут рабочего времени."


async def test_from_the_last_message_time_has_passed_already() -> None:
    it = scene(max_minutes="30", **{"from": "last_message"})
    await it.waits_until(25)
    assert returned(await it.done())["waited_minutes"] == 30


async def test_from_the_last_message_may_be_over_at_once() -> None:
    done = await scene(max_minutes="5", **{"from": "last_message"}).done()
    assert returned(done)["timed_out"] is True


async def test_from_the_last_message_without_one_is_from_now() -> None:
    it = Scene("wait_reply", {"from": "last_message", "max_minutes": "10"})
    assert minutes_of((await it.waits()).due) == 10


NO_REPLY: list[tuple[str, dict[str, object], Callable[[Scene], object]]] = [
    ("thanks", {}, lambda it: it.client("Спасибо!", at=1)),
    ("an emoji of thanks", {}, lambda it: it.client("🙏", at=1)),
    ("an employee, while the client is awaited", {}, lambda it: it.human("Ещё минуту", at=1)),
    ("the client, while an employee is awaited", {"wait_for": "us_human"}, lambda it: it.client("Ау?", at=1)),
    ("a bot, while an employee is awaited", {"wait_for": "us_human"}, lambda it: it.human("Я бот", by=BOT, at=1)),
    ("a vote", {}, lambda it: it.client("[like]1[/like]", at=1)),
    ("an echo of what an employee wrote", {}, lambda it: it.client("=== Исходящее сообщение\nЕдет", at=1)),
    ("a deleted message", {}, lambda it: it.client("Ой", at=1, IS_DELETED="Y")),
    ("other words", {"match": "оплат*, счёт"}, lambda it: it.client("Где заказ?", at=1)),
    ("another pattern", {"match": r"re:^\d{6}$"}, lambda it: it.client("12345", at=1)),
    (
        "a whisper",
        {"wait_for": "any"},
        lambda it: it.human("Кто возьмёт?", at=1, COMPONENT_ID="HiddenMessage"),
    ),
]


@pytest.mark.parametrize(("what", "form", "happens"), NO_REPLY, ids=[row[0] for row in NO_REPLY])
async def test_no_reply(what: str, form: dict[str, object], happens: Callable[[Scene], object]) -> None:
    it = scene(**form)
    happens(it)
    it.minute = 2
    wait = await it.waits()
    assert wait.answer is None


REPLIES: list[tuple[str, dict[str, object], Callable[[Scene], object], str]] = [
    ("thanks, where they count", {"ignore_gratitude": "N"}, lambda it: it.client("Спасибо!", at=1), "gratitude"),
    ("thanks that ask", {}, lambda it: it.client("Спасибо! А когда?", at=1), "question"),
    ("an employee", {"wait_for": "us_human"}, lambda it: it.human("Нашёл.", by=BORIS, at=1), "other"),
    ("either: the client", {"wait_for": "any"}, lambda it: it.client("Ау?", at=1), "question"),
    ("either: an employee", {"wait_for": "any"}, lambda it: it.human("Нашёл.", at=1), "other"),
    ("a file", {}, lambda it: it.client("", at=1, FILE_ID=[5]), "file"),
    ("a number", {}, lambda it: it.client("123 456", at=1), "number"),
    ("a solution", {}, lambda it: it.client("Всё получили, вопрос решён", at=1), "confirmation"),
    ("the word", {"match": "оплат*, счёт"}, lambda it: it.client("Мы оплатили", at=1), "other"),
    ("the pattern", {"match": r"re:^\d{6}$"}, lambda it: it.client("123456", at=1), "number"),
    ("thanks, when they are the word", {"match": "спасибо"}, lambda it: it.client("Спасибо", at=1), "gratitude"),
]


@pytest.mark.parametrize(("what", "form", "happens", "kind"), REPLIES, ids=[row[0] for row in REPLIES])
async def test_replies(what: str, form: dict[str, object], happens: Callable[[Scene], object], kind: str) -> None:
    it = scene(**form)
    happens(it)
    it.minute = 2
    assert (await answered(it))["message_class"] == kind


async def test_the_first_of_several_replies_counts() -> None:
    it = scene()
    it.client("Спасибо", at=1)
    it.client("А курьер позвонит?", at=2)
    it.client("И когда?", at=3)
    it.minute = 4
    assert (await answered(it))["waited_minutes"] == 2


async def test_an_edited_message_counts_once() -> None:
    it = scene(match="оплат*")
    number = it.client("Где заказ?", at=1)
    it.minute = 2
    await it.waits()
    for message in it.office.messages[CHAT]:
        if message["id"] == number:
            message["text"] = "Мы оплатили"
    assert (await answered(it))["waited_minutes"] == 1


async def test_a_long_text_is_cut() -> None:
    it = scene()
    it.keeps_text = True
    it.client("а" * 9000, at=1)
    assert len((await answered(it))["message_text"]) == 4000


async def test_no_minutes_are_over_at_once() -> None:
    done = await scene(max_minutes="0").done()
    assert (returned(done)["timed_out"], returned(done)["waited_minutes"]) == (True, 0)


async def test_a_reply_that_we_see_late_is_a_reply() -> None:
    """The worker slept through the end of the wait; that the client wrote is what the process needs to know."""
    it = scene(max_minutes="30")
    await it.waits()
    it.minute = 50
    it.client("Так когда?", at=40)
    found = await answered(it)
    assert (found["replied"], found["timed_out"], found["waited_minutes"]) == (True, False, 40)


async def test_a_reply_outside_of_working_time_has_cost_none_of_it() -> None:
    it = scene(max_minutes="600")
    await it.waits()
    it.minute = 5 * 60
    it.client("А вечером привезёте?", at=4 * 60)
    assert (await answered(it))["waited_minutes"] == 3 * 60, "the office closed at 18:00"


async def test_an_old_message_edited_later_is_no_reply() -> None:
    it = scene()
    it.office.messages[CHAT][1]["text"] = "Где мой заказ № 17?"
    await it.waits()


async def test_closing_ends_the_wait() -> None:
    it = scene()
    await it.waits()
    it.close()
    done = await it.done()
    assert done.result == "cancelled_closed"
    assert returned(done)["replied"] is False


async def test_a_reply_wins_over_a_closing_of_the_same_minute() -> None:
    it = scene()
    await it.waits()
    it.client("Верните деньги", at=1)
    it.close()
    it.minute = 2
    assert (await answered(it))["replied"] is True


async def test_a_new_session_that_the_client_began_is_his_reply() -> None:
    it = scene()
    await it.waits()
    it.close()
    it.data(5, "344")
    it.client("Я передумал", at=3)
    it.minute = 4
    assert (await answered(it))["replied"] is True


async def test_a_new_session_is_not_the_one_that_an_employee_was_awaited_in() -> None:
    it = scene(wait_for="us_human")
    await it.waits()
    it.close()
    it.data(5, "344")
    it.client("Я передумал", at=3)
    assert (await it.done()).result == "cancelled_closed"


async def test_a_wait_that_outlives_the_run_is_refused_at_once() -> None:
    it = scene(max_minutes="20000")
    assert isinstance(await it.run(), Failed)
    assert "дольше 30 дней робот не ждёт" in it.last.text.ru


# --- triggers ---------------------------------------------------------------------------------------------------


def codes(it: Scene) -> list[str]:
    return [effect.code for effect in it.effects if isinstance(effect, FireTrigger)]


async def test_triggers_fire_when_the_process_has_gone_on() -> None:
    it = scene()
    it.client("А когда?", at=1)
    it.minute = 2
    wait = await it.waits()
    assert wait.due == it.now + timedelta(seconds=75)
    assert it.acts == []
    it.minute = 4
    done = await it.done()
    assert codes(it) == ["client_wrote"]
    assert returned(done)["replied"] is True
    assert it.checks == ["Триггер «Клиент написал»"]


TOLD: list[tuple[dict[str, object], Callable[[Scene], object], list[str]]] = [
    ({}, lambda it: it.client("А когда?", at=1), ["client_wrote"]),
    ({"ignore_gratitude": "N"}, lambda it: it.client("Спасибо", at=1), ["client_thanked"]),
    ({}, lambda it: it.client("Всё решено, вопрос закрыт", at=1), ["client_confirmed"]),
    ({"wait_for": "us_human"}, lambda it: it.human("Нашёл", at=1), ["we_replied"]),
]


@pytest.mark.parametrize(("form", "happens", "fired"), TOLD)
async def test_what_the_pipeline_is_told(
    form: dict[str, object], happens: Callable[[Scene], object], fired: list[str]
) -> None:
    it = scene(**form)
    it.answered = True
    happens(it)
    it.minute = 2
    await it.done()
    assert codes(it) == fired


async def test_a_check_fires_nothing_and_waits_for_nobody() -> None:
    it = scene()
    it.dry = True
    it.client("А когда?", at=1)
    it.minute = 2
    assert returned(await it.done())["replied"] is True


async def test_an_answer_to_two_messages_is_told_once() -> None:
    it = scene(wait_for="us_human")
    first = it.client("Где?", at=1)
    it.client("Ау", at=2)
    it.human("Нашёл", at=3)
    it.minute, it.answered = 4, True
    await it.done()
    [effect] = it.effects
    assert effect.once.endswith(f"episode|343|{first}")


REJECTED: list[tuple[dict[str, object], str]] = [
    ({"max_minutes": "43201"}, "«Ждать не дольше, минут»: нужно целое число от 0 до 43200."),
    ({"match": "re:("}, "«Слова в ответе», строка 1: такое выражение не подходит"),
    ({"from": "yesterday"}, "«Считать»: нет такого варианта"),
    ({"wait_for": "user_7"}, "«Чьего ответа ждать»: нет такого варианта"),
]


@pytest.mark.parametrize(("properties", "ru"), REJECTED)
def test_what_cannot_work_is_refused_with_a_word(properties: dict[str, object], ru: str) -> None:
    said = Scene("wait_reply").robot.check(properties)
    assert said is not None
    assert said.ru.startswith(ru)
    assert said.en


async def test_each_look_is_one_request() -> None:
    it = scene()
    await it.waits()
    assert it.office.requests == 1
    it.minute = 3
    await it.waits()
    assert it.office.requests == 2


# --- in the portal ----------------------------------------------------------------------------------------------


async def test_the_process_goes_on_when_the_client_answers(town: Town) -> None:
    """«Статусы: ждём клиента …» (S2-13): the process stands until he writes, and then goes on."""
    await town.place("wait_reply", max_minutes=60, wait_result=True)
    deal = await town.deal()
    await town.employee_says(deal, "Пришлите, пожалуйста, договор.")
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    assert (await town.process(deal))["returned"] == {}
    await town.advance(minutes=5)
    await town.client_says(deal, "Отправил, проверьте")
    await town.advance(minutes=60)
    await town.settle()
    found = (await town.process(deal))["returned"]
    assert (found["replied"], found["timed_out"], found["message_class"]) == ("Y", "N", "other")
    assert found["message_text"] == ""


async def test_time_runs_out_in_the_portal(town: Town) -> None:
    await town.place("wait_reply", max_minutes=60, wait_result=True)
    deal = await town.deal()
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    await town.advance(minutes=61)
    await town.settle()
    found = (await town.process(deal))["returned"]
    assert (found["replied"], found["timed_out"], found["result"]) == ("N", "Y", "done")
    assert await town.outbox(deal) == []


async def test_the_longest_wait_ends_by_itself(town: Town) -> None:
    """Thirty days are a wait that ran out, and no run that was given up."""
    await town.place("wait_reply", max_minutes=30 * 24 * 60, count="calendar", wait_result=True)
    await town.order("lines", id=ACCOUNTING, auto_close_seconds=60 * 24 * 3600)
    deal = await town.deal()
    await town.employee_says(deal, "Пришлите, пожалуйста, договор.")
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    await town.advance(hours=30 * 24, minutes=1)
    await town.settle()
    found = (await town.process(deal))["returned"]
    assert (found["result"], found["timed_out"]) == ("done", "Y")


async def test_a_person_stops_the_wait(town: Town) -> None:
    await town.place("wait_reply", max_minutes=60, wait_result=True)
    deal = await town.deal()
    await town.move(deal)
    await town.settle()
    await cancelled(town, await town.run())
    await town.settle()
    found = (await town.process(deal))["returned"]
    assert found["result"] == "cancelled_user"


async def test_the_stage_follows_the_dialog(town: Town) -> None:
    """«Работа должна идти и в чатах, и в воронке» (S4-14): the client writes, and the deal moves by itself, once."""
    await town.place("wait_reply", max_minutes=60, wait_result=True)
    await town.order("automation", entityTypeId=2, stageId="C3:WAIT", robots=[], triggers=["client_wrote"])
    deal = await town.deal()
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    await town.client_says(deal, "Есть новости?")
    await town.advance(minutes=61)
    await town.settle()
    card = await town.run()
    assert (await town.process(deal))["returned"]["replied"] == "Y", "the process got its answer before the move"
    assert (await town.item(deal))["stageId"] == "C3:WORK"
    await town.advance(seconds=80)
    await town.settle()
    card = await town.run()
    assert (await town.item(deal))["stageId"] == "C3:WAIT"
    assert card.run.result == "done"
    assert [one["kind"] for one in await town.ledger()] == ["trigger"]
    await town.move(deal, "C3:NEW")
    await town.move(deal)
    await town.settle()
    assert "триггер" in told(card)


async def test_a_loop_is_broken(town: Town) -> None:
    """The trigger moves the deal back onto the stage of the robot: the same episode fires it no more."""
    await town.place("wait_reply", max_minutes=60, wait_for="us_human", wait_result=False)
    await town.order("automation", entityTypeId=2, stageId="C3:WAIT", robots=[], triggers=["we_replied"])
    deal = await town.deal()
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    await town.employee_says(deal, "Смотрю")
    await town.advance(minutes=61)
    await town.settle()
    assert (await town.item(deal))["stageId"] == "C3:WAIT"
    await town.move(deal)
    await town.settle()
    await town.employee_says(deal, "Ещё смотрю")
    await town.advance(minutes=61)
    await town.settle()
    assert (await town.item(deal))["stageId"] == "C3:WORK", "the second answer belongs to the same question"
    assert len(await town.ledger("trigger")) == 1
    newest = (await town.runs())[0]
    assert "второй раз не нужно" in told(newest)


async def test_stages_and_dialog_follow_each_other_both_ways(town: Town) -> None:
    """«Статусы: в работе / ждём клиента» (S2-13, S4-14): our answer moves the deal on, the client's moves it back."""
    await town.place("wait_reply", stage="C3:WORK", wait_for="us_human", max_minutes=600, wait_result=False)
    for stage, trigger in (("C3:WAIT", "we_replied"), ("C3:WORK", {"code": "client_wrote", "backwards": True})):
        standing = {
            "C3:WAIT": {"code": "wait_reply", "properties": {"max_minutes": "600", "wait_result": "N"}},
            "C3:WORK": {
                "code": "wait_reply",
                "properties": {"wait_for": "us_human", "max_minutes": "600", "wait_result": "N"},
            },
        }[stage]
        await town.order("automation", entityTypeId=2, stageId=stage, robots=[standing], triggers=[trigger])
    deal = await town.deal(says="Где мой расчёт?")
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    for says, stage in (("Считаем, пришлём.", "C3:WAIT"), ("А к пятнице успеете?", "C3:WORK")) * 2:
        await town.advance(minutes=2)
        if stage == "C3:WAIT":
            await town.employee_says(deal, says)
        else:
            await town.client_says(deal, says)
        await town.advance(hours=11)
        await town.settle()
        assert (await town.item(deal))["stageId"] == stage
    assert len(await town.ledger("trigger")) == 4
