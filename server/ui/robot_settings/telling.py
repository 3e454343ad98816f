"""A rehearsal as a person reads it: moment by moment, and in one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from core.bitrix24.command import Json
from core.dialogs.markup import said_plainly
from core.effects import Effect
from core.robots import Check
from core.runs.rehearsal import Rehearsal, Scene
from core.texts.text import Text, joined
from server.ui.bars import Bar, bar_of
from server.ui.masking import masked_text
from server.ui.reader import Reader
from server.ui.words import robot_settings as words

#: Deeds that the sentence names before it only counts them.
_MOST_NAMED: Final = 2
_LONGEST_QUOTE: Final = 60
#: What taking markup out leaves behind.
_SPACES: Final = re.compile(r" +(?=[ .,;:])")
_ICONS: Final[Mapping[str, str]] = {
    "looked": "info",
    "decided": "check",
    "waits": "clock",
    "would": "play",
    "ended": "stop",
}


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of an effect and who would read them."""

    whom: Text
    text: str
    for_client: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that would happen."""

    kind: str
    icon: str
    text: Text
    checks: tuple[Check, ...]
    bar: Bar | None
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Act:
    """What would happen at one moment; ``at`` is None for now."""

    at: datetime | None
    entries: tuple[Entry, ...]


def acts_of(rehearsal: Rehearsal, people: Mapping[int, str]) -> list[Act]:
    """Return the moments in their order."""
    acts: list[Act] = []
    for at, scenes in groupby(rehearsal.scenes, key=lambda scene: scene.at):
        acts.append(Act(at if acts else None, tuple(_entry(scene, people) for scene in scenes)))
    return acts


def headline_of(rehearsal: Rehearsal, people: Mapping[int, str], reader: Reader) -> Text:
    """Say in one sentence what comes first of all that matters."""
    scenes = rehearsal.scenes
    begun = scenes[0].at if scenes else reader.now
    deeds = list(_first_deeds(scenes))
    if deeds:
        what = _named([_summary(scene, people) + _said(scene) for scene in deeds])
        at = deeds[0].at
        return words.AT_ONCE.format(what=what) if at == begun else words.AT.format(when=reader.due(at), what=what)
    last = scenes[-1]
    if last.at == begun:
        answers = last.kind == "ended" and last.result == "done"
        return (words.ANSWERS if answers else words.ENDS).format(why=last.text)
    return words.ENDS_LATER.format(when=reader.due(last.until or last.at), why=last.text)


def people_in(rehearsal: Rehearsal) -> set[int]:
    """Return the employees whom effects concern."""
    return {number for scene in rehearsal.scenes if scene.effect and (number := _person(scene.effect))}


def _first_deeds(scenes: Iterable[Scene]) -> Iterator[Scene]:
    found = False
    for scene in scenes:
        if scene.kind == "would":
            found = True
            yield scene
        elif found:
            return


def _named(summaries: Sequence[Text]) -> Text:
    shown = joined((_small(text) for text in summaries[:_MOST_NAMED]), "; ")
    more = len(summaries) - _MOST_NAMED
    return words.AND_MORE.format(what=shown, count=more) if more > 0 else shown


def _said(scene: Scene) -> Text:
    """Quote the beginning of what the client would read."""
    said = masked_text(" ".join(scene.effect.said.split())) if scene.effect else ""
    short = said if len(said) <= _LONGEST_QUOTE else f"{said[:_LONGEST_QUOTE].rstrip()}…"
    return words.QUOTED.format(said=short) if short else Text("", "")


def _small(text: Text) -> Text:
    return Text(text.ru[:1].lower() + text.ru[1:], text.en[:1].lower() + text.en[1:])


def _entry(scene: Scene, people: Mapping[int, str]) -> Entry:
    text = _summary(scene, people) if scene.effect else scene.text
    quote = _quote(scene.effect) if scene.effect else None
    return Entry(scene.kind, _ICONS[scene.kind], text, scene.checks, _bar(scene), quote)


def _summary(scene: Scene, people: Mapping[int, str]) -> Text:
    """Say whom an effect concerns by name."""
    return scene.effect.named(people).summary() if scene.effect else scene.text


def _person(effect: Effect) -> int:
    number = getattr(effect, "user_id", 0) or getattr(effect, "responsible_id", 0) or effect.author
    return number if isinstance(number, int) else 0


def _quote(effect: Effect) -> Quote | None:
    text = effect.said or "\n".join(str(part) for part in effect.private_part().values() if part)
    if not text:
        return None
    if effect.said:
        return Quote(words.TO_CLIENT, masked_text(text), for_client=True)
    return Quote(words.TO_STAFF, masked_text(_SPACES.sub("", said_plainly(text))), for_client=False)


def _bar(scene: Scene) -> Bar | None:
    if scene.until is None:
        return None
    counted: list[Json] = [[start.isoformat(), end.isoformat()] for start, end in scene.counted]
    return bar_of(scene.at, {"due": scene.until.isoformat(), "counted": counted}, now=None)
