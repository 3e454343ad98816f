"""What a portal is told about a robot: the shapes that the platform takes (platform.md 1.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, get_args

import pytest

from activities import load
from core.bitrix24.wire import as_dict
from core.robots import AnyRobot, Ctx, DialogInput, Done, Input, Outcome, Output, Robot, State, prop, step
from core.robots.registration import CommonOutput, form
from core.robots.shape import Kind, shapes
from core.texts.text import Language, Text
from tests.contracts.methods import violations
from tests.core.robots.samples import Every

ROBOTS: dict[str, AnyRobot] = {**load(), "every": Every()}
ALL = pytest.mark.parametrize("robot", ROBOTS.values(), ids=ROBOTS)
BOTH = pytest.mark.parametrize("language", get_args(Language))

#: Keys that the executor of the portal keeps for itself (bizproc/lib/restactivity.php).
RESERVED = {
    "title",
    "usesubscription",
    "istimeout",
    "authuserid",
    "setstatusmessage",
    "statusmessage",
    "timeoutduration",
    "timeoutdurationtype",
    "properties",
    "options",
}
#: ``title`` is a key of the catalogue of robots; as a *return* value it is read by its own name.
MAY_BE_RETURNED = {"title"}
TYPES = {"bool", "date", "datetime", "double", "file", "int", "select", "string", "text", "user"}


def told(robot: AnyRobot, language: Language = "ru") -> dict[str, Any]:
    return robot.registration(language, "https://dezhurny.example.ru", 1)


def described(robot: AnyRobot, language: Language = "ru") -> dict[str, Any]:
    fields = told(robot, language)
    return {**fields.get("PROPERTIES", {}), **fields["RETURN_PROPERTIES"]}


@ALL
@BOTH
def test_the_portal_takes_it(robot: AnyRobot, language: Language) -> None:
    method = "bizproc.robot.add" if robot.kind == "robot" else "bizproc.activity.add"
    assert violations(method, told(robot, language)) == []


@ALL
def test_codes_and_keys(robot: AnyRobot) -> None:
    fields = told(robot)
    assert re.fullmatch(r"[a-zA-Z0-9._-]{1,128}", fields["CODE"])
    for group in ("PROPERTIES", "RETURN_PROPERTIES"):
        keys = [*fields.get(group, {})]
        assert [key for key in keys if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]*", key)] == []
        assert len({key.lower() for key in keys}) == len(keys)
        kept = RESERVED - (MAY_BE_RETURNED if group == "RETURN_PROPERTIES" else set())
        assert {key.lower() for key in keys} & kept == set()
        assert len(json.dumps(fields.get(group, {}), ensure_ascii=True).encode()) < 65_535


@ALL
@BOTH
def test_every_field_is_whole(robot: AnyRobot, language: Language) -> None:
    for key, field in described(robot, language).items():
        assert set(field) <= {"Name", "Type", "Required", "Multiple", "Description", "Options", "Default"}, key
        assert field["Name"]["ru"], key
        assert field["Name"]["en"], key
        assert field["Type"] in TYPES, key
        assert field["Required"] in {"Y", "N"}, key
        assert field["Multiple"] in {"Y", "N"}, key
        if "Description" in field:
            assert field["Description"]["ru"], key
            assert field["Description"]["en"], key
        if field["Type"] == "select":
            assert field["Options"], key
            assert all(
                isinstance(option, str) and not option.isdigit() and title for option, title in field["Options"].items()
            )
            assert field.get("Default", next(iter(field["Options"]))) in field["Options"], key
        else:
            assert "Options" not in field, key


@ALL
def test_names_are_in_both_languages(robot: AnyRobot) -> None:
    fields = told(robot)
    for part in ("NAME", "DESCRIPTION"):
        assert set(fields[part]) == {"ru", "en"}
        assert all(fields[part].values())
        assert re.search("[а-яё]", fields[part]["ru"])
        assert not re.search("[а-яё]", fields[part]["en"])


@ALL
def test_no_label_speaks_the_other_language(robot: AnyRobot) -> None:
    for model in (robot.input_model, robot.output_model, CommonOutput):
        for shape in shapes(model):
            texts = [shape.property.label, *([shape.property.help] if shape.property.help else [])]
            texts += [option.label for option in shape.options or ()]
            for text in texts:
                assert not re.search("[а-яё]", text.en.lower()), shape.name
                assert re.search("[а-яё]", text.ru.lower()), shape.name


@ALL
def test_whom_it_is_offered_to_and_how_it_answers(robot: AnyRobot) -> None:
    fields = told(robot)
    assert fields["USE_SUBSCRIPTION"] == "Y"
    assert (fields["USE_PLACEMENT"], fields["PLACEMENT_HANDLER"].rpartition("/b24/")[2]) == (
        "Y",
        f"settings/{robot.code}",
    )
    assert fields["AUTH_USER_ID"] == 1
    assert fields["HANDLER"].endswith(f"/b24/robot/{robot.code}")
    rules = fields["FILTER"]["INCLUDE"]
    assert all(isinstance(rule, list) and rule[0] == "crm" for rule in rules)
    assert ["crm", "CCrmDocumentDeal"] in rules
    assert ["crm", "CCrmDocumentLead"] in rules
    assert ["crm", "Bitrix\\Crm\\Integration\\BizProc\\Document\\Dynamic"] in rules


@ALL
def test_the_common_answer_is_always_there(robot: AnyRobot) -> None:
    returned = told(robot)["RETURN_PROPERTIES"]
    assert list(returned)[:6] == ["result", "ok", "reason", "run_url", "chat_id", "session_id"]
    assert {shape.name for shape in shapes(robot.output_model)} & set(CommonOutput.model_fields) == set()


@pytest.mark.parametrize("robot", load().values(), ids=[*load()])
def test_the_common_questions_come_last(robot: AnyRobot) -> None:
    if not robot.needs_dialog:
        pytest.skip("This robot needs no dialog.")
    asked = [field.name for field in form(robot.input_model)]
    common = [name for name in DialogInput.model_fields if name != "wait_result" or robot.waits]
    assert asked[-len(common) :] == common
    assert set(told(robot)["PROPERTIES"]) == set(asked)


def test_who_answers_at_once_is_not_asked_whether_to_wait() -> None:
    robot = load()["dialog_state"]
    assert "wait_result" not in told(robot)["PROPERTIES"]
    assert robot.check({"wait_result": "N"}) is None


def test_types_and_defaults() -> None:
    fields = {
        name: (field["Type"], field["Multiple"], field.get("Default"))
        for name, field in told(Every())["PROPERTIES"].items()
    }
    assert fields == {
        "word": ("string", "N", None),
        "words": ("text", "N", None),
        "number": ("int", "N", "5"),
        "yes": ("bool", "N", "Y"),
        "colour": ("select", "N", "red"),
        "colours": ("select", "Y", None),
        "person": ("user", "N", None),
        "people": ("user", "Y", None),
    }
    assert told(Every())["PROPERTIES"]["words"]["Required"] == "Y"
    assert told(Every())["PROPERTIES"]["words"]["Description"] == {"ru": "Подсказка", "en": "A hint"}
    returned = {name: (field["Type"], field["Multiple"]) for name, field in told(Every())["RETURN_PROPERTIES"].items()}
    assert {name: kind for name, kind in returned.items() if name not in CommonOutput.model_fields} == {
        "answer": ("string", "N"),
        "text": ("text", "N"),
        "count": ("int", "N"),
        "share": ("double", "N"),
        "found": ("bool", "N"),
        "at": ("datetime", "N"),
        "who": ("user", "N"),
        "whom": ("user", "Y"),
    }


@BOTH
def test_options_speak_the_language_of_the_portal(language: Language) -> None:
    title = told(Every(), language)["PROPERTIES"]["colour"]["Options"]["red"]
    assert title == {"ru": "Красный", "en": "Red"}[language]


def test_a_form_without_fields_is_left_out() -> None:
    class Silent(Robot[Input, State, Output]):
        code = "silent"
        name = Text("Молчит", "Silent")
        about = name

        @step("only")
        async def only(self, ctx: Ctx[Input, State]) -> Outcome:
            return Done("done", self.name)

    assert "PROPERTIES" not in told(Silent())


def test_a_field_that_the_platform_does_not_know_is_refused() -> None:
    class Odd(Input):
        odd: bytes = prop(b"", ru="Странное", en="Odd")

    with pytest.raises(TypeError, match="odd"):
        list(shapes(Odd))


def test_a_field_without_labels_is_refused() -> None:
    class Bare(Input):
        bare: int = 5

    with pytest.raises(TypeError, match=r"prop\(\)"):
        list(shapes(Bare))


def test_every_kind_is_one_of_the_platforms() -> None:
    assert set(get_args(Kind)) <= TYPES


@ALL
def test_the_fingerprint_of_a_definition_can_be_taken(robot: AnyRobot) -> None:
    """It is JSON and the same each time, so that a start without changes makes no call."""
    once: Mapping[str, Any] = told(robot)
    assert json.dumps(once, sort_keys=True) == json.dumps(told(robot), sort_keys=True)
    assert as_dict(once["FILTER"])
