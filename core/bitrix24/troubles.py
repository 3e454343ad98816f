"""From a verdict to the error that the engine acts on, and from a caller's verdicts to its answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, assert_never

from core.bitrix24.codes import Meaning
from core.bitrix24.command import Answer, Command
from core.bitrix24.errors import (
    BitrixError,
    LimitExceeded,
    MethodRests,
    NotSent,
    OutcomeUnknown,
    Revoked,
    Suspended,
    TryLater,
    Unavailable,
    UserLocked,
)
from core.bitrix24.outcome import Outcome, Verdict
from core.bitrix24.rests import METHOD_REST_STEP

#: A manual block by the vendor; asking more often than this does harm.
_BLOCKED_FOR: Final = timedelta(hours=1)
#: Seconds; a portal may not put its runs to sleep for days with one header.
_LONGEST_ASKED: Final = 3600.0
_FRESH_TOKEN_REFUSED_FOR: Final = timedelta(minutes=5)


def trouble_of(verdict: Verdict, method: str, *, is_write: bool) -> BitrixError | None:
    """Return what stands behind a verdict when it is not the method's own answer, else None."""
    match verdict.outcome:
        case Outcome.CONFIRMED | Outcome.BUSINESS:
            return None
        case Outcome.NOT_SENT:
            return NotSent(verdict.evidence)
        case Outcome.UNKNOWN:
            return (
                OutcomeUnknown(verdict.evidence) if is_write else Unavailable(verdict.evidence, after=_asked(verdict))
            )
        case Outcome.REFUSED:
            return _refusal(verdict, method)
        case _:
            assert_never(verdict.outcome)


def _refusal(verdict: Verdict, method: str) -> BitrixError | None:
    code = verdict.answer.error or "" if verdict.answer else ""
    match verdict.meaning:
        case Meaning.LIMIT:
            return LimitExceeded(
                "The portal takes no more requests now.", after=_asked(verdict) or timedelta(seconds=1)
            )
        case Meaning.METHOD_RESTS:
            return MethodRests(method, after=_asked(verdict) or METHOD_REST_STEP)
        case Meaning.STALE_TOKEN if code.lower() == "expired_token":
            # A token that is minutes old and yet expired is a matter of clocks, not of rights.
            return TryLater("The portal takes a fresh token for an expired one.", after=_FRESH_TOKEN_REFUSED_FOR)
        case Meaning.STALE_TOKEN | Meaning.REVOKED:
            return Revoked(code)
        case Meaning.USER_LOCKED:
            return UserLocked(code)
        case Meaning.SUSPENDED:
            return Suspended(code, after=_BLOCKED_FOR if code.upper() == "OVERLOAD_LIMIT" else None)
        case Meaning.LATER | None:
            return Unavailable(verdict.evidence)
        case Meaning.FINAL | Meaning.UNCLEAR:
            return None
        case _:
            assert_never(verdict.meaning)


def _asked(verdict: Verdict) -> timedelta | None:
    """How long to wait as the portal asked, or as the client has reckoned from it."""
    return timedelta(seconds=min(verdict.retry_after, _LONGEST_ASKED)) if verdict.retry_after else None


def answers_of(commands: Mapping[str, Command], verdicts: Mapping[str, Verdict], *, halt: bool) -> Mapping[str, Answer]:
    """Give a reader its answers; the platform's trouble with any command that counts is raised.

    With ``halt`` nothing behind the first error counts, also when the portal went on because others shared the batch.
    """
    answers: dict[str, Answer] = {}
    for key, command in commands.items():
        verdict = verdicts[key]
        trouble = trouble_of(verdict, command.method, is_write=False)
        if trouble is not None:
            raise trouble
        if verdict.answer is None:
            continue
        answers[key] = verdict.answer
        if halt and not verdict.answer.ok:
            break
    return answers
