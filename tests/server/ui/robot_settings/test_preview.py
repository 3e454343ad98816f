"""While a form is filled in: what is wrong with it, and what the robot would do with an item that one may see."""

from __future__ import annotations

from typing import Any

import pytest

from core.bitrix24.errors import Unavailable
from core.bitrix24.evidence import Evidence, Sign
from core.runs.watching import LAST_PLACES
from server.ui.robot_settings import preview as module
from server.ui.sessions import Person, Sessions
from tests.portal_side import CHIEF, DEAL, DMITRY
from tests.server.ui.people import House
from tests.server.ui.robot_settings.dialog import Dialog
from tests.town import Town

LEVELS = "30: add head, notify head"
NOT_SEEN = ("trouble", "Этот элемент не найден или вам не виден.", None)


@pytest.fixture
async def opened(dialog: Dialog) -> Dialog:
    await dialog.open("escalate_no_reply")
    return dialog


async def http(town: Town) -> int:
    await town.base.lanes.calls.flush()
    return int((await town.sql("SELECT COUNT(*) AS n FROM rest_call"))[0]["n"] or 0)


# What is wrong --------------------------------------------------------------------------------------------------


async def test_each_sentence_stands_at_its_field(opened: Dialog) -> None:
    told = await opened.told("escalate_no_reply", after_minutes="сто", levels="15: shout", line_ids="x")
    assert told["errors"] == {
        "after_minutes": "«Через сколько рабочих минут»: нужно целое число от 0 до 525600.",
        "levels": "«Уровни», строка 1: непонятное действие «shout».",
    }
    assert told["levels"] is None


async def test_errors_speak_the_language_of_the_page(dialog: Dialog) -> None:
    await dialog.open("escalate_no_reply", lang="en")
    told = await dialog.told("escalate_no_reply", after_minutes="many")
    assert told["errors"]["after_minutes"].startswith("“After how many working minutes”")


async def test_a_good_form_has_none_and_its_levels_are_read(opened: Dialog) -> None:
    told = await opened.told("escalate_no_reply", levels=LEVELS, after_minutes="{=Document:UF_X}")
    assert told["errors"] == {}
    assert [level["minutes"] for level in told["levels"]] == [30]
    assert (told["state"], told["item"]) == ("empty", None)


async def test_what_is_wrong_is_put_right_before_anything_is_shown(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    before = await http(town)
    told = await opened.told("escalate_no_reply", deal, after_minutes="сто")
    assert (told["state"], told["headline"]) == ("trouble", "Сначала исправьте поля, отмеченные красным.")
    assert await http(town) == before


# What would happen ----------------------------------------------------------------------------------------------


async def test_what_would_happen_is_told_moment_by_moment(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    told = await opened.told("escalate_no_reply", deal, levels=LEVELS)
    assert told["state"] == "told"
    assert told["item"] == {"key": f"deal:{deal.id}", "title": "Расчёт зарплаты"}
    assert told["headline"].startswith("11:30: ")
    assert "Ирина Петрова" in told["headline"]
    for words in ("Сейчас", "11:30", "через 30 минут", "добавляем в чат", "Клиент ждёт ответа"):
        assert words in told["html"]
    assert "[URL" not in told["html"]
    assert "<script" not in told["html"]


async def test_a_message_is_shown_as_the_client_would_read_it(dialog: Dialog, town: Town) -> None:
    await dialog.open("send_message")
    deal = await town.deal(client="Марина Белова")
    told = await dialog.told("send_message", deal, text="Добрый день, {client.first_name}! <b>")
    assert "Добрый день, Марина! &lt;b&gt;" in told["html"]
    assert told["headline"].startswith("Сразу: ")


async def test_a_robot_that_would_do_nothing_says_why(opened: Dialog, town: Town) -> None:
    deal = await town.deal(dialog=False)
    told = await opened.told("escalate_no_reply", deal)
    assert told["headline"].startswith("Ничего не сделает.")


async def test_nothing_is_done_or_kept(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    await opened.told("escalate_no_reply", deal, levels=LEVELS)
    assert await town.runs() == []
    assert await town.ledger() == []
    for table in ("run", "effect", "run_event", "run_guard", "assignment_pointer"):
        assert await town.sql(f"SELECT * FROM {table}") == []


async def test_what_the_portal_would_fill_in_is_left_out_and_said_so(dialog: Dialog, town: Town) -> None:
    await dialog.open("send_message")
    deal = await town.deal()
    told = await dialog.told("send_message", deal, text="Сделка {=Document:TITLE}", after_minutes="{=Document:UF_X}")
    assert "Сделка {=Document:TITLE}" in told["html"]
    assert "Bitrix24" not in told["html"]
    assert "подставит Битрикс24" in told["html"]


async def test_a_robot_that_only_checks_says_so(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    assert "в режиме проверки" in (await opened.told("escalate_no_reply", deal, mode="dry"))["html"]
    assert "в режиме проверки" not in (await opened.told("escalate_no_reply", deal, mode="live"))["html"]


async def test_changing_a_field_costs_the_portal_nothing(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    before = await http(town)
    await opened.told("escalate_no_reply", deal, after_minutes="15")
    first = await http(town) - before
    await opened.told("escalate_no_reply", deal, after_minutes="16")
    await opened.told("escalate_no_reply", deal, after_minutes="17")
    assert await http(town) - before == first <= 5


async def test_what_was_read_is_forgotten_soon(opened: Dialog, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    deal = await town.deal()
    await opened.told("escalate_no_reply", deal)
    monkeypatch.setattr(module, "REMEMBERED_SECONDS", 0.0)
    other = await town.deal(client="Пётр Иванов")
    await opened.told("escalate_no_reply", other)
    before = await http(town)
    await opened.told("escalate_no_reply", other)
    assert await http(town) > before


# Who may see it -------------------------------------------------------------------------------------------------


async def test_one_sees_only_what_the_portal_shows_one(dialog: Dialog, town: Town) -> None:
    """The application's administrator sees every deal; this one is hidden from the employee who asks."""
    deal, other = await town.deal(client="Марина Белова"), await town.deal(client="Пётр Иванов")
    dialog.user_id = DMITRY
    await dialog.open("escalate_no_reply")
    hidden = town.portal.crm.get(DEAL, deal.id)
    assert hidden is not None
    hidden.hidden_from = frozenset({DMITRY})
    told = await dialog.told("escalate_no_reply", deal)
    assert (told["state"], told["headline"], told["item"]) == NOT_SEEN
    assert "Марина" not in str(told)
    assert (await dialog.told("escalate_no_reply", other))["state"] == "told"


async def test_an_item_that_is_not_there_and_one_that_is_not_seen_look_alike(opened: Dialog, town: Town) -> None:
    told = await opened.told("escalate_no_reply", "deal:999999")
    assert (told["state"], told["headline"], told["item"]) == NOT_SEEN


async def test_the_item_is_asked_for_with_the_person_s_own_token(dialog: Dialog, town: Town) -> None:
    dialog.user_id = DMITRY
    await dialog.open("escalate_no_reply")
    deal = await town.deal()
    await dialog.told("escalate_no_reply", deal)
    asked = [call for call in await town.calls("crm.item.get") if call["params"].get("id") in (deal.id, str(deal.id))]
    assert asked[0]["user_id"] == DMITRY


async def test_without_a_session_nothing_is_told(opened: Dialog) -> None:
    opened.token = "A" * 43
    assert (await opened.ask("escalate_no_reply")).status_code == 401
    opened.token = ""
    assert (await opened.ask("escalate_no_reply")).status_code == 401


async def test_who_came_in_elsewhere_comes_in_anew(opened: Dialog, town: Town) -> None:
    """Another process has let the person in, so his token is not here: the page asks the portal who he is again."""
    deal = await town.deal()
    visitor = await Sessions(town.base.database, town.base.clock).open(
        await town.portal_id(), Person(DMITRY, "Дмитрий", is_admin=False), language="ru"
    )
    opened.token = visitor.token
    assert (await opened.ask("escalate_no_reply", deal)).status_code == 401
    assert (await opened.ask("escalate_no_reply")).status_code == 200, "without an item nobody needs it"


async def test_a_token_that_is_over_is_renewed_by_the_page(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    town.portal.oauth.expire()
    assert (await opened.ask("escalate_no_reply", deal)).status_code == 401


async def test_another_portal_s_session_sees_nothing_of_ours(opened: Dialog, home: House) -> None:
    answer = await home.client.post(
        "/ui/settings/escalate_no_reply/preview",
        json={"values": {}, "item": "deal:1"},
        headers={"Authorization": f"Bearer {opened.token}"},
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"values": []},
        {"values": {"a": 5}},
        {"values": {"a": {"b": "c"}}},
        {"values": {"a": [5]}},
        {"values": {f"n{number}": "" for number in range(201)}},
        {"values": {}, "item": 17},
        {"values": {}, "item": "deal:"},
        {"values": {}, "item": "deal:17; DROP"},
        {"values": {}, "item": "quote:17"},
        {"values": {}, "item": "dynamic_5:17"},
        {"values": {}, "item": "deal:0"},
    ],
)
async def test_what_makes_no_sense_is_a_bad_request(opened: Dialog, body: Any) -> None:
    answer = await opened.client.post(
        "/ui/settings/escalate_no_reply/preview", json=body, headers={"Authorization": f"Bearer {opened.token}"}
    )
    assert (answer.status_code, answer.json()) == (400, {"error": "bad_request"})


async def test_a_robot_that_we_do_not_have(opened: Dialog) -> None:
    assert (await opened.ask("nonsense")).status_code == 404


# Trouble --------------------------------------------------------------------------------------------------------


async def test_a_portal_that_is_busy_is_left_to_its_robots(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    portal_id, limiter = await town.portal_id(), town.base.lanes._limiter
    while await limiter.fill(portal_id) < LAST_PLACES:
        await limiter.wait_for(portal_id)
    told = await opened.told("escalate_no_reply", deal)
    assert (told["state"], told["again"]) == ("trouble", True)
    assert "занят" in told["headline"]


async def test_a_portal_that_is_suspended_has_no_examples(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    await town.sql("UPDATE portal SET status = 'suspended'")
    town.base.lanes.changed(await town.portal_id())
    told = await opened.told("escalate_no_reply", deal)
    assert (told["state"], told["again"]) == ("trouble", False)
    assert "приостановлена" in told["headline"]


async def test_trouble_of_the_portal_is_told_and_tried_again(opened: Dialog, town: Town) -> None:
    deal = await town.deal()

    async def away(methods: list[str]) -> None:
        raise Unavailable(Evidence(Sign.READ_TIMEOUT))

    town.wire.before = away
    told = await opened.told("escalate_no_reply", deal)
    assert (told["state"], told["again"]) == ("trouble", True)


async def test_a_mistake_of_the_robot_does_not_take_the_page_along(opened: Dialog, town: Town) -> None:
    """What nobody expects comes up in the middle of a step, out of what the step asked for."""

    async def broken(methods: list[str]) -> None:
        if any(method.startswith("imopenlines.") for method in methods):
            raise ZeroDivisionError

    deal = await town.deal()
    town.wire.before = broken
    told = await opened.told("escalate_no_reply", deal)
    assert told["headline"] == "Показать не удалось: ошибка в самом роботе."


async def test_names_of_people_in_the_story(opened: Dialog, town: Town) -> None:
    deal = await town.deal()
    told = await opened.told("escalate_no_reply", deal, levels=f"30: notify user:{CHIEF}")
    assert "Уведомление — Ирина Петрова" in told["html"]


async def test_what_the_process_would_get(dialog: Dialog, town: Town) -> None:
    await dialog.open("dialog_state")
    deal = await town.deal()
    told = await dialog.told("dialog_state", deal)
    assert "Процесс получит" in told["html"]
    assert "<dt>Диалог открыт</dt><dd><bdi>да</bdi></dd>" in told["html"]
