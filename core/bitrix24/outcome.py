"""What became of a call: a pure function of the answer, or of the failure to get one.

CONFIRMED needs proof and REFUSED needs proof that the method did not run; what has neither is UNKNOWN.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

import orjson

from core.bitrix24.codes import Meaning, meaning
from core.bitrix24.command import Answer, Json
from core.bitrix24.evidence import UNSENT, Evidence, Sign
from core.bitrix24.exchange import HttpAnswer
from core.bitrix24.wire import as_dict, as_float, as_int, as_moment, as_str, without_nul

DEEPEST: Final = 100
_MOVED: Final = frozenset({301, 302, 307, 308})
_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_BOM: Final = b"\xef\xbb\xbf"
#: As JSON has to write it; behind a backslash of its own it is not one, and nothing happens to it.
_NUL: Final = b"\\u0000"


class Outcome(StrEnum):
    """NOT_SENT and REFUSED were certainly not carried out; BUSINESS is the method's own error."""

    NOT_SENT = "not_sent"
    REFUSED = "refused"
    CONFIRMED = "confirmed"
    BUSINESS = "business"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One call judged.

    ``answer`` is there when the portal said something readable, ``meaning`` when it was the platform and not the
    method. ``operating`` is in seconds of the portal's own account, ``retry_after`` in seconds, where it is known.
    """

    outcome: Outcome
    evidence: Evidence
    answer: Answer | None = None
    meaning: Meaning | None = None
    operating: float | None = None
    rests_until: datetime | None = None
    retry_after: float | None = None

    @property
    def complaint(self) -> str | None:
        """The portal's code or our sign of trouble, for the log; None when all is well."""
        if self.outcome is Outcome.CONFIRMED:
            return None
        if self.answer is not None:
            return self.answer.error or "empty_code"
        return self.evidence.sign.value

    @property
    def has_moved(self) -> bool:
        """Whether the portal answers at another address now."""
        return self.evidence.sign is Sign.MOVED


def judge(exchange: HttpAnswer | Sign) -> Verdict:
    """Judge a call that travelled alone, or a batch as a whole."""
    if isinstance(exchange, Sign):
        outcome = Outcome.NOT_SENT if exchange in UNSENT else Outcome.UNKNOWN
        return Verdict(outcome, Evidence(exchange))
    status, body = exchange.status, exchange.body
    if status in _MOVED:
        return Verdict(Outcome.REFUSED, Evidence.of_body(Sign.MOVED, status=status, body=body))
    said = parsed(body)
    if isinstance(said, Sign):
        evidence = Evidence.of_body(said, status=status, body=body)
        return Verdict(Outcome.UNKNOWN, evidence, retry_after=exchange.retry_after)
    return replace(_judge_json(said, status=status, body=body), retry_after=exchange.retry_after)


def split(whole: Verdict, keys: Iterable[str], *, halt: bool) -> dict[str, Verdict]:
    """Judge each command of a batch in the order sent.

    A batch that failed as a whole gives its verdict to every command. With ``halt`` the commands behind the first
    error were not reached, which the verdict NOT_SENT says.
    """
    if whole.outcome is not Outcome.CONFIRMED or whole.answer is None:
        return dict.fromkeys(keys, whole)
    parts = as_dict(whole.answer.result)
    verdicts: dict[str, Verdict] = {}
    has_stopped = False
    for key in keys:
        verdict = _judge_command(parts, key, whole=whole)
        if verdict.evidence.sign is Sign.MISSING and has_stopped:
            verdict = Verdict(Outcome.NOT_SENT, Evidence(Sign.NOT_REACHED))
        has_stopped = has_stopped or (halt and verdict.evidence.sign is Sign.ERROR_CODE)
        verdicts[key] = verdict
    return verdicts


def parsed(body: bytes) -> dict[str, Json] | Sign:
    """Read a JSON object, or say why it is none; NaN, broken text and nesting below 100 levels are not JSON here."""
    text = body.removeprefix(_BOM).strip()
    if not text:
        return Sign.EMPTY
    try:
        said: Json = orjson.loads(text)
    except orjson.JSONDecodeError:
        return Sign.NOT_JSON
    if not isinstance(said, dict) or _is_deeper(said, DEEPEST):
        return Sign.WRONG_SHAPE
    return as_dict(without_nul(said)) if _NUL in text else said


def _is_deeper(value: Json, levels: int) -> bool:
    layer: list[Json] = [value]
    for _ in range(levels):
        layer = [child for node in layer for child in _parts(node) if isinstance(child, dict | list)]
        if not layer:
            return False
    return True


def _parts(node: Json) -> Iterable[Json]:
    match node:
        case dict():
            return node.values()
        case list():
            return node
        case _:
            return ()


def _judge_json(said: dict[str, Json], *, status: int, body: bytes) -> Verdict:
    failure = _error_of(said)
    has_result = "result" in said
    operating, rests_until = _time_of(said.get("time"))
    if failure is None and has_result and status == 200:
        answer = Answer(said["result"], total=as_int(said.get("total")), next=as_int(said.get("next")))
        evidence = Evidence.of_body(Sign.RESULT, status=status, body=body)
        return Verdict(Outcome.CONFIRMED, evidence, answer, operating=operating)
    if failure is None or has_result:
        sign = Sign.SERVER_ERROR if status >= 500 else Sign.WRONG_SHAPE
        return Verdict(Outcome.UNKNOWN, Evidence.of_body(sign, status=status, body=body))
    evidence = Evidence.of_body(Sign.ERROR_CODE, status=status, body=body, code=failure.error or "")
    verdict = _judge_error(failure, evidence=evidence, status=status)
    return replace(verdict, operating=operating, rests_until=rests_until)


def _judge_command(parts: dict[str, Json], key: str, *, whole: Verdict) -> Verdict:
    results, errors = as_dict(parts.get("result")), as_dict(parts.get("result_error"))
    operating, rests_until = _time_of(as_dict(parts.get("result_time")).get(key))
    if key in errors and key in results:
        return Verdict(Outcome.UNKNOWN, replace(whole.evidence, sign=Sign.WRONG_SHAPE))
    if key in errors:
        said = errors[key] if isinstance(errors[key], dict) else {"error": errors[key]}
        failure = _error_of(said) or Answer(error="")
        evidence = replace(whole.evidence, sign=Sign.ERROR_CODE, code=failure.error or "")
        verdict = _judge_error(failure, evidence=evidence, status=None)
        return replace(verdict, operating=operating, rests_until=rests_until)
    if key in results:
        total = as_int(as_dict(parts.get("result_total")).get(key))
        following = as_int(as_dict(parts.get("result_next")).get(key))
        answer = Answer(results[key], total=total, next=following)
        return Verdict(Outcome.CONFIRMED, whole.evidence, answer, operating=operating)
    return Verdict(Outcome.UNKNOWN, replace(whole.evidence, sign=Sign.MISSING))


def _judge_error(failure: Answer, *, evidence: Evidence, status: int | None) -> Verdict:
    found = meaning(failure.error or "", failure.description, status=status)
    if found is None:
        # Such a status with a strange code may be a proxy's word, or come after half of the work.
        is_doubtful = status is not None and (status >= 500 or status == 429)
        outcome = Outcome.UNKNOWN if is_doubtful else Outcome.BUSINESS
    else:
        outcome = Outcome.UNKNOWN if found is Meaning.UNCLEAR else Outcome.REFUSED
    return Verdict(outcome, evidence, failure, found)


def _error_of(said: Json) -> Answer | None:
    """Read ``error`` and ``error_description``; the code may be empty, a number, or a map with its own parts."""
    parts = as_dict(said)
    match parts.get("error"):
        case None | False:
            return None
        case dict() as inner:
            code, description = as_str(inner.get("code")), as_str(inner.get("message"))
        case code_value:
            code, description = as_str(code_value), as_str(parts.get("error_description"))
    # The code goes into logs and messages, so it must look like one.
    return Answer(error=code if not code or _CODE.fullmatch(code) else "UNREADABLE_CODE", description=description)


def _time_of(said: Json) -> tuple[float | None, datetime | None]:
    time = as_dict(said)
    return as_float(time.get("operating")), as_moment(time.get("operating_reset_at"))
