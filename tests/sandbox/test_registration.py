"""Registration of robots and activities: platform.md 1."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.apps import App
from sandbox.demo import ANNA
from sandbox.portal import Portal
from sandbox.rest.answer import execute
from sandbox.wire import decode
from tests.sandbox.conftest import HANDLER, SCOPE, Asker

GOOD: dict[str, Any] = {"CODE": "a", "HANDLER": f"{HANDLER}/robot/a", "NAME": {"ru": "А", "en": "A"}}

WRONG = [
    ({"CODE": ""}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Empty activity code!"),
    ({"CODE": "не код"}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong activity code!"),
    ({"CODE": "x" * 129}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong activity code!"),
    ({"NAME": ""}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Empty activity NAME!"),
    ({"HANDLER": "ftp://a.b/x"}, "ERROR_UNSUPPORTED_PROTOCOL", "Unsupported handler protocol"),
    ({"HANDLER": "http://localhost:8089/x"}, "ERROR_WRONG_HANDLER_URL", "Wrong handler URL"),
    ({"HANDLER": "http://[oops/x"}, "ERROR_WRONG_HANDLER_URL", "Wrong handler URL"),
    ({"PROPERTIES": ""}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong properties array!"),
    ({"PROPERTIES": [{"NAME": "x"}]}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong property key (0)!"),
    ({"PROPERTIES": {"1x": {"NAME": "x"}}}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong property key (1x)!"),
    ({"PROPERTIES": {"x": {"TYPE": "int"}}}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Empty property NAME (x)!"),
    ({"RETURN_PROPERTIES": {"x": "y"}}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Empty property NAME (x)!"),
    ({"FILTER": "x"}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong activity FILTER!"),
    ({"DOCUMENT_TYPE": ["crm"]}, "ERROR_ACTIVITY_VALIDATION_FAILURE", "Wrong activity DOCUMENT_TYPE!"),
    ({"USE_PLACEMENT": "Y"}, "ERROR_WRONG_HANDLER_URL", "Wrong handler URL"),
    ({"PROPERTIES": {"x": {"NAME": "x" * 70_000}}}, "ERROR_ACTIVITY_ADD_FAILURE", "Activity save error!"),
]


@pytest.mark.parametrize("kind", ["robot", "activity"])
@pytest.mark.parametrize(("change", "code", "description"), WRONG)
def test_what_cannot_be_registered(ask: Asker, kind: str, change: dict[str, Any], code: str, description: str) -> None:
    """Platform.md 1.2, 1.3."""
    status, said = ask.try_(f"bizproc.{kind}.add", **(GOOD | change))
    assert (status, said["error"], said["error_description"]) == (400, code, description)


def test_codes_are_unique_across_robots_and_activities(ask: Asker) -> None:
    assert ask("bizproc.robot.add", **GOOD) is True
    for kind in ("robot", "activity"):
        assert ask.refused(f"bizproc.{kind}.add", **GOOD) == (400, "ERROR_ACTIVITY_ALREADY_INSTALLED")
    assert ask("bizproc.robot.list") == ["a"]
    assert ask("bizproc.activity.list") == []
    assert ask.refused("bizproc.activity.delete", CODE="a") == (400, "ERROR_ACTIVITY_NOT_FOUND")
    assert ask("bizproc.robot.delete", CODE="a") is True
    assert ask.refused("bizproc.robot.update", CODE="a", FIELDS={"NAME": "x"}) == (400, "ERROR_ACTIVITY_NOT_FOUND")


def test_keys_may_come_in_any_case_but_names_of_properties_keep_theirs(ask: Asker, app: App) -> None:
    ask("bizproc.robot.add", code="a", handler=f"{HANDLER}/a", name="A", properties={"afterMinutes": {"Name": "x"}})
    assert app.registrations["a"].properties == {"afterMinutes": {"NAME": "x"}}


@pytest.mark.parametrize("empty", [{}, [], None])
def test_an_empty_set_of_properties_is_fine_in_json(ask: Asker, empty: Any) -> None:
    """Platform.md 1.6."""
    assert ask("bizproc.robot.add", **GOOD, PROPERTIES=empty) is True


def test_each_code_needs_a_settings_page_of_its_own(ask: Asker, app: App) -> None:
    page = {"USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": f"{HANDLER}/settings"}
    ask("bizproc.robot.add", **(GOOD | page))
    other = GOOD | page | {"CODE": "b"}
    assert ask.refused("bizproc.robot.add", **other) == (400, "ERROR_CORE")
    assert list(app.registrations) == ["a"]


def test_only_the_first_200_characters_of_a_settings_page_count(ask: Asker) -> None:
    long = f"{HANDLER}/{'x' * 200}"
    for code, tail, works in (("a", "1", True), ("b", "2", False)):
        params = GOOD | {"CODE": code, "USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": long + tail}
        assert ("result" in ask.try_("bizproc.robot.add", **params)[1]) is works


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"NAME": "B"}, True),
        ({"HANDLER": f"{HANDLER}/other"}, True),
        ({"PROPERTIES": {}}, True),
        ({"FILTER": ""}, True),
        ({}, "ERROR_ACTIVITY_VALIDATION_FAILURE"),
        ({"CODE": "b"}, "ERROR_ACTIVITY_VALIDATION_FAILURE"),
        ({"PLACEMENT_HANDLER": f"{HANDLER}/s"}, "ERROR_ACTIVITY_VALIDATION_FAILURE"),
        ({"HANDLER": "http://localhost/x"}, "ERROR_WRONG_HANDLER_URL"),
    ],
)
def test_updates(ask: Asker, fields: dict[str, Any], outcome: Any) -> None:
    """Platform.md 1.4."""
    ask("bizproc.robot.add", **GOOD)
    _, said = ask.try_("bizproc.robot.update", CODE="a", FIELDS=fields)
    assert said.get("error", said.get("result")) == outcome


def test_an_update_changes_only_what_it_names(ask: Asker, app: App) -> None:
    ask("bizproc.robot.add", **GOOD, USE_SUBSCRIPTION="Y", AUTH_USER_ID=1, PROPERTIES={"x": {"NAME": "x"}})
    ask("bizproc.robot.update", CODE="a", FIELDS={"AUTH_USER_ID": "8", "NAME": ""})
    kept = app.registrations["a"]
    assert (kept.auth_user_id, kept.use_subscription, list(kept.properties)) == (8, "Y", ["x"])
    assert kept.name == {"RU": "А", "EN": "A"}  # keys of languages are raised too


def test_a_placement_needs_both_fields_and_goes_with_n(ask: Asker, app: App) -> None:
    ask("bizproc.robot.add", **GOOD)
    ask("bizproc.robot.update", CODE="a", FIELDS={"USE_PLACEMENT": "Y"})
    assert app.registrations["a"].placement_handler == ""
    ask("bizproc.robot.update", CODE="a", FIELDS={"USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": f"{HANDLER}/s"})
    assert app.registrations["a"].placement_handler == f"{HANDLER}/s"
    ask("bizproc.robot.update", CODE="a", FIELDS={"USE_PLACEMENT": "N"})
    assert app.registrations["a"].placement_handler == ""


def test_registering_is_for_administrators(portal: Portal) -> None:
    anna = Asker(portal, portal.people.users[ANNA])
    assert anna.refused("bizproc.robot.add", **(GOOD | {"CODE": ""})) == (403, "ACCESS_DENIED")


def test_registering_needs_an_application(portal: Portal) -> None:
    status, body = execute(portal, "bizproc.robot.add", dict(GOOD), f"1/{portal.webhook_secret}")
    said: Any = decode(body)
    assert (status, said["error_description"]) == (403, "Access denied! Application context required")


def test_registering_needs_the_scope(portal: Portal, ask: Asker, app: App) -> None:
    app.scope = tuple(one for one in SCOPE if one != "bizproc")
    assert ask.refused("bizproc.robot.list") == (403, "insufficient_scope")
