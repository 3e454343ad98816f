"""Who of several employees gets a dialog, and why not the others; pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, assert_never

from core.robots.candidates import Candidate, Weights
from core.robots.fields import Choice
from core.robots.outcomes import Check
from core.robots.shifts import Presence
from core.robots.turns import Turns
from core.texts.text import Text, as_text, joined, plural


class Strategy(Choice):
    """How one is chosen; of several, the first that finds somebody."""

    ROUND_ROBIN = "round_robin", "по очереди", "in turn"
    LEAST_LOADED = "least_loaded", "у кого меньше нагрузка", "who has the least to do"
    RANDOM = "random", "случайно", "at random"
    STICKY = "sticky", "кто вёл клиента раньше", "who served the client before"
    CLIENT_OWNER = "client_owner", "ответственный за клиента", "who is responsible for the client"
    FIRST_OPEN = "first_open", "кто раньше открыл день", "who opened the day first"


@dataclass(frozen=True, slots=True)
class Demands:
    """What a candidate must meet; limits 0 are none, ``left_out`` says why somebody is not asked at all."""

    on_shift: bool = True
    unknown_is_on: bool = True
    max_open: int = 0
    max_waiting: int = 0
    skills: tuple[str, ...] = ()
    left_out: Mapping[int, Text] = field(default_factory=dict)

    def why_not(self, candidate: Candidate, *, underway: int = 0) -> Text | None:
        """Return why this candidate cannot be given the dialog, or None when he can.

        ``underway`` are dialogs that other runs are giving him at this moment.
        """
        person, shift = candidate.person, candidate.shift
        if reason := self.left_out.get(person.id):
            return reason
        if not person.employed or person.absent:
            return shift.why
        if self.on_shift and not self._is_there(candidate):
            return shift.why
        if self.max_open and (count := (candidate.open or 0) + underway) >= self.max_open:
            return Text("открытых диалогов {count}, предел {most}", "{count} open dialogs, the limit is {most}").format(
                count=count, most=self.max_open
            )
        if self.max_waiting and (candidate.waiting or 0) >= self.max_waiting:
            return Text(
                "непринятых диалогов {count}, предел {most}", "{count} dialogs not accepted, the limit is {most}"
            ).format(count=candidate.waiting, most=self.max_waiting)
        lacking = [skill for skill in self.skills if skill not in candidate.skills]
        if lacking:
            return Text("нет навыка: {skills}", "lacks the skill: {skills}").format(skills=", ".join(lacking))
        return None

    def _is_there(self, candidate: Candidate) -> bool:
        match candidate.shift.presence:
            case Presence.ON:
                return True
            case Presence.PAUSED | Presence.OFF:
                return False
            case Presence.UNKNOWN:
                return self.unknown_is_on
            case never:
                assert_never(never)


@dataclass(frozen=True, slots=True)
class Question:
    """What a choice rests on besides the people: ``owners`` and ``served`` in the order of preference.

    ``seed`` makes chance repeatable; ``by`` names who asks, and whoever asks again gets the same answer.
    """

    strategies: tuple[Strategy, ...]
    demands: Demands
    weights: Weights
    turns: Turns
    by: str
    now: datetime
    owners: tuple[int, ...] = ()
    served: tuple[int, ...] = ()

    def with_turns(self, turns: Turns) -> Question:
        return replace(self, turns=turns)

    def underway(self, candidate: Candidate) -> int:
        return self.turns.underway(candidate.id, by=self.by, now=self.now)

    def why_not(self, candidate: Candidate) -> Text | None:
        return self.demands.why_not(candidate, underway=self.underway(candidate))


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answer; ``user_id`` 0: nobody. ``rows`` say of each candidate who he is and what was found of him."""

    user_id: int
    strategy: Strategy | None
    why: Text
    rows: tuple[Check, ...]
    fitting: int

    @property
    def explained(self) -> Text:
        """The whole choice, a line for each candidate."""
        return joined([self.why, *(as_text("– ") + row.text for row in self.rows)], "\n")


@dataclass(frozen=True, slots=True)
class _Best:
    """Who was chosen and how; ``is_known``: it is known that he is at work."""

    id: int
    name: str
    strategy: Strategy
    is_known: bool


#: Why a fitting candidate was not the one, by the way of choosing that decided.
_WHY_ANOTHER: Final[Mapping[Strategy, Text]] = {
    Strategy.CLIENT_OWNER: Text("за клиента отвечает {name}", "{name} is responsible for the client"),
    Strategy.STICKY: Text("клиента недавно вёл другой ({name})", "another one served the client lately ({name})"),
    Strategy.ROUND_ROBIN: Text("очередь не его: {name}", "it is the turn of {name}"),
    Strategy.LEAST_LOADED: Text("меньше загружен другой ({name})", "another one has less to do ({name})"),
    Strategy.RANDOM: Text("жребий выпал другому ({name})", "the lot fell to another one ({name})"),
    Strategy.FIRST_OPEN: Text("раньше открыл день другой ({name})", "another one began the day earlier ({name})"),
}

_NOBODY: Final = Text("Назначить некого: ни один кандидат не подходит.", "Nobody can be chosen: no candidate fits.")
_NO_CANDIDATES: Final = Text("Назначить некого: в пуле никого нет.", "Nobody can be chosen: the pool is empty.")
_NO_STRATEGY: Final = Text(
    "Подходящие есть, но выбранные способы никого не назвали.",
    "There are fitting ones, but no way of choosing named any.",
)


def choose(candidates: Sequence[Candidate], question: Question) -> Chosen:
    """Leave out who cannot, then let the strategies name one of the others.

    Who is known to be at work goes before whom nobody knows of; ties go to whoever has waited longest for a dialog.
    """
    refusals = {one.id: question.why_not(one) for one in candidates}
    fitting = [one for one in candidates if refusals[one.id] is None]
    found = _named(fitting, question)
    if found is None:
        rows = tuple(_row(one, refusals[one.id], question, best=None) for one in candidates)
        return Chosen(0, None, _why_nobody(candidates, fitting), rows, len(fitting))
    best, strategy = found
    chosen = _Best(best.id, best.person.name, strategy, is_known=best.shift.is_known)
    rows = tuple(_row(one, refusals[one.id], question, best=chosen) for one in candidates)
    why = Text("Назначаем: {name} ({how}).", "To be given to {name} ({how}).").format(
        name=best.person.name, how=strategy.label
    )
    return Chosen(best.id, strategy, why, rows, len(fitting))


def _why_nobody(candidates: Sequence[Candidate], fitting: Sequence[Candidate]) -> Text:
    if not candidates:
        return _NO_CANDIDATES
    return _NO_STRATEGY if fitting else _NOBODY


def _named(fitting: Sequence[Candidate], question: Question) -> tuple[Candidate, Strategy] | None:
    before = question.turns.given_to(question.by)
    kept = next((one for one in fitting if one.id == before), None)
    for strategy in question.strategies:
        best = kept or _best(strategy, fitting, question)
        if best is not None:
            return best, strategy
    return None


def _best(strategy: Strategy, fitting: Sequence[Candidate], question: Question) -> Candidate | None:
    pool = [one for one in fitting if one.in_pool]
    known = [one for one in pool if one.shift.is_known] or pool
    turns = question.turns
    match strategy:
        case Strategy.CLIENT_OWNER:
            return _first(question.owners, fitting)
        case Strategy.STICKY:
            return _first(question.served, pool)
        case Strategy.ROUND_ROBIN:
            return min(known, key=lambda one: turns.number(one.id), default=None)
        case Strategy.LEAST_LOADED:
            return min(known, key=lambda one: (load_of(one, question), turns.number(one.id)), default=None)
        case Strategy.RANDOM:
            return known[_chance(question.by, len(known))] if known else None
        case Strategy.FIRST_OPEN:
            opened = [one for one in known if one.shift.is_on and one.shift.since is not None]
            return min(opened, key=lambda one: (one.shift.since, turns.number(one.id)), default=None)
        case never:
            assert_never(never)


def _first(wanted: Sequence[int], among: Sequence[Candidate]) -> Candidate | None:
    by_id = {one.id: one for one in among}
    return next((by_id[user_id] for user_id in wanted if user_id in by_id), None)


def _chance(seed: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8]) % count


def load_of(candidate: Candidate, question: Question) -> float:
    """Weigh what he has, with the dialogs that other runs are giving him at this moment."""
    return candidate.load(question.weights) + question.underway(candidate) * question.weights.dialogs


def _row(candidate: Candidate, refusal: Text | None, question: Question, *, best: _Best | None) -> Check:
    """Say of one candidate what was found of him, and why it is not he."""
    name = candidate.person.name
    if refusal is not None:
        return Check(
            Text("{name}: не подходит — {why}", "{name}: does not fit – {why}").format(name=name, why=refusal), False
        )
    facts = joined([candidate.shift.why, *_numbers(candidate, question)], "; ")
    if best is not None and best.id == candidate.id:
        return Check(
            Text("{name}: назначаем — {facts}", "{name}: chosen – {facts}").format(name=name, facts=facts), True
        )
    if best is None:
        return Check(Text("{name}: подходит — {facts}", "{name}: fits – {facts}").format(name=name, facts=facts))
    why = Text("не известно, на смене ли", "nobody knows whether he is at work")
    if candidate.shift.is_known or not best.is_known:
        why = _WHY_ANOTHER[best.strategy].format(name=best.name)
    text = Text("{name}: подходит, но {why} — {facts}", "{name}: fits, but {why} – {facts}")
    return Check(text.format(name=name, why=why, facts=facts))


def _numbers(candidate: Candidate, question: Question) -> list[Text]:
    found: list[Text] = []
    if candidate.open is not None:
        found.append(
            plural(
                candidate.open,
                ("открытый диалог", "открытых диалога", "открытых диалогов"),
                ("open dialog", "open dialogs"),
            )
        )
    if candidate.waiting is not None:
        found.append(Text("непринятых {count}", "{count} not accepted").format(count=candidate.waiting))
    if candidate.tasks is not None:
        found.append(plural(candidate.tasks, ("задача", "задачи", "задач"), ("task", "tasks")))
    if Strategy.LEAST_LOADED in question.strategies and candidate.open is not None:
        found.append(Text("нагрузка {load}", "load {load}").format(load=f"{load_of(candidate, question):g}"))
    if not candidate.in_pool:
        found.append(Text("ответственный за клиента, не из пула", "responsible for the client, not of the pool"))
    return found
