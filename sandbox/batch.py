"""The ``batch`` method: fifty commands in one hit, with references to earlier results (openlines.md part 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.errors import RestError
from sandbox.outcome import Outcome
from sandbox.php import array, is_array, parse_form, to_int, to_text
from sandbox.wire import Json, Params

if TYPE_CHECKING:
    from sandbox.rest.hit import Hit

LONGEST = 50
#: Everything glued to a reference up to the next whitespace belongs to it and is swallowed.
_REFERENCE = re.compile(r"\$(result|next|total|time|error)([^\s]*)", re.IGNORECASE)
_KEY = re.compile(r"\[([^\]]*)\]")
#: What the security filter breaks apart; its effect on ordinary texts is UNPROVEN.
_MARKUP = re.compile(r"<(/?)(script|iframe|object|embed)", re.IGNORECASE)


@dataclass(slots=True)
class Answers:
    """What the commands of a batch gave so far, by their keys; the names are those that references use."""

    result: dict[str, Json] = field(default_factory=dict)
    error: dict[str, Json] = field(default_factory=dict)
    total: dict[str, Json] = field(default_factory=dict)
    next: dict[str, Json] = field(default_factory=dict)
    time: dict[str, Json] = field(default_factory=dict)

    def take(self, key: str, outcome: Outcome) -> None:
        if outcome.error is not None:
            said = {"error": outcome.error.code, "error_description": outcome.error.description}
            self.error[key] = said
        else:
            self.result[key] = outcome.result
        if outcome.total is not None:
            self.total[key] = outcome.total
        if outcome.next is not None:
            self.next[key] = outcome.next
        self.time[key] = outcome.time

    def named(self, name: str) -> dict[str, Json]:
        return {
            "result": self.result,
            "error": self.error,
            "total": self.total,
            "next": self.next,
            "time": self.time,
        }[name]


def run_batch(hit: Hit, commands: Json, *, halt: bool) -> Json:
    """Execute commands in order in one hit; an error stops them only with ``halt``."""
    if not is_array(commands) or not commands:
        return _envelope(Answers())
    named = commands if isinstance(commands, Mapping) else dict(_numbered(commands))
    if len(named) > LONGEST:
        raise RestError("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
    answers = Answers()
    for key, line in named.items():
        name, _, query = to_text(line).partition("?")
        name = name.strip().lstrip("/").removesuffix(".json")
        outcome = _one(hit, key, name, _resolved_params(parse_form(query), answers, hit))
        answers.take(key, outcome)
        if outcome.error is not None and halt:
            break
    return _envelope(answers)


def _numbered(commands: Json) -> list[tuple[str, Json]]:
    return [(str(index), line) for index, line in enumerate(commands if isinstance(commands, list) else [])]


def _one(hit: Hit, key: str, name: str, params: Params) -> Outcome:
    if name.lower() in ("batch", "upload", "download"):
        return Outcome(error=RestError("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed for batch usage", 405))
    return hit.run(name, params, batch=key)


def _envelope(answers: Answers) -> Json:
    return {
        "result": array(answers.result),
        "result_error": array(answers.error),
        "result_total": array(answers.total),
        "result_next": array(answers.next),
        "result_time": array(answers.time),
    }


def _resolved_params(params: Params, answers: Answers, hit: Hit) -> Params:
    resolved = resolve(params, answers)
    if hit.portal.switches.batch_filters_markup:
        resolved = _filtered(resolved)
    return dict(resolved) if isinstance(resolved, Mapping) else {}


def resolve(value: Json, answers: Answers) -> Json:
    """Replace references in every key and value of a parameter tree."""
    if isinstance(value, Mapping):
        return {to_text(_replaced(key, answers)): resolve(item, answers) for key, item in value.items()}
    if isinstance(value, list):
        return [resolve(item, answers) for item in value]
    return _replaced(value, answers) if isinstance(value, str) else value


def _replaced(text: str, answers: Answers) -> Json:
    """A text that is one reference becomes the value; inside a longer text only texts and numbers are put in."""
    whole = _REFERENCE.fullmatch(text)
    if whole:
        return look_up(whole, answers)

    def put(found: re.Match[str]) -> str:
        value = look_up(found, answers)
        if isinstance(value, bool) or value is None or is_array(value):
            return found[0]
        return to_text(value)

    return _REFERENCE.sub(put, text)


def look_up(reference: re.Match[str], answers: Answers) -> Json:
    """Walk down the path; a missing or null key stops at the deepest ancestor that exists."""
    here: Json = answers.named(reference[1].lower())
    for key in _KEY.findall(reference[2]):
        deeper = _child(here, key)
        if deeper is None:
            break
        here = deeper
    return here


def _child(value: Json, key: str) -> Json:
    if isinstance(value, Mapping):
        found: Json = value.get(key)
        return found
    if isinstance(value, list) and key.isdecimal() and to_int(key) < len(value):
        element: Json = value[to_int(key)]
        return element
    return None


def _filtered(value: Json) -> Json:
    if isinstance(value, str):
        return _MARKUP.sub(lambda found: f"<{found[1]}{found[2][:2]} {found[2][2:]}", value)
    if isinstance(value, Mapping):
        return {key: _filtered(item) for key, item in value.items()}
    return [_filtered(item) for item in value] if isinstance(value, list) else value
