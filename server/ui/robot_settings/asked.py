"""What the page sends while it is being filled in, read strictly."""

from __future__ import annotations

import re
from typing import Final

from core.bitrix24.command import Json
from core.bitrix24.documents import Item, UnsupportedDocument
from server.ui.queries import bad_request

_KEY: Final = re.compile(r"(deal|lead|contact|company|dynamic_[0-9]{1,9}):([0-9]{1,9})", re.ASCII)
_MOST_VALUES: Final = 200


def read_values(told: Json) -> dict[str, object]:
    """Read the form: texts and lists of texts by name; raises Bad 400 for anything else."""
    if not isinstance(told, dict) or len(told) > _MOST_VALUES:
        raise bad_request()
    for value in told.values():
        if not isinstance(value, str) and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            raise bad_request()
    return dict(told)


def read_item(told: Json) -> Item | None:
    """Read ``deal:17``, or an empty text for none; raises Bad 400."""
    if told is None or told == "":
        return None
    match = _KEY.fullmatch(told) if isinstance(told, str) else None
    try:
        return Item.from_document(f"{match[1].upper()}_{match[2]}") if match else _refuse()
    except UnsupportedDocument:
        raise bad_request() from None


def _refuse() -> Item:
    raise bad_request()
