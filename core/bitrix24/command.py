"""One REST command and the answer to it, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


@dataclass(frozen=True, slots=True)
class Command:
    """A method and its parameters; the same value travels alone or inside a ``batch``."""

    method: str
    params: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the portal said to one command.

    ``error`` is None when the command succeeded. Bitrix24 also answers with an *empty* error code
    (``""``), so test ``ok``, never the truth of ``error``.
    """

    result: Json = None
    error: str | None = None
    description: str = ""
    total: int | None = None
    next: int | None = None

    @property
    def ok(self) -> bool:
        return self.error is None


class Reads(Protocol):
    """Ask a portal to read; many runs may share one HTTP request behind it.

    Answers have the keys of ``commands``; a command that was not executed (``halt``) is absent.
    """

    async def __call__(self, commands: Mapping[str, Command], *, halt: bool = False) -> Mapping[str, Answer]: ...
