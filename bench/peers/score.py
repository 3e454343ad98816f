"""What became of the timers, by the ledger."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.peers.effect import SECONDS, TIMERS

_HEAD = ("", "lost", "done twice", "left to a person", "late by: half", "99 of 100", "the last")


@dataclass(frozen=True, slots=True)
class Score:
    """Lateness in seconds, of those that were done at all; the first time counts."""

    lost: int
    twice: int
    asked: int
    half: float | None
    most: float | None
    last: float | None


def lines_of(ledger: Path) -> list[str]:
    """The ledger; whoever has done nothing at all has none."""
    return ledger.read_text(encoding="ascii").splitlines() if ledger.exists() else []


def scored(ledger: Path, *, since: float, asked: Collection[int] = (), timers: int = TIMERS) -> Score:
    """Count the ledger's lines; ``asked`` are the timers about which a person is asked."""
    done: dict[int, list[float]] = {}
    for line in lines_of(ledger):
        number, began = line.split()
        done.setdefault(int(number), []).append(float(began))
    late = sorted(min(began) - since - number * SECONDS / TIMERS for number, began in done.items())
    lost = sum(number not in done and number not in asked for number in range(timers))
    twice = sum(len(began) > 1 for began in done.values())
    return Score(lost, twice, len(asked), _share(late, 0.5), _share(late, 0.99), _share(late, 1.0))


def _share(late: Sequence[float], share: float) -> float | None:
    """The lateness within which this share of them began; None when none did."""
    return max(0.0, round(late[math.ceil(len(late) * share) - 1], 2)) if late else None


def table(scores: Sequence[tuple[str, Score | str]]) -> str:
    """Return Markdown; where there is no score, the word why."""
    rows = [_HEAD, ("---",) + ("---:",) * (len(_HEAD) - 1)]
    for name, score in scores:
        if isinstance(score, str):
            rows.append((name, score, *("",) * (len(_HEAD) - 2)))
        else:
            counts = (f"{score.lost}", f"{score.twice}", f"{score.asked}")
            rows.append((name, *counts, *map(_seconds, (score.half, score.most, score.last))))
    return "\n".join("".join(f"| {cell} " if cell else "| " for cell in row) + "|" for row in rows)


def _seconds(late: float | None) -> str:
    return "" if late is None else f"{late:.1f} s"


def as_json(scores: Sequence[tuple[str, Score | str]]) -> list[dict[str, object]]:
    return [{"name": name, **({"why": score} if isinstance(score, str) else asdict(score))} for name, score in scores]
