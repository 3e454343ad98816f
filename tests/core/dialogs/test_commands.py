"""Every command of a reading has parameters that its method knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.bitrix24.command import Command
from core.dialogs.conversation import history_command, messages_command
from core.dialogs.item import item_command
from core.dialogs.line import line_command
from tests.core.dialogs.test_reader import OUR_CONTACT, OUR_DEAL, look, portal_with_deal, with_dialog

BOOK = Path(__file__).parents[4] / "shared" / "bitrix24"


def known_methods() -> dict[str, dict[str, object]]:
    if not (BOOK / "methods.json").exists():
        pytest.skip("The list of REST methods is not on this machine.")
    known: dict[str, dict[str, object]] = json.loads((BOOK / "methods.json").read_text())
    known.update(json.loads((BOOK / "methods_extra.json").read_text()))
    return known


def check(command: Command, known: dict[str, dict[str, object]]) -> None:
    params = known[command.method]["params"]
    assert isinstance(params, dict)
    assert set(command.params) <= set(params), command.method
    required = {name for name, about in params.items() if about.get("required") is True}
    assert required <= set(command.params), command.method


async def test_commands_of_a_reading_are_known_to_bitrix24() -> None:
    known = known_methods()
    portal = with_dialog(portal_with_deal(contactId=5, companyId=3), OUR_CONTACT)
    await look(portal)
    portal.may_join = False
    await look(portal)
    commands = [command for request in portal.journal for command in request.values()]
    assert {command.method for command in commands} == {
        "crm.item.get",
        "crm.activity.list",
        "imopenlines.dialog.get",
        "im.dialog.messages.get",
        "imopenlines.session.history.get",
        "imopenlines.config.get",
    }
    for command in [
        *commands,
        item_command(OUR_DEAL),
        line_command(22),
        messages_command("chat1", 50),
        history_command(1),
    ]:
        check(command, known)
