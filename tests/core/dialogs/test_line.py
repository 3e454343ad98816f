"""The settings of a line, from the documented answer."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from core.bitrix24.command import Json
from core.dialogs.line import Line, line_command, line_of
from core.worktime.line import from_line

CONFIG: dict[str, Json] = {
    "ID": "22",
    "ACTIVE": "Y",
    "LINE_NAME": "Поддержка",
    "QUEUE_TYPE": "evenly",
    "CHECK_AVAILABLE": "Y",
    "WELCOME_BOT_ENABLE": "Y",
    "WELCOME_BOT_ID": "597",
    "VOTE_MESSAGE": "Y",
    "WORKTIME_ENABLE": "Y",
    "WORKTIME_FROM": "9",
    "WORKTIME_TO": "18.30",
    "WORKTIME_TIMEZONE": "Europe/Kaliningrad",
    "WORKTIME_HOLIDAYS": [""],
    "WORKTIME_DAYOFF": ["SA", "SU"],
    "WORKTIME_DAYOFF_RULE": "text",
    "WORKTIME_DAYOFF_TEXT": "Мы закрыты",
    "CLOSE_RULE": "text",
    "CLOSE_TEXT": "Спасибо, что обратились",
    "FULL_CLOSE_TIME": "10",
    "AUTO_CLOSE_RULE": "none",
    "AUTO_CLOSE_TIME": "3600",
    "LANGUAGE_ID": "ru",
    "QUICK_ANSWERS_IBLOCK_ID": "181",
    "KPI_FIRST_ANSWER_TIME": "900",
    "KPI_FURTHER_ANSWER_TIME": "0",
    "KPI_FIRST_ANSWER_LIST": None,
    "QUEUE": ["27", "103"],
    "DATE_CREATE": {},
}


def line(**changes: Json) -> Line:
    found = line_of({**CONFIG, **changes})
    assert found is not None
    return found


def test_the_documented_answer() -> None:
    found = line()
    assert (found.id, found.name, found.active, found.zone) == (22, "Поддержка", True, "Europe/Kaliningrad")
    assert found.queue == (27, 103)
    assert (found.kpi_first_answer_for, found.kpi_next_answer_for) == (900, 0)
    assert (found.auto_close_for, found.full_close_for) == (3600, 10)
    assert (found.welcome_bot_id, found.quick_answers_id) == (597, 181)
    assert found.hours["WORKTIME_DAYOFF"] == ["SA", "SU"]
    assert found.hours["LINE_NAME"] == "Поддержка"
    assert "QUEUE" not in found.hours


def test_hours_are_what_the_calendar_of_a_line_is_made_of() -> None:
    calendar = from_line(line().hours, portal_zone=ZoneInfo("Europe/Moscow"))
    assert calendar.zone.key == "Europe/Kaliningrad"
    assert "Поддержка" in calendar.name.ru


@pytest.mark.parametrize(
    ("changes", "goodbye", "two_phases"),
    [
        ({}, True, True),
        ({"CLOSE_TEXT": " "}, False, True),
        ({"CLOSE_RULE": "none"}, False, True),
        ({"CLOSE_RULE": "none", "VOTE_MESSAGE": "N"}, False, False),
    ],
)
def test_what_bitrix24_does_at_the_end(changes: dict[str, Json], goodbye: bool, two_phases: bool) -> None:
    found = line(**changes)
    assert found.says_goodbye is goodbye
    assert found.finishes_in_two_phases is two_phases


def test_off_hours_text_and_a_bot_that_is_switched_off() -> None:
    assert line().tells_off_hours
    assert not line(WORKTIME_DAYOFF_RULE="none").tells_off_hours
    assert line(WELCOME_BOT_ENABLE="N").welcome_bot_id == 0
    assert not line(ACTIVE="N").active


@pytest.mark.parametrize("result", [False, None, [], {}, {"ID": "0"}])
def test_no_such_line(result: Json) -> None:
    assert line_of(result) is None


def test_a_queue_written_as_a_map() -> None:
    assert line(QUEUE={"0": "27", "2": "103", "3": "x"}).queue == (27, 103)


def test_the_command() -> None:
    assert line_command(22).params == {"CONFIG_ID": 22, "WITH_QUEUE": "Y"}
