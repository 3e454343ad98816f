"""Fields of a card: found by any writing of their code, on or off in any kind of writing."""

from __future__ import annotations

import pytest

from core.bitrix24.command import Json
from core.robots.card_fields import bad_code, field_of, has_field, is_set
from core.texts.text import Text

FIELDS: dict[str, Json] = {"ufCrm_1721244482250": "Y", "ufCrm12Active": 1, "companyTitle": "Ромашка", "stageId": None}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("UF_CRM_1721244482250", "Y"),
        ("ufCrm_1721244482250", "Y"),
        ("UF_CRM_12_ACTIVE", 1),
        ("COMPANY_TITLE", "Ромашка"),
        ("companyTitle", "Ромашка"),
        ("STAGE_ID", None),
        ("UF_CRM_NOBODY", None),
    ],
)
def test_a_field_by_any_writing_of_its_code(code: str, value: Json) -> None:
    assert field_of(FIELDS, code) == value
    assert has_field(FIELDS, code) is (code != "UF_CRM_NOBODY")


@pytest.mark.parametrize("value", [True, 1, 2.5, "Y", "1", "да", "2026-01-01", ["7"], {"0": "x"}])
def test_on(value: Json) -> None:
    assert is_set(value)


@pytest.mark.parametrize("value", [None, False, 0, 0.0, "", " ", "0", "N", "n", "false", "No", [], {}, ["0", ""]])
def test_off(value: Json) -> None:
    assert not is_set(value)


@pytest.mark.parametrize("code", ["", "UF_CRM_1", "stageId", "A"])
def test_codes_that_will_do(code: str) -> None:
    assert bad_code(code, Text("Поле", "Field")) is None


@pytest.mark.parametrize("code", ["Поле", "a b", "1a", "_x", "a" * 101, "a;b"])
def test_codes_that_will_not(code: str) -> None:
    problem = bad_code(code, Text("Поле", "Field"))
    assert problem is not None
    assert problem.ru.startswith("«Поле»")
    assert problem.en.startswith("“Field”")
