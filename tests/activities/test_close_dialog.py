"""A dialog closed: what keeps it open, how it is said goodbye to, and what stops it at the last moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from activities import load
from core.effects import (
    AddToChat,
    CommentTimeline,
    Effect,
    FinishDialog,
    FireTrigger,
    NotifyStaff,
    SendAsOperator,
    SendAutomatic,
)
from core.robots import Act, Done, EffectResult, Failed
from core.texts.text import Text
from tests.activities.farewells import BYE, CODE, SETTLED, Tasked, begun, ready, talk
from tests.activities.scene import CHAT, OUR_DEAL, Scene, kinds, refused, returned
from tests.core.dialogs.portal import ANNA, BOT
from tests.core.robots.office import ADMIN, BORIS

DAY = 24 * 60


def kept(outcome: Done) -> str:
    assert outcome.result == "guard_failed"
    values = returned(outcome)
    assert values["closed"] is False
    guard: str = values["failed_guard"]
    return guard


def said(it: Scene) -> list[str]:
    return [effect.text for act in it.acts for effect in act if isinstance(effect, SendAsOperator | SendAutomatic)]


def timeless(effect: Effect) -> Effect:
    return effect.model_copy(update={"stale_at": None})


async def goodbye(it: Scene) -> None:
    """Everything is fulfilled; the farewell is out and its minute runs."""
    start = it.minute
    await it.waits_until(start + 1)


# --- the guards -------------------------------------------------------------------------------------------------

Change = Callable[[Scene], object]


def _tasks(*numbers: int, status: int = 2) -> Change:
    def change(it: Scene) -> None:
        assert isinstance(it.office, Tasked)
        it.office.tasks = dict.fromkeys(numbers, status)

    return change


def _card(**fields: Any) -> Change:
    return lambda it: it.office.items[OUR_DEAL].update(fields)


def _refuse(it: Scene) -> None:
    it.office.refused["tasks.task.list"] = "INSUFFICIENT_SCOPE"


def _waiting(it: Scene) -> None:
    it.client("А когда будет счёт?", at=6)


def _promised(it: Scene) -> None:
    it.human("Проверю и вернусь с ответом.", at=7)


def _nothing(it: Scene) -> None:
    return None


GUARDS: list[tuple[str, Change, dict[str, Any], str]] = [
    ("nothing in the way", _nothing, {}, ""),
    ("the client waits for us", _waiting, {}, "require_last_ours,require_confirmed"),
    ("the client waits, nobody asks whose word is last", _waiting, {"require_last_ours": "N"}, "require_confirmed"),
    ("the client waits, nobody asks anything", _waiting, {"require_last_ours": "N", "require_confirmed": "no"}, ""),
    ("somebody wrote just now", lambda it: it.human("Хорошего дня!", at=20), {}, "quiet_minutes"),
    ("just now does not matter", lambda it: it.human("Хорошего дня!", at=20), {"quiet_minutes": "0"}, ""),
    ("ten minutes are enough", lambda it: it.human("Хорошего дня!", at=15), {}, ""),
    ("an open task", _tasks(7), {}, "keep_if_open_tasks"),
    ("a task put off", _tasks(7, status=6), {}, "keep_if_open_tasks"),
    ("a task that is done", _tasks(7, status=5), {}, ""),
    ("tasks do not matter", _tasks(7), {"keep_if_open_tasks": "N"}, ""),
    ("tasks that may not be read", _refuse, {}, "keep_if_open_tasks"),
    ("a promise", _promised, {}, "keep_if_promise"),
    ("promises do not matter", _promised, {"keep_if_promise": "N"}, ""),
    ("an active client", _card(ufCrm_7="Y"), {"active_client_field": "UF_CRM_7"}, "active_client_field"),
    ("not an active client", _card(ufCrm_7="N"), {"active_client_field": "UF_CRM_7"}, ""),
    ("there is no such field", _nothing, {"active_client_field": "UF_CRM_9"}, "active_client_field"),
    ("at night", lambda it: begun(it, 300), {}, "send_outside_hours"),
    ("at night, and it does not matter", lambda it: begun(it, 300), {"send_outside_hours": "Y"}, ""),
    ("at night, around the clock", lambda it: begun(it, 300), {"calendar": "always"}, ""),
    (
        "everything at once",
        lambda it: (
            _card(ufCrm_7=1)(it),
            _tasks(7, 8)(it),
            it.human("Уточню и сообщу.", at=7),
            it.client("И когда?", at=295),
            begun(it, 300),
        ),
        {"active_client_field": "UF_CRM_7", "silent_days": "21"},
        "require_last_ours,require_confirmed,silent_days,quiet_minutes,keep_if_open_tasks,keep_if_promise,"
        "active_client_field,send_outside_hours",
    ),
]


@pytest.mark.parametrize(("why", "change", "form", "names"), GUARDS, ids=[row[0] for row in GUARDS])
async def test_what_keeps_a_dialog_open(why: str, change: Change, form: dict[str, Any], names: str) -> None:
    it = ready(**form)
    change(it)
    if not names:
        await goodbye(it)
        assert said(it) == [BYE]
        return
    assert kept(await it.done()) == names
    assert it.acts == []
    assert it.last.text.ru.startswith("Закрывать рано. Не выполнено: ")
    assert [check.passed for check in it.last.checks].count(False) == len(names.split(","))


async def test_all_guards_are_told_in_their_order() -> None:
    it = ready(active_client_field="UF_CRM_7", silent_days="21")
    _card(ufCrm_7="Y")(it)
    assert kept(await it.done()) == "silent_days,active_client_field"
    assert it.checks == [
        "Последнее слово за нами (Клиент поблагодарил или согласился (15:05); ответа по сути он не ждёт)",
        "Клиент подтвердил: 15:05 (сообщение №1777004)",
        "Клиент молчит 21 день или дольше (с 15:05)",
        "Никто не пишет уже 10 минут",
        "Нет открытых задач",
        "Нет невыполненных обещаний",
        "Клиент не отмечен действующим (UF_CRM_7)",
        "Рабочее время",
    ]


async def test_whose_the_last_word_is_is_said_once() -> None:
    it = ready(keep_if_open_tasks="Y")
    _tasks(7)(it)
    it.human("Отправили расчёт на почту.", at=9)
    await it.done()
    assert it.checks[0] == "Последнее слово за нами (15:09), ждём клиента"


async def test_open_tasks_are_named() -> None:
    it = ready()
    _tasks(7, 9)(it)
    await it.done()
    assert "Нет открытых задач: №7, №9" in it.checks


async def test_a_message_of_an_unclear_author_needs_a_person() -> None:
    it = ready()
    it.client("=== Исходящее сообщение, автор: Анна\nНаписала с телефона", at=6)
    assert kept(await it.done()) == "require_last_ours"


# --- confirmed, once, silent (S0-18, S0-19, S0-20) --------------------------------------------------------------


def unconfirmed(**form: Any) -> Scene:
    it = talk(**form)
    it.client("Где мой акт?", at=0)
    it.human("Отправила на почту.", at=2)
    return begun(it, 25)


def thanked(**form: Any) -> Scene:
    it = unconfirmed(**form)
    it.client("Спасибо", at=3)
    return it


def rated(vote: str, **form: Any) -> Scene:
    it = unconfirmed(**form)
    it.client(vote, at=3)
    return it


def marked(**form: Any) -> Scene:
    it = unconfirmed(confirmed_field="UF_CRM_3", **form)
    _card(ufCrm_3="Y")(it)
    return it


def after(days: float, **form: Any) -> Scene:
    return begun(unconfirmed(**form), days * DAY + 2)


CONFIRMED: list[tuple[str, Callable[..., Scene], dict[str, Any], str]] = [
    ("nothing was confirmed", unconfirmed, {}, "require_confirmed"),
    ("thanks alone confirm nothing", thanked, {}, "require_confirmed"),
    ("words", ready, {}, ""),
    ("words are explicit", ready, {"require_confirmed": "explicit"}, ""),
    ("a good rating", lambda **form: rated("[like] Отлично", **form), {}, ""),
    ("a good rating is explicit", lambda **form: rated("[like]", **form), {"require_confirmed": "explicit"}, ""),
    ("a bad rating", lambda **form: rated("[dislike]", **form), {}, "require_confirmed"),
    ("marked in the card", marked, {}, ""),
    ("marked in the card is explicit", marked, {"require_confirmed": "explicit"}, ""),
    ("not asked for", unconfirmed, {"require_confirmed": "no"}, ""),
    ("a one-time request", unconfirmed, {"one_time": "Y"}, ""),
    ("a one-time request waives silence, too", unconfirmed, {"one_time": "Y", "silent_days": "21"}, ""),
    ("silent for three weeks", lambda **form: after(21, **form), {"silent_days": "21"}, ""),
    (
        "not silent for three weeks",
        lambda **form: after(20.9, **form),
        {"silent_days": "21", "send_outside_hours": "Y"},
        "require_confirmed,silent_days",
    ),
    (
        "silence is not explicit",
        lambda **form: after(21, **form),
        {"silent_days": "21", "require_confirmed": "explicit"},
        "require_confirmed",
    ),
    ("confirmed, and not silent", ready, {"silent_days": "21"}, "silent_days"),
    ("silence that nobody asked about", lambda **form: after(21, **form), {}, "require_confirmed"),
]


@pytest.mark.parametrize(("why", "make", "form", "names"), CONFIRMED, ids=[row[0] for row in CONFIRMED])
async def test_what_counts_as_settled(why: str, make: Callable[..., Scene], form: dict[str, Any], names: str) -> None:
    it = make(**form)
    if names:
        assert kept(await it.done()) == names
    else:
        await goodbye(it)
        assert said(it) == [BYE]


async def test_our_own_words_begin_the_silence_anew() -> None:
    it = unconfirmed(silent_days="21", require_confirmed="no")
    it.human("Остались ли вопросы?", at=10 * DAY)
    begun(it, 21 * DAY + 10)
    assert kept(await it.done()) == "silent_days"


async def test_several_clients_need_one_confirmation() -> None:
    it = ready()
    it.office.chats[CHAT]["entity_id"] = "telegrambot|22|1775|0"
    await goodbye(it)
    checks = [check.text.ru for _, reason in it.told for check in reason.checks]
    assert "Групповой чат: достаточно подтверждения одного" in checks


# --- what happens when it is too early --------------------------------------------------------------------------


async def test_it_ends_and_names_the_guards() -> None:
    it = unconfirmed()
    done = await it.done()
    assert done.result == "guard_failed"
    assert returned(done) == {
        "closed": False,
        "farewell_sent": False,
        "farewell_message_id": 0,
        "failed_guard": "require_confirmed",
    }


async def test_it_waits_hourly_in_working_time() -> None:
    it = unconfirmed(on_guard_fail="wait")
    await it.waits_until(85)
    await it.waits_until(145)
    await it.waits_until(18 * 60)
    it.client(SETTLED, at=18 * 60)
    await it.waits_until(19 * 60)
    await goodbye(it)
    assert said(it) == [BYE]


async def test_a_month_is_the_longest_wait() -> None:
    it = unconfirmed(on_guard_fail="wait")
    end = it.minute + 30 * DAY
    looks = 0
    outcome: object = await it.waits()
    while not isinstance(outcome, Done):
        it.minute = min(it.minute + 12 * 60, end)
        outcome = await it.run()
        looks += 1
    assert it.minute == end
    assert outcome.result == "expired"
    assert returned(outcome)["failed_guard"] == "require_confirmed"


async def test_closed_by_others_while_it_waits() -> None:
    it = unconfirmed(on_guard_fail="wait")
    await it.waits_until(85)
    it.close()
    done = await it.done()
    assert done.result == "cancelled_closed"
    assert returned(done)["closed"] is True
    assert it.acts == []


async def test_a_new_session_is_not_closed_by_an_old_run() -> None:
    it = unconfirmed(on_guard_fail="wait")
    await it.waits_until(85)
    it.data(5, "344")
    assert (await it.done()).result == "cancelled_closed"
    assert it.acts == []


async def test_the_owner_is_told() -> None:
    it = unconfirmed(on_guard_fail="notify")
    done = await it.done()
    assert kept(done) == "require_confirmed"
    notice = it.effects[0]
    assert isinstance(notice, NotifyStaff)
    assert notice.user_id == ANNA
    assert notice.text.startswith(
        "Диалог не закрыт. Закрывать рано. Не выполнено: клиент подтвердил, что вопрос решён. [URL=/crm/deal/"
    )
    assert notice.tag == "dezhurny|343|close_dialog"


@pytest.mark.parametrize(("owner", "responsible", "told"), [(0, BORIS, BORIS), (BOT, BORIS, BORIS), (0, 0, ADMIN)])
async def test_who_is_told_where_nobody_holds_it(owner: int, responsible: int, told: int) -> None:
    it = unconfirmed(on_guard_fail="notify")
    it.accept(owner)
    it.office.items[OUR_DEAL]["assignedById"] = responsible
    await it.done()
    assert [effect.user_id for effect in it.effects if isinstance(effect, NotifyStaff)] == [told]


async def test_nobody_is_told_at_night() -> None:
    it = begun(unconfirmed(on_guard_fail="notify"), 300)
    await it.waits_until(18 * 60)
    assert it.acts == []
    assert kept(await it.done()) == "require_confirmed"
    assert kinds(it.effects) == ["notify_staff"]


# --- the farewell -----------------------------------------------------------------------------------------------


async def test_goodbye_a_minute_and_the_end() -> None:
    it = ready()
    await goodbye(it)
    (bye,) = it.effects
    assert isinstance(bye, SendAsOperator)
    assert (bye.text, bye.user_id, bye.once) == (BYE, ANNA, "farewell|343")
    it.minute = 26
    done = await it.done()
    finish, trigger = (act[0] for act in it.acts[1:])
    assert timeless(finish) == FinishDialog(chat_id=CHAT, session_id=343, after_message_id=1777004)
    assert finish.stale_at == it.now + timedelta(seconds=30)
    assert isinstance(trigger, FireTrigger)
    assert (trigger.code, trigger.once) == ("client_confirmed", "trigger|client_confirmed|2|17|session|343")
    assert done.result == "done"
    assert returned(done)["closed"] is True
    assert returned(done)["farewell_sent"] is True


async def test_silence_is_no_confirmation_to_the_pipeline() -> None:
    it = after(21, silent_days="21")
    await it.waits()
    it.minute += 1
    await it.done()
    assert "fire_trigger" not in [kind for act in it.acts for kind in kinds(act)]


HOW: list[tuple[str, Change, dict[str, Any], list[str]]] = [
    ("in the owner's name", _nothing, {}, ["send_as_operator"]),
    ("nobody accepted it", lambda it: it.accept(0), {}, ["send_automatic"]),
    ("a bot holds it", lambda it: it.accept(BOT), {}, ["send_automatic"]),
    ("silent mode", lambda it: it.office.chats[CHAT].update(entity_data_3="Y"), {}, ["send_automatic"]),
    (
        "somebody who is not in the chat",
        _nothing,
        {"as_user": f"user_{BORIS}"},
        ["add_to_chat", "send_as_operator", "remove_from_chat"],
    ),
    (
        "somebody who is in the chat",
        lambda it: it.office.members.update({CHAT: [ANNA, BORIS]}),
        {"as_user": f"user_{BORIS}"},
        ["send_as_operator"],
    ),
]


@pytest.mark.parametrize(("why", "change", "form", "effects"), HOW, ids=[row[0] for row in HOW])
async def test_in_whose_name(why: str, change: Change, form: dict[str, Any], effects: list[str]) -> None:
    it = ready(**form)
    change(it)
    assert isinstance(it.office, Tasked)
    await goodbye(it)
    assert kinds(it.effects) == effects
    authors = [effect.user_id for effect in it.effects if isinstance(effect, SendAsOperator | AddToChat)]
    assert set(authors) <= {ANNA, BORIS}


async def test_an_english_portal_says_it_in_english() -> None:
    it = ready()
    it.language = "en"
    await goodbye(it)
    assert said(it) == ["Thank you for contacting us! If you have more questions, write to us here at any time."]


async def test_words_of_ones_own() -> None:
    it = ready(text="{client.name}, до встречи! {company.nothing}")
    await goodbye(it)
    assert said(it) == ["Иван Петров, до встречи!"]


async def test_words_that_vanish_are_not_sent() -> None:
    it = ready(text="{company.nothing}")
    assert (await it.done()).result == "done"
    assert said(it) == []


async def test_words_without_end() -> None:
    it = ready(text="{deal.title} " + "х" * 19_999)
    assert (await it.done()).result == "failed"
    assert it.acts == []


async def test_a_refused_name_becomes_an_automatic_message() -> None:
    it = ready()
    it.ends["send_as_operator"] = refused("send_as_operator")
    await goodbye(it)
    assert [kinds(act) for act in it.acts] == [["send_as_operator"], ["send_automatic"]]


async def test_somebody_who_could_not_be_added() -> None:
    it = ready(as_user=f"user_{BORIS}")
    it.ends["send_as_operator"] = EffectResult("send_as_operator", "skipped", Text("", ""), {"because": "add_to_chat"})
    await goodbye(it)
    assert kinds(it.effects) == ["send_automatic"]


async def test_a_farewell_that_nobody_takes_leaves_it_open() -> None:
    it = ready()
    it.ends |= {kind: refused(kind) for kind in ("send_as_operator", "send_automatic")}
    done = await it.done()
    assert done.result == "failed"
    assert returned(done)["closed"] is False
    assert [kinds(act) for act in it.acts] == [["send_as_operator"], ["send_automatic"]]


async def test_what_was_seen_too_long_ago_is_looked_at_anew() -> None:
    """The portal was away between deciding and doing; meanwhile the client has written."""
    it = ready()
    it.ends["send_as_operator"] = EffectResult("send_as_operator", "skipped", Text("", ""), {"because": "stale"})
    outcome = await it.once()
    assert isinstance(outcome, Act)
    it.step, it.results = "said", (it.ends["send_as_operator"],)
    it.client("А когда счёт?")
    assert kept(await it.done()) == "require_last_ours,require_confirmed,quiet_minutes"
    assert it.acts == []


async def test_a_finish_that_is_stale_is_weighed_again() -> None:
    it = ready()
    await goodbye(it)
    it.step, it.results = "finished", (EffectResult("finish_dialog", "skipped", Text("", ""), {"because": "stale"}),)
    it.client("Стойте")
    assert (await it.done()).result == "cancelled_reply"


async def test_another_run_has_said_it() -> None:
    """One farewell per session for ever: the ledger leaves the second one out, and the dialog is closed."""
    it = ready()
    it.ends["send_as_operator"] = EffectResult("send_as_operator", "skipped", Text("", ""), {"because": "once"})
    await goodbye(it)
    done = await it.done()
    assert done.result == "done"
    assert returned(done)["farewell_sent"] is False
    assert returned(done)["closed"] is True


async def test_a_person_left_it_out() -> None:
    it = ready()
    it.ends["send_as_operator"] = EffectResult("send_as_operator", "skipped", Text("", ""), {"said_by": "Ольга"})
    await goodbye(it)
    assert (await it.done()).result == "done"


# --- the line says goodbye itself (S3-13) -----------------------------------------------------------------------

LINES: list[tuple[str, str, dict[str, str], int]] = [
    ("no text", "skip", {}, 1),
    ("a text", "skip", {"CLOSE_RULE": "text", "CLOSE_TEXT": "Всего доброго!"}, 0),
    ("a text, both wanted", "send", {"CLOSE_RULE": "text", "CLOSE_TEXT": "Всего доброго!"}, 1),
    ("an empty text", "skip", {"CLOSE_RULE": "text", "CLOSE_TEXT": " "}, 1),
    ("an empty text, only if it is off", "only_if_disabled", {"CLOSE_RULE": "text", "CLOSE_TEXT": " "}, 0),
    ("off", "only_if_disabled", {}, 1),
    ("a form instead of a text", "only_if_disabled", {"CLOSE_RULE": "form"}, 1),
]


@pytest.mark.parametrize(("why", "policy", "line", "times"), LINES, ids=[row[0] for row in LINES])
async def test_the_client_gets_one_farewell(why: str, policy: str, line: dict[str, str], times: int) -> None:
    it = ready(farewell_when_line_has_text=policy)
    it.office.lines[22] |= line
    await it.run()
    assert said(it) == [BYE] * times


async def test_a_line_that_is_not_known() -> None:
    for policy, times in (("skip", 1), ("only_if_disabled", 0)):
        it = ready(farewell_when_line_has_text=policy, calendar="always")
        it.office.refused["imopenlines.config.get"] = "ACCESS_DENIED"
        await it.run()
        assert said(it) == [BYE] * times


async def test_a_line_that_says_goodbye_leaves_a_minute_too() -> None:
    """The first finish has the line speak, then the client has his minute, then the second finish closes."""
    it = ready()
    it.office.lines[22] |= {"CLOSE_RULE": "text", "CLOSE_TEXT": "Всего доброго!"}
    it.ends["finish_dialog"] = finished(closing=True)
    await it.waits_until(26)
    assert [timeless(effect) for effect in it.effects] == [
        FinishDialog(chat_id=CHAT, session_id=343, after_message_id=1777004)
    ]
    it.data(4, "Y")
    it.ends["finish_dialog"] = finished(closed=True)
    done = await it.done()
    assert done.result == "done"
    assert returned(done)["farewell_sent"] is False
    assert [kinds(act) for act in it.acts] == [["finish_dialog"], ["finish_dialog"], ["fire_trigger"]]


async def test_the_client_answers_the_lines_goodbye() -> None:
    it = ready()
    it.office.lines[22] |= {"CLOSE_RULE": "text", "CLOSE_TEXT": "Всего доброго!"}
    it.ends["finish_dialog"] = finished(closing=True)
    await it.waits_until(26)
    it.client("Постойте, ещё вопрос")
    done = await it.done()
    assert done.result == "cancelled_reply"
    assert it.last.text.ru == "Клиент написал: диалог остаётся открытым."


async def test_the_line_closed_it_by_itself_within_the_minute() -> None:
    it = ready()
    it.office.lines[22] |= {"CLOSE_RULE": "text", "CLOSE_TEXT": "Всего доброго!"}
    it.ends["finish_dialog"] = finished(closing=True)
    await it.waits_until(26)
    it.close()
    done = await it.done()
    assert done.result == "done"
    assert returned(done)["closed"] is True


async def test_ours_and_the_lines_are_closed_through() -> None:
    it = ready(farewell_when_line_has_text="send")
    it.office.lines[22] |= {"CLOSE_RULE": "text", "CLOSE_TEXT": "Всего доброго!"}
    await goodbye(it)
    await it.done()
    finish = it.acts[1][0]
    assert isinstance(finish, FinishDialog)
    assert finish.through


@pytest.mark.parametrize("text", ["", "Всего доброго!"])
async def test_a_dialog_that_waits_for_a_rating_counts_as_closed(text: str) -> None:
    it = ready()
    it.office.lines[22] |= {"CLOSE_RULE": "text" if text else "none", "CLOSE_TEXT": text, "VOTE_MESSAGE": "Y"}
    it.ends["finish_dialog"] = finished(closing=True)
    outcome = await it.run()
    if not text:
        it.minute = 26
        outcome = await it.run()
    assert isinstance(outcome, Done)
    assert outcome.result == "done"
    assert it.last.text.ru == "Диалог завершён, Битрикс24 ждёт оценку клиента."
    assert [effect.through for act in it.acts for effect in act if isinstance(effect, FinishDialog)] == [False]


def finished(*, closed: bool = False, closing: bool = False) -> EffectResult:
    return EffectResult("finish_dialog", "confirmed", Text("", ""), {"closed": closed, "closing": closing})


# --- the channel's window ---------------------------------------------------------------------------------------


async def test_a_shut_window_is_closed_silently_with_a_note() -> None:
    it = ready()
    it.window_closes(10)
    done = await it.done()
    assert done.result == "done"
    assert said(it) == []
    note = it.effects[0]
    assert isinstance(note, CommentTimeline)
    assert "без прощального сообщения" in note.text
    assert returned(done)["farewell_sent"] is False


async def test_or_left_open() -> None:
    it = ready(window_policy="skip")
    it.window_closes(10)
    done = await it.done()
    assert done.result == "blocked_window"
    assert returned(done)["closed"] is False
    assert it.acts == []


# --- closed before ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda it: it.close(), "Диалог уже закрыт: ничего не отправляем."),
        (lambda it: it.data(4, "Y"), "Диалог уже завершают: он закроется сам. Ничего не отправляем."),
    ],
    ids=["closed", "being closed"],
)
async def test_a_closed_dialog_gets_no_text(change: Change, words: str) -> None:
    it = ready()
    change(it)
    done = await it.done()
    assert done.result == "nothing_to_do"
    assert it.last.text.ru == words
    assert returned(done)["closed"] is True
    assert it.acts == []


# --- the last moment --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["Ой, ещё вопрос", "Спасибо!", "👍"])
async def test_any_word_of_the_client_keeps_it_open(text: str) -> None:
    it = ready()
    await goodbye(it)
    it.minute = 25.5
    it.client(text)
    done = await it.done()
    assert done.result == "cancelled_reply"
    assert it.last.text.ru.endswith("Прощание уже отправлено, отозвать его нельзя.")
    assert returned(done)["farewell_sent"] is True
    assert returned(done)["closed"] is False
    assert "finish_dialog" not in [kind for act in it.acts for kind in kinds(act)]


STOPS: list[tuple[str, Change, str]] = [
    ("a person writes", lambda it: it.human("Я ещё отвечу"), "cancelled_owner"),
    ("a person takes it over", lambda it: it.accept(BORIS), "cancelled_owner"),
    ("closed by hand", lambda it: it.close(), "cancelled_closed"),
    ("a new session", lambda it: it.data(5, "344"), "cancelled_closed"),
    ("held in the card", _card(ufCrm_7="Y"), "guard_failed"),
]


@pytest.mark.parametrize(("why", "change", "result"), STOPS, ids=[row[0] for row in STOPS])
async def test_what_stops_it_at_the_last_moment(why: str, change: Change, result: str) -> None:
    it = ready(active_client_field="UF_CRM_7")
    _card(ufCrm_7="N")(it)
    await goodbye(it)
    change(it)
    done = await it.done()
    assert done.result == result
    assert returned(done)["closed"] is (result == "cancelled_closed")
    assert "finish_dialog" not in [kind for act in it.acts for kind in kinds(act)]


STAYS: list[tuple[str, Change]] = [
    ("a whisper", lambda it: it.human("закрываем", COMPONENT_ID="HiddenMessage")),
    ("a line of the system", lambda it: it.office.say(CHAT, 0, "Анна вышла", minute=25)),
    ("a rating", lambda it: it.client("[like]")),
    ("an echo of our own farewell", lambda it: it.client(f"=== Исходящее сообщение\n{BYE}")),
]


@pytest.mark.parametrize(("why", "change"), STAYS, ids=[row[0] for row in STAYS])
async def test_what_does_not_stop_it(why: str, change: Change) -> None:
    it = ready()
    await goodbye(it)
    change(it)
    assert (await it.done()).result == "done"


async def test_woken_early_it_goes_on_waiting() -> None:
    it = ready()
    await goodbye(it)
    it.minute = 25.5
    await it.waits_until(26)
    assert len(it.acts) == 1


async def test_somebody_acted_at_the_very_moment() -> None:
    it = ready()
    await goodbye(it)
    it.ends["finish_dialog"] = EffectResult("finish_dialog", "skipped", Text("", ""), {"because": "a person acted"})
    done = await it.done()
    assert done.result == "failed"
    assert len(it.acts) == 4


@pytest.mark.parametrize(("error", "words"), [("ACCESS_DENIED", "роль открытых линий"), ("X", "отказал: X")])
async def test_without_the_right_there_is_advice(error: str, words: str) -> None:
    it = ready()
    await goodbye(it)
    it.ends["finish_dialog"] = EffectResult("finish_dialog", "refused", Text("", ""), {"error": error})
    done = await it.done()
    assert done.result == "failed"
    assert words in it.last.text.ru
    assert returned(done) == {
        "closed": False,
        "farewell_sent": True,
        "farewell_message_id": 0,
        "failed_guard": "",
    }


async def test_ones_own_dialog_is_finished_as_its_operator() -> None:
    it = ready()
    it.accept(ADMIN)
    await goodbye(it)
    await it.done()
    finish = it.acts[1][0]
    assert isinstance(finish, FinishDialog)
    assert finish.as_operator


async def test_a_check_closes_nothing() -> None:
    it = ready()
    it.dry = True
    done = await it.done()
    assert done.result == "done"
    assert [kinds(act) for act in it.acts] == [["send_as_operator"], ["finish_dialog"], ["fire_trigger"]]
    assert returned(done) == {
        "closed": False,
        "farewell_sent": False,
        "farewell_message_id": 0,
        "failed_guard": "",
    }


# --- the form ---------------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, dict[str, object], str]] = [
    (
        "an unknown place",
        {"text": "Пока, {clint.name}"},
        "«Прощальное сообщение»: нет такой подстановки: {clint.name}.",
    ),
    ("a department", {"as_user": "group_d5"}, "«От чьего имени»: нужен сотрудник, а не отдел."),
    (
        "no code",
        {"active_client_field": "Активен"},
        "«Код поля: действующий клиент»: нужен код поля латинскими буквами, например UF_CRM_ACTIVE.",
    ),
    (
        "no code of what is settled",
        {"confirmed_field": "решено!"},
        "«Код поля: вопрос решён»: нужен код поля латинскими буквами, например UF_CRM_ACTIVE.",
    ),
    (
        "too many days",
        {"silent_days": "366"},
        "«Клиент молчит, дней (0 — не проверять)»: нужно целое число от 0 до 365.",
    ),
]


@pytest.mark.parametrize(("why", "form", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_work_is_refused_with_a_word(why: str, form: dict[str, object], words: str) -> None:
    problem = load()[CODE].check(form)
    assert problem is not None
    assert problem.ru == words
    assert problem.en


def test_the_regulations_words_are_the_default() -> None:
    assert load()[CODE].decoded({}).text == BYE


async def test_a_calendar_that_never_opens_is_not_waited_for() -> None:
    it = unconfirmed(on_guard_fail="wait")
    it.office.lines[22] |= {"WORKTIME_DAYOFF": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]}
    assert isinstance(await it.run(), Failed)
