"""One HTTP exchange with a portal or with the OAuth host: what goes in, what comes out, how it fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.bitrix24.evidence import UNSENT, Sign


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer; ``retry_after`` is in seconds, ``said_at`` the time of the server that gave it."""

    status: int
    body: bytes
    retry_after: float | None = None
    said_at: datetime | None = None


class ExchangeError(Exception):
    """There is no complete answer; the sign says why. Stays inside this package."""

    def __init__(self, sign: Sign) -> None:
        super().__init__(sign.value)
        self.sign = sign


class NotSentError(ExchangeError):
    """Nothing left this machine."""


class LostAnswer(ExchangeError):
    """The request may have arrived and may have been carried out."""


def exchange_error(sign: Sign) -> ExchangeError:
    return NotSentError(sign) if sign in UNSENT else LostAnswer(sign)


class Media(StrEnum):
    """How the body is written."""

    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"


class Posts(Protocol):
    """Send one POST and give the answer, whatever its status; raises NotSentError or LostAnswer.

    ``read_for`` is how long the server may stay silent, in seconds.
    """

    async def post(self, url: str, body: bytes, *, media: Media = Media.JSON, read_for: float) -> HttpAnswer: ...
