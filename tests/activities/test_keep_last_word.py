"""The last word is ours: thanks are answered after a pause, questions are never taken for thanks (S0-15, S0-16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.effects import FireTrigger, NotifyStaff, SendAsOperator, SendAutomatic
from tests.activities.scene import CHAT, Scene, kinds, minutes_of, refused, returned
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import BORIS, CHIEF, VERA
from tests.portal_side import Deal
from tests.town import Town, told

MONTH = 30 * 24 * 60


def scene(*, answered: bool = True, **properties: object) -> Scene:
    """Anna answered a question; the robot has watched since Monday, 15:00, and its process has gone on."""
    it = Scene("keep_last_word", dict(properties))
    it.answered = answered
    it.client("Когда будет отчёт?", at=-10)
    it.human("Сегодня к вечеру.", at=-5)
    return it


def said(it: Scene) -> list[str]:
    return [effect.text for act in it.acts for effect in act if isinstance(effect, SendAsOperator | SendAutomatic)]


async def sleeps(it: Scene) -> None:
    """Nothing to do but to watch until the end."""
    wait = await it.waits()
    assert minutes_of(wait.due) == MONTH
    assert wait.watch is not None


async def test_a_handshake_after_the_pause() -> None:
    it = scene()
    await sleeps(it)
    it.minute = 2
    it.client("Хорошо, спасибо", at=1)
    await it.waits_until(11)
    assert said(it) == []
    it.human("🤝", at=11)
    it.office.messages[CHAT].pop()
    await it.waits()
    [message, trigger] = it.effects
    assert isinstance(message, SendAsOperator)
    assert (message.user_id, message.text, message.once) == (ANNA, "🤝", f"ack|{CHAT}|{_last(it)}")
    assert isinstance(trigger, FireTrigger)
    assert trigger.code == "client_thanked"


def _last(it: Scene) -> int:
    number = it.office.messages[CHAT][-1]["id"]
    assert isinstance(number, int)
    return number


async def test_a_human_who_finds_the_time_keeps_us_silent() -> None:
    it = scene()
    it.client("Спасибо!", at=1)
    it.minute = 2
    await it.waits_until(11)
    it.human("Обращайтесь!", at=10)
    await sleeps(it)
    assert it.acts == []


THANKS = ["Хорошо, спасибо", "Ок", "👍", "Спасибо, Анна!", "принято", "Понял, спасибо большое"]
QUESTIONS = [
    "Спасибо! А когда отчёт?",
    "Спасибо, жду до 15:00",
    "Благодарю, но акта нет",
    "А где он",
    "Спасибо за помощь с отчётом, пришлите ещё акт сверки пожалуйста",
    "😡",
]


@pytest.mark.parametrize("text", THANKS)
async def test_thanks(text: str) -> None:
    it = scene()
    it.client(text, at=1)
    it.minute = 11
    await it.waits()
    assert said(it) == ["🤝"]


@pytest.mark.parametrize("text", QUESTIONS)
async def test_no_thanks(text: str) -> None:
    it = scene()
    it.client(text, at=1)
    it.minute = 11
    await it.waits()
    assert said(it) == []
    assert isinstance(it.effects[0], NotifyStaff)


async def test_a_file_is_no_thanks() -> None:
    it = scene()
    it.client("Спасибо", at=1, FILE_ID=[3])
    it.minute = 11
    await it.waits()
    assert said(it) == []


async def test_a_yes_to_our_question_is_answered() -> None:
    it = Scene("keep_last_word", {}, answered=True)
    it.human("Вопрос решён?", at=-5)
    it.client("Да", at=1)
    it.minute = 11
    await it.waits()
    assert said(it) == ["🤝"]
    assert it.state["client_class"] == "confirmation"


async def test_thanks_after_a_question_that_nobody_answered_are_a_question() -> None:
    it = scene()
    it.client("И ещё: где акт?", at=1)
    it.client("Спасибо", at=2)
    it.minute = 12
    await it.waits()
    assert said(it) == []
    assert it.state["client_class"] == "question"


async def test_an_automatic_text_answers_no_question() -> None:
    it = scene()
    it.client("Где акт?", at=1)
    it.office.say(CHAT, 0, "Мы ответим завтра", minute=1, CLASS="bx-messenger-content-item-ol-output")
    it.client("Спасибо", at=3)
    it.minute = 13
    await it.waits()
    assert said(it) == []


async def test_words_of_ones_own_and_their_number() -> None:
    it = scene(gratitude_words="мерси")
    it.client("Мерси", at=1)
    it.minute = 11
    await it.waits()
    assert said(it) == ["🤝"]
    it = scene(max_words="1")
    it.client("Хорошо, спасибо", at=1)
    it.minute = 11
    await it.waits()
    assert said(it) == []


async def test_a_vote_is_nobodys_word() -> None:
    it = scene()
    it.client("[like]1[/like]", at=1)
    it.minute = 11
    await sleeps(it)
    assert it.acts == []


async def test_another_meaningful_message_takes_the_answer_back() -> None:
    it = scene()
    it.client("Спасибо", at=1)
    it.minute = 2
    await it.waits()
    it.client("А где акт?", at=5)
    it.minute = 6
    await it.waits_until(15)
    await it.waits()
    assert kinds(it.effects) == ["notify_staff", "fire_trigger"]


async def test_at_night_the_answer_waits_for_the_opening() -> None:
    it = scene()
    it.client("Спасибо", at=300)
    it.minute = 301
    await it.waits_until(18 * 60 + 10)
    await it.waits()
    assert said(it) == ["🤝"]


async def test_a_pause_that_ends_at_night_waits_too() -> None:
    it = scene(wait_minutes="0")
    it.client("Спасибо", at=300)
    it.minute = 301
    await it.waits_until(18 * 60)


async def test_a_closed_window() -> None:
    it = scene()
    it.client("Спасибо", at=1)
    it.window_closes(5)
    it.minute = 11
    assert (await it.done()).result == "blocked_window"
    assert it.acts == []


async def test_an_unaccepted_dialog_is_answered_automatically() -> None:
    it = scene()
    it.accept(0)
    it.client("Спасибо", at=1)
    it.minute = 11
    await it.waits()
    assert isinstance(it.effects[0], SendAutomatic)


# --- how often --------------------------------------------------------------------------------------------------


async def test_ping_pong_ends() -> None:
    it = scene()
    minute = 0.0
    for turn in range(5):
        minute = turn * 20 + 1
        it.minute = minute
        it.client("👍", at=minute)
        await it.waits_until(minute + 10)
        await it.waits()
        if len(said(it)) == turn + 1:
            number = it.human("🤝", at=minute + 10)
            it.own = type(it.own)(frozenset({*it.own.ids, number}))
            await it.waits()
    assert len(said(it)) == 3
    assert it.state["acks"] == 3


async def test_the_next_day_begins_anew() -> None:
    it = scene(max_acks="1")
    it.client("Спасибо", at=1)
    it.minute = 11
    await it.waits()
    number = it.human("🤝", at=11)
    it.own = type(it.own)(frozenset({number}))
    it.client("👍", at=24 * 60 + 1)
    it.minute = 24 * 60 + 11
    await it.waits()
    assert len(said(it)) == 2


async def test_what_another_robot_answered_is_not_answered_again() -> None:
    it = scene(answered=False, wait_result="Y")
    it.client("Спасибо", at=1)
    it.minute = 11
    it.ends["send_as_operator"] = type(refused("x"))("send_as_operator", "skipped", refused("x").summary)
    assert (await it.done()).result == "skipped_duplicate"


# --- quick answers ----------------------------------------------------------------------------------------------


def with_answers(it: Scene) -> Scene:
    it.office.lines[22]["QUICK_ANSWERS_IBLOCK_ID"] = "181"
    it.office.sections = [{"ID": "1", "NAME": "Приветствие", "CODE": "GREETING"}]
    it.office.quick = [
        {"ID": "5", "NAME": "Здравствуйте", "DETAIL_TEXT": "Здравствуйте!", "SORT": "9", "IBLOCK_SECTION_ID": "1"},
        {"ID": "7", "NAME": "Рукопожатие", "DETAIL_TEXT": ":f09fa49d:", "SORT": "3", "IBLOCK_SECTION_ID": "1"},
        {"ID": "8", "NAME": "Пока", "DETAIL_TEXT": "До встречи!", "SORT": "1", "IBLOCK_SECTION_ID": None},
    ]
    return it


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Приветствие", "🤝"),
        ("greeting", "🤝"),
        ("рукопожатие", "🤝"),
        ("Пока", "До встречи!"),
        ("Оплата", "🙏"),
        (" ", "🤝"),
    ],
)
async def test_the_answer_is_taken_from_quick_answers(title: str, text: str) -> None:
    it = with_answers(scene(ack_from_quick_replies=title, ack_text="🙏"))
    it.client("Спасибо", at=1)
    it.minute = 11
    await it.waits()
    assert said(it) == [text]


async def test_a_list_that_may_not_be_read_is_no_obstacle() -> None:
    it = with_answers(scene(ack_text="Рады помочь, {client.first_name}!"))
    it.office.refused |= {"lists.element.get": "ACCESS_DENIED", "lists.section.get": "ACCESS_DENIED"}
    it.client("Спасибо", at=1)
    it.minute = 11
    await it.waits()
    assert said(it) == ["Рады помочь, Иван!"]


# --- questions --------------------------------------------------------------------------------------------------


async def test_the_operator_is_reminded_of_a_question_once() -> None:
    it = scene()
    it.client("А где акт?", at=1)
    it.minute = 2
    await it.waits_until(11)
    await sleeps(it)
    [note, trigger] = it.effects
    assert isinstance(note, NotifyStaff)
    assert (note.user_id, note.tag) == (ANNA, "question|343")
    assert "Клиент ждёт ответа 10 минут" in note.text
    assert isinstance(trigger, FireTrigger)
    assert trigger.code == "client_wrote"
    it.client("Ау?", at=20)
    it.minute = 40
    await sleeps(it)
    assert len(it.acts) == 1


@pytest.mark.parametrize(
    ("policy", "accepted", "whom"),
    [
        ("notify", True, [ANNA]),
        ("escalate", True, [CHIEF]),
        ("notify", False, [ANNA, BORIS, VERA, CHIEF]),
        ("nothing", True, []),
    ],
)
async def test_who_is_told_of_a_question(policy: str, accepted: bool, whom: list[int]) -> None:
    it = scene(on_question=policy)
    if not accepted:
        it.accept(0)
    it.client("А где акт?", at=1)
    it.minute = 11
    await it.waits()
    assert [effect.user_id for effect in it.effects if isinstance(effect, NotifyStaff)] == whom


# --- closed -----------------------------------------------------------------------------------------------------


async def test_after_closing_nothing_is_sent() -> None:
    """Gratitude after closing: nothing, for an answer would open a new session (decisions.md 23)."""
    it = scene()
    it.client("Спасибо", at=1)
    it.close()
    it.minute = 11
    await sleeps(it)
    assert it.acts == []


async def test_after_closing_the_answer_is_sent_where_it_was_asked_for() -> None:
    it = scene(on_closed="ack")
    it.client("Спасибо", at=1)
    it.close()
    it.minute = 11
    await it.waits()
    assert isinstance(it.effects[0], SendAutomatic)
    assert "ответ откроет новый" in str(it.told[-3][1].checks)


async def test_a_question_in_a_closed_dialog_disturbs_nobody() -> None:
    it = scene()
    it.client("А где акт?", at=1)
    it.close()
    it.minute = 11
    await sleeps(it)
    assert it.acts == []


# --- how long ---------------------------------------------------------------------------------------------------


async def test_the_watch_ends() -> None:
    it = scene(active_days="2")
    await it.waits_until(2 * 24 * 60)
    done = await it.done()
    assert done.result == "nothing_to_do"
    it = scene(active_days="1")
    it.client("Спасибо", at=1)
    it.minute = 11
    await it.waits()
    it.minute = 24 * 60
    done = await it.done()
    assert (done.result, returned(done)["ack_sent"]) == ("done", True)


async def test_the_same_wait_is_told_once() -> None:
    it = scene()
    assert (await it.waits()).quiet is False
    it.minute = 5
    assert (await it.waits()).quiet is True


async def test_a_refused_answer_does_not_end_the_watch() -> None:
    it = scene()
    it.ends["send_as_operator"] = refused("send_as_operator")
    it.client("Спасибо", at=1)
    it.minute = 11
    await sleeps(it)
    assert it.state["acks"] == 0


# --- a process that waits ---------------------------------------------------------------------------------------


ENDINGS: list[tuple[str, Callable[[Scene], object], str, dict[str, Any]]] = [
    (
        "a human wrote",
        lambda it: it.human("Обращайтесь!", at=5),
        "cancelled_reply",
        {"last_author": "human", "client_class": "gratitude", "ack_sent": False},
    ),
    ("closed", lambda it: it.close(), "nothing_to_do", {"client_class": "gratitude", "ack_sent": False}),
    (
        "a question",
        lambda it: it.client("А где акт?", at=5),
        "done",
        {"last_author": "client", "client_class": "question", "ack_sent": False},
    ),
]


@pytest.mark.parametrize(("why", "happens", "result", "values"), ENDINGS, ids=[row[0] for row in ENDINGS])
async def test_what_a_waiting_process_gets(
    why: str, happens: Callable[[Scene], object], result: str, values: dict[str, Any]
) -> None:
    it = scene(answered=False, wait_result="Y")
    it.client("Спасибо", at=1)
    it.minute = 2
    await it.waits()
    happens(it)
    it.minute = 30
    done = await it.done()
    assert done.result == result
    assert values.items() <= returned(done).items()


async def test_a_waiting_process_goes_on_after_one_answer_and_before_the_triggers() -> None:
    it = scene(answered=False, wait_result="Y")
    it.client("Спасибо", at=1)
    it.minute = 11
    wait = await it.waits()
    assert said(it) == ["🤝"]
    assert wait.answer is not None
    assert returned(wait.answer) == {"last_author": "robot", "client_class": "gratitude", "ack_sent": True}
    it.minute = 13
    await it.done()
    assert kinds(it.effects) == ["fire_trigger"]


async def test_a_check_sends_nothing() -> None:
    it = scene(answered=False, wait_result="Y")
    it.dry = True
    it.client("Спасибо", at=1)
    it.minute = 11
    done = await it.done()
    assert returned(done)["ack_sent"] is False


def test_a_text_with_a_wrong_place_is_refused() -> None:
    problem = Scene("keep_last_word").robot.check({"ack_text": "{clinet}"})
    assert problem is not None
    assert problem.ru == "«Чем отвечать на «спасибо»»: нет такой подстановки: {clinet}."


async def test_requests_of_an_answer() -> None:
    """One look before it and one after it; the quick answers were read while the pause ran (openlines.md 7.E)."""
    it = with_answers(scene())
    it.client("Спасибо", at=1)
    it.minute = 2
    await it.waits()
    assert it.office.requests == 2
    await it.waits()
    assert it.office.requests == 3, "they are not read twice"
    it.minute = 11
    await it.waits()
    assert said(it) == ["🤝"]
    assert it.office.requests == 5


# --- in the portal ----------------------------------------------------------------------------------------------


async def chat(town: Town, **form: Any) -> Deal:
    await town.at("2026-11-24T12:00:00")
    await town.place("keep_last_word", **form)
    deal = await town.deal(says="Когда будет отчёт?")
    await town.employee_says(deal, "Сегодня к вечеру.")
    await town.advance(minutes=1)
    await town.move(deal)
    await town.settle()
    return deal


async def test_the_regulation_of_the_accountants(town: Town) -> None:
    """«клиент написал в чате: "Хорошо, спасибо", ответ мы направляем … например 🤝» (seed 000)."""
    deal = await chat(town)
    assert (await town.process(deal))["returned"]["result"] == "scheduled"
    before = len(await town.outbox(deal))
    await town.client_says(deal, "Хорошо, спасибо")
    await town.advance(minutes=9)
    await town.settle()
    assert len(await town.outbox(deal)) == before
    await town.advance(minutes=2)
    await town.settle()
    assert [one["text"] for one in await town.outbox(deal)][before:] == ["🤝"]
    assert "Быстрый ответ «Рукопожатие»" in str([event.data for event in (await town.run()).events])
    await town.client_says(deal, "Спасибо! А когда отчёт?")
    await town.advance(minutes=11)
    await town.settle()
    assert len(await town.outbox(deal)) == before + 1
    assert "Клиент ждёт ответа" in (await town.notifications(8))[-1]["text"]
    assert "сообщаем сотрудникам" in told(await town.run())


async def test_two_deals_of_one_client_say_it_once(town: Town) -> None:
    deal = await chat(town)
    await town.move(deal, "C3:NEW")
    await town.move(deal)
    await town.settle()
    before = len(await town.outbox(deal))
    await town.client_says(deal, "Спасибо")
    await town.advance(minutes=11)
    await town.settle()
    assert len(await town.outbox(deal)) == before + 1


@pytest.mark.parametrize("watched", [True, False])
async def test_the_line_closes_by_itself_what_ends_with_our_word(town: Town, watched: bool) -> None:
    """«последним сообщением должно быть сообщение от менеджера», or the line closes nothing (S1-05)."""
    town.portal.openlines.lines[22].auto_close_seconds = 3600
    deal = await chat(town, **({} if watched else {"on_question": "nothing", "max_acks": 0}))
    await town.client_says(deal, "Спасибо!")
    await town.advance(minutes=11)
    await town.settle()
    await town.advance(hours=2)
    await town.settle()
    assert bool((await town.chat(deal))["session"]["open"]) is not watched


async def test_the_log_never_says_that_a_waiting_client_needs_no_answer() -> None:
    it = scene()
    await sleeps(it)
    assert it.last.text.ru == "Последнее слово наше. Следим за диалогом до 24 дек., 15:00."
    it.minute = 2
    it.client("А налоговый вычет?", at=1)
    await it.waits_until(11)
    await sleeps(it)
    assert it.last.text.ru == "Клиент ждёт, сотрудники об этом знают. Следим за диалогом до 24 дек., 15:00."
