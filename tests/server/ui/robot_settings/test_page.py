"""The page as the portal opens it: what it shows, to whom, and what it keeps to itself."""

from __future__ import annotations

import json

import pytest

from activities import load
from core.robots.shape import shapes
from tests.portal_side import ANNA, CHIEF, DMITRY
from tests.server.ui.robot_settings.dialog import Dialog
from tests.town import Town

ROBOTS = load()


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("code", sorted(ROBOTS))
async def test_every_robot_has_a_page(dialog: Dialog, code: str, lang: str) -> None:
    answer = await dialog.open(code, lang=lang)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert ROBOTS[code].name.said_in(lang) in answer.text
    for shape in shapes(ROBOTS[code].input_model):
        assert f'data-field="{shape.name}"' in answer.text
    assert "Text(ru=" not in answer.text


async def test_only_our_scripts_run_there_and_only_the_portal_frames_it(dialog: Dialog) -> None:
    answer = await dialog.open("escalate_no_reply")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'; style-src 'self'" in policy
    assert policy.endswith("frame-ancestors https://town.bitrix24.ru")
    assert " onclick" not in answer.text
    assert " style=" not in answer.text


async def test_what_is_set_stands_in_the_fields(dialog: Dialog) -> None:
    values = {"after_minutes": "20", "quiet_hours": "N", "action": "task", "client_text": 'Так <b>"не"</b> надо'}
    await dialog.open("escalate_no_reply", current_values=values)
    assert 'value="20"' in dialog.row("after_minutes")
    assert "checked" not in dialog.row("quiet_hours")
    assert '<option value="task" selected>' in dialog.row("action")
    assert '>Так <b>"не"</b> надо</textarea>' in dialog.row("client_text")
    assert "Так <b>" not in dialog.page, "what people wrote is text"


async def test_people_have_names(dialog: Dialog) -> None:
    await dialog.open(
        "escalate_no_reply", current_values={"escalate_to": [f"user_{CHIEF}"], "levels": f"5: notify user:{ANNA}"}
    )
    assert dialog.data["people"] == {str(CHIEF): "Ирина Петрова", str(ANNA): "Анна Смирнова"}


async def test_an_expression_stands_as_it_is(dialog: Dialog) -> None:
    await dialog.open("escalate_no_reply", current_values={"after_minutes": "{=Document:UF_MINUTES}"})
    row = dialog.row("after_minutes")
    assert 'data-raw value="{=Document:UF_MINUTES}"' in row
    assert '<div class="plain" hidden>' in row


async def test_the_chain_of_levels_is_read_for_its_editor(dialog: Dialog) -> None:
    await dialog.open("escalate_no_reply", current_values={"levels": "15: notify owner"})
    assert dialog.data["levels"] == [{"minutes": 15, "actions": [{"verb": "notify", "target": "owner"}]}]
    await dialog.open("escalate_no_reply", current_values={"levels": "когда-нибудь"})
    assert dialog.data["levels"] is None
    assert ">когда-нибудь</textarea>" in dialog.row("levels")


async def test_shared_fields_are_folded_and_counted(dialog: Dialog) -> None:
    await dialog.open("escalate_no_reply", current_values={"calendar": "always", "mode": "dry"})
    assert "изменено: 2" in dialog.page
    assert (
        dialog.page.index('data-field="levels"')
        < dialog.page.index('id="shared"')
        < dialog.page.index('data-field="mode"')
    )


async def test_fields_of_the_document_can_be_inserted(dialog: Dialog) -> None:
    await dialog.open("send_message", document_fields={"TITLE": {"Name": "Название <сделки>"}})
    assert 'data-insert="{=Document:TITLE}"' in dialog.page
    assert "Название &lt;сделки&gt;" in dialog.page


async def test_how_soon_an_answer_is_noticed(dialog: Dialog, town: Town) -> None:
    await dialog.open("escalate_no_reply")
    assert "заметим в течение 20 с" in dialog.page
    sql = "INSERT INTO watch (portal_id, due_at, looked_at, interval_seconds, dialogs, after_chat_id, lease_no) "
    await town.sql(sql + "SELECT id, 0, 0, 300, 0, 0, 0 FROM portal")
    await dialog.open("escalate_no_reply")
    assert "заметим в течение 5 мин" in dialog.page
    await dialog.open("dialog_state")
    assert "заметим" not in dialog.page, "it waits for nothing"


async def test_the_example_is_what_the_robot_was_called_for_last(dialog: Dialog, town: Town) -> None:
    await dialog.open("escalate_no_reply")
    assert dialog.data["item"] == ""
    first, second = await town.deal(), await town.deal(client="Пётр Иванов")
    await town.place("dialog_state")
    await town.move(second)
    await town.settle()
    await dialog.open("escalate_no_reply")
    assert dialog.data["item"] == f"deal:{second.id}", "of another robot, when there is none of its own"
    await town.place("escalate_no_reply")
    await town.move(first)
    await town.settle()
    await dialog.open("escalate_no_reply")
    assert dialog.data["item"] == f"deal:{first.id}"
    await dialog.open("escalate_no_reply", document_type=["crm", "CCrmDocumentLead", "LEAD"])
    assert (dialog.data["item"], dialog.data["kind"]) == ("", "lead")
    await dialog.open("escalate_no_reply", document_id=["crm", "CCrmDocumentDeal", "DEAL_999"])
    assert dialog.data["item"] == "deal:999"


async def test_a_whole_stage_may_come_along(dialog: Dialog) -> None:
    deep: dict[str, object] = {}
    for _ in range(12):
        deep = {"Children": [deep]}
    fields = {f"UF_CRM_{number}": {"Name": "field " * 16, "Type": "string"} for number in range(600)}
    answer = await dialog.open("escalate_no_reply", template=[deep], document_fields=fields)
    assert len(json.dumps(fields)) > 64 * 1024
    assert answer.status_code == 200


async def test_a_robot_that_we_do_not_have(dialog: Dialog, town: Town) -> None:
    form = await town.read("frame", robot="dialog_state", options="{}", placement="DEFAULT", user_id=1)
    answer = await dialog.client.post("/b24/settings/nonsense", data=form["fields"])
    assert (answer.status_code, answer.json()) == (404, {"error": "not_found"})


async def test_any_employee_whom_the_portal_lets_edit_robots_may_come(dialog: Dialog) -> None:
    dialog.user_id = DMITRY
    answer = await dialog.open("escalate_no_reply", current_values={"escalate_to": [f"user_{CHIEF}"]})
    assert answer.status_code == 200
    assert dialog.token
