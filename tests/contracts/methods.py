"""The vendor's list of REST methods, for the question whether a command may be sent as it is.

The lists lie beside the project, not in it; where they are absent, the asking test is skipped with a word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from core.bitrix24.command import Command, Json
from tests.core.bitrix24.php import split_command

BOOK = Path(__file__).parents[3] / "shared" / "bitrix24"


def violations(method: str, params: Mapping[str, Json]) -> list[str]:
    """Say in sentences what is wrong with a command: unknown method or parameter, missing required one.

    The commands inside of a batch are looked at, too. Names are compared as they are written, because some methods
    know only one case (openlines.md trap 23).
    """
    about = _book().get(method)
    if about is None:
        return [f"{method}: there is no such method"]
    found = list(_wrong(method, "", params, about))
    if method == "batch":
        found += _inside(params.get("cmd"))
    return found


def violations_of(commands: Mapping[str, Command]) -> list[str]:
    return [line for command in commands.values() for line in violations(command.method, command.params)]


def _wrong(method: str, place: str, params: Mapping[str, Json], about: Mapping[str, Any]) -> Iterator[str]:
    known: Mapping[str, Any] = about["params"]
    if not about.get("untrusted") and not about.get("dynamic"):
        yield from (f"{method}: unknown parameter {place}{name}" for name in params if not _is_known(name, known))
    missing = [name for name, param in known.items() if param.get("required") is True and params.get(name) is None]
    yield from (f"{method}: missing parameter {place}{name}" for name in missing)
    for name, value in params.items():
        inner = known.get(name, {}).get("inner")
        if inner is not None and isinstance(value, dict):
            yield from _wrong(method, f"{place}{name}.", value, inner)


def _is_known(name: str, known: Mapping[str, Any]) -> bool:
    """``ufCrm...`` stands for all names that begin so."""
    return name in known or any(
        listed.endswith("...") and name.lower().startswith(listed.removesuffix("...").lower()) for listed in known
    )


def _inside(commands: Json) -> Iterator[str]:
    if isinstance(commands, dict):
        for text in commands.values():
            yield from violations(*split_command(str(text)))


#: Documented by the vendor and left out of the lists (lists-section-get.md, crm-automation-trigger-list.md).
_MORE: Mapping[str, Mapping[str, Any]] = {
    "lists.section.get": {
        "params": {
            "IBLOCK_TYPE_ID": {"required": True},
            "IBLOCK_ID": {},
            "IBLOCK_CODE": {},
            "FILTER": {},
            "SELECT": {},
        }
    },
    "crm.automation.trigger.list": {"params": {}},
}


@cache
def _book() -> Mapping[str, Mapping[str, Any]]:
    """The parsed documentation with the extra file over it, which wins (it knows what is missing and wrong)."""
    if not (BOOK / "methods.json").exists():
        pytest.skip("The list of REST methods is not on this machine.")
    book: dict[str, dict[str, Any]] = {}
    for method, page in json.loads((BOOK / "methods.json").read_text()).items():
        book[method] = {"params": {name: _param(param, page) for name, param in page["params"].items()}}
    for method, extra in json.loads((BOOK / "methods_extra.json").read_text()).items():
        about = book.setdefault(method, {"params": {}})
        if "params" in extra:
            about["params"] = dict(extra["params"])
        about["params"] |= extra.get("override", {})
        about |= {mark: extra[mark] for mark in ("untrusted", "dynamic") if mark in extra}
    return {**_MORE, **book}


def _param(param: Mapping[str, Any], page: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter, with the fields inside of it where the documentation lists them."""
    inner = page.get("defs", {}).get(str(param.get("ref", "")).removeprefix("#/defs/"))
    if inner is None:
        return dict(param)
    fields = {field["name"]: field for field in inner["fields"]}
    open_ended = inner.get("dynamic", {})
    if open_ended.get("ufAllowed"):
        fields |= {"ufCrm...": {}, "UF_...": {}}
    return {**param, "inner": {"params": fields, "dynamic": open_ended.get("allowed") is True}}
