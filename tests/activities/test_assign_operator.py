"""Assigning, situation by situation: who is chosen, what is done, what is said, and what stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from activities import load
from core.bitrix24.documents import COMPANY, Item
from core.robots import BadProperty, EffectResult, Failed, WaitUntil
from core.robots.turns import Turns
from tests.activities.scene import OUR_CONTACT, OUR_DEAL, Scene, kinds, refused, returned, to_whom
from tests.core.dialogs.portal import ANNA, BOT
from tests.core.robots.office import ADMIN, BORIS, CHIEF, GLEB, VERA, Employee

CODE = "assign_operator"
GIVEN = ["transfer_dialog", "set_responsible", "notify_staff"]
LATER = 60
Change = Callable[[Scene], object]


class Once(dict[str, EffectResult]):
    """How effects end the first time; after that all goes well."""

    def get(self, kind: str, default: Any = None) -> Any:
        return self.pop(kind, default)


def waiting(*changes: Change, accepted_by: int = 0, **form: Any) -> Scene:
    """A client asked an hour ago and nobody took the dialog, or somebody did at once."""
    it = Scene(CODE, form)
    it.accept(accepted_by)
    it.client()
    it.minute = LATER
    it.started_at = it.now
    for change in changes:
        change(it)
    return it


def off(*people: int) -> Change:
    def change(it: Scene) -> None:
        for number in people:
            it.office.staff[number].workday = "CLOSED"

    return change


def person(number: int, **fields: Any) -> Change:
    def change(it: Scene) -> None:
        for name, value in fields.items():
            setattr(it.office.staff[number], name, value)

    return change


def setting(name: str, value: Any) -> Change:
    return lambda it: it.desk.settings.__setitem__(name, value)


def had_turns(*people: int, pool: str = "line 22") -> Change:
    def change(it: Scene) -> None:
        turns = Turns()
        for number, user_id in enumerate(people):
            turns = turns.taken(user_id, by=f"other{number}|0", now=it.now)
        it.desk.pools[pool] = turns

    return change


def client_of(owner: int) -> Change:
    return lambda it: it.office.items.__setitem__(OUR_CONTACT, {"name": "Иван", "assignedById": owner})


CHOSEN: list[tuple[str, Scene, int]] = [
    ("in turn", waiting(strategy="round_robin"), ANNA),
    ("in turn, the next", waiting(had_turns(ANNA), strategy="round_robin"), BORIS),
    ("the least to do", waiting(person(ANNA, dialogs=2), person(BORIS, dialogs=1), strategy="least_loaded"), VERA),
    (
        "the least to do by tasks alone",
        waiting(person(ANNA, tasks=2), person(BORIS, dialogs=9), person(VERA, tasks=1), load_weights="tasks=1"),
        BORIS,
    ),
    (
        "what is not accepted weighs twice",
        waiting(person(ANNA, not_accepted=1), person(BORIS, dialogs=1), off(VERA)),
        BORIS,
    ),
    ("who is off is left out", waiting(off(ANNA), strategy="round_robin"), BORIS),
    ("who is at lunch is left out", waiting(person(ANNA, workday="PAUSED"), strategy="round_robin"), BORIS),
    ("who is away is left out", waiting(person(ANNA, absent="2025-12-01"), strategy="round_robin"), BORIS),
    ("who was dismissed is left out", waiting(person(ANNA, active=False), strategy="round_robin"), BORIS),
    (
        "whose days nobody counts is there",
        waiting(person(ANNA, workday="CLOSED", counts_worktime=False), strategy="round_robin"),
        ANNA,
    ),
    ("nobody asks for shifts", waiting(off(ANNA), strategy="round_robin", require_on_shift="N"), ANNA),
    ("who is full is left out", waiting(person(ANNA, dialogs=3), strategy="round_robin", max_open="3"), BORIS),
    (
        "who keeps them waiting is left out",
        waiting(person(ANNA, not_accepted=2), strategy="round_robin", max_waiting="2"),
        BORIS,
    ),
    (
        "the line's own limit",
        waiting(
            person(ANNA, dialogs=3),
            lambda it: it.office.lines[22].update(MAX_CHAT="3", TYPE_MAX_CHAT="closed"),
            strategy="round_robin",
        ),
        BORIS,
    ),
    (
        "the line's own limit of what waits",
        waiting(
            person(ANNA, not_accepted=3),
            lambda it: it.office.lines[22].update(MAX_CHAT="3", TYPE_MAX_CHAT="answered"),
            strategy="round_robin",
        ),
        BORIS,
    ),
    (
        "a skill",
        waiting(setting("skills", {str(VERA): ["Английский"]}), strategy="round_robin", skills="английский"),
        VERA,
    ),
    ("a pool", waiting(pool=[f"user_{GLEB}"]), GLEB),
    ("a department", waiting(off(CHIEF, ANNA, BORIS, VERA), pool=["group_d7"]), GLEB),
    ("the client's own", waiting(client_of(VERA)), VERA),
    ("the client's own, not of the pool", waiting(client_of(GLEB)), GLEB),
    (
        "the client's own is off",
        waiting(client_of(GLEB), off(GLEB), person(ANNA, dialogs=1), person(BORIS, dialogs=1)),
        VERA,
    ),
    ("who served the client before", waiting(lambda it: it.human(by=VERA, at=1)), VERA),
    ("who served the client before is off", waiting(lambda it: it.human(by=VERA, at=1), off(VERA)), ANNA),
    (
        "who opened the day first",
        waiting(
            person(BORIS, began_at="2025-11-24T08:00:00+03:00"),
            person(ANNA, began_at="2025-11-24T09:00:00+03:00"),
            strategy="first_open",
        ),
        BORIS,
    ),
    (
        "a pool of one",
        waiting(had_turns(GLEB, pool=f"user_{GLEB}"), pool=[f"user_{GLEB}"], strategy="round_robin"),
        GLEB,
    ),
]


@pytest.mark.parametrize(("why", "it", "chosen"), CHOSEN, ids=[row[0] for row in CHOSEN])
async def test_who_is_chosen(why: str, it: Scene, chosen: int) -> None:
    outcome = await it.done()
    assert outcome.result == "done"
    assert returned(outcome)["assignee"] == f"user_{chosen}"
    expected = GIVEN if chosen != ANNA else ["transfer_dialog", "notify_staff"]
    assert kinds(it.effects) == expected
    assert {user_id for _, user_id in to_whom(it.effects)} == {chosen}


async def test_chance_is_repeatable() -> None:
    drawn = [returned(await waiting(strategy="random").done())["assignee"] for _ in range(3)]
    assert len(set(drawn)) == 1
    assert drawn[0] in {f"user_{one}" for one in (ANNA, BORIS, VERA)}


async def test_the_owner_of_the_company_goes_before_the_contacts() -> None:
    """«Главный бухгалтер и исполнитель отвечают своим клиентам» (S0-03)."""
    it = waiting(client_of(VERA))
    it.office.items[OUR_DEAL]["companyId"] = 3
    it.office.items[Item(COMPANY, 3)] = {"title": "Ромашка", "assignedById": BORIS}
    assert returned(await it.done())["assignee"] == f"user_{BORIS}"
    assert "ответственный за клиента" in it.told[0][1].text.ru


async def test_the_explanation_says_why_not() -> None:
    it = waiting(off(BORIS), person(VERA, dialogs=4), strategy="least_loaded", max_open="4")
    values = returned(await it.done())
    assert values["candidates"] == 1
    assert values["explain"].splitlines() == [
        "Назначаем: Анна Петрова (у кого меньше нагрузка).",
        "– Анна Петрова: назначаем — рабочий день открыт; 0 открытых диалогов; непринятых 0; 0 задач; нагрузка 0",
        "– Борис Орлов: не подходит — рабочий день закрыт",
        "– Вера Белова: не подходит — открытых диалогов 4, предел 4",
    ]
    it = waiting(off(BORIS), strategy="round_robin")
    it.language = "en"
    assert "– Борис Орлов: does not fit – the working day is closed" in returned(await it.done())["explain"]


# --- what is done ----------------------------------------------------------------------------------------------------

APPLIED: list[tuple[str, dict[str, Any], list[tuple[str, int]]]] = [
    ("both", {}, [("transfer_dialog", BORIS), ("set_responsible", BORIS), ("notify_staff", BORIS)]),
    ("the dialog only", {"apply_to": "dialog_only"}, [("transfer_dialog", BORIS), ("notify_staff", BORIS)]),
    ("the card only", {"apply_to": "crm_only"}, [("set_responsible", BORIS), ("notify_staff", BORIS)]),
]


@pytest.mark.parametrize(("why", "form", "effects"), APPLIED, ids=[row[0] for row in APPLIED])
async def test_what_is_assigned(why: str, form: dict[str, Any], effects: list[tuple[str, int]]) -> None:
    it = waiting(had_turns(ANNA), strategy="round_robin", **form)
    assert (await it.done()).result == "done"
    assert to_whom(it.effects) == effects


async def test_whoever_has_it_already_is_told_nothing() -> None:
    it = waiting(accepted_by=ANNA, strategy="round_robin", accept_minutes="10")
    outcome = await it.done()
    assert outcome.result == "done"
    assert it.acts == []
    assert "уже ведёт диалог" in it.last.text.ru


async def test_whoever_has_the_dialog_gets_the_card_too() -> None:
    it = waiting(had_turns(ANNA), accepted_by=BORIS, strategy="round_robin")
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == ["set_responsible", "notify_staff"]
    assert "назначены ответственным" in it.effects[-1].model_dump()["text"]


async def test_nobody_is_told_of_what_he_did_not_get() -> None:
    it = waiting(strategy="round_robin")
    await it.done()
    assert [effect.rests_on for effect in it.effects] == ["", "transfer_dialog"]
    it = waiting(had_turns(ANNA), strategy="round_robin")
    await it.done()
    assert [effect.rests_on for effect in it.effects] == ["", "transfer_dialog", "transfer_dialog"]


async def test_the_user_of_the_token_takes_the_dialog_himself() -> None:
    """The portal refuses a transfer to him (S1-02)."""
    it = waiting(pool=[f"user_{ADMIN}"])
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == ["take_dialog", "set_responsible", "notify_staff"]
    assert it.effects[1].rests_on == "take_dialog"


async def test_a_pinned_dialog_stays_pinned_and_the_log_says_so() -> None:
    it = waiting(lambda it: it.data(3, "Y"), off(ANNA), accepted_by=ANNA, strategy="round_robin")
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == GIVEN
    assert "открепить его может только сам оператор" in str(it.told)


# --- refusals --------------------------------------------------------------------------------------------------------


async def test_a_refusal_is_answered_by_taking_it_first() -> None:
    it = waiting(off(ANNA), accepted_by=ANNA, strategy="round_robin")
    it.ends["transfer_dialog"] = refused("transfer_dialog")
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert [kinds(act)[:2] for act in it.acts] == [
        ["transfer_dialog", "set_responsible"],
        ["take_dialog", "transfer_dialog"],
    ]


async def test_a_card_that_may_not_be_changed() -> None:
    it = waiting(had_turns(ANNA), apply_to="crm_only", strategy="round_robin")
    it.ends["set_responsible"] = refused("set_responsible")
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert "Ответственного сменить не удалось" in it.last.text.ru


async def test_the_second_way_may_work() -> None:
    it = waiting(off(ANNA), accepted_by=ANNA, strategy="round_robin")
    it.ends = Once(transfer_dialog=refused("transfer_dialog"))
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == ["take_dialog", *GIVEN]


async def test_somebody_who_acted_first_keeps_it() -> None:
    it = waiting(strategy="round_robin")
    it.ends["transfer_dialog"] = EffectResult("transfer_dialog", "skipped", it.robot.name)
    assert (await it.done()).result == "cancelled_owner"


async def test_a_bot_is_asked_to_hand_it_over_and_else_to_let_go() -> None:
    """The portal takes the first from an application with a bot of its own only (openlines.md 3.5)."""
    it = waiting(accepted_by=BOT, strategy="round_robin")
    it.office.staff[BOT] = Employee(BOT, "Бот", bot=True)
    it.ends["transfer_from_bot"] = refused("transfer_from_bot")
    assert (await it.done()).result == "done"
    assert [kinds(act)[:2] for act in it.acts] == [
        ["transfer_from_bot", "notify_staff"],
        ["release_from_bot", "transfer_dialog"],
    ]


# --- left alone ------------------------------------------------------------------------------------------------------

ALONE: list[tuple[str, Scene, str]] = [
    ("taken by hand a moment ago", waiting(lambda it: it.human(at=50), accepted_by=ANNA), "skipped_manual"),
    ("taken by hand, and the taker left", waiting(lambda it: it.human(at=50), off(ANNA), accepted_by=ANNA), "done"),
    ("taken by hand long ago", waiting(lambda it: it.human(at=1), off(ANNA), accepted_by=ANNA), "done"),
    (
        "nothing is respected",
        waiting(lambda it: it.human(at=50), off(ANNA), accepted_by=ANNA, respect_manual_minutes="0"),
        "done",
    ),
    ("closed", waiting(lambda it: it.close()), "nothing_to_do"),
    ("closing", waiting(lambda it: it.data(4, "Y"), accepted_by=ANNA), "nothing_to_do"),
    ("another launch is at it", waiting(lambda it: it.desk.taken.add("chat 1777")), "skipped_duplicate"),
]


@pytest.mark.parametrize(("why", "it", "result"), ALONE, ids=[row[0] for row in ALONE])
async def test_what_is_left_alone(why: str, it: Scene, result: str) -> None:
    assert (await it.done()).result == result
    assert (it.acts == []) == (result != "done")


async def test_an_acceptance_shows_by_the_portals_own_line() -> None:
    it = waiting(accepted_by=ANNA)
    it.office.say(1777, 0, "Анна начала работу с диалогом", minute=45)
    outcome = await it.done()
    assert outcome.result == "skipped_manual"
    assert returned(outcome)["assignee"] == f"user_{ANNA}"
    assert "Анна Петрова, 15:45" in it.last.text.ru


async def test_lines_that_robots_caused_are_no_hand() -> None:
    it = waiting(accepted_by=ANNA, strategy="round_robin")
    it.office.say(1777, 0, "Администратор присоединился", minute=45)
    it.desk.done = (("rename_dialog", 0),)
    assert (await it.done()).result == "done"


async def test_what_a_robot_handed_over_was_not_taken_by_hand() -> None:
    it = waiting(had_turns(ANNA), accepted_by=ANNA, strategy="round_robin")
    it.human(at=50)
    it.desk.done = (("transfer_dialog", ANNA),)
    assert returned(await it.done())["assignee"] == f"user_{BORIS}"


async def test_the_card_of_a_closed_dialog_can_still_be_assigned() -> None:
    it = waiting(lambda it: it.close(), had_turns(ANNA), apply_to="crm_only", strategy="round_robin")
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == ["set_responsible", "notify_staff"]


async def test_a_card_without_a_dialog() -> None:
    it = waiting(apply_to="crm_only", pool=[f"user_{GLEB}"])
    it.office.sessions.clear()
    outcome = await it.done()
    assert returned(outcome)["assignee"] == f"user_{GLEB}"
    assert "диалога нет" not in it.effects[-1].model_dump()["text"]


async def test_a_check_takes_nobodys_turn() -> None:
    it = waiting(strategy="round_robin")
    it.dry = True
    assert (await it.done()).result == "done"
    assert it.desk.pools == {}
    assert kinds(it.effects) == ["transfer_dialog", "notify_staff"]


# --- nobody ----------------------------------------------------------------------------------------------------------

EVERYBODY = (ANNA, BORIS, VERA)


async def test_the_head_gets_it_when_nobody_is_there() -> None:
    """«Если ассистента нет — распределяет руководитель или ответственный за очередь» (S0-05)."""
    it = waiting(off(*EVERYBODY), no_candidate="head")
    outcome = await it.done()
    assert outcome.result == "no_candidate"
    assert returned(outcome)["assignee"] == f"user_{CHIEF}"
    assert to_whom(it.effects) == [("transfer_dialog", CHIEF), ("set_responsible", CHIEF), ("notify_staff", CHIEF)]
    assert "Распределите его" in it.effects[-1].model_dump()["text"]


async def test_a_head_who_is_off_is_only_told() -> None:
    it = waiting(off(*EVERYBODY, CHIEF))
    outcome = await it.done()
    assert (outcome.result, returned(outcome)["assignee"]) == ("no_candidate", None)
    assert to_whom(it.effects) == [("notify_staff", CHIEF)]


async def test_without_a_head_the_administrator_is_told() -> None:
    it = waiting(off(*EVERYBODY, ADMIN))
    it.office.departments.clear()
    assert (await it.done()).result == "no_candidate"
    assert to_whom(it.effects) == [("notify_staff", ADMIN)]


async def test_back_to_the_queue() -> None:
    it = waiting(off(*EVERYBODY), accepted_by=ANNA, no_candidate="queue")
    assert (await it.done()).result == "no_candidate"
    assert to_whom(it.effects) == [("transfer_dialog", 0)]


async def test_what_is_in_the_queue_stays_there() -> None:
    it = waiting(off(*EVERYBODY), no_candidate="queue")
    assert (await it.done()).result == "no_candidate"
    assert it.acts == []


async def test_a_bot_gives_it_to_the_queue() -> None:
    it = waiting(off(*EVERYBODY), accepted_by=BOT, no_candidate="queue")
    it.office.staff[BOT] = Employee(BOT, "Бот", bot=True)
    assert (await it.done()).result == "no_candidate"
    assert kinds(it.effects) == ["release_from_bot"]


async def test_nothing_at_all() -> None:
    it = waiting(off(*EVERYBODY), no_candidate="nothing")
    outcome = await it.done()
    assert outcome.result == "no_candidate"
    assert it.acts == []
    assert "рабочий день закрыт" in returned(outcome)["explain"]


async def test_whoever_opens_the_day_first_gets_it() -> None:
    """«Как только новый оператор откроет свой рабочий день, диалог перейдёт на него» (S4-10)."""
    it = waiting(off(*EVERYBODY), no_candidate="first_open")
    first = await it.waits()
    assert first.quiet is False
    assert "Ждём первого, кто откроет день" in it.last.text.ru
    it.minute = LATER + 5
    looks = it.office.requests
    second = await it.waits()
    assert second.quiet, "nobody needs to read the same again"
    assert it.office.requests == looks + 1
    assert second.watch == first.watch
    it.office.staff[VERA].workday = "OPENED"
    it.minute = LATER + 10
    assert returned(await it.done())["assignee"] == f"user_{VERA}"


async def test_an_unknown_shift_passes_for_one_unless_the_portal_says_no() -> None:
    it = waiting(strategy="round_robin")
    it.office.manages_time = False
    assert returned(await it.done())["assignee"] == f"user_{ANNA}"
    it = waiting(setting("unknown_shift", "off"), strategy="round_robin", no_candidate="nothing")
    it.office.manages_time = False
    assert (await it.done()).result == "no_candidate"


WHILE_WAITING: list[tuple[str, Change, str]] = [
    ("somebody took it", lambda it: it.accept(GLEB), "cancelled_owner"),
    ("somebody answered", lambda it: it.human(by=GLEB, at=LATER + 2), "cancelled_reply"),
    ("it was closed", lambda it: it.close(), "cancelled_closed"),
]


@pytest.mark.parametrize(("why", "happens", "result"), WHILE_WAITING, ids=[row[0] for row in WHILE_WAITING])
async def test_waiting_ends_when_nobody_is_needed(why: str, happens: Change, result: str) -> None:
    it = waiting(off(*EVERYBODY), no_candidate="first_open")
    await it.waits()
    it.minute = LATER + 3
    happens(it)
    assert (await it.done()).result == result


# --- acceptance ------------------------------------------------------------------------------------------------------


async def given(**form: Any) -> Scene:
    """Anna was given the dialog and has ten minutes."""
    it = waiting(strategy="round_robin", accept_minutes="10", **form)
    wait = await it.waits()
    assert (wait.due - it.now).total_seconds() == 600
    it.accept(ANNA)
    return it


async def test_accepted_is_whoever_writes_to_the_client() -> None:
    it = await given()
    it.human("Добрый день!", at=LATER + 4)
    it.minute = LATER + 4
    outcome = await it.done()
    assert (outcome.result, returned(outcome)["hops"]) == ("done", 1)
    assert "Принято: Анна Петрова" in it.last.text.ru


async def test_a_hidden_message_accepts_nothing() -> None:
    it = await given()
    it.human("заметка", at=LATER + 4, COMPONENT_ID="HiddenMessage")
    it.minute = LATER + 4
    await it.waits_until(LATER + 10)


async def test_the_next_one_is_asked_and_the_third_is_the_last() -> None:
    it = await given()
    for number, next_one in enumerate((BORIS, VERA), 1):
        it.minute = LATER + 10 * number
        await it.waits()
        assert to_whom(it.effects)[0] == ("transfer_dialog", next_one)
        it.accept(next_one)
    it.minute = LATER + 30
    outcome = await it.done()
    assert outcome.result == "no_candidate"
    assert returned(outcome)["assignee"] == f"user_{CHIEF}"
    assert "не ответил" in it.told[-2][1].text.ru


async def test_a_dialog_that_went_back_to_the_queue_is_given_on_at_once() -> None:
    it = await given()
    it.accept(0)
    it.minute = LATER + 2
    await it.waits()
    assert to_whom(it.effects)[0] == ("transfer_dialog", BORIS)


WHILE_ASKED: list[tuple[str, Change, str]] = [
    ("somebody took it", lambda it: it.accept(GLEB), "cancelled_owner"),
    ("somebody else answered", lambda it: it.human(by=GLEB, at=LATER + 2), "cancelled_reply"),
    ("it was closed", lambda it: it.close(), "cancelled_closed"),
]


@pytest.mark.parametrize(("why", "happens", "result"), WHILE_ASKED, ids=[row[0] for row in WHILE_ASKED])
async def test_a_person_who_acts_ends_it(why: str, happens: Change, result: str) -> None:
    it = await given()
    it.minute = LATER + 3
    happens(it)
    assert (await it.done()).result == result


async def test_minutes_of_acceptance_are_working_minutes() -> None:
    it = waiting(strategy="round_robin", accept_minutes="10")
    it.minute = 175
    outcome = await it.run()
    assert isinstance(outcome, WaitUntil)
    assert outcome.due.isoformat() == "2025-11-25T06:05:00+00:00"


# --- forms -----------------------------------------------------------------------------------------------------------

BAD = [
    ({"strategy": "fair"}, "«Как выбирать»"),
    ({"strategy": ","}, "«Как выбирать»"),
    ({"load_weights": "dialogs"}, "«Вес нагрузки»"),
    ({"max_open": "-1"}, "«Не больше открытых диалогов"),
    ({"pool": ["everybody"]}, "«Из кого выбирать"),
    ({"line_ids": "x"}, "«Только линии»"),
]


@pytest.mark.parametrize(("form", "words"), BAD, ids=[str(row[0]) for row in BAD])
def test_what_cannot_work_names_the_property(form: dict[str, Any], words: str) -> None:
    with pytest.raises(BadProperty) as bad:
        load()[CODE].decoded(form)
    assert bad.value.text.ru.startswith(words)
    assert bad.value.text.en
