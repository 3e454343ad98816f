"""The levels of an escalation: what each does, and in which order."""

from __future__ import annotations

import pytest

from core.bitrix24.documents import DEAL
from core.effects import (
    AddToChat,
    CommentTimeline,
    CreateTask,
    FireTrigger,
    NotifyStaff,
    SendAutomatic,
    SetResponsible,
    TransferDialog,
)
from tests.activities.escalation import HEAD, THREE, scene
from tests.activities.scene import (
    CHAT,
    LINE,
    OUR_DEAL,
    SESSION,
    confirmed,
    kinds,
    returned,
    to_whom,
)
from tests.core.dialogs.portal import ANNA
from tests.core.robots.office import ADMIN, BORIS, CHIEF, GLEB, VERA

# --- the default level ------------------------------------------------------------------------------------------


async def test_the_head_of_the_operator_is_told() -> None:
    it = scene()
    await it.waits_until(15)
    done = await it.done()
    assert done.result == "done"
    assert it.effects == (
        NotifyStaff(
            user_id=CHIEF,
            tag=f"dezhurny|{SESSION}|escalate_no_reply|1",
            text="Клиент ждёт ответа 15 минут рабочего времени: [URL=/crm/deal/details/17/]Окна[/URL]. "
            f"[URL=/online/?IM_HISTORY=imol|{SESSION}]Открыть диалог[/URL]",
        ),
    )
    assert [reason.text.ru for kind, reason in it.told if kind == "act"] == [
        "Ответа нет 15 минут рабочего времени: срабатывает уровень 1 из 1."
    ]
    assert returned(done)["level_reached"] == 1


async def test_staff_of_an_english_portal_read_english() -> None:
    it = scene()
    it.language = "en"
    await it.waits_until(15)
    await it.done()
    (told,) = it.effects
    assert isinstance(told, NotifyStaff)
    assert told.text.startswith("A client has waited 15 minutes of working time for an answer: ")


ACTIONS: list[tuple[str, dict[str, object], list[tuple[str, int]]]] = [
    (
        "people instead of the head",
        {"escalate_to": ["user_31", "user_33"]},
        [("notify_staff", BORIS), ("notify_staff", VERA)],
    ),
    ("into the chat", {"action": "add_to_chat"}, [("add_to_chat", CHIEF)]),
    ("people into the chat", {"action": "add_to_chat", "escalate_to": ["user_31"]}, [("add_to_chat", BORIS)]),
    (
        "to another operator of the line",
        {"action": "reassign"},
        [("transfer_dialog", BORIS), ("set_responsible", BORIS), ("notify_staff", BORIS)],
    ),
    (
        "to one of these",
        {"action": "reassign", "escalate_to": ["user_35"]},
        [("transfer_dialog", GLEB), ("set_responsible", GLEB), ("notify_staff", GLEB)],
    ),
    (
        "to one of the pool",
        {"action": "reassign", "pool": ["user_33"]},
        [("transfer_dialog", VERA), ("set_responsible", VERA), ("notify_staff", VERA)],
    ),
]


@pytest.mark.parametrize(("why", "properties", "expected"), ACTIONS, ids=[row[0] for row in ACTIONS])
async def test_the_simple_actions(why: str, properties: dict[str, object], expected: list[tuple[str, int]]) -> None:
    it = scene(**properties)
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects) == expected


async def test_a_task_for_the_head() -> None:
    it = scene(action="task")
    await it.waits_until(15)
    await it.done()
    (task,) = it.effects
    assert isinstance(task, CreateTask)
    assert (task.responsible_id, task.creator_id, task.binding) == (CHIEF, ADMIN, "D_17")
    assert task.title == "Ответить клиенту: Окна"
    assert task.deadline_at == it.now


# --- levels -----------------------------------------------------------------------------------------------------


async def test_a_chain_from_the_operator_to_another_one() -> None:
    it = scene(levels=THREE)
    await it.waits_until(15)
    await it.waits_until(30)
    assert to_whom(it.effects) == [("notify_staff", ANNA)]
    await it.waits_until(45)
    assert to_whom(it.effects) == [("add_to_chat", CHIEF), ("notify_staff", CHIEF)]
    it.ends["transfer_dialog"] = confirmed("transfer_dialog", {"owner": BORIS})
    done = await it.done()
    assert it.effects[:2] == (
        TransferDialog(chat_id=CHAT, user_id=BORIS, line_id=LINE, seen_owner_id=ANNA),
        SetResponsible(entity_type_id=DEAL, entity_id=17, user_id=BORIS, seen_user_id=ANNA),
    )
    assert (returned(done)["level_reached"], returned(done)["final_owner"]) == (3, f"user_{BORIS}")


async def test_each_level_looks_again() -> None:
    it = scene(levels=THREE)
    await it.waits_until(15)
    await it.waits_until(30)
    it.human(at=29)
    done = await it.done()
    assert done.result == "cancelled_reply"
    assert returned(done)["level_reached"] == 1
    assert len(it.acts) == 1


async def test_a_new_operator_is_told_though_the_old_one_was() -> None:
    it = scene(levels="15: notify owner\n30: notify owner")
    await it.waits_until(15)
    await it.waits_until(30)
    it.accept(VERA)
    await it.done()
    assert to_whom(it.effects) == [("notify_staff", VERA)]


async def test_who_knows_already_is_not_told_again() -> None:
    it = scene(levels="15: notify head\n30: notify head, notify user:31")
    await it.waits_until(15)
    await it.waits_until(30)
    await it.done()
    assert to_whom(it.effects) == [("notify_staff", BORIS)]
    assert "Пётр Главный: уже знает" in [check.text.ru for _, reason in it.told for check in reason.checks]


async def test_a_level_that_merges_wholly_is_still_a_level() -> None:
    it = scene(levels="15: notify head\n30: notify head")
    await it.waits_until(15)
    await it.waits_until(30)
    done = await it.done()
    assert it.effects == ()
    assert (done.result, returned(done)["level_reached"]) == ("done", 2)


async def test_triggers_and_comments() -> None:
    it = scene(levels="15: trigger sla_breached, comment, notify responsible")
    await it.waits_until(15)
    await it.done()
    assert kinds(it.effects) == ["fire_trigger", "comment_timeline", "notify_staff"]
    fired = it.effects[0]
    assert isinstance(fired, FireTrigger)
    assert (fired.code, fired.entity_type_id, fired.entity_id, fired.goes_on) == ("sla_breached", DEAL, 17, True)
    assert fired.once == f"trigger|sla_breached|{DEAL}|17|episode|{SESSION}|1777002|level 1"
    comment = it.effects[1]
    assert isinstance(comment, CommentTimeline)
    assert (comment.entity_type, comment.entity_id) == ("deal", 17)


async def test_the_line_takes_it_back() -> None:
    it = scene(levels="15: reassign pool=line, add head")
    await it.waits_until(15)
    await it.done()
    assert it.effects[0] == TransferDialog(chat_id=CHAT, user_id=0, line_id=LINE, seen_owner_id=ANNA)
    assert to_whom(it.effects[1:]) == HEAD


async def test_people_are_added_after_the_hand_over_which_removes_them() -> None:
    it = scene(levels="15: add head, reassign pool=pool")
    await it.waits_until(15)
    await it.done()
    assert kinds(it.effects) == ["transfer_dialog", "set_responsible", "notify_staff", "add_to_chat"]


async def test_who_is_in_the_chat_is_not_added() -> None:
    it = scene(levels="15: add user:27, add user:31")
    await it.waits_until(15)
    await it.done()
    assert it.effects == (AddToChat(crm_type="deal", crm_id=17, chat_id=CHAT, user_id=BORIS),)


# --- the text to the client -------------------------------------------------------------------------------------


async def test_the_client_is_told_once_at_the_first_level() -> None:
    it = scene(levels=THREE, client_text="{client.first_name}, уже уточняем.")
    await it.waits_until(15)
    await it.waits_until(30)
    assert it.effects[0] == SendAutomatic(
        chat_id=CHAT, session_id=SESSION, text="Иван, уже уточняем.", after_message_id=1_777_002
    )
    await it.waits()
    assert "send_automatic" not in kinds(it.effects)


async def test_the_first_level_that_fires_tells_him() -> None:
    it = scene(levels="15: notify owner\n30: notify head", client_text="Уточняем.")
    it.office.staff[ANNA].workday = "CLOSED"
    await it.waits_until(15)
    await it.done()
    assert kinds(it.effects) == ["send_automatic", "notify_staff"]


async def test_our_own_holding_text_is_no_answer() -> None:
    it = scene(levels="15: notify owner\n30: notify head", client_text="Уточняем.", who_counts="human_or_robot")
    await it.waits_until(15)
    await it.waits_until(30)
    number = it._says(0, "Уточняем.", 15, {"CLASS": "bx-messenger-content-item-ol-output"})
    it.own = type(it.own)(ids=frozenset({number}))
    await it.done()
    assert to_whom(it.effects) == HEAD


@pytest.mark.parametrize(
    ("why", "text", "closes"),
    [("the window is closed", "Уточняем.", 10), ("nothing is left", "{contact.secondName}", 600)],
    ids=["window", "empty"],
)
async def test_what_cannot_be_sent_is_said_and_stops_nothing(why: str, text: str, closes: float) -> None:
    it = scene(client_text=text)
    it.window_closes(closes)
    await it.waits_until(15)
    await it.done()
    assert to_whom(it.effects) == HEAD
    assert it.told[1][1].checks[0].passed is False


async def test_a_text_that_grows_too_long_stops_nothing() -> None:
    it = scene(client_text="{deal.title}" * 10)
    it.office.items[OUR_DEAL]["title"] = "о" * 2_500
    await it.waits_until(15)
    await it.done()
    assert kinds(it.effects) == ["notify_staff"]


# --- repeating --------------------------------------------------------------------------------------------------


async def test_the_last_level_repeats_until_somebody_answers() -> None:
    it = scene(repeat_last_level="20")
    await it.waits_until(15)
    await it.waits_until(35)
    await it.waits_until(55)
    assert [to_whom(effects) for effects in it.acts] == [HEAD, HEAD]
    it.human(at=54)
    done = await it.done()
    assert done.result == "cancelled_reply"
    assert returned(done)["level_reached"] == 1


async def test_only_the_last_one_repeats() -> None:
    it = scene(levels="15: notify owner\n30: notify head", repeat_last_level="20", client_text="Уточняем.")
    await it.waits_until(15)
    await it.waits_until(30)
    await it.waits_until(50)
    await it.waits_until(70)
    assert [to_whom(effects) for effects in it.acts] == [[("notify_staff", ANNA)], HEAD, HEAD]


# --- the card ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sync", "set_it"), [("always", True), ("never", False), ("created_only", False)])
async def test_the_responsible_of_the_card(sync: str, set_it: bool) -> None:
    it = scene(action="reassign", crm_sync=sync)
    await it.waits_until(15)
    await it.done()
    assert ("set_responsible" in kinds(it.effects)) is set_it
