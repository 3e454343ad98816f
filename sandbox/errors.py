"""The one error of the portal: a code, a description and an HTTP status, as REST answers it."""

from __future__ import annotations


class RestError(Exception):
    """Refuse a REST command; 400 is the platform's status for everything without one of its own (platform.md 1.1)."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code
        self.description = description
        self.status = status


def access_denied(description: str = "Access denied!") -> RestError:
    return RestError("ACCESS_DENIED", description, 403)


def no_reason() -> RestError:
    """Fail as the classic open-line actions do: with an empty code (openlines.md trap 18)."""
    return RestError("", "")


class NothingDone(Exception):
    """The command answers ``true`` without any effect, as some do under a lock (openlines.md trap 2)."""
