"""Whose turn it is: situations of a dialog, and what follows from them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialogs.ball import Answers, Ball, Episode, Verdict, judge
from core.dialogs.message import Message
from core.dialogs.session import last_session
from core.dialogs.talk import confirmation, open_promise, wanting
from tests.core.dialogs.talks import BEGAN, talk

SESSION = 343


def judged(*lines: str, who: Answers = "human", is_open: bool = True) -> Verdict:
    return judge(talk(*lines), session_id=SESSION, is_open=is_open, who=who, names=["Анна Петрова"])


# (situation, messages, ball, number of the message of the episode, number of the message waited since)
SITUATIONS: list[tuple[str, list[str], Ball, int | None, int | None]] = [
    ("nobody wrote", ["< 343"], Ball.NONE, None, None),
    ("only a welcome text", ["< 343", "A Добро пожаловать"], Ball.NONE, None, None),
    ("the client asked", ["< 343", "C Где заказ?"], Ball.US, 2, 2),
    ("after the welcome text he still waits", ["C Где заказ?", "A Добро пожаловать"], Ball.US, 1, 1),
    ("an off-hours text is no answer", ["C Где заказ?", "A Мы закрыты"], Ball.US, 1, 1),
    ("a note is no answer", ["C Где заказ?", "S Анна присоединилась"], Ball.US, 1, 1),
    ("a whisper is no answer", ["C Где заказ?", "X кто знает?"], Ball.US, 1, 1),
    ("a bot is no answer", ["C Где заказ?", "R Ищу ваш заказ"], Ball.US, 1, 1),
    ("a deleted answer is no answer", ["C Где заказ?", "Hd В пути"], Ball.US, 1, 1),
    ("an employee answered", ["C Где заказ?", "H В пути"], Ball.CLIENT, 2, None),
    ("he waits since the first unanswered message", ["C Где заказ?", "C Алло", "C Ау"], Ball.US, 1, 1),
    ("and since the first after our answer", ["C Где?", "H В пути, завтра", "C А когда?", "C Ау"], Ball.US, 3, 3),
    ("a bot between does not move the beginning", ["C Где?", "R Ищу", "C Ау"], Ball.US, 1, 1),
    ("a deleted question is none", ["H Добрый день", "Cd Где?"], Ball.CLIENT, 1, None),
    ("thanks", ["C Где заказ?", "H В пути", "C Спасибо!"], Ball.ACK, 3, None),
    ("thanks and more thanks", ["H В пути", "C Спасибо!", "C 🙏"], Ball.ACK, 2, None),
    ("thanks answered by our robot", ["H В пути", "C Спасибо!", "R 🤝"], Ball.CLIENT, 1, None),
    ("thanks answered by an automatic text", ["H В пути", "C Спасибо!", "A Хорошего дня"], Ball.CLIENT, 1, None),
    ("thanks answered by an employee", ["H В пути", "C Спасибо!", "H 🤝"], Ball.CLIENT, 3, None),
    ("thanks to an operator by name", ["H В пути", "C Спасибо, Анна!"], Ball.ACK, 2, None),
    ("thanks after a question leave the question", ["C Где заказ?", "C Спасибо"], Ball.US, 1, 1),
    ("thanks before a question", ["H В пути", "C Спасибо", "C А когда?"], Ball.US, 3, 3),
    ("thanks with a question", ["H В пути", "C Спасибо, а когда?"], Ball.US, 2, 2),
    ("thanks with a file", ["H В пути", "Cf Спасибо"], Ball.US, 2, 2),
    ("a file alone", ["H Пришлите акт", "Cf"], Ball.US, 2, 2),
    ("only thanks in a new session", ["< 344", "C Спасибо"], Ball.ACK, 2, None),
    ("a confirmation", ["H Готово", "C Вопрос решён"], Ball.ACK, 2, None),
    ("a bare yes to our question", ["H Вопрос решён?", "C Да"], Ball.ACK, 2, None),
    ("a bare no to our offer", ["H Остались вопросы?", "C Нет"], Ball.ACK, 2, None),
    ("a bare yes to another question", ["H Вам удобно завтра?", "C Да"], Ball.US, 2, 2),
    ("a confirmation with a request", ["H Готово", "C Всё получили, пришлите ещё счёт"], Ball.US, 2, 2),
    ("a vote", ["H Оцените нас", "Cv [like]"], Ball.CLIENT, 1, None),
    ("we wrote first", ["H Добрый день"], Ball.CLIENT, 1, None),
    ("our robot wrote first", ["R Напоминаем о счёте"], Ball.CLIENT, 1, None),
    ("a robot's nudge does not restart the client's clock", ["H Подскажите ИНН?", "R Вы тут?"], Ball.CLIENT, 1, None),
    ("a promise", ["C Где?", "H Уточню и вернусь"], Ball.US, 2, 2),
    ("a promise and an emoji", ["C Где?", "H Уточню", "H 👍"], Ball.US, 2, 2),
    ("a promise that was kept", ["C Где?", "H Уточню", "H Заказ приедет завтра"], Ball.CLIENT, 3, None),
    ("a promise kept with a file", ["C Где акт?", "H Уточню", "Hf"], Ball.CLIENT, 3, None),
    ("a promise renewed", ["C Где?", "H Уточню", "H Ещё уточняю, минуту"], Ball.US, 3, 3),
    ("a promise and thanks", ["C Где?", "H Уточню", "C Спасибо"], Ball.US, 2, 2),
    ("a promise and a question", ["C Где?", "H Уточню", "C Ну что там?"], Ball.US, 3, 3),
    ("a robot's promise is not ours to keep", ["C Где?", "H В пути", "R Уточним"], Ball.CLIENT, 2, None),
    ("an unclear author answers nothing", ["C Где?", "U В пути"], Ball.US, 1, 1),
    ("an unclear author asks nothing", ["H В пути", "U Где?"], Ball.CLIENT, 1, None),
    ("only an unclear author", ["U Где?"], Ball.NONE, None, None),
]


@pytest.mark.parametrize(("why", "lines", "ball", "episode", "since"), SITUATIONS, ids=[row[0] for row in SITUATIONS])
def test_whose_turn_it_is(why: str, lines: list[str], ball: Ball, episode: int | None, since: int | None) -> None:
    verdict = judged(*lines)
    assert verdict.ball is ball
    assert verdict.episode == (None if episode is None else Episode(SESSION, episode))
    assert verdict.waiting_since == (None if since is None else BEGAN + timedelta(minutes=since - 1))
    assert verdict.why.ru
    assert verdict.why.en


def test_by_setting_a_robot_may_answer() -> None:
    verdict = judged("C Где заказ?", "R В пути", who="human_or_robot")
    assert verdict.ball is Ball.CLIENT
    assert judged("C Где?", "A Мы закрыты", who="human_or_robot").ball is Ball.US
    assert judged("C Где?", "X коллеги?", who="human_or_robot").ball is Ball.US


def test_a_closed_dialog_is_on_nobodys_side() -> None:
    verdict = judged("C Где заказ?", is_open=False)
    assert verdict.ball is Ball.NONE
    assert verdict.episode is None
    assert verdict.why.ru == "Диалог закрыт."


def test_a_promise_alone_is_told_from_a_question() -> None:
    assert judged("C Где?", "H Уточню").by_promise
    asked = judged("C Где?", "H Уточню", "C Ну что?")
    assert asked.promise is not None
    assert not asked.by_promise
    assert not judged("C Где?").by_promise


def test_the_reason_in_words() -> None:
    zone = ZoneInfo("Europe/Moscow")
    messages = talk("C Где заказ?", "C Ау", "U Скоро")
    verdict = judge(messages, session_id=1, is_open=True, zone=zone, now=BEGAN + timedelta(hours=1))
    assert verdict.why.ru == (
        "Клиент ждёт ответа с 15:00: без ответа 2 сообщения. "
        "Есть сообщение неясного автора: возможно, сотрудник писал не из Битрикс24."
    )
    assert verdict.why.en.startswith("The client has waited for an answer since 15:00: 2 messages unanswered.")
    assert verdict.doubt == messages[2]
    promised = judge(talk("C Где?", "H Уточню"), session_id=1, is_open=True, zone=zone, now=BEGAN + timedelta(days=1))
    assert promised.why.ru == "Мы обещали вернуться с ответом («уточню», 24 нояб., 15:01) и ещё не вернулись."


def test_reasons_quote_no_message() -> None:
    for lines in (["C секрет?"], ["H секрет"], ["H секрет", "C спасибо"], ["C секрет", "H уточню секрет"]):
        why = judged(*lines).why
        assert "секрет" not in why.ru + why.en


# --- sessions ---------------------------------------------------------------------------------------------------

SESSIONS: list[tuple[str, list[str], list[int], bool, bool]] = [
    ("one session from its beginning", ["< 1", "C a", "H b"], [1, 2, 3], True, False),
    ("its beginning out of sight", ["C a", "H b"], [1, 2], False, False),
    ("the second of two", ["< 1", "C a", "> 1", "< 2", "C b"], [4, 5], True, False),
    ("ended", ["< 1", "C a", "H b", "> 1"], [1, 2, 3, 4], True, True),
    ("ended, with notes after it", ["< 1", "C a", "> 1", "S оценка"], [1, 2, 3], True, True),
    ("ended, its beginning out of sight", ["C a", "> 1"], [1, 2], False, True),
    ("a client after an ending is in a new one", ["< 1", "C a", "> 1", "C b"], [4], True, False),
    ("nothing", [], [], False, False),
]


@pytest.mark.parametrize(("why", "lines", "ids", "whole", "ended"), SESSIONS, ids=[row[0] for row in SESSIONS])
def test_the_last_session(why: str, lines: list[str], ids: list[int], whole: bool, ended: bool) -> None:
    session = last_session(talk(*lines))
    assert [message.id for message in session.messages] == ids
    assert (session.whole, session.ended) == (whole, ended)


# --- what was said ----------------------------------------------------------------------------------------------

CONFIRMED: list[tuple[list[str], int | None]] = [
    (["H Готово", "C Вопрос решён, спасибо"], 2),
    (["H Вопрос решён?", "C Да"], 2),
    (["H Вопрос решён?", "C Да", "C Спасибо!"], 2),
    (["C Всё получили", "C А где акт?"], None),
    (["C Всё получили", "H Рады помочь", "C 🙏"], 1),
    (["C Спасибо"], None),
    (["H Вопрос решён"], None),
    (["Cv [like]"], None),
    (["Cd Вопрос решён"], None),
    (["C Вопрос решён", "Cv [dislike]"], 1),
]


@pytest.mark.parametrize(("lines", "number"), CONFIRMED)
def test_confirmations(lines: list[str], number: int | None) -> None:
    found = confirmation(talk(*lines))
    assert (found.id if found else None) == number


def test_promises_of_deleted_messages_and_of_clients_are_none() -> None:
    assert open_promise(talk("Hd Уточню")) is None
    assert open_promise(talk("C Уточню")) is None
    assert open_promise(talk("X Уточню")) is None


def test_soft_messages_are_the_clients_only() -> None:
    assert [one.id for one in wanting(talk("C Спасибо", "H Спасибо", "C Где?"))] == [3]


# --- laws -------------------------------------------------------------------------------------------------------

lines = st.lists(
    st.sampled_from(
        ["C Где?", "C Спасибо", "Cf", "Cd Где?", "Cv [like]", "H Ответ по делу готов", "H Уточню", "H 👍", "R Ищу",
         "A Текст", "S Заметка", "X шёпот", "U Кто это"]
    ),
    max_size=12,
)  # fmt: skip


@given(lines, st.sampled_from(["human", "human_or_robot"]))
def test_the_parts_of_a_verdict_agree(script: list[str], who: Answers) -> None:
    verdict = judged(*script, who=who)
    assert (verdict.waiting_since is not None) == (verdict.ball is Ball.US)
    assert (verdict.episode is None) == (verdict.ball is Ball.NONE)
    assert verdict.ball is not Ball.NONE or not any(line[0] == "H" for line in script)


@given(lines)
def test_what_clients_never_see_changes_nothing(script: list[str]) -> None:
    noisy = [noise for line in script for noise in (line, "S Заметка", "X шёпот")]
    plain, disturbed = judged(*script), judged(*noisy)
    assert plain.ball is disturbed.ball
    assert (plain.promise is None) == (disturbed.promise is None)


@given(lines)
def test_a_full_answer_of_an_employee_gives_the_ball_to_the_client(script: list[str]) -> None:
    assert judged(*script, "H Ответ по делу готов").ball is Ball.CLIENT


@given(lines)
def test_a_question_gives_the_ball_to_us_and_later_words_of_clients_do_not_move_its_beginning(
    script: list[str],
) -> None:
    first = judged(*script, "C Где?")
    second = judged(*script, "C Где?", "C Ау?", "C Спасибо")
    assert first.ball is second.ball is Ball.US
    assert first.episode == second.episode
    assert first.waiting_since == second.waiting_since


def test_scripts_are_what_they_say() -> None:
    message: Message = talk("Cf привет")[0]
    assert message.from_client
    assert message.has_files
    assert message.text == "привет"
