"""What a robot has promised to waiting runs and to placed robots, as data, and what would break it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from core.robots.registration import CommonOutput
from core.robots.robot import AnyRobot
from core.robots.shape import Shape, shapes

#: JSON, so that a file can hold it and a reviewer can read how it changed.
Contract: TypeAlias = dict[str, Any]

#: What a schema says to people, and may say otherwise tomorrow.
_WORDS = {"title", "description", "default"}


def contract_of(robot: AnyRobot) -> Contract:
    """Return the steps that runs may wait at, the state they keep, and the form and the values that templates use."""
    return {
        "code": robot.code,
        "kind": robot.kind,
        "steps": sorted(robot.steps),
        "state": _state(robot.state_model.model_json_schema()),
        "input": {shape.name: _field(shape) for shape in shapes(robot.input_model)},
        "output": {
            shape.name: _field(shape) for model in (CommonOutput, robot.output_model) for shape in shapes(model)
        },
    }


def breaks(old: Contract, new: Contract) -> list[str]:
    """Say in sentences what would hurt waiting runs or placed robots; empty when the change is safe."""
    return [*_broken_steps(old, new), *_broken_state(old, new), *_broken_input(old, new), *_broken_output(old, new)]


def _broken_steps(old: Contract, new: Contract) -> Iterator[str]:
    if old["kind"] != new["kind"]:
        yield f"It was registered as {old['kind']} and now as {new['kind']}: where it is placed it would be gone."
    for name in old["steps"]:
        if name not in new["steps"]:
            yield f"Runs may wait at the step {name!r}; keep the name on the step that takes over."


def _broken_state(old: Contract, new: Contract) -> Iterator[str]:
    for name, field in old["state"].items():
        now = new["state"].get(name)
        if now is None:
            yield f"Runs remember {name!r}, and after a roll-back it is looked for; remove it a release later."
        elif now["schema"] != field["schema"]:
            yield f"Runs remember {name!r} as it was; put the new meaning into a new field."
    for name, field in new["state"].items():
        if field["required"] and not old["state"].get(name, {}).get("required", False):
            yield f"Waiting runs have no {name!r}; give it a default."


def _broken_input(old: Contract, new: Contract) -> Iterator[str]:
    for name, field in old["input"].items():
        now = new["input"].get(name)
        if now is None:
            yield f"Placed robots have the property {name!r} filled in; dropping it needs a new code."
            continue
        yield from _changed("property", name, field, now)
        if gone := [option for option in field.get("options", []) if option not in now.get("options", [])]:
            yield f"Placed robots may have chosen {', '.join(gone)} in {name!r}; keep what can be chosen."
        if now["required"] and not field["required"]:
            yield f"Placed robots may have left {name!r} empty; requiring it needs a new code."
    for name, field in new["input"].items():
        if name not in old["input"] and field["required"]:
            yield f"Placed robots have no {name!r}; a new property must have a default."


def _broken_output(old: Contract, new: Contract) -> Iterator[str]:
    for name, field in old["output"].items():
        now = new["output"].get(name)
        if now is None:
            yield f"Templates use the value {name!r}; dropping it needs a new code."
        else:
            yield from _changed("value", name, field, now)


def _changed(what: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    if (old["type"], old["multiple"]) != (new["type"], new["multiple"]):
        yield f"Templates know the {what} {name!r} as {_kind(old)}, not as {_kind(new)}; that needs a new code."


def _kind(field: Mapping[str, Any]) -> str:
    return f"several of {field['type']}" if field["multiple"] else str(field["type"])


def _field(shape: Shape) -> Contract:
    field: Contract = {"type": shape.kind, "multiple": shape.multiple, "required": shape.property.required}
    return field | {"options": [str(option) for option in shape.options]} if shape.options else field


def _state(schema: Mapping[str, Any]) -> Contract:
    definitions, required = schema.get("$defs", {}), schema.get("required", ())
    return {
        name: {"required": name in required, "schema": _plain(value, definitions)}
        for name, value in schema.get("properties", {}).items()
    }


def _plain(value: Any, definitions: Mapping[str, Any], inside: tuple[str, ...] = ()) -> Any:
    """Return a schema without words, with what it refers to in place; a model inside itself stays a name."""
    match value:
        case {"$ref": str(reference)}:
            name = reference.rpartition("/")[2]
            return name if name in inside else _plain(definitions[name], definitions, (*inside, name))
        case dict():
            return {key: _plain(part, definitions, inside) for key, part in value.items() if not _is_word(key, part)}
        case list():
            return [_plain(part, definitions, inside) for part in value]
        case _:
            return value


def _is_word(key: str, part: object) -> bool:
    """A field may be called `title`: its schema is a map, the word of a schema is not."""
    return key in _WORDS and not isinstance(part, dict)
