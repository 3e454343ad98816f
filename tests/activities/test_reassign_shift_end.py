"""The end of a shift, situation by situation: when it is, how the dialog stands, what is done, what stops it."""

from __future__ import annotations

from typing import Any

import pytest

from activities import load
from core.effects import HiddenBrief, NotifyStaff
from core.robots import BadProperty, Done, EffectResult, Failed, WaitUntil
from core.texts.text import Text
from tests.activities.scene import Scene, kinds, minutes_of, refused, returned, to_whom
from tests.activities.shifts import (
    CODE,
    ENDS,
    LEAD,
    Change,
    armed,
    everybody_off,
    gone_home,
    nothing,
    workday,
)
from tests.core.dialogs.portal import ANNA, BOT
from tests.core.robots.office import ADMIN, BORIS, CHIEF, GLEB, VERA, Employee

HANDED = [
    "transfer_dialog",
    "set_responsible",
    "hidden_brief",
    "notify_staff",
    "notify_staff",
    "fire_trigger",
]
AT_THE_END = ENDS - LEAD
SAID = Text("Так было", "So it was")


async def at_the_end(*changes: Change, **form: Any) -> Scene:
    """The robot waited until ten minutes before the planned end."""
    it = armed(**form)
    await it.waits()
    for change in changes:
        change(it)
    it.minute = AT_THE_END
    return it


# --- when ------------------------------------------------------------------------------------------------------------


async def test_it_asks_every_five_minutes_and_knows_the_planned_end() -> None:
    it = armed()
    wait = await it.waits()
    assert minutes_of(wait.due) == 5
    assert wait.watch is None, "an armed run is not woken by every message"
    assert it.last.text.ru == "Анна Петрова: рабочий день открыт. По плану смена до 18:00."
    requests = it.office.requests
    it.minute = 5
    again = await it.waits()
    assert (minutes_of(again.due), again.quiet) == (10, True)
    assert it.office.requests == requests + 1
    assert [command.method for command in it.office.journal[-1].values()] == [
        "im.user.list.get",
        "timeman.status",
        "timeman.settings",
    ]


async def test_the_last_look_is_at_the_planned_moment() -> None:
    it = armed()
    it.minute = AT_THE_END - 3
    assert minutes_of((await it.waits()).due) == AT_THE_END


async def test_everything_is_looked_at_once_an_hour() -> None:
    it = armed()
    await it.waits()
    it.minute = 65
    assert (await it.waits()).quiet
    assert "imopenlines.dialog.get" in {command.method for command in it.office.journal[-2].values()} | {
        command.method for command in it.office.journal[-1].values()
    }


MOMENTS: list[tuple[str, Change, float]] = [
    ("ten minutes before the planned end", nothing, AT_THE_END),
    ("the day was closed", workday(ANNA, "CLOSED", ended=30), 35),
    ("the day was forgotten", workday(ANNA, "EXPIRED"), 35),
    ("a vacation began", lambda it: setattr(it.office.staff[ANNA], "absent", "2025-12-01"), 35),
    ("she was dismissed", lambda it: setattr(it.office.staff[ANNA], "active", False), 35),
]


@pytest.mark.parametrize(("why", "happens", "minute"), MOMENTS, ids=[row[0] for row in MOMENTS])
async def test_what_ends_a_shift(why: str, happens: Change, minute: float) -> None:
    it = armed()
    await it.waits()
    it.minute = minute
    happens(it)
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == HANDED


async def test_lunch_ends_nothing() -> None:
    it = armed()
    await it.waits()
    workday(ANNA, "PAUSED")(it)
    it.minute = 35
    assert (await it.waits()).quiet


async def test_a_shift_that_is_over_is_dealt_with_at_once() -> None:
    it = armed(workday(ANNA, "CLOSED"))
    assert returned(await it.done())["kind"] == "client_waiting"


SOURCES: list[tuple[str, dict[str, Any], float | None]] = [
    ("our table", {"shift_source": "our_shift"}, AT_THE_END),
    ("a given time", {"shift_source": "timeman,fixed_time", "fixed_time": "17:00"}, 110),
    ("a longer lead", {"lead_minutes": "30"}, ENDS - 30),
    ("no lead", {"lead_minutes": "0"}, ENDS),
]


@pytest.mark.parametrize(("why", "form", "minute"), SOURCES, ids=[row[0] for row in SOURCES])
async def test_where_the_end_is_known_from(why: str, form: dict[str, Any], minute: float) -> None:
    it = armed(**form)
    await it.waits()
    it.minute = minute - 1
    assert isinstance(await it.run(), WaitUntil)
    it.minute = minute
    assert isinstance(await it.run(), Done)


async def test_a_schedule_of_the_portal() -> None:
    it = armed(shift_source="timeman,schedule")
    it.desk.settings["shift_schedule_id"] = 1
    it.office.schedule = {
        "ID": 1,
        "NAME": "Смены",
        "SHIFTS": [{"WORK_TIME_START": 9 * 3600, "WORK_TIME_END": 17 * 3600, "WORK_DAYS": "12345"}],
    }
    await it.waits()
    assert "По плану смена до 17:00" in it.last.text.ru
    it.minute = 110
    assert (await it.done()).result == "done"


async def test_without_a_plan_only_the_day_is_watched() -> None:
    it = armed(shift_source="timeman")
    await it.waits()
    assert "Следим, когда он закроет рабочий день" in it.last.text.ru
    it.minute = 600
    assert isinstance(await it.run(), WaitUntil)


async def test_nothing_tells_when_the_shift_ends() -> None:
    it = armed(shift_source="timeman")
    it.office.manages_time = False
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert "Узнать конец смены неоткуда" in it.last.text.ru


async def test_whose_days_nobody_counts_never_ends_a_shift() -> None:
    it = armed(shift_source="timeman")
    it.office.staff[ANNA].counts_worktime = False
    assert (await it.done()).result == "nothing_to_do"
    assert "Конца смены не будет" in it.last.text.ru


async def test_without_the_right_to_working_time_the_plan_is_enough() -> None:
    it = armed()
    it.office.manages_time = False
    await it.waits()
    it.minute = AT_THE_END
    assert (await it.done()).result == "done"


# --- overtime --------------------------------------------------------------------------------------------------------


async def test_whoever_is_still_writing_is_let_go_on_four_times() -> None:
    it = await at_the_end()
    for number in range(4):
        it.human("Смотрю дальше, минутку.", at=it.minute - 5)
        it.client("Жду", at=it.minute - 1)
        until = it.minute - 5 + 15
        wait = await it.waits()
        assert minutes_of(wait.due) <= until
        assert f"ждём до {(15 * 60 + until) // 60:02.0f}:{(15 * 60 + until) % 60:02.0f}" in it.last.text.ru, number
        it.minute = until
    it.human("Ещё минутку.", at=it.minute - 5)
    it.client("Жду", at=it.minute - 1)
    assert (await it.done()).result == "done"


async def test_overtime_counts_from_her_own_last_words() -> None:
    it = await at_the_end()
    it.human("Уточняю.", at=AT_THE_END - 9)
    it.human("Я тоже тут.", by=BORIS, at=AT_THE_END - 1)
    await it.waits()
    assert it.state["handover_at"] == "2025-11-24T14:56:00Z"


async def test_a_closed_day_is_no_overtime() -> None:
    it = await at_the_end()
    it.human("Всё, до завтра.", at=AT_THE_END - 2)
    it.client("А как же акт?", at=AT_THE_END - 1)
    workday(ANNA, "CLOSED", ended=AT_THE_END)(it)
    assert returned(await it.done())["kind"] == "client_waiting"


async def test_whoever_writes_after_closing_is_in_overtime() -> None:
    it = await at_the_end()
    workday(ANNA, "CLOSED", ended=AT_THE_END - 8)(it)
    it.human("Ещё отвечу.", at=AT_THE_END - 3)
    assert isinstance(await it.run(), WaitUntil)


# --- how the dialog stands -------------------------------------------------------------------------------------------

ASKED = "Пришлите, пожалуйста, договор."
PROMISED = "Уточню у коллег и вернусь с ответом."


def says(*lines: tuple[str, str]) -> Change:
    """Lines of the dialog from 15:01 on: who and what."""

    def change(it: Scene) -> None:
        for number, (who, text) in enumerate(lines):
            (it.client if who == "client" else it.human)(text, at=1 + number / 10)

    return change


STANDS: list[tuple[str, Change, str]] = [
    ("the client asked", says(), "client_waiting"),
    ("the client answered our question", says(("us", ASKED), ("client", "Отправила")), "client_waiting"),
    ("we promised", says(("us", PROMISED)), "promise"),
    ("we asked", says(("us", ASKED)), "our_question"),
    ("we said something", says(("us", "Акт готов, отправила на почту.")), "our_question"),
    ("the client thanked", says(("us", "Акт готов, отправила."), ("client", "Спасибо!")), "gratitude"),
    (
        "the client confirmed, and we had the last word",
        says(("us", "Акт отправила."), ("client", "Всё получили, вопрос решён, спасибо!"), ("us", "Рада помочь!")),
        "done",
    ),
]


@pytest.mark.parametrize(("why", "happens", "kind"), STANDS, ids=[row[0] for row in STANDS])
async def test_how_a_dialog_stands(why: str, happens: Change, kind: str) -> None:
    form = dict.fromkeys(("on_client_waiting", "on_promise", "on_our_question", "on_gratitude"), "nothing")
    it = await at_the_end(happens, **form)
    outcome = await it.done()
    assert (outcome.result, returned(outcome)["kind"]) == ("nothing_to_do", kind)
    assert it.acts == []


HOLDS = [
    ("Y", "hold"),
    ("2025-12-01", "hold"),
    ("2025-11-01", "our_question"),
    ("N", "our_question"),
    ("", "our_question"),
]


@pytest.mark.parametrize(("mark", "kind"), HOLDS)
async def test_a_mark_on_the_card_holds_the_dialog(mark: str, kind: str) -> None:
    it = await at_the_end(says(("us", ASKED)), on_our_question="nothing")
    it.desk.settings["hold_field"] = "UF_CRM_HOLD"
    it.office.items[it.item]["ufCrmHold"] = mark
    outcome = await it.run()
    assert it.state["kind"] == kind
    assert isinstance(outcome, WaitUntil if kind == "hold" else Done)


async def test_a_client_who_waits_outweighs_the_mark() -> None:
    it = await at_the_end(on_client_waiting="nothing")
    it.desk.settings["hold_field"] = "UF_CRM_HOLD"
    it.office.items[it.item]["ufCrmHold"] = "Y"
    assert returned(await it.done())["kind"] == "client_waiting"


# --- what is done ----------------------------------------------------------------------------------------------------


async def test_the_order_of_a_hand_over() -> None:
    """decisions.md 23: take, unpin, transfer, verify, responsible, brief, notify."""
    it = await at_the_end(lambda it: it.data(3, "Y"))
    outcome = await it.done()
    assert kinds(it.effects) == ["take_dialog", "unpin_dialog", *HANDED]
    assert [effect.rests_on for effect in it.effects] == ["", "take_dialog", "", *["transfer_dialog"] * 5]
    assert to_whom(it.effects) == [
        ("take_dialog", ADMIN),
        ("transfer_dialog", BORIS),
        ("set_responsible", BORIS),
        ("notify_staff", BORIS),
        ("notify_staff", ANNA),
    ]
    assert returned(outcome) == {
        "kind": "client_waiting",
        "new_owner": f"user_{BORIS}",
        "moved": True,
        "minutes_waited": 170,
    }


async def test_what_people_are_told() -> None:
    it = await at_the_end()
    await it.done()
    new, former = [effect for effect in it.effects if isinstance(effect, NotifyStaff)]
    assert new.text.startswith(
        "Вам передан диалог: смена закончилась (Анна Петрова), клиент ждёт ответа 170 минут рабочего времени. [URL="
    )
    assert former.text.startswith("Ваша смена закончилась: диалог теперь ведёт Борис Орлов. [URL=")
    [brief] = [effect for effect in it.effects if isinstance(effect, HiddenBrief)]
    assert brief.text == (
        "Диалог передан: Анна Петрова → Борис Орлов. Сейчас клиент ждёт ответа 170 минут рабочего времени. "
        "Клиент писал в 15:00."
    )
    it = await at_the_end()
    it.language = "en"
    await it.done()
    new, _ = [effect for effect in it.effects if isinstance(effect, NotifyStaff)]
    assert new.text.startswith("A dialog was handed to you: the shift of Анна Петрова is over, the client has waited")


FORMS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("the card is left alone", {"crm_sync": "never"}, [one for one in HANDED if one != "set_responsible"]),
    (
        "the card as the portal has it",
        {"crm_sync": "created_only"},
        [one for one in HANDED if one != "set_responsible"],
    ),
    ("no note", {"brief": "N"}, [one for one in HANDED if one != "hidden_brief"]),
    (
        "a word to the client",
        {"client_text": "Ваш вопрос передан коллеге."},
        [*HANDED[:2], "send_automatic", *HANDED[2:]],
    ),
]


@pytest.mark.parametrize(("why", "form", "effects"), FORMS, ids=[row[0] for row in FORMS])
async def test_what_goes_with_it(why: str, form: dict[str, Any], effects: list[str]) -> None:
    it = await at_the_end(**form)
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == effects


async def test_a_pinned_dialog_that_is_to_stay_pinned() -> None:
    it = await at_the_end(lambda it: it.data(3, "Y"), unpin="N")
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == HANDED
    assert "открепить его может только сам оператор" in str(it.told)


async def test_an_unpinning_that_was_refused_stops_nothing() -> None:
    it = await at_the_end(lambda it: it.data(3, "Y"))
    it.ends["unpin_dialog"] = refused("unpin_dialog")
    assert returned(await it.done())["moved"] is True
    assert False in [check.passed for check in it.last.checks]


CHOSEN: list[tuple[str, Change, dict[str, Any], int]] = [
    ("the next in turn", nothing, {}, BORIS),
    ("who is off gets nothing", lambda it: gone_home(it, BORIS), {}, VERA),
    ("of a pool", nothing, {"pool": [f"user_{GLEB}"]}, GLEB),
    ("by load", lambda it: setattr(it.office.staff[BORIS], "dialogs", 4), {"strategy": "least_loaded"}, VERA),
    ("a department", lambda it: gone_home(it, CHIEF, BORIS, VERA), {"pool": ["group_d7"]}, GLEB),
]


@pytest.mark.parametrize(("why", "happens", "form", "chosen"), CHOSEN, ids=[row[0] for row in CHOSEN])
async def test_who_gets_it(why: str, happens: Change, form: dict[str, Any], chosen: int) -> None:
    it = await at_the_end(happens, **form)
    assert returned(await it.done())["new_owner"] == f"user_{chosen}"
    assert "Анна Петрова: не подходит — сдаёт смену" in str(it.told) or form.get("pool")


async def test_back_to_the_queue() -> None:
    it = await at_the_end(on_client_waiting="to_queue")
    outcome = await it.done()
    assert to_whom(it.effects) == [("transfer_dialog", 0), ("notify_staff", ANNA)]
    assert returned(outcome) == {"kind": "client_waiting", "new_owner": None, "moved": True, "minutes_waited": 170}
    assert "возвращён в очередь" in it.effects[1].model_dump()["text"]


async def test_only_the_head_is_told() -> None:
    it = await at_the_end(says(("us", PROMISED)), on_promise="notify_head")
    outcome = await it.done()
    assert (outcome.result, returned(outcome)["moved"]) == ("done", False)
    assert to_whom(it.effects) == [("notify_staff", CHIEF)]
    assert "мы обещали вернуться с ответом в 15:01" in it.effects[0].model_dump()["text"]


async def test_thanks_are_answered_with_a_sign() -> None:
    it = await at_the_end(says(("us", "Акт готов."), ("client", "Спасибо!")))
    outcome = await it.done()
    assert (outcome.result, returned(outcome)["kind"]) == ("done", "gratitude")
    assert kinds(it.effects) == ["send_as_operator"]
    assert it.effects[0].said == "🤝"
    assert it.effects[0].author == ANNA


async def test_a_closed_window_lets_no_sign_through() -> None:
    it = await at_the_end(says(("us", "Акт готов."), ("client", "Спасибо!")), lambda it: it.window_closes(20))
    assert (await it.done()).result == "nothing_to_do"
    assert it.acts == []


async def test_a_sign_that_could_not_be_sent() -> None:
    it = await at_the_end(says(("us", "Акт готов."), ("client", "Спасибо!")))
    it.ends["send_as_operator"] = refused("send_as_operator")
    assert isinstance(await it.run(), Failed)


async def test_a_note_that_left_us_in_the_chat_is_followed_by_leaving() -> None:
    it = await at_the_end()
    it.ends["hidden_brief"] = EffectResult("hidden_brief", "refused", SAID, {"inside": True})
    assert (await it.done()).result == "done"
    assert [kinds(act) for act in it.acts] == [HANDED, ["leave_chat"]]


async def test_a_check_lists_who_would_get_what() -> None:
    it = await at_the_end()
    it.dry = True
    outcome = await it.done()
    assert (outcome.result, returned(outcome)["new_owner"]) == ("done", f"user_{BORIS}")
    assert it.desk.pools == {}
    assert kinds(it.effects) == HANDED
    assert "Борис Орлов: назначаем" in str(it.told)


# --- refusals --------------------------------------------------------------------------------------------------------


async def test_a_refusal_is_answered_by_taking_it_and_then_by_telling_the_head() -> None:
    """«transfer refused → one retry by intercept, then notify head»."""
    it = await at_the_end()
    it.ends["transfer_dialog"] = EffectResult("transfer_dialog", "refused", SAID, {"error": "OPERATOR_WRONG"})
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert [kinds(act)[:2] for act in it.acts] == [
        ["transfer_dialog", "set_responsible"],
        ["take_dialog", "transfer_dialog"],
        ["notify_staff"],
    ]
    assert to_whom(it.effects) == [("notify_staff", CHIEF)]
    assert "передать диалог не удалось" in it.effects[0].model_dump()["text"]


async def test_somebody_who_took_it_meanwhile_keeps_it() -> None:
    it = await at_the_end()
    it.ends["transfer_dialog"] = EffectResult("transfer_dialog", "skipped", SAID)
    assert (await it.done()).result == "cancelled_owner"


# --- left alone ------------------------------------------------------------------------------------------------------

ALONE: list[tuple[str, Change, dict[str, Any], str]] = [
    ("closed", lambda it: it.close(), {}, "nothing_to_do"),
    ("nobody accepted it", lambda it: it.accept(0), {}, "nothing_to_do"),
    ("a bot has it", lambda it: it.accept(BOT), {}, "nothing_to_do"),
    ("another one has it", nothing, {"owner": f"user_{BORIS}"}, "nothing_to_do"),
    ("another robot is at it", lambda it: it.desk.taken.add("chat 1777"), {}, "skipped_duplicate"),
]


@pytest.mark.parametrize(("why", "happens", "form", "result"), ALONE, ids=[row[0] for row in ALONE])
async def test_what_is_not_armed(why: str, happens: Change, form: dict[str, Any], result: str) -> None:
    it = armed(happens, **form)
    it.office.staff[BOT] = Employee(BOT, "Бот", bot=True)
    assert (await it.done()).result == result
    assert it.acts == []


CANCELS: list[tuple[str, Change, str]] = [
    ("it was closed", lambda it: it.close(), "cancelled_closed"),
    ("it was given away by hand", lambda it: it.accept(GLEB), "cancelled_owner"),
]


@pytest.mark.parametrize(("why", "happens", "result"), CANCELS, ids=[row[0] for row in CANCELS])
@pytest.mark.parametrize("minute", [3, AT_THE_END])
async def test_what_cancels(why: str, happens: Change, result: str, minute: float) -> None:
    it = armed()
    await it.waits()
    it.minute = minute
    happens(it)
    assert (await it.done()).result == result
    assert it.acts == []


async def test_what_the_portal_put_into_the_queue_itself_is_still_handed_over() -> None:
    """With CHECK_AVAILABLE the portal returns unanswered dialogs to the queue when the day ends (S4-09)."""
    it = armed()
    await it.waits()
    it.accept(0)
    workday(ANNA, "CLOSED", ended=30)(it)
    it.minute = 35
    outcome = await it.done()
    assert returned(outcome)["new_owner"] == f"user_{BORIS}"


# --- nobody is there -------------------------------------------------------------------------------------------------


async def left_alone(**form: Any) -> Scene:
    """It is the end of the shift, and no colleague is there."""
    it = await at_the_end(**form)
    everybody_off(it)
    workday(ANNA, "CLOSED", ended=AT_THE_END)(it)
    return it


async def test_whoever_opens_the_day_first_gets_it() -> None:
    it = await left_alone()
    wait = await it.waits()
    assert "Ждём первого, кто откроет день" in it.last.text.ru
    assert wait.watch is not None
    it.minute = minutes_of(wait.due)
    assert (await it.waits()).quiet
    it.office.staff[VERA].workday = "OPENED"
    it.minute += 5
    assert returned(await it.done())["new_owner"] == f"user_{VERA}"


async def test_a_client_who_writes_again_is_a_matter_for_the_head() -> None:
    """«диалог исчезнет у всех операторов» (S4-13): once told, then whoever comes first gets it."""
    it = await left_alone()
    await it.waits()
    it.client("Ау, есть кто живой?", at=AT_THE_END + 3)
    it.minute = AT_THE_END + 4
    await it.waits()
    assert kinds(it.effects) == ["notify_staff", "fire_trigger"]
    assert to_whom(it.effects) == [("notify_staff", CHIEF)]
    assert it.effects[1].model_dump()["code"] == "orphan_found"
    assert "на смене никого нет" in it.effects[0].model_dump()["text"]
    it.client("Ну как же так", at=AT_THE_END + 6)
    it.minute = AT_THE_END + 7
    assert isinstance(await it.run(), WaitUntil)
    assert len(it.acts) == 1
    it.office.staff[BORIS].workday = "OPENED"
    it.minute = AT_THE_END + 15
    assert returned(await it.done())["new_owner"] == f"user_{BORIS}"


async def test_the_operator_who_comes_back_keeps_it() -> None:
    it = await left_alone()
    await it.waits()
    it.minute = 24 * 60 - 300
    workday(ANNA, "OPENED")(it)
    await it.waits()
    assert "По плану смена до" in it.last.text.ru
    assert it.acts == []


NO_CANDIDATE: list[tuple[str, str, Change, list[tuple[str, int]], str]] = [
    (
        "the head who is there gets it",
        "head",
        workday(CHIEF, "OPENED"),
        [("transfer_dialog", CHIEF), ("set_responsible", CHIEF), ("notify_staff", CHIEF), ("notify_staff", ANNA)],
        "done",
    ),
    ("a head who is off is told", "head", nothing, [("notify_staff", CHIEF)], "no_candidate"),
    ("the queue", "queue", nothing, [("transfer_dialog", 0), ("notify_staff", ANNA)], "done"),
    ("nothing", "nothing", nothing, [], "no_candidate"),
]


@pytest.mark.parametrize(
    ("why", "policy", "happens", "effects", "result"), NO_CANDIDATE, ids=[row[0] for row in NO_CANDIDATE]
)
async def test_when_nobody_can_take_it(
    why: str, policy: str, happens: Change, effects: list[tuple[str, int]], result: str
) -> None:
    it = await left_alone(no_candidate=policy)
    happens(it)
    assert (await it.done()).result == result
    assert to_whom(it.effects) == effects


# --- watching --------------------------------------------------------------------------------------------------------


async def watched(**form: Any) -> Scene:
    """We had the last word, her shift ended, the dialog stayed with her."""
    it = await at_the_end(says(("us", ASKED)), **form)
    wait = await it.waits()
    assert wait.watch is not None
    assert "Диалог остаётся за ним, следим" in it.last.text.ru
    workday(ANNA, "CLOSED", ended=ENDS)(it)
    return it


async def test_the_clients_word_hands_it_over_at_once() -> None:
    """Case 1 of the seed: the employee asked, the client was silent, the shift ended (S4-01)."""
    it = await watched()
    it.minute = ENDS + 5
    assert (await it.waits()).quiet
    it.client("Вот договор", at=ENDS + 7)
    it.minute = ENDS + 7
    outcome = await it.done()
    assert returned(outcome)["new_owner"] == f"user_{BORIS}"
    assert returned(outcome)["kind"] == "client_waiting"


async def test_watching_costs_one_small_request() -> None:
    it = await watched()
    it.minute = ENDS + 5
    await it.waits()
    requests = it.office.requests
    it.minute = ENDS + 10
    await it.waits()
    assert it.office.requests == requests + 2
    assert sum(it.office.sizes[-2:]) == 4


async def test_the_clients_word_is_noticed_without_being_woken() -> None:
    it = await watched()
    it.client("Вот договор", at=ENDS + 3)
    it.minute = ENDS + 5
    assert (await it.done()).result == "done"


async def test_watching_hands_over_even_where_waiting_clients_are_left_alone() -> None:
    it = await watched(on_client_waiting="nothing")
    it.client("Вот договор", at=ENDS + 3)
    it.minute = ENDS + 5
    assert returned(await it.done())["moved"] is True


async def test_thanks_to_somebody_who_left() -> None:
    it = await watched()
    it.client("Спасибо!", at=ENDS + 3)
    it.minute = ENDS + 5
    assert returned(await it.done())["kind"] == "gratitude"


async def test_whoever_is_back_is_armed_again() -> None:
    """«Если сотрудник … видит, что диалог по-прежнему на нём — он может продолжить общение» (S4-06)."""
    it = await watched()
    it.minute = ENDS + 15 * 60 + 5
    workday(ANNA, "OPENED")(it)
    await it.waits()
    assert "По плану смена до" in it.last.text.ru


async def test_a_watched_dialog_that_somebody_joined_is_left_to_him() -> None:
    it = await watched()
    it.accept(GLEB)
    it.client("Вот договор", at=ENDS + 3)
    it.minute = ENDS + 5
    assert (await it.done()).result == "cancelled_owner"


# --- giving back -----------------------------------------------------------------------------------------------------


async def lent() -> Scene:
    """Boris got the dialog, and is to give it back if nobody answers."""
    it = await at_the_end(return_policy="return_if_untouched")
    wait = await it.waits()
    assert "Вернём прежнему" in it.last.text.ru
    assert wait.watch is not None
    it.accept(BORIS)
    workday(ANNA, "CLOSED", ended=ENDS)(it)
    it.minute = ENDS + 5
    assert (await it.waits()).quiet
    return it


NEXT_MORNING = 18 * 60 + 5


async def test_untouched_it_goes_back_at_her_next_shift() -> None:
    it = await lent()
    workday(ANNA, "OPENED")(it)
    it.minute = NEXT_MORNING
    outcome = await it.done()
    assert to_whom(it.effects) == [("transfer_dialog", ANNA), ("notify_staff", ANNA)]
    assert returned(outcome)["new_owner"] == f"user_{ANNA}"
    assert "за это время клиенту не ответили" in it.effects[-1].model_dump()["text"]


STAYS: list[tuple[str, Change, str]] = [
    ("Boris answered", lambda it: it.human("Готово", by=BORIS, at=ENDS + 20), "Клиенту ответили"),
    ("somebody else has it", lambda it: it.accept(VERA), "у другого оператора"),
    ("it was closed", lambda it: it.close(), "закрыт"),
]


@pytest.mark.parametrize(("why", "happens", "words"), STAYS, ids=[row[0] for row in STAYS])
async def test_what_stays_where_it_is(why: str, happens: Change, words: str) -> None:
    it = await lent()
    happens(it)
    workday(ANNA, "OPENED")(it)
    it.minute = NEXT_MORNING
    outcome = await it.done()
    assert (outcome.result, returned(outcome)["new_owner"]) == ("done", f"user_{BORIS}")
    assert words in it.last.text.ru
    assert len(it.acts) == 1


async def test_a_giving_back_that_failed_is_said() -> None:
    it = await lent()
    workday(ANNA, "OPENED")(it)
    it.ends["transfer_dialog"] = refused("transfer_dialog")
    it.minute = NEXT_MORNING
    assert returned(await it.done())["new_owner"] == f"user_{BORIS}"


# --- forms -----------------------------------------------------------------------------------------------------------

BAD = [
    ({"shift_source": "watch"}, "«Откуда известна смена»: непонятно слово «watch»"),
    ({"shift_source": "fixed_time"}, "«Смена до (ЧЧ:ММ)»"),
    ({"fixed_time": "25:00"}, "«Смена до (ЧЧ:ММ)»"),
    ({"strategy": "fair"}, "«Как выбирать»"),
    ({"owner": "group_d5"}, "«Чья смена»"),
    ({"client_text": "{nobody}"}, "«Текст клиенту»: нет такой подстановки: {nobody}."),
    ({"client_text": "а" * 20_001}, "«Текст клиенту»: больше 20 000"),
    ({"lead_minutes": "9999"}, "«За сколько минут до конца»"),
]


@pytest.mark.parametrize(("form", "words"), BAD, ids=[str(row[0])[:40] for row in BAD])
def test_what_cannot_work_names_the_property(form: dict[str, Any], words: str) -> None:
    with pytest.raises(BadProperty) as bad:
        load()[CODE].decoded(form)
    assert bad.value.text.ru.startswith(words)
    assert bad.value.text.en
