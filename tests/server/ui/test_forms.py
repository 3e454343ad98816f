"""What the page of a run says of the settings it was started with."""

from __future__ import annotations

import pytest

from activities import load
from core.texts.text import Text
from server.ui.forms import given_settings

REQUIRED = {"send_message": {"text": "Здравствуйте!"}}


@pytest.mark.parametrize("code", sorted(load()))
def test_the_settings_of_every_robot_can_be_shown(code: str) -> None:
    shown = given_settings(load()[code], REQUIRED.get(code, {}))
    assert shown
    assert all(given.label.ru and given.label.en for given in shown)


def test_a_field_named_otherwise_on_the_wire_shows_its_own_value() -> None:
    robot = load()["wait_reply"]
    shown = {given.label.ru: given for given in given_settings(robot, {"from": "last_message"})}
    changed = [given.value for given in shown.values() if given.changed]
    assert len(changed) == 1
    assert changed[0] != Text("", "")
