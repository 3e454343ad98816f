"""The tree of errors: its drawing is true, and messages carry nothing of people."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from core.bitrix24 import errors
from core.bitrix24.errors import (
    BitrixError,
    MethodRests,
    NotSent,
    OutcomeUnknown,
    Refused,
    Suspended,
    TryLater,
    UserLocked,
)
from core.bitrix24.evidence import Evidence, Sign


def drawn() -> dict[str, str]:
    """Read the tree in the docstring: each class with the one above it."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.fullmatch(r"((?:[│ ]   )*(?:[├└]── )?)([A-Z]\w+)( .*)?", line)
        if match and (match[2] == "BitrixError" or "──" in match[1]):
            depth = len(match[1]) // 4
            path[depth:] = [match[2]]
            parents[match[2]] = path[depth - 1] if depth else "Exception"
    return parents


def test_the_drawing_shows_every_class_where_it_is() -> None:
    classes = {cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, BitrixError)}
    assert {cls.__name__: cls.__mro__[1].__name__ for cls in classes} == drawn()


@pytest.mark.parametrize(
    "error",
    [
        TryLater("Later.", after=timedelta(seconds=5)),
        MethodRests("crm.item.get", after=timedelta(minutes=1)),
        NotSent(Evidence(Sign.NO_ADDRESS)),
        Suspended("PAYMENT_REQUIRED", after=timedelta(hours=1)),
        UserLocked("authorization_error"),
        Refused("NOT_FOUND", "Ivan Petrov, +7 900 000-00-00"),
        Refused(""),
        OutcomeUnknown(Evidence(Sign.READ_TIMEOUT)),
    ],
)
def test_a_message_is_one_sentence_without_texts_of_people(error: BitrixError) -> None:
    message = str(error)
    assert re.fullmatch(r"[A-Z][^\n]*[^.]\.", message)
    assert "Ivan" not in message
    assert "Ivan" not in repr(error)
    assert error.after is None or error.after > timedelta(0)


def test_the_portal_s_words_are_kept_apart() -> None:
    assert Refused("NOT_FOUND", "No such deal").description == "No such deal"
