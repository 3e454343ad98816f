"""What ``bizproc.robot.add`` is told about a robot; everything comes from its models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from core.bitrix24.command import Json
from core.robots.dialog_input import DialogInput
from core.robots.fields import Choice, LongText, Output, prop
from core.robots.shape import Shape, shapes
from core.texts.text import Language, Text

if TYPE_CHECKING:
    from core.robots.robot import Robot

_DYNAMIC = "Bitrix\\Crm\\Integration\\BizProc\\Document\\Dynamic"
_DOCUMENTS = ("CCrmDocumentLead", "CCrmDocumentDeal", "CCrmDocumentContact", "CCrmDocumentCompany", _DYNAMIC)


class CommonOutput(Output):
    """What every robot returns besides its own values; the engine fills it in."""

    result: str = prop("", ru="Код результата", en="Result code")
    ok: bool = prop(False, ru="Успешно", en="Succeeded")
    reason: LongText = prop("", ru="Почему", en="Why")
    run_url: str = prop("", ru="Ссылка на запуск", en="Link to the run")
    chat_id: int = prop(0, ru="ID чата", en="Chat ID")
    session_id: int = prop(0, ru="ID сессии", en="Session ID")


def registration(
    robot: Robot[Any, Any, Any], *, language: Language, handler: str, dialog: str, auth_user_id: int
) -> dict[str, Json]:
    """Return the parameters of ``add`` and, without CODE, the FIELDS of ``update`` (platform.md 1.2).

    ``dialog`` is the address of the robot's settings page, which the portal opens instead of its own form; a robot
    without properties needs none. Option titles are not localised by the platform, so they speak the portal's language.
    """
    fields: dict[str, Json] = {
        "CODE": robot.code,
        "HANDLER": handler,
        "AUTH_USER_ID": auth_user_id,
        "USE_SUBSCRIPTION": "Y",
        "USE_PLACEMENT": "N",
        "NAME": _both(robot.name),
        "DESCRIPTION": _both(robot.about),
        "FILTER": {"INCLUDE": [["crm", document] for document in _DOCUMENTS]},
        "RETURN_PROPERTIES": _properties(list(shapes(CommonOutput)) + list(shapes(robot.output_model)), language),
    }
    if properties := _properties(form(robot.input_model), language):
        fields |= {"PROPERTIES": properties, "USE_PLACEMENT": "Y", "PLACEMENT_HANDLER": dialog}
    return fields


def form(model: type[BaseModel]) -> list[Shape]:
    """Return the fields in the order of the form: the robot's own first, the shared ones after them."""
    shared = set(DialogInput.model_fields)
    fields = list(shapes(model))
    return [field for field in fields if field.name not in shared] + [field for field in fields if field.name in shared]


def _properties(fields: list[Shape], language: Language) -> dict[str, Json]:
    return {field.name: _property(field, language) for field in fields}


def _property(field: Shape, language: Language) -> Json:
    described: dict[str, Json] = {
        "Name": _both(field.property.label),
        "Type": field.kind,
        "Required": "Y" if field.property.required else "N",
        "Multiple": "Y" if field.multiple else "N",
    }
    if field.property.help is not None:
        described["Description"] = _both(field.property.help)
    if field.options is not None:
        described["Options"] = {str(option): _title(option, language) for option in field.options}
    if (default := _default(field.default)) is not None:
        described["Default"] = default
    return described


def _title(option: Choice, language: Language) -> str:
    return option.label.said_in(language)


def _default(value: object) -> Json:
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, int | float | str) and value != "":
        return str(value)
    return None


def _both(text: Text) -> Json:
    return {"ru": text.ru, "en": text.en}
