"""What an address asks for, read strictly: a parameter given twice or out of its range is a bad request."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

from core.runs.cursor import Sort
from server.errors import Bad
from server.ui.search import LONGEST
from server.ui.statuses import STATUSES

PAGE: Final = 50
MOST: Final = 200

_NUMBER: Final = re.compile(r"[1-9][0-9]{0,2}", re.ASCII)
_CODE: Final = re.compile(r"[a-z0-9_.-]{1,80}", re.ASCII | re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_CAUSE: Final = re.compile(r"[0-9a-f]{12}", re.ASCII)
_RUN: Final = re.compile(r"[0-9a-z]{1,40}", re.ASCII)
_MOST_IDS: Final = 200


class Query:
    """The parameters of one address."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._values = dict(pairs)
        if len(self._values) != len(pairs) or any(_CONTROL.search(value) for value in self._values.values()):
            raise bad_request()

    @classmethod
    def of(cls, request: Request) -> Query:
        return cls(request.query_params.multi_items())

    def text(self, name: str, longest: int = LONGEST) -> str:
        value = self._values.get(name, "").strip()
        if len(value) > longest:
            raise bad_request()
        return value

    def limit(self) -> int:
        value = self._values.get("limit", str(PAGE))
        if _NUMBER.fullmatch(value) is None or int(value) > MOST:
            raise bad_request()
        return int(value)

    def sort(self) -> Sort:
        try:
            return Sort(self._values.get("sort") or Sort.NEWEST)
        except ValueError:
            raise bad_request() from None

    def status(self) -> str:
        value = self._values.get("status", "")
        if value and value not in STATUSES:
            raise bad_request()
        return value

    def robot(self) -> str:
        value = self._values.get("robot", "")
        if value and _CODE.fullmatch(value) is None:
            raise bad_request()
        return value

    def cause(self) -> str:
        """A fingerprint of errors."""
        value = self._values.get("cause", "")
        if value and _CAUSE.fullmatch(value) is None:
            raise bad_request()
        return value

    def cursor(self) -> str | None:
        return self.text("cursor") or None

    def ids(self) -> list[str]:
        """Ids of runs, separated by commas; what cannot be one is left out."""
        return [part for part in self._values.get("ids", "").split(",") if _RUN.fullmatch(part)][:_MOST_IDS]


def bad_request() -> Bad:
    return Bad(400, "bad_request")


def row_id(text: str) -> str:
    """Return an id from an address; what can be no id is as absent as one that does not exist."""
    if not is_row_id(text):
        raise Bad(404, "not_found")
    return text


def is_row_id(text: str) -> bool:
    """Whether a text can be the id of a row."""
    return _RUN.fullmatch(text) is not None
