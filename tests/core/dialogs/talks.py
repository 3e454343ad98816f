"""Sessions written down as short scripts: ``talk("C? вопрос", "H ответ")``."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from core.dialogs.message import Author, Boundary, Message

BEGAN: Final = datetime(2025, 11, 24, 12, 0, tzinfo=UTC)
CLIENT_ID: Final = 599
HUMAN_ID: Final = 27
_AUTHORS: Final = {
    "C": (Author.CLIENT, CLIENT_ID),
    "H": (Author.HUMAN, HUMAN_ID),
    "R": (Author.ROBOT, 597),
    "S": (Author.SYSTEM, 0),
    "A": (Author.SYSTEM, 0),
    "X": (Author.HIDDEN, HUMAN_ID),
    "U": (Author.UNKNOWN, 601),
}


def talk(*lines: str) -> tuple[Message, ...]:
    """Make messages 1, 2, 3 … a minute apart.

    The first letter is the author: Client, Human, Robot, System note, Automatic text, X hidden, Unknown; ``<`` and
    ``>`` begin and end a session. A second letter: ``f`` with a file, ``d`` deleted, ``v`` a vote.
    """
    return tuple(_message(number, line) for number, line in enumerate(lines, 1))


def _message(number: int, line: str) -> Message:
    mark, _, text = line.partition(" ")
    at = BEGAN + timedelta(minutes=number - 1)
    if mark in {"<", ">"}:
        boundary = Boundary.START if mark == "<" else Boundary.END
        return Message(number, at, Author.SYSTEM, 0, text, boundary=boundary)
    author, author_id = _AUTHORS[mark[0]]
    return Message(
        number,
        at,
        author,
        author_id,
        text,
        automatic=mark[0] == "A",
        has_files="f" in mark[1:],
        deleted="d" in mark[1:],
        vote="v" in mark[1:],
    )
