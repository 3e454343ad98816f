"""What a process gets back: the shared values, and the robot's own."""

from __future__ import annotations

from collections.abc import Mapping

from core.bitrix24.command import Json
from core.portals.lane import Lane
from core.robots.decoding import encode
from core.robots.outcomes import Done, Failed, Reason, WaitUntil
from core.runs.progress import Progress
from core.runs.record import GOOD
from core.texts.text import Text, language_for


def answer_of(
    progress: Progress, lane: Lane, *, result: str, reason: Text, output: Mapping[str, Json], url: str
) -> dict[str, Json]:
    """Return RETURN_VALUES; the reason speaks the portal's language, because processes show it to people."""
    return {
        **output,
        "result": result,
        "ok": "Y" if result in GOOD else "N",
        "reason": reason.said_in(language_for(lane.portal.language)),
        "run_url": url,
        "chat_id": progress.chat_id,
        "session_id": progress.session_id,
    }


def result_of(progress: Progress, outcome: Done | Failed) -> str:
    result = outcome.result if isinstance(outcome, Done) else "failed"
    return "dry_run" if result == "done" and progress.dry else result


def final_answer(progress: Progress, lane: Lane, outcome: Done | Failed, url: str) -> dict[str, Json]:
    """The answer of a robot that has said its last word."""
    reason, output = Reason.of(outcome.because).text, encode(outcome.output)
    return answer_of(progress, lane, result=result_of(progress, outcome), reason=reason, output=output, url=url)


def scheduled_answer(progress: Progress, lane: Lane, wait: WaitUntil, url: str) -> dict[str, Json]:
    """The answer of a robot that goes on in the background."""
    text = Reason.of(wait.because).text
    return answer_of(progress, lane, result="scheduled", reason=text, output={}, url=url)
