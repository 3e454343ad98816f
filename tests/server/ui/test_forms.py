"""What the page of a run says of the settings it was started with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

import pytest

from activities import load
from core.bitrix24.command import Json
from core.dialogs.ball import Ball
from core.dialogs.message import Author
from core.dialogs.words import Meaning
from core.robots.offhours import WindowKind
from core.robots.registration import form
from core.robots.shift_end import Kind
from core.texts.text import Text
from core.worktime.days import DayKind
from server.ui.forms import Given, given_settings, people_in, returned
from server.ui.words.codes import CODES

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


def shown(given: list[Given]) -> dict[str, tuple[str, bool]]:
    return {one.label.ru: (one.value.ru, one.changed) for one in given}


def test_what_was_returned_is_said_and_not_spelled() -> None:
    robot = load()["escalate_no_reply"]
    output: dict[str, Json] = {
        "answered": "N",
        "answer_minutes": 0,
        "answered_by": "",
        "final_owner": "user_8",
        "level_reached": 2,
    }
    said = shown(returned(robot, output, {8: "Анна Смирнова"}))
    assert said["Оператор в итоге"][0] == "Анна Смирнова"
    assert said["Через сколько рабочих минут"][0] == "—", "nobody answered, so there is no number"
    assert people_in(output) == {8}


def test_moments_are_returned_in_their_zone_and_authors_are_no_secret() -> None:
    time = shown(returned(load()["working_time"], {"next_open": "2026-11-25T09:00:00+03:00"}))
    assert {value for value, _ in time.values()} == {"25 нояб., 09:00"}
    state = shown(returned(load()["dialog_state"], {"last_author": "client"}))
    assert {value for value, _ in state.values()} == {"клиент"}


def test_codes_are_said_in_words_beside_themselves() -> None:
    """Conditions compare codes, so they stay to be seen."""
    output: dict[str, Json] = {"status": "work", "ball": "us", "channel": "carrier_pigeon", "title": "us"}
    status, ball, channel, title = returned(load()["dialog_state"], output)
    assert (status.value, status.code) == (Text("в работе", "being worked on"), "work")
    assert (ball.value.en, ball.code) == ("ours: the client waits for an answer", "us")
    assert (channel.value.ru, channel.code, title.value.ru, title.code) == ("carrier_pigeon", "", "us", "")
    day, window = returned(load()["working_time"], {"day_kind": "workday"})[0], load()["offhours_reply"]
    assert (day.value.ru, day.code) == ("рабочий", "workday")
    assert returned(window, {"window_kind": "night"})[0].value == Text("ночь", "the night")


def test_a_guard_is_called_as_its_setting() -> None:
    robot = load()["close_dialog"]
    guard, unknown = returned(robot, {"failed_guard": "quiet_minutes", "result": "guard_failed"})
    label = next(shape.property.label for shape in form(robot.input_model) if shape.name == "quiet_minutes")
    assert (guard.value, guard.code) == (label, "quiet_minutes")
    assert unknown.value == Text("Сработала защита", "A guard held it")


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("ball", Ball),
        ("last_author", Author),
        ("day_kind", DayKind),
        ("window_kind", get_args(WindowKind)),
        ("kind", Kind),
        ("message_class", Meaning),
    ],
)
def test_every_code_that_robots_return_has_its_words(name: str, codes: Iterable[str]) -> None:
    assert {str(code) for code in codes} <= CODES[name].keys()


def test_settings_of_a_refused_launch_have_their_labels() -> None:
    robot = load()["send_message"]
    said = shown(given_settings(robot, {"text": "{nobody}", "when": "after", "after_minutes": "x", "own": "1"}))
    assert said["Текст сообщения"] == ("{nobody}", True)
    assert said["own"] == ("1", True)
    assert "after" not in {value for value, _ in said.values()}
