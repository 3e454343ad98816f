"""Fields of a CRM item by the codes that administrators know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.wire import as_list, as_str
from core.texts.text import Text

_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}", re.ASCII)
#: What a switch that is off looks like in one of its many kinds.
_OFF: Final = frozenset({"", "0", "n", "no", "false"})


def bad_code(code: str, label: Text) -> Text | None:
    """Return why a property cannot be the code of a field, in the words of its label; blank is none at all."""
    if not code or _CODE.fullmatch(code):
        return None
    return Text(
        "«{label}»: нужен код поля латинскими буквами, например UF_CRM_ACTIVE.",
        "“{label}”: must be the code of a field in Latin letters, such as UF_CRM_ACTIVE.",
    ).format(label=label)


def has_field(fields: Mapping[str, Json], code: str) -> bool:
    return _plain(code) in map(_plain, fields)


def field_of(fields: Mapping[str, Json], code: str) -> Json:
    """Return the value of a field; ``UF_CRM_1_NAME``, ``ufCrm1Name`` and ``ufCrm_1_NAME`` are the same field.

    The portal writes codes of its own in camelCase, and of user fields in one way or the other (crm-item-get.md).
    """
    wanted = _plain(code)
    return next((value for name, value in fields.items() if _plain(name) == wanted), None)


def is_set(value: Json) -> bool:
    """Tell whether a field says yes: a switch that is on, a number but zero, a text, a list with something in it."""
    if isinstance(value, list | dict):
        return any(is_set(part) for part in as_list(value))
    if isinstance(value, bool | float | int):
        return bool(value)
    return as_str(value).strip().lower() not in _OFF


def _plain(code: str) -> str:
    return code.replace("_", "").lower()
