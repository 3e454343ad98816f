"""The escalation: when it starts, how it counts, what stops it, how it ends."""

from __future__ import annotations

import pytest

from core.bitrix24.documents import Item
from core.robots import Done, Failed, Next, WaitUntil, Watch
from core.texts.text import Text
from tests.activities.escalation import CLOSES, HEAD, OPENS, scene
from tests.activities.scene import (
    CHAT,
    LINE,
    OUR_DEAL,
    SESSION,
    NoDialogHere,
    Scene,
    confirmed,
    minutes_of,
    refused,
    returned,
    to_whom,
)
from tests.core.dialogs.portal import ANNA, BOT, Session
from tests.core.robots.office import GLEB, VERA

# --- the start --------------------------------------------------------------------------------------------------


async def test_a_client_who_waits_is_waited_for() -> None:
    it = scene()
    wait = await it.waits()
    assert minutes_of(wait.due) == 15
    assert wait.watch == Watch(CHAT, 1_777_002)
    assert [(minutes_of(a), minutes_of(b)) for a, b in wait.counted] == [(0, 15)]
    assert it.last.text == Text(
        "Клиент ждёт ответа с 15:00: без ответа 1 сообщение. "
        "Уровень 1 из 1 сработает в 15:15: 15 минут от 15:00 (15 мин сегодня с 15:00 до 15:15).",
        "The client has waited for an answer since 15:00: 1 message unanswered. "
        "Level 1 of 1 fires at 15:15: 15 minutes from 15:00 (15 min today from 15:00 to 15:15).",
    )
    assert it.office.requests == 1


async def test_a_level_that_is_overdue_says_when_it_was_due() -> None:
    it = scene()
    it.minute = 40
    wait = await it.waits()
    assert minutes_of(wait.due) == 40
    assert wait.counted == ()
    assert "Уровень 1 из 1 сработает сразу: 15 минут от 15:00 истекли в 15:15." in it.last.text.ru


async def test_the_evening_goes_on_in_the_morning() -> None:
    """Two minutes today, the rest tomorrow (robots.md R3, edge)."""
    it = scene(after_minutes="15")
    it.office.messages[CHAT].clear()
    it.office.begin(CHAT)
    it.client(at=CLOSES - 2)
    it.minute = CLOSES - 1
    wait = await it.waits()
    assert minutes_of(wait.due) == OPENS + 13
    assert len(wait.counted) == 2
    assert "2 мин сегодня до 18:00, 13 мин завтра с 09:00" in it.last.text.ru
    assert "2 min today until 18:00, 13 min tomorrow from 09:00" in it.last.text.en


async def test_around_the_clock_nobody_speaks_of_working_time() -> None:
    it = scene(calendar="always", after_minutes="20", quiet_hours="N")
    await it.waits_until(20)
    await it.done()
    assert "рабочего" not in str([reason.text.ru for _, reason in it.told])


NOT_WAITING = [
    ("nobody wrote", []),
    ("we answered", ["C Где заказ?", "H Уже едет"]),
    ("thanks is no question", ["C Где заказ?", "H Уже едет", "C Спасибо большое!"]),
    ("thanks with a face", ["H Готово", "C 🙏"]),
]


@pytest.mark.parametrize(("why", "talk"), NOT_WAITING, ids=[row[0] for row in NOT_WAITING])
async def test_who_does_not_wait_is_left_alone(why: str, talk: list[str]) -> None:
    it = Scene("escalate_no_reply")
    for number, line in enumerate(talk):
        say = it.client if line.startswith("C") else it.human
        say(line[2:], at=-10 + number)
    done = await it.done()
    assert done.result == "nothing_to_do"
    assert it.acts == []


async def test_a_closed_dialog_is_nothing_to_do() -> None:
    it = scene()
    it.close()
    assert (await it.done()).result == "nothing_to_do"
    assert it.last.text.ru == "Диалог закрыт."


async def test_no_dialog_is_the_engines_answer() -> None:
    it = scene()
    it.office.sessions.clear()
    with pytest.raises(NoDialogHere):
        await it.run()


async def test_a_dialog_on_the_contact_is_found() -> None:
    it = scene()
    it.office.sessions[:] = [Session(SESSION, CHAT, (Item(3, 5),))]
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects) == HEAD


NO_ANSWERS = [
    ("hidden", {"by": ANNA, "COMPONENT_ID": "HiddenMessage"}),
    ("a note for staff", {"by": ANNA, "CLASS": "bx-messenger-content-item-system"}),
    ("the system", {"by": 0}),
    ("an automatic text", {"by": 0, "CLASS": "bx-messenger-content-item-ol-output"}),
    ("a bot", {"by": BOT}),
    ("deleted", {"by": ANNA, "IS_DELETED": "Y"}),
]


@pytest.mark.parametrize(("why", "message"), NO_ANSWERS, ids=[row[0] for row in NO_ANSWERS])
async def test_what_is_no_answer(why: str, message: dict[str, object]) -> None:
    it = scene()
    await it.waits()
    it.minute = 5
    it.human(**message)  # type: ignore[arg-type]  # a table of what the wire may hold
    it.minute = 15
    done = await it.done()
    assert done.result == "done"
    assert to_whom(it.effects) == HEAD


# --- counting ---------------------------------------------------------------------------------------------------


async def test_counting_from_the_start_of_the_robot() -> None:
    it = scene(count_from="robot_start")
    await it.waits_until(16)


async def test_counting_from_the_start_never_before_the_message() -> None:
    it = scene(count_from="robot_start", if_not_waiting="arm")
    it.human(at=1)
    await it.waits()
    it.minute = 30
    it.client(at=30)
    await it.waits_until(45)


async def test_several_messages_are_one_wait_from_the_first() -> None:
    it = scene()
    it.client("Ау?", at=0.5)
    await it.waits_until(15)


async def test_a_line_that_never_opens_fails_in_words() -> None:
    it = scene()
    it.office.lines[LINE] |= {"WORKTIME_FROM": "18", "WORKTIME_TO": "9"}
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert it.last.text.ru.startswith("Впереди нет рабочего времени")


# --- what stops it ----------------------------------------------------------------------------------------------


async def test_a_human_reply_cancels_and_is_named() -> None:
    it = scene()
    await it.waits()
    it.minute = 6
    number = it.human("Уже едет")
    done = await it.done()
    assert done.result == "cancelled_reply"
    assert it.last.text == Text(
        f"Клиенту ответили. Анна Петрова, 15:06 (сообщение №{number}), через 6 минут рабочего времени.",
        f"The client was answered. Анна Петрова, 15:06 (message {number}), after 6 minutes of working time.",
    )
    assert returned(done) == {
        "answered": True,
        "answered_by": f"user_{ANNA}",
        "answer_minutes": 6,
        "level_reached": 0,
        "final_owner": f"user_{ANNA}",
    }
    assert it.acts == []


async def test_anybody_of_us_may_answer() -> None:
    it = scene()
    await it.waits()
    it.human(by=GLEB, at=7)
    it.minute = 15
    assert returned(await it.done())["answered_by"] == f"user_{GLEB}"


async def test_a_reply_and_then_another_question() -> None:
    """The wait it was armed for is over; a new one is another run's."""
    it = scene()
    await it.waits()
    it.human(at=5)
    it.client("А когда?", at=6)
    it.minute = 15
    assert (await it.done()).result == "cancelled_reply"


async def test_closed_meanwhile() -> None:
    it = scene()
    await it.waits()
    it.close()
    it.minute = 15
    assert (await it.done()).result == "cancelled_closed"
    assert it.acts == []


async def test_another_session_meanwhile() -> None:
    it = scene()
    await it.waits()
    it.data(5, "344")
    it.office.sessions.append(Session(344, CHAT, (OUR_DEAL,)))
    it.minute = 15
    assert (await it.done()).result == "cancelled_closed"


async def test_superseded_by_a_wait_for_something_else() -> None:
    it = scene()
    await it.waits()
    it.client("И ещё вопрос", at=10)
    it.office.messages[CHAT][1]["params"] = {"IS_DELETED": "Y"}
    it.minute = 15
    assert (await it.done()).result == "superseded"


async def test_nothing_is_asked_any_more() -> None:
    it = scene()
    await it.waits()
    it.office.messages[CHAT][1]["params"] = {"IS_DELETED": "Y"}
    it.minute = 15
    assert (await it.done()).result == "nothing_to_do"


async def test_an_early_wake_waits_on() -> None:
    it = scene()
    first = await it.waits()
    it.minute = 4
    it.client("Вы здесь?")
    again = await it.waits()
    assert again.due == first.due
    assert again.watch != first.watch
    assert it.office.requests == 2
    assert it.acts == []


async def test_a_line_with_other_hours_is_counted_anew() -> None:
    it = scene(after_minutes="60")
    await it.waits_until(60)
    it.lines.clear()
    it.office.lines[LINE] |= {"WORKTIME_TO": "15.30"}
    await it.waits_until(18 * 60 + 30)


# --- arming -----------------------------------------------------------------------------------------------------


async def test_armed_until_the_client_writes() -> None:
    it = Scene("escalate_no_reply", {"if_not_waiting": "arm"})
    it.human("Здравствуйте", at=-5)
    wait = await it.waits()
    assert minutes_of(wait.due) == 14 * 24 * 60
    assert wait.watch is not None
    assert it.last.text.ru.endswith("Ждём, пока напишет.")
    it.minute = 20
    it.client("Где заказ?")
    await it.waits_until(35)
    await it.done()
    assert to_whom(it.effects) == HEAD


async def test_armed_and_he_only_thanks() -> None:
    it = Scene("escalate_no_reply", {"if_not_waiting": "arm"})
    it.human("Готово", at=-5)
    first = await it.waits()
    it.minute = 5
    it.client("Спасибо")
    assert (await it.waits()).due == first.due


async def test_armed_and_he_never_writes() -> None:
    it = Scene("escalate_no_reply", {"if_not_waiting": "arm"})
    it.human("Готово", at=-5)
    it.minute = minutes_of((await it.waits()).due)
    done = await it.done()
    assert done.result == "nothing_to_do"
    assert it.last.text.ru == "Клиент не написал за две недели."


async def test_armed_and_closed() -> None:
    it = Scene("escalate_no_reply", {"if_not_waiting": "arm"})
    it.human("Готово", at=-5)
    await it.waits()
    it.close()
    assert (await it.done()).result == "cancelled_closed"


# --- whose answer counts ----------------------------------------------------------------------------------------


async def test_a_robots_answer_counts_where_it_is_told_to() -> None:
    it = scene(who_counts="human_or_robot")
    await it.waits()
    it.human(by=BOT, at=5)
    it.minute = 15
    done = await it.done()
    assert done.result == "cancelled_reply"
    assert returned(done)["answered_by"] == f"user_{BOT}"


async def test_a_robot_that_answered_before_is_nothing_to_do() -> None:
    it = scene(who_counts="human_or_robot")
    it.human(by=BOT, at=0.5)
    assert (await it.done()).result == "nothing_to_do"


async def test_after_a_robots_answer_the_next_question_is_counted() -> None:
    it = scene(who_counts="human_or_robot")
    it.human(by=BOT, at=0.2)
    it.client("Это не то", at=0.5)
    await it.waits_until(15.5)


# --- how it ends ------------------------------------------------------------------------------------------------


async def test_everything_was_refused() -> None:
    it = scene()
    it.ends["notify_staff"] = refused("notify_staff")
    await it.waits_until(15)
    done = await it.done()
    assert done.result == "failed"
    assert it.last.text.ru == "Битрикс24 отказал во всех действиях уровня."


async def test_a_part_was_refused() -> None:
    it = scene(levels="15: add head, notify head")
    it.ends["add_to_chat"] = refused("add_to_chat")
    await it.waits_until(15)
    assert (await it.done()).result == "done"
    assert [check.passed for check in it.last.checks] == [False, True]


async def test_a_check_says_what_would_have_been() -> None:
    it = scene()
    it.dry = True
    await it.waits_until(15)
    done = await it.done()
    assert done.result == "done", "the engine makes it dry_run"
    assert it.last.text.ru == "Проверка: сработало бы уровней: 1; сообщили бы: Пётр Главный."


# --- the price --------------------------------------------------------------------------------------------------


async def test_a_level_costs_one_look_with_the_people_beside_it() -> None:
    """Reads of one moment share an HTTP request; nothing is read after the act (decisions.md 13)."""
    it = scene(levels="15: notify user:31\n30: notify head")
    await it.waits()
    assert it.office.requests == 1
    it.minute = 15
    await it.waits()
    assert it.office.requests == 3
    it.minute = 30
    await it.done()
    assert it.office.requests == 6


async def test_people_are_read_anew_when_others_stand_around() -> None:
    it = scene(levels="15: notify owner")
    await it.waits()
    it.accept(VERA)
    it.minute = 15
    await it.done()
    assert to_whom(it.effects) == [("notify_staff", VERA)]
    assert it.office.requests == 4


# --- refused at launch ------------------------------------------------------------------------------------------

REJECTED: list[tuple[dict[str, object], str]] = [
    ({"levels": "15: shout"}, "«Уровни», строка 1: непонятное действие «shout»."),
    ({"levels": "15: notify owner\nchaos"}, "«Уровни», строка 2: нужно «минуты: действие, действие»."),
    ({"client_text": "{clinet.name}"}, "«Текст клиенту»: нет такой подстановки: {clinet.name}."),
    ({"client_text": "x" * 20_001}, "«Текст клиенту»: больше 20 000 знаков отправить нельзя."),
    (
        {"calendar_name": "Наш график"},
        "«Свой график (код)»: нужен код графика из настроек Дежурного, например support.",
    ),
    ({"line_ids": "first"}, "«Только линии»: нужны номера линий через запятую, например 1, 4."),
    ({"after_minutes": "-1"}, "«Через сколько рабочих минут»: нужно целое число от 0 до 525600."),
    ({"repeat_last_level": "soon"}, "«Повторять последний уровень, минут»: нужно целое число от 0 до 525600."),
]


@pytest.mark.parametrize(("properties", "ru"), REJECTED, ids=[next(iter(row[0])) for row in REJECTED])
def test_what_cannot_work_is_refused_with_a_word(properties: dict[str, object], ru: str) -> None:
    said = Scene("escalate_no_reply").robot.check(properties)
    assert said is not None
    assert said.ru == ru
    assert said.en
    assert said.en != said.ru


async def test_a_step_is_found_by_its_stored_name() -> None:
    it = scene(levels="15: notify owner\n30: notify head")
    it.office.staff[ANNA].workday = "CLOSED"
    await it.waits_until(15)
    outcome = await it.once()
    assert isinstance(outcome, Next)
    assert not isinstance(outcome, WaitUntil | Done)
    assert it.robot.steps.keys() == {"arm", "fire", "after"}


# --- counting from the assignment -------------------------------------------------------------------------------


async def test_counting_from_the_assignment_begins_anew_with_a_new_operator() -> None:
    """The operator's own time; the client's goes on where ``count_from`` is the message."""
    it = scene(count_from="assignment", levels="15: notify owner\n30: notify head")
    await it.waits_until(16)
    await it.waits_until(31)
    it.minute = 20
    it.accept(VERA)
    await it.waits_until(35)
    assert it.last.text.ru.startswith("У диалога новый оператор, время пошло заново.")
    await it.waits_until(50)
    assert to_whom(it.effects) == [("notify_staff", VERA)], "the first level is hers again"


async def test_with_nobody_assigned_the_message_counts() -> None:
    it = scene(count_from="assignment")
    it.accept(0)
    await it.waits_until(15)
    it.minute = 5
    it.accept(ANNA)
    await it.waits_until(20)


async def test_whoever_got_it_from_us_goes_on_in_our_chain() -> None:
    it = scene(count_from="assignment", levels="15: reassign pool=user:33\n30: notify head")
    await it.waits_until(16)
    it.ends["transfer_dialog"] = confirmed("transfer_dialog", {"owner": VERA})
    await it.waits_until(31)
    it.accept(VERA)
    await it.done()
    assert to_whom(it.effects) == HEAD


async def test_another_operator_does_not_stop_the_clients_clock() -> None:
    it = scene(levels="15: notify owner\n30: notify head")
    await it.waits_until(15)
    it.minute = 10
    it.accept(VERA)
    await it.waits_until(15)


async def test_an_answer_at_once_is_less_than_a_minute_away() -> None:
    it = scene()
    await it.waits()
    it.minute = 0.9
    it.human("Уже смотрю", at=0.5)
    done = await it.done()
    assert done.result == "cancelled_reply"
    assert it.last.text.ru.endswith(", меньше чем через минуту.")
