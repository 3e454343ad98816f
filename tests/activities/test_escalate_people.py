"""Whom an escalation may disturb, when, and what it does when nobody is there."""

from __future__ import annotations

import pytest

from core.effects import (
    CreateTask,
    NotifyStaff,
    TransferDialog,
)
from core.texts.text import Text
from tests.activities.escalation import CLOSES, HEAD, OPENS, scene
from tests.activities.scene import (
    CHAT,
    LINE,
    OUR_DEAL,
    kinds,
    returned,
    to_whom,
)
from tests.core.dialogs.portal import ANNA, BOT
from tests.core.robots.office import ADMIN, BORIS, CHIEF, GLEB, VERA

# --- shifts -----------------------------------------------------------------------------------------------------


async def test_a_level_whose_people_are_off_is_skipped_at_once() -> None:
    it = scene(levels="15: notify owner\n30: notify head")
    it.office.staff[ANNA].workday = "CLOSED"
    await it.waits_until(15)
    done = await it.done()
    assert [kind for kind, _ in it.told] == ["wait", "next", "act", "end"]
    assert it.told[1][1].text == Text(
        "Уровень 1: никого из адресатов нет на смене, сразу переходим к следующему.",
        "Level 1: nobody it concerns is at work, going on to the next at once.",
    )
    assert to_whom(it.effects) == HEAD
    assert returned(done)["level_reached"] == 2


async def test_after_a_hurried_level_the_next_keeps_its_time() -> None:
    it = scene(levels="15: notify owner\n30: notify head\n45: notify user:31")
    it.office.staff[ANNA].workday = "CLOSED"
    await it.waits_until(15)
    await it.waits_until(45)
    assert to_whom(it.effects) == HEAD


async def test_the_last_level_waits_for_somebody_to_come() -> None:
    it = scene()
    it.office.staff[CHIEF].workday = "CLOSED"
    await it.waits_until(15)
    await it.waits_until(30)
    assert it.last.text.ru == "Никого из адресатов нет на смене; посмотрим снова в 15:30."
    it.minute = CLOSES - 5
    await it.waits_until(OPENS)
    it.office.staff[CHIEF].workday = "OPENED"
    await it.done()
    assert to_whom(it.effects) == HEAD


async def test_of_several_people_only_those_at_work_are_told() -> None:
    it = scene(levels="15: notify owner, notify head, notify user:31")
    it.office.staff[ANNA].absent = True
    it.office.staff[BORIS].workday = "EXPIRED"
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects) == HEAD
    checks = [(check.text.ru, check.passed) for check in it.told[1][1].checks]
    assert checks == [
        ("Анна Петрова: не на смене", False),
        ("Пётр Главный: сообщаем", True),
        ("Борис Орлов: не на смене", False),
    ]


async def test_where_nobody_counts_working_time_everybody_is_told() -> None:
    it = scene()
    it.office.staff[CHIEF].counts_worktime = False
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects) == HEAD


async def test_the_least_loaded_at_work_takes_over_and_never_the_owner() -> None:
    it = scene(levels="15: reassign pool=pool", pool=["user_27", "user_31", "user_33", "user_35"])
    it.office.staff[BORIS].dialogs = 2
    it.office.staff[VERA].dialogs = 1
    it.office.staff[GLEB].workday = "CLOSED"
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects)[0] == ("transfer_dialog", VERA)
    assert "Кому передать: Вера Белова: на смене, открытых диалогов 1" in [
        check.text.ru for check in it.told[1][1].checks
    ]


async def test_nobody_can_take_over_so_the_head_is_told() -> None:
    it = scene(action="reassign")
    for number in (BORIS, VERA):
        it.office.staff[number].workday = "CLOSED"
    await it.waits_until(15)
    await it.done()
    (told,) = it.effects
    assert isinstance(told, NotifyStaff)
    assert told.user_id == CHIEF
    assert "а передать диалог некому" in told.text
    assert told.tag.endswith("|nobody")


async def test_without_any_head_the_administrator_is_told() -> None:
    it = scene()
    it.office.departments.clear()
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects) == [("notify_staff", ADMIN)]


# --- nobody accepted it -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("levels", ["", "15: notify owner", "15: notify head", "15: add head"])
async def test_an_unaccepted_dialog_is_told_to_the_queue_and_the_head(levels: str) -> None:
    it = scene(levels=levels)
    it.accept(0)
    await it.waits_until(15)
    done = await it.done()
    assert to_whom(it.effects) == [("notify_staff", number) for number in (ANNA, BORIS, VERA, CHIEF)]
    assert returned(done)["final_owner"] is None


async def test_a_dialog_that_a_bot_holds_is_nobodys() -> None:
    it = scene()
    it.accept(BOT)
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects) == [("notify_staff", number) for number in (ANNA, BORIS, VERA, CHIEF)]


async def test_the_head_of_nobodys_dialog_is_that_of_the_responsible() -> None:
    it = scene(levels="15: task head")
    it.accept(0)
    it.office.items[OUR_DEAL]["assignedById"] = CHIEF
    await it.waits_until(15)
    await it.done()
    (task,) = it.effects
    assert isinstance(task, CreateTask)
    assert task.responsible_id == ADMIN


async def test_nobodys_dialog_is_handed_over() -> None:
    it = scene(action="reassign")
    it.accept(0)
    await it.waits_until(15)
    await it.done()
    assert it.effects[0] == TransferDialog(chat_id=CHAT, user_id=ANNA, line_id=LINE, seen_owner_id=0)
    assert kinds(it.effects) == ["transfer_dialog", "notify_staff"], "Anna is responsible already"


# --- quiet hours ------------------------------------------------------------------------------------------------


async def test_at_night_people_are_left_in_peace_until_the_opening() -> None:
    """The minutes run around the clock, and people sleep all the same."""
    it = scene(calendar="always", after_minutes="300")
    await it.waits_until(300)
    await it.waits_until(OPENS)
    assert it.last.text == Text(
        "Нерабочее время: людей не беспокоим до 25 нояб., 09:00.",
        "Outside working time: nobody is disturbed until 25 Nov, 09:00.",
    )
    await it.done()
    assert to_whom(it.effects) == HEAD


async def test_at_night_a_message_does_not_make_it_spin() -> None:
    it = scene(calendar="always", after_minutes="300")
    await it.waits_until(300)
    await it.waits()
    it.minute = 310
    it.client("Ау!")
    await it.waits_until(OPENS)


async def test_who_wants_to_be_woken_is() -> None:
    it = scene(calendar="always", after_minutes="300", quiet_hours="N")
    await it.waits_until(300)
    await it.done()
    assert to_whom(it.effects) == HEAD


async def test_without_a_line_the_portals_hours_are_quiet() -> None:
    it = scene(calendar="always", after_minutes="300")
    it.office.lines[LINE] = False  # type: ignore[assignment]  # what the portal says of a line that is gone
    await it.waits_until(300)
    await it.waits_until(OPENS)


async def test_the_portals_working_time() -> None:
    it = scene(calendar="portal")
    it.office.calendar = {"work_time_start": "16", "work_time_end": "20"}
    await it.waits_until(75)


# --- departments ------------------------------------------------------------------------------------------------


async def test_a_department_may_be_told() -> None:
    """Everybody of it who is at work; read when the level is due, so whoever came meanwhile is told too."""
    it = scene(escalate_to=["group_d7", f"user_{ADMIN}"])
    await it.waits_until(15)
    it.office.staff[GLEB].workday = "CLOSED"
    it.office.staff[VERA].departments = (9,)
    await it.done()
    assert to_whom(it.effects) == [("notify_staff", user) for user in (CHIEF, ANNA, BORIS, ADMIN)]


async def test_a_department_may_take_the_dialog() -> None:
    it = scene(escalate_to="group_d7", action="reassign")
    it.office.staff[BORIS].dialogs = 9
    it.office.staff[CHIEF].dialogs = 9
    it.office.staff[VERA].workday = "CLOSED"
    await it.waits_until(15)
    await it.done()
    [moved] = [effect for effect in it.effects if isinstance(effect, TransferDialog)]
    assert moved.user_id == GLEB


async def test_an_empty_department_leaves_it_to_the_head() -> None:
    it = scene(escalate_to="group_d99", action="reassign")
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects) == HEAD
