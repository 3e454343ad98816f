"""Reading the dialog of an item: what is found, with how many requests, and what must never be read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.bitrix24.command import Command
from core.bitrix24.documents import COMPANY, CONTACT, DEAL, LEAD, Item
from core.bitrix24.errors import Refused
from core.dialogs.ball import Ball, Episode
from core.dialogs.known import KnownDialog
from core.dialogs.look import DialogClosedToUs
from core.dialogs.own import NOTHING_SENT, OwnMessages
from core.dialogs.reader import Reading, read_dialog
from core.dialogs.resolution import AmbiguousDialog, NoDialog
from core.dialogs.resolve import DialogPick
from core.dialogs.view import DialogView
from tests.core.dialogs.portal import ANNA, BOT, CLIENT, NOW, Lines, Portal, Session, php_int

OUR_DEAL = Item(DEAL, 17)
OUR_CONTACT = Item(CONTACT, 5)
OUR_COMPANY = Item(COMPANY, 3)
LOG = Command("bizproc.activity.log", {"EVENT_TOKEN": "t", "LOG_MESSAGE": "accepted"})


def portal_with_deal(**fields: int | list[int]) -> Portal:
    portal = Portal()
    portal.items[OUR_DEAL] = {"title": "Ремонт", "stageId": "C1:NEW", "categoryId": 1, "assignedById": 27, **fields}  # type: ignore[dict-item]
    return portal


def with_dialog(portal: Portal, *bound: Item, chat_id: int = 1777, session_id: int = 343, **session: object) -> Portal:
    """Add a chat with one session in which a client asked."""
    is_open = bool(session.get("open", True))
    portal.add_chat(chat_id, session_id=session_id if is_open else 0)
    portal.sessions.append(Session(session_id, chat_id, bound, **session))  # type: ignore[arg-type]
    portal.begin(chat_id)
    portal.say(chat_id, CLIENT, "Где мой заказ?", minute=1)
    return portal


async def look(portal: Portal, item: Item = OUR_DEAL, **options: object) -> Reading:
    given: dict[str, object] = {"own": NOTHING_SENT, "now": NOW + timedelta(minutes=30), "lines": Lines(), **options}
    return await read_dialog(portal, item, **given)  # type: ignore[arg-type]


async def seen(portal: Portal, item: Item = OUR_DEAL, **options: object) -> DialogView:
    view = (await look(portal, item, **options)).resolution
    assert isinstance(view, DialogView)
    return view


# --- one request ------------------------------------------------------------------------------------------------


async def test_a_dialog_on_the_item_costs_one_request() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    reading = await look(portal)
    view = reading.resolution
    assert isinstance(view, DialogView)
    assert portal.sizes == [5]
    assert view.ball is Ball.US
    assert view.episode == Episode(343, 1777002)
    assert view.waiting_since == NOW + timedelta(minutes=1)
    assert (view.is_open, view.accepted, view.owner_id) == (True, True, ANNA)
    assert view.crm_binding == ("deal", 17)
    assert view.line is not None
    assert view.line.name == "Поддержка"
    assert [step.text.ru for step in view.path] == ["сделка 17: 1 диалог, открытых 1"]
    assert reading.item is not None
    assert (reading.item.title, reading.item.stage_id, reading.item.assigned_by_id) == ("Ремонт", "C1:NEW", 27)


async def test_extra_commands_go_first_and_their_answers_come_back() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    reading = await look(portal, extra={"log": LOG})
    assert list(portal.journal[0]) == ["log", "item", "act", "dlg", "msg", "cfg"]
    assert list(reading.answers) == ["log"]
    assert reading.answers["log"].result is True


async def test_the_callers_reading_of_the_item_serves_ours() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    item = Command("crm.item.get", {"entityTypeId": 2, "id": 17})
    reading = await look(portal, extra={"log": LOG, "item": item})
    assert list(portal.journal[0]) == ["log", "item", "act", "dlg", "msg", "cfg"]
    assert reading.item is not None
    assert reading.item.stage_id == "C1:NEW"
    assert set(reading.answers) == {"log", "item"}


async def test_our_own_names_are_taken() -> None:
    with pytest.raises(ValueError, match="dlg"):
        await look(portal_with_deal(), extra={"dlg": LOG})


async def test_references_are_guarded() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    await look(portal)
    (request,) = portal.journal
    assert request["dlg"].params == {"SESSION_ID": "0$result[act][0][ASSOCIATED_ENTITY_ID]"}
    assert request["msg"].params["DIALOG_ID"] == "chat$result[dlg][id]"
    assert request["cfg"].params["CONFIG_ID"] == "0$result[act][0][PROVIDER_TYPE_ID]"


async def test_without_a_dialog_nobody_elses_chat_is_read() -> None:
    portal = portal_with_deal(contactId=5, companyId=3)
    lines = Lines()
    resolution = (await look(portal, lines=lines)).resolution
    assert isinstance(resolution, NoDialog)
    assert portal.touched_chats == []
    assert lines == {}
    assert resolution.reason.ru == "Ни у элемента CRM, ни у его контактов и компании нет диалога открытых линий."
    assert [step.text.ru for step in resolution.path] == [
        "сделка 17: диалогов нет",
        "контакт 5: диалогов нет",
        "компания 3: диалогов нет",
    ]


def test_the_portal_of_these_tests_has_the_trap() -> None:
    assert php_int({"act": []}) == 1
    assert php_int("0$result[act][0]") == 0


async def test_an_unguarded_reference_would_have_read_chat_1() -> None:
    portal = portal_with_deal()
    commands = {
        "act": Command("crm.activity.list", {"filter": {"PROVIDER_ID": "IMOPENLINES_SESSION",
                       "BINDINGS": [{"OWNER_TYPE_ID": 2, "OWNER_ID": 17}]}, "order": {}}),
        "err": Command("crm.item.get", {"entityTypeId": 2, "id": 404}),
        "dlg": Command("imopenlines.dialog.get", {"CHAT_ID": "$result[err][CHAT_ID]"}),
    }  # fmt: skip
    await portal(commands)
    assert portal.touched_chats == [1]


# --- the path ---------------------------------------------------------------------------------------------------


async def test_a_chat_only_on_the_contact_costs_two_requests() -> None:
    portal = with_dialog(portal_with_deal(contactId=5, companyId=3), OUR_CONTACT)
    view = await seen(portal)
    assert len(portal.journal) == 2
    assert view.crm_binding == ("contact", 5)
    assert view.path[0].text.en == "deal 17: no dialogs"
    assert view.path[1].text.en == "contact 5: 1 dialog, 1 open"


async def test_a_chat_only_on_the_company_costs_three() -> None:
    portal = with_dialog(portal_with_deal(contactId=5, companyId=3), OUR_COMPANY)
    view = await seen(portal)
    assert len(portal.journal) == 3
    assert view.crm_binding == ("company", 3)


async def test_a_company_without_contacts_costs_two() -> None:
    portal = with_dialog(portal_with_deal(companyId=3), OUR_COMPANY)
    await seen(portal)
    assert len(portal.journal) == 2


async def test_an_item_without_contacts_is_not_asked_about_further() -> None:
    portal = portal_with_deal()
    assert isinstance((await look(portal)).resolution, NoDialog)
    assert len(portal.journal) == 1


async def test_an_open_dialog_of_the_contact_wins_over_a_closed_one_of_the_item() -> None:
    portal = with_dialog(portal_with_deal(contactIds=[5]), OUR_DEAL, chat_id=1777, session_id=343, open=False)
    with_dialog(portal, OUR_CONTACT, chat_id=1888, session_id=400)
    view = await seen(portal)
    assert (view.chat.id, view.session_id) == (1888, 400)
    assert view.dialog_count == 2


async def test_with_closed_dialogs_only_the_latest_of_the_nearest_is_taken() -> None:
    portal = with_dialog(portal_with_deal(contactId=5), OUR_DEAL, chat_id=1777, session_id=343, open=False)
    with_dialog(portal, OUR_DEAL, chat_id=1888, session_id=400, open=False, updated_at=NOW + timedelta(hours=1))
    with_dialog(portal, OUR_CONTACT, chat_id=1999, session_id=500, open=False, updated_at=NOW + timedelta(hours=2))
    view = await seen(portal)
    assert view.chat.id == 1888
    assert view.session_id == 400
    assert not view.is_open
    assert view.ball is Ball.NONE


async def test_latest_any_takes_the_latest_even_if_closed() -> None:
    portal = with_dialog(portal_with_deal(contactId=5), OUR_DEAL, chat_id=1777, session_id=343)
    with_dialog(portal, OUR_DEAL, chat_id=1888, session_id=400, open=False, updated_at=NOW + timedelta(hours=1))
    assert (await seen(portal, pick=DialogPick.LATEST_ANY)).chat.id == 1888
    assert len(portal.journal) == 1
    assert (await seen(portal)).chat.id == 1777


async def test_all_active_names_the_others() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL, chat_id=1777, session_id=343)
    with_dialog(portal, OUR_DEAL, chat_id=1888, session_id=400, updated_at=NOW + timedelta(hours=1))
    view = await seen(portal, pick=DialogPick.ALL_ACTIVE)
    assert view.chat.id == 1888
    assert [row.session_id for row in view.others] == [343]


async def test_two_sessions_of_one_chat_are_one_dialog() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.sessions.append(Session(300, 1777, (OUR_DEAL,), open=False, updated_at=NOW - timedelta(days=9)))
    view = await seen(portal, pick=DialogPick.BY_LINE)
    assert view.dialog_count == 1
    assert view.others == ()


async def test_by_line_without_a_line_is_ambiguous() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL, chat_id=1777, session_id=343)
    with_dialog(portal, OUR_DEAL, chat_id=1888, session_id=400, line_id=31)
    resolution = (await look(portal, pick=DialogPick.BY_LINE)).resolution
    assert isinstance(resolution, AmbiguousDialog)
    assert {row.line_id for row in resolution.candidates} == {22, 31}
    assert "22, 31" in resolution.reason.ru or "31, 22" in resolution.reason.ru


async def test_a_filter_that_skips_the_first_session_reads_the_right_chat() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL, chat_id=1777, session_id=343)
    with_dialog(portal, OUR_DEAL, chat_id=1888, session_id=400, line_id=31, updated_at=NOW + timedelta(hours=1))
    view = await seen(portal, line_ids=[22])
    assert view.chat.id == 1777
    assert len(portal.journal) == 2


async def test_a_portal_that_does_not_sort_by_completion_is_still_read_right() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL, chat_id=1777, session_id=343)
    with_dialog(portal, OUR_DEAL, chat_id=1888, session_id=400, open=False, updated_at=NOW + timedelta(hours=1))
    portal.sorts_by_completed = False
    assert (await seen(portal)).chat.id == 1777


CHANNELS = [
    (["livechat"], True),
    (["LiveChat "], True),
    (["telegrambot"], False),
    (["telegram", "livechat"], True),
    (["whatsapp"], False),
]


@pytest.mark.parametrize(("channels", "found"), CHANNELS)
async def test_channels(channels: list[str], found: bool) -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    resolution = (await look(portal, channels=channels)).resolution
    assert isinstance(resolution, DialogView) is found
    if isinstance(resolution, NoDialog):
        assert "не на тех линиях" in resolution.reason.ru
        assert resolution.path[0].text.ru == "сделка 17: есть диалоги, но не тех линий и каналов"


@pytest.mark.parametrize(
    ("connector", "name"),
    [("whatsappbyedna", "whatsapp"), ("telegrambot", "Telegram"), ("fbinstagramdirect", "instagram")],
)
async def test_a_messengers_name_means_all_its_connectors(connector: str, name: str) -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL, connector=connector)
    assert isinstance((await look(portal, channels=[name])).resolution, DialogView)


async def test_a_smart_process_writes_through_what_the_chat_is_bound_to() -> None:
    smart = Item(180, 9)
    portal = Portal()
    portal.items[smart] = {"title": "Монтаж"}
    with_dialog(portal, smart)
    view = await seen(portal, smart)
    assert view.crm_binding == ("deal", 17)
    assert view.path[0].text.ru == "элемент смарт-процесса 9: 1 диалог, открытых 1"


async def test_a_lead_and_a_contact_have_paths_too() -> None:
    lead = Item(LEAD, 8)
    portal = Portal()
    portal.items[lead] = {"title": "Лид", "contactId": 5}
    portal.items[OUR_CONTACT] = {"name": "Иван", "companyId": 3}
    with_dialog(portal, OUR_COMPANY)
    assert isinstance((await look(portal, lead)).resolution, NoDialog)
    assert (await seen(portal, OUR_CONTACT)).crm_binding == ("company", 3)


async def test_contacts_beyond_ten_are_named_and_left_out() -> None:
    portal = portal_with_deal(contactIds=list(range(100, 113)))
    resolution = (await look(portal)).resolution
    assert isinstance(resolution, NoDialog)
    assert resolution.path[-1].text.ru == "ещё контактов, которые не смотрели: 3"
    assert len(resolution.path) == 12


async def test_an_item_that_is_gone() -> None:
    reading = await look(Portal())
    assert isinstance(reading.resolution, NoDialog)
    assert reading.resolution.reason.en == "The CRM item is gone."
    assert reading.item is not None
    assert not reading.item.exists


async def test_an_item_that_may_not_be_read_still_has_its_dialog() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.refused["crm.item.get"] = "ACCESS_DENIED"
    reading = await look(portal)
    assert isinstance(reading.resolution, DialogView)
    assert reading.item is None


# --- refusals ---------------------------------------------------------------------------------------------------


async def test_a_refused_list_of_sessions_is_no_absence_of_dialogs() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.refused["crm.activity.list"] = "insufficient_scope"
    with pytest.raises(Refused) as raised:
        await look(portal)
    assert raised.value.code == "insufficient_scope"


async def test_a_dialog_that_may_not_be_read_says_so() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.crm_access = False
    with pytest.raises(DialogClosedToUs) as raised:
        await look(portal)
    assert "прав" in raised.value.text.ru
    assert raised.value.code == "ACCESS_ERROR"


async def test_messages_without_the_role_are_read_by_session() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.may_join = False
    portal.say(1777, ANNA, "В пути, приедет завтра", minute=5)
    view = await seen(portal)
    assert len(portal.journal) == 2
    assert view.by_history
    assert view.ball is Ball.CLIENT
    assert view.known.by_history
    portal.journal.clear()
    again = await seen(portal, known=view.known)
    assert portal.sizes == [3]  # with the line, which this caller did not keep
    assert again.ball is Ball.CLIENT


async def test_a_dialog_whose_messages_nobody_shows_is_closed_to_us() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.may_join = False
    portal.refused["imopenlines.session.history.get"] = "ACCESS_DENIED"
    with pytest.raises(DialogClosedToUs):
        await look(portal)


# --- messages that do not reach far enough ----------------------------------------------------------------------


async def test_a_member_with_unread_messages_does_not_miss_the_newest() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    for minute in range(2, 8):
        portal.say(1777, CLIENT, "Ау", minute=minute)
    portal.say(1777, ANNA, "Уже едет, будет завтра", minute=9)
    portal.oldest_first_for_member = True
    view = await seen(portal, depth=4)
    assert view.ball is Ball.CLIENT
    assert len(portal.journal) == 2


async def test_a_long_silence_of_ours_is_measured_from_its_true_beginning() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    for minute in range(2, 20):
        portal.say(1777, CLIENT, "Ау", minute=minute)
    view = await seen(portal, depth=5)
    assert view.waiting_since == NOW + timedelta(minutes=1)
    assert view.whole


async def test_when_history_is_refused_what_came_is_used() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    for minute in range(2, 20):
        portal.say(1777, CLIENT, "Ау", minute=minute)
    portal.refused["imopenlines.session.history.get"] = "ACCESS_DENIED"
    view = await seen(portal, depth=5)
    assert view.ball is Ball.US
    assert not view.whole


async def test_an_answer_in_sight_needs_no_more() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    for minute in range(2, 20):
        portal.say(1777, ANNA, "Ваш заказ уже едет", minute=minute)
    await seen(portal, depth=5)
    assert len(portal.journal) == 1


# --- known dialogs ----------------------------------------------------------------------------------------------


async def test_a_known_dialog_costs_two_commands() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    lines = Lines()
    first = await seen(portal, lines=lines)
    portal.journal.clear()
    portal.say(1777, ANNA, "В пути, приедет завтра", minute=5)
    view = await seen(portal, lines=lines, known=first.known)
    assert portal.sizes == [2]
    assert first.episode is not None
    reply = view.first_human_reply_after(first.episode)
    assert reply is not None
    assert reply.author_id == ANNA
    assert view.ball is Ball.CLIENT
    assert view.crm_binding == ("deal", 17)
    assert view.line == first.line
    assert view.path[0].text.ru == "чат 1777, найденный раньше"


async def test_a_known_dialog_that_was_closed_is_seen_closed() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    known = (await seen(portal)).known
    portal.say(1777, 0, "Диалог завершён", minute=9, CLASS="bx-messenger-content-item-ol-end")
    portal.add_chat(1777, session_id=0)
    view = await seen(portal, known=known)
    assert not view.is_open
    assert view.session_id == 343
    assert view.ball is Ball.NONE


async def test_a_forced_end_is_seen_although_the_chat_still_names_the_session() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    known = (await seen(portal)).known
    portal.say(1777, 0, "Диалог завершён", minute=9, CLASS="bx-messenger-content-item-ol-end")
    view = await seen(portal, known=known)
    assert not view.is_open
    assert not view.accepted


async def test_a_new_session_in_a_known_chat_is_noticed() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    first = await seen(portal)
    portal.say(1777, ANNA, "Заказ приедет завтра", minute=5)
    portal.say(1777, 0, "Диалог завершён", minute=9, CLASS="bx-messenger-content-item-ol-end")
    portal.add_chat(1777, session_id=350)
    portal.begin(1777)
    asked = portal.say(1777, CLIENT, "Другой вопрос?", minute=20)
    view = await seen(portal, known=first.known)
    assert view.session_id == 350
    assert view.episode == Episode(350, asked)
    assert first.episode is not None
    assert view.first_human_reply_after(first.episode) is not None  # given in the session before


async def test_a_new_session_is_noticed_where_only_sessions_can_be_read() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.may_join = False
    known = (await seen(portal)).known
    portal.sessions[0].last_message = 1777002
    portal.add_chat(1777, session_id=350)
    portal.sessions.append(Session(350, 1777, (OUR_DEAL,), first_message=1777003))
    portal.begin(1777)
    asked = portal.say(1777, CLIENT, "Другой вопрос?", minute=20)
    portal.journal.clear()
    view = await seen(portal, known=known)
    assert view.episode == Episode(350, asked)
    assert len(portal.journal) == 2


async def test_a_known_chat_that_is_gone_is_searched_for_again() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    reading = await look(portal, known=KnownDialog(chat_id=4040, session_id=1), extra={"log": LOG})
    assert isinstance(reading.resolution, DialogView)
    assert reading.resolution.chat.id == 1777
    assert list(reading.answers) == ["log"]
    assert sum("log" in request for request in portal.journal) == 1


async def test_the_item_comes_with_a_known_dialog_when_the_caller_asks_for_it() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    lines = Lines()
    known = (await seen(portal, lines=lines)).known
    item = Command("crm.item.get", {"entityTypeId": 2, "id": 17})
    reading = await look(portal, lines=lines, known=known, extra={"item": item})
    assert portal.sizes[-1] == 3
    assert reading.item is not None
    assert reading.item.stage_id == "C1:NEW"
    assert (await look(portal, lines=lines, known=known)).item is None


def test_what_is_remembered_survives_json() -> None:
    known = KnownDialog(1777, 343, 22, OUR_DEAL, 2, by_history=True)
    assert KnownDialog.from_json(known.as_json()) == known
    assert KnownDialog.from_json({"chat_id": "5"}) == KnownDialog(5, 0)
    assert KnownDialog.from_json({}) is None


# --- lines ------------------------------------------------------------------------------------------------------


async def test_a_dialog_moved_to_another_line_has_that_lines_settings() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.lines[31] = {"ID": "31", "LINE_NAME": "Бухгалтерия"}
    portal.add_chat(1777, session_id=343, moved_to="31")
    lines = Lines()
    view = await seen(portal, lines=lines)
    assert view.line is not None
    assert view.line.name == "Бухгалтерия"
    assert set(lines) == {22, 31}
    assert len(portal.journal) == 2
    await seen(portal, lines=lines)
    assert len(portal.journal) == 3


async def test_a_line_that_is_gone_leaves_the_dialog() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    del portal.lines[22]
    view = await seen(portal)
    assert view.line is None
    assert view.line_id == 22


# --- our own messages -------------------------------------------------------------------------------------------


async def test_the_ledger_is_asked_for_the_chat_that_was_found() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    sent = portal.say(1777, ANNA, "Мы получили ваш вопрос", minute=2)
    asked: list[int] = []

    async def ledger(chat_id: int) -> OwnMessages:
        asked.append(chat_id)
        return OwnMessages(frozenset({sent}))

    view = await seen(portal, own=ledger)
    assert asked == [1777]
    assert view.ball is Ball.US
    assert (await seen(portal, who="human_or_robot", own=ledger)).ball is Ball.CLIENT


async def test_a_bot_that_owns_the_dialog() -> None:
    portal = with_dialog(portal_with_deal(), OUR_DEAL)
    portal.add_chat(1777, session_id=343, owner=BOT)
    assert (await seen(portal)).owner_is_bot
