"""A value that must never be seen: tokens and the client secret."""

from __future__ import annotations

import hmac
from typing import Final, NoReturn, Self

_MASK: Final = "***"


class Secret:
    """Text that shows as ``***`` everywhere and cannot be pickled or written as JSON.

    ``reveal`` is the only way to the text, so that its uses can be found by name.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text: Final = text

    def reveal(self) -> str:
        """Return the text, for a request body or for encryption."""
        return self._text

    def __repr__(self) -> str:
        return _MASK

    def __str__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return _MASK

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(errors="replace"), other._text.encode(errors="replace"))

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A secret is never written outside the database.")
