"""REST methods of lists, as far as quick answers of open lines need them (openlines.md 3.3)."""

from __future__ import annotations

from datetime import datetime

from sandbox.errors import RestError
from sandbox.quick_answers import LIST_TYPE, Answer, Section, kept
from sandbox.rest.lists import Row, ordered, picked, selected
from sandbox.rest.registry import Call, Page, method
from sandbox.wire import Json

_LIST = {"IBLOCK_TYPE_ID*": "string", "IBLOCK_ID": "integer", "IBLOCK_CODE": "string"}


def _found(call: Call) -> tuple[list[Section], list[Answer]]:
    if call.given("IBLOCK_ID") is None and call.given("IBLOCK_CODE") is None:
        raise RestError("ERROR_REQUIRED_PARAMETERS_MISSING", "Required parameter `IBLOCK_ID` is missing")
    found = call.portal.quick_answers.of_list(call.integer("IBLOCK_ID"), call.text("IBLOCK_CODE"))
    if found is None or call.text("IBLOCK_TYPE_ID") != LIST_TYPE:
        raise RestError("ERROR_IBLOCK_NOT_FOUND", "Iblock not found")
    return found


def _site_moment(at: datetime) -> str:
    return at.strftime("%d.%m.%Y %H:%M:%S")


@method(
    "lists.element.get",
    scope="lists",
    missing_code="ERROR_REQUIRED_PARAMETERS_MISSING",
    params={
        **_LIST,
        "ELEMENT_ID": "integer",
        "ELEMENT_CODE": "string",
        "SELECT": "array",
        "FILTER": "object",
        "ELEMENT_ORDER": "object",
        "start": "integer",
    },
)
def element_get(call: Call) -> Page:
    """List the answers; emoji stand in them as the list keeps them, not as they are sent."""
    _, answers = _found(call)
    written = kept if call.portal.switches.quick_answers_hide_emoji else str
    created = _site_moment(call.portal.start_at.astimezone(call.portal.zone))
    rows: list[Row] = [
        {
            "ID": str(one.id),
            "CODE": None,
            "NAME": written(one.name),
            "IBLOCK_SECTION_ID": str(one.section_id) if one.section_id else None,
            "CREATED_BY": str(one.author),
            "DATE_CREATE": created,
            "SORT": str(one.rating),
            "DETAIL_TEXT": written(one.text),
            "DETAIL_TEXT_TYPE": "text",
            "PREVIEW_TEXT": None,
            "PREVIEW_TEXT_TYPE": "text",
            "BP_PUBLISHED": "Y",
        }
        for one in answers
        if call.given("ELEMENT_ID") is None or one.id == call.integer("ELEMENT_ID")
    ]
    kept_rows = ordered(picked(rows, call.mapping("FILTER")), call.mapping("ELEMENT_ORDER") or {"ID": "asc"})
    names: list[Json] = [*call.items("SELECT"), "ID"] if call.items("SELECT") else []
    return call.page(kept_rows, lambda row: selected(row, names))


@method(
    "lists.section.get",
    scope="lists",
    missing_code="ERROR_REQUIRED_PARAMETERS_MISSING",
    params={**_LIST, "FILTER": "object", "SELECT": "array"},
)
def section_get(call: Call) -> Page:
    sections, _ = _found(call)
    rows: list[Row] = [
        {
            "ID": str(one.id),
            "CODE": one.code,
            "NAME": one.name,
            "SORT": str(one.sort),
            "ACTIVE": "Y",
            "GLOBAL_ACTIVE": "Y",
            "IBLOCK_SECTION_ID": None,
            "DEPTH_LEVEL": "1",
        }
        for one in sections
    ]
    found = picked(rows, call.mapping("FILTER"))
    return Page([selected(row, call.items("SELECT")) for row in found], len(found))
