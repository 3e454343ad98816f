"""The title of a dialog: what is right, who is reminded when, and what renaming does."""

from __future__ import annotations

from typing import Any

import pytest

from activities import load
from core.bitrix24.command import Json
from core.bitrix24.documents import COMPANY, CONTACT, Item
from core.effects import FireTrigger, NotifyStaff, RenameDialog
from core.robots import Act, Done, EffectResult, Failed
from core.texts.text import Text
from tests.activities.scene import CHAT, OUR_CONTACT, OUR_DEAL, Scene, kinds, minutes_of, refused, returned
from tests.core.dialogs.portal import ANNA, BOT
from tests.core.robots.office import ADMIN, BORIS

CODE = "check_dialog_naming"
CAMOMILE, BUTTERCUP = Item(COMPANY, 40), Item(COMPANY, 41)
RIGHT = "БС - ООО «Ромашка»"


def scene(title: str = "Гость №17 - Поддержка", *, company: int = 40, contact: int = 0, **properties: Any) -> Scene:
    """A dialog of Anna's; the deal belongs to company 40, its contact to none."""
    it = Scene(CODE, properties)
    it.office.items[CAMOMILE] = {"title": "ООО «Ромашка»"}
    it.office.items[BUTTERCUP] = {"title": "АО «Лютик»"}
    it.office.items[OUR_DEAL] |= {"companyId": company, "assignedById": BORIS, "ufCrm_7": "Василёк", "ufCrm_8": ""}
    it.office.items[OUR_CONTACT] |= {"companyId": contact}
    it.office.chats[CHAT]["name"] = title
    it.office.chats[CHAT]["role"] = "guest"
    it.client("Здравствуйте")
    it.human("Добрый день")
    it.minute = 1
    it.started_at = it.now
    return it


def output(outcome: Done) -> tuple[bool, str, str, bool]:
    values = returned(outcome)
    return values["is_valid"], values["current_title"], values["expected_title"], values["renamed"]


# --- what is right ----------------------------------------------------------------------------------------------

RIGHT_ONES: list[tuple[str, str, dict[str, Any]]] = [
    ("as the mask says", RIGHT, {}),
    ("but for case, dash, quotes and the form's place", "бс — РОМАШКА  ООО", {}),
    ("exactly", RIGHT, {"strictness": "exact"}),
    ("another mask", "Ромашка / сделка Окна", {"mask": "Ромашка / сделка {deal.title}"}),
    ("typed", "БС - Мак", {"company_source": "typed", "company_value": "Мак"}),
    ("from a field", "БС - Василек", {"company_source": "item_field", "company_field": "UF_CRM_7"}),
    ("a pattern of the robot", "VIP Иванов", {"exceptions": "^VIP\n^Тест"}),
    ("no dialog is renamed that fits a pattern", "VIP Иванов", {"exceptions": "^VIP", "action": "rename"}),
]


@pytest.mark.parametrize(("why", "title", "properties"), RIGHT_ONES, ids=[row[0] for row in RIGHT_ONES])
async def test_a_right_title_ends_it_at_once(why: str, title: str, properties: dict[str, Any]) -> None:
    it = scene(title, **properties)
    done = await it.done()
    assert done.result == "done"
    assert output(done)[0] is True
    assert output(done)[1] == title
    assert returned(done)["owner_id"] == f"user_{ANNA}"
    assert it.acts == []


async def test_a_pattern_of_the_whole_portal() -> None:
    it = scene("VIP Иванов", action="rename")
    it.desk.settings["naming_exceptions"] = ["^VIP"]
    done = await it.done()
    assert output(done)[0] is True
    assert it.checks == ["Название подходит под исключение «^VIP»", "Название по маске"]


WRONG_ONES: list[tuple[str, str, dict[str, Any], str]] = [
    ("a guest", "Гость №17 - Поддержка", {}, RIGHT),
    ("not exactly", "БС - ООО Ромашка", {"strictness": "exact"}, RIGHT),
    ("another company", "БС - АО «Лютик»", {}, RIGHT),
    ("another company typed", RIGHT, {"company_source": "typed", "company_value": "Мак"}, "БС - Мак"),
]


@pytest.mark.parametrize(("why", "title", "properties", "expected"), WRONG_ONES, ids=[row[0] for row in WRONG_ONES])
async def test_a_wrong_title_is_told_to_the_process(
    why: str, title: str, properties: dict[str, Any], expected: str
) -> None:
    it = scene(title, action="report", **properties)
    done = await it.done()
    assert done.result == "done"
    assert output(done) == (False, title, expected, False)
    assert it.acts == []


# --- whose company ----------------------------------------------------------------------------------------------

COMPANIES: list[tuple[str, int, int, dict[str, Any], str]] = [
    ("the deal's", 40, 0, {}, RIGHT),
    ("the contact's, when the deal has none", 0, 41, {}, "БС - АО «Лютик»"),
    ("the deal's before the contact's", 40, 41, {}, RIGHT),
    ("the contact's, because asked for", 40, 41, {"company_source": "contact_company"}, "БС - АО «Лютик»"),
]


@pytest.mark.parametrize(("why", "own", "contact", "form", "expected"), COMPANIES, ids=[row[0] for row in COMPANIES])
async def test_whose_company(why: str, own: int, contact: int, form: dict[str, Any], expected: str) -> None:
    it = scene(company=own, contact=contact, action="report", **form)
    assert output(await it.done())[2] == expected


async def test_two_companies_are_flagged() -> None:
    it = scene(company=40, contact=41, action="report")
    await it.done()
    assert it.checks == ["Компаний несколько, взята первая", "Название по маске"]
    it = scene(company=0, contact=41, action="report")
    it.office.items[OUR_CONTACT] |= {"companyIds": [41, 40]}
    await it.done()
    assert "Компаний несколько, взята первая" in it.checks


@pytest.mark.parametrize(
    ("item", "form", "expected"),
    [
        (CAMOMILE, {}, RIGHT),
        (OUR_CONTACT, {}, "БС - АО «Лютик»"),
        (OUR_CONTACT, {"company_source": "contact_company"}, "БС - АО «Лютик»"),
    ],
    ids=["a company", "a contact", "a contact, asked for by name"],
)
async def test_the_item_may_be_the_client(item: Item, form: dict[str, Any], expected: str) -> None:
    it = scene(contact=41, action="report", **form)
    it.item = item
    it.office.sessions[0] = type(it.office.sessions[0])(343, CHAT, (item,))
    assert output(await it.done())[2] == expected


NO_COMPANY: list[tuple[str, dict[str, Any], str]] = [
    ("none is linked", {}, "Компания не привязана."),
    ("the contact has none", {"company_source": "contact_company"}, "Компания не привязана."),
    ("typed, and empty", {"company_source": "typed"}, "Название компании не указано."),
    (
        "the field is empty",
        {"company_source": "item_field", "company_field": "UF_CRM_8"},
        "Поле карточки с названием пусто.",
    ),
    ("something else is missing", {"mask": "{deal.nothing} {item.title}"}, "Нет значения для {deal.nothing}."),
    ("nothing at all", {"mask": '{deal.nothing, default ""}'}, "По маске название получается пустым."),
]


@pytest.mark.parametrize(("why", "form", "reason"), NO_COMPANY, ids=[row[0] for row in NO_COMPANY])
@pytest.mark.parametrize("action", ["report", "notify", "rename"])
async def test_without_a_company_nothing_is_renamed(why: str, form: dict[str, Any], reason: str, action: str) -> None:
    it = scene(company=0, action=action, **form)
    done = await it.done()
    assert done.result == "guard_failed"
    assert it.last.text.ru == reason
    assert output(done) == (False, "Гость №17 - Поддержка", "", False)
    assert it.acts == []


async def test_a_company_that_may_not_be_read_is_not_called_absent() -> None:
    it = scene(company=99, action="rename")
    assert (await it.done()).result == "guard_failed"
    assert it.last.text.ru == "Компания привязана, но прочитать её приложению не дают."


async def test_a_place_may_have_a_name_for_no_company() -> None:
    it = scene(company=0, action="report", mask='БС - {company, default "без компании"}')
    assert output(await it.done())[2] == "БС - без компании"


async def test_a_long_title_is_cut_at_a_word() -> None:
    it = scene(action="report", company_source="typed", company_value="слово " * 60)
    assert output(await it.done())[2] == "БС - " + " ".join(["слово"] * 41)


# --- renaming ---------------------------------------------------------------------------------------------------


async def test_it_is_renamed_at_once_and_at_night() -> None:
    it = scene(action="rename")
    it.minute = 300
    done = await it.done()
    (rename,) = it.effects
    assert rename.model_copy(update={"stale_at": None}) == RenameDialog(
        chat_id=CHAT, title=RIGHT, seen_title="Гость №17 - Поддержка", joins=True
    )
    assert done.result == "done"
    assert output(done) == (True, RIGHT, RIGHT, True)
    assert it.last.text.ru == f"Диалог переименован: было «Гость №17 - Поддержка», стало «{RIGHT}»."


@pytest.mark.parametrize("role", ["owner", "member"])
async def test_a_member_need_not_join(role: Json) -> None:
    it = scene(action="rename")
    it.office.chats[CHAT]["role"] = role
    await it.done()
    assert [effect.joins for effect in it.effects if isinstance(effect, RenameDialog)] == [False]


async def test_a_chat_that_cannot_be_renamed() -> None:
    it = scene(action="rename")
    it.office.chats[CHAT]["restrictions"] = {"rename": False}
    done = await it.done()
    assert done.result == "failed"
    assert "не разрешает переименовать" in it.last.text.ru
    assert it.acts == []


async def test_without_the_right_to_join_there_is_advice() -> None:
    it = scene(action="rename")
    it.ends["rename_dialog"] = EffectResult("rename_dialog", "refused", Text("", ""), {"error": "ACCESS_DENIED"})
    done = await it.done()
    assert done.result == "failed"
    assert "роль открытых линий" in it.last.text.ru
    assert output(done) == (False, "Гость №17 - Поддержка", RIGHT, False)


async def test_a_person_was_quicker() -> None:
    it = scene(action="rename")
    it.ends["rename_dialog"] = EffectResult("rename_dialog", "skipped", Text("", ""), {"because": "a person acted"})
    outcome = await it.run()
    assert isinstance(outcome, Done)
    assert len(it.acts) == 3, "it is looked at anew, but not for ever"
    assert outcome.result == "failed"


async def test_a_title_that_was_seen_long_ago_is_looked_at_anew() -> None:
    it = scene(action="rename")
    assert isinstance(await it.once(), Act)
    it.step, it.results = "renamed", (EffectResult("rename_dialog", "skipped", Text("", ""), {"because": "stale"}),)
    it.office.chats[CHAT]["name"] = RIGHT
    assert output(await it.done()) == (True, RIGHT, RIGHT, False)


async def test_a_check_renames_nothing() -> None:
    it = scene(action="rename")
    it.dry = True
    assert output(await it.done()) == (False, "Гость №17 - Поддержка", RIGHT, False)


# --- reminding --------------------------------------------------------------------------------------------------


def told(it: Scene) -> list[int]:
    return [effect.user_id for act in it.acts for effect in act if isinstance(effect, NotifyStaff)]


async def test_the_crown_is_reminded_and_not_the_responsible() -> None:
    it = scene()
    await it.waits_until(31)
    assert told(it) == [ANNA]
    notice = it.effects[0]
    assert isinstance(notice, NotifyStaff)
    assert notice.text.startswith(f"Переименуйте диалог: «{RIGHT}». [URL=/crm/deal/details/17/]Окна[/URL].")
    assert "IM_HISTORY=imol|343" in notice.text
    assert "[URL=https://town.bitrix24.ru/run]Открыть в Дежурном[/URL]" in notice.text
    assert notice.tag == "dezhurny|343|check_dialog_naming"
    assert it.last.text.ru.endswith("Проверим снова через 30 минут от 15:01 (30 мин сегодня с 15:01 до 15:31).")


async def test_it_is_put_right_in_time() -> None:
    it = scene()
    await it.waits_until(31)
    it.office.chats[CHAT]["name"] = RIGHT
    done = await it.done()
    assert output(done) == (True, RIGHT, RIGHT, False)
    assert len(it.acts) == 1


async def test_a_message_wakes_it_and_it_goes_on_waiting() -> None:
    it = scene()
    await it.waits_until(31)
    it.minute = 10
    it.client("Ау")
    assert minutes_of((await it.waits()).due) == 31
    assert len(it.acts) == 1


async def test_it_reminds_once_more_and_fires_the_trigger_after_the_grace() -> None:
    it = scene(repeat="1")
    await it.waits_until(31)
    await it.waits_until(61)
    assert kinds(it.effects) == ["notify_staff", "fire_trigger"]
    assert [effect.once for effect in it.effects if isinstance(effect, FireTrigger)] == [
        "trigger|naming_bad|2|17|session|343"
    ]
    assert "всё ещё назван не по правилам" in str(it.effects[0])
    done = await it.done()
    assert done.result == "done"
    assert it.last.text.ru == "Напомнили 2 раза, название не исправлено."
    assert output(done) == (False, "Гость №17 - Поддержка", RIGHT, False)
    assert kinds(it.effects) == ["fire_trigger"]
    assert told(it) == [ANNA, ANNA]


@pytest.mark.parametrize(("repeat", "times"), [("0", 1), ("1", 2), ("5", 6)])
async def test_how_often_it_reminds(repeat: str, times: int) -> None:
    it = scene(repeat=repeat, grace_minutes="1")
    for minute in range(2, 2 + times):
        await it.waits_until(minute)
    assert (await it.done()).result == "done"
    assert told(it) == [ANNA] * times


WHOM: list[tuple[str, str, int, list[int]]] = [
    ("the crown", "owner", ANNA, [ANNA]),
    ("the responsible", "responsible", ANNA, [BORIS]),
    ("both", "both", ANNA, [ANNA, BORIS]),
    ("both are one", "both", BORIS, [BORIS]),
    ("nobody holds it", "owner", 0, [BORIS]),
    ("a bot holds it", "owner", BOT, [BORIS]),
    ("a bot holds it, both", "both", BOT, [BORIS]),
]


@pytest.mark.parametrize(("why", "notify", "owner", "people"), WHOM, ids=[row[0] for row in WHOM])
async def test_whom_it_reminds(why: str, notify: str, owner: int, people: list[int]) -> None:
    it = scene(notify=notify)
    it.accept(owner)
    await it.waits()
    assert told(it) == people


@pytest.mark.parametrize("notify", ["owner", "responsible", "both"])
async def test_the_administrator_is_the_last_to_be_told(notify: str) -> None:
    it = scene(notify=notify)
    it.accept(0)
    it.office.items[OUR_DEAL]["assignedById"] = 0
    await it.waits()
    assert told(it) == [ADMIN]


@pytest.mark.parametrize("calendar", ["line", "always"])
async def test_nobody_is_disturbed_at_night(calendar: str) -> None:
    """Monday, 20:00: the reminder is kept for Tuesday, 9:00, and written only if it is still wrong."""
    it = scene(calendar=calendar)
    it.minute = 300
    await it.waits_until(18 * 60)
    assert it.acts == []
    it.office.chats[CHAT]["name"] = RIGHT
    assert output(await it.done())[0] is True


async def test_the_grace_is_working_time() -> None:
    """Written at 17:50: ten minutes today, twenty tomorrow."""
    it = scene()
    it.minute = 170
    await it.waits_until(18 * 60 + 20)


async def test_a_reminder_that_nobody_got() -> None:
    it = scene()
    it.ends["notify_staff"] = refused("notify_staff")
    done = await it.done()
    assert done.result == "failed"
    assert output(done) == (False, "Гость №17 - Поддержка", RIGHT, False)


async def test_a_smart_process_and_its_deal_are_both_triggered() -> None:
    it = scene(repeat="0", grace_minutes="0")
    it.item = Item(128, 3)
    it.office.items[it.item] = {"title": "Сверка", "companyId": 40, "assignedById": BORIS}
    it.office.sessions[0] = type(it.office.sessions[0])(343, CHAT, (it.item,))
    await it.waits()
    await it.done()
    fired = [effect for effect in it.effects if isinstance(effect, FireTrigger)]
    assert [(effect.entity_type_id, effect.entity_id) for effect in fired] == [(128, 3), (2, 17)]


async def test_a_contact_has_no_pipeline_to_be_moved_in() -> None:
    it = scene(repeat="0", grace_minutes="0", contact=40)
    it.item = Item(CONTACT, 5)
    it.office.chats[CHAT]["entity_data_2"] = "LEAD|0|COMPANY|0|CONTACT|5|DEAL|0"
    it.office.sessions[0] = type(it.office.sessions[0])(343, CHAT, (it.item,))
    await it.waits()
    assert (await it.done()).result == "done"
    assert kinds(it.effects) == ["notify_staff"]


# --- what ends it -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["notify", "rename"])
async def test_a_closed_dialog_is_let_alone(action: str) -> None:
    it = scene(action=action)
    it.close()
    done = await it.done()
    assert done.result == "nothing_to_do"
    assert output(done) == (False, "Гость №17 - Поддержка", RIGHT, False)
    assert it.acts == []


async def test_a_closed_dialog_can_be_reported() -> None:
    it = scene(action="report")
    it.close()
    assert (await it.done()).result == "done"


async def test_closed_while_it_waits() -> None:
    it = scene()
    await it.waits_until(31)
    it.close()
    assert (await it.done()).result == "cancelled_closed"
    assert len(it.acts) == 1


async def test_a_new_session_is_another_story() -> None:
    it = scene()
    await it.waits_until(31)
    it.data(5, "344")
    assert (await it.done()).result == "cancelled_closed"


async def test_a_check_shows_what_it_would_do() -> None:
    it = scene()
    it.dry = True
    await it.waits_until(31)
    await it.waits_until(61)
    assert (await it.done()).result == "done"


# --- the form ---------------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown place", {"mask": "БС - {compnay}"}, "«Маска названия»: нет такой подстановки: {compnay}."),
    ("no field", {"company_source": "item_field"}, "«Код поля с компанией»: не заполнено."),
    (
        "no code",
        {"company_source": "item_field", "company_field": "Компания"},
        "«Код поля с компанией»: нужен код поля латинскими буквами, например UF_CRM_ACTIVE.",
    ),
    (
        "a bad pattern",
        {"exceptions": "VIP\n["},
        "«Исключения», строка 2: такое выражение не подходит (до 200 знаков, синтаксис RE2).",
    ),
    ("too often", {"repeat": "6"}, "«Сколько раз повторить»: нужно целое число от 0 до 5."),
    (
        "an odd action",
        {"action": "delete"},
        "«Если название неверное»: нет такого варианта; есть report, notify, rename.",
    ),
]


@pytest.mark.parametrize(("why", "form", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_work_is_refused_with_a_word(why: str, form: dict[str, Any], words: str) -> None:
    problem = load()[CODE].check(form)
    assert problem is not None
    assert problem.ru == words
    assert problem.en


async def test_a_calendar_that_never_opens_is_not_waited_for() -> None:
    it = scene()
    it.office.lines[22] |= {"WORKTIME_DAYOFF": ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]}
    outcome = await it.run()
    assert isinstance(outcome, Failed)
    assert it.acts == []
